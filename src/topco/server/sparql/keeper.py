"""Keeps the graph of a served store up with its loads and with the day.

`topco load` builds the graph itself; `--defer-graph`, a judgement, a newer version of topco or the turn of a period
leave it behind. Then a process beside the server brings it up (`topco.server.sparql.build`), one at a time, while
queries are answered from the generation before.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from datetime import date
from typing import TYPE_CHECKING, Any

from topco.server.sparql.served import is_of_today, signature
from topco.store.today import today

if TYPE_CHECKING:
    from pathlib import Path

_MODULE = "topco.server.sparql.build"
_PAUSE_SECONDS = 10.0


class Keeper:
    """Looks after the graph of one store."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._derived_on: date | None = None
        self._last = -_PAUSE_SECONDS
        self._process: subprocess.Popen[bytes] | None = None

    def is_content(self, head: dict[str, Any]) -> bool:
        """Whether the graph that an answer came from is up to date, or was looked after a moment ago.

        Args:
            head: the head of an answer, with what it rests on.
        """
        if self._process is not None or time.monotonic() - self._last < _PAUSE_SECONDS:
            return True
        if not head.get("is_current", head["status"] != 503):
            return False
        return is_of_today(head.get("as_of")) or self._derived_on == today()

    async def look(self) -> None:
        """Bring the graph up to date, if there is a store; another process that writes to it goes first."""
        if self._process is not None or signature(self._store) is None:
            return
        self._last = time.monotonic()
        process = self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", _MODULE, str(self._store)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        code = await asyncio.get_running_loop().run_in_executor(None, process.wait)
        if self._process is process:
            self._process = None
            self._last = time.monotonic()
            self._derived_on = today() if code == 0 else None

    def stop(self) -> None:
        """End what is being built; what it has written is rubbish that the next command removes."""
        if self._process is not None:
            self._process.kill()
            self._process = None
