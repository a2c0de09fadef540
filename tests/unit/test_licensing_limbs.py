"""Each limb of the review policy by each fact that can meet it, and how limbs combine."""

from __future__ import annotations

from typing import Any

import pytest

from licensing_cases import AFTER, BEFORE, case, determine, party, policy

DENIAL, APPROVAL, ALLOCATION = "denial_presumption", "approval", "approval_within_allocation"
WITHOUT_DD = {"dd_certifications": False}
USED_UP = {"country_licensed_tpp": 790_000_000}


def limbs(answer: dict[str, Any]) -> set[tuple[str, str, str | None]]:
    return {
        (limb["cite"].removeprefix("742.6(b)(10)(iii)"), limb["because"], limb["party"]) for limb in answer["limbs"]
    }


@pytest.mark.parametrize("day", [BEFORE, AFTER])
@pytest.mark.parametrize(
    ("destination", "facts", "met"),
    [
        ("RU", ("RU", "DE", "DE"), ("(A)(1)", "destination", None)),
        ("MO", ("MO", "DE", "DE"), ("(A)(1)", "destination", None)),
        ("DE", ("DE", "RU", "DE"), ("(A)(1)", "headquarters", "the ultimate_consignee company")),
        ("DE", ("DE", "MO", "DE"), ("(A)(1)", "headquarters", "the ultimate_consignee company")),
        ("DE", ("DE", "DE", "RU"), ("(A)(1)", "ultimate parent", "the ultimate_consignee company")),
        ("DE", ("DE", "DE", "MO"), ("(A)(1)", "ultimate parent", "the ultimate_consignee company")),
        ("DE", ("RU", "DE", "DE"), ("(A)(1)", "location", "the ultimate_consignee company")),
        ("BR", ("BR", "BR", "CN"), ("(A)(1)", "ultimate parent", "the ultimate_consignee company")),
    ],
)
def test_macau_and_d5_by_each_fact_alone(
    destination: str, facts: tuple[str, str, str], met: tuple[str, str, str | None], day: str
) -> None:
    answer = determine(case(destination, party(*facts), day=day, conditions=WITHOUT_DD))
    assert answer["review_policy"] == answer["strictest_outcome"] == DENIAL
    assert met in limbs(answer)
    assert {limb for limb in limbs(answer) if limb[0] == "(A)(1)"} == {met}


@pytest.mark.parametrize(
    ("destination", "facts", "because"),
    [
        ("JP", ("JP", "BR", "BR"), "destination"),
        ("BR", ("BR", "JP", "BR"), "headquarters"),
        ("BR", ("BR", "BR", "JP"), "ultimate parent"),
    ],
)
def test_supplement_5a_by_each_fact_alone(destination: str, facts: tuple[str, str, str], because: str) -> None:
    answer = determine(case(destination, party(*facts)))
    assert [because] == [limb["because"] for limb in answer["limbs"] if limb["cite"].endswith("(A)(2)")]
    assert answer["review_policy"] == (APPROVAL if destination == "JP" else ALLOCATION)


@pytest.mark.parametrize("fact", ["headquarters", "ultimate parent"])
def test_outsiders_in_a_supplement_5a_destination_meet_paragraph_b_which_cannot_run_out(fact: str) -> None:
    facts = ("JP", "BR", "JP") if fact == "headquarters" else ("JP", "JP", "BR")
    answer = determine(case("JP", party(*facts), tallies=USED_UP))
    assert ("(B)(1)", fact, "the ultimate_consignee company") in limbs(answer)
    assert answer["review_policy"] == APPROVAL


@pytest.mark.parametrize(
    ("licensed", "quantity", "expected"),
    [
        (None, 1_000_000, ALLOCATION),
        (0, None, ALLOCATION),
        (None, None, ALLOCATION),
        (0, 1_000_000, APPROVAL),
        (789_000_000, 1_000_000, APPROVAL),
        (789_000_000, 1_000_000.5, "denial_policy"),
        (790_000_000, 1, "denial_policy"),
        (790_000_001, None, "denial_policy"),
        (None, 790_000_000, ALLOCATION),
        (None, 790_000_001, "denial_policy"),
        (790_000_000, None, "denial_policy"),
    ],
)
def test_country_allocation(licensed: float | None, quantity: float | None, expected: str) -> None:
    """Unknown, fits, fits exactly, exceeds; a part that exceeds by itself needs no other."""
    answer = determine(
        case(
            "BR",
            party("BR", "BR", "BR"),
            transaction={"quantity_tpp": quantity},
            tallies={"country_licensed_tpp": licensed},
        )
    )
    assert answer["review_policy"] == expected


def test_quantity_may_be_given_as_units_of_one_chip() -> None:
    sections: dict[str, Any] = {"item": {"tpp": 16_000}, "tallies": {"country_licensed_tpp": 0}}
    fits = {"quantity_tpp": None, "units": 49_375}
    assert policy("BR", party("BR", "BR", "BR"), transaction=fits, **sections) == APPROVAL
    exceeds = {"quantity_tpp": None, "units": 49_376}
    assert policy("BR", party("BR", "BR", "BR"), transaction=exceeds, **sections) == "denial_policy"


@pytest.mark.parametrize("day", [BEFORE, AFTER])
def test_exhausted_allocation_against_an_inside_parent_is_a_clash(day: str) -> None:
    answer = determine(case("BR", party("BR", "BR", "JP"), day=day, tallies=USED_UP))
    assert answer["review_policy"] == "ambiguous"
    assert answer["strictest_outcome"] == "denial_policy"
    assert answer["possible_outcomes"] == ["approval", "denial_policy"]
    assert answer["settling_facts"] == []
    assert "no text says which goes first" in answer["verdict"]
    assert "a policy of denial: the destination is Brazil" in answer["verdict"]


def test_a_bystander_inside_supplement_5a_makes_no_clash() -> None:
    """A forwarder's headquarters is no ground to approve what the consignee is denied."""
    consignee = party("BR", "BR", "BR")
    forwarder = party("JP", "JP", "JP", "intermediate_consignee")
    answer = determine(case("BR", consignee, forwarder, tallies=USED_UP))
    assert answer["review_policy"] == "denial_policy"
    assert policy("BR", party("BR", "BR", "JP"), forwarder, tallies=USED_UP) == "ambiguous"
    assert (
        policy("BR", party("BR", "BR", "JP"), party("BR", "BR", "BR", "end_user"), tallies=USED_UP) == "denial_policy"
    )


@pytest.mark.parametrize("day", [BEFORE, AFTER])
def test_a_macau_or_d5_hook_settles_the_clash(day: str) -> None:
    by_parent = policy("BR", party("BR", "JP", "CN"), day=day, tallies=USED_UP)
    by_destination = policy("CN", party("CN", "JP", "JP"), day=day, tallies=USED_UP, conditions=WITHOUT_DD)
    # Before the tie-break of 2026 the strictest of all limbs decides, and that is the policy of denial.
    assert {by_parent, by_destination} == ({"denial_policy"} if day == BEFORE else {DENIAL})


def test_tie_break_is_cited_since_it_stands_in_the_text() -> None:
    facts = party("DE", "DE", "CN")
    cites = [
        {
            node.get("cite")
            for node in determine(case("DE", facts, day=day))["proof"]["nodes"]
            if "several" in node["text"]
        }
        for day in ("2026-01-14", "2026-01-15")
    ]
    assert cites == [set(), {"742.6(b)(10)(iii)(A)(1)"}]
