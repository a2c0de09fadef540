"""Real entities of FollowTheMoney through the importer: counts, and the same owners and statuses as derived by hand.

The table and its reasons stand in `test_yente_zala.py`, which feeds the same edges as tables.
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest
from test_yente_zala import ALL, TABLE, Row

from topco.identity.parties import party_of
from topco.ownership.parent_tests import parent_test
from topco.ownership.questions.owners import owners
from topco.ownership.resolution import resolve
from topco.registries.ftm import FollowTheMoney
from topco.registries.ftm.schemata import schemata
from topco.registries.loading import load
from topco.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from topco.registries.loading import Outcome

pytestmark = pytest.mark.shared


def ours(store: Store, identifier: str) -> str:
    """The party of an identifier: entities have older identifiers too, one of which may stand for all."""
    return party_of(store, identifier.replace("X:", "FTM:"))


@pytest.fixture(scope="module")
def loaded(
    shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[frozenset[str]], tuple[Store, Outcome]]:
    """The store with some of one person's three shares in one company, and all other entities."""
    path = shared_data / "followthemoney" / "yente-zala" / "entities.ftm.json"
    lines = path.read_text(encoding="utf-8").splitlines()
    made: dict[frozenset[str], tuple[Store, Outcome]] = {}

    def store(kept: frozenset[str]) -> tuple[Store, Outcome]:
        if kept not in made:
            folder = tmp_path_factory.mktemp("ftm")
            file = folder / "entities.ftm.json"
            chosen = [line for line in lines if (entity := json.loads(line)["id"]) in kept or entity not in ALL]
            file.write_text("\n".join(chosen) + "\n", encoding="utf-8")
            opened = Store.open(folder / "store", create=True)
            made[kept] = opened, load(opened, FollowTheMoney(), [file], None, lambda *_: None)
        return made[kept]

    return store


@pytest.mark.parametrize(("row", "test"), [(row, test) for row in TABLE for test in row.tests])
def test_the_table_derived_by_hand(
    loaded: Callable[[frozenset[str]], tuple[Store, Outcome]], row: Row, test: str
) -> None:
    asked = (date.fromisoformat(row.day), None, parent_test(test))
    store, _ = loaded(row.kept)
    document = owners(store, ours(store, row.company), *asked, 0)
    found = [
        (owner["id"], owner["controls"], owner["share"]["lower"], owner["share"]["upper"])
        for owner in document["owners"]
    ]
    assert sorted(found) == sorted((ours(store, identifier), *rest) for identifier, *rest in row.owners)
    assert [one["declared"] for one in document["declared_over_100"]] == ([row.declared] if row.declared else [])
    (resolution,) = resolve(store, [ours(store, row.company)], *asked)
    assert resolution is not None
    assert resolution["status"] == row.status
    assert resolution["direct_parents"] == []
    expected = [ours(store, row.company)] if row.status in ("own_top", "open_top") else []
    if row.status == "possible":
        expected = sorted(
            ours(store, one) for one in (row.company, *(o for o, controls, *_ in row.owners if controls == "may"))
        )
    assert [parent["id"] for parent in resolution["ultimate_parents"]] == expected


def test_counts_of_the_whole_file(loaded: Callable[[frozenset[str]], tuple[Store, Outcome]]) -> None:
    store, outcome = loaded(ALL)
    (one,) = outcome.loaded
    assert one.load.rejects == 0
    assert one.load.files[0].records == 91
    assert one.load.vintage == date(2026, 4, 29)
    assert [reason for reason in one.load.warnings if "Directorship 3" in reason and "Family 4" in reason]
    entities = store.table("entities").collect()
    assert dict(entities["category"].value_counts().iter_rows()) == {"Company": 11, "Person": 6}
    assert entities["hq_country"].null_count() == 17
    assert entities["registered_country"].null_count() == 17
    assert set(entities.filter(pl.col("kind") == "LegalEntity")["jurisdiction"]) == {"RU"}
    holdings = store.table("holdings").collect()
    assert len(holdings) == 14
    percentages = holdings["share_exact"].drop_nulls().sort().to_list()
    assert percentages == [n * 10_000_000 for n in (1, 2, 48, 49, 50, 51, 75, 100, 100, 100)]
    assert holdings["share_min"].null_count() == 14
    assert len(store.table("listings").filter(pl.col("record").str.contains("/topics").not_()).collect()) == 41


def test_the_model_here_says_what_the_published_model_says(shared_data: Path) -> None:
    path = shared_data / "followthemoney" / "default-model.json"
    model = json.loads(path.read_text(encoding="utf-8"))["schemata"]
    here = schemata()
    assert here.all == set(model)
    assert set(here.kinds) == {name for name, schema in model.items() if "LegalEntity" in schema["schemata"]}
    edges = {name for name, schema in model.items() if schema.get("edge")}
    interests = {name for name, schema in model.items() if "Interest" in schema["schemata"] and name != "Interest"}
    assert here.links == edges | interests
    assert here.ownership == {"Ownership"}
