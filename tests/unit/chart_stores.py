"""Stores with groups of every shape, for the tests of charts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from ownership_store import add_load, entity

from topco.ownership.parent_tests import parent_test
from topco.ownership.questions.chart import chart
from topco.ownership.shares import WHOLE
from topco.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2025, 3, 2)


def holding(owner: str, owned: str, share: int | None = 100, **more: Any) -> dict[str, Any]:
    return {
        "owner": owner,
        "owned": owned,
        "interest": "shares",
        "share_exact": None if share is None else share * WHOLE // 100,
        "standing": "Current",
        "stale": False,
        "record": f"test/{owner}/{owned}",
        **more,
    }


def store_of(path: Path, count: int, pairs: list[tuple[int, int, int]]) -> Store:
    """Companies `X:000` … and holdings of so many percent between them."""
    store = Store.open(path, create=True)
    add_load(store, "lei2", entities=[entity(f"X:{n:03}", f"Company {n:03}") for n in range(count)])
    add_load(store, "holdings", holdings=[holding(f"X:{a:03}", f"X:{b:03}", share) for a, b, share in pairs])
    return store


def asked(store: Store, identifier: str, test: str = "headquarters", **more: Any) -> dict[str, Any]:
    return chart(store, identifier, DAY, None, parent_test(test), **more)


def by_id(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {node["id"]: node for node in document["nodes"]}


def edge(document: dict[str, Any], owner: str, company: str) -> dict[str, Any]:
    found: dict[str, Any]
    (found,) = [one for one in document["edges"] if (one["owner"], one["company"]) == (owner, company)]
    return found


def parties(document: dict[str, Any]) -> set[str]:
    return {party["id"] for node in document["nodes"] for party in (node["members"] or [node])}
