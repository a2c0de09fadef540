"""The process of a job: `python -m topco.server.jobs.child`, told by one line of JSON on its standard input.

It goes when its standard input ends, with its files; it bounds its own memory and time. Its standard output carries
lines of JSON alone: `progress`, then one of `done`, `failed`, `cancelled`.
"""

from __future__ import annotations

import json
import os
import resource
import select
import shutil
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from topco.application.screening.steps import Cancelled, Steps
from topco.errors import BadInput, TopcoError

_NICE = 5
_LOOK_SECONDS = 0.1
_TELL_SECONDS = 0.1
_GONE, _TOO_MUCH = 3, 4


class Channel:
    """Lines of JSON to the server."""

    def __init__(self) -> None:
        self._stream = os.fdopen(os.dup(1), "wb")
        os.dup2(2, 1)  # whatever else writes to standard output does not disturb
        self._lock = threading.Lock()
        self._told = ("", 0.0)

    def say(self, **message: Any) -> None:
        """One message. A server that has gone hears nothing."""
        with self._lock, suppress(BrokenPipeError):
            self._stream.write(json.dumps(message).encode() + b"\n")
            self._stream.flush()

    def progress(self, phase: str, done: int, total: int | None, unit: str) -> None:
        """How far it is; of one phase not too often."""
        now = time.monotonic()
        if phase != self._told[0] or now - self._told[1] >= _TELL_SECONDS or done == total:
            self._told = phase, now
            self.say(progress={"phase": phase, "done": done, "total": total, "unit": unit})

    def failed(self, error: TopcoError) -> None:
        """Why there is no answer."""
        kind = type(error).__name__
        self.say(failed={"kind": kind, "what": error.what, "where": error.where, "remedy": error.remedy})


class Watch(threading.Thread):
    """Looks whether somebody waits still, and what the process takes."""

    def __init__(self, channel: Channel, request: Mapping[str, Any]) -> None:
        super().__init__(daemon=True)
        self._channel = channel
        self._folder = Path(request["folder"])
        self._memory = int(request["memory_bytes"])
        self._seconds = float(request["seconds"])
        self._grace = float(request["grace_seconds"])
        self._gone = threading.Event()

    def stopped(self) -> bool:
        """Whether nobody waits any more."""
        return self._gone.is_set()

    def run(self) -> None:
        """Look until the process ends."""
        end = time.monotonic() + self._seconds
        while not select.select([0], [], [], _LOOK_SECONDS)[0] or os.read(0, 4096):
            if _memory() > self._memory:
                self._end(f"The job needs more than {self._memory / 1e9:.1f} GB of memory.", "Split the file.")
            if time.monotonic() > end:
                self._end(f"The job takes longer than {self._seconds / 60:.0f} minutes.", "Split the file.")
        self._gone.set()
        time.sleep(self._grace)  # the work stops by itself between two chunks; if not, here
        shutil.rmtree(self._folder, ignore_errors=True)
        os._exit(_GONE)

    def _end(self, what: str, remedy: str) -> None:
        self._channel.failed(BadInput(what, remedy=remedy))
        os._exit(_TOO_MUCH)


def _memory() -> int:
    """The most memory that this process has held, in bytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def main() -> None:
    """Do what the request asks, and say what came of it."""
    request = json.loads(_first_line())
    channel = Channel()
    os.nice(_NICE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError):  # only on Linux: should memory run out, this process goes first
        Path("/proc/self/oom_score_adj").write_text("1000")
    watch = Watch(channel, request)
    watch.start()
    steps = Steps(channel.progress, watch.stopped)
    steps("starting", 0, None, "")
    from topco.server.jobs.work import WORK

    try:
        answer = WORK[request["kind"]](request, steps)
    except Cancelled:
        shutil.rmtree(request["folder"], ignore_errors=True)
        channel.say(cancelled=True)
    except OSError as error:
        channel.failed(TopcoError(f"A file cannot be read or written: {error.strerror}."))
    except TopcoError as error:
        channel.failed(error)
    else:
        channel.say(done=answer)
    os._exit(0)  # everything is said and closed; taking libraries apart takes time


def _first_line() -> bytes:
    """The request; read without a buffer, so that the end of the input is seen by who looks for it."""
    line = b""
    while not line.endswith(b"\n"):
        more = os.read(0, 1 << 16)
        if not more:
            sys.exit(_GONE)
        line += more
    return line


if __name__ == "__main__":
    main()
