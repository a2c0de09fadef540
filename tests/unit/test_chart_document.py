"""The chart of an entity as a document: what is shown, what it says, what it leaves out."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from ownership_store import add_load, entity, relationship

from chart_stores import DAY, asked, by_id, edge, holding, parties, store_of
from topco import knowledge
from topco.errors import BadInput
from topco.registries.loading import load
from topco.registries.table import Tables
from topco.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

SAMPLE = knowledge.root() / "data" / "samples" / "holdings"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = Store.open(tmp_path_factory.mktemp("chart") / "store", create=True)
    load(store, Tables(), [SAMPLE], date(2026, 1, 31), lambda *_: None)
    return store


def ring_store(path: Path) -> Store:
    """0 owns 1; 1, 2 and 3 own each other in a circle; 3 owns 4."""
    return store_of(path, 5, [(0, 1, 55), (1, 2, 60), (2, 3, 70), (3, 1, 45), (3, 4, 100)])


def test_levels_go_up_and_down_and_say_what_is_not_shown(tmp_path: Path) -> None:
    store = store_of(tmp_path / "s", 7, [(n, n + 1, 100) for n in range(6)])
    document = asked(store, "X:003", up=2, down=1)
    nodes = by_id(document)
    assert set(nodes) == {"X:001", "X:002", "X:003", "X:004"}
    assert [(nodes[one]["more_up"], nodes[one]["more_down"]) for one in ("X:001", "X:003", "X:004")] == [
        (1, 0),
        (0, 0),
        (0, 1),
    ]
    assert [one for one in nodes if nodes[one]["is_subject"]] == ["X:003"]
    assert document["left_out"] == 0
    assert document["ultimate_parents"][0]["id"] == "X:000"
    assert document["ultimate_parents"][0]["shown"] is False
    further = asked(store, "X:003", up=2, down=1, expanded=[("X:001", "up"), ("X:004", "down")])
    assert set(by_id(further)) == {f"X:00{n}" for n in range(6)}
    assert by_id(further)["X:000"]["is_ultimate_parent"]


def test_a_ring_is_one_node_that_opens(tmp_path: Path) -> None:
    store = ring_store(tmp_path / "s")
    closed = asked(store, "X:002")
    ring = by_id(closed)["ring:X:001"]
    assert set(by_id(closed)) == {"X:000", "ring:X:001", "X:004"}
    assert [one["id"] for one in ring["members"]] == ["X:001", "X:002", "X:003"]
    assert (ring["collapsed"], ring["is_subject"], ring["headquarters"]) == (True, True, "members")
    assert {(one["from"], one["to"]) for one in closed["edges"]} == {
        ("X:000", "ring:X:001"),
        ("ring:X:001", "ring:X:001"),
        ("ring:X:001", "X:004"),
    }
    assert len(closed["edges"]) == 5
    opened = asked(store, "X:002", expanded=[("ring:X:001", "members")])
    assert {one["id"] for one in opened["nodes"]} == {f"X:00{n}" for n in range(5)}
    assert {node["ring"] for node in opened["nodes"]} == {None, "ring:X:001"}
    assert {("X:001", "X:002"), ("X:002", "X:003"), ("X:003", "X:001")} <= {
        (one["from"], one["to"]) for one in opened["edges"]
    }
    assert by_id(opened)["X:002"]["is_subject"]


def test_the_outside_owner_of_a_ring_is_one_level_up_wherever_it_enters(tmp_path: Path) -> None:
    pairs = [(n, (n % 9) + 1, 60) for n in range(1, 10)]
    store = store_of(tmp_path / "s", 11, [*pairs, (0, 5, 40), (1, 10, 100)])
    document = asked(store, "X:001", up=1, down=1)
    assert set(by_id(document)) == {"X:000", "ring:X:001", "X:010"}
    assert len(by_id(document)["ring:X:001"]["members"]) == 9


def test_a_hub_shows_the_first_by_name_and_counts_the_rest(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "s", create=True)
    children = [entity(f"X:{n:04}", f"Child {5000 - n:04}") for n in range(5000)]
    add_load(store, "lei2", entities=[entity("X:hub", "Hub"), *children])
    add_load(store, "rr", relationships=[relationship(one["id"], "X:hub") for one in children])
    document = asked(store, "X:hub", fan=20)
    assert [one["name"] for one in document["nodes"][1:]] == [f"Child {n:04}" for n in range(1, 21)]
    assert by_id(document)["X:hub"]["more_down"] == 4980
    assert document["left_out"] == 0
    further = asked(store, "X:hub", fan=20, expanded=[("X:hub", "down")] * 2)
    assert [one["name"] for one in further["nodes"][1:]] == [f"Child {n:04}" for n in range(1, 61)]
    most = asked(store, "X:hub", fan=500, expanded=[("X:hub", "down")] * 9, limit=500)
    assert len(most["nodes"]) == 500
    assert most["left_out"] > 0


def test_the_limit_stops_the_levels_and_what_is_left_out_is_counted(tmp_path: Path) -> None:
    store = store_of(tmp_path / "s", 31, [(0, n, 100) for n in range(1, 31)])
    document = asked(store, "X:000", limit=10, fan=25)
    assert (len(document["nodes"]), document["left_out"]) == (10, 16)
    assert by_id(document)["X:000"]["more_down"] == 21


def test_upwards_recorded_parents_and_great_shares_come_first(tmp_path: Path) -> None:
    pairs = [(n, 0, 1) for n in range(2, 60)] + [(60, 0, 30)]
    store = store_of(tmp_path / "s", 61, pairs)
    add_load(store, "rr", relationships=[relationship("X:000", "X:001")])
    document = asked(store, "X:000", up=1, fan=2)
    assert [one["id"] for one in document["nodes"]] == ["X:000", "X:001", "X:060"]
    assert by_id(document)["X:000"]["more_up"] == 58


def test_rows_that_the_test_does_not_look_at_are_shown_and_marked(tmp_path: Path) -> None:
    store = store_of(tmp_path / "s", 6, [(1, 0, 60)])
    add_load(
        store,
        "rr",
        relationships=[
            relationship("X:000", "X:001", "UltimateConsolidation"),
            relationship("X:000", "X:002", "FundManagement"),
            relationship("X:000", "X:003", "InternationalBranch"),
        ],
    )
    add_load(
        store,
        "table",
        holdings=[
            holding("X:004", "X:000", None, interest="nominee"),
            holding("X:005", "X:000", None, interest="votes", share_min=250_000_000, share_max=500_000_000),
        ],
    )
    headquarters, consolidation = asked(store, "X:000"), asked(store, "X:000", "consolidation")
    for document in (headquarters, consolidation):
        both = edge(document, "X:001", "X:000")
        assert both["kinds"] == ["ultimate_consolidation", "shares"]
        assert both["share"] == {"lower": "60", "upper": "60"}
        assert [ground["source"]["row"] for ground in both["grounds"]] == [2, 2]
        fund = edge(document, "X:002", "X:000")
        assert (fund["kinds"], fund["counts"], fund["parent"]) == (["fund_management"], False, False)
        assert edge(document, "X:003", "X:000")["kinds"] == ["branch"]
        nominee = edge(document, "X:004", "X:000")
        assert (nominee["kinds"], nominee["counts"], nominee["parent"]) == (["nominee"], False, True)
        assert edge(document, "X:005", "X:000")["votes"] == {"lower": "25", "upper": "50"}
    counted = [ground["counts"] for ground in edge(consolidation, "X:001", "X:000")["grounds"]]
    assert counted == [True, False]
    assert edge(headquarters, "X:005", "X:000")["counts"]
    assert not edge(consolidation, "X:005", "X:000")["counts"]


def test_a_fund_and_its_manager_make_no_ring(tmp_path: Path) -> None:
    store = store_of(tmp_path / "s", 2, [(0, 1, 100)])
    add_load(store, "rr", relationships=[relationship("X:000", "X:001", "FundManagement")])
    assert {one["id"] for one in asked(store, "X:000")["nodes"]} == {"X:000", "X:001"}


def test_what_is_over_is_not_shown_and_what_is_old_is_stale(tmp_path: Path) -> None:
    store = store_of(tmp_path / "s", 4, [])
    add_load(
        store,
        "table",
        holdings=[
            holding("X:001", "X:000", 60, valid_to=date(2024, 1, 1), standing="Ended"),
            holding("X:002", "X:000", 60, valid_from=date(2024, 1, 1)),
            holding("X:003", "X:000", 40, stale=True),
            holding("X:001", "X:003", 0),
        ],
    )
    document = asked(store, "X:000")
    assert parties(document) == {"X:000", "X:002", "X:003"}
    assert not edge(document, "X:002", "X:000")["stale"]
    assert edge(document, "X:003", "X:000")["stale"]


def test_headquarters_are_known_unknown_or_differ(tmp_path: Path) -> None:
    store = store_of(tmp_path / "s", 1, [])
    add_load(
        store,
        "table",
        entities=[
            entity("X:a", "A", None),
            entity("X:b", "B", "DE"),
            entity("X:b", "B", "FR", record="other"),
            entity("X:p", "P", None, kind="NaturalPerson"),
        ],
        holdings=[holding("X:a", "X:000", 20), holding("X:b", "X:000", 20), holding("X:p", "X:000", 20)],
    )
    add_load(
        store,
        "more",
        holdings=[holding("X:nobody", "X:000", 20)],
    )
    nodes = by_id(asked(store, "X:000"))
    seats = {one: (node["headquarters"], node["hq_country"], node["hq_alternatives"]) for one, node in nodes.items()}
    assert seats == {
        "X:000": ("known", "DE", []),
        "X:a": ("unknown", None, []),
        "X:b": ("differs", None, ["DE", "FR"]),
        "X:p": ("none", None, []),
        "X:nobody": ("unknown", None, []),
    }
    assert [nodes[one]["record"] for one in ("X:a", "X:nobody")] == [True, False]


def test_persons_states_and_those_not_named_stand_in_the_chart(sample: Store) -> None:
    kinds = {
        one: by_id(asked(sample, company))[one]["kind"]
        for one, company in (("X:realm", "X:grid"), ("X:ada", "X:estate"), ("X:somebody", "X:veiled"))
    }
    assert kinds == {"X:realm": "State", "X:ada": "NaturalPerson", "X:somebody": "UnidentifiedParty"}
    assert by_id(asked(sample, "X:veiled"))["X:veiled"]["parent_withheld"]
    band = edge(asked(sample, "X:hazy"), "X:broad", "X:hazy")
    assert band["share"] == {"lower": "25", "upper": "75"}
    own = edge(asked(sample, "X:thrift"), "X:thrift", "X:thrift")
    assert (own["from"], own["to"], own["share"]["lower"]) == ("X:thrift", "X:thrift", "20")


def test_identifiers_of_one_party_give_one_chart(tmp_path: Path) -> None:
    store = store_of(tmp_path / "s", 3, [(0, 1, 100), (1, 2, 100)])
    judgement = {"first": "X:001", "second": "Y:one", "verdict": "Same", "author": "me", "record": "j"}
    add_load(
        store,
        "judgements",
        entities=[entity("Y:one", "The same under another number")],
        judgements=[judgement],
        holdings=[holding("Y:one", "Y:child", 100)],
    )
    one, other = asked(store, "X:001"), asked(store, "Y:one", expanded=[])
    assert one == other
    assert {"X:000", "X:002", "Y:child"} <= parties(one)
    assert len([node for node in one["nodes"] if node["is_subject"]]) == 1
    assert asked(store, "X:000", expanded=[("Y:one", "down")]) == asked(store, "X:000", expanded=[("X:001", "down")])


def test_expansions_without_a_node_are_left_out_and_their_order_does_not_matter(tmp_path: Path) -> None:
    store = store_of(tmp_path / "s", 6, [(n, n + 1, 100) for n in range(5)])
    chain = [("X:001", "down"), ("X:002", "down"), ("X:003", "down")]
    one = asked(store, "X:000", expanded=chain)
    other = asked(store, "X:000", expanded=[*reversed(chain), ("X:gone", "up")])
    assert parties(one) == parties(other) == {f"X:00{n}" for n in range(5)}
    assert ("X:gone", "up") not in [(e["node"], e["way"]) for e in other["asked"]["expanded"]]


@pytest.mark.parametrize("test", ["headquarters", "consolidation", "majority", "control", "cascade", "integrated"])
def test_every_parent_test_has_a_chart(sample: Store, test: str) -> None:
    document = asked(sample, "X:target", test)
    assert (document["test"], document["as_of"]) == (test, DAY.isoformat())
    assert parties(document) == {"X:apex", "X:left", "X:right", "X:target", "X:target-labs"}
    assert {one["counts"] for one in document["edges"]} == {test != "consolidation"}


@pytest.mark.parametrize(
    "wrong", [{"up": 21}, {"down": -1}, {"limit": 0}, {"limit": 501}, {"fan": 0}, {"expanded": [("X:target", "left")]}]
)
def test_numbers_out_of_range_are_bad_input(sample: Store, wrong: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        asked(sample, "X:target", **wrong)


def test_an_entity_that_nobody_names_is_bad_input(sample: Store) -> None:
    with pytest.raises(BadInput, match="X:no-such"):
        asked(sample, "X:no-such")


def test_a_long_chain_is_followed_to_its_end_and_its_ring_is_found(tmp_path: Path) -> None:
    chain = [(n, n + 1, 100) for n in range(39)]
    document = asked(store_of(tmp_path / "s", 40, chain), "X:039", up=20)
    assert len(document["nodes"]) == 21
    assert document["ultimate_parents"][0]["id"] == "X:000"
    ring = asked(store_of(tmp_path / "ring", 40, [*chain, (39, 0, 60)]), "X:020")
    assert [len(node["members"]) for node in ring["nodes"]] == [40]
