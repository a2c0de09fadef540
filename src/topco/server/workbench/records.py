"""Pages of what is kept: the list, one record, whether every hash holds, a case determined again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from topco.application.records import filters_of
from topco.errors import TopcoError
from topco.explain.text import source_in_words
from topco.records.codes import codes_of
from topco.records.record import PREFIX, Kind, Record
from topco.reports.determination import is_settled
from topco.server.context import App
from topco.server.workbench.addresses import with_query
from topco.server.workbench.asked import Day
from topco.server.workbench.case_answer import tone_of
from topco.server.workbench.fields import ON_PAGE, First, Paging, Words, status_of
from topco.server.workbench.pages import page

router = APIRouter()

KINDS = tuple(str(kind) for kind in Kind)
Query = tuple[tuple[str, str | None], ...]


def selected(
    since: Day = None,
    until: Day = None,
    outcome: Words = None,
    case: Words = None,
    party: Words = None,
    kept_by: Words = None,
    determination: Words = None,
    run: Words = None,
    kind: Words = None,
) -> dict[str, Any]:
    """What a form asks of records; what was left blank is None."""
    return {
        "since": since,
        "until": until,
        "outcome": outcome,
        "case": case,
        "party": party,
        "kept_by": kept_by,
        "determination": determination,
        "run": run,
        "kind": kind if kind in KINDS else None,
    }


Selected = Annotated[dict[str, Any], Depends(selected)]


@router.get("/records")
def records(request: Request, application: App, asked: Selected, first: First = 0) -> Response:
    """What is kept, the newest first."""
    query: Query = tuple((name, None if value is None else str(value)) for name, value in asked.items())
    context: dict[str, Any] = {"asked": asked, "query": list(query), "kinds": KINDS}
    try:
        filters = filters_of(
            asked["since"],
            asked["until"],
            (asked["outcome"],) if asked["outcome"] else (),
            asked["case"],
            asked["party"],
            asked["kept_by"],
            asked["determination"],
            asked["run"],
            (Kind(asked["kind"]),) if asked["kind"] else (),
        )
        rows, total = application.records.page(filters, first, ON_PAGE)
        head = application.records.head()
    except TopcoError as error:
        status = status_of(error)
        return page(request, "records.html", status=status, refused=error, rows=[], paging=None, head=None, **context)
    paging = Paging("/records", query, first, total)
    return page(request, "records.html", refused=None, rows=rows, paging=paging, head=head, **context)


@router.get("/records/verify")
def verify(request: Request, application: App, head: Words = None) -> Response:
    """Every record checked."""
    return page(request, "records-verify.html", report=application.records.verify(head), kept_head=head)


@router.get("/records/{identifier}")
def record(request: Request, application: App, identifier: str) -> Response:
    """One record: the answer, what went in, until when it is kept, its place in the chain."""
    found = application.records.find(identifier)
    one = found[-1]
    last = application.records.head()["records"]
    answer = one.content.get("answer")
    return page(
        request,
        "record.html",
        record=one,
        envelope=one.envelope,
        content=one.content,
        answer=answer,
        tone=tone_of(answer, is_settled=is_settled(answer)) if answer else None,
        codes=None if one.kind is Kind.SCREENING else codes_of(one.kind, one.content),
        parties=_parties(one),
        keeping=application.records.keeping(one),
        same=[other.id for other in found[:-1]],
        before=f"{PREFIX}{one.number - 1}" if one.number > 1 else None,
        after=f"{PREFIX}{one.number + 1}" if one.number < last else None,
        run=None if one.envelope.run is None else f"{PREFIX}{one.envelope.run}",
        address_of=record_address,
    )


@router.get("/records/{identifier}/recheck")
def recheck(
    request: Request,
    application: App,
    identifier: str,
    as_of: Day = None,
    rules_as_of: Day = None,
    known_as_of: Day = None,
) -> Response:
    """A kept case determined again: would the answer be another now, and why."""
    found = application.records.recheck_one(identifier, as_of, known_as_of, rules_as_of)
    return page(
        request,
        "record-recheck.html",
        identifier=identifier,
        found=found,
        as_of=as_of,
        rules_as_of=rules_as_of,
        known_as_of=known_as_of,
        address_of=record_address,
        source_words=source_in_words,
    )


def record_address(identifier: str, part: str = "") -> str:
    """The page of a record.

    >>> record_address("rec:17", "/recheck")
    '/records/rec:17/recheck'
    """
    return with_query(f"/records/{identifier}{part}")


def _parties(record: Record) -> list[Mapping[str, Any]]:
    """The parties of a record as its answer names them; of a slim record, as its case does."""
    if record.kind is Kind.SCREENING:
        return []
    if record.kind is Kind.DETERMINATION:
        return list(record.content["answer"]["parties"])
    return [
        {name: one.get(name) for name in ("role", "name", "entity", "located_in", "hq_in", "ultimate_parent_hq_in")}
        for one in record.case.get("parties") or ()
    ]
