"""FollowTheMoney files: told by their records, read line by line."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from pathlib import Path, PurePosixPath

import polars as pl

from topco.registries import json_records, vintage
from topco.registries.content import Content
from topco.registries.ftm.designations import Designations
from topco.registries.ftm.ownership import add_ownership
from topco.registries.ftm.parties import add_party
from topco.registries.ftm.record import Refusal, read
from topco.registries.ftm.schemata import schemata
from topco.registries.interface import Detected, Kind, OtherKind, Progress
from topco.registries.staged import RecordKind, Sink, Staged

KIND = RecordKind("entities")
_ENDINGS = (".ftm", ".json", ".jsonl", ".ndjson", ".gz", ".zip")
_NO_SLUG = re.compile(r"[^a-z0-9]+")

ODD_PROPERTY = "a property holds something else than texts, or than a date, which is left out"
NO_OWNERSHIP = "links that are no ownership are left out: {}"
UNKNOWN_SCHEMA = "entities of schemata that the model does not know are left out: {}"


class FollowTheMoney:
    """Entities and links of FollowTheMoney.

    Args:
        publisher: whose entities they are, instead of what the name of the file says.
    """

    name = "ftm"
    publisher = "FollowTheMoney"
    licence = "not stated"

    def __init__(self, publisher: str | None = None) -> None:
        self._publisher = publisher

    def detect(self, content: Content) -> Detected:
        """Tell a file of FollowTheMoney by its first records.

        Raises:
            OtherKind: its records are no entities with schema and properties.
        """
        first = json_records.first_records(content)
        if not first or not all({"id", "schema", "properties"} <= set(record) for record in first):
            raise OtherKind(
                "Not a file of FollowTheMoney entities: its records lack id, schema or properties.",
                where=content.name,
                remedy="Give one JSON object for each entity, as in entities.ftm.json.",
            )
        stem = _stem(content.name)
        source = self._publisher or f"ftm:{stem}"
        slug = _NO_SLUG.sub("-", source.removeprefix("ftm:").lower()).strip("-") or "file"
        series = self.name if slug == KIND.name else f"{self.name}-{slug}"
        return Detected(KIND, json_records.shape(content) or json_records.LINES, None, source, series)

    def extract(self, content: Content, detected: Detected, folder: Path, progress: Progress) -> Staged:
        """Stage the evidence of the entities."""
        sink = Sink(folder, content.name)
        model = schemata()
        designations = Designations(sink)
        links: Counter[str] = Counter()
        unknown: Counter[str] = Counter()
        count = 0
        for row, value in json_records.records(content, progress):
            count += 1
            if isinstance(value, json_records.Malformed):
                sink.refuse(row, value.column, value.text, value.reason)
                continue
            entity = read(value, row)
            if isinstance(entity, Refusal):
                sink.refuse(row, entity.column, entity.value, entity.reason)
                continue
            sink.changed_on(entity.last_seen)
            for name in entity.odd:
                sink.warn(ODD_PROPERTY, row, f"{entity.id}, {name}")
            if entity.schema in model.ownership:
                add_ownership(entity, sink)
            elif entity.schema in model.kinds:
                add_party(entity, sink)
                designations.note(entity)
            elif entity.schema in model.designation:
                designations.take(entity)
            elif entity.schema in model.links:
                links[entity.schema] += 1
            elif entity.schema not in model.all:
                unknown[entity.schema] += 1
            else:
                designations.note(entity)
        designations.finish()
        remarks = [NO_OWNERSHIP.format(_counted(links))] if links else []
        remarks += [UNKNOWN_SCHEMA.format(_counted(unknown))] if unknown else []
        return sink.finish(count, remarks)

    def last_update(self, kind: Kind, raw: pl.LazyFrame) -> date | None:
        """None: the records themselves were asked."""
        return None


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items()))


def _stem(name: str) -> str:
    """The name of a file without folder, endings and date.

    >>> _stem("sanctions-2026-08-11.ftm.json.gz"), _stem("entities.ftm.json")
    ('sanctions', 'entities')
    """
    stem = PurePosixPath(name).name
    while PurePosixPath(stem).suffix.lower() in _ENDINGS:
        stem = PurePosixPath(stem).stem
    return vintage.without_date(stem).strip(" ._-") or stem
