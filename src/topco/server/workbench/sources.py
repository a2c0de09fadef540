"""Pages of the evidence: what is loaded, what validation finds in it, what persons judge and state."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from topco.application.evidence import Stated
from topco.application.findings import SEVERITIES, Chosen, summary
from topco.errors import TopcoError
from topco.identity.judgements import VERDICTS
from topco.identity.statements import DEFAULT_BASIS, bases
from topco.server.context import App, Set, Writer
from topco.server.workbench.addresses import with_query
from topco.server.workbench.asked import Day
from topco.server.workbench.fields import ON_PAGE, Field, First, Paging, Words, day_of, status_of, text_of
from topco.server.workbench.pages import page

router = APIRouter()

REJECTS = 200
LINKS = (
    ("/sources", "Loads"),
    ("/sources/findings", "Findings of validation"),
    ("/sources/judgements", "Judgements"),
    ("/sources/statements", "Stated headquarters"),
)


@router.get("/sources")
def sources(request: Request, application: App, known_as_of: Day = None, show: Words = None) -> Response:
    """The loads: how old, how many rows, whether they count."""
    rows = application.sources.rows(known_as_of)
    shown = [row for row in rows if show == "all" or row["state"] == "current"]
    return page(
        request,
        "sources.html",
        links=LINKS,
        loads=sorted(shown, key=lambda row: (row["state"], row["publisher"], row["file_kind"])),
        total=len(rows),
        superseded=sum(row["state"] == "superseded" for row in rows),
        known_as_of=known_as_of,
        show=show,
    )


@router.get("/sources/findings")
def findings(
    request: Request,
    application: App,
    severity: Words = None,
    shape: Words = None,
    entity: Words = None,
    first: First = 0,
) -> Response:
    """What the shapes find, in words: which rows, and how to mend them."""
    context: dict[str, Any] = {"links": LINKS, "severity": severity, "shape": shape, "entity": entity}
    context["severities"] = SEVERITIES
    try:
        found = application.findings.page(Chosen(severity, shape, entity), first, ON_PAGE)
        words = summary(application.findings.all().outcome)
    except TopcoError as error:
        status = status_of(error)
        return page(request, "findings.html", status=status, refused=error, found=None, paging=None, **context)
    query = (("severity", severity), ("shape", shape), ("entity", entity))
    paging = Paging("/sources/findings", query, first, found["total"])
    context |= {"words": words, "query": list(query)}
    return page(request, "findings.html", refused=None, found=found, paging=paging, **context)


@router.get("/sources/judgements")
def judgements(
    request: Request, application: App, settings: Set, first: Words = None, second: Words = None
) -> Response:
    """What persons decided about two identifiers."""
    return _judgements(request, application, settings.author, {"first": first, "second": second})


@router.post("/sources/judgements")
def judge(
    request: Request,
    application: App,
    settings: Writer,
    first: Field = "",
    second: Field = "",
    verdict: Field = "",
    reason: Field = "",
    author: Field = "",
) -> Response:
    """Enter a judgement."""
    name = text_of(author) or settings.author
    try:
        application.evidence.judge(first.strip(), second.strip(), verdict, name, text_of(reason))
    except TopcoError as error:
        given = {"first": first, "second": second, "verdict": verdict, "reason": reason}
        return _judgements(request, application, name, given, error)
    return RedirectResponse("/sources/judgements#entered", 303)


@router.get("/sources/statements")
def statements(request: Request, application: App, settings: Set, entity: Words = None) -> Response:
    """The headquarters that persons state."""
    return _statements(request, application, settings.author, entity, {"id": entity})


@router.post("/sources/statements")
def state(
    request: Request,
    application: App,
    settings: Writer,
    id: Field = "",
    country: Field = "",
    city: Field = "",
    source: Field = "",
    stated_on: Field = "",
    basis: Field = DEFAULT_BASIS,
    valid_from: Field = "",
    valid_to: Field = "",
    author: Field = "",
) -> Response:
    """State a headquarters."""
    name = text_of(author) or settings.author
    given = {
        "id": id,
        "country": country,
        "city": city,
        "source": source,
        "stated_on": stated_on,
        "basis": basis,
        "valid_from": valid_from,
        "valid_to": valid_to,
    }
    try:
        stated = Stated(
            id.strip(),
            country,
            source,
            day_of(stated_on),
            name,
            basis,
            text_of(city),
            day_of(valid_from),
            day_of(valid_to),
        )
        application.evidence.state(stated)
    except TopcoError as error:
        return _statements(request, application, name, None, given, error)
    return RedirectResponse(with_query("/sources/statements", (("entity", id.strip()),)), 303)


@router.post("/sources/statements/withdraw")
def withdraw(application: App, _: Writer, id: Field = "", author: Field = "") -> Response:
    """Take back what an author states about an entity."""
    application.evidence.withdraw(id, author)
    return RedirectResponse("/sources/statements", 303)


@router.get("/sources/{load}")
def source(request: Request, application: App, load: str) -> Response:
    """One load: its files, its warnings, its rejects with reasons."""
    return page(request, "source.html", links=LINKS, load=application.sources.load(load, REJECTS))


def _judgements(
    request: Request,
    application: App,
    author: str,
    given: dict[str, Any],
    error: TopcoError | None = None,
) -> Response:
    proposals = application.evidence.proposals()
    return page(
        request,
        "judgements.html",
        status=200 if error is None else status_of(error),
        links=LINKS,
        judgements=application.evidence.judgements(),
        proposals=proposals[:ON_PAGE],
        proposed=len(proposals),
        verdicts=tuple(VERDICTS),
        given=given,
        author_name=author,
        refused=error,
    )


def _statements(
    request: Request,
    application: App,
    author: str,
    entity: str | None,
    given: dict[str, Any],
    error: TopcoError | None = None,
) -> Response:
    return page(
        request,
        "statements.html",
        status=200 if error is None else status_of(error),
        links=LINKS,
        statements=application.evidence.statements(entity),
        entity=entity,
        bases=bases(),
        given=given,
        author_name=author,
        refused=error,
    )
