"""Golden copy CSV to raw columns: chosen by name, streamed, empty cells as null, the record's row kept.

Rows count records, header included, so that a line break inside a quoted cell does not shift them.
"""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import polars as pl

from topco.errors import BadInput
from topco.registries import ragged
from topco.registries.content import Content
from topco.registries.gleif.layout import Group, Layout
from topco.registries.interface import Progress, Raw

FIRST_RECORD = 2
_LAST = "last cell"
_DELETED = "deletion mark"
_DELETION_COLUMN = re.compile(r"(?:^|[.:])Deletion(?:[.:]|$)", re.IGNORECASE)
_FILLED = "not a blank line"
_SURPLUS = "found more fields"
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


def extract(content: Content, layout: Layout, folder: Path, progress: Progress) -> Raw:
    """Stage the columns of a CSV file that matter in a folder, and give the raw rows over them.

    Raises:
        BadInput: the file is cut off or its quoting is broken.
    """
    names = header(content.head)
    if twice := sorted(name for name in set(names) if name and names.count(name) > 1):
        raise BadInput(
            f"The column {twice[0]} stands twice in the header.", where=content.name, remedy="Download it again."
        )
    _refuse_cut_off(content, len(names))
    path = folder / "cells.parquet"
    refused = None
    records = _stage(content, content.path, layout, names, path, progress)
    suspicious = records is None or pl.scan_parquet(path).select(pl.col(_LAST).is_null().any()).collect().item()
    if suspicious and (rows := ragged.find(content.path, content.name, len(names))):
        refused = ragged.as_refused(rows, len(names))
        cut = folder / "cut.csv"
        ragged.cut_out(content.path, content.name, rows, cut)
        records = _stage(content, cut, layout, names, path, progress)
        cut.unlink()
    cells = pl.scan_parquet(path).filter(pl.col(_FILLED))
    deletions = None
    if _deletion_columns(names):
        deleted = pl.col(_DELETED).is_not_null()
        if cells.select(deleted.any()).collect().item():
            deletions = _rows(cells.filter(deleted), layout, names)
            cells = cells.filter(~deleted)
    return Raw(_rows(cells, layout, names), _aside(cells, layout, names), records or 0, refused, deletions=deletions)


def _deletion_columns(names: list[str]) -> list[str]:
    return [name for name in names if _DELETION_COLUMN.search(name)]


def _stage(
    content: Content, source: Path, layout: Layout, names: list[str], target: Path, progress: Progress
) -> int | None:
    """Write the cells that matter, and the last one of each row as `_LAST`; None if a row has a surplus cell."""
    seen = _Counter(f"columns of {content.name}", max(content.lines - 1, 0), progress)
    scan = pl.scan_csv(source, infer_schema=False, row_index_name="row", row_index_offset=FIRST_RECORD)
    groups = [group for group in (layout.each, layout.aside, layout.joined and layout.joined[1]) if group]
    members = dict.fromkeys(column for group in groups for column in _member_columns(group, names))
    staged = scan.select(
        *(_field(field.csv_columns, set(names)).alias(field.name) for field in layout.fields),
        *(cell(column) for column in members),
        pl.col("row").cast(pl.Int64).map_batches(seen, return_dtype=pl.Int64(), is_elementwise=True),
        pl.col(names[-1]).alias(_LAST),
        *([_field(tuple(marks), set(names)).alias(_DELETED)] if (marks := _deletion_columns(names)) else []),
    ).with_columns(pl.any_horizontal(pl.exclude("row", _LAST).is_not_null()).alias(_FILLED))
    try:
        staged.sink_parquet(target, compression="zstd", compression_level=1)
    except (pl.exceptions.ComputeError, pl.exceptions.ColumnNotFoundError) as error:
        if _SURPLUS in str(error):
            return None
        first = str(error).strip().splitlines()[0]
        if isinstance(error, pl.exceptions.ColumnNotFoundError):  # the engine sees another first line
            first = "its lines end in a carriage return alone, or its first line is not its header"
        raise BadInput(
            f"The CSV is malformed: {first}.",
            where=content.name,
            remedy="Look for an unclosed quotation mark or a cut-off end, or download it again.",
        ) from error
    return seen.done


def _field(columns: tuple[str, ...], present: set[str]) -> pl.Expr:
    cells = [cell(column) for column in columns if column in present]
    return pl.coalesce(cells) if cells else pl.lit(None, dtype=pl.String)


def cell(column: str) -> pl.Expr:
    """A cell without the blanks around it; an empty one is missing, whether quoted or not."""
    stripped = pl.col(column).str.strip_chars()
    return pl.when(stripped != "").then(stripped)


def _rows(cells: pl.LazyFrame, layout: Layout, names: list[str]) -> pl.LazyFrame:
    columns = layout.schema.names()
    if layout.joined:
        texts = [pl.col(column) for column in _member_columns(layout.joined[1], names)]
        joined = pl.concat_str(texts, separator="; ", ignore_nulls=True) if texts else pl.lit("")
        cells = cells.with_columns(pl.when(joined != "").then(joined).alias(layout.joined[0]))
    if layout.each is None:
        return cells.select(columns)
    members = [_parts(layout.each, stem, set(names)) for stem in _stems(layout.each, names)]
    counts = [_counts(layout.each, parts) for parts in members]
    nothing = {part.name: pl.lit(None, dtype=pl.String) for part in layout.each.parts}
    alone = ~pl.any_horizontal(counts) if counts else pl.lit(True)
    return pl.concat(
        [
            *(cells.filter(count).with_columns(**parts) for count, parts in zip(counts, members, strict=True)),
            cells.filter(alone).with_columns(**nothing),
        ]
    ).select(columns)


def _aside(cells: pl.LazyFrame, layout: Layout, names: list[str]) -> pl.LazyFrame | None:
    if layout.aside is None:
        return None
    members = [_parts(layout.aside, stem, set(names)) for stem in _stems(layout.aside, names)]
    counts = [_counts(layout.aside, parts) for parts in members]
    frames = [
        cells.filter(count).with_columns(
            **parts, number=pl.sum_horizontal(counts[: place + 1], ignore_nulls=True).cast(pl.Int64)
        )
        for place, (count, parts) in enumerate(zip(counts, members, strict=True))
    ]
    if not frames:
        return pl.LazyFrame(schema=layout.aside_schema)
    return pl.concat([frame.select(layout.aside_schema.names()) for frame in frames])


def _parts(group: Group, stem: str, present: set[str]) -> dict[str, pl.Expr]:
    return {
        part.name: pl.col(stem + part.ending) if stem + part.ending in present else pl.lit(None, dtype=pl.String)
        for part in group.parts
    }


def _counts(group: Group, parts: dict[str, pl.Expr]) -> pl.Expr:
    name, wanted = group.deciding
    return parts[name].is_not_null() if wanted is None else (parts[name] == wanted).fill_null(False)


def _member_columns(group: Group, names: list[str]) -> list[str]:
    present = set(names)
    columns = [stem + part.ending for stem in _stems(group, names) for part in group.parts]
    return [column for column in columns if column in present]


def _stems(group: Group, names: list[str]) -> list[str]:
    """The beginnings of the columns of each member, in the order of their numbers."""
    stems = []
    for beginning in group.columns:
        pattern = re.compile(re.escape(beginning) + r"\.(\d+)" + re.escape(group.parts[0].ending))
        numbers = sorted(int(match[1]) for name in names if (match := pattern.fullmatch(name)))
        stems += [f"{beginning}.{number}" for number in numbers]
    return stems


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
