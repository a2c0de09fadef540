"""Answers of the interface of Companies House as evidence, beside the snapshot and never in its place.

The records are those of the snapshot and become evidence as there. Everything is known about the companies that were
asked about, so a later answer takes the place of all that an earlier one said of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from topco.live.companies_house import PROFILE
from topco.registries import json_records
from topco.registries import vintage as vintages
from topco.registries.companies_house import companies
from topco.registries.companies_house.numbers import SCHEME
from topco.registries.companies_house.psc import Reader
from topco.registries.content import Content
from topco.registries.country_names import country_of
from topco.registries.interface import Detected, Kind, OtherKind, Patch, Progress
from topco.registries.staged import Cell, RecordKind, Sink, Staged

PUBLISHER = "Companies House API"
KIND = RecordKind("api")
_OF_ENTITY = pl.format("entity {}", "id")
SLOTS: Mapping[str, pl.Expr] = {
    "holdings": pl.format("above {}", "owned"),
    "absences": pl.format("above {}", "subject"),
    **dict.fromkeys(("entities", "names", "identifiers"), _OF_ENTITY),
}


class _ApiSink(Sink):
    """A sink that keeps the names of records apart from those of the snapshot."""

    def add(self, table: str, row: int, **cells: Cell) -> None:
        record = cells.get("record")
        super().add(table, row, **{**cells, "record": f"psc-api/{str(record).removeprefix('psc/')}"})


class CompaniesHouseAnswers:
    """What `topco.live.companies_house` writes."""

    name = "companies-house"
    publisher = PUBLISHER
    licence = "OGL-UK-3.0"

    def detect(self, content: Content) -> Detected:
        """The kind of the file, and the companies about which it says everything.

        Raises:
            OtherKind: it is another file.
        """
        numbers = [
            str(value["company_number"])
            for _, value in json_records.records(content, lambda *progress: None)
            if isinstance(value, dict) and _kind(value) == PROFILE and "company_number" in value
        ]
        if not numbers:
            raise OtherKind(
                "Not a file of fetched answers: no company's profile is in it.",
                where=content.name,
                remedy="Fetch it: topco fetch companies-house NUMBER.",
            )
        patch = Patch(SLOTS, needs_base=False, covers=tuple(f"above {SCHEME}:{number}" for number in numbers))
        return Detected(KIND, json_records.LINES, vintages.in_name(content.name), patch=patch)

    def extract(self, content: Content, detected: Detected, folder: Path, progress: Progress) -> Staged:
        """Read the records one after the other into evidence rows."""
        sink = _ApiSink(folder, content.name)
        reader = Reader(sink, detected.vintage or content.modified)
        records = 0
        for row, value in json_records.records(content, progress):
            records += 1
            if isinstance(value, dict) and _kind(value) == PROFILE:
                companies.take(sink, row, _basic(value["data"]))
            else:
                reader.take(row, value)
        return sink.finish(records)

    def last_update(self, kind: Kind, raw: pl.LazyFrame) -> date | None:
        """None: the answers are of the day on which they came."""
        return None


def _kind(value: Mapping[str, Any]) -> object:
    data = value.get("data")
    return data.get("kind") if isinstance(data, dict) else None


def _basic(profile: Mapping[str, Any]) -> dict[str, Any]:
    """A company's profile under the names of Basic Company Data, whose meaning is the same."""
    office = profile.get("registered_office_address")
    address: Mapping[str, Any] = office if isinstance(office, dict) else {}
    return {
        "CompanyName": profile.get("company_name"),
        "CompanyNumber": profile.get("company_number"),
        "CompanyCategory": profile.get("type"),
        "CompanyStatus": profile.get("company_status"),
        "CountryOfOrigin": _origin(profile.get("jurisdiction")),
        "IncorporationDate": _british(profile.get("date_of_creation")),
        "DissolutionDate": _british(profile.get("date_of_cessation")),
        "RegAddress.Country": address.get("country"),
        "RegAddress.PostTown": address.get("locality"),
        **_former(profile.get("previous_company_names")),
    }


def _origin(jurisdiction: object) -> str | None:
    """The country whose parts a jurisdiction (`england-wales`) names; None if they are of no one country.

    >>> _origin("england-wales"), _origin("noneu")
    ('GB', None)
    """
    if not isinstance(jurisdiction, str):
        return None
    whole = country_of(jurisdiction.replace("-", " "))
    parts = {country_of(part) for part in jurisdiction.split("-")}
    return whole or (parts.pop() if len(parts) == 1 else None)


def _former(names: object) -> dict[str, Any]:
    listed = names if isinstance(names, list) else []
    return {
        f"PreviousName_{place}.CompanyName": former.get("name")
        for place, former in enumerate(listed[: companies.FORMER_NAMES], start=1)
        if isinstance(former, dict)
    }


def _british(written: object) -> object:
    """A date as Basic Company Data writes it; anything else stays as it is, to be refused."""
    try:
        return datetime.strptime(str(written), "%Y-%m-%d").strftime("%d/%m/%Y") if written else None
    except ValueError:
        return written
