"""Answers as CSV: what a cell holds, rows under a header, and cells that no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    import polars as pl

# Where the machine's list separator is a semicolon, a spreadsheet cuts a cell in two there; wide letters count as well.
_SUSPECT = r"(?:^|[;\t\r\n])[\s'\"]*[=+\-@＝＋－＠]|^[\t\r\n]"
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_FORMULA = re.compile(rf"(^|[;\t\r\n])(?=[\s\"]*[=+\-@＝＋－＠])(?!\s*{_NUMBER}\s*(?:$|[;\t\r\n]))")


def write_csv(stream: TextIO, columns: Sequence[str], rows: Iterable[Mapping[str, Any]], *, safe: bool = False) -> None:
    """CSV with a header; a cell with several values is sorted and joined by `;`, missing is empty.

    Args:
        safe: write cells as `harmless` has them: for files that a browser saves and a spreadsheet opens.
    """
    writer = csv.DictWriter(stream, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for row in rows:
        cells = {column: cell(row.get(column)) for column in columns}
        writer.writerow({column: harmless(text) for column, text in cells.items()} if safe else cells)


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, Any]], *, safe: bool = False) -> str:
    """The CSV as one string.

    >>> csv_text(["id", "parents"], [{"id": "x", "parents": ["b", "a"]}])
    'id,parents\\nx,a;b\\n'
    """
    stream = io.StringIO()
    write_csv(stream, columns, rows, safe=safe)
    return stream.getvalue()


def cell(value: Any) -> str:
    """One CSV or table cell.

    >>> cell(["b", "a"]), cell(None), cell(3), cell(True)
    ('a;b', '', '3', 'true')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple | set | frozenset):
        return ";".join(sorted(cell(part) for part in value))
    return str(value)


def harmless(text: str) -> str:
    """A cell that a spreadsheet shows and does not compute: what would begin a formula gets an apostrophe before it.

    Numbers stay numbers.

    >>> harmless("=cmd|' /C calc'!A0"), harmless("-1.5"), harmless("-1+1"), harmless("A+B"), harmless("B;=1+1")
    ("'=cmd|' /C calc'!A0", '-1.5', "'-1+1", 'A+B', "B;'=1+1")
    """
    found = _FORMULA.sub(r"\1'", text)
    return f"'{found}" if found.startswith(("\t", "\r", "\n")) else found


def harmless_frame(frame: pl.DataFrame) -> pl.DataFrame:
    """A table whose cells of text and whose headings are harmless."""
    import polars as pl

    changed = []
    for name, kind in frame.schema.items():
        suspects = frame[name].filter(frame[name].str.contains(_SUSPECT)).unique() if kind == pl.String else ()
        if len(suspects):
            new = {text: harmless(text) for text in suspects}
            changed.append(frame[name].replace(list(new), list(new.values())))
    return frame.with_columns(changed).rename(_headings(frame.columns))


def _headings(columns: Sequence[str]) -> dict[str, str]:
    """A harmless heading for each column, no two alike."""
    new: dict[str, str] = {}
    for name in columns:
        heading = harmless(name)
        while heading != name and (heading in columns or heading in new.values()):
            heading = f"'{heading}"
        new[name] = heading
    return new
