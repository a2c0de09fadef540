"""A small store written by hand: tables to Parquet, a manifest, and the groups that the query tests ask about."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from topco.store import manifest
from topco.store.manifest import Load, Manifest
from topco.store.schema import TABLES, schema_of
from topco.store.store import LOADS, Store

if TYPE_CHECKING:
    from pathlib import Path


def frame(table: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Rows as an evidence table; what a row does not say is null."""
    schema = schema_of(table)
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema, orient="row")


def add_load(
    path: Path,
    kind: str,
    vintage: date,
    tables: dict[str, list[dict[str, Any]]],
    loaded_at: datetime | None = None,
) -> Load:
    """Commit one more load to the store in this folder, as an importer would."""
    store = Store.open(path, create=True)
    load_id = f"gleif-{kind}-{vintage.isoformat()}"
    folder = path / LOADS / load_id
    folder.mkdir(parents=True)
    for table in TABLES:
        frame(table, tables.get(table, [])).write_parquet(folder / f"{table}.parquet")
    load = Load(
        id=load_id,
        folder=load_id,
        digest=f"digest of {load_id}",
        publisher="GLEIF",
        file_kind=kind,
        vintage=vintage,
        vintage_source="option",
        loaded_at=loaded_at or datetime(2025, 3, 2, 12, tzinfo=UTC),
        licence="CC0-1.0",
        tables={name: len(rows) for name, rows in tables.items()},
    )
    with store.writing():
        store.commit(Manifest(loads=(*store.loads(), load), graph=store.manifest.graph))
    assert manifest.read(path) is not None
    return load


def lei(letter: str) -> str:
    """A readable stand-in for an LEI: `A` is `AAAAAAAAAAAAAAAAAA00`."""
    return f"LEI:{letter * 18}00"


def entity(letter: str, hq: str | None, **values: Any) -> dict[str, Any]:
    """An entities row: headquarters and, unless told otherwise, registered address in one country."""
    identifier = lei(letter)
    return {
        "id": identifier,
        "name": f"{letter} Holding",
        "name_language": "en",
        "kind": "LegalEntity",
        "category": "GENERAL",
        "hq_country": hq,
        "registered_country": hq,
        "jurisdiction": hq,
        "entity_status": "ACTIVE",
        "registration_status": "ISSUED",
        "standing": "Current",
        "record": f"gleif/lei2/{identifier[4:]}",
        "file": "lei2.csv",
        "row": 2 + "ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(letter),
        **values,
    }


def company(identifier: str, name: str, hq: str | None = None, **values: Any) -> dict[str, Any]:
    """An entities row of any register, with nothing but a name and perhaps headquarters."""
    return {
        "id": identifier,
        "name": name,
        "kind": "LegalEntity",
        "hq_country": hq,
        "standing": "Current",
        "record": f"test/{identifier}",
        "file": "f.csv",
        "row": 2,
        **values,
    }


def holding(owner: str, owned: str, percent: int, **values: Any) -> dict[str, Any]:
    """A holdings row between two parties of any register: exactly this many percent of the shares."""
    return {
        "owner": owner,
        "owned": owned,
        "interest": "shares",
        "share_exact": percent * 10_000_000,
        "standing": "Current",
        "stale": False,
        "record": f"test/{owner}/{owned}",
        "file": "h.csv",
        "row": 2,
        **values,
    }


_LETTERS = {
    "DirectConsolidation": "D",
    "UltimateConsolidation": "U",
    "InternationalBranch": "B",
    "FundManagement": "M",
    "SubFund": "S",
    "FeederFund": "F",
}


def relationship(child: str, parent: str, kind: str = "DirectConsolidation", **values: Any) -> dict[str, Any]:
    """A relationships row between two of the entities above."""
    return {
        "child": lei(child),
        "parent": lei(parent),
        "kind": kind,
        "standing": "Current",
        "stale": False,
        "relationship_status": "ACTIVE",
        "registration_status": "PUBLISHED",
        "valid_from": date(2019, 1, 1),
        "record": f"gleif/rr/R-{lei(child)[4:]}-{lei(parent)[4:]}-{_LETTERS[kind]}",
        "file": "rr.csv",
        "row": 2 + 26 * ord(child) + ord(parent),
        **values,
    }


def absence(subject: str, level: str, reason: str) -> dict[str, Any]:
    """An absences row."""
    identifier = lei(subject)
    return {
        "subject": identifier,
        "level": level,
        "reason": reason,
        "record": f"gleif/repex/X-{identifier[4:]}-{level[0]}-{reason}",
        "file": "repex.csv",
        "row": 2 + ord(subject),
    }


def no_parents(subject: str, reason: str = "NATURAL_PERSONS") -> list[dict[str, Any]]:
    """The absences of an entity that reports to have no parent: it is a confirmed top."""
    return [absence(subject, level, reason) for level in ("DirectLevel", "UltimateLevel")]


def add_german(path: Path, headquarters: str, vintage: date = date(2025, 3, 2)) -> Path:
    """Load a company in Germany, `A`, whose confirmed parent, `T`, is headquartered in a country."""
    rows = {"entities": [entity("A", "DE"), entity("T", headquarters)], "relationships": [relationship("A", "T")]}
    add_load(path, "lei2", vintage, {**rows, "absences": no_parents("T")})
    return path


def three_companies(path: Path) -> Path:
    """A store of three companies, one of them its own parent, with a load that supersedes another."""
    entities = [entity("A", "DE"), entity("B", "FR"), entity("C", None)]
    add_load(path, "lei2", date(2025, 3, 2), {"entities": entities})
    add_load(path, "rr", date(2025, 3, 2), {"relationships": [relationship("B", "B")]})
    add_load(path, "lei2", date(2025, 4, 2), {"entities": entities})
    return path
