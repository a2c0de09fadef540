"""Listed owners in answers: the share that the rules read, the owners beside the party, the flags, the proof."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from commands import Run

from small_store import add_load, company, entity, lei, relationship
from test_listed_owners import band, held, listing
from topco.errors import ANSWERED
from topco.explain.published_determination import AnsweredParty, RedFlag
from topco.licensing.affiliates.listed_owners import ListedOwners

IN_FORCE, STAYED, MAYBE_BACK = "2025-10-15", "2026-02-01", "2026-11-20"
L, M, P, Y, Z = (lei(letter) for letter in "LMPYZ")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


def load(folder: Path, holdings: list[dict[str, Any]], **tables: list[dict[str, Any]]) -> None:
    """A store in which L and M are listed, L with the words of its entry."""
    listings = [listing(L, requirement="All items.", policy="Presumption of denial."), listing(M, list="MEU")]
    entities = [entity("Y", "BR"), entity("L", "FR", name="Lister SA")]
    add_load(
        folder, "all", date(2025, 3, 2), {"entities": entities, "holdings": holdings, "listings": listings, **tables}
    )


def determine(run: Run, folder: Path, day: str = IN_FORCE, *options: object, **party: Any) -> dict[str, Any]:
    """The answer for an item of no entry, so that nothing but the rule on affiliates can ask for a licence."""
    case = {
        "id": "1",
        "transaction": {"date": day, "activity": "export", "destination": "BR"},
        "item": {"eccn": "EAR99"},
        "parties": [{"role": "ultimate_consignee", "entity": Y, **party}],
    }
    given = folder.parent / "case.json"
    given.write_text(json.dumps(case), encoding="utf-8")
    code, out, err = run("determine", given, "--store", folder, "--format", "json", *options)
    assert code in (0, 3), err
    answer: dict[str, Any] = json.loads(out)
    for one in answer["parties"]:
        AnsweredParty.model_validate_json(json.dumps(one))
    for one in answer["red_flags"]:
        RedFlag.model_validate_json(json.dumps(one))
    return answer


def flags(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The flags that name an owner."""
    return [one for one in answer["red_flags"] if one["id"] in ("29", "listed-owner") and "list" in one]


def limit(answer: dict[str, Any]) -> dict[str, Any] | None:
    return next((one for one in answer["limits"] if one["id"] == "listed_owner_share"), None)


def test_listed_owners_of_half_ask_for_a_licence_while_the_rule_is_in_force(run: Run, folder: Path) -> None:
    load(folder, [held(L, P, "60", row=3), held(P, Y, "50", row=4), held(M, Y, "5", row=5)])
    answer = determine(run, folder)
    assert (answer["licence_required"], answer["review_policy"]) == ("yes", "owner_policy")
    assert {one["status"] for one in answer["exceptions"]} == {"no"}
    (party,) = answer["parties"]
    assert party["listed_owner_share"] == {
        "lower": "55",
        "upper": "55",
        "standing": "must",
        "standing_with_possible": "must",
        "known_holders": "55",
    }
    first, second = party["listed_owners"]
    assert (first["id"], first["name"], first["path"], first["certain"]) == (L, "Lister SA", [L, P, Y], True)
    assert first["share"] == {"lower": "50", "upper": "50"}
    assert [(one["file"], one["row"]) for one in first["sources"]] == [("h.csv", 3), ("h.csv", 4)]
    assert (first["entries"][0]["list"], first["entries"][0]["policy"]) == ("EL", "Presumption of denial.")
    assert (second["id"], second["entries"][0]["list"]) == (M, "MEU")
    nodes = answer["proof"]["nodes"]
    (share,) = [one for one in nodes if one["text"].startswith("party.listed_owner_percent is at least 55")]
    below = {one["id"]: one for one in nodes}
    owners = [below[one] for one in share["premises"]]
    assert owners[0]["text"] == "The listed party Lister SA has 50 percent of Y Holding by itself"
    rows = {(below[one]["source"]["file"], below[one]["source"]["row"]) for one in owners[0]["premises"]}
    assert rows == {("csl.json", 7), ("h.csv", 3), ("h.csv", 4)}


def test_the_rule_that_is_stayed_leaves_a_flag_and_one_that_may_be_back_an_open_answer(run: Run, folder: Path) -> None:
    load(folder, [held(L, Y, "50")])
    stayed = determine(run, folder, STAYED)
    assert (stayed["licence_required"], stayed["review_policy"]) == ("no", "na")
    (flag,) = flags(stayed)
    assert (flag["id"], flag["entry"], flag["requirement"]) == ("listed-owner", L, "All items.")
    assert "50 percent together" in flag["question"]
    back = determine(run, folder, MAYBE_BACK)
    assert (back["licence_required"], back["review_policy"]) == ("unknown", "owner_policy")


def test_a_share_that_is_not_known_is_a_question_that_names_owner_and_entry(run: Run, folder: Path) -> None:
    load(folder, [band(L, Y, "25", "50")])
    answer = determine(run, folder)
    assert answer["licence_required"] == "no"
    (flag,) = flags(answer)
    assert (flag["id"], flag["list"], flag["entry"], flag["score"]) == ("29", "EL", L, None)
    assert "How much does Lister SA of the Entity List hold of Y Holding" in flag["question"]
    found = limit(answer)
    assert found is not None
    assert (found["value"], found["standing"]) == ("25", "undecided")


@pytest.mark.parametrize(
    ("holdings", "standing"),
    [
        ([held(L, Y, "30"), held(P, Y, "70")], "within"),
        # Those whom nobody names may be listed: then the rest reaches half.
        ([held(L, Y, "30"), held(P, Y, "50")], "undecided"),
        ([held(L, Y, "30")], "undecided"),
    ],
)
def test_only_known_holders_show_that_it_is_less(
    run: Run, folder: Path, holdings: list[dict[str, Any]], standing: str
) -> None:
    load(folder, holdings)
    answer = determine(run, folder)
    generic = {"29"} & {one["id"] for one in answer["red_flags"]}
    found = limit(answer)
    assert (found["standing"] if found else "undecided", bool(generic)) == (standing, standing == "undecided")
    assert flags(answer) == []
    assert answer["parties"][0]["listed_owner_share"]["standing"] == "cannot"


def test_nobody_known_is_no_clearance(run: Run, folder: Path) -> None:
    load(folder, [])
    answer = determine(run, folder)
    assert answer["parties"][0]["listed_owners"] == []
    assert limit(answer) is None
    assert "29" in {one["id"] for one in answer["red_flags"]}


def test_a_stated_share_wins(run: Run, folder: Path) -> None:
    load(folder, [held(L, Y, "60")])
    answer = determine(run, folder, listed_owner_percent=10)
    assert answer["licence_required"] == "no"
    assert (answer["parties"][0]["listed_owners"], flags(answer)) == (None, [])
    stated = determine(run, folder, entity=None, name="Y", hq_in="BR", ultimate_parent_hq_in="BR")
    assert stated["parties"][0]["listed_owner_share"] is None


def test_a_party_that_is_listed_itself_is_named_with_what_its_entry_says(run: Run, folder: Path) -> None:
    load(folder, [])
    answer = determine(run, folder, entity=L)
    (flag,) = [one for one in answer["red_flags"] if one["id"] == "list:EL"]
    assert flag["question"].startswith("Lister SA (ultimate consignee) is Listed Party of the Entity List.")
    assert "Requirement of the entry: All items.; review policy: Presumption of denial." in flag["question"]
    assert answer["licence_required"] == "no", "what part 744 asks is not tested"


def test_an_owner_that_may_be_listed_is_a_question(run: Run, folder: Path) -> None:
    other = "GB-COH:00000001"
    load(
        folder,
        [held(other, Y, "60"), held(P, Y, "40")],
        entities=[entity("Y", "BR"), company(other, "Listed Party", "GB")],
    )
    answer = determine(run, folder)
    assert {(one["id"], one["entry"]) for one in flags(answer)} == {("29", L), ("29", M)}
    assert "Is Listed Party, an owner of Y Holding, the party" in flags(answer)[0]["question"]
    share = answer["parties"][0]["listed_owner_share"]
    assert (share["standing"], share["standing_with_possible"]) == ("cannot", "must")
    assert limit(answer) is None, "it stays open"


def test_it_holds_for_either_policy_about_open_tops(run: Run, folder: Path) -> None:
    load(folder, [held(L, Y, "55")], relationships=[relationship("Y", "P")])
    for policy in ("strict", "as-recorded"):
        answer = determine(run, folder, IN_FORCE, "--open-top", policy)
        assert (answer["licence_required"], answer["as_recorded"]["licence_required"]) == ("yes", "yes")


def test_a_day_of_orders_is_asked_at_once(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(folder, [held(L, Y, "55")])
    asked: list[list[str]] = []

    def of(self: ListedOwners, ids: Any, day: date, real: Any = ListedOwners.of) -> Any:
        asked.append(list(ids))
        return real(self, asked[-1], day)

    monkeypatch.setattr(ListedOwners, "of", of)
    lines = [f"{number},{IN_FORCE},export,BR,{who},EAR99" for number, who in enumerate((Y, Z, Y, P))]
    orders = folder.parent / "orders.csv"
    orders.write_text("\n".join(["order_id,date,activity,destination,consignee,eccn", *lines]), encoding="utf-8")
    code, out, _ = run("screen", orders, "--store", folder)
    rows = list(csv.DictReader(io.StringIO(out)))
    # Who has nobody listed near, and no holdings, is answered in columns, and nobody is asked about them.
    assert (code, asked) == (ANSWERED, [[Y]])
    assert [row["review_policy"] for row in rows] == ["owner_policy", "na", "owner_policy", "na"]
    assert f"EL {L} (by way of {L} to {Y})" in rows[0]["red_flags"]
