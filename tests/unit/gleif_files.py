"""The same records as golden copy CSV, XML and JSON, and loading them: what the tests of the importer share.

A Level 1 record is a dictionary of CSV columns without numbers, with `names` and `ascii_names` as lists of
(name, language, kind); a relationship has `periods` as a list of (start, end, type); an exception has `reasons` and
`references`.
"""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from topco.registries.gleif import Gleif
from topco.registries.lei import remainders
from topco.registries.loading import Outcome, load
from topco.store.store import Store

Record = dict[str, Any]
NAMES = "Entity.OtherEntityNames.OtherEntityName"
ASCII = "Entity.TransliteratedOtherEntityNames.TransliteratedOtherEntityName"
DIRECT, ULTIMATE = "IS_DIRECTLY_CONSOLIDATED_BY", "IS_ULTIMATELY_CONSOLIDATED_BY"
_JSON_KEYS = {"lei2": "records", "rr": "relations", "repex": "exceptions"}
_PERIOD = ("StartDate", "EndDate", "PeriodType")
_ROOTS = {
    "lei2": ("LEIData", "LEIHeader", "LEIRecords", "LEIRecord", "http://www.gleif.org/data/schema/leidata/2016"),
    "rr": ("RelationshipData", "Header", "RelationshipRecords", "RelationshipRecord", "urn:rr"),
    "repex": ("ReportingExceptionData", "Header", "ReportingExceptions", "Exception", "urn:repex"),
}


def lei(number: int) -> str:
    """The LEI of an invented company, with right check digits."""
    import numpy as np

    stem = f"TEST00{number:012d}"
    remainder = int(remainders(np.frombuffer(f"{stem}00".encode(), dtype=np.uint8).reshape(1, 20))[0])
    return f"{stem}{98 - remainder:02d}"


def company(number: int, **columns: Any) -> Record:
    """An ordinary Level 1 record; `None` leaves a column out."""
    record = {
        "LEI": lei(number),
        "Entity.LegalName": f"Company {number}",
        "Entity.HeadquartersAddress.Country": "DE",
        "Entity.LegalAddress.Country": "DE",
        "Entity.EntityStatus": "ACTIVE",
        "Registration.RegistrationStatus": "ISSUED",
        "Registration.LastUpdateDate": "2025-01-31T10:00:00.000Z",
    }
    record.update({name.replace("__", "."): value for name, value in columns.items()})
    return {name: value for name, value in record.items() if value is not None}


def relationship(child: int, parent: int, kind: str = DIRECT, **columns: Any) -> Record:
    record = {
        "Relationship.StartNode.NodeID": lei(child),
        "Relationship.StartNode.NodeIDType": "LEI",
        "Relationship.EndNode.NodeID": lei(parent),
        "Relationship.EndNode.NodeIDType": "LEI",
        "Relationship.RelationshipType": kind,
        "Relationship.RelationshipStatus": "ACTIVE",
        "Registration.RegistrationStatus": "PUBLISHED",
    }
    record.update({name.replace("__", "."): value for name, value in columns.items()})
    return {name: value for name, value in record.items() if value is not None}


def exception(number: int, *reasons: str, level: str = "DIRECT", references: list[str] | None = None) -> Record:
    return {
        "LEI": lei(number),
        "ExceptionCategory": f"{level}_ACCOUNTING_CONSOLIDATION_PARENT",
        "reasons": list(reasons),
        "references": references or [],
    }


def as_csv(kind: str, records: list[Record], extra_columns: int = 0) -> str:
    rows = [_cells(kind, record) for record in records]
    columns = list(dict.fromkeys(name for row in [*_required(kind), *rows] for name in row))
    columns = [f"Extension.Field.{n}" for n in range(extra_columns)] + columns
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns, restval="", quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def as_json(kind: str, records: list[Record], content_date: str | None = None) -> str:
    items = [_tree(kind, record) for record in records]
    if kind == "rr":
        items = [{"RelationshipRecord": item} for item in items]
    header = {"header": {"ContentDate": {"$": content_date}}} if content_date else {}
    return json.dumps({**header, _JSON_KEYS[kind]: items}, ensure_ascii=False)


def as_xml(kind: str, records: list[Record], content_date: str = "", content: str = "GLEIF_FULL_PUBLISHED") -> str:
    root, header, group, item, namespace = _ROOTS[kind]
    body = "".join(f"<g:{item}>{_xml(_tree(kind, record))}</g:{item}>\n" for record in records)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<g:{root} xmlns:g="{namespace}"><g:{header}>'
        f"<g:ContentDate>{content_date}</g:ContentDate><g:FileContent>{content}</g:FileContent>"
        f"</g:{header}><g:{group}>{body}</g:{group}></g:{root}>\n"
    )


WRITERS = {"csv": as_csv, "json": as_json, "xml": as_xml}


def open_store(folder: Path) -> Store:
    return Store.open(folder, create=True, notify=lambda message: None)


def load_files(store: Path, *paths: Path, vintage: date | None = date(2025, 3, 2)) -> Outcome:
    return load(open_store(store), Gleif(), list(paths), vintage, lambda *progress: None)


def load_texts(folder: Path, texts: dict[str, str], vintage: date | None = date(2025, 3, 2)) -> Store:
    """Write the files and load them into a store in the folder."""
    paths = []
    for name, text in texts.items():
        path = folder / name
        path.write_text(text, encoding="utf-8", newline="")
        paths.append(path)
    load_files(folder / "store", *paths, vintage=vintage)
    return open_store(folder / "store")


def _required(kind: str) -> list[dict[str, str]]:
    return [_cells("lei2", company(0))] if kind == "lei2" else []


def _cells(kind: str, record: Record) -> dict[str, str]:
    cells = {name: value for name, value in record.items() if isinstance(value, str)}
    for group, stem in (("names", NAMES), ("ascii_names", ASCII)):
        for n, (name, language, name_kind) in enumerate(record.get(group, []), start=1):
            cells[f"{stem}.{n}"], cells[f"{stem}.{n}.xmllang"] = name, language or ""
            cells[f"{stem}.{n}.type"] = name_kind or ""
    for n, (start, end, period) in enumerate(record.get("periods", []), start=1):
        cells[f"Relationship.Period.{n}.startDate"] = start or ""
        cells[f"Relationship.Period.{n}.endDate"] = end or ""
        cells[f"Relationship.Period.{n}.periodType"] = period
    if kind == "repex":
        cells["Exception.Category"] = cells.pop("ExceptionCategory")
        cells |= {f"Exception.Reason.{n}": reason for n, reason in enumerate(record["reasons"], start=1)}
        cells |= {f"Exception.Reference.{n}": text for n, text in enumerate(record["references"], start=1)}
    return cells


def _tree(kind: str, record: Record) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name, value in record.items():
        if isinstance(value, str):
            _put(tree, name.removesuffix(".xmllang"), "@xml:lang" if name.endswith(".xmllang") else "$", value)
    for group, stem in (("names", NAMES), ("ascii_names", ASCII)):
        if members := record.get(group):
            outer, inner = stem.split(".")[1:]
            tree.setdefault("Entity", {})[outer] = {inner: [_name(*member) for member in members]}
    if periods := record.get("periods"):
        tree["Relationship"]["RelationshipPeriods"] = {
            "RelationshipPeriod": [
                {key: {"$": text} for key, text in zip(_PERIOD, period, strict=True) if text} for period in periods
            ]
        }
    if kind == "repex":
        tree |= {"ExceptionReason": [{"$": reason} for reason in record["reasons"]]}
        tree |= {"ExceptionReference": [{"$": text} for text in record["references"]]}
    return tree


def _put(tree: dict[str, Any], path: str, key: str, value: str) -> None:
    for step in path.split("."):
        tree = tree.setdefault(step, {})
    tree[key] = value


def _name(name: str, language: str | None, kind: str | None) -> dict[str, str]:
    given = {"$": name, "@xml:lang": language, "@type": kind}
    return {key: value for key, value in given.items() if value}


def _xml(tree: dict[str, Any]) -> str:
    parts = []
    for name, below in tree.items():
        for element in below if isinstance(below, list) else [below]:
            attributes = "".join(f" {key[1:]}={quoteattr(text)}" for key, text in element.items() if key[0] == "@")
            inner = escape(element.get("$", "")) + _xml({k: v for k, v in element.items() if k[0] not in "@$"})
            parts.append(f"<g:{name}{attributes}>{inner}</g:{name}>")
    return "".join(parts)
