"""The evidence tables as Parquet or CSV in one folder, with the resolution and the description of the loads.

| file | holds |
|---|---|
| one for each evidence table that has rows | its columns, and `load`, the id of the load |
| `loads` | publisher, kind of file, vintage, time of loading, licence and source files of each load |
| `resolution` | the columns of `topco resolve --all` |

Shares are integers in units of `topco.ownership.shares`, as in the evidence. In CSV missing is empty, dates are ISO.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from topco.identity.parties import parties
from topco.ownership.bulk_table import resolution_table, resolve_all
from topco.ownership.neighbourhood import evidence_about
from topco.ownership.parent_tests import parent_test
from topco.store.schema import TABLES
from topco.store.today import today

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from topco.exchange.selection import Selection

_MORE = ("loads", "resolution")


def file_names(ending: str) -> set[str]:
    """The names of all files that an export may write."""
    return {f"{table}.{ending}" for table in (*TABLES, *_MORE)}


def write_columns(selection: Selection, folder: Path, ending: str, report: Callable[[str], None]) -> dict[str, int]:
    """Write the tables of a selection into an empty folder, and give the rows of each.

    Args:
        selection: what to export.
        folder: where the files go.
        ending: `parquet` or `csv`.
        report: told the name of each table before it is written.
    """
    counts = {}
    for table in TABLES:
        if not any(load.tables.get(table) for load in selection.loads):
            continue
        report(table)
        rows = selection.originals() if table == "originals" else selection.table(table)
        if count := _written(rows, folder / f"{table}.{ending}", ending):
            counts[table] = count
    report("loads")
    counts["loads"] = _written(loads_table(selection).lazy(), folder / f"loads.{ending}", ending)
    report("resolution")
    resolution = _resolution(selection)
    counts["resolution"] = _written(resolution.lazy(), folder / f"resolution.{ending}", ending)
    return counts


def loads_table(selection: Selection) -> pl.DataFrame:
    """One row for each load: whose it is, from when, and under which licence."""
    rows = [
        {
            "load": load.id,
            "publisher": load.publisher,
            "file_kind": load.file_kind,
            "vintage": load.vintage,
            "loaded_at": load.loaded_at,
            "licence": load.licence,
            "files": ";".join(file.name for file in load.files),
        }
        for load in selection.loads
    ]
    schema = {
        "load": pl.String(),
        "publisher": pl.String(),
        "file_kind": pl.String(),
        "vintage": pl.Date(),
        "loaded_at": pl.Datetime("us", "UTC"),
        "licence": pl.String(),
        "files": pl.String(),
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _resolution(selection: Selection) -> pl.DataFrame:
    day, test = selection.as_of or today(), parent_test()
    if not selection.asked:
        return resolve_all(selection.store, day, selection.known_as_of, test)
    wanted = sorted(set(parties(selection.store, selection.known_as_of).party_of(selection.named)))
    evidence = evidence_about(selection.store, wanted, day, selection.known_as_of, test)
    return resolution_table(evidence).filter(pl.col("entity").is_in(wanted)).sort("entity")


def _written(rows: pl.LazyFrame, path: Path, ending: str) -> int:
    if ending == "parquet":
        rows.sink_parquet(path, compression="zstd")
        count: int = pl.scan_parquet(path).select(pl.len()).collect().item()
    else:
        count = rows.select(pl.len()).collect(engine="streaming").item()
        rows.sink_csv(path)
    if not count and path.stem not in _MORE:
        path.unlink()
    return count
