"""Files of items: one object, a list, or JSON lines; each an item, an item with name and date, or a whole case.

An item that cannot be used does not keep the others from being answered: it comes out as the error that says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from topco.errors import BadInput
from topco.items.statement import Item, parse_item
from topco.licensing.cases.case import Case
from topco.licensing.cases.case_files import read_each

DEEPEST = 20  # items inside items
WRAPPING = {*Case.model_fields, "date"}


@dataclass(frozen=True)
class ItemRead:
    """One item of a file; `day` where a date is stated, `units` how many an order holds."""

    where: str
    item: Item | BadInput
    name: str | None = None
    day: date | None = None
    units: int = 1


def read_items(text: str, where: str) -> list[ItemRead]:
    """The items of a file, in order.

    Raises:
        BadInput: there is no item in it, or the text as a whole is not JSON (with line and column).
    """
    return read_each(text, where, "item", _read, ItemRead)


def _read(data: Any, where: str) -> ItemRead:
    return _wrapped(data, where) if _is_wrapped(data) else ItemRead(where, _item(data, where))


def _is_wrapped(data: Any) -> bool:
    return isinstance(data, dict) and bool({"item", "transaction"} & set(data))


def _wrapped(data: dict[str, Any], where: str) -> ItemRead:
    if unknown := sorted(set(data) - WRAPPING):
        raise BadInput(f"{', '.join(unknown)}: this key is not part of the format.", where=where)
    deal = data.get("transaction") or {}
    if not isinstance(deal, dict):
        raise BadInput("transaction: an object is expected.", where=where)
    stated = data.get("date") if data.get("date") is not None else deal.get("date")
    units = deal.get("units")
    if units is not None and (not isinstance(units, int) or isinstance(units, bool) or units < 1):
        raise BadInput("transaction.units: write a whole number of at least 1.", where=where)
    return ItemRead(
        where,
        _item(data.get("item") or {}, where),
        name=_name(data.get("id"), where),
        day=None if stated is None else _day(stated, where),
        units=units or 1,
    )


def _name(value: Any, where: str) -> str | None:
    """The name of an item: a text or a number."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal | None):
        raise BadInput("id: write a text.", where=where)
    return None if value is None else str(value)


def _item(data: Any, where: str) -> Item:
    if _depth(data) > DEEPEST:
        raise BadInput("Items inside items go too deep.", where=where, remedy=f"At most {DEEPEST} levels.")
    return parse_item(data, where)


def _depth(data: Any) -> int:
    """How deeply objects nest, without recursion."""
    deepest, waiting = 0, [(data, 1)]
    while waiting:
        value, depth = waiting.pop()
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        deepest = max(deepest, depth if isinstance(value, dict) else 0)
        waiting += [(one, depth + isinstance(value, dict)) for one in inner]
    return deepest


def _day(value: Any, where: str) -> date:
    try:
        if isinstance(value, str) and len(value.strip()) == 10:
            return date.fromisoformat(value.strip())
    except ValueError:
        pass
    raise BadInput(f"The date {value!r} is not written as YYYY-MM-DD.", where=where)
