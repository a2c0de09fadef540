"""One entry of a screening list, whatever file it comes from, and the evidence it becomes.

The entry gives a listings row. Its party gives an entities row, without headquarters or registered country: the
countries of a list are those of known addresses. Vessels and aircraft are no parties. An entry is never dropped for a
date or a country that cannot be read: it stays, without that, and a warning says so.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from topco.registries.country_names import country_of
from topco.registries.csl.lists import code_of
from topco.registries.partial_dates import american, day_after, first_day, last_day
from topco.registries.staged import Sink

ALIAS = "alias"
LONGEST_NAME = 10_000
_LONGEST_COUNTRY = 200
_DIGEST = 12
_PARTIES = {"individual": "NaturalPerson", "entity": "LegalEntity"}
_THINGS = ("vessel", "aircraft")

NO_NAME = "every entry needs a name"
LONG_NAME = f"a name has at most {LONGEST_NAME:,} characters"
UNKNOWN_LIST = "a list is not among the known ones: its entries keep the code that the file gives"
UNKNOWN_COUNTRY = "the country of an address is none that the reference data know, and is left out"
SORT_UNKNOWN = "it is not said whether a listed party is a person or a company: it counts as a legal entity"
ODD_DATE = "a date of an entry cannot be read: the entry counts as listed without it"
UNKNOWN_TYPE = "the type of an entry is not known: it counts as a legal entity"
END_BEFORE_START = "an entry ends before it starts: it counts as listed without an end"


@dataclass
class Entry:
    """An entry as its file gives it. Dates are texts; `source` is the list's name or code; `number` its own number."""

    source: str
    row: int
    name: str | None
    number: str | None = None
    type: str | None = None
    other_names: Sequence[tuple[str, str]] = ()
    countries: Sequence[str] = ()
    programmes: Sequence[str] = ()
    requirement: str | None = None
    policy: str | None = None
    citation: str | None = None
    url: str | None = None
    start: str | None = None
    end: str | None = None
    other_ids: Sequence[str] = ()


@dataclass
class Entries:
    """Takes the entries of one file. Entries without a number of their own get one from name and citation.

    >>> import tempfile, pathlib
    >>> sink = Sink(pathlib.Path(tempfile.mkdtemp()), "list.json")
    >>> Entries(sink).add(Entry("EL", 1, "Acme", countries=["SE"], policy="Presumption of denial."))
    >>> sink.finish(1).warnings.counts[SORT_UNKNOWN]
    1
    """

    sink: Sink
    _numbers: Counter[str] = field(default_factory=Counter)

    def add(self, entry: Entry) -> None:
        """Add the rows of an entry, or refuse one without a name."""
        name = (entry.name or "").strip()
        if not name or len(name) > LONGEST_NAME:
            self.sink.refuse(entry.row, "name", entry.name, LONG_NAME if name else NO_NAME)
            return
        code, known = code_of(entry.source)
        if not known:
            self.sink.warn(UNKNOWN_LIST, entry.row, entry.source)
        identifier = f"US-CSL:{code}-{self._number(code, name, entry)}"
        record = f"csl/{identifier.partition(':')[2].replace('/', '%2F')}"
        kind = self._kind(entry, name)
        if kind is not None:
            self._party(identifier, name, kind, record, entry)
        start, end = self._period(entry)
        self.sink.changed_on(start)
        self.sink.add(
            "listings",
            entry.row,
            id=identifier,
            name=name,
            list=code,
            programme="; ".join(entry.programmes) or None,
            requirement=_text(entry.requirement),
            policy=_text(entry.policy),
            countries=self._countries(entry),
            citation=_text(entry.citation),
            url=_text(entry.url),
            valid_from=start,
            valid_to=end,
            record=f"{record}/listing",
        )

    def _party(self, identifier: str, name: str, kind: str, record: str, entry: Entry) -> None:
        self.sink.add(
            "entities",
            entry.row,
            id=identifier,
            name=name,
            kind=kind,
            category=entry.type,
            standing="Current",
            record=record,
        )
        others = dict.fromkeys((what, text.strip()) for what, text in entry.other_names)
        kept = [(what, text) for what, text in others if text and text != name and len(text) <= LONGEST_NAME]
        for position, (what, text) in enumerate(kept, start=1):
            self.sink.add(
                "names", entry.row, id=identifier, name=text, name_kind=what, record=f"{record}/name/{position}"
            )
        for position, other in enumerate(dict.fromkeys(entry.other_ids), start=1):
            self.sink.add(
                "identifiers", entry.row, id=identifier, other_id=other, record=f"{record}/identifier/{position}"
            )

    def _number(self, code: str, name: str, entry: Entry) -> str:
        if entry.number and entry.number.strip():
            return entry.number.strip()
        digest = hashlib.sha256(f"{name}|{entry.citation or ''}".encode()).hexdigest()[:_DIGEST]
        self._numbers[f"{code}-{digest}"] += 1
        count = self._numbers[f"{code}-{digest}"]
        return digest if count == 1 else f"{digest}-{count}"

    def _kind(self, entry: Entry, name: str) -> str | None:
        """The kind of agent, or None for a thing."""
        sort = (entry.type or "").strip().lower()
        if sort in _THINGS:
            return None
        if sort not in _PARTIES:
            self.sink.warn(UNKNOWN_TYPE if sort else SORT_UNKNOWN, entry.row, f"{name} {sort}".strip())
        return _PARTIES.get(sort, "LegalEntity")

    def _countries(self, entry: Entry) -> str | None:
        codes: list[str] = []
        for text in entry.countries:
            code = country_of(text) if len(text) <= _LONGEST_COUNTRY else None
            if code is not None:
                codes.append(code)
            elif text.strip():
                self.sink.warn(UNKNOWN_COUNTRY, entry.row, text)
        return ";".join(dict.fromkeys(codes)) or None

    def _period(self, entry: Entry) -> tuple[date | None, date | None]:
        start, end = self._day(entry, entry.start, first=True), self._day(entry, entry.end, first=False)
        end = day_after(end)
        if start is not None and end is not None and end <= start:
            self.sink.warn(END_BEFORE_START, entry.row, f"{entry.start} to {entry.end}")
            return start, None
        return start, end

    def _day(self, entry: Entry, text: str | None, *, first: bool) -> date | None:
        if text is None or not text.strip():
            return None
        day = american(text) or (first_day(text) if first else last_day(text))
        if day is None:
            self.sink.warn(ODD_DATE, entry.row, text)
        return day


def _text(text: str | None) -> str | None:
    return (text or "").strip() or None
