"""Pages from templates: Jinja2, everything escaped, the frame with its navigation around each."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from topco.server.context import settings_of
from topco.server.workbench.addresses import entity_address, entity_document, source_address, with_query

if TYPE_CHECKING:
    from jinja2 import Environment

NAVIGATION = (
    ("/", "Search"),
    ("/case", "Case"),
    ("/screening", "Screening"),
    ("/query", "SPARQL"),
    ("/rules", "Rules"),
    ("/records", "Records"),
    ("/ledger", "Ledger"),
    ("/sources", "Sources"),
)


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """A page in its frame, or a part of one.

    Args:
        template: the name of a file in `topco/server/templates`.
        context: what it shows.
    """
    return HTMLResponse(written(request, template, **context), status)


def written(request: Request, template: str, **context: Any) -> str:
    """The same as text."""
    settings = settings_of(request)
    return (
        environment()
        .get_template(template)
        .render(
            navigation=NAVIGATION,
            here=request.url.path,
            address=request.url.path + (f"?{request.url.query}" if request.url.query else ""),
            may_write=request.state.may_write,
            writes=settings.write,
            signed_in=request.state.signed_in,
            **context,
        )
    )


@cache
def environment() -> Environment:
    """The templates, with the words of reports as filters."""
    from topco import __version__
    from topco.ownership.questions.sensitivity_rows import threshold_written
    from topco.reports import words
    from topco.reports.page import environment_of

    made = environment_of("topco.server")
    made.globals |= {
        "version": __version__,
        "labelled": words.labelled,
        "parent_test": words.parent_test,
        "threshold": threshold_written,
        "entity_address": entity_address,
        "entity_document": entity_document,
        "source_address": source_address,
        "with_query": with_query,
    }
    return made
