"""Licence Exception AIA: each condition failing, missing, or a duty."""

from __future__ import annotations

from typing import Any

import pytest

from licensing_cases import aia, case, conditions, determine, party

INSIDE = party("DE", "FR", "JP")
EVERY_EXCEPTION = ["ACA", "ACM", "AIA", "LPP", "NAC"]
EVERY_CONDITION = {
    "activity_is_covered",
    "item_is_covered",
    "approved_or_authorised_designer",
    "located_in_supplement_5a",
    "headquartered_in_supplement_5a",
    "ultimate_parent_in_supplement_5a",
    "open_for_destination",
    "open_for_parties",
    "aia_certification",
    "no_part_744_746_bar",
    "no_training_for_outsiders",
}


def in_order(value: object) -> str:
    """A test's name that does not hang on the order of a set, which differs from process to process."""
    return ",".join(sorted(value)) if isinstance(value, set) else str(value)


def duties(answer: dict[str, Any]) -> set[str]:
    """What the user of the exception owes."""
    (exception,) = [one for one in answer["exceptions"] if one["code"] == "AIA"]
    return {duty["id"] for duty in exception["duties"]}


def test_every_condition_is_reported_and_met() -> None:
    answer = determine(case("DE", INSIDE))
    assert [one["code"] for one in answer["exceptions"]] == EVERY_EXCEPTION, "failed ones too"
    assert aia(answer) == "available"
    assert conditions(answer, "met") == EVERY_CONDITION
    (exception,) = [one for one in answer["exceptions"] if one["code"] == "AIA"]
    assert {one["id"] for one in exception["conditions"]} == EVERY_CONDITION


@pytest.mark.parametrize(
    ("changes", "failed"),
    [
        ({"item": {"designer": "neither"}}, {"approved_or_authorised_designer"}),
        ({"conditions": {"aia_certification": False}}, {"aia_certification"}),
        ({"conditions": {"part_744_746_bar": True}}, {"no_part_744_746_bar"}),
        ({"parties": [party("BR", "DE", "DE")]}, {"located_in_supplement_5a"}),
        ({"parties": [party("DE", "BR", "DE")]}, {"headquartered_in_supplement_5a"}),
        ({"parties": [party("DE", "DE", "BR")]}, {"ultimate_parent_in_supplement_5a"}),
        ({"parties": [party("DE", "DE", "CN")]}, {"ultimate_parent_in_supplement_5a", "open_for_parties"}),
        ({"transaction": {"destination": "BR"}}, {"located_in_supplement_5a"}),
        ({"transaction": {"destination": "VN"}}, {"located_in_supplement_5a", "open_for_destination"}),
        ({"parties": [INSIDE, party("DE", "BR", "DE", "end_user")]}, {"headquartered_in_supplement_5a"}),
        ({"parties": [INSIDE, party("BR", "DE", "DE", "end_user")]}, {"located_in_supplement_5a"}),
        (
            {"parties": [INSIDE, party("DE", "CN", "DE", "end_user")]},
            {"headquartered_in_supplement_5a", "open_for_parties"},
        ),
    ],
    ids=in_order,
)
def test_one_condition_that_fails_closes_the_exception(changes: dict[str, Any], failed: set[str]) -> None:
    answer = determine(case("DE", INSIDE, **changes))
    assert aia(answer) == "no"
    assert conditions(answer, "failed") == failed
    assert duties(answer) == set(), "what is not available owes nothing"
    assert answer["settling_facts"] == []


@pytest.mark.parametrize("bystander", [("SG", "SG", "MO", "intermediate_consignee"), ("SG", "CN", "SG", "purchaser")])
def test_the_closed_list_is_about_those_that_the_items_go_to(bystander: tuple[str, str, str, str]) -> None:
    """A middleman of Macau or D:5 closes no exception; the review policy reaches it."""
    answer = determine(case("DE", INSIDE, party(*bystander)))
    assert aia(answer) == "available"
    assert answer["review_policy"] == "denial_presumption"


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"item": {"designer": None}}, "approved_or_authorised_designer"),
        ({"conditions": {"part_744_746_bar": None}}, "no_part_744_746_bar"),
        ({"transaction": {"end_use": ["iaas_training_4e091"]}}, "no_training_for_outsiders"),
    ],
    ids=in_order,
)
def test_one_fact_that_is_missing_leaves_it_open_and_is_named(changes: dict[str, Any], missing: str) -> None:
    answer = determine(case("DE", INSIDE, **changes))
    assert aia(answer) == "undetermined"
    assert conditions(answer, "missing") == {missing}
    settling = [one for one in answer["settling_facts"] if "AIA" in one["values"]["met"]]
    assert settling == [{"fact": missing, "party": None, "values": {"met": "AIA=available", "failed": "AIA=no"}}]
    assert {one["fact"] for one in answer["settling_facts"]} == {missing}, "nothing else is asked for"


def test_a_condition_known_to_fail_beats_missing_ones() -> None:
    answer = determine(
        case("DE", party("DE", "DE", None), item={"designer": None}, conditions={"aia_certification": False})
    )
    assert aia(answer) == "no"


def test_a_paper_that_can_still_be_obtained_is_a_duty() -> None:
    answer = determine(case("DE", INSIDE, conditions={"aia_certification": None}))
    assert aia(answer) == "available"
    assert conditions(answer, "duty") == {"aia_certification"}
    assert "aia_certification" in duties(answer)
    assert "if its duties are fulfilled" in answer["verdict"]


@pytest.mark.parametrize(
    ("quantity", "owed", "not_owed"),
    [
        (252_999_999, "count_shipments", "certification_to_bis"),
        (253_000_000, "certification_to_bis", "count_shipments"),
        (None, "certification_to_bis", "count_shipments"),
    ],
)
def test_the_certification_goes_to_bis_from_its_threshold_on(quantity: int | None, owed: str, not_owed: str) -> None:
    answer = determine(case("DE", INSIDE, transaction={"quantity_tpp": quantity}))
    assert {owed, "furnish_eccn", "written_notice"} <= duties(answer)
    assert not_owed not in duties(answer)


def test_the_designer_matters_for_the_chip_alone() -> None:
    assert aia(determine(case("DE", INSIDE, item={"eccn": "4A090.a", "designer": None}))) == "available"
    assert aia(determine(case("DE", INSIDE, item={"designer": "approved"}))) == "available"


@pytest.mark.parametrize(
    ("customer", "expected"),
    [
        (("DE", "DE"), "available"),
        (("DE", "IN"), "no"),
        (("IN", "DE"), "no"),
        (("DE", None), "undetermined"),
        ((None, "DE"), "undetermined"),
    ],
)
@pytest.mark.parametrize("end_use", ["iaas_training_4e091", "training_4e091"])
def test_training_for_others_asks_where_they_are(
    customer: tuple[str | None, str | None], expected: str, end_use: str
) -> None:
    asked = case("DE", INSIDE, party(*customer, "DE", "service_customer"), transaction={"end_use": [end_use]})
    assert aia(determine(asked)) == expected


def test_one_outside_customer_among_several_closes_it() -> None:
    customers = [party("DE", "DE", "DE", "service_customer"), party("IN", "IN", "IN", "service_customer")]
    uses = {"end_use": ["data_centre", "iaas_training_4e091"]}
    assert aia(determine(case("DE", INSIDE, *customers, transaction=uses))) == "no"
    assert aia(determine(case("DE", INSIDE, *customers))) == "available", "computing that is no such training"


def test_training_for_oneself_is_no_training_for_outsiders() -> None:
    assert aia(determine(case("DE", INSIDE, transaction={"end_use": ["training_4e091"]}))) == "available"


@pytest.mark.parametrize(("bar", "warned"), [(True, True), (False, False), (None, False)])
def test_a_stated_bar_is_no_fine_print(bar: bool | None, warned: bool) -> None:
    answer = determine(case("DE", INSIDE, conditions={"part_744_746_bar": bar}))
    assert ("comes on top of this answer and was not determined" in answer["verdict"]) == warned
