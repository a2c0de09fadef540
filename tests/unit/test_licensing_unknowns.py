"""Unknown facts are every alternative at once: nothing is taken for a no."""

from __future__ import annotations

from typing import Any

import pytest

from licensing_cases import AFTER, BEFORE, aia, case, conditions, determine, party
from topco.errors import NotModelled
from topco.licensing.determine import Determiner

DENIAL, APPROVAL, ALLOCATION = "denial_presumption", "approval", "approval_within_allocation"


def flags(answer: dict[str, Any]) -> set[str]:
    """The red flags of an answer."""
    return {flag["id"] for flag in answer["red_flags"]}


@pytest.mark.parametrize("fact", ["hq_in", "ultimate_parent_hq_in"])
def test_an_unknown_headquarters_may_be_in_macau_or_d5(fact: str) -> None:
    answer = determine(case("DE", {**party("DE", "DE", "DE"), fact: None}))
    assert answer["licence_required"] == "yes"
    assert answer["review_policy"] == "undetermined"
    assert answer["possible_outcomes"] == [APPROVAL, DENIAL]
    assert answer["strictest_outcome"] == DENIAL
    assert aia(answer) == "undetermined"
    (settling,) = answer["settling_facts"]
    assert (settling["fact"], settling["party"]) == (fact, "the ultimate_consignee company")
    assert set(settling["values"].values()) == {APPROVAL, DENIAL}
    assert all("such as" in value for value in settling["values"])
    known = determine(case("DE", party("DE", "DE", "DE")))
    assert flags(answer) - flags(known) == {"21"}


@pytest.mark.parametrize("day", [BEFORE, AFTER])
def test_an_unknown_parent_does_not_matter_where_the_destination_decides(day: str) -> None:
    answer = determine(case("RU", party("RU", None, None), day=day))
    assert answer["review_policy"] == DENIAL
    assert answer["settling_facts"] == []
    assert answer["possible_outcomes"] == []
    assert "is headquartered in a destination" not in answer["verdict"], "a supposition is no reason"
    assert [limb["because"] for limb in answer["limbs"] if limb["policy"] == DENIAL] == ["destination"]


def test_an_unknown_parent_does_not_matter_where_the_own_headquarters_decides() -> None:
    answer = determine(case("DE", party("DE", "CN", None)))
    assert answer["review_policy"] == DENIAL
    assert aia(answer) == "no"


def test_unknown_facts_that_agree_stand_without_a_common_limb() -> None:
    """Two unknown facts, of which one is certainly enough for nothing: the answer must not claim a reason."""
    answer = determine(case("BR", party("BR", "BR", None), tallies={"country_licensed_tpp": 790_000_000}))
    assert answer["review_policy"] == "undetermined"
    assert answer["possible_outcomes"] == [APPROVAL, "denial_policy"]


def test_an_unknown_destination() -> None:
    answer = determine(case(None, party("DE", "DE", "DE")))
    assert answer["review_policy"] == "undetermined"
    assert answer["possible_outcomes"] == [APPROVAL, ALLOCATION, DENIAL]
    assert aia(answer) == "undetermined"
    assert answer["settling_facts"][0]["fact"] == "destination"
    outsider = determine(case(None, party("DE", "DE", "CN")))
    assert outsider["review_policy"] == DENIAL


@pytest.mark.parametrize("day", [BEFORE, AFTER])
def test_everything_unknown(day: str) -> None:
    answer = determine(
        case(None, day=day, transaction={"end_use": None, "quantity_tpp": None}, item={"designer": None}, conditions={})
    )
    assert answer["review_policy"] == "undetermined"
    assert answer["strictest_outcome"] == DENIAL
    assert aia(answer) == "undetermined"
    expected = {APPROVAL, ALLOCATION, DENIAL} | ({"case_by_case"} if day == AFTER else set())
    assert set(answer["possible_outcomes"]) == expected
    assert {"destination", "hq_in", "ultimate_parent_hq_in"} <= {fact["fact"] for fact in answer["settling_facts"]}


def test_no_party_at_all_is_an_unknown_consignee() -> None:
    answer = determine(case("DE"))
    assert answer["review_policy"] == "undetermined"
    (added,) = answer["parties"]
    assert added["role"] == "ultimate_consignee"
    assert (added["located_in"], added["hq_in"], added["ultimate_parent_hq_in"]) == ("DE", None, None)


@pytest.mark.parametrize(
    "role", ["end_user", "purchaser", "intermediate_consignee", "final_customer", "service_customer"]
)
def test_a_missing_consignee_is_not_read_as_none(role: str) -> None:
    answer = determine(case("DE", party("DE", "DE", "DE", role)))
    assert answer["review_policy"] == "undetermined"
    assert [one["role"] for one in answer["parties"]] == [role, "ultimate_consignee"]


def test_an_unknown_location_is_the_destination_for_consignee_and_end_user_only() -> None:
    parties = [party(None, "DE", "DE", role) for role in ("ultimate_consignee", "end_user", "purchaser")]
    answer = determine(case("DE", *parties))
    assert [one["located_in"] for one in answer["parties"]] == ["DE", "DE", None]
    assert {a["fact"] for a in answer["assumptions"]} >= {"parties[0].located_in", "parties[1].located_in"}
    assert aia(answer) == "available"
    assert "21" not in flags(answer), "where a purchaser is located says nothing about its owner"


def test_an_unknown_end_use_is_not_read_as_no_training() -> None:
    answer = determine(case("DE", party("DE", "DE", "DE"), transaction={"end_use": None}))
    assert aia(answer) == "undetermined"
    assert conditions(answer, "missing") == {"no_training_for_outsiders"}
    assert conditions(answer, "missing", "ACM") == {"end_use_is_manufacturing", "private_sector_end_users"}
    settling = {fact["fact"] for fact in answer["settling_facts"] if fact["values"]["met"].startswith("AIA")}
    assert settling == {"no_training_for_outsiders"}
    empty = determine(case("DE", party("DE", "DE", "DE"), transaction={"end_use": []}))
    assert aia(empty) == "undetermined"


def test_sections_that_are_null_are_unknown() -> None:
    answer = determine(case("DE", party("DE", "DE", "DE"), conditions=None, tallies=None))
    assert answer["review_policy"] == APPROVAL
    assert conditions(answer, "missing") == {"no_part_744_746_bar"}


def test_too_many_unknown_facts_are_refused_by_name() -> None:
    roles = ("ultimate_consignee", "end_user", "purchaser", "intermediate_consignee", "final_customer")
    answer = determine(case("DE", *(party(None, None, None, role) for role in roles), day=AFTER))
    assert answer["verdict"].startswith("Not determined: ")
    assert "of party 5" in answer["verdict"]
    assert answer["review_policy"] == "undetermined"


def test_a_case_too_open_for_the_reading_beside_is_said_to_be_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be weighed ends one case with a sentence, and never the file of cases."""

    def too_many(*_: object) -> dict[str, object]:
        raise NotModelled("too many facts are unknown at once")

    monkeypatch.setattr(Determiner, "_other_readings", too_many)
    answer = determine(case("BR", party("BR", "BR", "BR")))
    assert answer["verdict"].startswith("Not determined: too many facts")
    assert (answer["licence_required"], answer["review_policy"]) == ("unknown", "undetermined")
