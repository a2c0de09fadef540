"""Golden copy CSV to raw columns: chosen by name, streamed, empty cells as null, the record's row kept.

Rows count records, header included, so that a line break inside a quoted cell does not shift them.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from topco.errors import BadInput
from topco.registries.content import Content
from topco.registries.gleif.layout import Group, Layout
from topco.registries.interface import Progress

FIRST_RECORD = 2
_TAIL = 1 << 20


def header(head: bytes) -> list[str]:
    """The column names in a file's first record.

    >>> header(b'\\xef\\xbb\\xbf"LEI","Entity.LegalName"\\n"x","y"\\n')
    ['LEI', 'Entity.LegalName']
    """
    text = head.decode("utf-8-sig", errors="ignore")
    return next(csv.reader(io.StringIO(text, newline="")), [])


def missing_columns(layout: Layout, names: list[str]) -> list[str]:
    """The columns without which a file is not of this kind."""
    fields = {field.name: field.csv_columns for field in layout.fields}
    return [fields[name][0] for name in layout.required if not set(fields[name]) & set(names)]


def extract(content: Content, layout: Layout, folder: Path, progress: Progress) -> int:
    """Write the raw columns of a CSV file into a folder; return the number of records.

    Raises:
        BadInput: the file is cut off or its quoting is broken.
    """
    names = header(content.head)
    _refuse_cut_off(content, len(names))
    seen = _Counter(f"columns of {content.name}", max(content.lines - 1, 0), progress)
    scan = pl.scan_csv(
        content.path, infer_schema=False, row_index_name="row", row_index_offset=FIRST_RECORD, low_memory=False
    )
    present = set(names)
    raw = scan.select(
        *(_field(field.csv_columns, present).alias(field.name) for field in layout.fields),
        *(_group(group, names).alias(group.name) for group in layout.groups),
        pl.col("row").cast(pl.Int64).map_batches(seen, return_dtype=pl.Int64(), is_elementwise=True),
    )
    try:
        raw.sink_parquet(folder / "0.parquet", compression="zstd", compression_level=1)
    except pl.exceptions.ComputeError as error:
        first = str(error).strip().splitlines()[0]
        raise BadInput(
            f"The CSV is malformed: {first}.",
            where=content.name,
            remedy="Look for an unclosed quotation mark or a cut-off end, or download it again.",
        ) from error
    return seen.done


def _field(columns: tuple[str, ...], present: set[str]) -> pl.Expr:
    cells = [cell(column) for column in columns if column in present]
    return pl.coalesce(cells) if cells else pl.lit(None, dtype=pl.String)


def _group(group: Group, names: list[str]) -> pl.Expr:
    numbered = list(_numbered(group, names))
    present = set(names)
    members = []
    for stem in numbered:
        parts = {part.name: _field((stem + part.ending,), present) for part in group.parts}
        deciding, value = group.only or (group.parts[0].name, None)
        counts = parts[deciding].is_not_null() if value is None else parts[deciding] == value
        members.append(pl.when(counts).then(pl.struct([part.alias(name) for name, part in parts.items()])))
    if not members:
        return pl.lit(None, dtype=group.dtype)
    return pl.concat_list(members).list.drop_nulls()


def _numbered(group: Group, names: list[str]) -> Iterator[str]:
    for beginning in group.columns:
        pattern = re.compile(re.escape(beginning) + r"\.(\d+)" + re.escape(group.parts[0].ending))
        numbers = sorted(int(match[1]) for name in names if (match := pattern.fullmatch(name)))
        yield from (f"{beginning}.{number}" for number in numbers)


def cell(column: str) -> pl.Expr:
    """A cell without the blanks around it; an empty one is missing, whether quoted or not."""
    stripped = pl.col(column).str.strip_chars()
    return pl.when(stripped != "").then(stripped)


class _Counter:
    """Passes row numbers through and reports how many there were."""

    def __init__(self, phase: str, total: int, progress: Progress) -> None:
        self.phase, self.total, self.progress = phase, total, progress
        self.done = 0

    def __call__(self, rows: pl.Series) -> pl.Series:
        self.done += len(rows)
        self.progress(self.phase, self.done, max(self.total, self.done), "records")
        return rows


def _refuse_cut_off(content: Content, width: int) -> None:
    """Refuse a file whose last line has no end and fewer cells than the header: a download that stopped."""
    with content.path.open("rb") as stream:
        stream.seek(max(content.size - _TAIL, 0))
        tail = stream.read()
    if tail.endswith((b"\n", b"\r")):
        return
    last = tail.rsplit(b"\n", 1)[-1].decode("utf-8-sig", errors="ignore")
    cells = next(csv.reader(io.StringIO(last, newline="")), [])
    if len(cells) < width:
        raise BadInput(
            f"The file is cut off: its last line has {len(cells)} of {width} cells.",
            where=content.name,
            remedy="Download it again.",
        )
