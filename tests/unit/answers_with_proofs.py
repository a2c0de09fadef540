"""Answers of every kind with their proofs, from a store that holds rings, sums, tops of every status, and a list."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ledger_books import DAY as LEDGER_DAY
from ledger_books import ToldGroups, book, change
from ledger_books import order as order_of
from topco import knowledge
from topco.cli.main import main
from topco.ledger import database
from topco.ledger.limits import limits
from topco.ledger.proof import proved_balance
from topco.licensing.cases.case import parse_case
from topco.licensing.determine import Determiner, Options
from topco.licensing.store_determiner import store_determiner
from topco.ownership.basis import made_with
from topco.ownership.resolution import resolve
from topco.store.store import Store

DAY = date(2026, 1, 31)
KNOWN = date(2026, 12, 31)
GLEIF = (
    "X:target",
    "X:sold",
    "X:apex",
    "LEI:391200PKEUF3Y2NUMW25",
    "LEI:724500NMPK4BBMMMD571",
    "LEI:549300H667FIK5PZPV54",
    "LEI:00GBW0Z2GYIER7DHDS71",
    "LEI:254900EJYXXBBKDJT620",
)
REGISTRIES = ("X:northwind-lab", "LEI:9999NORTHWINDCOMPU51", "LEI:9999JADEHARBOURGRO89")


def stores(folder: Path) -> tuple[Store, Store]:
    """One store with real GLEIF records and invented holdings, one with an invented file of every registry."""
    first, second = folder / "gleif", folder / "registries"
    for path, *what in ((first, "gleif", "gleif"), (first, "table", "holdings"), (second, "registries")):
        *registry, name = what
        with pytest.raises(SystemExit):
            main(["load", *registry, str(knowledge.root() / "data" / "samples" / name), "--store", str(path)])
    return Store.open(first), Store.open(second)


def answers(store: Store, entities: Sequence[str]) -> list[dict[str, Any]]:
    """The resolution of each entity, and an order to each; orders that say little besides."""
    asked = [parse_case(case, "test") for case in (*map(order, entities), *ODD)]
    determiner = store_determiner(Determiner, store.path, entities, Options(known_as_of=KNOWN), KNOWN)
    found = [*resolve(store, entities, DAY, KNOWN), *determiner.determine(asked)]
    return [read_again(one) for one in found if one is not None]


def order(entity: str | None) -> dict[str, Any]:
    who = {"entity": entity} if entity else {"name": "Beispiel GmbH", "hq_in": "DE", "ultimate_parent_hq_in": "CN"}
    return {
        "id": str(entity or "stated"),
        "transaction": {"activity": "export", "date": "2025-06-01", "destination": "DE", "quantity_tpp": 1000},
        "item": {"eccn": "3A090.a"},
        "parties": [{"role": "ultimate_consignee", **who}],
        "conditions": {"purchase_order": True},
    }


def balances(store: Store) -> list[dict[str, Any]]:
    """The accounts of a ledger in which orders were reserved, committed and given back, each with its proof."""
    groups = ToldGroups(aliases={"X:company": "X:top"})
    with book(store.path, groups) as kept:
        kept.commit(change(kept.reserve(order_of("uveu", 1_000_000, country="US", hq="US")).entry.number))
        for kind in ("country", "lpp", "nveu", "uveu"):
            first = kept.reserve(order_of(kind, 1_000)).entry.number
            kept.reserve(order_of(kind, 200, key=f"second {kind}"))
            kept.commit(change(first, 600))
            kept.release(change(first, 300))
    connection = database.open_for_reading(store.path)
    assert connection is not None
    try:
        names = [one.name for one in database.accounts(connection)]
        made = [proved_balance(connection, limits(), groups, LEDGER_DAY, name, made_with()) for name in names]
        return [read_again(one) for one in made]
    finally:
        connection.close()


def read_again(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer as it comes back from a file."""
    found: dict[str, Any] = json.loads(json.dumps(answer, ensure_ascii=False))
    return found


ODD = (
    order(None),
    {**order(None), "transaction": {"activity": "export"}, "parties": []},
    {**order(None), "transaction": {"destination": "DE"}},
    {**order(None), "transaction": {**order(None)["transaction"], "destination": "BR"}},
    {"id": "item", "transaction": {"activity": "classify"}, "item": {"tpp": 5000}},
)
