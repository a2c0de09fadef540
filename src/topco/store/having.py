"""Rows of a table that hold one of some values, and where they stand in a table that is at hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    import polars as pl


@dataclass(frozen=True)
class Having:
    """Rows in which one of these columns of text holds one of these values; a value that is null means no row."""

    columns: tuple[str, ...]
    values: pl.Series

    def of(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """Those of some rows; a column that they lack holds nothing."""
        import polars as pl

        there = self.those_in(rows.collect_schema().names())
        if not there:
            return rows.clear()
        wanted = self.values.drop_nulls().implode()
        return rows.filter(pl.any_horizontal(pl.col(column).is_in(wanted) for column in there))

    def those_in(self, columns: Collection[str]) -> list[str]:
        """The columns that there are."""
        return [column for column in self.columns if column in columns]


class RowIndex:
    """Where each value of a column of text stands.

    >>> import polars as pl
    >>> RowIndex(pl.Series(["b", None, "a", "b"])).places(pl.Series(["b", "c"]))
    [0, 3]
    """

    def __init__(self, column: pl.Series) -> None:
        import polars as pl

        known = pl.DataFrame({"value": column}).with_row_index("place").drop_nulls("value").sort("value")
        self._values, self._places = known["value"].rechunk(), known["place"]

    def places(self, values: pl.Series) -> list[int]:
        """The places of some values, ascending."""
        wanted = values.drop_nulls().unique()
        first = self._values.search_sorted(wanted, "left")
        last = self._values.search_sorted(wanted, "right")
        found: list[int] = []
        for start, end in zip(first, last, strict=True):
            if end > start:
                found += self._places[start:end].to_list()
        return sorted(found)
