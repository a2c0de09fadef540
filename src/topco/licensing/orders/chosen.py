"""Chosen rows of a screening as cases: for whole determinations with proofs, and for records."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from topco.errors import BadInput
from topco.licensing.cases.case import Case
from topco.licensing.orders.bulk import BulkScreening


def order_ids(text: str) -> frozenset[str]:
    """The orders that an option names: a list with commas, or `@FILE` with one on each line.

    Raises:
        BadInput: the file cannot be read.

    >>> sorted(order_ids("a, b"))
    ['a', 'b']
    """
    parts = text.split(",")
    if text.startswith("@"):
        path = Path(text[1:])
        try:
            parts = path.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(f"The list of orders cannot be read: {error}.", where=str(path)) from error
    return frozenset(part.strip() for part in parts if part.strip())


def chosen_cases(bulk: BulkScreening, orders: frozenset[str]) -> Iterator[tuple[Case, int]]:
    """The cases of the rows of these orders, in order, each with the number of its row; refused rows have none."""
    mine = bulk.columns.order.is_in(list(orders))
    for place in mine.arg_true().to_list():
        (row,) = bulk.by_row.prepared([bulk.columns.row(place)])
        if row.case is not None:
            yield row.case, row.row
