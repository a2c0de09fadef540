"""Raw columns to the evidence tables of one load: checks, rejects, duplicates, tables.

1. Every file's rows are tidied and checked. Rows that fail a refusing check go to the rejects, a line for each failure.
2. Rows with the same key are found by a sorted array of 64-bit hashes, eight bytes a row; only they are held in memory,
   and the kind of file decides between them.
3. The tables are written as a stream.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path

import numpy as np
import polars as pl

from topco.registries.interface import Check, Kind, NothingUsable, Raw, Settled

REJECTS = "rejects.csv"
REPEATED = "an exact repeat of a record, or of a period in it, was dropped"
_REJECT_COLUMNS = ("file", "row", "column", "value", "reason")
_HASH = "key_hash"


@dataclass(frozen=True)
class RawFile:
    """A source file's raw rows."""

    name: str
    raw: Raw

    @property
    def rows(self) -> pl.LazyFrame:
        return self.raw.rows.with_columns(pl.lit(self.name).alias("file"))

    @property
    def aside(self) -> pl.LazyFrame:
        aside = self.raw.rows.limit(0) if self.raw.aside is None else self.raw.aside
        return aside.with_columns(pl.lit(self.name).alias("file"))


@dataclass
class Warnings:
    """How often each warning occurred, and where first."""

    counts: dict[str, int] = field(default_factory=dict)
    examples: dict[str, str] = field(default_factory=dict)

    def add(self, reason: str, count: int, example: str) -> None:
        if count:
            self.counts[reason] = self.counts.get(reason, 0) + count
            self.examples.setdefault(reason, example)


@dataclass(frozen=True)
class Built:
    """What was written: rows by table, warnings, refused lines."""

    tables: dict[str, int]
    warnings: Warnings
    rejects: int
    first_reject: str


def build(kind: Kind, files: Sequence[RawFile], folder: Path) -> Built:
    """Write the evidence tables of the files of one load, and its rejects, into a folder.

    Raises:
        NothingUsable: no row is usable.
    """
    warnings = Warnings()
    checks = kind.checks()
    refused = [_check(kind.tidy(file.rows), file.name, checks, warnings) for file in files]
    refuses = _any([check for check in checks if check.refuses])
    rows = pl.concat([kind.canonical(kind.tidy(file.rows).filter(~refuses)) for file in files])
    aside = pl.concat([kind.canonical(kind.tidy(file.aside).filter(~refuses)) for file in files])
    rows, settled = _without_duplicates(kind, rows)
    if settled is not None:
        dropped = pl.concat([frame.select("file", "row") for frame in (settled.refused, settled.repeats)])
        aside = aside.join(dropped.lazy(), on=["file", "row"], how="anti")
    if settled is not None and len(settled.repeats):
        warnings.add(REPEATED, len(settled.repeats), _place(settled.repeats))
    refused += [
        [file.raw.refused.lazy().with_columns(pl.lit(file.name).alias("file"))]
        for file in files
        if file.raw.refused is not None
    ]
    lines = _write_rejects(folder / REJECTS, refused, settled)
    tables = {}
    for name, table in kind.tables(rows, aside).items():
        path = folder / f"{name}.parquet"
        table.sink_parquet(path, compression="zstd", compression_level=1)
        if count := pl.scan_parquet(path).select(pl.len()).collect().item():
            tables[name] = count
        else:
            path.unlink()
    first = first_line(folder / REJECTS) if lines else ""
    if not tables:
        raise NothingUsable(
            "No record is usable." + (f" The first problem: {first}." if first else ""),
            where=files[0].name,
            remedy="Check that this is the file you meant.",
        )
    return Built(tables, warnings, lines, first)


def _any(checks: Sequence[Check]) -> pl.Expr:
    return reduce(lambda left, right: left | right, [check.failed.fill_null(False) for check in checks])


def _check(rows: pl.LazyFrame, name: str, checks: Sequence[Check], warnings: Warnings) -> list[pl.LazyFrame]:
    """Count what is wrong with one file's rows; the refused lines, lazily, of every refusing check that failed."""
    refusing = [f"failed {n}" for n, check in enumerate(checks) if check.refuses]
    flags = rows.select("row", *(check.failed.fill_null(False).alias(f"failed {n}") for n, check in enumerate(checks)))
    kept = ~pl.any_horizontal(refusing)
    counted = [pl.col(f"failed {n}") & (pl.lit(True) if check.refuses else kept) for n, check in enumerate(checks)]
    found = (
        flags.with_columns(flag.alias(f"failed {n}") for n, flag in enumerate(counted))
        .select(
            *(pl.col(f"failed {n}").sum().alias(f"count {n}") for n in range(len(checks))),
            *(pl.col("row").filter(pl.col(f"failed {n}")).min().alias(f"row {n}") for n in range(len(checks))),
        )
        .collect(engine="streaming")
    )
    refused = []
    for n, check in enumerate(checks):
        count = found[f"count {n}"].item()
        if not count:
            continue
        if not check.refuses:
            warnings.add(f"{check.column}: {check.reason}", count, f"{name}, row {found[f'row {n}'].item()}")
            continue
        refused.append(
            rows.filter(check.failed.fill_null(False)).select(
                "file",
                "row",
                pl.lit(check.column).alias("column"),
                check.value.alias("value"),
                pl.lit(check.reason).alias("reason"),
            )
        )
    return refused


def _without_duplicates(kind: Kind, rows: pl.LazyFrame) -> tuple[pl.LazyFrame, Settled | None]:
    key = pl.concat_str(kind.key, separator="|").hash().alias(_HASH)
    hashes = rows.select(key).collect(engine="streaming")[_HASH].to_numpy()
    ordered = np.sort(hashes)
    several = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    if not len(several):
        return rows, None
    values = pl.Series(several, dtype=pl.UInt64).implode()
    suspects = rows.filter(key.is_in(values)).collect(engine="streaming")
    duplicated = pl.struct(kind.key).is_duplicated()
    files = suspects["file"].unique(maintain_order=True)
    order = pl.col("file").replace_strict(files, range(len(files)))
    settled = kind.settle(suspects.filter(duplicated).sort(order, "row", maintain_order=True))
    others = suspects.filter(~duplicated)
    return pl.concat([rows.filter(~key.is_in(values)), others.lazy(), settled.kept.lazy()]), settled


def _write_rejects(path: Path, refused: Sequence[list[pl.LazyFrame]], settled: Settled | None) -> int:
    """The rejects in the order of files, and of rows for each reason; no file if there are none."""
    lines = [frame for frames in refused for frame in frames]
    if settled is not None and len(settled.refused):
        lines.append(settled.refused.lazy())
    if not lines:
        return 0
    rejects = pl.concat([frame.select(_REJECT_COLUMNS) for frame in lines])
    rejects.sink_csv(path)
    count: int = rejects.select(pl.len()).collect(engine="streaming").item()
    return count


def first_line(path: Path) -> str:
    """The first of a load's rejects, in words."""
    row = pl.scan_csv(path, infer_schema=False).head(1).collect().row(0, named=True)
    return f"{row['file']}, row {row['row']}, {row['column']}: {row['reason']} ({row['value']})"


def _place(rows: pl.DataFrame) -> str:
    return f"{rows['file'][0]}, row {rows['row'][0]}"


def counts_of(folder: Path, tables: dict[str, int]) -> dict[str, dict[str, int]]:
    """The counts a person wants to see of a load's tables: by kind and standing, or by reason."""
    columns = {
        "entities": ("kind", "standing"),
        "relationships": ("kind", "standing"),
        "absences": ("reason",),
        "holdings": ("interest",),
    }
    counts = {}
    for table in tables:
        for column in columns.get(table, ()):
            grouped = pl.scan_parquet(folder / f"{table}.parquet").group_by(column).len().collect(engine="streaming")
            counts[f"{table} by {column}"] = dict(sorted(grouped.iter_rows(), key=lambda pair: (-pair[1], pair[0])))
    return counts
