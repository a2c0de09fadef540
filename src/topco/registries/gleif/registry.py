"""Telling GLEIF's files apart by their content, and reading each in its format."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl

from topco.registries import dates, json_records
from topco.registries.content import Content
from topco.registries.gleif import api, csv_files, extents, json_files, xml_files
from topco.registries.gleif.entities import Entities
from topco.registries.gleif.exceptions import Exceptions
from topco.registries.gleif.relationships import Relationships
from topco.registries.interface import Detected, Kind, OtherKind, Patch, Progress, Raw
from topco.registries.staged import Staged

GoldenKind = Entities | Relationships | Exceptions
KINDS: tuple[GoldenKind, ...] = (Entities(), Relationships(), Exceptions())
DELETED = "records that the full file marks as deleted were left out"


class Gleif:
    """The golden copy of the Global LEI Index, full and delta files, and answers of its REST interface."""

    name = "gleif"
    publisher = "GLEIF"
    licence = "CC0-1.0"

    def detect(self, content: Content) -> Detected:
        """The kind and format of a file by its root element, its first list or its columns.

        Raises:
            OtherKind: another registry's file, or one whose name and header contradict each other.
            BadInput: the file is damaged.
        """
        start = content.head.decode("utf-8-sig", errors="ignore").lstrip()[:1]
        if start == "<":
            return self._xml(content)
        if start in ("{", "["):
            return self._json(content)
        return self._csv(content)

    def extract(self, content: Content, detected: Detected, folder: Path, progress: Progress) -> Raw | Staged:
        """Stage the records of a detected file in a folder, and give the raw rows.

        Raises:
            OtherKind: it deletes records and is said to be neither a delta nor a full file.
            BadInput: it is damaged.
        """
        if detected.format == api.FORMAT:
            return api.extract(content, folder, progress)
        layout = next(kind.layout for kind in KINDS if kind.name == detected.kind.name)
        reader = {"csv": csv_files.extract, "xml": xml_files.extract, "json": json_files.extract}[detected.format]
        raw = reader(content, layout, folder, progress)
        if raw.deletions is None or detected.patch:
            return raw
        if not detected.whole:
            raise OtherKind(
                "The file deletes records, so it may be a delta, and neither its name nor its header says so.",
                where=content.name,
                remedy="If it is a delta, put the word delta into its name; if not, load the golden copy again.",
            )
        return replace(raw, deletions=None, remarks=(*raw.remarks, DELETED))

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
        if json_records.shape(content) == json_records.LINES:
            raise _other(content, "it is JSON lines")
        if (begins := api.opening(content)) is not None:
            return api.detect(content, begins)
        key, header = json_files.opening(content)
        for kind in KINDS:
            # Other people's files have lists of "records" or "exceptions" too; every record of GLEIF's names an LEI.
            if kind.layout.json_key == key and b"LEI" in content.head:
                return _with_header(content, kind, "json", header)
        raise _other(content, f"its first list is {key!r}" if key else "it holds no list of records")

    def _csv(self, content: Content) -> Detected:
        names = csv_files.header(content.head)
        for kind in reversed(KINDS):
            if not csv_files.missing_columns(kind.layout, names):
                return _with_header(content, kind, "csv", {})
        first = ", ".join(names[:3]) or "nothing"
        lacks = ", ".join(csv_files.missing_columns(KINDS[0].layout, names)) if "LEI" in names else ""
        raise _other(content, f"its columns begin with {first}" + (f" and it lacks {lacks}" if lacks else ""))


def _with_header(content: Content, kind: GoldenKind, file_format: str, header: dict[str, str]) -> Detected:
    extent = extents.extent(content.name.rpartition("/")[2], header)
    if extent is None:
        raise OtherKind(
            "The name says that the file is a delta, the header that it is a full file.",
            where=content.name,
            remedy="Give it a name without delta if it is a full file; else download it again.",
        )
    patch = Patch(kind.slots, True, extent.since, extent.moment) if extent.delta else None
    return Detected(kind, file_format, extents.date_of(header.get("ContentDate")), patch=patch, whole=extent.whole)


def _other(content: Content, because: str) -> OtherKind:
    return OtherKind(
        f"Not a file of GLEIF's golden copy: {because}.",
        where=content.name,
        remedy="topco load gleif reads Level 1 (lei2), Level 2 (rr), reporting exceptions (repex) and API answers.",
    )
