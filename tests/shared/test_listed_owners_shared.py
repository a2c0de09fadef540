"""Owners on the real screening lists of 2026: names only ask, a person's word counts, programmes are told apart."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from ownership_store import add_load, entity

from topco.identity.judgements import Judgement, judge
from topco.licensing.affiliates.listed_owners import ListedOwners
from topco.licensing.affiliates.scope import affiliates_scope
from topco.ownership.shares import PERCENT
from topco.registries.csl import ScreeningLists
from topco.registries.loading import load
from topco.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.shared
DAY = date(2026, 11, 20)
MEMORY = "US-CSL:EL-aa2cc67cb827"
SUGON = "US-CSL:EL-2c37b1e66869"


def held(owner: str, owned: str, percent: int) -> dict[str, Any]:
    return {
        "owner": owner,
        "owned": owned,
        "interest": "shares",
        "share_exact": percent * PERCENT,
        "standing": "Current",
        "record": f"test/{owner}/{owned}",
    }


@pytest.fixture
def store(shared_data: Path, tmp_path: Path) -> Store:
    store = Store.open(tmp_path / "store", create=True)
    path = shared_data / "us-csl-2026" / "screening-list.json"
    load(store, ScreeningLists(), [path], None, lambda *_: None)
    entities = [
        entity("T:1", "Yangtze Memory Technologies Co Ltd", "CN"),
        entity("T:2", "Rosenheim Speicher GmbH"),
        entity("T:3", "Rosenheim Vertrieb GmbH"),
    ]
    add_load(store, "table", entities=entities, holdings=[held("T:1", "T:2", 60), held("T:2", "T:3", 30)])
    return store


def test_a_name_asks_and_a_word_counts(store: Store) -> None:
    before = ListedOwners(store).of(["T:2", "T:3"], DAY)
    for one in before.values():
        assert (one.share.upper, one.standing, one.owners) == (0, "cannot", ())
        assert {possible.owner for possible in one.possible} == {"T:1"}
        assert MEMORY in {possible.entry["id"] for possible in one.possible}
    judge(store, [Judgement("T:1", MEMORY, "same", "ann")])
    after = ListedOwners(store).of(["T:1", "T:2", "T:3"], DAY)
    assert [entry["id"] for entry in after["T:1"].listed] == [MEMORY]
    assert (after["T:2"].share.lower, after["T:2"].standing) == (60, "must")
    assert (after["T:3"].share.upper, after["T:3"].standing) == (30, "cannot")
    (owner,) = after["T:3"].owners
    assert owner.path == ("T:1", "T:2", "T:3")
    (entry,) = owner.entries
    assert (entry["list"], entry["policy"]) == ("EL", "Presumption for denial")
    assert entry["file"] == "screening-list.json"


def test_two_listed_owners_are_added(store: Store) -> None:
    add_load(store, "more", holdings=[held(SUGON, "T:3", 20)])
    judge(store, [Judgement("T:1", MEMORY, "same", "ann")])
    found = ListedOwners(store, names=False).of(["T:3"], DAY)["T:3"]
    assert (found.share.lower, found.share.upper, found.standing) == (50, 50, "must")
    assert {owner.id: owner.share.lower for owner in found.owners} == {"T:1": Decimal(30), SUGON: Decimal(20)}


def test_the_programmes_of_the_real_list_are_told_apart(store: Store) -> None:
    rows = store.table("listings").collect().to_dicts()
    counted = Counter(row["list"] for row in rows if affiliates_scope().counts(row))
    assert counted == {"SDN": 8_202, "EL": 2_044, "MEU": 47}
    assert all(affiliates_scope().counts(row) is not None for row in rows)
    named = {one.strip() for row in rows if row["programme"] for one in row["programme"].split(";")}
    assert affiliates_scope().programmes["SDN"] <= named


def test_every_listed_party_is_asked_about_at_once(store: Store) -> None:
    ids = store.table("listings").collect()["id"].to_list()
    found = ListedOwners(store).of(ids, DAY)
    assert len(found) == len(ids) == 15_622
    assert Counter(one.standing for one in found.values()) == {"cannot": 15_622}
    assert sum(bool(one.listed) for one in found.values()) == 8_202 + 2_044 + 47


def test_a_parent_of_the_1260h_list_whose_name_is_like_a_listed_one(shared_data: Path, store: Store) -> None:
    load(store, ScreeningLists(), [shared_data / "us-1260h-list" / "sanctions.csv"], None, lambda *_: None)
    company = "US-1260H:hangzhou-hikvision-digital-technology-co-ltd"
    parent = "US-1260H:china-electronics-technology-group-corporation"
    found = ListedOwners(store).of([company], DAY)[company]
    # The list of the Department of Defense is none of the rule's: the parent on it is asked about by its name alone.
    assert (found.owners, found.share.upper, found.standing, found.with_possible) == ((), 0, "cannot", "may")
    assert {one.path for one in found.possible} == {(parent, company)}
    assert {one.entry["list"] for one in found.possible} <= {"EL", "MEU", "SDN"}
