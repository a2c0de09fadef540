"""What an answer hangs on: flips that are known from the text, premises, and what would make an answer worse."""

from __future__ import annotations

from typing import Any

import pytest

from topco.errors import BadInput
from whatif_cases import PLAIN, codes, determined, facts_of, hangs_on, plain, wanted

CHINA = {"located_in": "CN", "hq_in": "CN", "ultimate_parent_hq_in": "CN"}
INDIA = {"located_in": "IN", "hq_in": "IN", "ultimate_parent_hq_in": "IN"}


def path_of(changes: list[dict[str, Any]]) -> set[tuple[str, ...]]:
    return {tuple(fact["path"] for fact in change["facts"]) for change in changes}


def test_an_exception_hangs_on_the_headquarters_of_the_parent() -> None:
    found = wanted(plain(party={"ultimate_parent_hq_in": "CN"}), "AIA=available")
    assert found["given"] == "no"
    assert {(one["id"], one["state"], one["cite"]) for one in found["premises"]} == {
        ("open_for_parties", "failed", "740.2(a)(9)(ii)"),
        ("ultimate_parent_in_supplement_5a", "failed", "740.27(a)"),
    }
    (premise,) = (one for one in found["premises"] if one["id"] == "ultimate_parent_in_supplement_5a")
    (fact,) = premise["facts"]
    assert (fact["path"], fact["value"]) == ("parties[0].ultimate_parent_hq_in", "CN")
    assert fact["needs"] == "a country in ‘supp. 5(a)’"
    (change,) = found["changes"]
    assert facts_of([change]) == [[("parties[0].ultimate_parent_hq_in", "a country in ‘supp. 5(a)’")]]
    assert change["set"] == [{"path": "parties[0].ultimate_parent_hq_in", "value": "DE"}], "the case's own country"
    assert change["turns"] == ["review_policy", "AIA", "LPP"]


def test_an_exception_hangs_on_a_paper() -> None:
    data = plain(
        item={"datacentre": False},
        conditions={"purchase_order": False, "nac_notice_25_days": True, "nac_confirmation": True},
        transaction={"destination": "CN"},
        party=CHINA,
    )
    found = wanted(data, "NAC=available")
    assert [one["id"] for one in found["premises"]] == ["purchase_order"]
    assert facts_of(found["changes"]) == [[("conditions.purchase_order", "true")]]
    assert found["not_tried"][0] == "two or more facts at once, for one is enough"


def test_two_papers_are_a_pair_and_neither_is_enough() -> None:
    data = plain(
        item={"datacentre": False},
        conditions={"purchase_order": False, "nac_notice_25_days": True, "nac_confirmation": False},
        transaction={"destination": "CN"},
        party=CHINA,
    )
    found = wanted(data, "NAC=available")
    assert path_of(found["changes"]) == {("conditions.nac_confirmation", "conditions.purchase_order")} or path_of(
        found["changes"]
    ) == {("conditions.purchase_order", "conditions.nac_confirmation")}
    assert any("3 or more facts" in words for words in found["not_tried"])


@pytest.mark.parametrize(
    ("used", "quantity", "status", "margin"),
    [(26_000_000, 5_000_000, "partial", "4,100,000 TPP"), (0, 27_000_000, "partial", "100,000 TPP")],
)
def test_a_yearly_cap_hangs_on_the_quantity_and_on_what_was_received(
    used: int, quantity: int, status: str, margin: str
) -> None:
    data = plain(
        transaction={"destination": "IN", "quantity_tpp": quantity},
        party=INDIA,
        tallies={"lpp_group_year_tpp": used},
    )
    found = wanted(data, "LPP=available")
    assert found["given"] == status
    by_path = {change["facts"][0]["path"]: change["facts"][0] for change in found["changes"]}
    least = by_path["transaction.quantity_tpp"]
    assert (least["to"], least["margin"]) == (f"at most {26_900_000 - used:,} TPP", margin)
    if used:
        assert by_path["tallies.lpp_group_year_tpp"]["to"] == f"at most {26_900_000 - quantity:,} TPP"
    (at_the_cut,) = (change["set"] for change in found["changes"] if change["facts"][0] == least)
    assert at_the_cut[0]["value"] == 26_900_000 - used
    beyond = determined(data, [{"path": "transaction.quantity_tpp", "value": 26_900_001 - used}])
    assert {one["code"]: one["status"] for one in beyond["exceptions"]}["LPP"] == "partial"


def test_a_cap_is_near_from_below_too() -> None:
    data = plain(transaction={"destination": "IN", "quantity_tpp": 26_000_000}, party=INDIA)
    worse = {change["facts"][0]["path"]: change["facts"][0] for change in hangs_on(data)["worse"]}
    nearest = worse["transaction.quantity_tpp"]
    assert nearest["to"] == "more than 26,900,000 and at most 790,000,000 TPP"
    assert nearest["margin"] == "900,000 TPP"


def test_units_are_counted_where_the_case_counts_units() -> None:
    data = plain(
        transaction={"destination": "IN", "quantity_tpp": None, "units": 10_000},
        item={"tpp": 5_000},
        party=INDIA,
    )
    found = wanted(data, "LPP=available")
    (change,) = (one for one in found["changes"] if one["facts"][0]["path"] == "transaction.units")
    assert change["set"] == [{"path": "transaction.units", "value": 5_380}], "5,380 times 5,000 is 26.9 million"


@pytest.mark.parametrize(
    ("day", "edge", "words"),
    [("2025-08-01", "2025-11-07", "from 2025-11-07"), ("2025-11-06", "2025-11-07", "from 2025-11-07")],
)
def test_a_review_hangs_on_the_date(day: str, edge: str, words: str) -> None:
    cambodia = {"located_in": "KH", "hq_in": "KH", "ultimate_parent_hq_in": "KH"}
    found = wanted(plain(transaction={"date": day, "destination": "KH"}, party=cambodia), "review_policy=milder")
    (change,) = (one for one in found["changes"] if one["facts"][0]["path"] == "transaction.date")
    assert change["set"] == [{"path": "transaction.date", "value": edge}]
    assert change["facts"][0]["to"].startswith(words)


def test_the_date_back_is_the_last_day_of_the_other_law() -> None:
    cambodia = {"located_in": "KH", "hq_in": "KH", "ultimate_parent_hq_in": "KH"}
    data = plain(transaction={"date": "2025-12-01", "destination": "KH"}, party=cambodia)
    worse = [one for one in hangs_on(data)["worse"] if one["facts"][0]["path"] == "transaction.date"]
    assert worse
    assert worse[0]["set"] == [{"path": "transaction.date", "value": "2025-11-06"}]
    assert worse[0]["facts"][0]["margin"] == "25 days"


def test_without_a_question_every_exception_that_is_not_there_and_a_milder_review_are_explained() -> None:
    found = hangs_on(plain(party={"ultimate_parent_hq_in": "CN"}))
    assert [one["want"] for one in found["wanted"]] == [
        *(f"{code}=available" for code in ("ACA", "ACM", "AIA", "LPP", "NAC")),
        "review_policy=milder",
    ]
    limb = found["wanted"][-1]["premises"]
    assert [(one["sort"], one["state"], one["party"]) for one in limb] == [("limb", "denial_presumption", "B")]


def test_what_would_make_a_good_answer_worse() -> None:
    worse = hangs_on(PLAIN)["worse"]
    by_path = {(one["facts"][0]["path"], one["facts"][0]["to"]): one for one in worse}
    parent = by_path["parties[0].ultimate_parent_hq_in", "a country in ‘Macau or D:5’"]
    assert {"review_policy", "AIA", "LPP"} <= set(parent["turns"])
    assert parent["outcome"]["review_policy"] == "denial_presumption"
    assert ("conditions.aia_certification", "false") in by_path
    assert ("item.designer", "neither") in by_path


def test_a_stricter_outcome_can_be_asked_for() -> None:
    found = wanted(PLAIN, "review_policy=denial_presumption")
    assert ("parties[0].ultimate_parent_hq_in",) in path_of(found["changes"])
    assert all(one["outcome"]["review_policy"] == "denial_presumption" for one in found["changes"])


def test_an_outcome_that_is_there_is_said_to_be() -> None:
    found = wanted(PLAIN, "AIA=available")
    assert (found["holds"], found["premises"], found["changes"]) == (True, [], [])


def test_what_is_unknown_settles_by_being_known() -> None:
    found = wanted(plain(party={"ultimate_parent_hq_in": None}), "AIA=available")
    assert found["given"] == "undetermined"
    assert facts_of(found["changes"]) == [[("parties[0].ultimate_parent_hq_in", "a country in ‘supp. 5(a)’")]]


def test_many_facts_in_the_way_are_found_step_by_step_and_none_can_be_left_out() -> None:
    """Of a case that says next to nothing five facts keep the exception open; two of them count for one sum."""
    data = {
        "transaction": {"date": "2025-08-01", "activity": "export", "destination": "DE"},
        "item": {"eccn": "3A090.a"},
        "parties": [{"role": "ultimate_consignee"}],
    }
    found = wanted(data, "LPP=available")
    (change,) = found["changes"]
    paths = [one["path"] for one in change["set"]]
    assert sorted(paths) == [
        "conditions.part_744_746_bar",
        "parties[0].hq_in",
        "parties[0].ultimate_parent_hq_in",
        "tallies.lpp_group_year_tpp",
        "transaction.quantity_tpp",
    ]
    assert codes(determined(data, change["set"])) == change["outcome"]
    for left_out in change["set"]:
        part = [one for one in change["set"] if one != left_out]
        answer = codes(determined(data, part))
        assert {"code": "LPP", "status": "available"} not in answer["exceptions"], left_out
    said = {fact["path"]: fact["to"] for fact in change["facts"]}
    assert said["transaction.quantity_tpp"].startswith("such as "), "a range would not hold of both at once"
    assert any(words.startswith("other sets of 4") for words in found["not_tried"])


def test_what_no_fact_can_move_is_named() -> None:
    """Nothing that was read says whether exceptions reach deemed exports: no fact of the case settles that."""
    data = plain(transaction={"activity": "deemed_export"}, parties=[{**PLAIN["parties"][0], "role": "employer"}])
    found = wanted(data, "ACM=available")
    assert found["changes"] == []
    assert any("stands whatever they are" in words for words in found["not_tried"])


def test_worse_is_looked_for_only_where_no_outcome_is_asked_for() -> None:
    assert hangs_on(PLAIN, "AIA=available")["worse"] is None
    assert hangs_on(PLAIN)["worse"]


def test_a_party_that_the_case_leaves_out_can_still_be_stated() -> None:
    data = plain(parties=[])
    found = wanted(data, "AIA=available")
    sets = {tuple(one["path"] for one in change["set"]) for change in found["changes"]}
    assert ("parties[0].hq_in", "parties[0].ultimate_parent_hq_in") in sets
    for change in found["changes"]:
        assert codes(determined(data, change["set"])) == change["outcome"]


def test_a_fleet_hangs_on_the_figures_of_its_places() -> None:
    data = {
        "transaction": {"date": "2025-08-01", "activity": "veu_check"},
        "veu": {
            "kind": "uveu",
            "hq_in": "DE",
            "ultimate_parent_hq_in": "DE",
            "installed_tpp_by_country": {"DE": 700, "IN": 60, "BR": 240},
        },
    }
    found = wanted(data, "veu_result=ok")
    assert found["given"] == "breach"
    assert {one["sort"] for one in found["premises"]} == {"check"}
    for change in found["changes"]:
        assert determined(data, change["set"])["veu_result"] == "ok"


@pytest.mark.parametrize(
    ("want", "words"),
    [
        ("AIA=yes", "available"),
        ("AAI=available", "AIA"),
        ("review_policy=approve", "approval"),
        ("licence=no", "licence_required"),
        ("AIA", "available"),
        ("", "QUESTION=CODE"),
    ],
)
def test_an_outcome_that_no_answer_has_is_refused(want: str, words: str) -> None:
    with pytest.raises(BadInput) as refused:
        hangs_on(PLAIN, want)
    assert words in str(refused.value)
