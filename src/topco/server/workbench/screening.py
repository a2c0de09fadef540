"""Pages of screening: a file is uploaded, its columns are checked, it is screened, its answers are looked through."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import FileResponse, RedirectResponse
from pydantic import BeforeValidator
from starlette.concurrency import run_in_threadpool

from topco import knowledge
from topco.choices import STRICT, OpenTop, Reading
from topco.records.setting import Asked
from topco.server.api.jobs import JobId, Queue
from topco.server.api.rechecks import selected
from topco.server.api.screenings import WantedRows, keeping_of, run_of
from topco.server.context import Set, Writer
from topco.server.downloads import attached
from topco.server.jobs.job import JobDocument
from topco.server.jobs.states import Kind, State
from topco.server.jobs.uploads import receive
from topco.server.workbench.asked import said
from topco.server.workbench.pages import page
from topco.server.workbench.screening_shown import flips_shown, results_shown

router = APIRouter()
CHECK_SECONDS = 5.0
"""So long an upload waits for the check of its columns; a longer one is shown while it goes on."""
SAMPLE = "data/samples/orders/orders.csv"


Day = Annotated[date | None, BeforeValidator(said), Form()]
Text = Annotated[str | None, BeforeValidator(said), Form(max_length=2_000)]
Short = Annotated[str | None, BeforeValidator(said), Form(max_length=40)]


def asked_of_form(
    as_of: Day = None,
    known_as_of: Day = None,
    rules_as_of: Day = None,
    reading: Annotated[Reading | None, BeforeValidator(said), Form()] = None,
    open_top: Annotated[OpenTop, Form()] = STRICT,
    test: Short = None,
) -> Asked:
    """The options of a run."""
    return Asked(as_of, known_as_of, rules_as_of, reading, open_top, test)


@router.get("/screening")
def begin(request: Request, jobs: Queue) -> Response:
    """The upload, the runs that are remembered, the re-check of records."""
    return page(request, "screening.html", listed=jobs.listed())


@router.post("/screening")
async def upload(request: Request, jobs: Queue) -> Response:
    """Take a file, and check its columns."""
    taken = await receive(request, jobs)
    job = jobs.submit(Kind.CHECK, taken.folder, name=taken.name, options={})
    await run_in_threadpool(jobs.wait, job.id, CHECK_SECONDS)
    return _to(job)


@router.get("/screening/sample")
def sample() -> Response:
    """Invented orders, to try it with."""
    path = knowledge.root() / SAMPLE
    return FileResponse(path, media_type="text/csv; charset=utf-8", headers=attached("orders.csv"))


@router.post("/screening/sample")
def try_sample(jobs: Queue) -> Response:
    """The same, as if they had been uploaded."""
    from topco.server.jobs.files import ORDERS

    folder = jobs.new_folder()
    (folder / ORDERS).write_bytes((knowledge.root() / SAMPLE).read_bytes())
    job = jobs.submit(Kind.CHECK, folder, name="orders.csv", options={})
    jobs.wait(job.id, CHECK_SECONDS)
    return _to(job)


@router.post("/screening/recheck")
def recheck(
    jobs: Queue,
    since: Day = None,
    until: Day = None,
    outcome: Text = None,
    case: Text = None,
    party: Text = None,
    kept_by: Text = None,
    run: Text = None,
    as_of: Day = None,
    rules_as_of: Day = None,
    known_as_of: Day = None,
) -> Response:
    """Determine kept records again."""
    outcomes = outcome.split() if outcome else []
    days = {"as_of": as_of, "rules_as_of": rules_as_of, "known_as_of": known_as_of}
    asked = selected(since, until, outcomes, case, party, kept_by, None, run, **days)
    return _to(jobs.submit(Kind.RECHECK, jobs.new_folder(), name="records", options=asked))


@router.get("/screening/{job}")
def show(
    request: Request,
    jobs: Queue,
    settings: Set,
    job: JobId,
    rows: WantedRows,
    sort: Annotated[str | None, Query(max_length=200)] = None,
    number: Annotated[int, Query(alias="page", ge=1, le=1_000_000)] = 1,
) -> Response:
    """Progress; then the check, the answers, the records, or why there are none."""
    document = jobs.document(job)
    context: dict[str, Any] = {"job": document, "settings": settings}
    if document.state is not State.DONE:
        return page(request, "screening-job.html", **context)
    if document.kind is Kind.CHECK:
        return page(request, "screening-check.html", **context)
    if document.kind is Kind.KEEPING:
        return page(request, "screening-kept.html", **context)
    folder = jobs.get(job).folder
    if document.kind is Kind.RECHECK:
        return page(request, "screening-recheck.html", **context, **flips_shown(folder, number))
    return page(request, "screening-results.html", **context, **results_shown(document, folder, rows, sort, number))


@router.post("/screening/{job}/run")
def run(jobs: Queue, job: JobId, asked: Annotated[Asked, Depends(asked_of_form)]) -> Response:
    """Screen the orders of a job."""
    return _to(run_of(jobs, job, asked))


@router.post("/screening/{job}/keep")
def keep(
    jobs: Queue, settings: Writer, job: JobId, author: Annotated[str, Form(max_length=200)] = "", note: Text = None
) -> Response:
    """Keep a finished run in the records."""
    return _to(keeping_of(jobs, job, author.strip() or settings.author, note))


@router.post("/screening/{job}/cancel")
def cancel(jobs: Queue, job: JobId) -> Response:
    """Cancel a job that waits or runs."""
    jobs.cancel(job)
    return RedirectResponse(f"/screening/{job}", 303)


@router.post("/screening/{job}/remove")
def remove(jobs: Queue, job: JobId) -> Response:
    """Forget a job with its files."""
    jobs.remove(job)
    return RedirectResponse("/screening", 303)


def _to(job: JobDocument) -> RedirectResponse:
    return RedirectResponse(f"/screening/{job.id}", 303)
