"""Which pages of a browser may read the answers: none, unless the server was told their origins.

A page of any site can send requests to a server on this machine. Without these headers its browser keeps the answers
from it. There is no `*` and no `callback`: either would show the store to every page that its user opens.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request, Response
from fastapi.routing import APIRoute

from topco.errors import BadInput, TopcoError
from topco.server.guard import place_of
from topco.server.problem import Refused, problem_of, response
from topco.server.turns import Heavy

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def origins(given: tuple[str, ...]) -> frozenset[str]:
    """Origins as browsers write them.

    >>> sorted(origins(("http://127.0.0.1:3333/",)))
    ['http://127.0.0.1:3333']

    Raises:
        BadInput: one is no origin, or is `*`.
    """
    found = set()
    for one in given:
        parts = urlsplit(one.strip().rstrip("/"))
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.path or parts.query or parts.fragment:
            raise BadInput(
                f"{one!r} is no origin.",
                remedy="Name each, as http://127.0.0.1:3333: one for all would open the store.",
            )
        if any(sign in parts.netloc for sign in "*@;, "):
            raise BadInput(f"{one!r} is no single origin.", remedy="Name each, as http://127.0.0.1:3333.")
        found.add(f"{parts.scheme}://{parts.netloc.lower()}")
    return frozenset(found)


def route_class(allowed: frozenset[str]) -> type[APIRoute]:
    """Routes that refuse pages of other sites, name the allowed ones, and answer errors as problem documents."""

    class Route(Heavy):
        def get_route_handler(self) -> Handler:
            answer = super().get_route_handler()

            async def guarded(request: Request) -> Response:
                try:
                    _check(request, allowed)
                    found = await answer(request)
                except TopcoError as error:
                    found = response(problem_of(error))
                return _signed(request, found, allowed)

            return guarded

    return Route


def _check(request: Request, allowed: frozenset[str]) -> None:
    if "callback" in request.query_params:
        raise BadInput(
            "Answers are not wrapped in a callback: every page could read them.",
            remedy="Start the server with --cors ORIGIN, for OpenRefine --cors http://127.0.0.1:3333.",
        )
    origin = request.headers.get("origin")
    if origin is None:
        # A page that loads the answer as a script or a picture is no reader either; a link to it is harmless.
        site, mode = request.headers.get("sec-fetch-site"), request.headers.get("sec-fetch-mode")
        elsewhere = site in ("cross-site", "same-site") and mode != "navigate"
    else:
        elsewhere = origin not in allowed and place_of(origin) != request.headers.get("host")
    if elsewhere:
        raise Refused(
            403,
            "This request comes from a page of another site.",
            where=(origin or "")[:200] or None,
            remedy="If that page may read the store, start the server with --cors ORIGIN.",
        )


def _signed(request: Request, found: Response, allowed: frozenset[str]) -> Response:
    found.headers["Vary"] = "Origin"
    found.headers["X-Content-Type-Options"] = "nosniff"
    if (origin := request.headers.get("origin")) in allowed and origin is not None:
        found.headers["Access-Control-Allow-Origin"] = origin
    return found
