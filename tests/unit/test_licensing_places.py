"""Places that count as others, and known facts on which the law is silent."""

from __future__ import annotations

import pytest

from licensing_cases import aia, case, determine, party, policy

DENIAL, APPROVAL, ALLOCATION = "denial_presumption", "approval", "approval_within_allocation"


@pytest.mark.parametrize(
    ("destination", "facts"), [("HK", ("HK", "DE", "DE")), ("DE", ("DE", "HK", "DE")), ("DE", ("DE", "DE", "HK"))]
)
def test_hong_kong_counts_as_china_for_every_fact(destination: str, facts: tuple[str, str, str]) -> None:
    answer = determine(case(destination, party(*facts)))
    assert answer["review_policy"] == DENIAL
    assert "Hong Kong (treated as China)" in answer["verdict"]
    assert "HK" in {answer["parties"][0][key] for key in ("located_in", "hq_in", "ultimate_parent_hq_in")}
    mapping = [node for node in answer["proof"]["nodes"] if node["text"] == "Hong Kong is treated as China"]
    assert [node["cite"] for node in mapping] == ["85 FR 83765"]


def test_liechtenstein_counts_as_switzerland_without_a_doubt() -> None:
    for place in ("LI", "CH"):
        assert policy(place, party(place, place, place)) == ALLOCATION
        assert policy("BR", party("BR", place, place), tallies={"country_licensed_tpp": 0}) == APPROVAL


def test_a_territory_as_destination_follows_its_state() -> None:
    answer = determine(case("KY", party("KY", "GB", "GB")))
    assert answer["review_policy"] == APPROVAL
    assert aia(answer) == "available"
    assert policy("GL", party("GL", "DK", "DK")) == APPROVAL


@pytest.mark.parametrize("facts", [("GB", "KY", "GB"), ("GB", "GB", "KY"), ("GB", "KY", "KY")])
def test_a_territory_as_headquarters_has_two_readings(facts: tuple[str, str, str]) -> None:
    """In a supplement 5(a) destination both lead to approval; whether AIA is open hangs on the reading."""
    answer = determine(case("GB", party(*facts)))
    assert answer["review_policy"] == APPROVAL
    assert aia(answer) == "undetermined"
    assert answer["settling_facts"] == []


def test_a_territory_as_headquarters_is_ambiguous_where_its_readings_differ() -> None:
    used_up = {"country_licensed_tpp": 790_000_000}
    answer = determine(case("BR", party("BR", "BR", "KY"), tallies=used_up))
    assert answer["review_policy"] == "ambiguous"
    assert answer["strictest_outcome"] == "denial_policy"
    plain = determine(case("BR", party("BR", "BR", "KY")))
    assert plain["review_policy"] == ALLOCATION


def test_a_territory_never_softens_a_hook() -> None:
    assert policy("GB", party("GB", "KY", "CN")) == DENIAL
    assert policy("CN", party("CN", "KY", "KY")) == DENIAL


@pytest.mark.parametrize(
    ("tops", "expected", "exception"),
    [
        (["DE", "FR"], APPROVAL, "available"),
        (["DE", "CN"], "ambiguous", "undetermined"),
        (["CN", "DE"], "ambiguous", "undetermined"),
        (["CN", "MO"], DENIAL, "no"),
        (["DE", "BR"], APPROVAL, "undetermined"),
        (["DE"], APPROVAL, "available"),
    ],
)
def test_equal_tops_are_read_each(tops: list[str], expected: str, exception: str) -> None:
    answer = determine(case("DE", party("DE", "DE", tops)))
    assert answer["review_policy"] == expected
    assert aia(answer) == exception
    assert answer["parties"][0]["ultimate_parent_hq_in"] == (tops if len(tops) > 1 else tops[0])
    if expected == "ambiguous":
        assert answer["possible_outcomes"] == [APPROVAL, DENIAL]
        assert answer["strictest_outcome"] == DENIAL
        assert "the law does not say" in answer["verdict"]
        assert "the ultimate parent of the ultimate_consignee company is headquartered in China" in answer["verdict"]


def test_silence_inside_an_unknown_stays_undetermined() -> None:
    answer = determine(case("DE", party("DE", None, ["DE", "CN"])))
    assert answer["review_policy"] == "undetermined"
    assert answer["strictest_outcome"] == DENIAL
    assert answer["possible_outcomes"] == [APPROVAL, DENIAL]


def test_taiwan_is_not_china_and_france_is_in_supplement_5a() -> None:
    for place in ("TW", "FR"):
        answer = determine(case(place, party(place, place, place)))
        assert (answer["review_policy"], aia(answer)) == (APPROVAL, "available")
