"""How far a job is, as server-sent events."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

from topco.errors import NotFound
from topco.server.jobs.manager import Jobs

LOOK_SECONDS = 0.2
_ALIVE_SECONDS = 15.0


async def events(jobs: Jobs, identifier: str) -> AsyncIterator[str]:
    """`progress` at every change, then one `end`; each with the job's document. Ends, too, when the server does."""
    seen: int | None = None
    told = time.monotonic()
    while not jobs.ending:
        version = jobs.version(identifier)
        if version is None:
            return
        if version != seen:
            try:
                document = jobs.document(identifier)
            except NotFound:  # removed meanwhile
                return
            seen, told = version, time.monotonic()
            ended = document.state.ended
            yield f"event: {'end' if ended else 'progress'}\ndata: {document.model_dump_json(exclude_none=True)}\n\n"
            if ended:
                return
        elif time.monotonic() - told > _ALIVE_SECONDS:
            told = time.monotonic()
            yield ": still there\n\n"
        await asyncio.sleep(LOOK_SECONDS)
