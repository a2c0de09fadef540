"""REST: screening of orders as jobs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import FileResponse, StreamingResponse

from topco.application.screening.results import Results, Wanted
from topco.choices import STRICT
from topco.records.setting import Asked
from topco.server.api.jobs import ACCEPTED, CONFLICT, EVENTS, JobId, Queue, accepted, finished, telling
from topco.server.context import AskedOfCase, Writer
from topco.server.downloads import attached
from topco.server.jobs.files import ORDERS, REJECTS, REPORT, RESULT
from topco.server.jobs.job import Job, JobDocument
from topco.server.jobs.manager import Jobs
from topco.server.jobs.states import Kind
from topco.server.jobs.uploads import FIELD, FORM, RAW, receive

router = APIRouter(tags=["screenings"])
BASE = "/api/v1/screenings"
KINDS = (Kind.CHECK, Kind.SCREENING, Kind.KEEPING)

_BINARY = {"type": "string", "format": "binary"}
_FORM = {"type": "object", "required": [FIELD], "properties": {FIELD: {**_BINARY, "description": "The orders."}}}
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "Orders as CSV, JSON lines or Parquet: a form with one file, or the file itself. The form of a"
        " file is told by how it begins. docs/screening.md names the columns.",
        "content": {FORM: {"schema": _FORM}} | {kind: {"schema": _BINARY} for kind in RAW},
    }
}
Name = Annotated[
    str | None,
    Query(max_length=300, description="What the file is called in answers; default: the name in the form."),
]
Raw = Annotated[
    bool,
    Query(description="CSV with the bytes of `topco screen`. Else cells that a spreadsheet would compute get a `'`."),
]
MEDIA = {"csv": "text/csv; charset=utf-8", "json": "application/x-ndjson", "parquet": "application/vnd.apache.parquet"}
SUFFIX = {"csv": "csv", "json": "jsonl", "parquet": "parquet"}
Form = Annotated[Literal["csv", "json", "parquet"], Query(alias="format", description="JSON comes as lines.")]


def wanted(
    status: Annotated[str | None, Query(max_length=40, description="`answered`, `undetermined`, …")] = None,
    review_policy: Annotated[str | None, Query(max_length=80)] = None,
    licence_required: Annotated[str | None, Query(max_length=40)] = None,
    destination: Annotated[str | None, Query(max_length=80)] = None,
    exception: Annotated[str | None, Query(max_length=80, description="As `AIA=available`.")] = None,
    text: Annotated[str | None, Query(max_length=200, description="A part of any cell.")] = None,
) -> Wanted:
    """Which rows of a result."""
    return Wanted(status, review_policy, licence_required, destination, exception, text)


WantedRows = Annotated[Wanted, Depends(wanted)]


@router.post("/screenings", status_code=202, responses=ACCEPTED, openapi_extra=BODY)
async def screen(
    request: Request,
    response: Response,
    jobs: Queue,
    asked: AskedOfCase,
    name: Name = None,
    check_only: Annotated[bool, Query(description="Only say what the columns are; answer nothing.")] = False,
) -> JobDocument:
    """Screen a file of orders: a row of answers for each row, as `topco screen` gives it."""
    upload = await receive(request, jobs, name)
    kind = Kind.CHECK if check_only else Kind.SCREENING
    job = jobs.submit(kind, upload.folder, name=upload.name, options=options_of(asked))
    return accepted(response, job, BASE)


@router.get("/screenings")
def screenings(jobs: Queue) -> list[JobDocument]:
    """The jobs that are remembered, the newest first: at most 50, and until the server ends."""
    return jobs.listed(*KINDS)


@router.get("/screenings/{job}")
def screening(jobs: Queue, job: JobId) -> JobDocument:
    """State, progress, counts; why it failed."""
    return jobs.document(job, *KINDS)


@router.get("/screenings/{job}/events", response_class=StreamingResponse, responses=EVENTS)
def screening_events(jobs: Queue, job: JobId) -> StreamingResponse:
    """Progress as server-sent events; the last says the state."""
    return telling(jobs, job, *KINDS)


@router.delete("/screenings/{job}", status_code=204)
def remove(jobs: Queue, job: JobId) -> None:
    """Cancel a job that waits or runs; remove one that has ended, with its files."""
    jobs.remove(job, *KINDS)


@router.post("/screenings/{job}/runs", status_code=202, responses=ACCEPTED)
def screen_again(response: Response, jobs: Queue, job: JobId, asked: AskedOfCase) -> JobDocument:
    """Screen the orders of another job: one that was only checked, or the same with other options."""
    return accepted(response, run_of(jobs, job, asked), BASE)


@router.get(
    "/screenings/{job}/result",
    response_class=StreamingResponse,
    responses=CONFLICT | {200: {"content": {kind: {"schema": _BINARY} for kind in MEDIA.values()}}},
)
def result(jobs: Queue, job: JobId, rows: WantedRows, form: Form = "csv", raw: Raw = False) -> Response:
    """The rows with their answers; filtered, the rows in the order of the file."""
    found = finished(jobs, job, Kind.SCREENING)
    results, headers = Results(found.folder / RESULT), attached(f"{_stem(found)}-screened.{SUFFIX[form]}")
    if form == "parquet":
        if rows.everything:
            return FileResponse(results.path, media_type=MEDIA[form], headers=headers)
        return Response(results.parquet(rows), media_type=MEDIA[form], headers=headers)
    return StreamingResponse(results.written(form, rows, safe=not raw), media_type=MEDIA[form], headers=headers)


@router.get(
    "/screenings/{job}/rejects",
    response_class=StreamingResponse,
    responses=CONFLICT | {200: {"content": {"text/csv": {"schema": _BINARY}}}},
)
def rejects(jobs: Queue, job: JobId, raw: Raw = False) -> Response:
    """The refused rows as CSV: row, column, value and reason."""
    found = finished(jobs, job, Kind.SCREENING)
    path, headers = found.folder / REJECTS, attached(f"{_stem(found)}-rejects.csv")
    if raw:
        return FileResponse(path, media_type=MEDIA["csv"], headers=headers)
    return StreamingResponse(_safe_rejects(found), media_type=MEDIA["csv"], headers=headers)


@router.get(
    "/screenings/{job}/report",
    response_class=FileResponse,
    responses=CONFLICT | {200: {"content": {"text/html": {"schema": {"type": "string"}}}}},
)
def report(jobs: Queue, job: JobId) -> Response:
    """The run as one page that prints, as `topco report --screening` writes it."""
    found = finished(jobs, job, Kind.SCREENING)
    return FileResponse(found.folder / REPORT, media_type="text/html; charset=utf-8")


@router.post("/screenings/{job}/records", status_code=202, responses=ACCEPTED | CONFLICT, tags=["records"])
def keep(
    response: Response,
    jobs: Queue,
    settings: Writer,
    job: JobId,
    author: Annotated[str | None, Query(max_length=200, description="Who says so.")] = None,
    note: Annotated[str | None, Query(max_length=2_000, description="Why, in words.")] = None,
) -> JobDocument:
    """Keep the run and every answered row in the records: a job. It fails if data, rules or day are others by now."""
    return accepted(response, keeping_of(jobs, job, author or settings.author, note), BASE)


def options_of(asked: Asked) -> dict[str, Any]:
    """Options in JSON, without what was not asked."""
    told = {name: value for name, value in asked.document().items() if value is not None}
    return told if asked.open_top != STRICT else {name: told[name] for name in told if name != "open_top"}


def run_of(jobs: Jobs, identifier: str, asked: Asked) -> JobDocument:
    """The orders of a job screened, with these options."""
    source = jobs.get(identifier, Kind.CHECK, Kind.SCREENING)
    new = jobs.new_folder()
    return jobs.submit(
        Kind.SCREENING, new, name=source.name, options=options_of(asked), source=source, linked=(ORDERS,)
    )


def keeping_of(jobs: Jobs, identifier: str, author: str, note: str | None) -> JobDocument:
    """A finished run entered in the records."""
    source = finished(jobs, identifier, Kind.SCREENING)
    options = {**source.options, "author": author, "note": note}
    more = {"counts": source.answer["counts"]}
    return jobs.submit(Kind.KEEPING, jobs.new_folder(), name=source.name, options=options, more=more, source=source)


def _stem(job: Job) -> str:
    return job.name.rpartition(".")[0] or job.name


def _safe_rejects(job: Job) -> Iterator[bytes]:
    import csv
    import io

    import polars as pl

    from topco.application.tables import harmless

    # Not the module csv: a refused cell may be longer than it takes, and its limit is one for the whole process.
    rows = pl.read_csv(job.folder / REJECTS, has_header=False, infer_schema=False)
    for row in rows.fill_null("").iter_rows():
        line = io.StringIO()
        csv.writer(line, lineterminator="\n", quoting=csv.QUOTE_ALL).writerow(map(harmless, row))
        yield line.getvalue().encode()
