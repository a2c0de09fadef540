"""Telling the files of Companies House apart, and reading them whole.

A snapshot of the register of people with significant control comes as one file or in numbered parts; only its last
line, in the last part, says how many records there are and of which day. So the parts of one command are added up.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

import polars as pl

from topco.registries import json_records
from topco.registries import vintage as vintages
from topco.registries.companies_house import companies
from topco.registries.companies_house.numbers import own_number
from topco.registries.companies_house.psc import TOTALS, Reader, Tally
from topco.registries.content import Content
from topco.registries.interface import Detected, Kind, OtherKind, Progress
from topco.registries.json_records import LINES
from topco.registries.staged import RecordKind, Sink, Staged

PSC, COMPANIES = RecordKind("psc"), RecordKind("companies")
CSV, REST = "csv", "json-rest"
ENTRIES = "total_results"
_TAIL = 4_096
_GENERATED = re.compile(rb'"generated_at"\s*:\s*"(\d{4}-\d{2}-\d{2})')
_OF_COMPANY = re.compile(r"/company/([A-Za-z0-9]{1,8})/persons-with-significant-control")
_PART = re.compile(r"(?<!\d)(\d+)of(\d+)(?!\d)")

CUT_OFF = "the source states more records than were read: a part or page is missing, or cut off"
NO_TOTALS = "the snapshot does not end with its totals: it is cut off, or a part or an excerpt of one"


@dataclass
class _Series:
    """The parts of one snapshot that one command reads."""

    detected: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    read: Counter[str] = field(default_factory=Counter)
    stated: dict[str, int] | None = None


class CompaniesHouse:
    """The register of people with significant control, and Basic Company Data."""

    name = "psc"
    publisher = "Companies House"
    licence = "OGL-UK-3.0"

    def __init__(self) -> None:
        self._series: dict[str, _Series] = {}

    def detect(self, content: Content) -> Detected:
        """The kind of a file, by its first records or its header.

        Raises:
            OtherKind: it is no file of Companies House, or Basic Company Data with a broken header.
        """
        shape = json_records.shape(content)
        if shape is None:
            names = companies.header(content)
            if not set(companies.FIRST) <= set(names):
                raise _unknown(content, f"its first line begins with {', '.join(names[:3]) or 'nothing'}")
            companies.must_be_whole(content, names)
            return Detected(COMPANIES, CSV, None)
        first = next(iter(json_records.first_records(content)), None)
        if first is None:
            raise _unknown(content, "no JSON object can be read from its beginning")
        if set(companies.FIRST) <= {key.strip() for key in first}:
            return Detected(COMPANIES, shape, None)
        if isinstance(first.get("items"), list) and "data" not in first:
            return self._list_of_a_company(content, first)
        if not (isinstance(first.get("data"), dict) and isinstance(first["data"].get("kind"), str)):
            raise _unknown(content, f"its first record has the keys {', '.join(map(repr, list(first)[:4]))}")
        self._expect(_stem(content), content)
        return Detected(PSC, shape, _generated(content))

    def extract(self, content: Content, detected: Detected, folder: Path, progress: Progress) -> Staged:
        """Read the records of a file one after the other into evidence rows.

        Raises:
            BadInput: a file that is not JSON lines is malformed or cut off.
        """
        sink = Sink(folder, content.name)
        if detected.kind is COMPANIES:
            return _companies(content, detected, sink, progress)
        reader = Reader(sink, detected.vintage or vintages.in_name(content.name) or content.modified)
        under = "items" if detected.format == REST else ""
        records = 0
        for row, value in json_records.records(content, progress, under):
            records += 1
            reader.take(row, value)
        if detected.format == REST:
            _count_entries(content, reader.tally, records)
        if reader.tally.stated is not None or detected.format == LINES or _PART.search(content.name):
            series = _stem(content) if detected.kind is PSC else detected.kind.name
            self._say_cut_off(series, content, sink, reader.tally, records)
        return sink.finish(records)

    def last_update(self, kind: Kind, raw: pl.LazyFrame) -> date | None:
        """None: the days that records give are noted while they are read."""
        return None

    def _list_of_a_company(self, content: Content, answer: dict[str, Any]) -> Detected:
        """A kind of its own for each company: one company's list must not supersede the snapshot of all."""
        links = [part.get("links") for part in (answer, *answer["items"]) if isinstance(part, dict)]
        selves = [str(link.get("self")) for link in links if isinstance(link, dict)]
        companies_named = {own_number(match[1]) for link in selves if (match := _OF_COMPANY.match(link))}
        if len(companies_named) != 1 or None in companies_named:
            raise _unknown(content, "its list is not one of people with significant control of one company")
        kind = RecordKind(f"{PSC.name}-{companies_named.pop()}")
        self._expect(kind.name, content)
        return Detected(kind, REST, None)

    def _expect(self, series: str, content: Content) -> None:
        self._series.setdefault(series, _Series()).detected.add(content.name)

    def _say_cut_off(self, name: str, content: Content, sink: Sink, tally: Tally, records: int) -> None:
        """Warn once all parts at hand are read and hold fewer records than the totals say, or no totals."""
        series = self._series.setdefault(name, _Series())
        series.done.add(content.name)
        series.read.update(tally.read)
        series.stated = tally.stated or series.stated
        if series.detected - series.done:
            return
        if series.stated is None:
            sink.warn(NO_TOTALS, records)
            return
        for key, stated in series.stated.items():
            if series.read[key] < stated:
                sink.warn(CUT_OFF, records, f"{key}: {series.read[key]:,} of {stated:,}")


def _companies(content: Content, detected: Detected, sink: Sink, progress: Progress) -> Staged:
    records = 0
    if detected.format == CSV:
        for row, record in companies.csv_rows(content, sink, progress):
            records += 1
            if record:
                companies.take(sink, row, record)
    else:
        for row, value in json_records.records(content, progress):
            records += 1
            companies.take(sink, row, value)
    return sink.finish(records)


def _generated(content: Content) -> date | None:
    """The day that a snapshot states at its end.

    None for a numbered part: only the last one states it, and the parts must not be taken for different vintages.
    """
    if _PART.search(PurePosixPath(content.name).name):
        return None
    with content.path.open("rb") as stream:
        stream.seek(max(content.size - _TAIL, 0))
        tail = stream.read()
    match = _GENERATED.search(tail) if TOTALS.encode() in tail else None
    return vintages.in_name(match[1].decode("ascii")) if match else None


def _stem(content: Content) -> str:
    """What the names of the parts of one snapshot have in common."""
    return _PART.sub(r"of\2", content.name)


def _count_entries(content: Content, tally: Tally, records: int) -> None:
    """The entries of a page of a company's list, and how many the list has."""
    total = next(iter(json_records.first_records(content)), {}).get(ENTRIES)
    tally.read[ENTRIES] = records
    if isinstance(total, int):
        tally.stated = {ENTRIES: total}


def _unknown(content: Content, what: str) -> OtherKind:
    return OtherKind(
        f"Not a file of Companies House: {what}.",
        where=content.name,
        remedy="Give a snapshot of people with significant control (JSON lines), a REST list, or Basic Company Data.",
    )
