"""Several parties: every named role counts, and the strictest decides and is named."""

from __future__ import annotations

from itertools import permutations

import pytest

from licensing_cases import aia, case, determine, party

CONSIGNEE = party("DE", "DE", "DE", name="Consignee AG")
ROLES = (
    "purchaser",
    "intermediate_consignee",
    "end_user",
    "final_customer",
    "employer",
    "service_customer",
    "authorised_user",
)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("facts", [("SG", "CN", "SG"), ("SG", "SG", "CN")])
def test_a_hook_in_any_role_decides_and_is_named(role: str, facts: tuple[str, str, str]) -> None:
    answer = determine(case("DE", CONSIGNEE, party(*facts, role, name="Hidden Ltd")))
    assert answer["review_policy"] == "denial_presumption"
    assert "Hidden Ltd" in answer["verdict"]
    decisive = [limb for limb in answer["limbs"] if limb["policy"] == "denial_presumption"]
    assert [limb["party"] for limb in decisive] == ["Hidden Ltd"]
    # The exception is closed by those that the items go to: the ultimate consignee and the end users.
    assert aia(answer) == ("no" if role == "end_user" else "available")


def test_the_order_of_parties_is_no_matter() -> None:
    parties = (CONSIGNEE, party("BR", "BR", None, "end_user", name="B"), party("SG", "SG", "SG", "purchaser", name="C"))
    answers = [determine(case("DE", *order)) for order in permutations(parties)]
    codes = {(a["review_policy"], aia(a), tuple(a["possible_outcomes"]), a["strictest_outcome"]) for a in answers}
    assert len(codes) == 1


def test_several_end_users_each_count() -> None:
    users = [party("DE", "DE", "DE", "end_user", name=name) for name in "AB"]
    assert aia(determine(case("DE", CONSIGNEE, *users))) == "available"
    users.append(party("DE", "DE", "BR", "end_user", name="C"))
    answer = determine(case("DE", CONSIGNEE, *users))
    assert aia(answer) == "no"
    (exception,) = [one for one in answer["exceptions"] if one["code"] == "AIA"]
    failed = [(one["id"], one["party"]) for one in exception["conditions"] if one["state"] == "failed"]
    assert failed == [("ultimate_parent_in_supplement_5a", "C")]


def test_a_role_named_twice_counts_twice() -> None:
    answer = determine(case("DE", CONSIGNEE, party("DE", "DE", "CN", name="Other AG")))
    assert answer["review_policy"] == "denial_presumption"
    assert [one["role"] for one in answer["parties"]] == ["ultimate_consignee", "ultimate_consignee"]


def test_without_an_end_user_the_consignee_is_the_end_user() -> None:
    far = party("RU", "CN", "CN")
    sections = {
        "day": "2026-02-01",
        "item": {"tpp": 20_000, "dram_bandwidth_gb_s": 6_000},
        "conditions": {"dd_certifications": True},
    }
    assert determine(case("CN", far, **sections))["review_policy"] == "denial_presumption"
    near = party("CN", "CN", "CN", "end_user")
    assert determine(case("CN", far, near, **sections))["review_policy"] == "case_by_case"


def test_more_reasons_than_fit_are_counted() -> None:
    parties = [party("SG", "CN", "CN", "purchaser", name=f"Buyer {number}") for number in range(4)]
    answer = determine(case("DE", CONSIGNEE, *parties))
    assert "and 5 more" in answer["verdict"]
