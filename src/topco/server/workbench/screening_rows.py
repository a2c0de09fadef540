"""The rows of a result as a page shows them: words for codes, links to the case and to the entities of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from topco.licensing.cases.named_parties import is_identifier
from topco.licensing.orders.answer_columns import COLUMNS, FLAG_COLUMN, MATCH_COLUMNS, RESERVATION_COLUMN
from topco.licensing.orders.rows import split_cell, targets_of
from topco.reports.tally import STATUSES
from topco.server.workbench.addresses import entity_address
from topco.server.workbench.case_state import LONGEST as LONGEST_LINK
from topco.server.workbench.case_state import query

if TYPE_CHECKING:
    from topco.application.screening.results import Results

LONGEST = 600
"""How many letters of a cell are shown."""
_ANSWER = frozenset((*COLUMNS, *MATCH_COLUMNS, FLAG_COLUMN, RESERVATION_COLUMN))
_PARTIES = ("consignee", "end_user")
_QUANTITY, _UNITS = "quantity_tpp", "transaction.units"


@dataclass(frozen=True)
class Party:
    """A party of an order: what stands in its cell, its page if that is an identifier, what is known of its parent."""

    given: str
    address: str | None
    status: str
    parents: tuple[tuple[str, str], ...]
    countries: tuple[str, ...]


@dataclass(frozen=True)
class OrderShown:
    """A row of the result; `case` is None where the page of a case would not ask the same."""

    number: int
    cells: Mapping[str, str]
    parties: tuple[Party, ...]
    case: str | None
    exceptions: tuple[tuple[str, str], ...]  # a status, and the codes that have it
    flags: tuple[str, ...]


def shown(results: Results, rows: Sequence[Mapping[str, Any]], options: Mapping[str, Any]) -> list[OrderShown]:
    """Rows of a page.

    Args:
        options: what the run was asked beside the orders.
    """
    asked = [column for column in results.columns if column not in _ANSWER]
    targets = targets_of(asked, "", ())
    totals = results.quantities([str(row["order_id"]) for row in rows])
    return [_shown(results, row, targets, totals, options) for row in rows]


def _shown(
    results: Results,
    row: Mapping[str, Any],
    targets: Mapping[str, tuple[str, str]],
    totals: Mapping[str, str | None],
    options: Mapping[str, Any],
) -> OrderShown:
    cells = {name: row[name] or "" for name in results.columns}
    case = _case(cells, targets, totals, options)
    cells = {name: cell if len(cell) <= LONGEST else f"{cell[:LONGEST]}…" for name, cell in cells.items()}
    parties = [_party(cells, section, options) for section in _PARTIES]
    return OrderShown(
        int(row[results.number]),
        cells,
        tuple(one for one in parties if one is not None),
        case,
        _by_status(_values(cells["exceptions"])),
        tuple(_values(cells.get(FLAG_COLUMN, ""))),
    )


def _values(cell: str) -> list[str]:
    return [one for one in cell.split(";") if one]


def _by_status(exceptions: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Licence exceptions by their status, those that may be of use first."""
    codes: dict[str, list[str]] = {status: [] for status in STATUSES}
    for one in exceptions:
        code, _, status = one.partition("=")
        codes.setdefault(status, []).append(code)
    return tuple((status, ", ".join(found)) for status, found in codes.items() if found)


def _party(cells: Mapping[str, str], section: str, options: Mapping[str, Any]) -> Party | None:
    given = next((cells[name] for name in (section, f"{section}.entity", f"{section}.name") if cells.get(name)), "")
    given = given.strip()
    status = cells.get(f"{section}_status", "")
    if not given and not status:
        return None
    days = _days(cells, options)
    parents = _values(cells.get(f"{section}_ultimate_parent", ""))
    return Party(
        given,
        entity_address(given, days) if is_identifier(given) else None,
        status,
        tuple((one, entity_address(one, days)) for one in parents),
        tuple(_values(cells.get(f"{section}_ultimate_parent_hq", ""))),
    )


def _days(cells: Mapping[str, str], options: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    """The facts that the run asked about: those of the order's day unless another was asked for."""
    as_of = options.get("as_of") or cells.get("date", "").strip() or cells.get("transaction.date", "").strip()
    return [("as_of", as_of), ("known_as_of", options.get("known_as_of")), ("test", options.get("test"))]


def _case(
    cells: Mapping[str, str],
    targets: Mapping[str, tuple[str, str]],
    totals: Mapping[str, str | None],
    options: Mapping[str, Any],
) -> str | None:
    """The page of the case that the row states, with the quantity of its whole order."""
    order = cells["order_id"].strip()
    if cells["status"] == "refused" or (order in totals and (totals[order] is None or _UNITS in targets)):
        return None
    pairs: list[tuple[str, str]] = []
    for column, (section, key) in targets.items():
        text = totals[order] if column == _QUANTITY and order in totals else cells[column].strip()
        if text and not (key == "reading" and options.get("reading")):  # the run's own goes first
            values = split_cell(section, key, text)
            pairs += [(column, one) for one in ([values] if isinstance(values, str) else values)]
    said = ("as_of", "known_as_of", "rules_as_of", "reading", "test", "open_top")
    link = query([*pairs, *((name, str(options[name])) for name in said if options.get(name))])
    return f"/case?{link}" if len(link) <= LONGEST_LINK else None
