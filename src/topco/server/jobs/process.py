"""The process of a job, seen from the server.

The request is one line of JSON on its standard input, which stays open: the end of it means that nobody waits any more,
because the job was cancelled or the server has gone. What it says comes as lines of JSON on its standard output.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

_THREADS = ("POLARS_MAX_THREADS", "NUMBA_NUM_THREADS", "OMP_NUM_THREADS")


class Process:
    """A job's process, begun at once."""

    def __init__(self, request: Mapping[str, Any]) -> None:
        self._process = subprocess.Popen(
            # -P: what lies in the folder where the server was started is no program.
            [sys.executable, "-P", "-m", "topco.server.jobs.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is the server's to handle
            env=_environment(),
        )
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # it ended before it heard anything; its exit code says so
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()

    @property
    def number(self) -> int:
        """Its number in the system."""
        return self._process.pid

    def messages(self) -> Iterator[dict[str, Any]]:
        """What it says, until it has ended."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            yield json.loads(line)

    def cancel(self, seconds: float) -> None:
        """Say that nobody waits any more; if it has not ended after so long, end it."""
        self._close()
        timer = threading.Timer(seconds, self._process.kill)
        timer.daemon = True
        timer.start()

    def ended(self) -> int:
        """Wait until it has ended; its exit code."""
        code = self._process.wait()
        self._close()
        assert self._process.stdout is not None
        self._process.stdout.close()
        return code

    def _close(self) -> None:
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # it has ended
            self._process.stdin.close()


def _environment() -> dict[str, str]:
    """Half of the processors at most: the other half answers other requests."""
    threads = str(max(1, (os.cpu_count() or 2) // 2))
    return {**os.environ, **dict.fromkeys(_THREADS, threads)}
