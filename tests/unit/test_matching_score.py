"""Scores: what each difference costs, and the properties that hold for all names."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topco.matching import Party, explain, normalise, score

WORDS = st.sampled_from(
    ["samsung", "samsnug", "electronics", "elektronics", "hi", "tech", "hitech", "china", "bank", "north", "south",
     "alpha", "2", "3", "ii", "a", "b", "j", "john", "Ltd", "GmbH", "AG", "Co., Ltd.", "the", "of", "华为技术", "华为",
     "jp", "r2", "r3"]
)  # fmt: skip
NAMES = st.lists(WORDS, min_size=1, max_size=5).map(" ".join)
COUNTRIES = st.frozensets(st.sampled_from(["CN", "DE", "GB"]), max_size=2)
KINDS = st.sampled_from([None, "LegalEntity", "NaturalPerson", "Fund", "Branch", "UnidentifiedParty", "SoleProprietor"])
PARTIES = st.builds(Party, NAMES.map(normalise), COUNTRIES, KINDS, st.booleans())


def points(one: str, other: str, country: str | None = "CN", **more: str) -> int:
    return explain({"name": one, "country": "CN", **more}, {"name": other, "country": country}).value


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Huawei Technologies Co., Ltd.", "HUAWEI TECHNOLOGIES COMPANY LIMITED", 100),
        ("Bank of China Ltd", "China Bank Ltd", 97),
        ("Cheng Du Westone Ltd", "Chengdu Westone Ltd", 98),
        ("Samsung Elektronics Ltd", "Samsung Electronics Ltd", 94),
        ("J Smith Engineering Ltd", "John Smith Engineering Ltd", 94),
        ("IBM Deutschland", "International Business Machines Deutschland", 80),
        ("Foo Bar Ltd", "Foo Bar GmbH", 98),
        ("Foo Bar Ltd", "Foo Bar", 97),
        ("Foo Bar Ltd", "Foo Bar LLP", 92),
        ("Institute No. 2", "Institute No. 3", 0),
        ("Institute No. 2", "Institute", 0),
        ("R2 Metals", "R3 Metals", 0),
    ],
)
def test_what_differences_cost(one: str, other: str, expected: int) -> None:
    assert points(one, other) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("BP Exploration (Alpha) Ltd", "BP Exploration (Delta) Ltd"),
        ("Azule Energy Exploration (Angola) Limited", "Azule Energy Exploration Angola (KB) Limited"),
        ("Shanxi Coal Group", "Shaanxi Coal Group"),
        ("Bank of Austria", "Bank of Australia"),
        ("Northern Star Industries", "Southern Star Industries"),
        ("Industrial and Commercial Bank of China", "Industrial and Commercial Bank of China UK"),
        ("Foo Fund A", "Foo Fund B"),
        ("中国第一汽车", "中国第二汽车"),
        ("华为技术", "华为科技"),
    ],
)
def test_a_word_too_many_or_a_telling_word_is_never_proposed_at_the_default(one: str, other: str) -> None:
    assert points(one, other) < 85


def test_countries() -> None:
    assert points("Foo Bar", "Foo Bar", None) == 95
    assert points("Foo Bar", "Foo Bar", "DE") == 75
    assert points("Foo Bar", "Foo Bar", "DE;CN") == 100


def test_kinds() -> None:
    assert points("John Smith", "John Smith", kind="NaturalPerson") == 90
    person, company = {"name": "A Smith", "kind": "NaturalPerson"}, {"name": "A Smith", "kind": "LegalEntity"}
    assert explain(person, company).value == 0
    assert "kinds differ" in explain(person, company).reason


def test_the_parts_add_up_and_are_words() -> None:
    found = explain({"name": "Samsung Elektronics GmbH", "country": "DE"}, {"name": "Electronics Samsung"})
    assert found.value == 100 - sum(part.points for part in found.parts)
    assert "'electronics' for 'elektronics' (-6)" in found.reason
    assert "country unknown on one side (other: DE) (-5)" in found.reason


def test_a_party_without_a_name_is_like_nothing() -> None:
    assert explain({"name": "…"}, {"name": "…"}).value == 0


@settings(max_examples=300, deadline=None)
@given(PARTIES, PARTIES)
def test_the_score_is_symmetric_and_so_is_its_reason(one: Party, other: Party) -> None:
    assert score(one, other) == score(other, one)


@settings(max_examples=300, deadline=None)
@given(PARTIES, PARTIES)
def test_bounds_numbers_and_what_a_hundred_means(one: Party, other: Party) -> None:
    found = score(one, other)
    assert 0 <= found.value <= 100
    if one.name.numbers != other.name.numbers:
        assert found.value == 0
    if found.value == 100:
        assert one.name == other.name
        assert one.countries & other.countries
        assert one.is_main
        assert other.is_main


@settings(max_examples=200, deadline=None)
@given(PARTIES)
def test_a_company_is_like_itself(one: Party) -> None:
    if one.kind in (None, "LegalEntity", "Fund", "Branch") and one.countries and one.is_main:
        assert score(one, one).value == 100
