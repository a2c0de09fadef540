"""Rows of evidence outside a store: as JSON, each with a hash, and back as a small store of their own.

A kept row names its table and load and holds every cell that is not null; its hash is the SHA-256 of all that in the
canonical form (JSON with sorted keys and no spaces). A kept load is its line in the manifest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from topco.store import manifest
from topco.store.manifest import Load, Manifest
from topco.store.schema import TABLES
from topco.store.seal import sealed
from topco.store.store import LOADS, Store

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

Kept = dict[str, Any]
_LEFT_OUT = ("folder", "files", "tables", "counts", "warnings", "rejects")


def keep(table: str, rows: Iterable[Mapping[str, Any]]) -> Iterator[Kept]:
    """The rows of an evidence table, each with its load, as they are kept."""
    for row in rows:
        cells = {name: _plain(row[name]) for name in TABLES[table] if row[name] is not None}
        kept = {"table": table, "load": row["load"], "cells": cells}
        yield sealed(kept)


def keep_load(load: Load) -> Kept:
    """What is kept of a load: whose it is, its vintage, when it was loaded, the hash of its content."""
    return {name: _plain(value) for name, value in asdict(load).items() if name not in _LEFT_OUT}


def rebuild(folder: Path, loads: Iterable[Mapping[str, Any]], rows: Iterable[Mapping[str, Any]]) -> Store:
    """A store in an empty folder that holds these rows in these loads, and nothing else.

    Raises:
        KeyError, TypeError, ValueError, polars.exceptions.PolarsError: what was kept is no row or load of this version.
    """
    import polars as pl

    by_load: dict[str, dict[str, list[Mapping[str, Any]]]] = {load["id"]: {} for load in loads}
    for row in rows:
        by_load[row["load"]].setdefault(row["table"], []).append(row["cells"])
    committed = []
    for number, kept in enumerate(loads, 1):
        load = _load(kept, f"{number}")
        place = folder / LOADS / load.folder
        place.mkdir(parents=True, exist_ok=True)
        for table, cells in by_load[load.id].items():
            schema = TABLES[table]
            cells.sort(key=lambda one: (one.get("file") or "", one.get("row") or 0, one.get("record") or ""))
            if strangers := {name for one in cells for name in one} - set(schema):
                raise KeyError(f"{table} has no column {', '.join(sorted(strangers))}")
            columns = {name: [_typed(one.get(name), kind) for one in cells] for name, kind in schema.items()}
            pl.DataFrame(columns, schema=schema).write_parquet(place / f"{table}.parquet")
        committed.append(replace(load, tables={table: len(cells) for table, cells in by_load[load.id].items()}))
    manifest.write(folder, Manifest(tuple(committed)))
    return Store.open(folder)


def _load(kept: Mapping[str, Any], folder: str) -> Load:
    loaded_at, vintage = datetime.fromisoformat(kept["loaded_at"]), date.fromisoformat(kept["vintage"])
    load = Load(**{**kept, "folder": folder, "loaded_at": loaded_at, "vintage": vintage})
    texts = (load.id, load.digest, load.publisher, load.file_kind, load.licence)
    if not all(isinstance(one, str) for one in texts):
        raise ValueError(f"load {load.id!r} is damaged")
    return load


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def _typed(value: Any, kind: pl.DataType) -> Any:
    import polars as pl

    if value is None:
        return None
    if kind == pl.Date:
        return date.fromisoformat(value)
    return datetime.fromisoformat(value) if isinstance(kind, pl.Datetime) else value
