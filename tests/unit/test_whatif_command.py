"""`topco whatif` as a command: forms of the case, formats, exit codes, published shape, bad input."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from commands import Run

from topco.explain.published_changes import WhatIf
from topco.licensing.law.sentences import say
from whatif_cases import determined, plain
from whatif_store import DAY, small_store

DENIED = plain(party={"ultimate_parent_hq_in": "CN"})


def document(out: str) -> dict[str, Any]:
    WhatIf.model_validate_json(out)
    found: dict[str, Any] = json.loads(out)
    return found


def whatif(run: Run, data: dict[str, Any], *arguments: object) -> dict[str, Any]:
    code, out, err = run("whatif", json.dumps(data), "--format", "json", *arguments)
    assert err == ""
    assert code in (0, 3)
    return document(out)


def test_a_fact_supposed_is_the_case_with_that_fact(run: Run) -> None:
    found = whatif(run, DENIED, "--set", "parties[0].ultimate_parent_hq_in=DE", "--set", "item.datacentre=false")
    edited = plain(item={"datacentre": False})
    assert found["after"]["verdict"] == determined(edited)["verdict"]
    assert found["supposed"] == [
        {"fact": "parties[0].ultimate_parent_hq_in", "from": "CN", "to": "DE"},
        {"fact": "item.datacentre", "from": True, "to": False},
    ]
    assert {"question": "AIA", "before": "no", "after": "available"} in found["differences"]
    turned = {(one["exception"], one["id"]): (one["before"], one["after"]) for one in found["conditions"]}
    assert turned["AIA", "ultimate_parent_in_supplement_5a"] == ("failed", "met")
    assert (found["wanted"], found["worse"]) == ([], None)


def test_full_answers_are_those_of_determine(run: Run) -> None:
    found = whatif(run, DENIED, "--set", "ultimate_consignee.ultimate_parent_hq_in=null", "--full")
    both = found["determinations"]
    assert both["before"]["proof"]["nodes"]
    assert both["after"]["review_policy"] == "undetermined"
    assert both["after"]["verdict"] == determined(plain(party={"ultimate_parent_hq_in": None}))["verdict"]


def test_an_open_answer_is_exit_code_3(run: Run) -> None:
    code, _, _ = run("whatif", json.dumps(DENIED), "--set", "parties[0].ultimate_parent_hq_in=null")
    assert code == 3
    assert run("whatif", json.dumps(DENIED), "--want", "AIA=available")[0] == 0


def test_why_not_says_what_stands_against_it_and_the_note(run: Run) -> None:
    code, out, _ = run("whatif", json.dumps(DENIED), "--want", "AIA=available")
    assert code == 0
    assert "AIA=available? It is no" in out
    assert "parties[0].ultimate_parent_hq_in" in out
    assert "a country in ‘supp. 5(a)’, such as Germany" in out
    assert say("changes_note") in out
    assert say("not_advice") in out


def test_supposed_and_wanted_is_about_the_case_with_what_is_supposed(run: Run) -> None:
    found = whatif(run, plain(), "--set", "parties[0].hq_in=IN", "--want", "AIA=available")
    (target,) = found["wanted"]
    assert target["given"] == "no"
    assert {fact["path"] for one in target["premises"] for fact in one["facts"]} == {"parties[0].hq_in"}


def test_the_page_of_a_comparison(run: Run) -> None:
    code, out, _ = run("whatif", json.dumps(DENIED), "--set", "transaction.destination=CN", "--set", "item.tpp=4000")
    assert code == 0
    assert "Supposed: transaction.destination = CN (it is DE)" in out
    assert "Supposed: item.tpp = 4000 (it is not known)" in out
    assert "With this: Licence required" in out
    same = run("whatif", json.dumps(DENIED), "--set", "parties[0].incorporated_in=FR")
    assert "No code of the answer differs." in same[1]


def test_rows(run: Run) -> None:
    code, out, _ = run("whatif", json.dumps(DENIED), "--format", "csv")
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(out)))
    assert {row["part"] for row in rows} >= {"premise", "change"}
    change = next(row for row in rows if row["part"] == "change" and row["want"] == "AIA=available")
    assert (change["fact"], change["now"]) == ("parties[0].ultimate_parent_hq_in", "CN")
    assert change["turns"] == "AIA;LPP;review_policy"
    _, out, _ = run("whatif", json.dumps(DENIED), "--format", "csv", "--set", "parties[0].ultimate_parent_hq_in=DE")
    parts = {row["part"] for row in csv.DictReader(io.StringIO(out))}
    assert parts == {"supposed", "difference", "condition"}


def test_a_file_and_one_case_of_several(run: Run, tmp_path: Path) -> None:
    one = tmp_path / "one.json"
    one.write_text(json.dumps(DENIED), encoding="utf-8")
    assert document(run("whatif", one, "--format", "json", "--want", "AIA=available")[1])["case"] == "plain"
    several = tmp_path / "several.jsonl"
    several.write_text("\n".join(json.dumps({**DENIED, "id": name}) for name in ("a", "b")), encoding="utf-8")
    found = document(run("whatif", several, "--case", "b", "--format", "json", "--want", "AIA=available")[1])
    assert found["case"] == "b"
    code, _, err = run("whatif", several)
    assert (code, "--case: a, b" in err) == (2, True)
    code, _, err = run("whatif", several, "--case", "c")
    assert (code, "No cases of the file have the id 'c'" in err) == (2, True)


def test_a_party_of_the_store(run: Run, tmp_path: Path) -> None:
    store = small_store(tmp_path / "store")
    data = plain(transaction={"date": DAY.isoformat()}, parties=[{"role": "ultimate_consignee", "entity": "X:B"}])
    found = whatif(run, data, "--store", store, "--want", "AIA=available")
    assert "share X:A,X:B" in {fact["path"] for change in found["wanted"][0]["changes"] for fact in change["facts"]}
    found = whatif(run, data, "--store", store, "--set-share", "X:A,X:B=50 %", "--set-hq", "X:C=CA")
    assert found["after"]["review_policy"] == "approval"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--set", "transaction.dat=2026-01-01"), "transaction.date"),
        (("--set", "transaction.date=soon"), "write a date as YYYY-MM-DD"),
        (("--set", "transaction.activity=sell"), "transaction.activity"),
        (("--set", "parties[0].hq_in=ZZ"), "ISO 3166-1"),
        (("--set", "transaction.date=2026-01-01", "--set", "transaction.date=2026-01-02"), "supposed twice"),
        (("--set-share", "X:A,X:B=50"), "No party of the case is one of the store"),
        (("--want", "AIA=maybe"), "available"),
        (("--want", "price=low"), "no question"),
    ],
)
def test_bad_input_is_one_sentence_and_code_2(run: Run, arguments: tuple[str, ...], words: str, tmp_path: Path) -> None:
    code, out, err = run("whatif", json.dumps(DENIED), "--store", tmp_path / "none", *arguments)
    assert (code, out) == (2, "")
    assert words in err
    assert "Traceback" not in err


@pytest.mark.parametrize("text", ["{", '{"transaction": {"date": 5}}', "[]", "nowhere.json"])
def test_a_case_that_cannot_be_read_is_code_2(run: Run, text: str) -> None:
    code, out, err = run("whatif", text)
    assert (code, out) == (2, "")
    assert err.startswith("topco: ")


def test_a_case_that_no_rule_covers(run: Run) -> None:
    early = plain(transaction={"date": "2019-01-01"})
    code, out, _ = run("whatif", json.dumps(early), "--format", "json")
    assert code == 3
    assert document(out)["wanted"] == []
    code, out, err = run("whatif", json.dumps(early), "--want", "AIA=available")
    assert (code, out) == (3, "")
    assert "No rule covers the case" in err
