"""Orders one after the other, each weighed after what those before it have reserved in the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from topco.application.screening.ready import determiner

if TYPE_CHECKING:
    from topco.application.screening.ready import Orders
    from topco.licensing.orders.rows import OrderRow
    from topco.licensing.orders.screening import Screening
    from topco.records.setting import Asked

    Write = Callable[[Sequence[str], Iterator[Mapping[str, Any]]], None]


@dataclass(frozen=True)
class Reserved:
    """What came of it: the screening with its counts and refusals, its rows, and what was entered in the ledger."""

    screening: Screening
    rows: Sequence[OrderRow]
    entered: str | None


def screen_and_reserve(orders: Orders, store: Path, asked: Asked, reserve: str, author: str, write: Write) -> Reserved:
    """Screen row by row and reserve what orders rely on.

    Args:
        reserve: `lpp`, `country` or `auto`; a column of that name wins.
        author: who stands in the ledger.
        write: takes the columns of the output and its rows, which are answered as it takes them.

    Raises:
        BadInput: the orders cannot be used, or a choice is none.
        StoreBusy: another process keeps writing to the ledger.
    """
    from topco.ledger.book import Book
    from topco.licensing.orders.answer_columns import COLUMNS, FLAG_COLUMN, MATCH_COLUMNS, RESERVATION_COLUMN
    from topco.licensing.orders.reserving import Reserver, ScreenedGroups, with_choices
    from topco.licensing.orders.rows import rows_of
    from topco.licensing.orders.screening import Screening
    from topco.licensing.store_determiner import named_parties

    table, where = orders.table, orders.where
    rows = with_choices(rows_of(table, where, (*COLUMNS, *MATCH_COLUMNS, FLAG_COLUMN, RESERVATION_COLUMN)))
    cases = [row.case for row in rows if row.case is not None]
    known = named_parties(store, cases, asked.known_as_of)
    engine = determiner(store, (party.entity for case in cases for party in case.parties), asked)
    screening = Screening(engine, known)
    flagged = (RESERVATION_COLUMN, *((FLAG_COLUMN,) if engine.flags else ()))
    columns = [*table.columns, *COLUMNS, *(MATCH_COLUMNS if known else ()), *flagged]
    with ExitStack() as open_files:
        if engine.ledger:
            groups = ScreenedGroups(store, asked.known_as_of, engine.recipient)
            book = open_files.enter_context(Book(store, groups=groups))
            screening.reserver = Reserver(book, engine.ledger, author, reserve)
        rows = [*screening.prepared(rows)]
        write(columns, screening.screen(rows, where))
        entered = _entered(screening)
    return Reserved(screening, rows, entered)


def _entered(screening: Screening) -> str | None:
    if not screening.reserver:
        return None
    counts = ", ".join(f"{count:,} {name}" for name, count in sorted(screening.reserver.counts.items()))
    return f"{counts or 'nothing to reserve'}; head {screening.reserver.head()}"
