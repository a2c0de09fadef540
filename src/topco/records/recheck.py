"""Kept determinations under new data or rules: which answers would be others today, and why.

Same case, same day of the facts and of the law, unless the user asks for others; the facts of that day as they are
known now, the rules of that day as this program has them now. Codes are compared first, without proofs; proofs are
made for those that flipped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from topco.errors import BadInput
from topco.licensing.answers.determination import determination_id
from topco.licensing.cases.case import Case
from topco.licensing.store_determiner import named_parties
from topco.records.again import Again, Codes, again, kept_case
from topco.records.book import RecordBook
from topco.records.codes import codes_of, codes_of_answer, differing
from topco.records.documents import rebuilt
from topco.records.filters import Filters
from topco.records.flip import Flip, other_loads
from topco.records.proof_changes import ProofChanges, proof_changes
from topco.records.record import PREFIX, Kind, Record
from topco.records.setting import Asked, Setting

PORTION = 50_000
"""How many records are held in memory at once, without their proofs."""
PROVEN_AT_ONCE = 250
"""How many records are held in memory at once with both proofs."""
Tell = Callable[[str, int, int | None, str], None]


@dataclass(frozen=True)
class Dates:
    """What the user asks for instead of the dates of each record; None: as recorded, and for loads: today."""

    as_of: date | None = None
    known_as_of: date | None = None
    rules_as_of: date | None = None


@dataclass(frozen=True)
class _Slim:
    """A record without its proof."""

    number: int
    kind: Kind
    determination: str
    moment: str
    run: int | None
    given: Mapping[str, Any]
    frame: Mapping[str, str]
    codes: Codes
    options: Mapping[str, Any]

    @property
    def group(self) -> tuple[str | None, str | None]:
        """What decides the parent test."""
        return self.options["test"], self.options["reading"]


@dataclass(frozen=True)
class _Candidate:
    """A record whose codes are others now, with its case; or why they cannot be told."""

    slim: _Slim
    now: Case | BadInput


@dataclass
class Recheck:
    """One run over the records of a store; `checked` counts them."""

    store: Path
    today: date
    dates: Dates = Dates()
    tell: Tell = lambda phase, done, total, unit: None
    checked: int = 0
    _runs: dict[int, Mapping[str, Any]] = field(default_factory=dict)

    @cached_property
    def _book(self) -> RecordBook:
        return RecordBook(self.store)

    @cached_property
    def _known_as_of(self) -> date:
        return self.dates.known_as_of or self.today

    @cached_property
    def _now(self) -> Setting:
        return Setting.of_store(self.store, Asked(known_as_of=self._known_as_of))

    def flips(self, filters: Filters) -> Iterator[Flip]:
        """The records among these whose answer flipped, in their order.

        Raises:
            BadInput: a record is damaged, or parties are given by identifiers and there is no store.
        """
        portion: list[_Slim] = []
        for record in self._book.list(filters):
            if record.kind is Kind.SCREENING:
                self._runs[record.number] = record.content
            else:
                portion.append(self._slim(record))
            if len(portion) == PORTION:
                yield from self._of(portion)
                portion = []
        if portion:
            yield from self._of(portion)

    def _slim(self, record: Record) -> _Slim:
        content, envelope = record.content, record.envelope
        setting = content if envelope.run is None else self._run(envelope.run)
        return _Slim(
            record.number,
            record.kind,
            envelope.determination or "",
            envelope.moment,
            envelope.run,
            content["case"],
            {name: value for name, value in content["frame"].items() if name != "loads"},
            codes_of(record.kind, content),
            setting["options"],
        )

    def _run(self, number: int) -> Mapping[str, Any]:
        if number not in self._runs:
            self._runs[number] = self._book.find(f"{PREFIX}{number}")[0].content
        return self._runs[number]

    def _of(self, portion: Sequence[_Slim]) -> Iterator[Flip]:
        """Codes of all of them first; then, in their order and some at a time, the proofs of those that flipped."""
        groups: dict[tuple[str | None, str | None], list[_Slim]] = defaultdict(list)
        for one in portion:
            groups[one.group].append(one)
        found: dict[int, _Candidate] = {}
        for group in groups.values():
            found |= {one.slim.number: one for one in self._candidates(group)}
        self.checked += len(portion)
        self.tell("rechecking", self.checked, None, "records")
        ordered = [found[number] for number in sorted(found)]
        for start in range(0, len(ordered), PROVEN_AT_ONCE):
            yield from self._proven(ordered[start : start + PROVEN_AT_ONCE])

    def _candidates(self, group: Sequence[_Slim]) -> Iterator[_Candidate]:
        """Of records of one parent test those whose codes are others now, or cannot be told."""
        cases: dict[int, Case] = {}
        for place, one in enumerate(group):
            try:
                cases[place] = kept_case(one.given, f"{PREFIX}{one.number}")
            except BadInput as error:
                yield _Candidate(one, error)
        cases = self._identified(cases)
        determiner = self._determiner(group, cases, documents=False)
        codes = determiner.codes(list(cases.values()), "records")
        for (place, case), now in zip(cases.items(), codes, strict=True):
            if isinstance(now, BadInput):
                yield _Candidate(group[place], now)
            elif differing(group[place].codes, now):
                yield _Candidate(group[place], case)

    def _proven(self, candidates: Sequence[_Candidate]) -> list[Flip]:
        """The flips among some candidates, with their reasons, in their order."""
        flips: dict[int, Flip] = {}
        groups: dict[tuple[str | None, str | None], list[tuple[_Slim, Case]]] = defaultdict(list)
        for one in candidates:
            if isinstance(one.now, BadInput):
                flips[one.slim.number] = self._unknown(one.slim, one.now)
            else:
                groups[one.slim.group].append((one.slim, one.now))
        answered: list[tuple[_Slim, Mapping[str, Any]]] = []
        for members in groups.values():
            slims, cases = [slim for slim, _ in members], [case for _, case in members]
            determiner = self._determiner(slims, dict(enumerate(cases)), documents=True)
            answered += zip(slims, determiner.determine(cases, "records"), strict=True)
        sure = [(slim, answer) for slim, answer in answered if differing(slim.codes, codes_of_answer(answer))]
        records = {slim.number: self._book.find(f"{PREFIX}{slim.number}")[0] for slim, _ in sure}
        rows = [one for one in records.values() if one.kind is Kind.ROW]
        made = dict(zip((one.number for one in rows), rebuilt(self.store, rows), strict=True))
        for slim, answer in sure:
            old = made[slim.number] if slim.number in made else records[slim.number].content["answer"]
            flips[slim.number] = self._flip(slim, answer, old)
        return [flips[number] for number in sorted(flips)]

    def _identified(self, cases: Mapping[int, Case]) -> dict[int, Case]:
        named = named_parties(self.store, cases.values(), self.dates.known_as_of)
        return {place: named.identified(case) if named else case for place, case in cases.items()}

    def _determiner(self, group: Sequence[_Slim], cases: Mapping[int, Case], *, documents: bool) -> Again:
        test, reading = group[0].group
        determiner = again(
            self.store, cases.values(), self._known_as_of, test=test, reading=reading, documents=documents
        )
        for place, case in cases.items():
            determiner.tell(case, self._frame(group[place]), self._known_as_of)
            if determiner.ledger is not None:
                now = determination_id(case, determiner.frame(case))
                determiner.ledger.earlier[now].add(group[place].determination)
        return determiner

    def _frame(self, one: _Slim) -> Mapping[str, str]:
        asked = {"as_of": self.dates.as_of, "rules_as_of": self.dates.rules_as_of}
        return {**one.frame, **{name: day.isoformat() for name, day in asked.items() if day is not None}}

    def _unknown(self, one: _Slim, error: BadInput) -> Flip:
        reason = f"cannot be determined again: {error}"
        return self._made(one, ("not_rechecked",), None, None, None, self._setting(one), reason)

    def _flip(self, one: _Slim, answer: Mapping[str, Any], old: Mapping[str, Any] | BadInput) -> Flip:
        new = codes_of_answer(answer)
        changes = None if isinstance(old, BadInput) else proof_changes(old["proof"], answer["proof"])
        reason = str(old) if isinstance(old, BadInput) else None
        return self._made(one, differing(one.codes, new), new, answer["id"], changes, self._setting(one), reason)

    def _setting(self, one: _Slim) -> Mapping[str, Any]:
        if one.run is not None:
            return self._run(one.run)
        return self._book.find(f"{PREFIX}{one.number}")[0].content

    def _made(
        self,
        one: _Slim,
        changed: tuple[str, ...],
        new: Codes | None,
        identifier: str | None,
        changes: ProofChanges | None,
        setting: Mapping[str, Any],
        reason: str | None,
    ) -> Flip:
        then, now = setting["rules"], self._now
        versions = {
            "rules": (then["digest"], now.rules),
            "definitions": (then["definitions"], now.definitions),
            "program": (setting["program"], now.program),
        }
        return Flip(
            one.number,
            one.determination,
            one.given.get("id"),
            one.moment,
            changed,
            one.codes,
            new,
            identifier,
            changes,
            other_loads(setting["loads"], now.loads),
            {name: both for name, both in versions.items() if both[0] != both[1]},
            reason,
        )
