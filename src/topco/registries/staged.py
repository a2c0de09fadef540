"""Evidence rows that an importer makes record by record, staged in batches, and the tables of a load from them.

For sources whose records are nested or refer to each other (BODS, PSC, FollowTheMoney …). Sources that come in columns
go through `topco.registries.build` instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import numpy as np
import polars as pl

from topco.registries import records
from topco.registries.build import REJECTS, REPEATED, Built, Warnings, first_line
from topco.registries.interface import NothingUsable, Settled
from topco.registries.json_window import printable
from topco.store.schema import TABLES

Cell = str | int | bool | date | datetime | None
_BATCH = 50_000
_REFUSED = pl.Schema(
    {"file": pl.String(), "row": pl.Int64(), "column": pl.String(), "value": pl.String(), "reason": pl.String()}
)
_LONGEST_VALUE = 200


@dataclass(frozen=True)
class RecordKind:
    """A kind of file whose records become rows one by one; `name` is part of load ids."""

    name: str


@dataclass(frozen=True)
class Staged:
    """The staged rows of one file.

    `parts` are the Parquet files of each table, `latest` the last day on which a record says that it was changed.
    """

    name: str
    parts: dict[str, list[Path]]
    refused: list[Path]
    warnings: Warnings
    records: int
    latest: date | None
    remarks: tuple[str, ...] = ()


@dataclass
class Sink:
    """Takes the evidence rows of one source file; memory is bounded by a batch.

    >>> import tempfile
    >>> sink = Sink(Path(tempfile.mkdtemp()), "psc.jsonl")
    >>> sink.add("names", 7, id="GB-COH:00102498", name="BP", record="psc/1/name/1")
    >>> sink.refuse(8, "notified_on", "yesterday", "not a date")
    >>> staged = sink.finish(records=2)
    >>> pl.read_parquet(staged.parts["names"])["id"].to_list(), pl.read_parquet(staged.refused)["row"].to_list()
    (['GB-COH:00102498'], [8])
    """

    folder: Path
    name: str
    latest: date | None = None
    _rows: dict[str, list[tuple[Cell, ...]]] = field(default_factory=dict)
    _parts: dict[str, list[Path]] = field(default_factory=dict)
    _refused: list[tuple[Cell, ...]] = field(default_factory=list)
    _refused_parts: list[Path] = field(default_factory=list)
    _warnings: Warnings = field(default_factory=Warnings)

    def add(self, table: str, row: int, **cells: Cell) -> None:
        """Take one evidence row; columns that are not given are null.

        Args:
            table: the name of a table of `topco.store.schema`.
            row: the position of the record in its file, as `docs/evidence.md` counts.
            cells: values by the names of the table's columns; `file` and `row` are filled in.

        Raises:
            KeyError: the table has no such column.
        """
        columns = _POSITIONS[table]
        values: list[Cell] = [None] * len(columns)
        for column, value in cells.items():
            values[columns[column]] = value
        values[columns["file"]] = self.name
        values[columns["row"]] = row
        rows = self._rows.setdefault(table, [])
        rows.append(tuple(values))
        if len(rows) >= _BATCH:
            self._flush(table)

    def refuse(self, row: int, column: str, value: object, reason: str) -> None:
        """Put a record, or a part of it, into the rejects: where, what stands there, and why."""
        text = printable(value, _LONGEST_VALUE)
        self._refused.append((self.name, row, column, text, reason))
        if len(self._refused) >= _BATCH:
            self._flush_refused()

    def warn(self, reason: str, row: int, example: str | None = None) -> None:
        """Count a warning; the record is kept. `reason` must be one of few sentences: put what varies in `example`."""
        place = f"{self.name}, row {row}"
        self._warnings.add(reason, 1, f"{place}: {example[:_LONGEST_VALUE]}" if example else place)

    def changed_on(self, day: date | None) -> None:
        """Note when a record was last changed: the latest such day dates a file that does not date itself."""
        if day is not None and (self.latest is None or day > self.latest):
            self.latest = day

    def finish(self, records: int, remarks: Sequence[str] = ()) -> Staged:
        """Write what is left; `records` is how many the file holds, refused ones included."""
        for table in list(self._rows):
            self._flush(table)
        self._flush_refused()
        return Staged(self.name, self._parts, self._refused_parts, self._warnings, records, self.latest, tuple(remarks))

    def _flush(self, table: str) -> None:
        rows = self._rows.pop(table, [])
        if rows:
            parts = self._parts.setdefault(table, [])
            parts.append(self._write(f"{table}-{len(parts)}", rows, TABLES[table]))

    def _flush_refused(self) -> None:
        if self._refused:
            self._refused_parts.append(self._write(f"refused-{len(self._refused_parts)}", self._refused, _REFUSED))
            self._refused = []

    def _write(self, name: str, rows: list[tuple[Cell, ...]], schema: pl.Schema) -> Path:
        path = self.folder / f"{name}.parquet"
        pl.DataFrame(rows, schema=schema, orient="row").write_parquet(path, compression="zstd", compression_level=1)
        return path


_POSITIONS = {table: {column: place for place, column in enumerate(schema)} for table, schema in TABLES.items()}


def build_staged(files: Sequence[Staged], folder: Path) -> Built:
    """Write the evidence tables of the files of one load, and its rejects, into a folder.

    Of several entity rows with one identifier the one that was changed last counts (the first among equals) and the
    others are rejects; other rows with one record name are all kept under numbered names, exact repeats once.

    Raises:
        NothingUsable: no row is usable.
    """
    warnings = Warnings()
    for file in files:
        for reason, count in file.warnings.counts.items():
            warnings.add(reason, count, file.warnings.examples[reason])
    refused = [pl.scan_parquet(path) for file in files for path in file.refused]
    tables: dict[str, int] = {}
    order = [file.name for file in files]
    for table in TABLES:
        parts = [path for file in files for path in file.parts.get(table, ())]
        if not parts:
            continue
        key, settle = _SETTLING.get(table, ("record", _keep_all))
        rows, settled = _settled(pl.scan_parquet(parts), key, settle, order)
        if settled is not None and len(settled.repeats):
            first = settled.repeats.row(0, named=True)
            warnings.add(REPEATED, len(settled.repeats), f"{first['file']}, row {first['row']}")
        if settled is not None and len(settled.refused):
            refused.append(settled.refused.lazy().select(list(_REFUSED)))
        path = folder / f"{table}.parquet"
        rows.sink_parquet(path, compression="zstd", compression_level=1)
        tables[table] = pl.scan_parquet(path).select(pl.len()).collect().item()
    rejects = 0
    if refused:
        lines = pl.concat(refused)
        lines.sink_csv(folder / REJECTS)
        rejects = lines.select(pl.len()).collect(engine="streaming").item()
    example = first_line(folder / REJECTS) if rejects else ""
    if not tables:
        raise NothingUsable(
            "No record is usable." + (f" The first problem: {example}." if example else ""),
            where=files[0].name,
            remedy="Check that this is the file you meant.",
        )
    return Built(tables, warnings, rejects, example)


def _settled(
    rows: pl.LazyFrame, key: str, settle: Callable[[pl.DataFrame], Settled], files: Iterable[str]
) -> tuple[pl.LazyFrame, Settled | None]:
    """The rows with those of one key settled; only the hashes of keys are held in memory."""
    hashes = rows.select(pl.col(key).hash().alias("hash")).collect(engine="streaming")["hash"].to_numpy()
    ordered = np.sort(hashes)
    several = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    if not len(several):
        return rows, None
    values = pl.Series(several, dtype=pl.UInt64).implode()
    suspects = rows.filter(pl.col(key).hash().is_in(values)).collect(engine="streaming")
    duplicated = pl.col(key).is_duplicated()
    names = list(files)
    place = pl.col("file").replace_strict(names, range(len(names)), return_dtype=pl.Int64)
    settled = settle(suspects.filter(duplicated).sort(place, "row", maintain_order=True))
    others = suspects.filter(~duplicated)
    return pl.concat([rows.filter(~pl.col(key).hash().is_in(values)), others.lazy(), settled.kept.lazy()]), settled


def _keep_all(duplicates: pl.DataFrame) -> Settled:
    return records.keep_all(duplicates, None)


def _newest(duplicates: pl.DataFrame) -> Settled:
    kept = duplicates.sort("last_update", descending=True, nulls_last=True, maintain_order=True).unique(
        "id", keep="first", maintain_order=True
    )
    reason = "the entity stands again in row {} of {}, which counts as the one changed last"
    return records.keep_one(duplicates, kept, "id", pl.col("id"), reason)


_SETTLING: dict[str, tuple[str, Callable[[pl.DataFrame], Settled]]] = {"entities": ("id", _newest)}
