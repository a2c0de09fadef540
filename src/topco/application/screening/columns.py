"""The check of columns: what a file of orders says before anything is answered."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from topco.errors import BadInput

if TYPE_CHECKING:
    import polars as pl

    from topco.application.screening.ready import Orders
    from topco.licensing.orders.files import OrderTable

FIRST = 5
"""How many rows are shown."""
MOST_BROKEN = 20
"""How many rows that are none are named."""
LONGEST = 200
"""How many letters of a cell are shown."""
PLAIN, SECTION, CARRIED, UNKNOWN = "plain", "section", "carried", "unknown"
"""What a column is: one of the usual ones; `section.key`; only carried along; a key that the case format lacks."""


def check(orders: Orders) -> dict[str, Any]:
    """Columns, parties, first rows and broken rows of a file, and whether it can be screened.

    Raises:
        BadInput: it is no table.
    """
    table = orders.table
    columns = [_column(table, place) for place in range(len(table.columns))]
    problem = _problem(table, orders.where)
    return {
        "name": orders.name,
        "form": _form(orders),
        "bytes": len(orders.content),
        "sha256": orders.sha256,
        "rows": len(table.cells),
        "columns": columns,
        "missing": _missing(table.columns),
        "unknown": [one["column"] for one in columns if one["kind"] == UNKNOWN],
        "carried": [one["column"] for one in columns if one["kind"] == CARRIED],
        "parties": [_party(table, section) for section in ("consignee", "end_user")],
        "first": [[_shown(cell) for cell in row] for row in table.cells.head(FIRST).iter_rows()],
        "broken_rows": len(table.broken),
        "broken": [
            {"row": int(table.numbers[place]), "reason": reason}
            for place, reason in sorted(table.broken.items())[:MOST_BROKEN]
        ],
        "can_be_screened": problem is None,
        "problem": None if problem is None else problem.what,
        "remedy": None if problem is None else problem.remedy,
    }


def _form(orders: Orders) -> str:
    from topco.licensing.orders.files import form_of

    return form_of(orders.content, PurePath(orders.name).name)


def _problem(table: OrderTable, where: str) -> BadInput | None:
    """Why the whole file would be refused."""
    from topco.licensing.orders.answer_columns import COLUMNS, FLAG_COLUMN, MATCH_COLUMNS
    from topco.licensing.orders.rows import targets_of

    try:
        targets_of(table.columns, where, (*COLUMNS, *MATCH_COLUMNS, FLAG_COLUMN))
    except BadInput as error:
        return error
    return None if len(table.cells) else BadInput("There is no row below the header.", where=where)


def _missing(columns: list[str]) -> list[str]:
    from topco.licensing.orders.rows import REQUIRED

    stated = any(column.startswith("consignee.") for column in columns)
    return [one for one in REQUIRED if one not in columns and not (stated and one == "consignee")]


def _column(table: OrderTable, place: int) -> dict[str, Any]:
    from topco.licensing.orders.rows import PLAIN as USUAL
    from topco.licensing.orders.rows import section_key

    name = table.columns[place]
    kind, meaning = PLAIN, USUAL.get(name)
    if meaning is None:
        try:
            meaning = section_key(name, "")
            kind = SECTION if meaning else CARRIED
        except BadInput:
            kind = UNKNOWN
    filled = _filled(table.cells.to_series(place))
    return {
        "column": name,
        "kind": kind,
        "means": ".".join(part for part in meaning if part) if meaning else None,
        "filled": len(filled),
        "example": _shown(filled[0]) if len(filled) else None,
    }


def _shown(cell: str) -> str:
    return cell if len(cell) <= LONGEST else f"{cell[:LONGEST]}…"


def _filled(cells: pl.Series) -> pl.Series:
    stripped = cells.str.strip_chars()
    return stripped.filter(stripped != "")


def _party(table: OrderTable, section: str) -> dict[str, Any]:
    """How a party is given: by identifiers, by names, by facts of its own."""
    from topco.licensing.cases.named_parties import is_identifier

    given: list[str] = []
    for name in (section, f"{section}.entity", f"{section}.name"):
        if table.columns.count(name) == 1:
            given += _filled(table.cells.to_series(table.columns.index(name))).unique().to_list()
    identifiers = sum(map(is_identifier, given))
    return {
        "party": section,
        "columns": [name for name in table.columns if name == section or name.startswith(f"{section}.")],
        "identifiers": identifiers,
        "names": len(given) - identifiers,
    }
