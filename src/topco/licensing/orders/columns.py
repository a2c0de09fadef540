"""Columns of orders as codes: every distinct cell is read once, by the same format as a case, and numbered.

A row is *plain* if it can be answered by columns; what is refused, and the few things that bear on a row alone (an
amount in units, a validated end user), are left to the reading of single rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from pydantic import ValidationError

from topco.items.statement import Item
from topco.licensing.cases.case import Case, Conditions, Party, Tallies, Transaction
from topco.licensing.orders.rows import ROLES, SECTIONS, OrderRow, order_row, split_cell, with_quantity

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from topco.licensing.orders.files import OrderTable

ORDER, READING, DATE, ACTIVITY, DESTINATION, QUANTITY = (
    ("", "id"),
    ("", "reading"),
    ("transaction", "date"),
    ("transaction", "activity"),
    ("transaction", "destination"),
    ("transaction", "quantity_tpp"),
)
ALONE = (READING, DATE, ACTIVITY, DESTINATION)
PARTIES = tuple(ROLES)
# What bears on a row alone, whenever it is stated.
_ROW_BY_ROW = frozenset({("transaction", "units"), ("item", "note2_as_of")})
_ROW_BY_ROW_SECTIONS = frozenset({"veu"})
_PLAIN_NUMBER = r"^[0-9]{1,15}$"


@dataclass(frozen=True)
class Coded:
    """A column of codes, each standing for one of `values`."""

    code: NDArray[np.int64]
    values: list[Any]

    @property
    def width(self) -> int:
        return len(self.values)


def factorised(*columns: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Numbers of the distinct combinations of codes, row by row, and for each the first row that has it.

    >>> [part.tolist() for part in factorised(np.array([5, 5, 0]), np.array([1, 1, 2]))]
    [[1, 1, 0], [2, 0]]
    """
    mixed = np.zeros(len(columns[0]), np.int64)
    width = 1
    for column in columns:
        least = int(column.min(initial=0))
        count = int(column.max(initial=0)) - least + 1
        if width * count >= 1 << 62:
            mixed, first = _numbered(mixed)
            width = len(first)
        mixed = mixed * count + (column - least)
        width *= count
    return _numbered(mixed)


def _numbered(mixed: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    _, first, code = np.unique(mixed, return_index=True, return_inverse=True)
    return code.astype(np.int64), first


@dataclass
class OrderColumns:
    """The plain rows of a table, coded.

    `sections` are the combinations of what is stated in one section: `item`, `conditions`, `tallies`, `transaction`
    (beside what has a column of its own), `consignee` and `end_user` (beside `entity`; -1: no such party).
    `quantity` is that of the whole order: a text of digits, null if unknown; `amount` is the same as a number where
    that is exact.
    """

    table: OrderTable
    targets: Mapping[str, tuple[str, str]]
    plain: NDArray[np.bool_]
    sections: dict[str, Coded]
    alone: dict[tuple[str, str], Coded]
    entities: dict[str, Coded]
    order: pl.Series
    quantity: pl.Series
    totals: dict[str, Decimal | None]

    @cached_property
    def amount(self) -> NDArray[np.int64]:
        """The quantity in whole numbers; -1 where it is unknown, -2 where it is no whole number of 15 digits."""
        exact = self.quantity.str.contains(_PLAIN_NUMBER)
        digits = pl.select(pl.when(exact).then(self.quantity).otherwise(None)).to_series().cast(pl.Int64)
        filled = pl.select(
            pl.when(self.quantity.is_null()).then(-1).when(~exact.fill_null(False)).then(-2).otherwise(digits)
        ).to_series()
        found: NDArray[np.int64] = filled.to_numpy().astype(np.int64)
        return found

    def row(self, place: int) -> OrderRow:
        """One row as it is read by itself, with the quantity of its whole order."""
        cells = self.table.cells.row(place)
        number = int(self.table.numbers[place])
        row = order_row(
            number, dict(zip(self.table.columns, cells, strict=True)), self.targets, self.table.broken.get(place)
        )
        if row.case is not None and row.case.id in self.totals:
            return replace(row, case=with_quantity(row.case, self.totals[row.case.id]))
        return row


def coded_columns(table: OrderTable, targets: Mapping[str, tuple[str, str]]) -> OrderColumns:
    """Read a table column by column."""
    count = len(table.cells)
    plain = np.ones(count, np.bool_)
    plain[list(table.broken)] = False
    by_section: dict[str, dict[str, Coded]] = defaultdict(dict)
    alone: dict[tuple[str, str], Coded] = {}
    entities: dict[str, Coded] = {}
    order = pl.repeat("", count, dtype=pl.String, eager=True)
    stated = pl.repeat(None, count, dtype=pl.String, eager=True)
    for column, (section, key) in targets.items():
        cells = table.cells[column].str.strip_chars()
        if (section, key) == ORDER:
            order = cells
        elif (section, key) == QUANTITY:
            stated, good = _quantities(cells)
            plain &= good
        elif section in ROLES and key == "entity":
            entities[section] = _texts(cells)
        else:
            found, good = _values(cells, section, key)
            plain &= good
            if (section, key) in _ROW_BY_ROW or section in _ROW_BY_ROW_SECTIONS:
                plain &= found.code == 0
            elif (section, key) in ALONE:
                alone[section, key] = found
            else:
                by_section[section][key] = found
    nothing = np.zeros(count, np.int64)
    for target in ALONE:
        alone.setdefault(target, Coded(nothing, [None]))
    sections = {}
    for section, model in (
        ("transaction", Transaction),
        ("item", Item),
        ("conditions", Conditions),
        ("tallies", Tallies),
    ):
        sections[section], good = _combined(by_section[section], model, {}, count)
        plain &= good
    for section, role in ROLES.items():
        entities.setdefault(section, Coded(nothing, [None]))
        combined, good = _combined(by_section[section], Party, {"role": role}, count)
        plain &= good
        absent = (entities[section].code == 0) & _nothing_stated(by_section[section], count)
        sections[section] = Coded(np.where(absent, -1, combined.code), combined.values)
    made = OrderColumns(table, targets, plain, sections, alone, entities, order, stated, {})
    _add_up(made)
    return made


def _quantities(cells: pl.Series) -> tuple[pl.Series, NDArray[np.bool_]]:
    """Amounts as they are written in a case, and which cells are none."""
    exact = cells.str.contains(_PLAIN_NUMBER)
    trimmed = cells.str.strip_chars_start("0")
    trimmed = pl.select(pl.when(trimmed == "").then(pl.lit("0")).otherwise(trimmed)).to_series()
    others = cells.filter(~exact & (cells != "")).unique()
    read: dict[str, str | None] = {}
    for text in others:
        value, problem = _value("transaction", "quantity_tpp", text)
        read[text] = None if problem else str(value)
    written = pl.select(pl.when(exact).then(trimmed).otherwise(None)).to_series()
    good = np.ones(len(cells), np.bool_)
    if read:
        odd = cells.replace_strict(list(read), list(read.values()), default=None, return_dtype=pl.String)
        written = pl.select(pl.when(exact).then(trimmed).otherwise(odd)).to_series()
        good = ((cells == "") | written.is_not_null()).to_numpy()
    return written, good


def _texts(cells: pl.Series) -> Coded:
    """Texts as they are; code 0 is nothing."""
    distinct = cells.unique()
    distinct = pl.concat([pl.Series([""], dtype=pl.String), distinct.filter(distinct != "")])
    code = cells.cast(pl.Enum(distinct)).to_physical().to_numpy().astype(np.int64)
    return Coded(code, [None, *distinct[1:].to_list()])


def _values(cells: pl.Series, section: str, key: str) -> tuple[Coded, NDArray[np.bool_]]:
    """The values of a column, code 0 for none, and which cells cannot be read."""
    texts = _texts(cells)
    number_of: dict[Any, int] = {None: 0}
    values: list[Any] = [None]
    again = np.zeros(texts.width, np.int64)
    bad = np.zeros(texts.width, np.bool_)
    for place, text in enumerate(texts.values[1:], 1):
        value, problem = _value(section, key, text)
        bad[place] = problem
        if not problem:
            if value not in number_of:
                number_of[value] = len(values)
                values.append(value)
            again[place] = number_of[value]
    return Coded(again[texts.code], values), ~bad[texts.code]


def _value(section: str, key: str, text: str) -> tuple[Any, bool]:
    """What a cell states, and whether it cannot be read."""
    model = SECTIONS.get(section, Case)
    data: dict[str, Any] = {key: split_cell(section, key, text)}
    if section in ROLES:
        data["role"] = ROLES[section]
    try:
        return getattr(model.model_validate(data), key), False
    except ValidationError:
        return None, True


def _nothing_stated(columns: Mapping[str, Coded], count: int) -> NDArray[np.bool_]:
    found = np.ones(count, np.bool_)
    for one in columns.values():
        found &= one.code == 0
    return found


def _combined(
    columns: Mapping[str, Coded], model: Any, fixed: Mapping[str, Any], count: int
) -> tuple[Coded, NDArray[np.bool_]]:
    """Every combination of the columns of one section as one value, and which rows have one that cannot be."""
    if not columns:
        return Coded(np.zeros(count, np.int64), [model.model_validate(fixed)]), np.ones(count, np.bool_)
    code, first = factorised(*(one.code for one in columns.values()))
    values, good = [], np.ones(len(first), np.bool_)
    for place, row in enumerate(first.tolist()):
        data = {key: one.values[one.code[row]] for key, one in columns.items()}
        try:
            values.append(model.model_validate({**fixed, **{key: v for key, v in data.items() if v is not None}}))
        except ValidationError:
            values.append(None)
            good[place] = False
    return Coded(code, values), good[code]


def _add_up(columns: OrderColumns) -> None:
    """Give every row of an order of several rows the order's quantity; unknown if that of any row is."""
    order = columns.order
    shared = order.is_duplicated() & (order != "")
    places = np.flatnonzero(shared.to_numpy())
    if not len(places):
        return
    odd = ~columns.plain[places]
    part = pl.DataFrame({"order": order[pl.Series(places)], "quantity": columns.quantity[pl.Series(places)]})
    if odd.any():
        alone = [columns.row(int(place)) for place in places[odd]]
        said = [None if row.quantity is None else str(row.quantity) for row in alone]
        part = part.with_columns(part["quantity"].scatter(np.flatnonzero(odd).tolist(), said))
    exact = pl.col("quantity").str.contains(_PLAIN_NUMBER)
    whole = exact.fill_null(False).all() & (pl.len() < 1_000)
    sums = part.group_by("order").agg(
        known=pl.col("quantity").is_not_null().all(),
        whole=whole,
        total=pl.when(exact).then(pl.col("quantity")).otherwise(None).cast(pl.Int64).sum().cast(pl.String),
        parts=pl.col("quantity"),
    )
    totals = {
        name: None if not known else Decimal(total) if whole else sum((Decimal(one) for one in parts), Decimal(0))
        for name, known, whole, total, parts in sums.iter_rows()
    }
    columns.totals = totals
    found = [None if (total := totals[name]) is None else str(total) for name in part["order"]]
    columns.quantity = columns.quantity.scatter(places.tolist(), pl.Series(found, dtype=pl.String))
