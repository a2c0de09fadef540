"""`topco owners`: who must, may or cannot control an entity, with integrated shares, addends and paths."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from ownership_store import add_load, entity, relationship

from topco import knowledge
from topco.ownership.neighbourhood import evidence_about
from topco.ownership.parent_tests import names, parent_test
from topco.ownership.questions.owners import owners
from topco.ownership.shares import WHOLE, percent
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
    store = Store.open(tmp_path_factory.mktemp("owners") / "store", create=True)
    load(store, Tables(), [SAMPLE], DAY, lambda *_: None)
    return store


@pytest.fixture
def run(sample: Store, run: Run) -> Run:
    return partial(run, "owners", "--store", sample.path, "--as-of", DAY)


def answer(store: Store, identifier: str, test: str = "headquarters", cut_off: int = 0) -> dict[str, Any]:
    return owners(store, identifier, DAY, None, parent_test(test), cut_off)


def found(store: Store, identifier: str, test: str = "headquarters", cut_off: int = 0) -> dict[str, tuple[Any, ...]]:
    """By owner, without scheme: control and the bounds of the share."""
    return {
        one["id"].removeprefix("X:"): (one["controls"], one["share"]["lower"], one["share"]["upper"])
        for one in answer(store, identifier, test, cut_off)["owners"]
    }


def holding(owner: str, owned: str, share: int | None = None, **more: Any) -> dict[str, Any]:
    return {
        "owner": owner,
        "owned": owned,
        "interest": "shares",
        "share_exact": share and share * WHOLE // 100,
        "standing": "Current",
        "stale": False,
        "record": f"table/{owner}/{owned}",
        **more,
    }


def mixed(path: Path, holdings: list[dict[str, Any]], relationships: list[dict[str, Any]]) -> Store:
    """A store with holdings and recorded relationships between companies that all have a record."""
    store = Store.open(path, create=True)
    parties = {row[end] for row in holdings for end in ("owner", "owned")}
    parties |= {row[end] for row in relationships for end in ("child", "parent")}
    add_load(store, "lei2", entities=[entity(one, one) for one in sorted(parties)])
    add_load(store, "rr", relationships=relationships)
    add_load(store, "holdings", holdings=holdings)
    return store


def test_the_contract(run: Run) -> None:
    code, out, err = run("X:target", "--format", "json")
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert document["entity"] == {"id": "X:target", "name": "Target Semiconductors (invented)"}
    assert (document["test"], document["as_of"], document["cut_off"]) == ("headquarters", "2026-01-31", "1")
    first = document["owners"][0]
    assert {name: first[name] for name in ("id", "name", "controls", "hq_country", "path")} == {
        "id": "X:apex",
        "name": "Apex Group (invented)",
        "controls": "must",
        "hq_country": "CN",
        "path": ["X:apex", "X:left", "X:target"],
    }
    # 60 percent of 30 and 51.5 of 22.5
    assert first["share"] == {"lower": "29.5875", "upper": "29.5875", "error": "0.0000001"}
    # it controls by what two others hold, each with its row
    assert [(one["owner"], one["kind"], one["share"]["lower"]) for one in first["addends"]] == [
        ("X:left", "shares", "30"),
        ("X:right", "shares", "22.5"),
    ]
    assert [source["row"] for one in first["addends"] for source in one["sources"]] == [9, 10]
    assert [one["controls"] for one in document["owners"]] == ["must", "cannot", "cannot"]


def test_the_csv_has_the_columns_of_the_contract(run: Run) -> None:
    code, out, _ = run("X:ring-c", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 0
    assert out.splitlines()[0] == (
        "entity,owner,name,kind,controls,share_lower,share_upper,share_error,hq_country,path,test,as_of"
    )
    assert rows[-1]["path"] == "X:outside > X:ring-a > X:ring-b > X:ring-c"
    # 55 * 60 * 70 percent, once round the ring of 60 * 70 * 45 percent and again: 0.231 / (1 - 0.189)
    assert rows[-1]["share_lower"] == percent(round(WHOLE * 0.231 / 0.811))


def test_the_table_says_what_does_not_count(run: Run) -> None:
    code, out, _ = run("X:shell")
    assert code == 0
    assert "Owners of Shell Nine" in out
    assert "Not counted: nominee of X:nominee-services" in out
    assert "Not counted: nominator of X:patron" in out


def test_an_unknown_entity_is_bad_input(run: Run) -> None:
    code, out, err = run("X:nobody")
    assert (code, out) == (2, "")
    assert err == "topco: No loaded record names X:nobody. Look it up by name: topco search TEXT.\n"


@pytest.mark.parametrize("wrong", [("--cut-off", "101"), ("--cut-off", "much"), ("--test", "hope")])
def test_wrong_options_are_bad_input(run: Run, wrong: tuple[str, str]) -> None:
    code, out, err = run("X:target", *wrong)
    assert (code, out) == (2, "")
    assert "Traceback" not in err


def test_persons_states_and_unnamed_parties_are_owners(sample: Store) -> None:
    assert found(sample, "X:ada-trading")["ada"] == ("must", "100", "100")
    assert found(sample, "X:grid")["realm"] == ("must", "75", "75")
    kinds = {one["id"]: one["kind"] for one in answer(sample, "X:veiled")["owners"]}
    assert kinds == {"X:somebody": "UnidentifiedParty"}


def test_bands_treasury_shares_votes_and_rights(sample: Store) -> None:
    assert found(sample, "X:hazy") == {"broad": ("may", "25", "75"), "birk": ("cannot", "20", "20")}
    assert found(sample, "X:clearer") == {"narrow": ("must", "50.0000001", "74.9999999")}
    assert found(sample, "X:thrift") == {"patient": ("must", "52.5", "52.5")}
    assert found(sample, "X:dual") == {"founders": ("must", "20", "20"), "patient": ("must", "80", "80")}
    assert found(sample, "X:dual", "cascade")["founders"] == ("cannot", "20", "20")
    (owner,) = answer(sample, "X:seat")["owners"]
    assert (owner["controls"], owner["rights"]) == ("must", ["board"])
    assert [one["kind"] for one in owner["addends"]] == ["shares", "board"]


def test_each_test_looks_at_the_same_owners_in_its_own_way(sample: Store) -> None:
    assert {test: found(sample, "X:target", test).get("apex") for test in names()} == {
        "headquarters": ("must", "29.5875", "29.5875"),
        "control": ("must", "29.5875", "29.5875"),
        "cascade": ("must", "29.5875", "29.5875"),
        "majority": ("cannot", "29.5875", "29.5875"),
        "integrated": ("cannot", "29.5875", "29.5875"),
        "consolidation": None,
    }
    assert found(sample, "X:venture", "cascade")["north"] == ("must", "50", "50")
    assert found(sample, "X:venture", "integrated")["north"] == ("cannot", "50", "50")


def test_an_integrated_parent_has_all_holdings_on_its_paths_as_addends(sample: Store) -> None:
    (owner, *_) = [one for one in answer(sample, "X:grid", "integrated")["owners"] if one["id"] == "X:realm"]
    assert owner["controls"] == "must"
    assert [(one["owner"], one["share"]["lower"]) for one in owner["addends"]] == [
        ("X:board-of-industry", "75"),
        ("X:realm", "100"),
    ]


def test_small_holders_are_left_out_below_the_cut_off(sample: Store) -> None:
    assert list(found(sample, "X:listed")) == ["patient", "growth-fund", "outside"]
    assert list(found(sample, "X:listed", cut_off=4 * WHOLE // 100)) == ["patient", "growth-fund"]
    # a holder of unknown size may reach any cut-off that leaves it room
    assert "outside" in found(sample, "X:thirds", cut_off=33 * WHOLE // 100)
    assert "outside" not in found(sample, "X:thirds", cut_off=34 * WHOLE // 100)


def test_addends_are_those_of_the_control_relation(sample: Store) -> None:
    for identifier in sample.table("entities").collect()["id"]:
        evidence = evidence_about(sample, [identifier], DAY, None, parent_test())
        if evidence.held is None:
            continue
        (node,) = evidence.node_of([identifier])
        assert node is not None
        for owner in answer(sample, identifier)["owners"]:
            (holder,) = evidence.node_of([owner["id"]])
            assert holder is not None
            expected = [
                (evidence.ids[one.owner], one.family.name.lower()) for one in evidence.held.addends(node, holder)
            ]
            assert [(one["owner"], one["kind"]) for one in owner["addends"]] == expected


def test_recorded_parents_and_control_alternate(tmp_path: Path) -> None:
    store = mixed(
        tmp_path,
        [holding("X:group", "X:daughter", 60), holding("X:person", "X:top", 51), holding("X:other", "X:top", 9)],
        [relationship("X:works", "X:daughter"), relationship("X:group", "X:top", "UltimateConsolidation")],
    )
    assert found(store, "X:works") == {
        "daughter": ("must", None, None),
        "group": ("must", None, None),
        "top": ("must", None, None),
        "person": ("must", None, None),
    }
    document = answer(store, "X:works")
    rights = {one["id"]: one["rights"] for one in document["owners"]}
    assert rights == {"X:daughter": ["consolidation"], "X:group": [], "X:top": [], "X:person": []}
    paths = {one["id"]: one["path"] for one in document["owners"]}
    assert paths["X:person"] == ["X:person", "X:top", "X:group", "X:daughter", "X:works"]
    addends = {one["id"]: [(a["owner"], a["kind"]) for a in one["addends"]] for one in document["owners"]}
    assert set(map(tuple, addends.values())) == {(("X:daughter", "consolidation"),)}
    # without holdings there is what is recorded, and without records there is nothing
    assert found(store, "X:works", "consolidation") == {"daughter": ("must", None, None)}
    assert found(store, "X:group", "consolidation") == {"top": ("must", None, None)}
    assert found(store, "X:works", "control") == {}
    assert found(store, "X:daughter", "control") == {"group": ("must", "60", "60")}


def test_who_may_control_a_recorded_parent_may_control_the_company(tmp_path: Path) -> None:
    band = {"share_min": 0, "share_max": 60 * WHOLE // 100}
    store = mixed(tmp_path, [holding("X:broad", "X:top", **band)], [relationship("X:works", "X:top")])
    assert found(store, "X:works") == {"top": ("must", None, None), "broad": ("may", None, None)}


def test_a_branch_has_the_owners_of_its_head_office(tmp_path: Path) -> None:
    store = mixed(
        tmp_path,
        [holding("X:owner", "X:seat", 80), holding("X:small", "X:seat", 20)],
        [relationship("X:branch", "X:seat", "InternationalBranch")],
    )
    for test in ("headquarters", "control", "integrated"):
        assert found(store, "X:branch", test) == {
            "owner": ("must", "80", "80"),
            "seat": ("must", None, None),
            "small": ("cannot", "20", "20"),
        }


def test_more_than_there_is_is_a_finding(tmp_path: Path) -> None:
    store = mixed(tmp_path, [holding("X:a", "X:works", 70), holding("X:b", "X:works", 60)], [])
    document = answer(store, "X:works")
    assert document["declared_over_100"] == [
        {"company": "X:works", "family": "shares", "declared": "130", "outstanding": "100"}
    ]
    assert found(store, "X:works") == {"a": ("must", "70", "70"), "b": ("must", "60", "60")}


def test_the_order_of_rows_changes_nothing(tmp_path: Path) -> None:
    rows = [
        holding("X:a", "X:c", 40),
        holding("X:b", "X:c", 40),
        holding("X:d", "X:a", 100),
        holding("X:d", "X:b", 100),
    ]
    ways = [answer(mixed(tmp_path / str(place), some, []), "X:c") for place, some in enumerate((rows, rows[::-1]))]
    shown = [[{**one, "addends": None} for one in way["owners"]] for way in ways]
    assert shown[0] == shown[1]
    assert shown[0][0]["path"] == ["X:d", "X:a", "X:c"]
