"""Small stores for tests of ownership: loads written straight as columns, without an importer."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from topco.store.manifest import Load
from topco.store.schema import TABLES
from topco.store.store import LOADS, Store

if TYPE_CHECKING:
    from pathlib import Path

VINTAGE = date(2025, 3, 2)


def entity(identifier: str, name: str, hq: str | None = "DE", **more: Any) -> dict[str, Any]:
    return {
        "id": identifier,
        "name": name,
        "kind": "LegalEntity",
        "hq_country": hq,
        "registered_country": hq,
        "jurisdiction": hq,
        "entity_status": "ACTIVE",
        "registration_status": "ISSUED",
        "standing": "Current",
        "record": f"gleif/lei2/{identifier}",
        **more,
    }


def relationship(child: str, parent: str, kind: str = "DirectConsolidation", **more: Any) -> dict[str, Any]:
    return {
        "child": child,
        "parent": parent,
        "kind": kind,
        "standing": "Current",
        "stale": False,
        "record": f"gleif/rr/R-{child}-{parent}-{kind[0]}",
        **more,
    }


def absence(subject: str, reason: str, level: str = "UltimateLevel", **more: Any) -> dict[str, Any]:
    return {"subject": subject, "reason": reason, "level": level, "record": f"gleif/repex/X-{subject}", **more}


def add_load(store: Store, file_kind: str, vintage: date = VINTAGE, **tables: Any) -> Load:
    """Commit one load with these tables: lists of rows, numbered from 2 on, or whole frames."""
    identifier = f"gleif-{file_kind}-{vintage}"
    folder = store.path / LOADS / identifier
    folder.mkdir(parents=True)
    counts = {}
    for name, rows in tables.items():
        if isinstance(rows, list):
            numbered = [{"file": f"{file_kind}.csv", "row": place, **row} for place, row in enumerate(rows, start=2)]
            schema = TABLES[name]
            rows = pl.DataFrame([{**dict.fromkeys(schema), **row} for row in numbered], schema=schema)
        rows.write_parquet(folder / f"{name}.parquet")
        counts[name] = len(rows)
    load = Load(
        id=identifier,
        folder=identifier,
        digest=identifier,
        publisher="GLEIF",
        file_kind=file_kind,
        vintage=vintage,
        vintage_source="test",
        loaded_at=datetime(vintage.year, vintage.month, vintage.day, tzinfo=UTC),
        licence="CC0-1.0",
        tables=counts,
    )
    with store.writing():
        store.commit(store.manifest.with_load(load))
    return load


def make_store(path: Path, **tables: Any) -> Store:
    """A store with one load per table, as GLEIF publishes them."""
    store = Store.open(path, create=True)
    kinds = {"entities": "lei2", "names": "names", "relationships": "rr", "absences": "repex"}
    for name, rows in tables.items():
        add_load(store, kinds[name], **{name: rows})
    return store
