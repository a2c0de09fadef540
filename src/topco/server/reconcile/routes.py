"""The addresses of the service: manifest, match and extend at `/reconcile`, and what stands below it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from topco.errors import BadInput
from topco.server.problem import ANSWERS, MEDIA_TYPE, Problem, Refused
from topco.server.reconcile import cards, describing
from topco.server.reconcile.extending import extended
from topco.server.reconcile.names import KeptNames
from topco.server.reconcile.origins import origins, route_class
from topco.server.reconcile.reading import LONGEST, extension_in, queries_in
from topco.server.reconcile.reconciling import results
from topco.server.turns import in_turn
from topco.store.store import Store

PATH = "/reconcile"
_FORM = "application/x-www-form-urlencoded"
_FIELDS = 10
_REFUSALS: dict[int | str, dict[str, Any]] = {
    **ANSWERS,
    403: {"model": Problem, "description": "A page of another site", "content": {MEDIA_TYPE: {}}},
    415: {"model": Problem, "description": "No form", "content": {MEDIA_TYPE: {}}},
}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            _FORM: {
                "schema": {
                    "type": "object",
                    "properties": {name: {"type": "string"} for name in ("queries", "extend")},
                    "minProperties": 1,
                    "maxProperties": 1,
                }
            }
        },
    }
}

Prefix = Annotated[str, Query(max_length=LONGEST)]
Identifier = Annotated[str, Query(min_length=1, max_length=LONGEST)]


def router(store: Callable[[], Store], cors: tuple[str, ...] = ()) -> APIRouter:
    """The reconciliation service of a store.

    Args:
        store: gives the store as it is committed now; called once for each request.
        cors: origins of pages that may read the answers in a browser, OpenRefine's for one.

    Raises:
        BadInput: one of these is no origin.
    """
    allowed = origins(cors)
    kept = KeptNames()
    found = APIRouter(prefix=PATH, tags=["reconciliation"], route_class=route_class(allowed), responses=_REFUSALS)
    frames = " ".join(["'self'", *sorted(allowed)])
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors {frames}"
    )

    def answered(request: Request, fields: dict[str, str]) -> dict[str, Any]:
        asked = {name: fields[name] for name in ("queries", "extend") if name in fields}
        if len(asked) > 1:
            raise BadInput("Queries and an extension come one at a time.")
        if "query" in fields:
            raise BadInput("A single query is no longer asked so.", remedy='Send queries={"q0": {"query": "NAME"}}.')
        if "queries" in asked:
            opened = store()
            return results(opened, kept.of(opened), queries_in(asked["queries"]))
        if "extend" in asked:
            return extended(store(), extension_in(asked["extend"]))
        if request.method == "GET":
            return describing.manifest(_base(request))
        raise BadInput("There is nothing to answer.", remedy="Send a form with queries=JSON or extend=JSON.")

    @found.get("", summary="The manifest; with queries= candidates, with extend= values of properties")
    def read(
        request: Request,
        queries: Annotated[str | None, Query(description="A batch of queries, as JSON.")] = None,
        extend: Annotated[str | None, Query(description="Identifiers and properties, as JSON.")] = None,
    ) -> JSONResponse:
        fields = dict(request.query_params)
        return JSONResponse(answered(request, fields))

    @found.post("", summary="The same, as a form", openapi_extra=_BODY)
    async def send(request: Request) -> JSONResponse:
        fields = _form(request.headers.get("content-type", ""), await request.body())
        return JSONResponse(await in_turn(answered)(request, fields))

    @found.options("", summary="Whether a page of another origin may ask", status_code=204)
    def ask(request: Request) -> Response:
        return Response(
            status_code=204, headers={"Access-Control-Allow-Methods": "GET", "Access-Control-Max-Age": "600"}
        )

    @found.get("/suggest/entity", summary="Entities, as far as a name or an identifier is typed")
    def suggest_entity(
        prefix: Prefix = "", cursor: Annotated[int, Query(ge=0, le=describing.FURTHEST)] = 0
    ) -> JSONResponse:
        return JSONResponse(describing.entities_like(store(), prefix, cursor))

    @found.get("/suggest/type", summary="Types, as far as a name is typed")
    def suggest_type(prefix: Prefix = "") -> JSONResponse:
        return JSONResponse(describing.types_like(prefix))

    @found.get("/suggest/property", summary="Properties, as far as a name is typed")
    def suggest_property(prefix: Prefix = "") -> JSONResponse:
        return JSONResponse(describing.properties_like(prefix))

    @found.get("/flyout/{kind}", summary="A piece of HTML about an entity, a type or a property")
    def flyout(kind: Literal["entity", "type", "property"], id: Identifier) -> JSONResponse:
        if kind == "entity":
            return JSONResponse({"id": id, "html": cards.flyout_of_entity(cards.card_of(store(), id))})
        return JSONResponse({"id": id, "html": cards.flyout_of(kind, id)})

    @found.get("/preview", summary="A page about an entity, to be shown in a frame", response_class=HTMLResponse)
    def preview(request: Request, id: Identifier) -> HTMLResponse:
        page = cards.preview(cards.card_of(store(), id), id, _base(request))
        return HTMLResponse(page, headers={"Content-Security-Policy": policy})

    @found.get("/extend/propose", summary="The properties that a table can be extended by")
    def propose(
        type: Annotated[str | None, Query(max_length=LONGEST)] = None,
        limit: Annotated[int | None, Query(ge=1, le=LONGEST)] = None,
    ) -> JSONResponse:
        return JSONResponse(describing.proposed(type, limit))

    return found


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _form(content_type: str, body: bytes) -> dict[str, str]:
    """The fields of a form.

    Raises:
        Refused: it is no form.
        BadInput: it is not in UTF-8, or has too many fields.
    """
    if content_type.partition(";")[0].strip().lower() != _FORM:
        raise Refused(415, "The body is no form.", remedy=f"Send {_FORM} with queries=JSON.")
    try:
        pairs = parse_qsl(
            body.decode(),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=_FIELDS,
        )
    except ValueError as error:
        raise BadInput("The form cannot be read.", remedy="Send queries=JSON, percent-encoded as UTF-8.") from error
    return dict(pairs)
