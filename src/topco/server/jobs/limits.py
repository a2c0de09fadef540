"""What jobs may take."""

from __future__ import annotations

from dataclasses import dataclass

GIGABYTE = 1_000_000_000


@dataclass(frozen=True)
class Limits:
    """The limits of one server.

    Attributes:
        at_once: how many jobs run at once; checks of columns have one place of their own beside them.
        waiting: how many may wait; one more is refused.
        kept: how many jobs are remembered; the oldest that have ended make room.
        bytes: how much all files of jobs may take on the disk; the oldest that have ended make room.
        rows: how many rows a file may have.
        memory_bytes: a job that takes more memory ends.
        seconds: a job that takes longer ends.
        grace_seconds: so long a cancelled job may take to end by itself.
    """

    at_once: int = 1
    waiting: int = 32
    kept: int = 50
    bytes: int = 4 * GIGABYTE
    rows: int = 5_000_000
    memory_bytes: int = 8 * GIGABYTE
    seconds: float = 4 * 3600.0
    grace_seconds: float = 3.0
