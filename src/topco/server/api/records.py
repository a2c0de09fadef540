"""REST: what is kept. Determinations are kept by POST /records."""

from __future__ import annotations

import os
from datetime import date
from tempfile import NamedTemporaryFile
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field
from starlette.background import BackgroundTask

from topco.application.proofs import report
from topco.application.records import COLUMNS, filters_of
from topco.records.filters import Filters
from topco.records.record import Kind
from topco.server.context import App, AsOf, KnownAsOf, RulesAsOf
from topco.server.downloads import AS_CSV, attached, csv_download

router = APIRouter(prefix="/records", tags=["records"])

JSON_LINES = "application/x-ndjson"
Identifier = Annotated[
    str,
    Path(max_length=60, description="rec:NUMBER, or det:… for the last record of a determination.", examples=["rec:1"]),
]
Form = Annotated[Literal["json", "csv"], Query(alias="format", description="CSV has the rows alone.")]
Text = Annotated[str | None, Query(max_length=500)]


class RecordRow(BaseModel):
    """A record in a line; of a screening run codes and parties are null."""

    record: str
    kind: str
    determination: str | None
    case: str | None
    moment: str
    author: str
    as_of: str | None
    rules_as_of: str | None
    reading: str | None
    item_class: str | None
    licence_required: str | None
    exceptions: str | None
    review_policy: str | None
    veu_result: str | None
    parties: list[str] | None
    run: str | None
    note: str | None
    keep_until: Annotated[str, Field(description="it must be kept until this day at least")]
    hash: str


class RecordsPage(BaseModel):
    """Some of the records that were asked for, and how many there are."""

    total: int
    first: int
    records: list[RecordRow]


class RecordFinding(BaseModel):
    """Something that is not as it was kept."""

    record: str | None
    line: int | None
    what: str


class RecordsVerification(BaseModel):
    """Every record checked; no findings: every hash holds."""

    records: int
    head: str
    complete: bool
    records_since_kept_head: int | None
    findings: list[RecordFinding]


class RecordsHead(BaseModel):
    """How many records there are, and the hash of the last: keep it elsewhere."""

    records: int
    head: str


def selected(
    since: Annotated[date | None, Query(description="Kept on this day (UTC) or later.")] = None,
    until: Annotated[date | None, Query(description="Kept on this day (UTC) or before.")] = None,
    outcome: Annotated[
        list[str], Query(max_length=20, description="denial_policy, licence_required=no, AIA=available; one of them.")
    ] = [],  # noqa: B006
    case: Text = None,
    party: Annotated[str | None, Query(max_length=500, description="A part of a name or identifier.")] = None,
    kept_by: Text = None,
    determination: Text = None,
    run: Annotated[str | None, Query(max_length=60, description="Rows of this screening run, rec:N.")] = None,
    kind: Annotated[list[Kind], Query(max_length=3, description="Only records of these kinds.")] = [],  # noqa: B006
) -> Filters:
    """Which records are asked for."""
    return filters_of(since, until, tuple(outcome), case, party, kept_by, determination, run, tuple(kind))


Selected = Annotated[Filters, Depends(selected)]


@router.get("", response_model=RecordsPage, responses=AS_CSV)
def records(
    application: App,
    filters: Selected,
    first: Annotated[int, Query(ge=0, le=10**9, description="Pass over so many.")] = 0,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1_000,
    order: Annotated[Literal["oldest", "newest"], Query(description="Which come first.")] = "oldest",
    form: Form = "json",
) -> Any:
    """What is kept."""
    found, total = application.records.page(filters, first, limit, newest=order == "newest")
    if form == "csv":
        return csv_download("records", COLUMNS, found)
    return {"total": total, "first": first, "records": found}


@router.get("/export", response_class=FileResponse, responses={200: {"content": {JSON_LINES: {}}}})
def export(application: App, filters: Selected) -> Response:
    """Records as JSON lines with the hashes of the chain; `topco records verify FILE` checks them anywhere. A line for
    each record, and an end line: without it the export was cut off."""
    # Written first: a book is read by one thread, a stream by many, and what cannot be read is a problem, no half file.
    with NamedTemporaryFile("w", encoding="utf-8", suffix=".jsonl", delete=False) as written:
        try:
            written.writelines(f"{line}\n" for line in application.records.export(filters))
        except BaseException:
            os.unlink(written.name)
            raise
    gone = BackgroundTask(os.unlink, written.name)
    return FileResponse(written.name, media_type=JSON_LINES, headers=attached("records.jsonl"), background=gone)


@router.get("/verify", response_model=RecordsVerification)
def verify(
    application: App,
    head: Annotated[str | None, Query(max_length=200, description="A hash that was the head once.")] = None,
) -> Any:
    """Check every record. Only a head that was kept elsewhere shows that the end was not cut off and rewritten."""
    return application.records.verify(head)


@router.get("/head", response_model=RecordsHead)
def head(application: App) -> Any:
    """The hash of the last record."""
    return application.records.head()


@router.get("/{identifier}")
def record(application: App, identifier: Identifier) -> dict[str, Any]:
    """A record in its published form (docs/schemas/record.schema.json), its content with it. Its proof: GET
    /explanations?subject=rec:N."""
    return application.records.show(identifier)


@router.get("/{identifier}/report", response_class=Response, responses={200: {"content": {"text/html": {}}}})
def record_report(application: App, identifier: Identifier) -> Response:
    """The answer that a record keeps, as one page that prints. 400: a screening run has no report of its own."""
    page = report([application.proofs.find(identifier)], identifier)
    return Response(page, media_type="text/html; charset=utf-8", headers=attached(f"{identifier}.html"))


@router.get("/{identifier}/recheck")
def recheck(
    application: App,
    identifier: Identifier,
    as_of: AsOf = None,
    known_as_of: KnownAsOf = None,
    rules_as_of: RulesAsOf = None,
) -> dict[str, Any]:
    """Determine a kept case again: `flips` holds what would be answered otherwise now, and why
    (docs/schemas/recheck.schema.json). 400: it is a screening run; many records are determined again by POST
    /rechecks."""
    return application.records.recheck_one(identifier, as_of, known_as_of, rules_as_of)
