"""The law by its dates: epochs, groups that change, case-by-case review since 15 January 2026."""

from __future__ import annotations

from typing import Any

import pytest

from licensing_cases import AFTER, BEFORE, aia, case, conditions, determine, party, policy, status

DENIAL, CASE_BY_CASE = "denial_presumption", "case_by_case"
SMALL = {"eccn": "3A090.a", "designer": "authorised", "tpp": 20_999, "dram_bandwidth_gb_s": 6_499}
PAPERS = {"dd_certifications": True}
CHINESE = party("CN", "CN", "CN")


def chinese(day: str = AFTER, *parties: dict[str, Any], destination: str = "CN", **changes: Any) -> dict[str, Any]:
    sections: dict[str, Any] = {"item": SMALL, "conditions": PAPERS}
    for section, values in changes.items():
        sections[section] = {**sections.get(section, {}), **values}
    return determine(case(destination, *(parties or (CHINESE,)), day=day, **sections))


@pytest.mark.parametrize(("day", "expected"), [("2026-01-14", DENIAL), ("2026-01-15", CASE_BY_CASE)])
def test_case_by_case_begins_on_its_day(day: str, expected: str) -> None:
    assert chinese(day)["review_policy"] == expected


@pytest.mark.parametrize("code", ["CN", "HK", "MO"])
def test_case_by_case_is_for_end_users_in_china_or_macau(code: str) -> None:
    answer = chinese(AFTER, party(code, code, code), destination=code)
    assert answer["review_policy"] == CASE_BY_CASE
    assert [limb["policy"] for limb in answer["limbs"] if limb["cite"].endswith("(A)(1)")] == [CASE_BY_CASE]


@pytest.mark.parametrize(
    "changes",
    [
        {"item": {"tpp": 21_000}},
        {"item": {"tpp": 25_000}},
        {"item": {"dram_bandwidth_gb_s": 6_500}},
        {"conditions": {"dd_certifications": False}},
        {"transaction": {"activity": "reexport"}},
        {"transaction": {"activity": "transfer_in_country"}},
    ],
    ids=str,
)
def test_case_by_case_fails_with_each_of_its_conditions(changes: dict[str, Any]) -> None:
    answer = chinese(**changes)
    assert answer["review_policy"] == DENIAL
    assert answer["settling_facts"] == []


@pytest.mark.parametrize("elsewhere", ["RU", "SG", "DE", "TW"])
def test_case_by_case_fails_for_an_end_user_elsewhere(elsewhere: str) -> None:
    assert chinese(AFTER, CHINESE, party(elsewhere, "CN", "CN", "end_user"))["review_policy"] == DENIAL
    assert chinese(AFTER, party(elsewhere, "CN", "CN"), destination=elsewhere)["review_policy"] == DENIAL
    both = (CHINESE, party("CN", "CN", "CN", "end_user"), party(elsewhere, "CN", "CN", "end_user"))
    assert chinese(AFTER, *both)["review_policy"] == DENIAL


@pytest.mark.parametrize(
    ("changes", "fact"),
    [
        ({"item": {"tpp": None}}, "item.tpp"),
        ({"item": {"dram_bandwidth_gb_s": None}}, "item.dram_bandwidth_gb_s"),
        ({"conditions": {"dd_certifications": None}}, "conditions.dd_certifications"),
    ],
    ids=["tpp", "bandwidth", "papers"],
)
def test_case_by_case_unknown_in_each_of_its_conditions(changes: dict[str, Any], fact: str) -> None:
    answer = chinese(**changes)
    assert answer["review_policy"] == "undetermined"
    assert answer["possible_outcomes"] == [CASE_BY_CASE, DENIAL]
    assert answer["strictest_outcome"] == DENIAL
    (settling,) = answer["settling_facts"]
    assert settling["fact"] == fact
    assert sorted(settling["values"].values()) == [CASE_BY_CASE, DENIAL]


def test_a_condition_that_fails_beats_unknown_ones() -> None:
    unknown = {"item": {"tpp": None}, "conditions": {"dd_certifications": None}}
    answer = chinese(transaction={"activity": "reexport"}, **unknown)
    assert answer["review_policy"] == DENIAL
    assert chinese(item={"tpp": 21_000, "dram_bandwidth_gb_s": None})["review_policy"] == DENIAL


def test_before_2026_nobody_is_asked_for_what_no_rule_reads() -> None:
    answer = chinese(BEFORE, item={"tpp": None}, conditions={"dd_certifications": None})
    assert answer["review_policy"] == DENIAL
    assert answer["settling_facts"] == []


def test_tie_break_lets_case_by_case_stand_against_every_other_limb() -> None:
    german_parent = party("CN", "CN", "DE")
    answer = chinese(AFTER, german_parent, tallies={"country_licensed_tpp": 790_000_000})
    assert answer["review_policy"] == CASE_BY_CASE
    assert answer["possible_outcomes"] == []


@pytest.mark.parametrize(("day", "expected"), [("2025-11-06", DENIAL), ("2025-11-07", "approval_within_allocation")])
def test_cambodia_leaves_d5(day: str, expected: str) -> None:
    assert policy("KH", party("KH", "KH", "KH"), day=day) == expected
    assert policy("BR", party("BR", "BR", "KH"), day=day) == expected


@pytest.mark.parametrize(("day", "closed"), [("2026-07-09", True), ("2026-07-10", False)])
def test_the_emirates_leave_the_closed_list(day: str, closed: bool) -> None:
    answer = determine(case("AE", party("AE", "DE", "DE", supp8_approved=False), day=day))
    assert "open_for_destination" in conditions(answer, "failed" if closed else "met")
    assert aia(answer) == "no"
    assert status(answer, "LPP") == ("no" if closed else "available")
    assert answer["review_policy"] == "approval_within_allocation"


def test_the_allocation_outlives_the_rules_only_by_their_last_day() -> None:
    assert policy("BR", party("BR", "BR", "BR"), day="2027-12-31") == "approval_within_allocation"
    late = determine(case("BR", party("BR", "BR", "BR"), day="2028-01-01"))
    assert late["verdict"].startswith("Not determined: The reading 'codified' has no rules for 2028-01-01")


@pytest.mark.parametrize(("day", "later"), [("2026-09-24", False), ("2026-09-25", True)])
def test_later_law_is_said_to_be_unchecked(day: str, later: bool) -> None:
    answer = determine(case("BR", party("BR", "BR", "BR"), day=day))
    assert answer["verified_to"] == "2026-09-24"
    assert ("later changes were not checked" in answer["verdict"]) == later


def test_an_undated_case_is_of_today_and_says_so() -> None:
    answer = determine(case("BR", party("BR", "BR", "BR"), day=None))
    assert answer["as_of"] == answer["rules_as_of"] == "2026-11-24"
    assert {"fact": "transaction.date", "value": "2026-11-24"}.items() <= answer["assumptions"][0].items()


@pytest.mark.parametrize(
    ("approved", "day", "required"),
    [
        (True, "2026-07-10", "no"),
        (None, "2026-07-10", "unknown"),
        (False, "2026-07-10", "yes"),
        (True, "2026-07-09", "yes"),
    ],
)
def test_approved_entities_of_the_emirates_are_carved_out_from_their_day(
    approved: bool | None, day: str, required: str
) -> None:
    answer = determine(case("AE", party("AE", "AE", "AE", supp8_approved=approved), day=day))
    assert answer["licence_required"] == required
