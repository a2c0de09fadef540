"""Whether records are what was kept: every content, every hash, the chain, the head, and that answers fit cases."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from topco.licensing.answers.identifier import REMARKS, frame_hash, identifier_of_text, lines
from topco.records import database, schema
from topco.records.book import RecordBook
from topco.records.codes import searched
from topco.records.record import PREFIX, Envelope, Kind
from topco.store.book_file import damage
from topco.store.chain import GENESIS, hash_of

_BROKEN = (KeyError, TypeError, AttributeError, ValueError, IndexError)
"""What reading a content of another shape raises."""
_FRAME = ("reading", "as_of", "known_as_of", "rules_as_of", "open_top")


@dataclass(frozen=True)
class Finding:
    """Something that is not as it was kept; the number of the record and the line of the export, if there is one."""

    record: int | None
    what: str
    line: int | None = None

    def document(self) -> dict[str, Any]:
        return {
            "record": None if self.record is None else f"{PREFIX}{self.record}",
            "line": self.line,
            "what": self.what,
        }


@dataclass(frozen=True)
class Report:
    """What was verified: how many records, the head as recomputed, what was found, first to last.

    `since_kept_head`: records after the head that was kept elsewhere. `complete`: whether all records from the first
    to the head were there, as they are unless an export selects.
    """

    records: int
    head: str
    findings: tuple[Finding, ...]
    since_kept_head: int | None = None
    complete: bool = True


@dataclass
class Contents:
    """Contents held against their envelopes, and answers against their cases; it remembers the loads of runs."""

    _loads: dict[int, Sequence[str]] = field(default_factory=dict)
    _rules: dict[int, str] = field(default_factory=dict)
    _frames: dict[tuple[Any, ...], str] = field(default_factory=dict)

    def findings(self, envelope: Envelope, content: Mapping[str, Any]) -> Iterator[str]:
        """What in a content does not fit."""
        try:
            yield from self._of_kind(envelope, content)
        except _BROKEN as error:
            yield f"its content is not that of a {envelope.kind}: {type(error).__name__} {error}"

    def _of_kind(self, envelope: Envelope, content: Mapping[str, Any]) -> Iterator[str]:
        if envelope.kind is Kind.SCREENING:
            self._loads[envelope.number] = list(content["frame_loads"])
            self._rules[envelope.number] = content["rules"]["digest"]
            return
        frame = content["frame"]
        if envelope.kind is Kind.ROW:
            run = envelope.run or 0
            if run not in self._loads:
                yield f"its screening run {PREFIX}{envelope.run} is not before it"
                return
            loads, rules = self._loads[run], self._rules[run]
        else:
            loads, rules = frame["loads"], content["rules"]["digest"]
            if content["inputs"]["case"] != hash_of(content["case"]):
                yield "its case is not the one whose hash was kept"
            answer = content["answer"]
            if answer["id"] != envelope.determination:
                yield f"its answer is {answer['id']}, not {envelope.determination}"
            if any(answer[name] != frame[name] for name in _FRAME):
                yield "its answer has other dates or policies"
        asked = {
            key: value for key, value in (content.get("determined") or content["case"]).items() if key not in REMARKS
        }
        under = self._hash_of_frame(tuple(frame[name] for name in _FRAME), frame.get("test"), loads, rules)
        fitting = identifier_of_text(under, "".join(lines("", asked)))
        if fitting != envelope.determination:
            yield f"its answer does not fit its case: {envelope.determination} was kept, {fitting} would be the case's"

    def _hash_of_frame(self, frame: tuple[str, ...], test: str | None, loads: Sequence[str], rules: str) -> str:
        """The same for all that was asked under the same dates, which many rows share."""
        key = (frame, test, tuple(loads), rules)
        if key not in self._frames:
            self._frames[key] = frame_hash(**dict(zip(_FRAME, frame, strict=True)), loads=loads, rules=rules, test=test)
        return self._frames[key]


def verify(book: RecordBook, kept_head: str | None = None) -> Report:
    """Check the records of a store from the first to the last.

    Args:
        book: the records of a store.
        kept_head: a hash that was once the head: the chain must still contain it.

    Raises:
        BadInput: the file is not one of records at all.
    """
    findings: list[Finding] = []
    chain = Chain()
    with book.looking() as connection:
        if connection is not None:
            findings += _file(connection)
            try:
                findings += _rows(connection, chain)
                if connection.execute("SELECT * FROM head").fetchall() != [(1, chain.number, chain.last)]:
                    findings.append(Finding(None, "the head is not the last record: records were cut off or added"))
            except (sqlite3.Error, ValueError) as error:
                findings.append(Finding(chain.number + 1, f"cannot be read: {error}"))
    return chain.report(findings, kept_head)


@dataclass
class Chain:
    """The hashes of what was read so far."""

    number: int = 0
    last: str = GENESIS
    count: int = 0
    hashes: dict[str, int] = field(default_factory=lambda: {GENESIS: 0})

    def findings(self, envelope: Envelope, kept: str, *, gaps: bool = False) -> Iterator[str]:
        """Whether a record follows the one before, and is what was written; `gaps`: records may be left out."""
        follows = envelope.number == self.number + 1
        if not follows and (not gaps or envelope.number <= self.number):
            yield f"number {self.number + 1} is missing before it"
        if (follows or not gaps) and envelope.previous != self.last:
            yield "does not follow the record before it"
        digest = envelope.hash
        if digest != kept:
            yield "is not what was written: its hash differs"
        self.number, self.last = envelope.number, digest
        self.count += 1
        self.hashes[digest] = self.count

    def report(self, findings: list[Finding], kept_head: str | None, *, complete: bool = True) -> Report:
        since = None
        if kept_head is not None:
            if kept_head in self.hashes:
                since = self.count - self.hashes[kept_head]
            else:
                what = "the kept head is not among the records: records up to it were changed, cut off or left out"
                findings.append(Finding(None, what))
        return Report(self.count, self.last, tuple(findings), since, complete)


def _file(connection: sqlite3.Connection) -> Iterator[Finding]:
    try:
        for what in damage(connection, schema.STATEMENTS):
            yield Finding(None, what)
    except (sqlite3.Error, ValueError) as error:
        yield Finding(None, f"the file is damaged: {error}")


def _rows(connection: sqlite3.Connection, chain: Chain) -> Iterator[Finding]:
    contents = Contents()
    for cells, kept, columns, packed, stored in database.raw(connection):
        number = cells[0]
        try:
            envelope = database.envelope_of(cells)
        except database.Damaged as error:
            yield Finding(number, str(error))
            continue
        for what in chain.findings(envelope, kept):
            yield Finding(number, what)
        try:
            content_hash, content = database.unpack(packed, stored)
        except database.Damaged as error:
            yield Finding(number, str(error))
            continue
        if content_hash != envelope.content_hash:
            yield Finding(number, "its content is not what was written")
            continue
        for what in contents.findings(envelope, content):
            yield Finding(number, what)
        for what in _search(envelope, content, columns):
            yield Finding(number, what)


def _search(envelope: Envelope, content: Mapping[str, Any], columns: Mapping[str, Any]) -> Iterator[str]:
    try:
        expected = searched(envelope.kind, content)
    except _BROKEN:
        return  # said of the content already
    if wrong := [name for name, value in expected.items() if columns[name] != value]:
        yield f"is not found as what it is: {', '.join(wrong)}"
