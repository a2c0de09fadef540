"""What the rules see of a party of the store, by the status of its resolution."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from licensing_cases import BEFORE, TODAY, aia, case, determine
from small_store import absence, add_load, entity, lei, relationship
from topco.licensing.cases.recipients import Recipient
from topco.licensing.cases.store_recipients import StoreRecipients
from topco.licensing.determine import Determiner, Options
from topco.ownership.parent_tests import parent_test

DENIAL, APPROVAL = "denial_presumption", "approval"
ID = "X:1"
RESOLVED = Recipient(ID, "Firm", "resolved", ("DE",), ("DE",), False, "DE", "Top", ("X:2",), ("Top",), None)


def answer(recipient: Recipient, open_top: str = "strict", **stated: Any) -> dict[str, Any]:
    asked = case("DE", {"role": "ultimate_consignee", "entity": ID, **stated})
    return determine(asked, {ID: recipient}, open_top)


@pytest.mark.parametrize(
    ("status", "parents", "joint", "expected", "exception"),
    [
        ("resolved", ("DE",), False, APPROVAL, "available"),
        ("resolved", ("CN",), False, DENIAL, "no"),
        ("resolved", (None,), False, "undetermined", "undetermined"),
        ("resolved", ("CN", "RU"), False, DENIAL, "no"),
        ("resolved", ("CN", "DE"), False, "undetermined", "undetermined"),
        ("own_top", ("DE",), False, APPROVAL, "available"),
        ("conflicting", ("DE", "FR"), False, APPROVAL, "available"),
        ("conflicting", ("DE", "CN"), False, "undetermined", "undetermined"),
        ("conflicting", ("CN", "MO"), False, DENIAL, "no"),
        ("conflicting", ("CN", None), False, "undetermined", "undetermined"),
        ("possible", ("CN",), False, "undetermined", "undetermined"),
        ("possible", ("FR",), False, APPROVAL, "available"),
        ("joint", ("DE", "FR"), True, APPROVAL, "available"),
        ("joint", ("DE", "CN"), True, "ambiguous", "undetermined"),
        ("joint", ("CN", "MO"), True, DENIAL, "no"),
        ("joint", ("DE", None), True, "undetermined", "undetermined"),
        ("withheld", (), False, "undetermined", "undetermined"),
        ("outside_data", (None,), False, "undetermined", "undetermined"),
        ("cyclic", (), False, "undetermined", "undetermined"),
        ("open_top", ("DE",), False, "undetermined", "undetermined"),
        ("no_evidence", (), False, "undetermined", "undetermined"),
        ("a status of tomorrow", ("DE",), False, "undetermined", "undetermined"),
    ],
)
def test_each_status(status: str, parents: tuple[str | None, ...], joint: bool, expected: str, exception: str) -> None:
    found = answer(replace(RESOLVED, status=status, ultimate_parent_headquarters=parents, joint=joint))
    assert found["review_policy"] == expected
    assert aia(found) == exception
    assert found["parties"][0]["status"] == status
    if expected in ("undetermined", "ambiguous"):
        assert found["strictest_outcome"] == DENIAL


@pytest.mark.parametrize("status", ["open_top", "no_evidence"])
def test_the_policy_for_open_tops(status: str) -> None:
    recipient = replace(RESOLVED, status=status, ultimate_parent_headquarters=(), highest_known_headquarters="CN")
    strict = answer(recipient)
    assert strict["review_policy"] == "undetermined"
    assert strict["as_recorded"]["review_policy"] == DENIAL
    assert "If the highest recorded company counted as the top: presumption of denial." in strict["verdict"]
    recorded = answer(recipient, "as-recorded")
    assert recorded["review_policy"] == DENIAL
    assert [one["value"] for one in recorded["assumptions"] if one["fact"] == "parties[0].ultimate_parent"] == ["Top"]


@pytest.mark.parametrize("status", ["withheld", "cyclic", "outside_data"])
def test_the_policy_for_open_tops_settles_no_other_status(status: str) -> None:
    recipient = replace(RESOLVED, status=status, ultimate_parent_headquarters=())
    assert answer(recipient, "as-recorded")["review_policy"] == "undetermined"
    assert answer(recipient)["as_recorded"]["review_policy"] == APPROVAL


def test_other_facts_still_decide_under_an_open_top() -> None:
    recipient = replace(RESOLVED, status="open_top", headquarters=("RU",))
    assert answer(recipient)["review_policy"] == DENIAL


def test_two_sources_of_the_own_headquarters_are_alternatives() -> None:
    assert answer(replace(RESOLVED, headquarters=("DE", "FR")))["review_policy"] == APPROVAL
    assert answer(replace(RESOLVED, headquarters=("DE", "CN")))["review_policy"] == "undetermined"
    assert answer(replace(RESOLVED, headquarters=(None,)))["review_policy"] == "undetermined"


def test_a_territory_of_the_register_has_readings() -> None:
    found = answer(replace(RESOLVED, headquarters=("KY",)))
    assert (found["review_policy"], aia(found)) == (APPROVAL, "undetermined")


def test_a_code_that_iso_does_not_have_says_nothing() -> None:
    assert answer(replace(RESOLVED, headquarters=("ZZ",)))["review_policy"] == "undetermined"
    assert answer(replace(RESOLVED, ultimate_parent_headquarters=("ZZ",)))["review_policy"] == "undetermined"


def test_a_stated_fact_wins_over_the_store_and_is_marked() -> None:
    chinese = replace(RESOLVED, ultimate_parent_headquarters=("CN",))
    found = answer(chinese, ultimate_parent_hq_in="DE")
    assert found["review_policy"] == APPROVAL
    (shown,) = found["parties"]
    assert shown["stated"] == ["ultimate_parent_hq_in"]
    assert (shown["hq_in"], shown["ultimate_parent_hq_in"]) == ("DE", "DE")
    assert answer(RESOLVED, hq_in="CN")["review_policy"] == DENIAL
    assert "Top" not in answer(chinese, ultimate_parent_hq_in="RU")["verdict"], (
        "the store's parent is not the stated one"
    )


def test_a_party_that_the_store_does_not_know_is_unknown_in_everything() -> None:
    found = determine(case("DE", {"role": "ultimate_consignee", "entity": "X:404"}), {}, "as-recorded")
    assert found["review_policy"] == "undetermined"
    assert found["parties"][0]["status"] == "not_in_store"
    assert found["as_recorded"]["review_policy"] == "undetermined"


def test_a_real_store(tmp_path: Any) -> None:
    """A: child of C (Chinese); B: its own top; E: ends without a word; F: withholds; parents with two headquarters."""
    lei2 = [entity("A", "DE"), entity("B", "DE"), entity("C", "CN"), entity("E", "DE"), entity("F", "DE")]
    kinds = ("DirectConsolidation", "UltimateConsolidation")
    none = [absence(letter, level, "NO_KNOWN_PERSON") for letter in "BC" for level in ("Direct", "Ultimate")]
    withheld = [absence("F", level, "NON_PUBLIC") for level in ("Direct", "Ultimate")]
    vintage = TODAY.replace(year=2025, month=5, day=1)
    add_load(tmp_path, "lei2", vintage, {"entities": lei2})
    add_load(tmp_path, "rr", vintage, {"relationships": [relationship("A", "C", kind) for kind in kinds]})
    add_load(tmp_path, "repex", vintage, {"absences": none + withheld})
    cases = [
        case("DE", {"role": "ultimate_consignee", "entity": lei(letter)}, day=BEFORE)
        for letter in ("A", "B", "E", "F", "Z")
    ]
    by_documents: list[list[Any]] = []
    for documents in (True, False):
        store = StoreRecipients(tmp_path, None, parent_test(), documents=documents)
        determiner = Determiner(Options(), store, store.loads(TODAY), TODAY)
        answers = determiner.determine(cases)
        by_documents.append([(a["id"], a["parties"][0]["status"], a["review_policy"], aia(a)) for a in answers])
        assert all(len(a["data"]) == 3 for a in answers)
        if documents:
            sources = [node["source"]["file"] for node in answers[0]["proof"]["nodes"] if "source" in node]
            assert {"rr.csv", "lei2.csv"} <= set(sources), "the proof reaches the rows"
            assert "C Holding" in answers[0]["verdict"]
            assert "B Holding is its own ultimate parent" in answers[1]["verdict"]
    assert by_documents[0] == by_documents[1]
    assert [row[1:] for row in by_documents[0]] == [
        ("resolved", DENIAL, "no"),
        ("own_top", APPROVAL, "available"),
        ("no_evidence", "undetermined", "undetermined"),
        ("withheld", "undetermined", "undetermined"),
        ("not_in_store", "undetermined", "undetermined"),
    ]
