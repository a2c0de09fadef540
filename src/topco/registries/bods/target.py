"""Where the rows of a file go, and how parties and records are called there."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from topco.registries.bods.amounts import first_day
from topco.registries.bods.index import Index
from topco.registries.bods.statements import Statement
from topco.registries.staged import Sink

SCHEME = "BODS"


@dataclass
class Target:
    """The evidence of one file.

    `publisher` is who speaks at the beginning of the file; `remarks` counts what is left out on purpose, in words.
    """

    sink: Sink
    slug: str
    index: Index
    publisher: str | None = None
    remarks: Counter[str] = field(default_factory=Counter)

    def party(self, record: str) -> str:
        """The identifier of a party.

        >>> Target(None, "acme", Index()).party("p-1")
        'BODS:acme/p-1'
        """
        return f"{SCHEME}:{self.slug}/{record}"

    def record(self, statement: Statement) -> str:
        """The name of a statement as a source record."""
        return f"bods/{self.slug}/{statement.id.replace('/', '%2F')}"

    def day_of(self, statement: Statement) -> date | None:
        """The day on which a statement was made."""
        return first_day(statement.stated)
