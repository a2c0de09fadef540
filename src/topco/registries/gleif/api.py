"""Answers of the REST interface of GLEIF (JSON:API): entities, relationships and exceptions of a few companies.

An answer holds only what was asked for, so it supersedes nothing: it changes what earlier answers said about the same
things (`topco.registries.patching`), as the publisher "GLEIF API" beside the golden copy. A later answer about a
company's direct or ultimate parent, a relationship or an exception, takes the place of the earlier one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ijson
import polars as pl

from topco.errors import BadInput
from topco.registries.build import REJECTS, Built, RawFile, Warnings, build
from topco.registries.content import Content
from topco.registries.gleif import json_files, trees
from topco.registries.gleif.api_layout import API_EXCEPTIONS, API_LEVEL_1, API_LEVEL_2
from topco.registries.gleif.entities import Entities
from topco.registries.gleif.exceptions import Exceptions
from topco.registries.gleif.extents import date_of
from topco.registries.gleif.relationships import Relationships
from topco.registries.interface import Detected, OtherKind, Patch, Progress, Raw
from topco.registries.json_window import top_level
from topco.registries.staged import RecordKind, Staged
from topco.store.schema import IDENTIFIERS

FORMAT = "api"
PUBLISHER = "GLEIF API"
KIND = RecordKind("api")
DELETED = "records that the answer marks as deleted were left out"
_MOST_EVENTS = 5_000
_LONGEST = 1 << 28
_TYPES = ("data.type", "data.item.type")
_LEVELS = {"DirectConsolidation": "DirectLevel", "UltimateConsolidation": "UltimateLevel"}
_PREFIX = "gleif/"
_OWN_PREFIX = "gleif-api/"
_OCID = r"^[a-z]{2}(_[a-z0-9]+)?/\S+$"
_REJECT_SCHEMA = {"file": pl.String, "row": pl.Int64, "column": pl.String, "value": pl.String, "reason": pl.String}


class ApiEntities(Entities):
    """Resources of the type `lei-records`; they also carry the company's identifier at OpenCorporates."""

    layout = API_LEVEL_1

    def tidy(self, raw: pl.LazyFrame) -> pl.LazyFrame:
        """Raw rows with missing values as null; the older of the two places of a successor serves if need be."""
        return super().tidy(raw.with_columns(pl.coalesce("successor", "successor_before").alias("successor")))

    def tables(self, rows: pl.LazyFrame, aside: pl.LazyFrame) -> dict[str, pl.LazyFrame]:
        """As of the golden copy, and the numbers at OpenCorporates."""
        tables = super().tables(rows, aside)
        known = rows.filter(pl.col("ocid").str.contains(_OCID))
        corporates = known.with_columns(
            pl.format("OC:{}", "ocid").alias("other_id"), pl.format("{}/identifier/2", "record").alias("record")
        ).select(IDENTIFIERS.names())
        return {**tables, "identifiers": pl.concat([tables["identifiers"], corporates])}


class ApiRelationships(Relationships):
    """Resources of the type `relationship-records`."""

    layout = API_LEVEL_2


class ApiExceptions(Exceptions):
    """Resources of the type `reporting-exceptions`."""

    layout = API_EXCEPTIONS


KINDS: tuple[ApiEntities | ApiRelationships | ApiExceptions, ...] = (ApiEntities(), ApiRelationships(), ApiExceptions())
TYPES = tuple(kind.layout.record for kind in KINDS)


def parent_slot(lei: str, level: str) -> str:
    """The slot of what is said about a company's parent at a level, be it a relationship or an exception."""
    return f"parent LEI:{lei} {level}"


def _slots() -> Mapping[str, pl.Expr]:
    level = pl.col("kind").replace_strict(_LEVELS, default=None, return_dtype=pl.String)
    of_entity = pl.format("entity {}", "id")
    return {
        **dict.fromkeys(("entities", "names", "identifiers"), of_entity),
        "relationships": pl.when(level.is_not_null())
        .then(pl.format("parent {} {}", "child", level))
        .otherwise(pl.format("tie {} {} {}", "child", "parent", "kind")),
        "absences": pl.format("parent {} {}", "subject", "level"),
    }


@dataclass(frozen=True)
class Opening:
    """How an answer begins: the type of its first resource (None: it has none)."""

    type: str | None


def opening(content: Content) -> Opening | None:
    """How an answer begins, or None if the file is no JSON:API document by its beginning.

    Raises:
        BadInput: the JSON is malformed.
    """
    seen_list = False
    with json_files.stream_of(content) as stream:
        for number, (prefix, event, value) in enumerate(ijson.parse(stream, use_float=True)):
            if prefix in _TYPES and event == "string":
                return Opening(value)
            if prefix == "data" and event == "start_array":
                seen_list = True
            if seen_list and event == "end_array" and prefix == "data":
                return Opening(None)
            if number > _MOST_EVENTS or (number == 0 and event != "start_map"):
                return None
    return None


def detect(content: Content, begins: Opening) -> Detected:
    """What an answer holds.

    Raises:
        OtherKind: it holds no record, or resources that are no evidence.
    """
    if begins.type is None:
        raise OtherKind(
            "An answer of the GLEIF API without any record.", where=content.name, remedy="Nothing is to be loaded."
        )
    if begins.type not in TYPES:
        raise OtherKind(
            f"An answer of the GLEIF API with {begins.type}, which say nothing about parents or headquarters.",
            where=content.name,
            remedy=f"topco load gleif reads answers with {', '.join(TYPES)}.",
        )
    meta = _meta(content)
    published = meta.get("goldenCopy")
    day = published.get("publishDate") if isinstance(published, dict) else None
    complete = meta.get("complete")
    leis = [lei for lei in complete if isinstance(lei, str)] if isinstance(complete, list) else []
    covers = tuple(parent_slot(lei, level) for lei in leis for level in _LEVELS.values())
    patch = Patch(_slots(), needs_base=False, covers=covers)
    return Detected(KIND, FORMAT, date_of(day if isinstance(day, str) else None), PUBLISHER, "gleif", patch)


def extract(content: Content, folder: Path, progress: Progress) -> Staged:
    """The evidence rows of an answer.

    Raises:
        BadInput: the JSON is malformed or cut off, or no record is usable.
    """
    warnings, latest, refused = Warnings(), [], []
    parts: dict[str, list[Path]] = {}
    failures: list[BadInput] = []
    skipped: set[str] = set()
    total = 0
    for kind in KINDS:
        place = folder / kind.name
        place.mkdir()
        records = _records(content, kind.layout.record, skipped)
        raw = trees.write_numbered(
            records, kind.layout, place, lambda: progress(f"records of {content.name}", 0, None, "")
        )
        total += raw.records
        if not raw.records or raw.rows.limit(1).collect().is_empty():
            continue
        try:
            built = build(kind, [RawFile(content.name, raw)], place)
        except BadInput as failure:  # every record of this type is refused; those of the others may serve
            failures.append(failure)
            built = Built({}, Warnings(), 1, "")
        for table in built.tables:
            parts.setdefault(table, []).append(_renamed(place, table))
        for reason, count in built.warnings.counts.items():
            warnings.add(reason, count, built.warnings.examples[reason])
        if built.rejects and (place / REJECTS).exists():
            refused.append(_refused(place))
        if update := _latest(raw):
            latest.append(update)
    if failures and not parts:
        raise failures[0]
    remarks = (*((DELETED,) if skipped else ()), *_cut(_meta(content)))
    return Staged(content.name, parts, refused, warnings, total, max(latest, default=None), remarks)


def _records(content: Content, wanted: str, skipped: set[str]) -> Iterator[tuple[int, trees.Tree]]:
    """The resources of one type with their positions: in `data` from 1, those `included` after them."""
    number = 0
    members = dict(top_level(content, _LONGEST))
    entries = {key: value if isinstance(value, list) else [value] for key, value in members.items()}
    for prefix in ("data", "included"):
        for item in entries.get(prefix, []):
            number += 1
            if not isinstance(item, dict) or "type" not in item:
                raise BadInput(
                    f"Record {number} is no resource of JSON:API.",
                    where=content.name,
                    remedy="Fetch the answer again.",
                )
            if item["type"] != wanted:
                continue
            if any(mark not in ("", False) for mark in trees.elements(item, ["attributes", "extension", "deletedAt"])):
                skipped.add(str(item.get("id")))
                continue
            yield number, item


def _meta(content: Content) -> dict[str, Any]:
    meta = dict(top_level(content, _LONGEST)).get("meta")
    return meta if isinstance(meta, dict) else {}


def _cut(meta: dict[str, Any]) -> tuple[str, ...]:
    pages = meta.get("pagination")
    first, last, total = (pages.get(name) if isinstance(pages, dict) else None for name in ("from", "to", "total"))
    if isinstance(first, int) and isinstance(last, int) and isinstance(total, int) and last - first + 1 < total:
        return (f"the list is cut: the answer is one page with {last - first + 1} of {total} records",)
    return ()


def _renamed(folder: Path, table: str) -> Path:
    """A table of an answer with record names apart from those of the golden copy."""
    source, target = folder / f"{table}.parquet", folder / f"{table}-named.parquet"
    record = pl.col("record").str.replace(_PREFIX, _OWN_PREFIX, literal=True)
    pl.scan_parquet(source).with_columns(record).sink_parquet(target)
    return target


def _refused(folder: Path) -> Path:
    target = folder / "refused.parquet"
    pl.scan_csv(folder / REJECTS, schema=_REJECT_SCHEMA).sink_parquet(target)
    return target


def _latest(raw: Raw) -> Any:
    from topco.registries import dates

    if "last_update" not in raw.rows.collect_schema():
        return None
    return raw.rows.select(dates.date_of(pl.col("last_update")).max()).collect().item()
