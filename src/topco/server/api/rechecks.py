"""REST: kept records determined again, as jobs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import FileResponse, StreamingResponse

from topco.server.api.jobs import ACCEPTED, CONFLICT, EVENTS, JobId, Queue, accepted, finished, telling
from topco.server.downloads import attached
from topco.server.jobs.files import FLIPS
from topco.server.jobs.job import JobDocument
from topco.server.jobs.states import Kind

router = APIRouter(tags=["rechecks"])
BASE = "/api/v1/rechecks"


def selected(
    since: Annotated[date | None, Query(description="Kept on this day (UTC) or later.")] = None,
    until: Annotated[date | None, Query(description="Kept on this day (UTC) or before.")] = None,
    outcomes: Annotated[list[str], Query(alias="outcome", max_length=20, description="One of these codes.")] = [],  # noqa: B006
    case: Annotated[str | None, Query(max_length=300, description="Records of the case with this id.")] = None,
    party: Annotated[str | None, Query(max_length=300, description="A part of a party's name or id.")] = None,
    kept_by: Annotated[str | None, Query(max_length=200, description="Records of this author only.")] = None,
    determination: Annotated[str | None, Query(max_length=100, description="Records of this determination.")] = None,
    run: Annotated[str | None, Query(pattern=r"^(rec:)?[0-9]{1,18}$", description="Rows of this run: rec:N.")] = None,
    as_of: Annotated[date | None, Query(description="Facts as of this day. Default: that of each record.")] = None,
    rules_as_of: Annotated[date | None, Query(description="Law as of this day. Default: that of each record.")] = None,
    known_as_of: Annotated[date | None, Query(description="Only loads that existed on this day. Default: now.")] = None,
) -> dict[str, Any]:
    """Which records, and what is asked of them, in JSON.

    Raises:
        BadInput: the run is no record, or the days are in the wrong order.
    """
    from topco.application.records import filters_of

    filters_of(since, until, tuple(outcomes), case, party, kept_by, determination, run)
    days = {"since": since, "until": until, "as_of": as_of, "rules_as_of": rules_as_of, "known_as_of": known_as_of}
    texts = {"case_id": case, "party": party, "kept_by": kept_by, "determination": determination, "run": run}
    return {
        **{name: day.isoformat() if day else None for name, day in days.items()},
        **{name: text or None for name, text in texts.items()},
        "outcomes": outcomes,
    }


Selected = Annotated[dict[str, Any], Depends(selected)]


@router.post("/rechecks", status_code=202, responses=ACCEPTED)
def recheck(response: Response, jobs: Queue, selection: Selected) -> JobDocument:
    """Determine kept cases again, and list those whose answer would be another now: a job."""
    job = jobs.submit(Kind.RECHECK, jobs.new_folder(), name="records", options=selection)
    return accepted(response, job, BASE)


@router.get("/rechecks")
def rechecks(jobs: Queue) -> list[JobDocument]:
    """The re-checks that are remembered, the newest first."""
    return jobs.listed(Kind.RECHECK)


@router.get("/rechecks/{job}")
def one_recheck(jobs: Queue, job: JobId) -> JobDocument:
    """State, progress, how many were determined again and how many flipped."""
    return jobs.document(job, Kind.RECHECK)


@router.get("/rechecks/{job}/events", response_class=StreamingResponse, responses=EVENTS)
def recheck_events(jobs: Queue, job: JobId) -> StreamingResponse:
    """Progress as server-sent events; the last says the state."""
    return telling(jobs, job, Kind.RECHECK)


@router.delete("/rechecks/{job}", status_code=204)
def remove(jobs: Queue, job: JobId) -> None:
    """Cancel a re-check that waits or runs; remove one that has ended."""
    jobs.remove(job, Kind.RECHECK)


@router.get(
    "/rechecks/{job}/result",
    response_class=StreamingResponse,
    responses=CONFLICT
    | {200: {"content": {kind: {"schema": {"type": "string"}} for kind in ("text/csv", "application/x-ndjson")}}},
)
def result(
    jobs: Queue, job: JobId, form: Annotated[Literal["csv", "json"], Query(alias="format")] = "json"
) -> Response:
    """The records whose answer would be another, with old and new codes and why, as `topco recheck` gives them."""
    from topco.server.downloads import csv_download

    path = finished(jobs, job, Kind.RECHECK).folder / FLIPS
    if form == "json":
        return FileResponse(path, media_type="application/x-ndjson", headers=attached("recheck.jsonl"))
    from topco.application.rechecks import COLUMNS, row

    return csv_download("recheck", COLUMNS, map(row, flips(path)))


def flips(path: Path) -> Iterator[dict[str, Any]]:
    """The documents of flips that a job has written."""
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)
