"""OpenCorporates files: told by their records, checked against typed models, read record by record."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import BaseModel

from topco.registries import json_records
from topco.registries.content import Content
from topco.registries.interface import Detected, Kind, OtherKind, Progress
from topco.registries.opencorporates.companies import add_alternates, add_company
from topco.registries.opencorporates.holdings import add_control, add_stated_parcels, add_subsidiaries
from topco.registries.opencorporates.kinds import MODELS, checked, kind_of
from topco.registries.opencorporates.models import AlternateRegistration, Company, ControlStatement
from topco.registries.opencorporates.parties import PartySink
from topco.registries.opencorporates.statements import ShareParcels, SubsidiaryRelationship
from topco.registries.staged import RecordKind, Staged

_DIGEST = 16
_MOST_FAULTS = 10
_LONGEST_TEXT = 100_000


class OpenCorporates:
    """Records in the schema of OpenCorporates, as JSON, a JSON list or JSON lines."""

    name = "opencorporates"
    publisher = "OpenCorporates"
    licence = "not stated"

    def detect(self, content: Content) -> Detected:
        """Tell the kind of a file by its first records; all its records must be of that kind.

        Raises:
            OtherKind: its records are of no kind that is read.
        """
        kinds = {kind_of(record) for record in json_records.first_records(content)}
        kind = next(iter(kinds)) if len(kinds) == 1 else None
        if kind is None:
            raise OtherKind(
                "Not a file of OpenCorporates records of one kind that is read.",
                where=content.name,
                remedy=f"Give one kind in a file, as a list or in lines: {', '.join(MODELS)}.",
            )
        return Detected(RecordKind(kind), json_records.shape(content) or json_records.LINES, None)

    def extract(self, content: Content, detected: Detected, folder: Path, progress: Progress) -> Staged:
        """Stage the evidence of the records; one that its model refuses becomes rejects with path and reason."""
        sink = PartySink(folder, content.name, waits=detected.kind.name == "companies")
        count = 0
        for row, value in json_records.records(content, progress):
            count += 1
            if isinstance(value, json_records.Malformed):
                sink.refuse(row, value.column, value.text, value.reason)
                continue
            record = checked(value, detected.kind.name)
            if isinstance(record, list):
                for fault in record[:_MOST_FAULTS]:
                    sink.refuse(row, fault.path, fault.value, fault.reason)
                continue
            if long := _overlong(value):
                sink.refuse(row, *long, f"longer than {_LONGEST_TEXT:,} characters")
                continue
            _add(record, value, row, sink)
        return sink.finish(count)

    def last_update(self, kind: Kind, raw: pl.LazyFrame) -> date | None:
        """None: the records themselves were asked."""
        return None


def _add(record: BaseModel, value: Any, row: int, sink: PartySink) -> None:
    if isinstance(record, Company):
        add_company(record, row, sink)
    elif isinstance(record, ControlStatement):
        name = record.uid.replace("/", "%2F") if record.uid else _digest(value)
        add_control(record, row, f"opencorporates/control/{name}", sink)
    elif isinstance(record, SubsidiaryRelationship):
        add_subsidiaries(record, row, f"opencorporates/subsidiaries/{_digest(value)}", sink)
    elif isinstance(record, ShareParcels):
        add_stated_parcels(record, row, f"opencorporates/share-parcels/{_digest(value)}", sink)
    elif isinstance(record, AlternateRegistration):
        add_alternates(record, row, f"opencorporates/alternates/{_digest(value)}", sink)


def _overlong(value: Any) -> tuple[str, str] | None:
    """The path to a text that is far too long for what it is, and that text; a sound record is not deep."""
    waiting: list[tuple[str, Any]] = [("", value)]
    while waiting:
        path, item = waiting.pop()
        if isinstance(item, dict):
            waiting += [(f"{path}.{key}" if path else key, part) for key, part in item.items()]
        elif isinstance(item, list):
            waiting += [(path, part) for part in item]
        elif isinstance(item, str) and len(item) > _LONGEST_TEXT:
            return path, item
    return None


def _digest(value: Any) -> str:
    """A name for a statement without one: equal content, equal name."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST]
