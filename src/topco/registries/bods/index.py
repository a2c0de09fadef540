"""The first pass over all statements of a load: which of them count, and what their references mean.

Statements refer to each other in any order and across files: a later statement of a record replaces the earlier one, a
whole lists its components. The index holds two dictionaries of ids and a few bytes a statement.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from enum import IntEnum

from topco.registries.bods import codes
from topco.registries.bods.amounts import first_day
from topco.registries.bods.statements import Statement


class Mark(IntEnum):
    """What is to be done with a record of a file."""

    COUNTS = 0
    DEVIATES = 1
    REFUSED = 2
    REPEATED = 3
    TAKEN = 4
    OTHER_TYPE = 5


_Ends = tuple[str | None, str | None]
_CLOSED = 2
_STATUS_RANK = {"new": 0, "updated": 1, "closed": _CLOSED}


@dataclass
class Index:
    """What the first pass found; positions count all records of all files of a load.

    `latest` leads from a record to the position of the statement that counts for it; before version 0.4 a statement is
    its own record. `replaced` leads from a replaced statement to the one that replaces it, None if several do.
    `summaries` are wholes that their components spell out, `disconnected` those whose components do not; `reopened` are
    records of which a statement is later than the one that closes them.
    """

    marks: bytearray = field(default_factory=bytearray)
    kinds: bytearray = field(default_factory=bytearray)
    records: list[str] = field(default_factory=list)
    first: dict[str, int] = field(default_factory=dict)
    latest: dict[str, int] = field(default_factory=dict)
    replaced: dict[str, str | None] = field(default_factory=dict)
    summaries: set[str] = field(default_factory=set)
    disconnected: set[str] = field(default_factory=set)
    reopened: set[str] = field(default_factory=set)
    _texts: array[int] = field(default_factory=lambda: array("q"))
    _ranks: array[int] = field(default_factory=lambda: array("q"))
    _wholes: dict[str, tuple[_Ends, tuple[str, ...]]] = field(default_factory=dict)
    _components: dict[str, _Ends] = field(default_factory=dict)

    def skip(self, mark: Mark) -> None:
        """Count a record that cannot be used."""
        self._append(mark, 0, "", 0, 0)

    def take(self, statement: Statement, text: str, mark: Mark) -> None:
        """Count a usable statement."""
        position, digest = len(self.marks), hash(text)
        known = self.first.setdefault(statement.id, position)
        if known != position:
            self.skip(Mark.REPEATED if self._texts[known] == digest else Mark.TAKEN)
            return
        record = statement.key
        before = self.latest.get(record)
        if before is not None and self.kinds[before] != ord(statement.kind[0]):
            del self.first[statement.id]
            self.skip(Mark.OTHER_TYPE)
            return
        rank = _rank(statement)
        self._append(mark, ord(statement.kind[0]), record, digest, rank)
        if before is not None:
            earlier, later = sorted((rank, self._ranks[before]))
            if earlier & 3 == _CLOSED != later & 3:
                self.reopened.add(record)
        if before is None or rank >= self._ranks[before]:
            self.latest[record] = position
            self._note_components(statement)
        for old in statement.replaces:
            if old != statement.id:
                self.replaced[old] = None if old in self.replaced else statement.id

    def _append(self, mark: Mark, kind: int, record: str, digest: int, rank: int) -> None:
        self.marks.append(mark)
        self.kinds.append(kind)
        self.records.append(record)
        self._texts.append(digest)
        self._ranks.append(rank)

    def _note_components(self, statement: Statement) -> None:
        record = statement.key
        self._wholes.pop(record, None)
        self._components.pop(record, None)
        if statement.kind != "relationship" or statement.closed:
            return
        if statement.components or statement.details.get("isComponent"):
            ends = statement.reference("subject"), statement.reference("interestedParty")
            if statement.components:
                self._wholes[record] = ends, statement.components
            elif any(codes.counts(str(interest.get("type"))) for interest in statement.details.get("interests", ())):
                # Of a component whose interest is unknown, or is only a nominee's, nothing would be left to count.
                self._components[record] = ends

    def record_of(self, reference: str) -> str:
        """The record that a reference means: itself, that of the statement it names, or of the one replacing that."""
        if reference in self.latest and reference not in self.replaced:
            return reference
        position = self.first.get(reference)
        record = self.records[position] if position is not None else reference
        seen = set()
        while (newer := self.replaced.get(record)) is not None and record not in seen:
            seen.add(record)
            position = self.first.get(newer)
            record = self.records[position] if position is not None else newer
        return record

    def kind_of(self, record: str) -> str | None:
        """`e`, `p` or `r`; None if no statement describes the record."""
        position = self.latest.get(record)
        return None if position is None else chr(self.kinds[position])

    def is_superseded(self, record: str, position: int) -> bool:
        """Whether a later statement stands in the place of the one at a position.

        A party that several statements replace stays, because what is said about it cannot be divided among them.
        """
        if self.latest.get(record) != position:
            return True
        if record not in self.replaced or self._replaces_itself(record):
            return False
        return self.replaced[record] is not None or self.kinds[position] == ord("r")

    def _replaces_itself(self, record: str) -> bool:
        """Whether statements replace each other in a ring: then all of them stay."""
        here: str | None = record
        seen = set[str]()
        while (here := self.replaced.get(here or "")) is not None and here not in seen:
            if here == record:
                return True
            seen.add(here)
        return False

    def finish(self) -> None:
        """Decide which wholes their components spell out: those that lead from its one end to its other."""
        for whole, (ends, listed) in self._wholes.items():
            parts = [self.record_of(reference) for reference in listed]
            components = [part for part in parts if part in self._components]
            if all(part in self.latest for part in parts) and self._leads(ends, components):
                self.summaries.add(whole)
            else:
                self.disconnected.add(whole)
        self._wholes.clear()
        self._components.clear()

    def _leads(self, ends: _Ends, components: list[str]) -> bool:
        """Whether components lead from the subject up to the interested party."""
        up: dict[str | None, list[str | None]] = {}
        for component in components:
            subject, party = self._components[component]
            up.setdefault(self._end(subject), []).append(self._end(party))
        waiting, seen = [self._end(ends[0])], set[str | None]()
        while waiting:
            here = waiting.pop()
            if here not in seen:
                seen.add(here)
                waiting += up.get(here, [])
        return bool(components) and self._end(ends[1]) in seen

    def _end(self, reference: str | None) -> str | None:
        return None if reference is None else self.record_of(reference)


def _rank(statement: Statement) -> int:
    """Later published, then later stated, then further in its life: in this order a statement is the later one."""
    days = (first_day(text) for text in (statement.published, statement.stated))
    published, stated = (0 if day is None else day.toordinal() for day in days)
    return (published << 28 | stated) << 2 | _STATUS_RANK.get(statement.status, 0)
