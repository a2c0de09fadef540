"""Errors over HTTP: RFC 9457 problem details with the words of the command line."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from topco.errors import BadInput, NotFound, NotModelled, StoreBusy, TopcoError

MEDIA_TYPE = "application/problem+json"
_STATUS: tuple[tuple[type[TopcoError], int, str], ...] = (
    (NotFound, 404, "Not found"),
    (BadInput, 400, "Bad input"),
    (NotModelled, 422, "Not modelled"),
    (StoreBusy, 503, "Store busy"),
    (TopcoError, 500, "Failed"),
)


class Problem(BaseModel):
    """What is wrong, where, and what to do next."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    where: str | None = None
    remedy: str | None = None


class Refused(TopcoError):
    """A request that is refused for what it is, with the status that says so."""

    def __init__(self, status: int, what: str, *, where: str | None = None, remedy: str | None = None) -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.status = status


def problem_of(error: TopcoError) -> Problem:
    """An error as a problem document."""
    if isinstance(error, Refused):
        return Problem(title="Refused", status=error.status, detail=error.what, where=error.where, remedy=error.remedy)
    status, title = next((status, title) for kind, status, title in _STATUS if isinstance(error, kind))
    return Problem(title=title, status=status, detail=error.what, where=error.where, remedy=error.remedy)


def response(problem: Problem, headers: dict[str, str] | None = None) -> JSONResponse:
    """A problem as a response."""
    return JSONResponse(problem.model_dump(exclude_none=True), problem.status, media_type=MEDIA_TYPE, headers=headers)


async def of_topco(_: Request, error: Exception) -> JSONResponse:
    """An error of ours."""
    assert isinstance(error, TopcoError)
    return response(problem_of(error))


async def of_validation(_: Request, error: Exception) -> JSONResponse:
    """Parameters or a body of another form than the interface says."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    more = len(error.errors()) - 1
    detail = f"{first['msg']}." + (f" And {more} more." if more else "")
    return response(
        Problem(title="Bad input", status=422, detail=detail, where=place, remedy="/api/v1/openapi.json says the form.")
    )


async def of_http(_: Request, error: Exception) -> JSONResponse:
    """What the framework refuses: no such address, no such method."""
    assert isinstance(error, HTTPException)
    headers: dict[str, Any] = dict(error.headers or {})
    return response(Problem(title="Refused", status=error.status_code, detail=f"{error.detail}."), headers)


ANSWERS: dict[int | str, dict[str, Any]] = {
    code: {"model": Problem, "description": title, "content": {MEDIA_TYPE: {}}}
    for code, title in (
        (400, "Bad input"),
        (401, "A token is needed"),
        (404, "Not found"),
        (413, "Too large"),
        (422, "Another form than this interface takes, or not modelled"),
        (503, "The store is busy"),
    )
}
"""What every operation may answer besides its own answer, for its description."""
