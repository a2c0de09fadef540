"""The rows of a screening in the form that is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

import polars as pl

from topco.licensing.orders.answer_columns import COLUMNS, SEVERAL
from topco.licensing.orders.files import CSV, JSON_LINES
from topco.licensing.orders.parts import header, write_rows
from topco.licensing.orders.watch import CHANGE, WAS

if TYPE_CHECKING:
    from topco.licensing.orders.watch import Watch

SHOWN = ("order_id", "destination", "consignee", *COLUMNS[:6])
"""The columns of a table for people."""


@dataclass(frozen=True)
class Writer:
    """Writes frames whose cells are texts; in JSON cells of several values are lists."""

    form: str
    answered: list[str]
    watch: Watch | None = None

    @property
    def columns(self) -> list[str]:
        return [*self.answered, *((CHANGE, *WAS.values()) if self.watch else ())]

    def head(self) -> bytes:
        return header(self.columns, self.form)

    def shaped(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows as the form wants their cells."""
        if self.form != JSON_LINES:
            return frame
        lists = [*SEVERAL, *(WAS[name] for name in SEVERAL if self.watch)]
        return frame.with_columns(_listed(name) for name in lists if name in frame.columns)

    def write(self, stream: TextIO, frame: pl.DataFrame, *, first: bool, last: bool) -> None:
        """Some rows, on a stream that others follow."""
        if self.form in (CSV, JSON_LINES):
            stream.flush()
            if first:
                stream.buffer.write(self.head())
            write_rows(stream.buffer, self.shaped(frame), self.form)
            stream.buffer.flush()
        else:
            from rich.console import Console
            from rich.table import Table

            shown = [name for name in (*SHOWN, *((CHANGE,) if self.watch else ())) if name in frame.columns]
            table = Table(show_edge=False, header_style="bold", show_header=first)
            for name in shown:
                table.add_column(name.replace("_", " "), overflow="fold")
            for row in frame.select(shown).fill_null("").iter_rows():
                table.add_row(*row)
            width = None if stream.isatty() else 200
            Console(file=stream, width=width, highlight=False, markup=False, emoji=False).print(table)


def _listed(name: str) -> pl.Expr:
    cell = pl.col(name)
    nothing = pl.lit([], dtype=pl.List(pl.String))
    return pl.when(cell == "").then(nothing).otherwise(cell.str.split(";")).alias(name)
