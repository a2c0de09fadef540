"""The list of Chinese military companies under section 1260H, which names a parent for about half of its rows.

A company may stand in several editions: each row is a listing, all rows of one name are one party. A parent that the
list names is a holding of unknown interest and unknown size: the list says who the parent is, not what it holds. It is
linked to the row that bears its name, spelt alike but for case, punctuation, a short form in brackets and the words for
the legal form. A parent without such a row, or with several, is a party of its own, and a warning says so.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from topco.registries.content import Content
from topco.registries.csl.delimited import header, rows
from topco.registries.csl.entry import LONG_NAME, LONGEST_NAME, NO_NAME, ODD_DATE
from topco.registries.csl.lists import plain_name
from topco.registries.interface import Progress
from topco.registries.partial_dates import american, day_after, first_day, last_day
from topco.registries.staged import Sink

KIND, FORMAT, CODE = "1260h", "opensanctions-csv", "1260H"
_COLUMNS = ("Name", "Clean Name", "Alias", "Parent Name", "Start date", "End date")
_MARKS = re.compile(r"[\s*†‡]+$")
_SEPARATOR = re.compile(r";\s*|,(?=\S)")
_NO_SLUG = re.compile(r"[^a-z0-9]+")
_DIGEST = 12

NO_ROW = "a parent has no row in the list: it becomes a party known by this name alone"
SEVERAL_ROWS = "the name of a parent fits several rows of the list: it becomes a party known by this name alone"
OTHER_SPELLING = "a parent is spelt otherwise than in its own row, and linked to it"
OWN_PARENT = "a company is named as its own parent, which says nothing"


@dataclass(frozen=True)
class _Row:
    row: int
    cells: dict[str, str]

    @property
    def name(self) -> str:
        return self.cells.get("Clean Name") or _MARKS.sub("", self.cells.get("Name", ""))


def recognised(content: Content) -> bool:
    """Whether a file is this list, by its header."""
    return set(_COLUMNS) <= set(header(content, ","))


def extract(content: Content, sink: Sink, progress: Progress) -> int:
    """Read the whole list, which has some hundred rows; the number of its records.

    Raises:
        BadInput: it cannot be read as a table.
    """
    progress(f"records of {content.name}", 0, None, "records")
    count = 0
    parties: dict[str, list[_Row]] = {}
    for number, cells in rows(content, ",", sink):
        count += 1
        row = _Row(number, cells)
        if not row.name or len(row.name) > LONGEST_NAME:
            sink.refuse(number, "Clean Name", row.name or None, LONG_NAME if row.name else NO_NAME)
            continue
        parties.setdefault(identifier_of(row.name), []).append(row)
    by_name: dict[str, set[str]] = {}
    for identifier, held in parties.items():
        for row in held:
            by_name.setdefault(plain_name(row.name), set()).add(identifier)
    named: dict[str, str] = {}
    for identifier, held in parties.items():
        _add_party(identifier, held, sink)
        _add_parents(identifier, held, parties, by_name, named, sink)
    return count


def identifier_of(name: str) -> str:
    """The identifier of a company of the list, from its name.

    >>> identifier_of("Acme Aviation Co., Ltd.")
    'US-1260H:acme-aviation-co-ltd'
    """
    slug = _NO_SLUG.sub("-", name.lower()).strip("-")
    if not name.isascii() or not slug:
        slug = f"{slug}-{hashlib.sha256(name.encode()).hexdigest()[:_DIGEST]}".strip("-")
    return f"US-1260H:{slug}"


def _record(identifier: str) -> str:
    return f"csl/1260h/{identifier.partition(':')[2]}"


def _add_party(identifier: str, held: list[_Row], sink: Sink) -> None:
    first, record = held[0], _record(identifier)
    sink.add(
        "entities",
        first.row,
        id=identifier,
        name=first.name,
        kind="LegalEntity",
        standing="Current",
        record=record,
    )
    names = dict.fromkeys(pair for row in held for pair in _other_names(row) if pair[1] != first.name)
    for position, (what, name) in enumerate(names, start=1):
        sink.add("names", first.row, id=identifier, name=name, name_kind=what, record=f"{record}/name/{position}")
    for row in held:
        start, end = _day(row, "Start date", sink), _day(row, "End date", sink)
        sink.changed_on(start)
        sink.add(
            "listings",
            row.row,
            id=identifier,
            name=row.name,
            list=CODE,
            policy=row.cells.get("Note") or None,
            url=row.cells.get("Source Url") or None,
            valid_from=start,
            valid_to=day_after(end),
            record=f"{record}/listing/{row.cells.get('Start date') or 'undated'}",
        )


def _day(row: _Row, column: str, sink: Sink) -> date | None:
    text = row.cells.get(column, "")
    day = american(text) or (first_day(text) if column == "Start date" else last_day(text))
    if text and day is None:
        sink.warn(ODD_DATE, row.row, text)
    return day


def _other_names(row: _Row) -> Iterable[tuple[str, str]]:
    printed = _MARKS.sub("", row.cells.get("Name", ""))
    if printed:
        yield "as printed", printed
    if row.name:
        yield "clean", row.name
    for what, column in (("alias", "Alias"), ("previous", "Previous Name")):
        for text in _SEPARATOR.split(row.cells.get(column, "")):
            if text.strip() and len(text) <= LONGEST_NAME:
                yield what, text.strip()


def _add_parents(
    identifier: str,
    held: list[_Row],
    parties: dict[str, list[_Row]],
    by_name: dict[str, set[str]],
    named: dict[str, str],
    sink: Sink,
) -> None:
    """Add a holding for each row of a company that names a parent.

    It has no period: the list says since when it names the company, not since when the company has its parent.
    """
    for row in held:
        name = row.cells.get("Parent Name", "")
        if not name or len(name) > LONGEST_NAME:
            continue
        parent = _parent(name, row, parties, by_name, named, sink)
        if parent == identifier:
            sink.warn(OWN_PARENT, row.row, row.name)
            continue
        since = row.cells.get("Start date") or "undated"
        sink.add(
            "holdings",
            row.row,
            owner=parent,
            owned=identifier,
            interest="unknownInterest",
            standing="Current",
            stale=False,
            record=f"{_record(identifier)}/parent/{parent.partition(':')[2]}/{since}",
        )


def _parent(
    name: str,
    row: _Row,
    parties: dict[str, list[_Row]],
    by_name: dict[str, set[str]],
    named: dict[str, str],
    sink: Sink,
) -> str:
    """The identifier of a parent: of the row that bears its name, else one of its own."""
    exact = identifier_of(name)
    if exact in parties:
        return exact
    plain = plain_name(name)
    alike = by_name.get(plain, set())
    if len(alike) == 1:
        sink.warn(OTHER_SPELLING, row.row, name)
        return next(iter(alike))
    sink.warn(SEVERAL_ROWS if alike else NO_ROW, row.row, name)
    known = named.setdefault(plain, exact)
    if exact not in named:
        named[exact] = known
        about = {"id": known, "name": name, "record": _record(exact)}
        if known == exact:
            sink.add("entities", row.row, kind="LegalEntity", standing="Current", **about)
        else:
            sink.add("names", row.row, name_kind="as a parent", **about)
    return known
