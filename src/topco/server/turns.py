"""Heavy handlers take turns.

A handler that is no coroutine runs in one of forty threads. What computes for long gains nothing by that: forty threads
that want one interpreter keep each other, and the event loop, from getting anywhere. So a few compute at once and the
others wait in the order in which they came. What only waits (events, uploads, files, SPARQL) does not stand in line.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial, wraps
from inspect import iscoroutinefunction
from typing import Any

from anyio import CapacityLimiter
from anyio.lowlevel import RunVar
from anyio.to_thread import run_sync
from fastapi.routing import APIRoute

AT_ONCE = min(max(os.cpu_count() or 1, 2), 4)
"""Handlers that compute at once: two at least, so that a short one need not wait for a long one."""
_turns: RunVar[CapacityLimiter] = RunVar("turns")


class Heavy(APIRoute):
    """A route whose handler takes its turn among those that compute: `APIRouter(route_class=Heavy)`."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint if iscoroutinefunction(endpoint) else in_turn(endpoint), **options)


def in_turn(handler: Callable[..., Any]) -> Callable[..., Any]:
    """A coroutine of the same signature that runs a handler in a thread when its turn has come."""

    @wraps(handler)
    async def waiting(*given: Any, **named: Any) -> Any:
        return await run_sync(partial(handler, *given, **named), limiter=_limiter())

    return waiting


def _limiter() -> CapacityLimiter:
    """The line of the running event loop."""
    try:
        return _turns.get()
    except LookupError:
        found = CapacityLimiter(AT_ONCE)
        _turns.set(found)
        return found
