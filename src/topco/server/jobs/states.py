"""Kinds of jobs, and where a job is."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a job is; the last three are the end."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        return self in (State.DONE, State.FAILED, State.CANCELLED)


class Kind(StrEnum):
    """What a job does."""

    CHECK = "check"
    SCREENING = "screening"
    KEEPING = "keeping"
    RECHECK = "recheck"
