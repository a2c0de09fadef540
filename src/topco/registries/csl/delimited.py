"""Delimited text as rows of cells by column name, whatever the number of cells in a row."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import takewhile

from topco.errors import BadInput
from topco.registries.content import Content
from topco.registries.staged import Sink

HEADER_ROW = 1
RAGGED = "a row has another number of cells than the header: what it has is read from the left"


def header(content: Content, delimiter: str) -> list[str]:
    """The names of the columns, without blanks around them; none if the first line is no header."""
    line = content.head.decode("utf-8-sig", errors="ignore").lstrip("\r\n").partition("\n")[0]
    try:
        return [name.strip() for name in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        return []


def rows(content: Content, delimiter: str, sink: Sink) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows with their positions as a spreadsheet counts; rows without any text are left out.

    A row with cells too few or too many is kept with a warning: an entry of a list is never dropped for its form.

    Raises:
        BadInput: a cell is longer than any list's, the quotes do not close, or the last row is cut off.
    """
    whole = _ends_with_a_line(content)
    with content.path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream, delimiter=delimiter, strict=True)
        names: list[str] = []
        number = HEADER_ROW
        try:
            for number, cells in enumerate(reader, start=HEADER_ROW):
                if number == HEADER_ROW:
                    names = [name.strip() for name in cells]
                    if twice := sorted(name for name in set(names) if name and names.count(name) > 1):
                        raise BadInput(
                            f"The column {twice[0]} stands twice in the header.",
                            where=content.name,
                            remedy="Keep one of the two.",
                        )
                elif any(cell.strip() for cell in cells):
                    # Agencies' files may end without a line end and without the cells of nameless columns.
                    needed = len(names) - sum(1 for _ in takewhile(lambda name: not name, reversed(names)))
                    if len(cells) < needed and not whole and reader.line_num >= content.lines:
                        raise BadInput(
                            f"The file is cut off: its last line has {len(cells)} of {len(names)} cells.",
                            where=content.name,
                            remedy="Download it again.",
                        )
                    if len(cells) != len(names):
                        sink.warn(RAGGED, number, f"{len(cells)} cells, and the header {len(names)}")
                    yield number, {name: cell.strip() for name, cell in zip(names, cells, strict=False) if name}
        except csv.Error as error:
            raise BadInput(
                f"The table cannot be read in or after row {number}: {error}.",
                where=content.name,
                remedy="Check the quotes there, or download it again.",
            ) from error


def _ends_with_a_line(content: Content) -> bool:
    with content.path.open("rb") as stream:
        stream.seek(content.size - 1)
        return stream.read() in (b"\n", b"\r")
