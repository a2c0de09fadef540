"""Orders: one row, one case; bad rows are refused with row, column, value and reason, never dropped.

Columns: `order_id, date, activity, destination, consignee, end_user, eccn, quantity_tpp`, and any key of the case
format as `section.key` (`conditions.purchase_order`, `item.designer`), party facts as `consignee.hq_in`, and `reading`.
Other columns are carried along. Cells with several values separate them by `;`. Rows with the same `order_id` are one
order: their quantities are added up for everything that the law measures per order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from topco.errors import BadInput
from topco.items.statement import Item
from topco.licensing.cases.amounts import order_quantity
from topco.licensing.cases.case import Case, Conditions, Party, Tallies, Transaction, Veu
from topco.licensing.orders.files import OrderTable, read_table

PLAIN = {
    "date": ("transaction", "date"),
    "activity": ("transaction", "activity"),
    "destination": ("transaction", "destination"),
    "quantity_tpp": ("transaction", "quantity_tpp"),
    "eccn": ("item", "eccn"),
    "consignee": ("consignee", "entity"),
    "end_user": ("end_user", "entity"),
    "order_id": ("", "id"),
    "reading": ("", "reading"),
}
REQUIRED = ("order_id", "activity", "destination", "consignee", "eccn")
SECTIONS: dict[str, type[BaseModel]] = {
    "transaction": Transaction,
    "item": Item,
    "conditions": Conditions,
    "tallies": Tallies,
    "veu": Veu,
    "consignee": Party,
    "end_user": Party,
}
ROLES = {"consignee": "ultimate_consignee", "end_user": "end_user"}


@dataclass(frozen=True)
class Refusal:
    """Why a row is not answered."""

    row: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class OrderRow:
    """A row of the file (the header is row 1) with its cells as given, and the case it states or why it is refused.

    `given` is the case as it was before names in it were identified; None if none were looked up. `quantity` is what
    the row itself adds to its order; the case states that of the whole order.
    """

    row: int
    cells: Mapping[str, str]
    case: Case | None
    refusals: tuple[Refusal, ...] = ()
    given: Case | None = None
    quantity: Decimal | None = None

    @property
    def order(self) -> str:
        """The id of the order."""
        return self.case.id or "" if self.case is not None else self.cells.get("order_id", "").strip()


def identified(rows: Iterable[OrderRow], identify: Callable[[Case], Case]) -> list[OrderRow]:
    """The rows with names in their cases identified."""
    return [row if row.case is None else replace(row, case=identify(row.case), given=row.case) for row in rows]


def read_orders(text: str, where: str, answer_columns: Sequence[str] = ()) -> tuple[list[str], list[OrderRow]]:
    """The columns and rows of an order file in CSV, quantities of one order added up.

    Raises:
        BadInput: no CSV, no header, a column that is missing, doubled or also one of `answer_columns`, or a
            `section.key` that the case format does not have.
    """
    table = read_table(text.encode(), where)
    return table.columns, rows_of(table, where, answer_columns)


def rows_of(table: OrderTable, where: str, answer_columns: Sequence[str] = ()) -> list[OrderRow]:
    """The rows of a table, each with its case; raises as `read_orders` does."""
    targets = targets_of(table.columns, where, answer_columns)
    rows = [
        order_row(int(number), dict(zip(table.columns, cells, strict=True)), targets, table.broken.get(place))
        for place, (number, cells) in enumerate(zip(table.numbers, table.cells.iter_rows(), strict=True))
    ]
    return _add_up(rows)


def targets_of(columns: list[str], where: str, answer_columns: Sequence[str]) -> dict[str, tuple[str, str]]:
    missing = [column for column in REQUIRED if column not in columns]
    if any(column.startswith("consignee.") for column in columns):
        missing = [column for column in missing if column != "consignee"]
    if missing:
        raise BadInput(
            f"The order file lacks the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}.",
            where=where,
            remedy=f"Its columns are: {', '.join(columns) or 'none'}.",
        )
    doubled = sorted({column for column in columns if columns.count(column) > 1})
    if doubled:
        raise BadInput(f"The order file has the column {', '.join(map(repr, doubled))} twice.", where=where)
    taken = [column for column in columns if column in answer_columns]
    if taken:
        raise BadInput(
            f"The order file already has the column{'s' if len(taken) > 1 else ''} {', '.join(taken)},"
            " which the answer adds.",
            where=where,
            remedy="Rename or remove them.",
        )
    targets: dict[str, tuple[str, str]] = {}
    for column in columns:
        target = PLAIN.get(column) or section_key(column, where)
        if target is None:
            continue
        twin = next((other for other, same in targets.items() if same == target), None)
        if twin is not None:
            raise BadInput(f"The columns {twin!r} and {column!r} say the same thing.", where=where, remedy="Keep one.")
        targets[column] = target
    return targets


def section_key(column: str, where: str) -> tuple[str, str] | None:
    """The key of the case format that a column `section.key` names; None for a column that is only carried along."""
    section, dot, key = column.partition(".")
    if not dot:
        return None
    if section not in SECTIONS or key not in SECTIONS[section].model_fields or (section in ROLES and key == "role"):
        raise BadInput(
            f"The column {column!r} names no key of the case format.",
            where=where,
            remedy=f"Sections are {', '.join(SECTIONS)}; see docs/cases.md for their keys.",
        )
    return section, key


def order_row(
    number: int, given: Mapping[str, str], targets: Mapping[str, tuple[str, str]], broken: str | None = None
) -> OrderRow:
    """One row, from its cells by column; `broken` says why it is none."""
    if broken is not None:
        return OrderRow(number, given, None, (Refusal(number, "", "", broken),))
    data: dict[str, Any] = defaultdict(dict)
    column_of: dict[tuple[str, str], str] = {}
    for column, (section, key) in targets.items():
        text = given[column].strip()
        if not text:
            continue
        column_of[section, key] = column
        data[section][key] = split_cell(section, key, text)
    try:
        case = Case.model_validate(
            {
                **data.pop("", {}),
                "parties": [{"role": role, **data.pop(section)} for section, role in ROLES.items() if section in data],
                **data,
            }
        )
        order_quantity(case)
    except ValidationError as error:
        return OrderRow(number, given, None, tuple(_refusal(number, p, column_of, given) for p in error.errors()))
    except BadInput as error:
        column = column_of["transaction", "quantity_tpp"]
        return OrderRow(number, given, None, (Refusal(number, column, given[column], error.what),))
    return OrderRow(number, given, case, quantity=order_quantity(case))


def split_cell(section: str, key: str, text: str) -> str | list[str]:
    """A cell as the value of a key: several values where the key takes several."""
    if section in SECTIONS and ";" in text:
        annotation = SECTIONS[section].model_fields[key].annotation
        if any("tuple" in str(part) for part in (annotation, *get_args(annotation))):
            return [part.strip() for part in text.split(";") if part.strip()]
    return [text] if (section, key) == ("transaction", "end_use") else text


def _refusal(number: int, problem: Any, column_of: Mapping[tuple[str, str], str], cells: Mapping[str, str]) -> Refusal:
    section, *rest = problem["loc"]
    if section == "parties":
        role = "consignee" if rest[0] == 0 and "consignee" in {s for s, _ in column_of} else "end_user"
        section, rest = role, rest[1:]
    key = str(rest[0]) if rest else str(section)
    column = column_of.get((str(section), key)) or column_of.get(("", key)) or key
    return Refusal(number, column, cells.get(column, ""), str(problem["msg"]).removeprefix("Value error, "))


def _add_up(rows: list[OrderRow]) -> list[OrderRow]:
    """Give every row of an order the order's whole quantity; unknown if that of any row is, refused rows included."""
    orders: dict[str, list[OrderRow]] = defaultdict(list)
    for row in rows:
        orders[row.order].append(row)
    totals: dict[str, Decimal | None] = {}
    for order, parts in orders.items():
        if order and len(parts) > 1:
            known = [part.quantity for part in parts]
            stated = [quantity for quantity in known if quantity is not None]
            totals[order] = sum(stated, Decimal(0)) if len(stated) == len(known) else None
    return [
        replace(row, case=with_quantity(row.case, totals[row.case.id]))
        if row.case is not None and row.case.id in totals
        else row
        for row in rows
    ]


def with_quantity(case: Case, quantity: Decimal | None) -> Case:
    transaction = case.transaction.model_copy(update={"quantity_tpp": quantity, "units": None})
    return case.model_copy(update={"transaction": transaction})
