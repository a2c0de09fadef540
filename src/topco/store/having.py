"""Rows of a table that hold one of some values, and where they stand in a table that is at hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    import polars as pl

LOOKED_UP = 1_000
"""Values that are looked up one by one; for more a whole column is gone through."""


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
        import numpy as np

        hashes = column.hash().to_numpy()
        order = np.argsort(hashes, kind="stable")
        self._column, self._hashes, self._places = column, hashes[order], order.astype(np.int32)

    def places(self, values: pl.Series) -> list[int]:
        """The places of some values, ascending."""
        import numpy as np

        hashes = values.hash().to_numpy()
        first, last = (np.searchsorted(self._hashes, hashes, side) for side in ("left", "right"))
        near = sorted({place for start, end in zip(first, last, strict=True) for place in self._at(start, end)})
        wanted = set(values.to_list()) - {None}
        # Two values may have one hash.
        return [
            place for place, value in zip(near, self._column.gather(near).to_list(), strict=True) if value in wanted
        ]

    def _at(self, start: int, end: int) -> list[int]:
        found: list[int] = self._places[start:end].tolist()
        return found
