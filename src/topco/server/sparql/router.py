"""`/sparql` and `/.well-known/void`.

There are no CORS headers: pages of other sites do not get answers.
"""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.datastructures import URL
from fastapi.responses import RedirectResponse, Response

from topco.server.problem import Problem, response
from topco.server.sparql.media import GRAPHS, RESULTS, chosen, prefers_a_page
from topco.server.sparql.reading import DIRECT, FORM, METHODS, Asked, read
from topco.server.sparql.refusals import Declined
from topco.server.sparql.served import signature

if TYPE_CHECKING:
    from topco.server.sparql.channel import Message
    from topco.server.sparql.pool import Workers
    from topco.server.sparql.served import Signature

ENDPOINT = "/sparql"
VOID = "/.well-known/void"
PAGE = "/query"
# The methods of HTTP, so that a wrong one is refused in our words; no other reaches a handler.
_ALL_METHODS = [*METHODS, "PUT", "PATCH", "DELETE", "TRACE"]
_DESCRIPTIONS_KEPT = 16
_GONE = 499  # what servers log for a client that has gone; nobody receives it


def router(workers: Workers) -> APIRouter:
    """The routes of the SPARQL protocol.

    Args:
        workers: the processes that answer; begin and end them with the server, by `Workers.running`.
    """
    service = Service(workers)
    routes = APIRouter()
    routes.add_route(ENDPOINT, service.sparql, methods=_ALL_METHODS, include_in_schema=False)
    routes.add_route(VOID, service.void, methods=["GET", "HEAD"], include_in_schema=False)
    return routes


class Service:
    """The handlers."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._described: dict[tuple[Any, ...], Message] = {}
        self._seen: Signature = None

    async def sparql(self, request: Request) -> Response:
        """Answer a query, or describe the service if there is none."""
        if request.method not in METHODS:
            refusal = Declined(405, f"{request.method} is no way to ask.", remedy=f"Use {', '.join(METHODS)}.")
            return _refusal(refusal.status, vars(refusal), {"Allow": ", ".join(METHODS)})
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": ", ".join(METHODS), "Accept-Post": f"{DIRECT}, {FORM}"})
        try:
            asked = await read(request, self._workers.limits)
            if request.method != "POST" and prefers_a_page(request.headers.get("accept"), (*RESULTS, *GRAPHS)):
                return RedirectResponse(_page(asked), 303, headers={"Vary": "Accept"})
            if asked.query is None:
                return _answer(await self._description(request))
            return _answer(await self._unless_gone(request, self._question(request, asked)))
        except Declined as error:
            return _refusal(error.status, vars(error), error.headers)

    async def void(self, request: Request) -> Response:
        """The description, which holds that of the dataset."""
        try:
            return _answer(await self._description(request))
        except Declined as error:
            return _refusal(error.status, vars(error), error.headers)

    def _question(self, request: Request, asked: Asked) -> dict[str, Any]:
        return {
            "operation": "query",
            "text": asked.query,
            "base": _endpoint(request),
            "accept": request.headers.get("accept"),
            "default_graphs": asked.default_graphs,
            "named_graphs": asked.named_graphs,
        }

    async def _unless_gone(self, request: Request, question: dict[str, Any]) -> Message:
        """The answer of a process, which is ended if the client goes before."""
        answer = asyncio.ensure_future(self._workers.ask(question))
        gone = asyncio.ensure_future(_disconnection(request))
        try:
            await asyncio.wait({answer, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                raise Declined(_GONE, "The client has gone.")
            return answer.result()
        finally:
            answer.cancel()
            gone.cancel()

    async def _description(self, request: Request) -> Message:
        """The description, made once for every state of the store; without counts where they take too long."""
        now = signature(self._workers.store)
        if now != self._seen:
            self._described, self._seen = {}, now
        endpoint, accept = _endpoint(request), request.headers.get("accept")
        key = (endpoint, chosen(accept, GRAPHS))
        if key in self._described:
            return self._described[key]
        question = {"operation": "describe", "endpoint": endpoint, "accept": accept}
        try:
            head, body = await self._workers.ask({**question, "counts": True})
        except Declined as error:
            if error.status != 504:
                raise
            head, body = await self._workers.ask({**question, "counts": False})
        if head["status"] == 200 and len(self._described) < _DESCRIPTIONS_KEPT:
            self._described[key] = head, body
        return head, body


async def _disconnection(request: Request) -> None:
    """Return when the client has gone."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _endpoint(request: Request) -> str:
    host = request.headers.get("host")
    return _endpoint_at(request.scope["scheme"], host) if host else str(_url(request.url))


@lru_cache(maxsize=64)
def _endpoint_at(scheme: str, host: str) -> str:
    """The address of the endpoint on a host; kept, for all requests come to a few."""
    scope = {"type": "http", "scheme": scheme, "server": None, "path": ENDPOINT, "query_string": b""}
    return str(_url(URL(scope={**scope, "headers": [(b"host", host.encode("latin-1"))]})))


def _url(url: URL) -> URL:
    return url.replace(path=ENDPOINT, query="", fragment="")


def _page(asked: Asked) -> str:
    return PAGE if asked.query is None else f"{PAGE}?query={quote(asked.query, safe='')}"


def _answer(message: Message) -> Response:
    head, body = message
    if head["status"] != 200:
        return _refusal(head["status"], head, head["headers"])
    known = {
        "X-Topco-Generation": head["generation"],
        "X-Topco-Evidence": head["evidence"],
        "X-Topco-As-Of": head["as_of"],
        "X-Topco-Behind": None if head["is_current"] else "the graph is older than the loads, or than this version",
    }
    headers = {name: value for name, value in known.items() if value is not None}
    return Response(body, headers={"Content-Type": head["media_type"], "Vary": "Accept", **headers})


def _refusal(status: int, said: dict[str, Any], headers: dict[str, str]) -> Response:
    title = "Bad input" if status == 400 else "Refused"
    body = Problem(title=title, status=status, detail=said["what"], where=said["where"], remedy=said["remedy"])
    return response(body, {"Vary": "Accept", **headers})
