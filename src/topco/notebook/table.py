"""Rows that a notebook shows as a table, and that become a polars frame."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from topco.errors import BadInput
from topco.notebook.picture import Picture

if TYPE_CHECKING:
    import polars as pl

Row = Mapping[str, Any]
SHOWN = 25
"""Rows that a notebook shows; `polars()` has all of them."""


class Table(Sequence[Row]):
    """An answer of several rows, in order.

    >>> table = Table([{"id": "X:a", "share": "62.5"}, {"id": "X:b", "share": None}], title="Owners")
    >>> len(table), table.columns, table[0]["share"], [row["id"] for row in table]
    (2, ('id', 'share'), '62.5', ['X:a', 'X:b'])
    >>> table.polars().height
    2

    Args:
        rows: a mapping each.
        columns: in this order; by default as the rows have them.
        title: what it is a table of.
    """

    def __init__(self, rows: Iterable[Row], columns: Sequence[str] | None = None, title: str = "") -> None:
        self._rows = list(rows)
        self.columns = tuple(columns or dict.fromkeys(name for row in self._rows for name in row))
        self.title = title

    @classmethod
    def of_frame(cls, frame: pl.DataFrame, title: str = "") -> Table:
        """The rows of a polars frame."""
        made = cls((), frame.columns, title)
        made._rows = list(frame.iter_rows(named=True))
        return made

    def polars(self) -> pl.DataFrame:
        """The same as a polars frame; lists and objects in cells become text joined by `;`, as in CSV."""
        import polars as pl

        cells = {column: [_cell(row.get(column)) for row in self._rows] for column in self.columns}
        return pl.DataFrame(cells, strict=False)

    def counted(self, column: str) -> Table:
        """How often each value of a column occurs, the most frequent first.

        Raises:
            BadInput: there is no such column.
        """
        if column not in self.columns:
            raise BadInput(f"There is no column {column}.", remedy=f"There are {', '.join(self.columns)}.")
        counts: dict[str, int] = {}
        for row in self._rows:
            value = _cell(row.get(column))
            word = "not known" if value in (None, "") else str(value)
            counts[word] = counts.get(word, 0) + 1
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return Table(({column: word, "count": count} for word, count in ordered), (column, "count"))

    def chart(self, column: str) -> Picture:
        """The counts of a column as bars; needs the optional package `topco[report]`.

        Raises:
            BadInput: there is no such column, nothing to draw, or nothing to draw with.
        """
        from topco.reports.plots import bars, can_draw

        counted = self.counted(column)
        if not can_draw():
            raise BadInput("There is nothing to draw with.", remedy="Install topco[report], or use counted().")
        title = f"{self.title or 'Rows'} by {column.replace('_', ' ')}"
        drawn = bars(title, [(str(row[column]), int(row["count"])) for row in counted])
        if not drawn:
            raise BadInput("There is no row to draw.")
        return Picture(drawn, title)

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def __getitem__(self, place: Any) -> Any:
        found = self._rows[place]
        return Table(found, self.columns, self.title) if isinstance(place, slice) else found

    def __repr__(self) -> str:
        name = f"{self.title}: " if self.title else ""
        return f"<{name}{len(self):,} rows of {', '.join(self.columns)}>"

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col">{escape(column)}</th>' for column in self.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(_shown(row.get(column)))}</td>" for column in self.columns) + "</tr>"
            for row in self._rows[:SHOWN]
        )
        left = len(self) - SHOWN
        more = f"<p>and {left:,} more rows</p>" if left > 0 else ""
        caption = f"<caption>{escape(self.title)}</caption>" if self.title else ""
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def _cell(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return ";".join(sorted(_text(one) for one in value))
    return _text(value) if isinstance(value, dict) else value


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("id") or ", ".join(f"{name}: {one}" for name, one in value.items() if one is not None))
    return str(value)


def _shown(value: Any) -> str:
    cell = _cell(value)
    return "" if cell is None else str(cell)
