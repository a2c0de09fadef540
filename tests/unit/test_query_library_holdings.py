"""The library queries about holdings and control, on the invented holdings of data/samples."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from topco import knowledge
from topco.ownership.derived import derivations
from topco.query.library import library
from topco.query.parameters import bind
from topco.query.run import evaluate
from topco.registries.loading import load
from topco.registries.table import Tables
from topco.store.graph import GraphView, open_graph
from topco.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> GraphView:
    store = Store.open(tmp_path_factory.mktemp("holdings") / "store", create=True)
    load(store, Tables(), [knowledge.root() / "data" / "samples" / "holdings"], date(2026, 1, 31), lambda *_: None)
    return open_graph(store, derived=derivations(store))


@pytest.fixture
def rows(view: GraphView) -> Callable[..., Rows]:
    def ask(name: str, **given: str) -> Rows:
        query = library()[name]
        bindings = bind(list(given.items()), query.parameters, closed=True)
        answer = evaluate(view, query.text, bindings)
        return [dict(zip(answer.columns, row.values(), strict=True)) for row in answer.plain_rows()]

    return ask


def test_holders_with_shares_and_periods(rows: Callable[..., Rows]) -> None:
    found = rows("holders", entity="X:hazy")
    assert [(row["owner"], row["exact"], row["minimum"], row["maximum"]) for row in found] == [
        ("X:birk", "20", None, None),
        ("X:broad", None, "25", "75"),
    ]
    assert [(row["owner"], row["from"], row["to"]) for row in rows("holders", entity="X:sold")] == [
        ("X:north", "2024-01-01", None),
        ("X:south", "2010-01-01", "2024-01-01"),
    ]


def test_joint_ventures_and_possible_parents(rows: Callable[..., Rows]) -> None:
    joint = rows("joint-ventures")
    assert [(row["company"], row["holder"], row["holderHeadquarters"]) for row in joint] == [
        ("X:venture", "X:north", "CN"),
        ("X:venture", "X:south", "DE"),
    ]
    assert [(row["company"], row["candidate"]) for row in rows("possible-parents")] == [("X:hazy", "X:broad")]


def test_chains_and_groups_follow_control(rows: Callable[..., Rows]) -> None:
    above = [(row["company"], row["parent"]) for row in rows("chain-above", entity="X:target-labs")]
    assert above == [("X:target", "X:apex"), ("X:target-labs", "X:target")]
    below = {row["company"] for row in rows("group-below", entity="X:outside")}
    assert below == {"X:ring-a", "X:ring-b", "X:ring-c"}
