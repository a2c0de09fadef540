"""Orders in a CSV file: one row, one case; bad rows are refused with row, column, value and reason, never dropped.

Columns: `order_id, date, activity, destination, consignee, end_user, eccn, quantity_tpp`, and any key of the case
format as `section.key` (`conditions.purchase_order`, `item.designer`), party facts as `consignee.hq_in`. Other columns
are carried along. Cells with several values separate them by `;`. Rows with the same `order_id` are one order: their
quantities are added up for everything that the law measures per order.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from topco.errors import BadInput
from topco.licensing.case import Case, Conditions, Item, Party, Tallies, Transaction, Veu

PLAIN = {
    "date": ("transaction", "date"),
    "activity": ("transaction", "activity"),
    "destination": ("transaction", "destination"),
    "quantity_tpp": ("transaction", "quantity_tpp"),
    "eccn": ("item", "eccn"),
    "consignee": ("consignee", "entity"),
    "end_user": ("end_user", "entity"),
    "order_id": ("", "id"),
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
    """A row of the file (the header is row 1) with its cells as given, and the case it states or why it is refused."""

    row: int
    cells: Mapping[str, str]
    case: Case | None
    refusals: tuple[Refusal, ...] = ()


def read_orders(lines: Iterable[str], where: str) -> tuple[list[str], list[OrderRow]]:
    """The columns and rows of an order file, quantities of one order added up.

    Raises:
        BadInput: the file has no header, lacks a column, or has a `section.key` that the case format does not.
    """
    reader = csv.DictReader(lines, restkey="", strict=True)
    try:
        columns = list(reader.fieldnames or [])
        targets = _targets(columns, where)
        rows = [_order_row(number, cells, targets) for number, cells in enumerate(reader, 2)]
    except csv.Error as error:
        raise BadInput(f"This is no CSV file: {error}.", where=f"{where}, line {reader.line_num}") from error
    return columns, _add_up(rows)


def _targets(columns: list[str], where: str) -> dict[str, tuple[str, str]]:
    missing = [column for column in REQUIRED if column not in columns]
    if missing:
        raise BadInput(
            f"The order file lacks the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}.",
            where=where,
            remedy=f"Its columns are: {', '.join(columns) or 'none'}.",
        )
    doubled = sorted({column for column in columns if columns.count(column) > 1})
    if doubled:
        raise BadInput(f"The order file has the column {', '.join(doubled)} twice.", where=where)
    targets = {column: PLAIN[column] for column in columns if column in PLAIN}
    for column in columns:
        section, dot, key = column.partition(".")
        if not dot:
            continue
        if section not in SECTIONS or key not in SECTIONS[section].model_fields:
            raise BadInput(
                f"The column {column!r} names no key of the case format.",
                where=where,
                remedy=f"Sections are {', '.join(SECTIONS)}; see docs/cases.md for their keys.",
            )
        targets[column] = (section, key)
    return targets


def _order_row(number: int, cells: Mapping[str, Any], targets: Mapping[str, tuple[str, str]]) -> OrderRow:
    if "" in cells or None in cells.values():
        reason = "the row has more or fewer cells than the header"
        given = {name: value or "" for name, value in cells.items() if name}
        return OrderRow(number, given, None, (Refusal(number, "", "", reason),))
    data: dict[str, Any] = defaultdict(dict)
    column_of: dict[tuple[str, str], str] = {}
    for column, (section, key) in targets.items():
        text = cells[column].strip()
        if not text:
            continue
        column_of[section, key] = column
        data[section][key] = _split(section, key, text)
    try:
        case = Case.model_validate(
            {
                **data.pop("", {}),
                "parties": [{"role": role, **data.pop(section)} for section, role in ROLES.items() if section in data],
                **data,
            }
        )
    except ValidationError as error:
        return OrderRow(number, cells, None, tuple(_refusal(number, p, column_of, cells) for p in error.errors()))
    return OrderRow(number, cells, case)


def _split(section: str, key: str, text: str) -> str | list[str]:
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
    totals: dict[str, Decimal | None] = {}
    for row in rows:
        order = row.case.id if row.case is not None else row.cells.get("order_id", "").strip()
        if not order:
            continue
        quantity = row.case.transaction.quantity_tpp if row.case is not None else None
        before = totals.get(order, Decimal(0))
        totals[order] = None if before is None or quantity is None else before + quantity
    return [
        row
        if row.case is None or row.case.id is None
        else replace(
            row,
            case=row.case.model_copy(
                update={"transaction": row.case.transaction.model_copy(update={"quantity_tpp": totals[row.case.id]})}
            ),
        )
        for row in rows
    ]
