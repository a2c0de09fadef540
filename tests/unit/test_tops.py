"""The tops of plain lists: hand-made cases, collisions of hashes, and random graphs against plain sets."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topco.ownership import numbering
from topco.ownership.tops import tops

Row = tuple[str, str | None, str]


def table(rows: list[Row]) -> pl.DataFrame:
    schema = {"child": pl.String, "parent": pl.String, "step": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def answer(rows: list[Row]) -> set[tuple[str, str]]:
    found = tops(table(rows)).rows()
    assert len(found) == len(set(found)), "a pair stands there twice"
    return set(found)


def by_sets(rows: list[Row]) -> set[tuple[str, str]]:
    """The definition, word for word: every company walks up every way and keeps the ends that go no further."""
    recorded: dict[str, set[str]] = {}
    direct: dict[str, set[str]] = {}
    companies = {child for child, _, _ in rows} | {parent for _, parent, _ in rows if parent is not None}
    for child, parent, step in rows:
        if parent is not None:
            (recorded if step == "ultimate" else direct).setdefault(child, set()).add(parent)
    steps = {one: recorded.get(one) or direct.get(one, set()) for one in companies}
    found = set()
    for company in companies:
        reached, waiting = {company}, [company]
        while waiting:
            new = steps[waiting.pop()] - reached
            reached |= new
            waiting += new
        found |= {(company, one) for one in reached if not steps[one]}
    return found


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], set()),
        ([("a", None, "direct")], {("a", "a")}),
        ([("a", "b", "direct"), ("b", "a", "direct"), ("c", "a", "direct")], set()),
        ([("a", "a", "direct"), ("b", "c", "direct")], {("b", "c"), ("c", "c")}),
        ([("a", "b", "direct"), ("a", "t", "ultimate"), ("b", None, "direct")], {("a", "t"), ("b", "b"), ("t", "t")}),
        ([("a", "b", "direct"), ("a", "c", "direct")], {("a", "b"), ("a", "c"), ("b", "b"), ("c", "c")}),
        ([("a", "b", "direct"), ("b", "a", "direct"), ("b", "t", "direct")], {("a", "t"), ("b", "t"), ("t", "t")}),
    ],
    ids=["nothing", "alone", "ring", "ring of one", "recorded", "two parents", "ring with a way out"],
)
def test_cases(rows: list[Row], expected: set[tuple[str, str]]) -> None:
    assert answer(rows) == expected


names = st.sampled_from(["a", "b", "c", "d", "e", "a company with a long name", "another one with a long name"])
lists = st.lists(st.tuples(names, st.none() | names, st.sampled_from(["direct", "direct", "ultimate"])), max_size=12)
single = st.dictionaries(names, st.none() | names).map(lambda up: [(one, above, "direct") for one, above in up.items()])


@settings(deadline=None, max_examples=300)
@given(rows=lists | single)
def test_random_lists_against_sets(rows: list[Row]) -> None:
    assert answer(rows) == by_sets(rows)


@settings(deadline=None, max_examples=100)
@given(rows=lists | single, data=st.data())
def test_order_of_rows_changes_nothing(rows: list[Row], data: st.DataObject) -> None:
    assert answer(data.draw(st.permutations(rows))) == answer(rows)


def test_identifiers_that_share_a_hash_stay_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    hashes = numbering._hashes

    def colliding(column: pl.Series) -> tuple[numbering.Hashes, numbering.Hashes]:
        keys, checks = hashes(column)
        return keys & 0, checks

    monkeypatch.setattr(numbering, "_hashes", colliding)
    rows: list[Row] = [("a", "b", "direct"), ("b", None, "direct"), ("c", "d", "direct"), ("e", "f", "direct")]
    assert answer(rows) == by_sets(rows)


def test_the_two_hashes_of_an_identifier_are_independent() -> None:
    keys, checks = numbering._hashes(pl.Series([f"LEI:{number}" for number in range(20_000)]))
    agreement = np.unpackbits((keys ^ checks).view(np.uint8)).mean()
    assert abs(agreement - 0.5) < 0.01
    bits = [np.unpackbits(one.view(np.uint8).reshape(-1, 8), axis=1) - 0.5 for one in (keys, checks)]
    assert np.abs(4 * bits[0].T @ bits[1] / len(keys)).max() < 0.05


def test_many_companies() -> None:
    random = np.random.default_rng(1)
    up = (random.random(20_000) * np.arange(20_000)).astype(int)
    rows: list[Row] = [
        (f"X:{n}", f"X:{up[n]}" if n and random.random() < 0.8 else None, "direct") for n in range(20_000)
    ]
    above = {child: parent for child, parent, _ in rows}
    expected = set()
    for child in above:
        top = child
        while above[top] is not None:
            top = above[top]
        expected.add((child, top))
    assert answer(rows) == expected


identifiers = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30) | names


@settings(deadline=None, max_examples=200)
@given(columns=st.lists(st.lists(identifiers, max_size=8), min_size=1, max_size=4))
def test_places_in_the_order_of_identifiers(columns: list[list[str]]) -> None:
    ids, places = numbering.ranked([pl.Series(column, dtype=pl.String) for column in columns])
    assert ids.to_list() == sorted({one for column in columns for one in column}, key=str.encode)
    assert [[ids[place] for place in found.tolist()] for found in places] == columns
