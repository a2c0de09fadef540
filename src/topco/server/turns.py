"""Heavy handlers take turns.

A handler that is no coroutine runs in one of forty threads. What computes for long gains nothing by that: forty threads
that want one interpreter keep each other, and the event loop, from getting anywhere. So a few compute at once and the
others wait in the order in which they came. What takes many seconds stands in a line of its own, which has an end, so
that short questions need not wait for it. Whoever has gone meanwhile is not answered. What only waits (events, uploads,
files, SPARQL) does not stand in line.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from functools import partial, wraps
from inspect import iscoroutinefunction
from typing import Any

from anyio import CapacityLimiter
from anyio.lowlevel import RunVar
from anyio.to_thread import run_sync
from fastapi import Request, Response
from fastapi.routing import APIRoute

from topco.errors import StoreBusy
from topco.server.problem import Refused

AT_ONCE = min(max(os.cpu_count() or 1, 2), 4)
"""Handlers that compute at once: two at least, so that a short one need not wait for a long one."""
LONG_AT_ONCE = AT_ONCE // 2
"""Handlers that take long at once, beside those."""
LONG_WAITING = 8
"""So many may wait for them; one more is refused."""
_GONE = 499  # what servers log for a client that has gone; nobody receives it
_turns: RunVar[CapacityLimiter] = RunVar("turns")
_long_turns: RunVar[CapacityLimiter] = RunVar("long turns")
_threads: RunVar[CapacityLimiter] = RunVar("threads of turns")
_asking: ContextVar[Request | None] = ContextVar("asking", default=None)


class Heavy(APIRoute):
    """A route whose handler takes its turn among those that compute: `APIRouter(route_class=Heavy)`."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint if iscoroutinefunction(endpoint) else in_turn(endpoint), **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, which can ask whether somebody waits for it still."""
        answer = super().get_route_handler()

        async def asked(request: Request) -> Response:
            _asking.set(request)
            return await answer(request)

        return asked


def in_turn(handler: Callable[..., Any]) -> Callable[..., Any]:
    """A coroutine of the same signature that runs a handler in a thread when its turn has come."""

    @wraps(handler)
    async def waiting(*given: Any, **named: Any) -> Any:
        return await _run(partial(handler, *given, **named), _line(_turns, AT_ONCE))

    return waiting


def long(handler: Callable[..., Any]) -> Callable[..., Any]:
    """The same for a handler that takes many seconds: `@router.get(…)` above `@long`.

    Raises:
        StoreBusy: (the coroutine) too many wait already.
    """

    @wraps(handler)
    async def waiting(*given: Any, **named: Any) -> Any:
        line = _line(_long_turns, LONG_AT_ONCE)
        if line.statistics().tasks_waiting >= LONG_WAITING:
            raise StoreBusy("Too many ask at once for what takes long to find.", remedy="Ask again in a minute.")
        return await _run(partial(handler, *given, **named), line)

    return waiting


async def _run(handler: Callable[[], Any], line: CapacityLimiter) -> Any:
    async with line:
        request = _asking.get()
        # Twice: the first look may only find the end of the body.
        if request is not None and (await request.is_disconnected() or await request.is_disconnected()):
            raise Refused(_GONE, "The client has gone.")
        return await run_sync(handler, limiter=_line(_threads, math.inf))


def _line(kept: RunVar[CapacityLimiter], places: float) -> CapacityLimiter:
    """A line of the running event loop."""
    try:
        return kept.get()
    except LookupError:
        found = CapacityLimiter(places)
        kept.set(found)
        return found
