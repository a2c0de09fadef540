"""Tables as CSV to raw columns: chosen by name, streamed, empty cells as null, the row kept.

Names of columns may differ in case and have blanks around them. Rows count records, the header is row 1.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from topco.errors import BadInput
from topco.registries import ragged
from topco.registries.content import Content
from topco.registries.interface import Progress, Raw

FIRST_RECORD = 2
_NO_SEPARATOR = "\x1f"


def header(head: bytes) -> list[str]:
    """The names of the columns in a file's first record.

    >>> header(b'\\xef\\xbb\\xbfOwner, owned ,"Interest"\\nx,y,z\\n')
    ['owner', 'owned', 'interest']
    """
    text = head.decode("utf-8-sig", errors="ignore")
    return [name.strip().lower() for name in next(csv.reader(io.StringIO(text, newline="")), [])]


def extract(content: Content, columns: Sequence[str], folder: Path, progress: Progress) -> Raw:
    """Stage the known columns of a table in a folder; those that it lacks are null, others are left out and named.

    Raises:
        BadInput: the quoting is broken, or most rows have another number of cells than the header.
    """
    names = header(content.head)
    source, refused = content.path, None
    if not _is_even(content, len(names)) and (rows := ragged.find(content.path, content.name, len(names))):
        refused = ragged.as_refused(rows, len(names))
        source = folder / "cut.csv"
        ragged.cut_out(content.path, content.name, rows, source)
    progress(f"columns of {content.name}", 0, None, "")
    path = folder / "cells.parquet"
    unknown = [f"unknown {place}" for place in range(len(names))]
    scan = pl.scan_csv(
        source,
        infer_schema=False,
        row_index_name="row",
        row_index_offset=FIRST_RECORD,
        new_columns=[name if name in columns else free for name, free in zip(names, unknown, strict=True)],
    )
    cells = [_cell(name) if name in names else pl.lit(None, dtype=pl.String).alias(name) for name in columns]
    staged = scan.select(*cells, pl.col("row").cast(pl.Int64)).filter(
        pl.any_horizontal(pl.exclude("row").is_not_null())
    )
    try:
        staged.sink_parquet(path, compression="zstd", compression_level=1)
    except pl.exceptions.ComputeError as error:
        raise BadInput(
            f"The CSV is malformed: {str(error).strip().splitlines()[0]}.",
            where=content.name,
            remedy="Look for an unclosed quotation mark or a cut-off end.",
        ) from error
    known = pl.scan_parquet(path)
    records = known.select(pl.len()).collect().item() + (0 if refused is None else len(refused))
    remarks = tuple(
        f"{name or '(no name)'}: the column is not known and was left out" for name in names if name not in columns
    )
    return Raw(known, None, records, refused, remarks)


def _cell(column: str) -> pl.Expr:
    stripped = pl.col(column).str.strip_chars()
    return pl.when(stripped != "").then(stripped).alias(column)


def _is_even(content: Content, width: int) -> bool:
    """Whether every row surely has as many cells as the header: no quotation mark, and as many commas in every line."""
    lines = pl.scan_csv(
        content.path,
        has_header=False,
        separator=_NO_SEPARATOR,
        quote_char=None,
        infer_schema=False,
        new_columns=["line"],
        truncate_ragged_lines=True,
    )
    line = pl.col("line")
    odd = line.str.contains('"', literal=True) | (line.str.count_matches(",", literal=True) != width - 1)
    return not lines.filter(line.is_not_null()).select(odd.any()).collect(engine="streaming").item()
