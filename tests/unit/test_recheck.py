"""`topco recheck`: new data and new rules flip exactly the answers that rest on them, and the reason is named."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from commands import Run

from kept_records import book, determinations
from kept_records import run as screening_run
from ledger_books import ToldGroups
from ledger_books import book as ledger_book
from ledger_books import order as ledger_order
from licensing_cases import TODAY
from scenario_files import load_scenarios
from small_store import absence, add_load, entity, lei, relationship
from topco import knowledge
from topco.errors import ANSWERED, FINDINGS
from topco.ledger.accounts import Kind
from topco.ledger.limits import limits
from topco.licensing.cases.case import parse_case
from topco.licensing.determine import Determiner, Options
from topco.records.again import Again
from topco.records.codes import codes_of_answer
from topco.records.content import frame_document
from topco.records.filters import EVERYTHING, Filters
from topco.records.proof_changes import proof_changes
from topco.records.recheck import Dates, Recheck
from topco.records.record import Kept
from topco.records.screening import ScreenedRow, record_screening

FIRST, SECOND = date(2025, 3, 2), date(2025, 5, 2)
LOADED = datetime(2025, 5, 3, 12, tzinfo=UTC)
LEVELS = ("DirectLevel", "UltimateLevel")


def case(name: str, *parties: dict[str, Any], day: str = "2025-06-01", **transaction: Any) -> dict[str, Any]:
    return {
        "id": name,
        "transaction": {"date": day, "activity": "export", "destination": "DE", "quantity_tpp": 1000, **transaction},
        "item": {"eccn": "3A090.a", "designer": "approved"},
        "parties": list(parties),
        "conditions": {"part_744_746_bar": False},
        "tallies": {"lpp_group_year_tpp": 0},
    }


def consignee(letter: str) -> dict[str, Any]:
    return {"role": "ultimate_consignee", "entity": lei(letter)}


STATED = {
    "role": "ultimate_consignee",
    "name": "Stated",
    "located_in": "DE",
    "hq_in": "DE",
    "ultimate_parent_hq_in": "DE",
}
CASES = (
    case("moved", consignee("A")),
    case("unmoved", consignee("B")),
    case("stated", STATED),
    case("moved again", consignee("A"), day="2025-07-01"),
)


def load(path: Path, vintage: date, tops: dict[str, str], **more: Any) -> None:
    """A and B with their parents S and T, headquartered as told."""
    tables = {
        "entities": [entity("A", "DE"), entity("B", "DE"), *(entity(top, hq) for top, hq in tops.items())],
        "relationships": [relationship("A", "S"), relationship("B", "T")],
        "absences": [absence(top, level, "NATURAL_PERSONS") for top in tops for level in LEVELS],
    }
    add_load(path, "lei2", vintage, tables, **more)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "store"
    load(path, FIRST, {"S": "FR", "T": "FR"})
    return path


def keep(run: Run, store: Path, *cases: dict[str, Any], options: tuple[object, ...] = ()) -> None:
    given = store.parent / "cases.jsonl"
    given.write_text("".join(json.dumps(one) + "\n" for one in cases), encoding="utf-8")
    assert run("determine", given, "--store", store, "--record", "--format", "json", *options)[0] == ANSWERED


def recheck(run: Run, store: Path, *options: object) -> tuple[int, list[dict[str, Any]]]:
    code, out, _ = run("recheck", "--store", store, "--format", "json", *options)
    return code, [json.loads(line) for line in out.splitlines()]


def test_new_data_flip_exactly_what_rests_on_them(run: Run, store: Path) -> None:
    keep(run, store, *CASES)
    assert recheck(run, store) == (ANSWERED, [])
    load(store, SECOND, {"S": "CN", "T": "FR"}, loaded_at=LOADED)
    code, found = recheck(run, store)
    assert code == FINDINGS
    assert [one["case"] for one in found] == ["moved", "moved again"]
    first = found[0]
    assert first["record"] == "rec:1"
    assert first["changed"] == ["review_policy", "exceptions"]
    assert first["old"]["review_policy"] == "approval"
    assert first["new"]["review_policy"] == "denial_presumption"
    assert first["reason"] is None
    for side, country, vintage in (("old", "FR", FIRST), ("new", "CN", SECOND)):
        (fact,) = [node for node in first["why"]["facts"][side] if node["kind"] == "asserted"]
        assert fact["text"] == f"Headquarters address in {country}"
        assert any("S Holding" in text and country in text for text in fact["supports"])
        assert fact["source"]["load"] == f"gleif-lei2-{vintage}"
    assert "Headquarters address in DE" in {one["text"] for one in first["why"]["restated"]}, (
        "the same from a newer row"
    )
    assert "742.6(b)(10)(iii)(A)(1)" in {node.get("cite") for node in first["why"]["rules"]["new"]}
    assert [one["load"] for one in first["loads"]["old"]] == ["gleif-lei2-2025-03-02"]
    assert [one["load"] for one in first["loads"]["new"]] == ["gleif-lei2-2025-05-02"]
    assert first["versions"] == {}


def test_what_was_known_then_flips_nothing(run: Run, store: Path) -> None:
    keep(run, store, *CASES)
    load(store, SECOND, {"S": "CN", "T": "FR"}, loaded_at=LOADED)
    assert recheck(run, store, "--known-as-of", "2025-05-02") == (ANSWERED, [])
    assert len(recheck(run, store, "--known-as-of", "2025-05-03")[1]) == 2


def test_filters_choose_what_is_determined_again(run: Run, store: Path) -> None:
    keep(run, store, *CASES)
    load(store, SECOND, {"S": "CN", "T": "CN"}, loaded_at=LOADED)
    assert [one["case"] for one in recheck(run, store)[1]] == ["moved", "unmoved", "moved again"]
    assert [one["case"] for one in recheck(run, store, "--case", "unmoved")[1]] == ["unmoved"]
    assert recheck(run, store, "--outcome", "denial_policy") == (ANSWERED, [])
    _, _, err = run("recheck", "--store", store, "--party", lei("A"))
    assert "2 records determined again, 2 with another answer" in err


def test_tables_and_csv(run: Run, store: Path) -> None:
    keep(run, store, *CASES)
    load(store, SECOND, {"S": "CN", "T": "FR"}, loaded_at=LOADED)
    code, out, _ = run("recheck", "--store", store, "--format", "csv")
    (first, second) = csv.DictReader(io.StringIO(out))
    assert code == FINDINGS
    assert (first["record"], second["record"]) == ("rec:1", "rec:4")
    assert first["changed"] == "exceptions;review_policy"
    assert (first["old_review_policy"], first["new_review_policy"]) == ("approval", "denial_presumption")
    assert first["loads"] == "+ gleif-lei2-2025-05-02;- gleif-lei2-2025-03-02"
    assert "742.6(b)(10)(iii)(A)(1)" in first["rules"]
    code, out, _ = run("recheck", "--store", store)
    assert code == FINDINGS
    assert "review policy: approval -> denial_presumption" in out
    assert "fact + " in out
    assert "load + gleif-lei2-2025-05-02" in out
    assert "unmoved" not in out
    assert "(S Holding" in out
    assert "rule + 742.6(b)(10)(iii)(A)(1)" in out


def test_other_dates_of_the_law_and_of_the_facts(run: Run, store: Path) -> None:
    keep(run, store, case("early", STATED, day="2024-06-01"))
    assert recheck(run, store) == (ANSWERED, [])
    code, found = recheck(run, store, "--rules-as-of", "2025-06-01")
    assert code == FINDINGS
    assert found[0]["why"]["rules"]["old"] or found[0]["why"]["rules"]["new"]
    load(store, SECOND, {"S": "FR", "T": "FR"}, loaded_at=LOADED)
    moved = [relationship("A", "S", valid_to=date(2025, 9, 1)), relationship("A", "T", valid_from=date(2025, 9, 1))]
    tables = {
        "entities": [entity("A", "DE"), entity("S", "FR"), entity("T", "CN")],
        "relationships": moved,
        "absences": [absence(top, level, "NATURAL_PERSONS") for top in "ST" for level in LEVELS],
    }
    add_load(store, "lei2", date(2025, 10, 1), tables, datetime(2025, 10, 2, tzinfo=UTC))
    keep(run, store, case("sold", consignee("A")))
    assert recheck(run, store, "--case", "sold") == (ANSWERED, [])
    code, found = recheck(run, store, "--case", "sold", "--as-of", "today")
    assert [one["new"]["review_policy"] for one in found] == ["denial_presumption"]


def test_the_options_of_the_record_are_asked_again(run: Run, store: Path) -> None:
    """Reading, open tops and the parent test of the record, and the dates of a case without one."""
    add_load(store, "rr", FIRST, {"relationships": [relationship("C", "D")]})
    add_load(store, "other", FIRST, {"entities": [entity("C", "DE"), entity("D", "FR")]})
    undated = case("undated", consignee("C"))
    del undated["transaction"]["date"]
    for options in (
        ("--open-top", "as-recorded"),
        ("--reading", "enforced"),
        ("--test", "majority"),
        ("--as-of", "2025-06-01", "--rules-as-of", "2024-06-01"),
    ):
        keep(run, store, undated, case("open", consignee("C")), options=options)
    keep(run, store, undated, case("open", consignee("C")))
    code, found = recheck(run, store)
    assert (code, found) == (ANSWERED, [])
    policies = {one.content["answer"]["review_policy"] for one in book(store).list()}
    assert len(policies) > 1, "the options make a difference"


def test_a_judgement_made_since_counts(run: Run, store: Path) -> None:
    assert run("judge", "NAME:DE/Alfa Gmbh", lei("A"), "same", "--store", store)[0] == ANSWERED
    named = case("named", {"role": "ultimate_consignee", "name": "Alfa Gmbh", "located_in": "DE"})
    keep(run, store, named, case("other", STATED))
    assert recheck(run, store) == (ANSWERED, [])
    load(store, SECOND, {"S": "CN", "T": "FR"}, loaded_at=LOADED)
    assert [one["case"] for one in recheck(run, store)[1]] == ["named"]


def test_what_is_reserved_for_a_determination_does_not_flip_it(run: Run, store: Path) -> None:
    cap = limits().cap(Kind.LPP, date(2025, 6, 1))
    assert cap is not None
    asked = case("small", consignee("A"), quantity_tpp=int(cap.value) - 5)
    del asked["tallies"]
    keep(run, store, asked)
    identifier = next(book(store).list()).envelope.determination
    assert identifier is not None
    with ledger_book(store, ToldGroups()) as ledger:
        ledger.reserve(ledger_order("lpp", int(cap.value) - 5, party=lei("S"), determination=identifier))
    assert recheck(run, store) == (ANSWERED, []), "its own reservation"
    with ledger_book(store, ToldGroups()) as ledger:
        ledger.reserve(ledger_order("lpp", 5, party=lei("S"), determination="det:another"))
    assert recheck(run, store) == (ANSWERED, []), "both fit"
    other = case("later", consignee("A"), quantity_tpp=1000)
    del other["tallies"]
    keep(run, store, other)
    assert recheck(run, store) == (ANSWERED, []), "it saw the ledger as it is"


def test_rows_of_a_screening_run(run: Run, store: Path) -> None:
    keep(run, store, *CASES)
    slim = [
        ScreenedRow(
            one.content["case"],
            {key: value for key, value in one.content["frame"].items() if key != "loads"},
            codes_of_answer(one.content["answer"]),
            one.envelope.determination or "",
        )
        for one in book(store).list()
    ]
    setting = replace(screening_run().setting, loads=next(book(store).list()).content["loads"])
    batch = record_screening(
        store, replace(screening_run(), setting=setting, loads=("gleif-lei2-2025-03-02",)), slim, author="bob"
    )
    load(store, SECOND, {"S": "CN", "T": "FR"}, loaded_at=LOADED)
    whole = recheck(run, store, "--kept-by", "bob", "--run", f"rec:{batch.first}")[1]
    assert [one["record"] for one in whole] == [f"rec:{batch.first + 1}", f"rec:{batch.first + 4}"]
    assert whole[0]["changed"] == ["review_policy", "exceptions"]
    assert whole[0]["why"] is None
    assert "cannot be made again" in whole[0]["reason"]


def test_a_case_that_the_format_does_not_have_any_more_is_named(run: Run, store: Path) -> None:
    (kept, *_) = determinations()
    wrong = {**kept.content, "case": {**kept.content["case"], "colour": "red"}}
    book(store).append([Kept(kept.kind, wrong, "ann", kept.determination), *determinations()])
    code, found = recheck(run, store)
    assert code == FINDINGS
    assert [(one["record"], one["changed"], one["new"]) for one in found] == [("rec:1", ["not_rechecked"], None)]
    assert "colour" in found[0]["reason"]
    assert "colour" in run("recheck", "--store", store)[1]
    assert run("recheck", "--store", store, "--format", "csv")[0] == FINDINGS


def test_codes_without_proof_are_those_of_the_answers() -> None:
    """What is compared in bulk is what each case by itself comes to, in every reading and on odd dates."""
    cases = [parse_case(dict(one.case), one.id) for one in load_scenarios()]
    single = Determiner(Options(), None, [], TODAY)
    again = Again(Options(), None, [], TODAY)
    for one in cases:
        again.tell(one, frame_document(single.frame(one)), TODAY)
    found = again.codes(cases, "scenarios")
    assert len(found) > 100
    for one, codes in zip(cases, found, strict=True):
        assert codes == codes_of_answer(single.determine([one])[0]), one.id
    assert again.codes(cases, "scenarios") == found, "also from what was weighed before"


PARAMETER = "topco:ofParameter parameter:lpp_group_year_cap_tpp ; topco:value 26900000"


@pytest.fixture(scope="module")
def lower_cap(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The knowledge with another figure of the law: 500 TPP a year under LPP."""
    folder = tmp_path_factory.mktemp("knowledge")
    for name in knowledge.FOLDERS:
        shutil.copytree(knowledge.root() / name, folder / name, ignore=shutil.ignore_patterns("samples"))
    file = folder / "rules" / "regulation" / "parameters.ttl"
    text = file.read_text(encoding="utf-8")
    assert PARAMETER in text
    file.write_text(text.replace(PARAMETER, PARAMETER.replace("26900000", "500")), encoding="utf-8")
    return folder


def test_a_rule_change_flips_what_rests_on_it_and_names_the_parameter(run: Run, store: Path, lower_cap: Path) -> None:
    small = case("small", STATED, quantity_tpp=100)
    keep(run, store, case("large", STATED), small, options=("--known-as-of", "2026-11-24"))
    result = subprocess.run(
        [sys.executable, "-m", "topco.cli.main", "recheck", "--store", str(store), "--format", "json"],
        env={**os.environ, knowledge.VARIABLE: str(lower_cap)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == FINDINGS, result.stderr
    (found,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert found["case"] == "large"
    assert found["changed"] == ["exceptions"]
    assert found["old"]["exceptions"]["LPP"] == "available"
    assert found["new"]["exceptions"]["LPP"] != "available"
    told = [node["text"] for node in found["why"]["parameters"]["new"]]
    assert any("500" in text for text in told), found["why"]
    assert {node.get("cite") for node in found["why"]["parameters"]["new"]} >= {"740.29(d)"}
    assert set(found["versions"]) == {"rules"}
    assert found["loads"] == {"old": [], "new": []}


def test_a_portion_at_a_time_is_the_same(store: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(run, store, *CASES)
    load(store, SECOND, {"S": "CN", "T": "FR"}, loaded_at=LOADED)
    whole = [flip.number for flip in Recheck(store, TODAY).flips(EVERYTHING)]
    monkeypatch.setattr("topco.records.recheck.PORTION", 3)
    monkeypatch.setattr("topco.records.recheck.PROVEN_AT_ONCE", 1)
    once = Recheck(store, TODAY, Dates())
    assert [flip.number for flip in once.flips(Filters())] == whole == [1, 4]
    assert once.checked == 4


def test_two_proofs_are_compared_by_what_they_say() -> None:
    def node(name: str, text: str, **more: Any) -> dict[str, Any]:
        return {"id": name, "kind": "asserted", "text": text, **more}

    old = [node("n1", "so", premises=["n2", "n3"]), node("n2", "a", source={"row": 1}), node("n3", "gone", cite="1.1")]
    new = [
        {**node("m9", "so", premises=["m1"]), "predicate": "concludes"},
        node("m1", "a", source={"row": 7}, predicate="says", values={"x": "1"}),
        node("m2", "gone", cite="1.2", predicate="says"),
    ]
    found = proof_changes({"nodes": old}, {"nodes": new})
    assert [one["cite"] for one in found.facts.old] == ["1.1"]
    assert [one["cite"] for one in found.facts.new] == ["1.2"]
    assert found.facts.old[0]["supports"] == ["so"]
    assert [(one.text, one.old, one.new) for one in found.restated] == [("a", ({"row": 1},), ({"row": 7},))]
    both = [{**one, "predicate": "says", "values": {"x": "2"}} for one in new]
    changed = proof_changes({"nodes": new}, {"nodes": both})
    assert len(changed.facts.new) == 3, "what both know is compared"
    assert proof_changes({"nodes": new}, {"nodes": list(reversed(new))}).document() == {
        **{name: {"old": [], "new": []} for name in ("facts", "parameters", "rules")},
        "restated": [],
    }
