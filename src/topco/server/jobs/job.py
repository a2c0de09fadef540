"""One job: what was asked, how far it is, what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field

from topco.server.jobs.states import Kind, State
from topco.server.problem import Problem


class Progress(BaseModel):
    """How far a job is."""

    phase: str = Field(description="What is being done, in words.")
    done: int = Field(description="How much of it is done.")
    total: int | None = Field(description="Of how much; null: not known.")
    unit: str = Field(description="Of what: rows, keys, records; empty where only the phase is known.")


class Kept(BaseModel):
    """Where a run stands in the records."""

    first: str
    last: str
    records: int
    head: str


class JobDocument(BaseModel):
    """A job as every face shows it."""

    id: str
    kind: Kind
    state: State
    name: str = Field(description="What the file of orders was called.")
    of: str | None = Field(default=None, description="The job whose orders or answers this one took.")
    options: dict[str, Any] = Field(description="What was asked beside the orders.")
    created: datetime
    started: datetime | None = None
    ended: datetime | None = None
    waiting_before: int | None = Field(default=None, description="Of a queued job: how many go first.")
    progress: Progress | None = None
    rows: int | None = Field(default=None, description="Rows of the file.")
    keys: int | None = Field(default=None, description="Distinct combinations of what the rules see.")
    counts: dict[str, int] = Field(default_factory=dict, description="Rows by status and review policy.")
    refused: int | None = Field(default=None, description="Refused rows.")
    check: dict[str, Any] | None = Field(default=None, description="Of a check: what the file says.")
    kept: Kept | None = Field(default=None, description="Of a keeping: the records.")
    checked: int | None = Field(default=None, description="Of a re-check: records determined again.")
    flips: int | None = Field(default=None, description="Of a re-check: records with another answer.")
    problem: Problem | None = Field(default=None, description="Of a failed job: why.")


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Job:
    """A job in the memory of the server; changed under the lock of its manager alone.

    Attributes:
        folder: its own; names of files in it are ours.
        request: what the process is told.
        answer: what the process said at its end.
        version: grows with every change that others may want to hear of.
        bytes: what its files take.
    """

    id: str
    kind: Kind
    name: str
    folder: Path
    options: Mapping[str, Any]
    request: Mapping[str, Any]
    of: str | None = None
    state: State = State.QUEUED
    created: datetime = field(default_factory=now)
    started: datetime | None = None
    ended: datetime | None = None
    progress: Progress | None = None
    answer: Mapping[str, Any] = field(default_factory=dict)
    problem: Problem | None = None
    version: int = 0
    bytes: int = 0

    def document(self, waiting_before: int | None = None) -> JobDocument:
        """What is told of it."""
        told = {name: value for name, value in self.answer.items() if name in JobDocument.model_fields}
        return JobDocument(
            id=self.id,
            kind=self.kind,
            state=self.state,
            name=self.name,
            of=self.of,
            options={name: value for name, value in self.options.items() if value not in (None, [], ())},
            created=self.created,
            started=self.started,
            ended=self.ended,
            waiting_before=waiting_before,
            progress=self.progress,
            problem=self.problem,
            **told,
        )
