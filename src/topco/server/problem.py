"""Errors over HTTP: RFC 9457 problem details with the words of the command line; for a browser, as a page."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from topco.errors import BadInput, NotFound, NotModelled, StoreBusy, TopcoError
from topco.ledger.requests import Conflict

MEDIA_TYPE = "application/problem+json"
INTERFACES = ("/api", "/sparql", "/reconcile", "/static")
"""Where programs call: their errors are documents, whatever they accept."""
_STATUS: tuple[tuple[type[TopcoError], int, str], ...] = (
    (NotFound, 404, "Not found"),
    (Conflict, 409, "Does not fit"),
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


def response(problem: Problem, headers: dict[str, str] | None = None, *, request: Request | None = None) -> Response:
    """A problem as a response: a page where a request is known and comes from somebody who reads pages."""
    if request is not None and reads_pages(request):
        # Here, because pages know the server, and the server its errors.
        from topco.server.workbench.pages import page

        answer: Response = page(request, "problem.html", status=problem.status, problem=problem)
        answer.headers.update({**(headers or {}), "Vary": "Accept"})
        return answer
    return JSONResponse(problem.model_dump(exclude_none=True), problem.status, media_type=MEDIA_TYPE, headers=headers)


def reads_pages(request: Request) -> bool:
    """Whether a browser asks for one of the pages."""
    interface = any(request.url.path == one or request.url.path.startswith(f"{one}/") for one in INTERFACES)
    return not interface and "text/html" in request.headers.get("accept", "")


async def of_topco(request: Request, error: Exception) -> Response:
    """An error of ours."""
    assert isinstance(error, TopcoError)
    return response(problem_of(error), request=request)


async def of_validation(request: Request, error: Exception) -> Response:
    """Parameters or a body of another form than the interface says."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    more = len(error.errors()) - 1
    detail = f"{first['msg']}." + (f" And {more} more." if more else "")
    remedy = "Correct the form, or the address." if reads_pages(request) else "/api/v1/openapi.json says the form."
    found = Problem(title="Bad input", status=422, detail=detail, where=place, remedy=remedy)
    return response(found, request=request)


async def of_http(request: Request, error: Exception) -> Response:
    """What the framework refuses: no such address, no such method."""
    assert isinstance(error, HTTPException)
    phrase = HTTPStatus(error.status_code).phrase
    said = f"Nothing stands at {request.url.path}." if error.status_code == HTTPStatus.NOT_FOUND else f"{error.detail}."
    headers: dict[str, Any] = dict(error.headers or {})
    return response(Problem(title=phrase, status=error.status_code, detail=said), headers, request=request)


async def of_gone(request: Request, error: Exception) -> Response:
    """A client that went while its body came: nobody receives this, and it is no failure of ours."""
    return Response(status_code=499)


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
WRITTEN: dict[int | str, dict[str, Any]] = {
    code: {"model": Problem, "description": title, "content": {MEDIA_TYPE: {}}}
    for code, title in (
        (403, "This server only reads, or the request comes from a page of another site"),
        (409, "It does not fit what is in the book: less remains, or the key stands for another request"),
    )
}
"""What operations that write may answer as well."""
