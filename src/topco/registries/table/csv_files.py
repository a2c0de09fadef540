"""Tables as CSV to raw columns: chosen by position, streamed, empty cells as null, the row kept.

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
SEPARATORS = (",", ";", "\t")
_NO_SEPARATOR = "\x1f"
_LINES_LOOKED_AT = 5
_LARGEST_CELL = 1 << 24


def separator_of(head: bytes) -> str:
    """What parts the cells: the comma, unless another sign stands in the header more often and in the next lines too.

    >>> separator_of(b"owner;owned\\na;b\\n"), separator_of(b"owner;owned\\n1,2\\n"), separator_of(b"owner,owned\\n")
    (';', ',', ',')
    """
    lines = [line for line in head.decode("utf-8-sig", errors="ignore").splitlines() if line.strip()]
    if not lines:
        return SEPARATORS[0]
    looked_at = lines[1:_LINES_LOOKED_AT] or lines[:1]
    counts = {sign: len(_split(lines[0], sign)) for sign in SEPARATORS}
    likely = max(SEPARATORS, key=lambda sign: counts[sign])
    return likely if all(likely in line for line in looked_at) else SEPARATORS[0]


def headers(head: bytes, separator: str) -> list[str]:
    """The names of the columns in a file's first record, as they are written.

    >>> headers(b'\\xef\\xbb\\xbfOwner, owned ,"Interest"\\nx,y,z\\n', ",")
    ['Owner', 'owned', 'Interest']
    """
    rows = _rows(head, separator)
    return [name.strip() for name in (rows[0] if rows else [])]


def first_rows(head: bytes, separator: str, most: int, *, whole: bool) -> list[list[str]]:
    """The first records below the header that a file's beginning holds whole."""
    rows = _rows(head, separator, most + 2)
    return [[cell.strip() for cell in row] for row in (rows[1:] if whole else rows[1:-1])[:most]]


def extract(
    content: Content,
    written: Sequence[str],
    names: Sequence[str],
    columns: Sequence[str],
    separator: str,
    folder: Path,
    progress: Progress,
) -> Raw:
    """Stage the known columns of a table in a folder; those that it lacks are null, others are left out and named.

    Args:
        content: the file.
        written: the names of its columns as written.
        names: what we call them.
        columns: the wanted ones.
        separator: what parts the cells.
        folder: for the staged rows.
        progress: told what is done.

    Raises:
        BadInput: the quoting is broken, or most rows have another number of cells than the header.
    """
    source, refused = content.path, None
    if separator != SEPARATORS[0]:
        source = folder / "commas.csv"
        _rewrite(content, separator, source)
    if not _is_even(source, len(names)) and (rows := ragged.find(source, content.name, len(names))):
        refused = ragged.as_refused(rows, len(names))
        ragged.cut_out(source, content.name, rows, folder / "cut.csv")
        source = folder / "cut.csv"
    progress(f"columns of {content.name}", 0, None, "")
    path = folder / "cells.parquet"
    scan = pl.scan_csv(
        source,
        infer_schema=False,
        row_index_name="row",
        row_index_offset=FIRST_RECORD,
        new_columns=[name if name in columns else f"unknown {place}" for place, name in enumerate(names)],
    )
    cells = [cell(name) if name in names else pl.lit(None, dtype=pl.String).alias(name) for name in columns]
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
    return Raw(known, None, records, refused, remarks(written, names, columns))


def remarks(written: Sequence[str], names: Sequence[str], columns: Sequence[str]) -> tuple[str, ...]:
    """A sentence for each column that is left out."""
    return tuple(
        f"{header or '(no name)'}: the column is not known and was left out"
        for header, name in zip(written, names, strict=True)
        if name not in columns
    )


def cell(column: str) -> pl.Expr:
    """A cell of text without blanks around it; null if nothing is left."""
    stripped = pl.col(column).str.strip_chars()
    return pl.when(stripped != "").then(stripped).alias(column)


def _split(line: str, separator: str) -> list[str]:
    return next(csv.reader([line], delimiter=separator), [])


def _rows(head: bytes, separator: str, most: int = 1) -> list[list[str]]:
    text = head.decode("utf-8-sig", errors="ignore")
    rows: list[list[str]] = []
    before = csv.field_size_limit(_LARGEST_CELL)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            rows.append(row)
            if len(rows) == most:
                break
    finally:
        csv.field_size_limit(before)
    return rows


def _rewrite(content: Content, separator: str, target: Path) -> None:
    """Write the file with commas, its blank lines included, for readers that know no other separator."""
    before = csv.field_size_limit(_LARGEST_CELL)
    try:
        with (
            content.path.open(encoding="utf-8-sig", newline="") as stream,
            target.open("w", encoding="utf-8", newline="") as out,
        ):
            writer = csv.writer(out, lineterminator="\n")
            for row in csv.reader(stream, delimiter=separator):
                if row:
                    writer.writerow(row)
                else:
                    out.write("\n")
    except csv.Error as error:
        raise BadInput(
            f"The CSV is malformed: {error}.", where=content.name, remedy="Look for an unclosed quotation mark."
        ) from error
    finally:
        csv.field_size_limit(before)


def _is_even(path: Path, width: int) -> bool:
    """Whether every row surely has as many cells as the header: no quotation mark, and as many commas in every line."""
    lines = pl.scan_csv(
        path,
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
