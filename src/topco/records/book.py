"""The records of one store: kept in batches, found, listed, verified.

A batch is one transaction: after a kill all of it is there, or nothing. Several processes may keep at once; each waits
for the other, for a minute at most.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from topco.errors import BadInput, NotFound
from topco.ledger.requests import check_texts
from topco.records import database
from topco.records.codes import searched
from topco.records.filters import EVERYTHING, Filters
from topco.records.record import DETERMINATION_PREFIX, PREFIX, Envelope, Kept, Kind, Record
from topco.store.book_file import head
from topco.store.chain import GENESIS

if TYPE_CHECKING:
    from topco.records.verify import Report


@dataclass(frozen=True)
class Batch:
    """What was kept together: first and last number, how many, and the head after it."""

    first: int
    last: int
    count: int
    head: str

    def words(self) -> str:
        """Where it stands, for people."""
        span = f"{PREFIX}{self.first}" if self.count == 1 else f"{PREFIX}{self.first} to {PREFIX}{self.last}"
        return f"Kept as {span}; head {self.head}"


class RecordBook:
    """The records of a store; the file is made with the first record."""

    def __init__(self, store: Path, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.store = store
        self._clock = clock

    @property
    def path(self) -> Path:
        return self.store / database.FILE_NAME

    def append(self, kept: Iterable[Kept]) -> Sequence[Record]:
        """Keep a batch, and give it back as it stands in the book.

        Raises:
            BadInput: an author or a note is no line of text, or the file cannot be used; nothing is kept.
            StoreBusy: another process keeps writing.
        """
        taken: list[Record] = []
        self._append(kept, taken.append)
        return taken

    def append_many(self, kept: Iterable[Kept]) -> Batch:
        """The same for batches too large to give back."""
        return self._append(kept, None)

    def find(self, identifier: str) -> Sequence[Record]:
        """The record `rec:NUMBER`, or every record of a determination `det:…`, oldest first.

        Raises:
            BadInput: it is no such identifier, nothing is kept under it, or the record is damaged.
        """
        where, values = _named(identifier)
        with self.looking() as connection:
            found = list(database.records(connection, where, values)) if connection is not None else []
        if not found:
            raise NotFound(
                f"Nothing is kept as {identifier}.", where=str(self.path), remedy="`topco records list` lists all."
            )
        return found

    def list(self, filters: Filters = EVERYTHING) -> Iterator[Record]:
        """Records in their order; one state of the book throughout.

        Raises:
            BadInput: one is damaged.
        """
        where, values = filters.where()
        with self.looking() as connection:
            if connection is not None:
                yield from database.records(connection, where, values)

    def page(self, filters: Filters, first: int, most: int, *, newest: bool) -> tuple[Sequence[Record], int]:
        """Some records, and how many there are in all.

        Args:
            first: how many are passed over.
            most: how many are read.
            newest: whether the newest come first.

        Raises:
            BadInput: one of them is damaged.
        """
        where, values = filters.where()
        with self.looking() as connection:
            if connection is None:
                return [], 0
            (total,) = connection.execute(f"SELECT count(*) FROM records {where}", values).fetchone()
            order = "DESC" if newest else "ASC"
            chosen = f"SELECT number FROM records {where} ORDER BY number {order} LIMIT :most OFFSET :first"
            span = {**values, "most": most, "first": first}
            found = list(database.records(connection, f"WHERE number IN ({chosen})", span))
        return (found[::-1] if newest else found), total

    def verify(self, kept_head: str | None = None) -> Report:
        """What `topco.records.verify.verify` finds."""
        from topco.records.verify import verify

        return verify(self, kept_head)

    def head(self) -> tuple[int, str]:
        """Number and hash of the last record; 0 and zeros before the first."""
        with self.looking() as connection:
            return head(connection) if connection is not None else (0, GENESIS)

    @contextmanager
    def looking(self) -> Iterator[sqlite3.Connection | None]:
        """The file in one state, for a whole look at it; None if nothing was ever kept."""
        connection = database.open_for_reading(self.store)
        if connection is None:
            yield None
            return
        try:
            connection.create_function("folded", 1, _folded, deterministic=True)
            with database.BOOK.reading(connection, self.path):
                yield connection
        finally:
            connection.close()

    def _append(self, kept: Iterable[Kept], tell: Callable[[Record], None] | None) -> Batch:
        connection = database.open_for_writing(self.store)
        try:
            with database.BOOK.writing(connection, self.path):
                before, last = head(connection)
                now = self._clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
                state = _Chain(before, last)
                connection.executemany(database.INSERT, state.rows(kept, now, tell))
                if state.number > before:
                    connection.execute("UPDATE head SET number = ?, hash = ?", (state.number, state.last))
        finally:
            connection.close()
        return Batch(before + 1, state.number, state.number - before, state.last)


class _Chain:
    """The end of the chain while a batch is written."""

    def __init__(self, number: int, last: str) -> None:
        self.number = number
        self.last = last
        self._run: int | None = None
        self._checked: set[str] = set()

    def rows(
        self, kept: Iterable[Kept], moment: str, tell: Callable[[Record], None] | None
    ) -> Iterator[tuple[int | str | bytes | None, ...]]:
        for one in kept:
            self._check(one.author, one.note)
            digest, packed, stored = database.pack(one.content)
            run = self._run if one.kind is Kind.ROW else None
            if one.kind is Kind.ROW and run is None:
                raise BadInput("A row is kept with its screening run: the run comes first.")
            envelope = Envelope(
                self.number + 1, one.kind, one.determination, run, moment, one.author, one.note, digest, self.last
            )
            self.number, self.last = envelope.number, envelope.hash
            if one.kind is Kind.SCREENING:
                self._run = envelope.number
            if tell is not None:
                tell(Record(envelope, self.last, one.content))
            yield database.row_of(envelope, self.last, searched(one.kind, one.content), packed, stored)

    def _check(self, *texts: str | None) -> None:
        for text in texts:
            if text is not None and text not in self._checked:
                check_texts(text)
                self._checked.add(text)


def _named(identifier: str) -> tuple[str, dict[str, Any]]:
    name = identifier.strip()
    digits = name.removeprefix(PREFIX)
    if name.startswith(PREFIX) and digits.isascii() and digits.isdigit() and len(digits) < 19:
        return "WHERE number = :number", {"number": int(digits)}
    if name.startswith(DETERMINATION_PREFIX):
        return "WHERE determination = :name", {"name": name}
    raise BadInput(
        f"{identifier} names no record.",
        remedy=f"A record is {PREFIX}NUMBER, or {DETERMINATION_PREFIX}… for those of a determination.",
    )


def _folded(text: str | None) -> str | None:
    return None if text is None else text.casefold()
