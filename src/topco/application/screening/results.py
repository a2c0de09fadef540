"""The rows of a finished run: filtered, sorted, a page at a time, or as a stream in any form."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from topco.errors import BadInput

if TYPE_CHECKING:
    import polars as pl

PORTION = 20_000
"""How many rows of the result are in memory at once while it is written."""
_EXACT = ("status", "review_policy", "licence_required", "destination")
_AS_NUMBERS = ("quantity_tpp",)


@dataclass(frozen=True)
class Wanted:
    """Which rows; None and empty ask for nothing.

    Attributes:
        status, review_policy, licence_required, destination: what stands in that column.
        exception: one of the values of `exceptions`, as `AIA=available`.
        text: a part of any cell, upper case or not.
    """

    status: str | None = None
    review_policy: str | None = None
    licence_required: str | None = None
    destination: str | None = None
    exception: str | None = None
    text: str | None = None

    @property
    def everything(self) -> bool:
        """Whether nothing is filtered."""
        return not any((*(getattr(self, name) for name in _EXACT), self.exception, self.text))

    def condition(self, columns: list[str]) -> pl.Expr:
        """The same as a condition on a table with these columns."""
        import polars as pl

        found = [pl.lit(value=True)]
        found += [
            pl.col(name).fill_null("") == getattr(self, name)
            for name in _EXACT
            if getattr(self, name) and name in columns
        ]
        if self.exception:
            found.append(pl.col("exceptions").fill_null("").str.split(";").list.contains(self.exception))
        if self.text:
            sought = self.text.strip().lower()
            cells = [pl.col(name).str.to_lowercase().str.contains(sought, literal=True) for name in columns]
            found.append(pl.any_horizontal(*(cell.fill_null(value=False) for cell in cells)))
        return pl.all_horizontal(*found)


@dataclass(frozen=True)
class Results:
    """The Parquet that a run has written."""

    path: Path

    @cached_property
    def columns(self) -> list[str]:
        """Its columns."""
        return list(self._rows.collect_schema())

    @cached_property
    def number(self) -> str:
        """The name of the numbers of rows in a page: `row`, unless the orders have such a column."""
        name = "row"
        while name in self.columns:
            name += "_"
        return name

    @property
    def _rows(self) -> pl.LazyFrame:
        import polars as pl

        return pl.scan_parquet(self.path)

    @cached_property
    def total(self) -> int:
        """How many rows it has."""
        import polars as pl

        return int(self._rows.select(pl.len()).collect().item())

    def page(self, wanted: Wanted, first: int, most: int, sort: str | None = None) -> tuple[list[dict[str, Any]], int]:
        """Some rows, and how many there are of the kind; the number of a row counts as a spreadsheet does.

        Args:
            sort: a column, with `-` before it the other way round; by default the order of the file.

        Raises:
            BadInput: there is no such column.
        """
        import polars as pl

        rows = self._rows.with_row_index(self.number, offset=2).filter(wanted.condition(self.columns))
        if sort:
            keys = self._key(sort.removeprefix("-")), pl.col(self.number)
            rows = rows.sort(*keys, descending=[sort.startswith("-"), False], nulls_last=True)
        found, count = pl.collect_all([rows.slice(first, most), rows.select(pl.len())])
        return found.to_dicts(), int(count.item())

    def _key(self, name: str) -> pl.Expr:
        import polars as pl

        from topco.reports.words import strictness

        if name == self.number:
            return pl.col(name)
        if name not in self.columns:
            raise BadInput(f"The result has no column {name}.", remedy=f"Sort by one of {', '.join(self.columns)}.")
        if name in _AS_NUMBERS:
            return pl.col(name).cast(pl.Float64, strict=False)
        if name == "review_policy":
            return pl.col(name).replace_strict(strictness(), default=None, return_dtype=pl.Int64)
        return pl.when(pl.col(name) != "").then(pl.col(name))

    def quantities(self, orders: Sequence[str]) -> dict[str, str | None]:
        """The whole quantity of those of these orders that have several rows; None if that of a row is unknown."""
        import polars as pl

        if "quantity_tpp" not in self.columns:
            return {}
        mine = self._rows.select(pl.col("order_id").str.strip_chars(), pl.col("quantity_tpp").fill_null(""))
        wanted = [one.strip() for one in orders if one.strip()]
        by = mine.filter(pl.col("order_id").is_in(wanted)).group_by("order_id").agg("quantity_tpp").collect()
        return {order: _total(cells) for order, cells in by.iter_rows() if len(cells) > 1}

    def portions(self, wanted: Wanted) -> Iterator[pl.DataFrame]:
        """The rows, some at a time, in the order of the file."""
        for start in range(0, max(self.total, 1), PORTION):
            yield self._rows.slice(start, PORTION).filter(wanted.condition(self.columns)).collect()

    def written(self, form: str, wanted: Wanted, *, safe: bool = False) -> Iterator[bytes]:
        """The rows as CSV or JSON lines, with the bytes of `topco screen`.

        Args:
            safe: as CSV for a spreadsheet: no cell is taken for a formula, and each stands in quotation marks.
        """
        from topco.application.tables import harmless_frame
        from topco.licensing.orders.parts import write_rows
        from topco.licensing.orders.writing import Writer

        writer, quoted = Writer(form, self.columns), safe and form == "csv"
        if not quoted:
            yield writer.head()
        for number, portion in enumerate(self.portions(wanted)):
            stream = io.BytesIO()
            if quoted:
                harmless_frame(portion).write_csv(stream, include_header=number == 0, quote_style="always")
            else:
                write_rows(stream, writer.shaped(portion), form)
            yield stream.getvalue()

    def parquet(self, wanted: Wanted) -> bytes:
        """The rows as Parquet."""
        from topco.licensing.orders.parts import write_rows

        stream = io.BytesIO()
        write_rows(stream, self._rows.filter(wanted.condition(self.columns)).collect(), "parquet")
        return stream.getvalue()


def _total(cells: Sequence[str]) -> str | None:
    """A sum of exact numbers; None if one of them is none."""
    try:
        numbers = [Decimal(cell.strip()) for cell in cells]
    except InvalidOperation:
        return None
    return str(sum(numbers)) if all(one.is_finite() for one in numbers) else None
