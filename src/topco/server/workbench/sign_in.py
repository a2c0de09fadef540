"""Signing in with the server's token: a cookie that scripts cannot read and other sites cannot send."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from topco.server.context import Set
from topco.server.guard import COOKIE
from topco.server.workbench.pages import page

router = APIRouter()
_A_DAY = 86_400


@router.get("/sign-in")
def form(request: Request, then: str = "/") -> Response:
    """The form."""
    return page(request, "sign-in.html", then=_local(then), wrong=False)


@router.post("/sign-in")
def sign_in(
    request: Request, settings: Set, token: Annotated[str, Form(max_length=500)], then: Annotated[str, Form()] = "/"
) -> Response:
    """Take the token, and go where the person wanted to go."""
    if not settings.admits(token.strip()):
        return page(request, "sign-in.html", status=401, then=_local(then), wrong=True)
    answer = RedirectResponse(_local(then), 303)
    secure = request.url.scheme == "https"
    answer.set_cookie(COOKIE, settings.session, max_age=_A_DAY, httponly=True, samesite="strict", secure=secure)
    return answer


@router.post("/sign-out")
def sign_out() -> Response:
    """Forget the token."""
    answer = RedirectResponse("/", 303)
    answer.delete_cookie(COOKIE)
    return answer


def _local(address: str) -> str:
    """An address of this server, or its first page.

    >>> _local("/case?id=1"), _local("//elsewhere.example"), _local("https://elsewhere.example")
    ('/case?id=1', '/', '/')
    """
    plain = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if plain and address.isprintable() else "/"
