"""What changed since an earlier run: the rows whose answer is another, with the old values beside the new ones.

Rows are matched by their order and, where an order has several, by their position among its rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from topco.errors import BadInput
from topco.licensing.orders.answer_columns import COLUMNS

if TYPE_CHECKING:
    from topco.licensing.orders.files import OrderTable

ORDER, CHANGE = "order_id", "change"
CHANGED, NEW, GONE = "changed", "new", "gone"
WATCHED = tuple(name for name in COLUMNS if name not in ("reason", "determination_id"))
"""What counts as a change: codes and parties. Sentences and identifiers change with every load."""
WAS = {name: f"was_{name}" for name in WATCHED}
_PLACE = "place among the rows of its order"


@dataclass(frozen=True)
class Watch:
    """An earlier result and the orders of now."""

    earlier: OrderTable
    orders: pl.Series
    where: str

    def __post_init__(self) -> None:
        missing = [name for name in (ORDER, *WATCHED) if name not in self.earlier.columns]
        if missing:
            raise BadInput(
                f"The earlier result lacks the column {missing[0]}.",
                where=self.where,
                remedy="Name a file that `topco screen` has written.",
            )

    @cached_property
    def _before(self) -> pl.DataFrame:
        cells = self.earlier.cells.select(ORDER, *(pl.col(name).alias(was) for name, was in WAS.items()))
        return _placed(cells)

    @cached_property
    def _now(self) -> pl.DataFrame:
        return _placed(pl.DataFrame({ORDER: self.orders}))

    def changed(self, rows: pl.DataFrame, start: int) -> pl.DataFrame:
        """Those of some rows, which begin at a place, that are new or whose answer is another."""
        place = self._now.slice(start, len(rows))[_PLACE]
        joined = rows.with_columns(place).join(
            self._before.with_columns(known=pl.lit(value=True)), on=[ORDER, _PLACE], how="left", maintain_order="left"
        )
        differs = pl.any_horizontal(
            pl.col(name).fill_null("") != pl.col(was).fill_null("") for name, was in WAS.items()
        )
        new = pl.col("known").is_null()
        change = pl.when(new).then(pl.lit(NEW)).otherwise(pl.lit(CHANGED)).alias(CHANGE)
        return joined.filter(new | differs).select(*rows.columns, change, *WAS.values())

    def gone(self, columns: list[str]) -> pl.DataFrame:
        """The rows of the earlier result that are no longer asked about, in the columns of an output."""
        left = self._before.join(self._now, on=[ORDER, _PLACE], how="anti", maintain_order="left")
        left = left.with_columns(pl.lit(GONE).alias(CHANGE))
        nothing = pl.lit(None, dtype=pl.String)
        return left.select(pl.col(name) if name in left.columns else nothing.alias(name) for name in columns)


def _placed(rows: pl.DataFrame) -> pl.DataFrame:
    named = rows.with_columns(pl.col(ORDER).str.strip_chars())
    return named.with_columns(pl.int_range(pl.len()).over(ORDER).alias(_PLACE))
