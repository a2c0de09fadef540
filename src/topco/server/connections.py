"""Connections that say nothing are closed: many of them would leave no room for anybody else."""

from __future__ import annotations

import asyncio
import resource
from contextlib import suppress
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

SILENT_SECONDS = 20.0
"""A connection without a request, or in the middle of its first lines, is closed after once to twice as long."""


class Patient(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
    """A connection that is looked at now and then."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._seen: object = self
        self._look = asyncio.get_running_loop().call_later(SILENT_SECONDS, self._looked)

    def connection_lost(self, exc: Exception | None) -> None:
        self._look.cancel()
        super().connection_lost(exc)

    def _looked(self) -> None:
        """Close it if no request has come since the last look and none is being answered."""
        cycle = self.cycle
        if (cycle is None or cycle.response_complete) and cycle is self._seen:
            self.transport.close()
            return
        self._seen = cycle
        self._look = asyncio.get_running_loop().call_later(SILENT_SECONDS, self._looked)


def as_many_as_allowed() -> None:
    """Let this process hold as many connections and files as the system lets it; the usual 1,024 are few."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with suppress(ValueError, OSError):  # some systems name a limit that they do not grant
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
