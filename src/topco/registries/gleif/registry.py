"""Telling GLEIF's files apart by their content, and reading each in its format."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import polars as pl

from topco.registries import dates
from topco.registries.content import Content
from topco.registries.gleif import csv_files, json_files, xml_files
from topco.registries.gleif.entities import Entities
from topco.registries.gleif.exceptions import Exceptions
from topco.registries.gleif.relationships import Relationships
from topco.registries.interface import Detected, Kind, OtherKind, Progress, Raw

KINDS: tuple[Entities | Relationships | Exceptions, ...] = (Entities(), Relationships(), Exceptions())
_DELTA_NAME = re.compile(r"delta|intra-?day|8-?hours|last-?(day|week|month)", re.IGNORECASE)
_LISTS = frozenset({"data", "data.item", "included"})


class Gleif:
    """The golden copy of the Global LEI Index."""

    name = "gleif"
    publisher = "GLEIF"
    licence = "CC0-1.0"

    def detect(self, content: Content) -> Detected:
        """The kind and format of a file by its root element, its first list or its columns.

        Raises:
            OtherKind: another registry's file, a delta, or an answer of the REST API.
            BadInput: the file is damaged.
        """
        if _DELTA_NAME.search(content.name.rpartition("/")[2]):
            raise _delta(content)
        start = content.head.decode("utf-8-sig", errors="ignore").lstrip()[:1]
        if start == "<":
            return self._xml(content)
        if start in ("{", "["):
            return self._json(content)
        return self._csv(content)

    def extract(self, content: Content, detected: Detected, folder: Path, progress: Progress) -> Raw:
        """Stage the records of a detected file in a folder, and give the raw rows."""
        layout = next(kind.layout for kind in KINDS if kind.name == detected.kind.name)
        reader = {"csv": csv_files.extract, "xml": xml_files.extract, "json": json_files.extract}[detected.format]
        return reader(content, layout, folder, progress)

    def last_update(self, kind: Kind, raw: pl.LazyFrame) -> date | None:
        """The latest `Registration.LastUpdateDate` of a file's records."""
        if "last_update" not in raw.collect_schema():
            return None
        latest = raw.select(dates.date_of(pl.col("last_update")).max()).collect(engine="streaming").item()
        return latest if isinstance(latest, date) else None

    def _xml(self, content: Content) -> Detected:
        root, header = xml_files.opening(content)
        for kind in KINDS:
            if kind.layout.root == root:
                return _with_header(content, kind, "xml", header)
        raise _other(content, f"its root element is {root}")

    def _json(self, content: Content) -> Detected:
        key, header = json_files.opening(content)
        for kind in KINDS:
            if kind.layout.json_key == key:
                return _with_header(content, kind, "json", header)
        if key in _LISTS:
            raise OtherKind(
                "An answer of the GLEIF API, which is not modelled yet.",
                where=content.name,
                remedy="Load the golden copy instead.",
            )
        raise _other(content, f"its first list is {key!r}" if key else "it holds no list of records")

    def _csv(self, content: Content) -> Detected:
        names = csv_files.header(content.head)
        for kind in reversed(KINDS):
            if not csv_files.missing_columns(kind.layout, names):
                return Detected(kind, "csv", None)
        first = ", ".join(names[:3]) or "nothing"
        lacks = ", ".join(csv_files.missing_columns(KINDS[0].layout, names)) if "LEI" in names else ""
        raise _other(content, f"its columns begin with {first}" + (f" and it lacks {lacks}" if lacks else ""))


def _with_header(content: Content, kind: Kind, file_format: str, header: dict[str, str]) -> Detected:
    if "DELTA" in header.get("FileContent", "").upper() or "DeltaStart" in header:
        raise _delta(content)
    vintage = pl.select(dates.date_of(pl.lit(header.get("ContentDate"), dtype=pl.String))).item()
    return Detected(kind, file_format, vintage)


def _delta(content: Content) -> OtherKind:
    return OtherKind(
        "A delta file, and only full files are modelled yet.", where=content.name, remedy="Load the full golden copy."
    )


def _other(content: Content, because: str) -> OtherKind:
    return OtherKind(
        f"Not a file of GLEIF's golden copy: {because}.",
        where=content.name,
        remedy="topco load gleif reads Level 1 (lei2), Level 2 (rr) and reporting exceptions (repex).",
    )
