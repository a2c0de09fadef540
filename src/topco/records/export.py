"""Records as JSON lines that another machine can verify: every line a record in canonical form, the last line the end.

The same records with the same selection give the same bytes. Rows come with the run that they belong to.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from topco.records.book import RecordBook
from topco.records.database import records
from topco.records.filters import Filters
from topco.records.record import COLUMNS, FORMAT, PREFIX, Envelope, Kind
from topco.records.verify import Chain, Contents, Finding, Report
from topco.store.book_file import head
from topco.store.chain import GENESIS, canonical, hash_of

END = "end"
_END_KEYS = frozenset({"format", "kind", "records", "seal", "head", "selection", "hash"})
_RECORD_KEYS = frozenset({"format", *COLUMNS, "content", "hash"})


def export(book: RecordBook, filters: Filters) -> Iterator[str]:
    """The lines of an export, one state of the book throughout.

    Raises:
        BadInput: a record is damaged; `verify` names all of them.
    """
    seal = hashlib.sha256()
    count, (number, last) = 0, (0, GENESIS)
    with book.looking() as connection:
        if connection is not None:
            number, last = head(connection)
            where, values = filters.where()
            runs: set[int] = set()
            for record in records(connection, where, values):
                run = record.envelope.run
                if record.kind is Kind.SCREENING:
                    runs.add(record.number)
                elif run is not None and run not in runs:
                    runs.add(run)
                    for one in records(connection, "WHERE number = :run", {"run": run}):
                        seal.update(one.hash.encode())
                        count += 1
                        yield canonical(one.document())
                seal.update(record.hash.encode())
                count += 1
                yield canonical(record.document())
    yield canonical(_end(count, seal.hexdigest(), number, last, filters.document()))


def _end(count: int, seal: str, number: int, last: str, selection: dict[str, Any]) -> dict[str, Any]:
    """The last line: how many, a hash over their hashes, the head of the book, what was selected."""
    said = {
        "format": FORMAT,
        "kind": END,
        "records": count,
        "seal": seal,
        "head": {"number": number, "hash": last},
        "selection": selection,
    }
    return {**said, "hash": hash_of(said)}


def verify_export(lines: Iterable[bytes], kept_head: str | None = None) -> Report:
    """Check the lines of an export: each record, the chain where records follow each other, and the end.

    Args:
        lines: the lines as bytes.
        kept_head: a hash that was once the head: it must be among the records.
    """
    reader = _Reader()
    findings = [finding for place, line in enumerate(lines, 1) for finding in reader.read(place, line)]
    findings += reader.end()
    return reader.chain.report(findings, kept_head, complete=reader.complete)


class _Reader:
    def __init__(self) -> None:
        self.chain = Chain()
        self.complete = True
        self._contents = Contents()
        self._seal = hashlib.sha256()
        self._ended: dict[str, Any] | None = None
        self._selects = False

    def read(self, place: int, line: bytes) -> Iterator[Finding]:
        """What is wrong with one line."""
        try:
            text = line.decode("utf-8").removesuffix("\n")
            said = json.loads(text)
            written = canonical(said)
            written.encode()  # half a letter, written as a code, has no bytes
        except (ValueError, RecursionError) as error:
            yield Finding(None, f"is no line of an export: {error}", place)
            return
        if not isinstance(said, dict) or type(said.get("format")) is not int or said["format"] != FORMAT:
            yield Finding(None, "is no line of an export of this version", place)
            return
        number = said["number"] if type(said.get("number")) is int else None
        if self._ended is not None:
            yield Finding(number, "stands after the end of the export", place)
        if written != text or not line.endswith(b"\n"):
            yield Finding(number, "is not written as an export writes it", place)
        if said.get("kind") == END:
            yield from self._read_end(said, place)
        elif said.keys() != _RECORD_KEYS:
            yield Finding(number, "has not the keys of a record", place)
        else:
            yield from self._read_record(said, place)

    def end(self) -> Iterator[Finding]:
        """What is wrong with the export as a whole."""
        if self._ended is None:
            yield Finding(None, "the end is missing: the export was cut off")

    def _read_record(self, said: dict[str, Any], place: int) -> Iterator[Finding]:
        number = said["number"]
        try:
            envelope = Envelope(**{name: said[name] for name in COLUMNS})
            envelope = replace(envelope, kind=Kind(envelope.kind))
        except ValueError:
            yield Finding(None, f"its kind is {said['kind']!r}", place)
            return
        if type(number) is not int:
            yield Finding(None, f"its number is {number!r}", place)
            return
        if envelope.number != self.chain.number + 1:
            self.complete = False
        for what in self.chain.findings(envelope, said["hash"], gaps=True):
            yield Finding(number, what, place)
        self._seal.update(str(said["hash"]).encode())
        if hash_of(said["content"]) != envelope.content_hash:
            yield Finding(number, "its content is not what was written", place)
            return
        for what in self._contents.findings(envelope, said["content"]):
            yield Finding(number, what, place)

    def _read_end(self, said: dict[str, Any], place: int) -> Iterator[Finding]:
        self._ended = said
        if said.keys() != _END_KEYS or said["hash"] != hash_of({k: v for k, v in said.items() if k != "hash"}):
            yield Finding(None, "the end of the export is not what was written", place)
            return
        if said["records"] != self.chain.count:
            yield Finding(None, f"{said['records']} records were exported, {self.chain.count} are here", place)
        elif said["seal"] != self._seal.hexdigest():
            yield Finding(None, "these are not the records that were exported", place)
        whole = not said["selection"]
        if whole and not self.complete:
            yield Finding(None, "records are missing, and all were exported", place)
        if whole and said["head"] != {"number": self.chain.number, "hash": self.chain.last}:
            yield Finding(None, f"the last record is not the head {PREFIX}{said['head']['number']}", place)
        self.complete = self.complete and whole
