"""From a file of orders to a screening that is ready to answer, and what its answers rest on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from topco.application.asked import named, options_of
from topco.store.today import today

if TYPE_CHECKING:
    from topco.licensing.determine import Determiner
    from topco.licensing.orders.bulk import BulkScreening
    from topco.licensing.orders.files import OrderTable
    from topco.licensing.orders.watch import Watch
    from topco.records.setting import Asked


@dataclass(frozen=True)
class Orders:
    """A file of orders.

    Attributes:
        content: its bytes.
        where: what it is called in errors.
        name: its name, whose ending tells the form where the bytes do not.
    """

    content: bytes
    where: str
    name: str = ""

    @cached_property
    def table(self) -> OrderTable:
        """Its rows.

        Raises:
            BadInput: they cannot be read.
        """
        from topco.licensing.orders.files import read_table

        return read_table(self.content, self.where, self.name)

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def bulk_of(table: OrderTable, where: str, store: Path, asked: Asked) -> BulkScreening:
    """The screening of a table, ready to answer.

    Raises:
        BadInput: columns that are missing, doubled or unknown; a party is given by an identifier and there is no store.
    """
    from topco.licensing.cases.store_recipients import StoreRecipients
    from topco.licensing.orders.answer_columns import COLUMNS, FLAG_COLUMN, MATCH_COLUMNS
    from topco.licensing.orders.bulk import BulkScreening, cases_by_name
    from topco.licensing.orders.rows import targets_of
    from topco.licensing.orders.screening import Screening
    from topco.licensing.store_determiner import named_parties

    targets = targets_of(table.columns, where, (*COLUMNS, *MATCH_COLUMNS, FLAG_COLUMN))
    engine = determiner(store, _has_parties(table), asked)
    known = named_parties(store, cases_by_name(table, targets), asked.known_as_of)
    more = (*(MATCH_COLUMNS if known else ()), *((FLAG_COLUMN,) if engine.flags else ()))
    resolver = engine.resolver
    in_bulk = resolver.over_dates if isinstance(resolver, StoreRecipients) else None
    return BulkScreening(table, targets, Screening(engine, known), where, in_bulk, more=more)


def determiner(store: Path, entities: Iterator[str | None], asked: Asked, *, documents: bool = False) -> Determiner:
    """What determines orders; with `documents` their parties come with whole resolutions, for proofs."""
    from topco.licensing.determine import Determiner
    from topco.licensing.store_determiner import store_determiner

    return store_determiner(
        Determiner, store, entities, options_of(asked), today(), test=asked.test, documents=documents
    )


def _has_parties(table: OrderTable) -> Iterator[str | None]:
    """Whether some party is given by an identifier, as a determiner asks."""
    for name in ("consignee", "end_user", "consignee.entity", "end_user.entity"):
        if name in table.columns and (table.cells[name].str.strip_chars() != "").any():
            yield name


def watch_of(earlier: Orders, table: OrderTable) -> Watch:
    """What says which rows changed since an earlier result.

    Raises:
        BadInput: it is no result of a screening.
    """
    from topco.licensing.orders.watch import Watch

    return Watch(earlier.table, table.cells["order_id"], earlier.where)


def rests_on(
    orders: Orders, earlier: Orders | None, store: Path, asked: Asked, form: str, chunk: int, engine: Determiner
) -> dict[str, Any]:
    """Everything that an output depends on."""
    from topco import __version__, knowledge
    from topco.store.store import Store

    opened = Store.open(store, missing_ok=True)
    return {
        "version": __version__,
        "input": orders.sha256,
        "name": orders.where,
        "earlier": earlier.sha256 if earlier else None,
        "settings": {name: str(value) for name, value in named(asked).items() if value is not None},
        "today": str(today()),
        "store": opened.digest_for(asked.known_as_of) if opened.loads() else None,
        "ledger": engine.ledger.used.head if engine.ledger else None,
        "rules": knowledge.digest(),
        "form": form,
        "chunk": chunk,
    }
