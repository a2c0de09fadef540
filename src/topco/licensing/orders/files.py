"""Files of orders as columns of text: CSV, JSON lines or Parquet.

Every cell is text, as a CSV would have it: numbers in digits, truth values `true` and `false`, dates ISO, several
values joined by `;`, what is missing or null empty. Rows of a CSV count as a spreadsheet does (the header is row 1),
of JSON lines as the lines of the file, of Parquet like the rows of the same table as CSV.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from topco.errors import BadInput

if TYPE_CHECKING:
    from numpy.typing import NDArray

CSV, JSON_LINES, PARQUET = "csv", "json", "parquet"
_PARQUET_MAGIC = b"PAR1"
_BLOCK = 1 << 24
_QUOTE, _COMMA, _LINE, _RETURN = (ord(sign) for sign in '",\n\r')


@dataclass(frozen=True)
class OrderTable:
    """The rows of an order file: `cells` are columns of text, `numbers` the rows' numbers in the file.

    `broken` says of rows that are none, by their place, why; they stand in `cells` as far as they can be read.
    """

    columns: list[str]
    cells: pl.DataFrame
    numbers: NDArray[np.int64]
    broken: dict[int, str] = field(default_factory=dict)


def read_table(content: bytes, where: str, name: str = "") -> OrderTable:
    """The rows of a file; its form is told by how it begins, else by its name.

    Raises:
        BadInput: it is neither, or cannot be read as what it is.
    """
    form = form_of(content, name)
    if form == PARQUET:
        return _of_parquet(content, where)
    text = content.removeprefix(b"\xef\xbb\xbf")
    try:
        text.decode("utf-8")
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        raise BadInput(
            f"The file is not UTF-8 (line {line}).", where=where, remedy="Save it as UTF-8; in Excel as “CSV UTF-8”."
        ) from error
    if form == JSON_LINES:
        return _of_json_lines(text, where)
    try:
        return _of_csv(text, where)
    except csv.Error as error:  # a cell that is longer than the reader takes
        raise BadInput(f"This is no CSV file: {error}.", where=where) from error


def form_of(content: bytes, name: str = "") -> str:
    """What a file is by how it begins, else by its name: `csv`, `json` (lines) or `parquet`.

    >>> form_of(b'{"order_id": 1}'), form_of(b"PAR1"), form_of(b"order_id"), form_of(b"", "a.jsonl")
    ('json', 'parquet', 'csv', 'json')
    """
    if content.startswith(_PARQUET_MAGIC):
        return PARQUET
    begins = content[:_BLOCK].removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    lines = begins == b"{" or Path(name).suffix.lower() in (".jsonl", ".ndjson", ".json")
    return JSON_LINES if lines else CSV


def _of_parquet(content: bytes, where: str) -> OrderTable:
    try:
        frame = pl.read_parquet(io.BytesIO(content))
    except pl.exceptions.PolarsError as error:
        raise BadInput(f"This is no Parquet file: {str(error).splitlines()[0]}.", where=where) from error
    nested = [name for name, kind in frame.schema.items() if isinstance(kind, pl.Struct | pl.Binary | pl.Object)]
    if nested:
        raise BadInput(
            f"The column {nested[0]!r} holds no text, number, date or list.",
            where=where,
            remedy="Write each fact as a column `section.key`.",
        )
    cells = frame.select(_as_text(name, kind) for name, kind in frame.schema.items())
    return OrderTable(frame.columns, cells, np.arange(2, len(frame) + 2))


def _as_text(name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(kind, pl.List | pl.Array):
        joined = column.cast(pl.List(pl.String)).list.join(";", ignore_nulls=True)
        return joined.fill_null("").alias(name)
    if isinstance(kind, pl.Datetime):
        # A day without a time is a date; a time stays, and is refused where a date is wanted.
        midnight = column.dt.time() == pl.time(0, 0)
        return pl.when(midnight).then(column.dt.date().cast(pl.String)).otherwise(column.cast(pl.String)).fill_null("")
    return column.cast(pl.String).fill_null("").alias(name)


def _of_json_lines(text: bytes, where: str) -> OrderTable:
    rows: list[dict[str, str]] = []
    numbers: list[int] = []
    broken: dict[int, str] = {}
    columns: dict[str, None] = {}
    for number, line in enumerate(text.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            row = {name: _json_text(name, value) for name, value in _json_object(line).items()}
        except _NoRow as error:
            broken[len(rows)] = str(error)
            row = {}
        rows.append(row)
        numbers.append(number)
        columns |= dict.fromkeys(row)
    names = list(columns)
    cells = pl.DataFrame(
        {name: [row.get(name, "") for row in rows] for name in names}, schema=dict.fromkeys(names, pl.String)
    )
    if rows and not names:
        raise BadInput(
            f"This is no file of JSON lines: {broken.get(0, 'no key')}.", where=f"{where}, line {numbers[0]}"
        )
    return OrderTable(names, cells, np.array(numbers, np.int64), broken)


class _NoRow(ValueError):
    """A line that is no row, and why."""


def _json_object(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line, parse_float=Decimal, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise _NoRow(f"the line is not JSON: {error.msg}") from error
    except _NoRow:
        raise
    except (RecursionError, ValueError) as error:  # nested without end, half a letter, a number of thousands of digits
        raise _NoRow("the line cannot be read as JSON") from error
    if not isinstance(found, dict):
        raise _NoRow("the line is no JSON object")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _NoRow("the line has a key twice")
    return found


def _json_text(name: str, value: Any) -> str:
    if isinstance(value, str):
        if not value.isascii() and any("\ud800" <= sign <= "\udfff" for sign in value):
            raise _NoRow(f"{name} has half of a letter that is written as two codes")
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ";".join(_json_text(name, one) for one in value if one is not None)
    if isinstance(value, dict):
        raise _NoRow(f"{name} is an object; write each fact as a key `section.key`")
    return str(value)


def _of_csv(text: bytes, where: str) -> OrderTable:
    """The rows of a CSV: those with as many cells as the header in columns at once, the others one by one."""
    shape = _shape(text)
    if shape is None:
        return _row_by_row(text, where)
    ends, cells = shape
    starts = np.concatenate([[0], ends[:-1]])
    begin, end = int(starts[0]) if len(starts) else 0, int(ends[0]) if len(ends) else 0
    columns = next(csv.reader(io.StringIO(text[begin:end].decode(), newline=""), strict=True), [])
    if not columns:
        return OrderTable([], pl.DataFrame(), np.zeros(0, np.int64))
    if len(set(columns)) < len(columns):
        return _row_by_row(text, where)
    starts, ends, cells = starts[1:], ends[1:], cells[1:]
    numbers = np.arange(2, len(starts) + 2)
    blank = (ends - starts <= 2) & (cells == 1) & _is_blank(text, starts, ends)
    starts, ends, cells, numbers = (part[~blank] for part in (starts, ends, cells, numbers))
    whole = cells == len(columns)
    body = (
        text[int(starts[0]) : int(ends[-1])]
        if len(starts) and whole.all() and not blank.any()
        else b"".join(
            text[one:other] if text[other - 1 : other] == b"\n" else text[one:other] + b"\n"
            for one, other in zip(starts[whole].tolist(), ends[whole].tolist(), strict=True)
        )
    )
    frame = _columns(body, columns)
    if len(frame) != int(whole.sum()):
        return _row_by_row(text, where)
    if whole.all():
        return OrderTable(columns, frame, numbers)
    broken, odd = {}, []
    for place in np.flatnonzero(~whole).tolist():
        line = text[int(starts[place]) : int(ends[place])].decode()
        found = next(csv.reader(io.StringIO(line, newline=""), strict=True))
        broken[place] = _wrong_length(found, columns)
        odd.append(dict(zip(columns, found + [""] * len(columns), strict=False)))
    where_from = np.empty(len(whole), np.int64)
    where_from[whole] = np.arange(int(whole.sum()))
    where_from[~whole] = int(whole.sum()) + np.arange(len(odd))
    every = pl.concat([frame, pl.DataFrame(odd, schema=dict.fromkeys(columns, pl.String))])
    return OrderTable(columns, every[pl.Series(where_from)], numbers, broken)


def _wrong_length(cells: list[str], columns: list[str]) -> str:
    return f"the row has {len(cells)} cells, the header {len(columns)}"


def _columns(body: bytes, columns: list[str]) -> pl.DataFrame:
    if not body:
        return pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
    names = [str(place) for place in range(len(columns))]
    frame = pl.read_csv(
        body, has_header=False, new_columns=names, schema=dict.fromkeys(names, pl.String), empty_string_is_null=False
    )
    frame = frame.with_columns(pl.all().fill_null(""))
    frame.columns = columns
    return frame


def _is_blank(text: bytes, starts: NDArray[Any], ends: NDArray[Any]) -> NDArray[np.bool_]:
    data = np.frombuffer(text, np.uint8)
    first = data[np.minimum(starts, len(data) - 1)]
    found: NDArray[np.bool_] = (first == _LINE) | (first == _RETURN)
    return found


def _shape(text: bytes) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """Where each record ends and how many cells it has; None unless quotation marks and line ends are regular."""
    data = np.frombuffer(text, np.uint8)
    ends: list[NDArray[np.int64]] = []
    counts: list[NDArray[np.int64]] = []
    inside, commas = 0, 0
    for begin in range(0, len(data), _BLOCK):
        block = data[begin : begin + _BLOCK]
        is_line, is_comma, is_quote = block == _LINE, block == _COMMA, block == _QUOTE
        quoted = bool(inside or is_quote.any())
        if quoted:
            depth = (np.cumsum(is_quote, dtype=np.uint8) + np.uint8(inside)) & np.uint8(1)
            if not _regular(data, begin, np.flatnonzero(is_quote), depth):
                return None
            inside = int(depth[-1])
            outside = depth == 0
            is_line &= outside
            is_comma &= outside
        is_return = block == _RETURN
        if quoted:
            is_return &= outside
        returns = np.flatnonzero(is_return)
        after = returns + begin + 1
        if len(after) and not ((after < len(data)) & (data[np.minimum(after, len(data) - 1)] == _LINE)).all():
            return None
        lines = np.flatnonzero(is_line)
        places = np.flatnonzero(is_comma)
        counts.append(commas + np.searchsorted(places, lines))
        ends.append(lines + begin + 1)
        commas += len(places)
    if inside:
        return None
    last = np.concatenate(ends) if ends else np.zeros(0, np.int64)
    so_far = np.concatenate(counts) if counts else np.zeros(0, np.int64)
    if len(data) and (not len(last) or last[-1] < len(data)):
        last, so_far = np.append(last, len(data)), np.append(so_far, commas)
    return last.astype(np.int64), np.diff(so_far, prepend=0) + 1


def _regular(data: NDArray[np.uint8], begin: int, quotes: NDArray[Any], depth: NDArray[Any]) -> bool:
    """Whether each quotation mark opens a cell, closes one, or stands doubled inside one."""
    opens = depth[quotes] == 1
    places = quotes + begin
    before = data[np.maximum(places[opens] - 1, 0)]
    good = (before == _COMMA) | (before == _LINE) | (before == _QUOTE) | (places[opens] == 0)
    after = data[np.minimum(places[~opens] + 1, len(data) - 1)]
    closing = (after == _COMMA) | (after == _LINE) | (after == _RETURN) | (after == _QUOTE)
    closing |= places[~opens] == len(data) - 1
    return bool(good.all() and closing.all())


def _row_by_row(text: bytes, where: str) -> OrderTable:
    """The rows as the strict reader of the standard library sees them."""
    reader = csv.reader(io.StringIO(text.decode(), newline=""), strict=True)
    rows: list[list[str]] = []
    numbers: list[int] = []
    broken: dict[int, str] = {}
    try:
        columns = next(reader, [])
        for number, cells in _numbered(reader):
            if len(cells) != len(columns):
                broken[len(rows)] = _wrong_length(cells, columns)
                cells = [*cells, *[""] * len(columns)][: len(columns)]
            rows.append(cells)
            numbers.append(number)
    except csv.Error as error:
        raise BadInput(f"This is no CSV file: {error}.", where=f"{where}, line {reader.line_num}") from error
    by_place = dict(enumerate(zip(*rows, strict=True))) if rows else {}
    names = [str(place) for place in range(len(columns))]
    frame = pl.DataFrame(
        {name: list(by_place.get(place, ())) for place, name in enumerate(names)},
        schema=dict.fromkeys(names, pl.String),
    )
    if len(set(columns)) == len(columns):
        frame.columns = columns
    return OrderTable(columns, frame, np.array(numbers, np.int64), broken)


def _numbered(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    return ((number, cells) for number, cells in enumerate(reader, 2) if cells)
