"""What stands before every request: names, sizes, tokens, the origin of what writes, headers of every answer.

Written against ASGI, so that a body is counted while it comes in and nothing of it is kept.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from anyio import fail_after
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request

from topco.server.problem import Refused, problem_of, response
from topco.server.settings import Settings

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

COOKIE = "topco_token"
READING = frozenset({"GET", "HEAD", "OPTIONS"})
POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none';"
    " form-action 'self'; frame-ancestors 'self'"
)
RECONCILE = "/reconcile"
PAUSE_SECONDS = 30.0
"""So long a part of a body may be waited for."""
UPLOADS = ("/api/v1/screenings", "/screening")


class Guard:
    """Refuses what must not come in, and signs what goes out."""

    def __init__(self, app: App, settings: Settings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        scope.setdefault("state", {}).update(may_write=False, signed_in=False)
        try:
            self._check(scope, headers)
        except Refused as error:
            await self._refuse(scope, receive, send, error)
            return
        scope["state"]["may_write"] = self.settings.write and self._shows_token(headers)
        scope["state"]["signed_in"] = self._shows_token(headers)
        if scope["type"] == "websocket":
            await self.app(scope, receive, send)
            return
        counted = _Counted(receive, self._limit(scope["path"]))
        signed = _Signed(send, self._policy(scope["path"]))
        await self.app(scope, counted, signed)

    def _check(self, scope: Scope, headers: Headers) -> None:
        self._check_host(headers)
        self._check_origin(scope, headers)
        if self.settings.reads_need_token and not (self._shows_token(headers) or _is_open(scope["path"])):
            raise Refused(401, "A token is needed.", remedy="Send it as Authorization: Bearer, or sign in at /sign-in.")
        length = headers.get("content-length", "")
        if length.isdigit() and int(length) > self._limit(scope["path"]):
            raise _too_large(self._limit(scope["path"]))

    def _policy(self, path: str) -> str:
        if path.startswith(RECONCILE) and self.settings.cors:
            return POLICY.replace("frame-ancestors 'self'", f"frame-ancestors 'self' {' '.join(self.settings.cors)}")
        return POLICY

    def _check_host(self, headers: Headers) -> None:
        """A page elsewhere that points its own name at this machine is not let in."""
        host = headers.get("host", "")
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
        if name not in self.settings.names:
            raise Refused(
                421, "This server is not called so.", where=host or "no host", remedy="topco serve --allow-host NAME"
            )

    def _check_origin(self, scope: Scope, headers: Headers) -> None:
        """What changes something, and what opens a channel, comes from a page of this server or from no page."""
        site, origin = headers.get("sec-fetch-site", "same-origin"), headers.get("origin")
        if scope["type"] == "http" and scope["method"] in READING:
            # Following a link is harmless; a picture or a script whose address is a costly question is not.
            beside = site not in ("same-origin", "none") and headers.get("sec-fetch-mode") != "navigate"
            if beside and not scope["path"].startswith(RECONCILE):  # which looks itself, at whom it was told to trust
                raise Refused(403, "This request comes from a page of another site.", where=origin)
            return
        if origin in self.settings.cors and scope["path"].startswith(RECONCILE):
            return  # reconciliation only reads
        elsewhere = origin is not None and place_of(origin) != headers.get("host")
        if elsewhere or site not in ("same-origin", "none"):
            raise Refused(403, "This request comes from a page of another site.", where=origin)

    def _shows_token(self, headers: Headers) -> bool:
        kind, _, shown = headers.get("authorization", "").partition(" ")
        if kind.casefold() == "bearer" and self.settings.admits(shown.strip()):
            return True
        return self.settings.knows(_cookie(headers.get("cookie", "")))

    def _limit(self, path: str) -> int:
        return self.settings.upload_bytes if path in UPLOADS else self.settings.body_bytes

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, error: Refused) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 4403})
            return
        headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else None
        answer = response(problem_of(error), headers, request=Request(scope))
        await answer(scope, receive, _Signed(send, POLICY))


class _Counted:
    """A body that may not grow beyond a limit, and comes without long pauses."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive, self._limit, self._seen = receive, limit, 0
        self._comes = True

    async def __call__(self) -> Message:
        try:
            with fail_after(PAUSE_SECONDS if self._comes else math.inf):
                message = await self._receive()
        except TimeoutError as error:
            raise HTTPException(408, f"Nothing more of the body came for {PAUSE_SECONDS:.0f} seconds") from error
        self._comes = self._comes and message.get("more_body", False)
        self._seen += len(message.get("body", b""))
        if self._seen > self._limit:
            # In the framework's own words: it turns whatever else a body raises into a 400.
            raise HTTPException(413, _too_large(self._limit).what.rstrip("."))
        return message


class _Signed:
    """Answers with the headers that every one has."""

    def __init__(self, send: Send, policy: str) -> None:
        self._send, self._policy = send, policy

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.setdefault("Content-Security-Policy", self._policy)
            headers.setdefault("X-Content-Type-Options", "nosniff")
            headers.setdefault("Referrer-Policy", "same-origin")
            headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
            headers.setdefault("Cache-Control", "no-store")
        await self._send(message)


def _cookie(text: str) -> str | None:
    try:
        found = SimpleCookie(text).get(COOKIE)
    except CookieError:
        return None
    return found.value if found else None


def place_of(origin: str) -> str | None:
    """Where an origin is, as a Host header says it; None if it is no address."""
    try:
        return urlsplit(origin).netloc
    except ValueError:  # a bracket without its other half
        return None


def _is_open(path: str) -> bool:
    """What a person sees before signing in."""
    return path == "/sign-in" or path.startswith("/static/")


def _too_large(limit: int) -> Refused:
    return Refused(
        413, f"The body is larger than {limit:,} bytes.", remedy="Send less at once, or use the command line."
    )
