"""Evidence that persons enter one by one: judgements and statements, each change a load of its own.

A load is immutable and the newest of its publisher and kind is in force, so an entry writes all earlier ones again with
the new one. That costs little (thousands of rows at most), keeps every earlier state for `--known-as-of`, and makes a
withdrawal a load like any other.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from topco.store.manifest import Load, LoadedFile, sync_folder
from topco.store.schema import schema_of
from topco.store.store import LOADS, STAGING

if TYPE_CHECKING:
    from collections.abc import Callable

    from topco.store.store import Store

LICENCE = "own entries"


def entries(store: Store, publisher: str, table: str) -> pl.DataFrame:
    """The entries of a publisher that are in force, without the load they stand in."""
    loads = [load for load in store.current_loads() if load.publisher == publisher and load.tables.get(table)]
    return store.table(table, loads=loads).collect().drop("load")


def last_row(store: Store, publisher: str, table: str) -> int:
    """The greatest row number that an entry of a publisher ever had, those taken back since included; 0: none had."""
    loads = [load for load in store.loads() if load.publisher == publisher and load.tables.get(table)]
    found = store.table(table, ["row"], loads=loads).select(pl.col("row").max()).collect().item()
    return found or 0


def enter(
    store: Store, publisher: str, kind: str, table: str, change: Callable[[pl.DataFrame, datetime], pl.DataFrame]
) -> Load:
    """Commit the entries of a publisher after a change to them.

    Args:
        publisher: whose entries they are, for example `judgements`.
        kind: the kind of file that load ids and records name.
        table: the evidence table.
        change: gets the rows in force and this moment, and gives all rows that shall be.

    Raises:
        StoreBusy: another process is writing to the store.
    """
    with store.writing():
        moment = _now(store, publisher)
        before = entries(store, publisher, table)
        after = change(before, moment).select(list(schema_of(table)))
        text = after.write_ndjson()
        digest = hashlib.sha256(f"{publisher} {kind} {moment.isoformat()} {text}".encode()).hexdigest()
        parent = store.path / STAGING
        parent.mkdir(exist_ok=True)
        staging = Path(tempfile.mkdtemp(dir=parent))
        try:
            after.write_parquet(staging / f"{table}.parquet")
            load = Load(
                id=f"{kind}-{moment.date()}-{digest[:8]}",
                folder=digest[:16],
                digest=digest,
                publisher=publisher,
                file_kind=kind,
                vintage=moment.date(),
                vintage_source="entered",
                loaded_at=moment,
                licence=LICENCE,
                files=(LoadedFile(f"entries of {kind}", digest, len(text), len(after)),),
                tables={table: len(after)},
            )
            (store.path / LOADS).mkdir(exist_ok=True)
            sync_folder(staging)
            os.rename(staging, store.folder_of(load))
        finally:
            shutil.rmtree(staging, ignore_errors=True)
        sync_folder(store.path / LOADS)
        store.commit(store.manifest.with_load(load))
        return load


def _now(store: Store, publisher: str) -> datetime:
    """This moment, or the next one after the last entry where the clock has been set back: the last entry counts."""
    last = max((load.loaded_at for load in store.loads() if load.publisher == publisher), default=None)
    now = datetime.now(UTC)
    return now if last is None else max(now, last + timedelta(microseconds=1))
