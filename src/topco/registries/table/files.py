"""Tables of any format as columns of text: CSV (comma, semicolon or tab), Parquet, the sheets of an Excel workbook.

Rows count as a spreadsheet does: the header of a CSV file is row 1 and a sheet's rows keep their numbers; the first row
of a Parquet file, which has no header row, is 1. Columns are chosen by their position; numbers become plain digits.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from topco.errors import BadInput
from topco.registries.content import Content
from topco.registries.interface import OtherKind, Progress, Raw
from topco.registries.table import csv_files

CSV, PARQUET, WORKBOOK = "csv", "parquet", "xlsx"
LARGEST_WORKBOOK = 50_000_000
"""Bytes of a workbook unpacked: it is held in memory whole."""

_PARQUET_MAGIC = b"PAR1"
_ZIP_MAGIC = b"PK\x03\x04"
_SIMPLE = (pl.String, pl.Boolean, pl.Date, pl.Datetime, pl.Decimal, pl.Categorical, pl.Enum, pl.Null)


@dataclass(frozen=True)
class Layout:
    """What a table file looks like: its format, its columns as written, and how cells are parted or the sheet."""

    format: str
    headers: tuple[str, ...]
    separator: str = ","
    sheet: int | str = 0


def layout_of(content: Content, separator: str | None = None, sheet: str | None = None) -> Layout:
    """The layout of a file.

    Args:
        content: the file.
        separator: of a CSV file, if it is declared.
        sheet: the name of a workbook's sheet; the first one, if none is named.

    Raises:
        BadInput: the file is damaged, or too large for what it is.
        OtherKind: the workbook has no such sheet.
    """
    if content.head.startswith(_PARQUET_MAGIC):
        return Layout(PARQUET, tuple(_parquet(content).collect_schema().names()))
    if content.head.startswith(_ZIP_MAGIC):
        chosen = _sheet(content, sheet)
        rows = _workbook_rows(content, chosen)
        header = _header_row(rows)
        names = () if header is None else tuple(str(cell or "").strip() for cell in rows.row(header))
        return Layout(WORKBOOK, names, sheet=chosen)
    found = separator or csv_files.separator_of(content.head)
    return Layout(CSV, tuple(csv_files.headers(content.head, found)), found)


def extract(
    content: Content, layout: Layout, names: Sequence[str], columns: Sequence[str], folder: Path, progress: Progress
) -> Raw:
    """Stage the known columns of a file as text in a folder.

    Args:
        content: the file.
        layout: what `layout_of` found.
        names: for each column of the file what we call it; others than `columns` are left out and remarked on.
        columns: the names that are wanted; those that the file lacks are null.
        folder: for the staged rows.
        progress: told what is done.

    Raises:
        BadInput: the file is damaged, or a wanted column holds something that is no simple value.
    """
    if layout.format == CSV:
        return csv_files.extract(content, layout.headers, names, columns, layout.separator, folder, progress)
    progress(f"columns of {content.name}", 0, None, "")
    rows = _parquet_text(content, layout, names, columns) if layout.format == PARQUET else _sheet_text(content, layout)
    if layout.format == WORKBOOK:
        rows = rows.rename({f"cell {n}": name if name in columns else f"unknown {n}" for n, name in enumerate(names)})
    present = set(rows.collect_schema().names())
    cells = [csv_files.cell(name) if name in present else pl.lit(None, pl.String).alias(name) for name in columns]
    path = folder / "cells.parquet"
    staged = rows.select(*cells, pl.col("row").cast(pl.Int64)).filter(
        pl.any_horizontal(pl.exclude("row").is_not_null())
    )
    try:
        staged.sink_parquet(path, compression="zstd", compression_level=1)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise _damaged(content, error) from error
    known = pl.scan_parquet(path)
    records = known.select(pl.len()).collect().item()
    return Raw(known, None, records, None, csv_files.remarks(layout.headers, names, columns))


def first_rows(content: Content, layout: Layout, most: int) -> list[list[str]]:
    """The first rows below the header, as text, for a look at what the columns hold."""
    if layout.format == CSV:
        return csv_files.first_rows(content.head, layout.separator, most, whole=content.size <= len(content.head))
    if layout.format == PARQUET:
        names = list(layout.headers)
        rows = _parquet_text(content, layout, names, names).drop("row").head(most).collect()
        return [[str(cell or "") for cell in row] for row in rows.iter_rows()]
    rows = _sheet_text(content, layout).drop("row").head(most).collect()
    return [[str(cell or "").strip() for cell in row] for row in rows.iter_rows()]


def _parquet(content: Content) -> pl.LazyFrame:
    try:
        scan = pl.scan_parquet(content.path)
        scan.collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise _damaged(content, error) from error
    return scan


def _parquet_text(content: Content, layout: Layout, names: Sequence[str], columns: Sequence[str]) -> pl.LazyFrame:
    scan = _parquet(content)
    schema = scan.collect_schema()
    chosen = [(header, name) for header, name in zip(layout.headers, names, strict=True) if name in columns]
    for header, _ in chosen:
        kind = schema[header]
        if not (kind in _SIMPLE or kind.is_numeric()):
            raise BadInput(
                f"The column {header} holds {kind}, not simple values.",
                where=content.name,
                remedy="Write one value in each cell.",
            )
    cells = [_as_text(pl.col(header), schema[header]).alias(name) for header, name in chosen]
    return scan.select(*cells).with_row_index("row", offset=1)


def _as_text(cell: pl.Expr, kind: pl.DataType) -> pl.Expr:
    if kind.is_float():
        return cell.map_batches(_digits, return_dtype=pl.String, is_elementwise=True)
    return cell.cast(pl.String)


def _digits(numbers: pl.Series) -> pl.Series:
    """Floating-point numbers in plain digits, as short as they are exact."""
    distinct = numbers.drop_nulls().unique()
    texts = {number: _plain(number) for number in distinct}
    return numbers.replace_strict(texts, default=None, return_dtype=pl.String)


def _plain(number: float) -> str:
    text = format(Decimal(repr(number)), "f")
    return text.removesuffix(".0")


def _sheet(content: Content, sheet: str | None) -> int | str:
    import fastexcel

    with zipfile.ZipFile(content.path) as archive:
        unpacked = sum(info.file_size for info in archive.infolist())
    if unpacked > LARGEST_WORKBOOK:
        raise BadInput(
            f"The workbook has {unpacked // 1_000_000:,} MB unpacked, and is held in memory up to "
            f"{LARGEST_WORKBOOK // 1_000_000}.",
            where=content.name,
            remedy="Save the sheet as CSV or Parquet.",
        )
    try:
        names = fastexcel.read_excel(str(content.path)).sheet_names
    except fastexcel.FastExcelError as error:
        raise _damaged(content, error) from error
    if sheet is None:
        return 0
    if sheet in names:
        return sheet
    raise OtherKind(
        f"The workbook has no sheet {sheet!r}.", where=content.name, remedy=f"Its sheets: {', '.join(names)}."
    )


def _workbook_rows(content: Content, sheet: int | str) -> pl.DataFrame:
    """All rows of a sheet as text, the blank ones above the first filled one included."""
    import fastexcel

    try:
        book = fastexcel.read_excel(str(content.path))
        return book.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string").to_polars()
    except fastexcel.FastExcelError as error:
        raise _damaged(content, error) from error


def _header_row(rows: pl.DataFrame) -> int | None:
    filled = rows.select(pl.any_horizontal(pl.all().is_not_null()).arg_true()).to_series()
    return int(filled[0]) if len(filled) else None


def _sheet_text(content: Content, layout: Layout) -> pl.LazyFrame:
    rows = _workbook_rows(content, layout.sheet)
    header = _header_row(rows)
    start = len(rows) if header is None else header + 1
    named = rows.rename({name: f"cell {number}" for number, name in enumerate(rows.columns)})
    return named.with_row_index("row", offset=1).slice(start).lazy()


def _damaged(content: Content, error: Any) -> BadInput:
    first = str(error).strip().splitlines()[0].rstrip(".")[:200]
    return BadInput(f"The file is damaged: {first}.", where=content.name, remedy="Write or download it again.")
