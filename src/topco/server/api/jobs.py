"""REST: what all jobs have in common."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Path, Request, Response
from fastapi.responses import StreamingResponse

from topco.server.jobs.job import Job, JobDocument
from topco.server.jobs.manager import Jobs
from topco.server.jobs.states import Kind, State
from topco.server.jobs.telling import events
from topco.server.problem import MEDIA_TYPE, Problem, Refused


def jobs_of(request: Request) -> Jobs:
    """The jobs of the server."""
    found = request.app.state.jobs
    assert isinstance(found, Jobs)
    return found


Queue = Annotated[Jobs, Depends(jobs_of)]
JobId = Annotated[str, Path(max_length=60, description="The id of a job.")]

CONFLICT: dict[int | str, dict[str, Any]] = {
    409: {"model": Problem, "description": "The job has not ended, or not well", "content": {MEDIA_TYPE: {}}}
}
ACCEPTED: dict[int | str, dict[str, Any]] = {
    202: {
        "description": "The job is queued; `Location` says where to ask for it.",
        "headers": {"Location": {"schema": {"type": "string"}, "description": "The address of the job."}},
    }
}
EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events `progress` at every change, then one `end`; the data of each is the job as JSON.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}


def accepted(response: Response, job: JobDocument, base: str) -> JobDocument:
    """A queued job, and where it is."""
    response.headers["Location"] = f"{base}/{job.id}"
    return job


def telling(jobs: Jobs, job: str, *kinds: Kind) -> StreamingResponse:
    """The events of a job."""
    jobs.get(job, *kinds)
    return StreamingResponse(events(jobs, job), media_type="text/event-stream")


def finished(jobs: Jobs, identifier: str, kind: Kind) -> Job:
    """A job that has ended well.

    Raises:
        Refused: it has not.
    """
    job = jobs.get(identifier, kind)
    if job.state is not State.DONE:
        why = "has not ended" if not job.state.ended else f"is {job.state}"
        raise Refused(409, f"The job {why}: there is no result.", remedy="GET the job, or its events.")
    return job
