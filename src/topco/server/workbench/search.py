"""The page of the search, which is the first page."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from topco.errors import BadInput
from topco.server.context import App
from topco.server.turns import Heavy
from topco.server.workbench.asked import Day
from topco.server.workbench.pages import page

router = APIRouter(route_class=Heavy)
AT_ONCE = 20
MOST = 200


@router.get("/")
def search(
    request: Request,
    application: App,
    q: Annotated[str, Query(max_length=500)] = "",
    limit: Annotated[int, Query(ge=1, le=MOST)] = AT_ONCE,
    known_as_of: Day = None,
) -> Response:
    """What a text means; without a text, what is loaded and how to begin."""
    from topco.application.opening import examples, loaded

    store = application.store()
    context: dict[str, Any] = {"q": q.strip(), "loaded": loaded(store), "hits": [], "refused": None}
    if context["loaded"] and context["q"]:
        try:
            context["hits"] = application.entities.search(context["q"], limit, known_as_of)
        except BadInput as error:
            context["refused"] = error
    context["examples"] = examples(store) if context["loaded"] and not context["hits"] else []
    more = limit < MOST and len(context["hits"]) == limit
    status = 400 if context["refused"] else 200
    return page(request, "search.html", status=status, known_as_of=known_as_of, more=MOST if more else None, **context)
