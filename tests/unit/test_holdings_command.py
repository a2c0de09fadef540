"""`topco holdings`: the whole group below a party, the other side of `topco owners`."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from ownership_store import add_load, entity, relationship

from topco import knowledge
from topco.ownership.parent_tests import parent_test
from topco.ownership.questions.group import holdings
from topco.ownership.questions.owners import owners
from topco.ownership.shares import WHOLE
from topco.registries.loading import load
from topco.registries.table import Tables
from topco.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from commands import Run

DAY = date(2026, 1, 31)
SAMPLE = knowledge.root() / "data" / "samples" / "holdings"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = Store.open(tmp_path_factory.mktemp("holdings") / "store", create=True)
    load(store, Tables(), [SAMPLE], DAY, lambda *_: None)
    return store


@pytest.fixture
def run(sample: Store, run: Run) -> Run:
    return partial(run, "holdings", "--store", sample.path, "--as-of", DAY)


def held(store: Store, identifier: str, test: str = "headquarters") -> list[tuple[Any, ...]]:
    document = holdings(store, identifier, DAY, None, parent_test(test), 0)
    return [
        (one["id"].removeprefix("X:"), one["level"], one["controls"], one["share"]["lower"], one["direct"]["lower"])
        for one in document["holdings"]
    ]


def holding(owner: str, owned: str, share: int) -> dict[str, Any]:
    return {
        "owner": owner,
        "owned": owned,
        "interest": "shares",
        "share_exact": share * WHOLE // 100,
        "standing": "Current",
        "record": f"table/{owner}/{owned}",
    }


def test_the_whole_group_with_levels_and_direct_shares(sample: Store) -> None:
    assert held(sample, "X:apex") == [
        ("left", 1, "must", "60", "60"),
        ("twice", 1, "must", "55", "55"),
        ("right", 1, "must", "51.5", "51.5"),
        ("target", 2, "must", "29.5875", None),
        ("target-labs", 3, "must", "22.190625", None),
    ]
    assert [one[:3] for one in held(sample, "X:apex", "majority")] == [
        ("left", 1, "must"),
        ("twice", 1, "must"),
        ("right", 1, "must"),
        ("target", 2, "cannot"),
        ("target-labs", 3, "cannot"),
    ]
    assert held(sample, "X:target-labs") == []


def test_a_ring_below_and_a_member_of_it(sample: Store) -> None:
    assert [one[:3] for one in held(sample, "X:outside") if one[0].startswith("ring")] == [
        ("ring-a", 1, "must"),
        ("ring-b", 2, "must"),
        ("ring-c", 3, "must"),
    ]
    # what comes back to a member itself is not counted again
    assert held(sample, "X:ring-a") == [("ring-b", 1, "must", "60", "60"), ("ring-c", 2, "must", "42", None)]
    document = holdings(sample, "X:ring-a", DAY, None, parent_test(), 0)
    assert document["rings"] == [{"kind": "open", "members": ["X:ring-a", "X:ring-b", "X:ring-c"]}]


@pytest.mark.parametrize("test", ["headquarters", "cascade", "integrated"])
def test_every_owner_has_the_company_among_its_holdings(sample: Store, test: str) -> None:
    ids = sample.table("entities").collect()["id"].to_list()
    asked = (DAY, None, parent_test(test), 0)
    above = {
        (one["id"], company): (one["controls"], one["share"], one["hq_country"] is None)
        for company in ids
        for one in owners(sample, company, *asked)["owners"]
    }
    below = {
        (owner, one["id"]): (one["controls"], one["share"])
        for owner in ids
        for one in holdings(sample, owner, *asked)["holdings"]
    }
    assert len(below) == 53
    assert {pair: value[:2] for pair, value in above.items()} == below


def test_a_deep_group_with_recorded_parents_is_followed_to_its_end(tmp_path: Path) -> None:
    store = Store.open(tmp_path, create=True)
    names = [f"X:{number:02}" for number in range(30)]
    links = list(pairwise(names))
    add_load(store, "lei2", entities=[entity(one, one) for one in names])
    add_load(store, "rr", relationships=[relationship(low, high) for high, low in links[::2]])
    rows = [holding(high, low, 90) for high, low in links[1::2]] + [holding("X:else", names[29], 5)]
    add_load(store, "holdings", holdings=rows)
    found = held(store, names[0])
    assert [one[:3] for one in found] == [
        (name.removeprefix("X:"), level, "must") for level, name in enumerate(names[1:], start=1)
    ]
    assert {one[3] for one in found} == {None}
    assert held(store, names[1], "control") == [("02", 1, "must", "90", "90")]
    assert held(store, names[0], "consolidation") == [("01", 1, "must", None, None)]


def test_recorded_ultimate_parents_have_the_group_of_the_company_below(tmp_path: Path) -> None:
    store = Store.open(tmp_path, create=True)
    add_load(store, "lei2", entities=[entity(one, one) for one in ("X:top", "X:mid", "X:low")])
    add_load(store, "rr", relationships=[relationship("X:mid", "X:top", "UltimateConsolidation")])
    add_load(store, "holdings", holdings=[holding("X:mid", "X:low", 70)])
    assert held(store, "X:top") == [("mid", 1, "must", None, None), ("low", 2, "must", None, None)]


def test_the_command_writes_table_json_and_csv(run: Run) -> None:
    code, out, _ = run("X:apex")
    assert code == 0
    assert "Held by Apex Group" in out
    code, out, _ = run("X:apex", "--format", "json", "--cut-off", "23", "--test", "integrated")
    document = json.loads(out)
    assert [one["id"] for one in document["holdings"]] == ["X:left", "X:twice", "X:right", "X:target"]
    assert set(document["holdings"][0]) == {
        *("id", "name", "kind", "level", "controls", "share", "direct", "hq_country", "hq_alternatives"),
    }
    code, out, _ = run("X:patron", "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(out))
    assert (row["company"], row["controls"], row["direct_lower"], row["hq_country"]) == (
        "X:thirds",
        "cannot",
        "33.3333333",
        "BE",
    )


def test_an_unknown_party_is_bad_input(run: Run) -> None:
    code, out, err = run("X:nobody")
    assert (code, out) == (2, "")
    assert "topco search TEXT" in err
