"""Proposals: every pair that scores is met, whatever the order and the size of the batches; stores and lists."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ownership_store import add_load, entity

from topco.matching import NAMES, best, blocking, explain, match_store, names_of, proposals, propose
from topco.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

WORD = st.sampled_from(
    ["hikvision", "hikvison", "dahua", "westone", "wes", "tone", "cheng", "du", "chengdu", "2", "bank"]
)
ROW = st.tuples(
    st.lists(WORD, min_size=1, max_size=3).map(" ".join),
    st.sampled_from(["CN", "DE", "CN;DE", None]),
    st.sampled_from(["LegalEntity", "NaturalPerson", None]),
)
ROWS = st.lists(ROW, min_size=1, max_size=8)


def frame(mark: str, rows: list[tuple[str, str | None, str | None]]) -> pl.DataFrame:
    return pl.DataFrame([(f"{mark}:{n}", *row) for n, row in enumerate(rows)], schema=NAMES, orient="row")


@settings(max_examples=150, deadline=None)
@given(ROWS, ROWS, st.sampled_from([60, 85, 95]), st.randoms())
def test_what_is_proposed_is_what_scores_in_any_order(
    left: list[Any], right: list[Any], minimum: int, random: Any
) -> None:
    one, other = frame("L", left), frame("R", right)
    found = propose(one, other, minimum)
    expected = {
        (a["id"], b["id"]): points
        for a, b in product(one.to_dicts(), other.to_dicts())
        if (points := explain(a, b).value) >= minimum
    }
    assert {(row["first"], row["second"]): row["score"] for row in found.to_dicts()} == expected
    shuffled = [side.sample(fraction=1, shuffle=True, seed=random.randint(0, 99)) for side in (one, other)]
    assert propose(*shuffled, minimum).equals(found)
    turned = propose(other, one, minimum).rename({"first": "second", "second": "first"})
    assert set(turned.select("first", "second", "score").rows()) == set(found.select("first", "second", "score").rows())


def test_batches_do_not_change_what_is_proposed(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(f"{first} {second} Ltd", "GB", None) for first in ("Alba", "Brio", "Cato") for second in ("Steel", "Stel")]
    left, right = frame("L", rows), frame("R", rows)
    whole = propose(left, right)
    for size in ("_ASKING", "_ASKED", "_PAIRS"):
        monkeypatch.setattr(proposals, size, 2)
    assert propose(left, right).equals(whole)
    assert whole.height == 12


def test_the_best_of_several_names_of_a_party_counts() -> None:
    left = frame("L", [("Samsung Denshi", "JP", None)])
    right = pl.DataFrame(
        {"id": ["R:0", "R:0"], "name": ["三星電子株式会社", "Samsung Denshi"], "country": "JP", "main": [True, False]}
    ).with_columns(kind=pl.lit(None, dtype=pl.String))
    (row,) = propose(left, right).to_dicts()
    assert (row["score"], row["second_name"]) == (98, "Samsung Denshi")
    assert "by another name of one (-2)" in row["reason"]


def test_nothing_to_compare() -> None:
    empty = frame("L", [])
    assert propose(empty, empty).is_empty()
    assert propose(empty, frame("R", [("Foo", None, None)])).is_empty()


def test_too_many_names_with_the_same_words_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocking, "MOST_EQUAL", 3)
    told: list[str] = []
    propose(frame("L", [("Foo Bar", "GB", None)]), frame("R", [("Foo Bar", "GB", None)] * 5), notify=told.append)
    assert len(told) == 1
    assert "1 names were not compared" in told[0]
    assert "'Foo Bar'" in told[0]


def judgement(first: str, second: str, verdict: str, day: int) -> dict[str, Any]:
    at = datetime(2025, 3, day, tzinfo=UTC)
    return {"first": first, "second": second, "verdict": verdict, "author": "a", "judged_at": at, "record": f"j/{day}"}


def load_as(store: Store, publisher: str, kind: str, **tables: Any) -> None:
    """A load of a publisher other than the one that the small stores have."""
    made = add_load(store, kind, **tables)
    loads = tuple(replace(one, publisher=publisher) if one.id == made.id else one for one in store.loads())
    with store.writing():
        store.commit(replace(store.manifest, loads=loads))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store.open(tmp_path / "store", create=True)
    load_as(
        made,
        "GLEIF",
        "lei2",
        entities=[
            entity("LEI:1", "BP P.L.C.", "GB"),
            entity("LEI:2", "Foo Metals GmbH", "DE"),
            entity("LEI:3", "Foo Metals Limited", "DE"),
            entity("LEI:4", "三星電子株式会社", "JP"),
        ],
        names=[{"id": "LEI:4", "name": "Samsung Denshi", "record": "r"}],
    )
    load_as(
        made,
        "Companies House",
        "psc",
        entities=[
            entity("GB-COH:1", "BP plc", None, registered_country="GB"),
            entity("GB-COH:2", "FOO METALS GMBH", None, registered_country="GB", jurisdiction="DE"),
            entity("GB-COH:4", "Samsung Denshi K.K.", "JP"),
        ],
    )
    return made


def pairs(store: Store, **more: Any) -> dict[tuple[str, str], int]:
    return {(row["first"], row["second"]): row["score"] for row in match_store(store, **more).to_dicts()}


def test_parties_of_different_sources_are_proposed(store: Store) -> None:
    assert pairs(store) == {
        ("GB-COH:1", "LEI:1"): 100,
        ("GB-COH:2", "LEI:2"): 100,
        ("GB-COH:2", "LEI:3"): 98,
        ("GB-COH:4", "LEI:4"): 95,
    }


def test_what_is_linked_or_judged_is_not_proposed_again(store: Store) -> None:
    load_as(store, "X", "ids", identifiers=[{"id": "GB-COH:1", "other_id": "LEI:1", "record": "i/1"}])
    load_as(
        store,
        "user",
        "judgements",
        judgements=[judgement("LEI:2", "GB-COH:2", "Different", 2), judgement("GB-COH:4", "LEI:4", "Proposed", 2)],
    )
    assert pairs(store) == {("GB-COH:2", "LEI:3"): 98, ("GB-COH:4", "LEI:4"): 95}
    assert pairs(store, known_as_of=date(2025, 1, 1)) == {}


def test_of_two_parties_the_best_pair_is_given(store: Store) -> None:
    load_as(store, "user", "judgements", judgements=[judgement("LEI:2", "LEI:3", "Same", 2)])
    found = pairs(store)
    assert {pair: points for pair, points in found.items() if "GB-COH:2" in pair} == {("GB-COH:2", "LEI:2"): 100}


def test_names_of_a_list_have_candidates_or_none(store: Store) -> None:
    asked = pl.DataFrame(
        {"row": [2, 3, 4], "name": ["Foo Metals", "Nobody & Sons", "BP"], "country": ["DE", "DE", None]}
    )
    found = best(asked, store)
    rows = [(row["row"], row["status"], row["id"], row["score"]) for row in found.to_dicts()]
    assert rows == [
        (2, "proposed", "GB-COH:2", 97),
        (2, "proposed", "LEI:2", 97),
        (2, "proposed", "LEI:3", 97),
        (3, "unmatched", None, None),
        (4, "proposed", "GB-COH:1", 92),
        (4, "proposed", "LEI:1", 92),
    ]
    assert best(asked, store, limit=1)["row"].to_list() == found["row"].to_list()  # equals are never cut apart


def test_names_of_a_store_carry_source_and_all_countries(store: Store) -> None:
    rows = {(row["id"], row["name"]): row for row in names_of(store).to_dicts()}
    assert rows["GB-COH:2", "FOO METALS GMBH"]["country"] == "GB;DE"
    assert rows["LEI:4", "Samsung Denshi"]["main"] is False
    assert rows["LEI:4", "Samsung Denshi"]["country"] == "JP;JP;JP"
    assert {row["source"] for row in rows.values()} == {"GLEIF", "Companies House"}
