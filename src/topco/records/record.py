"""Records, and the hash that chains each to the one before. Pure values.

The hash of a record is SHA-256 over its *envelope* in canonical JSON: number, kind, determination, run, moment, author,
note, the hash of its content and the hash of the record before. `FORMAT` is part of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from topco.store.chain import hash_of

FORMAT = 1
PREFIX = "rec:"
DETERMINATION_PREFIX = "det:"


class Kind(StrEnum):
    """What is kept: one determination with its proof, a screening run, or one row of such a run."""

    DETERMINATION = "determination"
    SCREENING = "screening"
    ROW = "row"


@dataclass(frozen=True)
class Kept:
    """What is to be kept; `content` is plain JSON (`topco.records.content` makes it).

    A row belongs to the last screening run before it in the same batch.
    """

    kind: Kind
    content: Mapping[str, Any]
    author: str
    determination: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Envelope:
    """Everything about a record but its content, which it names by its hash. `run`: the run that a row belongs to."""

    number: int
    kind: Kind
    determination: str | None
    run: int | None
    moment: str
    author: str
    note: str | None
    content_hash: str
    previous: str

    @property
    def id(self) -> str:
        return f"{PREFIX}{self.number}"

    @property
    def hash(self) -> str:
        """What the next record, the head and the reader hold on to."""
        return hash_of(self.document())

    def document(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "number": self.number,
            "kind": self.kind,
            "determination": self.determination,
            "run": self.run,
            "moment": self.moment,
            "author": self.author,
            "note": self.note,
            "content_hash": self.content_hash,
            "previous": self.previous,
        }


@dataclass(frozen=True)
class Record:
    """One record as it stands in the book; it never changes."""

    envelope: Envelope
    hash: str
    content: Mapping[str, Any]

    @property
    def number(self) -> int:
        return self.envelope.number

    @property
    def id(self) -> str:
        return self.envelope.id

    @property
    def kind(self) -> Kind:
        return self.envelope.kind

    @property
    def case(self) -> Mapping[str, Any]:
        """The case that was determined, parties that were known by a name with their identifiers."""
        found: Mapping[str, Any] = self.content.get("determined") or self.content["case"]
        return found

    def document(self) -> dict[str, Any]:
        """The record in its published form: what an export line holds."""
        return {**self.envelope.document(), "content": self.content, "hash": self.hash}


COLUMNS = (
    "number",
    "kind",
    "determination",
    "run",
    "moment",
    "author",
    "note",
    "content_hash",
    "previous",
)
"""The columns of an envelope, in their order."""
