"""Answers as CSV: what a cell holds, rows under a header, and cells that no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TextIO

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


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

    >>> harmless("=cmd|' /C calc'!A0"), harmless("-1.5"), harmless("-1+1"), harmless("A+B")
    ("'=cmd|' /C calc'!A0", '-1.5', "'-1+1", 'A+B')
    """
    return f"'{text}" if text.startswith(_STARTS_A_FORMULA) and not _NUMBER.fullmatch(text) else text
