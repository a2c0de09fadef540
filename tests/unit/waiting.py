"""Waiting for what happens in other threads and processes, and looking whether a process is there."""

from __future__ import annotations

import os
import time
from collections.abc import Callable


def until(true: Callable[[], object], seconds: float = 15) -> None:
    """Wait until it is true; that it does not come true in time is a failure."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.05)


def is_alive(number: int) -> bool:
    """Whether there is a process of this number."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True
