"""`topco determine --record` and `topco records`: kept, listed, shown, exported, verified from the command line."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from commands import Run

from kept_records import rows
from kept_records import run as screening_run
from small_store import add_german, lei
from stated_cases import DENIED, OPEN, case
from topco.errors import ANSWERED, BAD_INPUT, FINDINGS, UNDETERMINED
from topco.records import database, find_document
from topco.records.screening import record_screening


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A German company with a French parent."""
    return add_german(tmp_path / "store", "FR")


def write(path: Path, *cases: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in cases), encoding="utf-8")
    return path


def listed(run: Run, store: Path, *options: object) -> list[dict[str, Any]]:
    code, out, _ = run("records", "list", "--store", store, "--format", "json", *options)
    assert code == ANSWERED
    return [json.loads(line) for line in out.splitlines()]


def test_one_case_is_kept_and_shown(run: Run, store: Path, tmp_path: Path) -> None:
    given = write(tmp_path / "case.json", DENIED)
    code, out, err = run("determine", given, "--store", store, "--record", "--note", "order 4711", "--author", "ann")
    assert code == ANSWERED
    assert "Kept as rec:1; head " in err
    assert "presumption of denial" in out
    code, shown, _ = run("records", "show", "rec:1", "--store", store)
    assert code == ANSWERED
    assert "rec:1: determination of det:" in shown
    assert "by ann: order 4711" in shown
    assert "762.6(a)" in shown
    assert "From case.json, SHA-256 " in shown
    assert "Load gleif-lei2-2025-03-02 (vintage 2025-03-02), hash digest of gleif-lei2-2025-03-02" in shown
    assert out.splitlines()[0] in shown
    assert set(_without_orders(out)) <= set(_without_orders(shown))
    code, whole, _ = run("records", "show", "rec:1", "--store", store, "--format", "json")
    record = json.loads(whole)
    assert (record["author"], record["note"], record["number"]) == ("ann", "order 4711", 1)
    assert record["content"]["answer"]["review_policy"] == "denial_presumption"
    assert record["content"]["case"]["transaction"]["quantity_tpp"] == "1000"
    assert run("records", "show", record["determination"], "--store", store)[1] == shown
    assert find_document(store, "rec:1") == record["content"]["answer"]


def _without_orders(card: str) -> list[str]:
    """The lines of a card; what is kept is canonical JSON, in which the values of a fact have no order."""
    return [line for line in card.splitlines() if "Would settle it" not in line]


def test_the_exit_code_is_that_of_the_answer(run: Run, store: Path, tmp_path: Path) -> None:
    code, _, err = run("determine", write(tmp_path / "case.json", OPEN), "--store", store, "--record")
    assert code == UNDETERMINED
    assert "Kept as rec:1" in err


def test_a_batch_is_kept_without_the_refused(run: Run, store: Path, tmp_path: Path) -> None:
    given = write(
        tmp_path / "cases.jsonl", DENIED, {"id": "wrong", "colour": "red"}, OPEN, case("known", entity=lei("A"))
    )
    code, out, err = run("determine", given, "--store", store, "--record", "--format", "json")
    assert code == BAD_INPUT
    assert "Kept as rec:1 to rec:3" in err
    found = listed(run, store)
    assert [one["case"] for one in found] == ["denied", "open", "known"]
    assert [one["determination"] for one in found] == [json.loads(line)["id"] for line in out.splitlines()]
    whole = json.loads(run("records", "show", "rec:3", "--store", store, "--format", "json")[1])
    assert whole["content"]["inputs"]["place"].endswith("line 4")
    assert whole["content"]["frame"]["loads"] == ["gleif-lei2-2025-03-02"]
    assert whole["content"]["answer"]["parties"][0]["resolution"]["proof"]["nodes"]


def test_nothing_is_kept_without_the_option(run: Run, store: Path, tmp_path: Path) -> None:
    given = write(tmp_path / "case.json", DENIED)
    assert run("determine", given, "--store", store)[0] == ANSWERED
    assert not (store / database.FILE_NAME).exists()
    code, _, err = run("determine", given, "--store", store, "--note", "why")
    assert (code, "Add --record" in err) == (BAD_INPUT, True)
    code, out, err = run("records", "list", "--store", store)
    assert (code, out, err) == (ANSWERED, "", "No record fits.\n")


def test_a_store_is_made_where_there_is_none(run: Run, tmp_path: Path) -> None:
    given = write(tmp_path / "case.json", DENIED)
    assert run("determine", given, "--store", tmp_path / "new", "--record")[0] == ANSWERED
    assert len(listed(run, tmp_path / "new")) == 1


def test_a_name_that_a_person_matched_is_kept_as_given_and_as_found(run: Run, store: Path, tmp_path: Path) -> None:
    assert run("judge", "NAME:DE/Alfa Gmbh", lei("A"), "same", "--store", store)[0] == ANSWERED
    given = write(tmp_path / "case.json", case("named", name="Alfa Gmbh", located_in="DE"))
    run("determine", given, "--store", store, "--record")
    content = json.loads(run("records", "show", "rec:1", "--store", store, "--format", "json")[1])["content"]
    assert "entity" not in content["case"]["parties"][0]
    assert content["determined"]["parties"][0]["entity"] == lei("A")
    assert run("records", "verify", "--store", store)[0] == ANSWERED
    assert [one["case"] for one in listed(run, store, "--party", lei("A"))] == ["named"]


def test_lists_and_filters(run: Run, store: Path, tmp_path: Path) -> None:
    given = write(tmp_path / "cases.jsonl", DENIED, OPEN)
    run("determine", given, "--store", store, "--record", "--author", "ann")
    run("determine", given, "--store", store, "--record", "--author", "bob")
    assert [one["record"] for one in listed(run, store, "--kept-by", "bob")] == ["rec:3", "rec:4"]
    assert [one["record"] for one in listed(run, store, "--outcome", "denial_presumption")] == ["rec:1", "rec:3"]
    assert [one["record"] for one in listed(run, store, "--party", "beta", "--case", "open")] == ["rec:2", "rec:4"]
    assert listed(run, store, "--since", "2999-01-01") == []
    assert len(listed(run, store, "--since", "2020-01-01", "--until", "2999-01-01")) == 4
    same = listed(run, store, "--determination", listed(run, store)[0]["determination"])
    assert [one["record"] for one in same] == ["rec:1", "rec:3"]
    _, text, _ = run("records", "list", "--store", store, "--format", "csv")
    first = next(csv.DictReader(io.StringIO(text)))
    assert first["licence_required"] == "yes"
    assert "AIA=no" in first["exceptions"].split(";")
    assert first["parties"] == "Alpha GmbH"
    assert int(first["keep_until"][:4]) >= 2031
    _, table, _ = run("records", "list", "--store", store)
    assert "rec:4" in table
    _, _, err = run("records", "show", same[0]["determination"], "--store", store)
    assert "also kept as rec:1" in err


def test_screening_runs_are_listed_and_shown(run: Run, store: Path) -> None:
    record_screening(store, screening_run(), rows(), author="bob", note="weekly")
    assert [one["kind"] for one in listed(run, store)] == ["screening", "row", "row", "row"]
    assert [one["record"] for one in listed(run, store, "--run", "rec:1")] == ["rec:2", "rec:3", "rec:4"]
    _, shown, _ = run("records", "show", "rec:1", "--store", store)
    assert "From orders.csv" in shown
    assert "To answers.csv" in shown
    assert "2  answered" in shown
    _, shown, _ = run("records", "show", "rec:2", "--store", store)
    assert "A row of the screening run rec:1" in shown
    assert "review policy: denial_presumption" in shown


def test_an_export_is_verified_elsewhere(run: Run, store: Path, tmp_path: Path) -> None:
    run("determine", write(tmp_path / "cases.jsonl", DENIED, OPEN), "--store", store, "--record")
    file = tmp_path / "export.jsonl"
    assert run("records", "export", "--store", store, "--output", file)[0] == ANSWERED
    assert run("records", "export", "--store", store)[1] == file.read_text(encoding="utf-8")
    code, out, _ = run("records", "verify", file, "--store", tmp_path / "nowhere")
    assert (code, "2 records" in out, "every hash holds" in out) == (ANSWERED, True, True)
    head = json.loads(run("records", "verify", "--store", store, "--format", "json")[1])["head"]
    assert run("records", "verify", file, "--head", head.upper())[0] == ANSWERED
    assert run("records", "verify", file, "--head", "0123")[0] == FINDINGS
    file.write_text(file.read_text(encoding="utf-8").replace("Beta GmbH", "Beda GmbH"), encoding="utf-8")
    code, out, _ = run("records", "verify", file)
    assert (code, "the first broken record is rec:2" in out) == (FINDINGS, True)
    selected = tmp_path / "selected.jsonl"
    run("records", "export", "--store", store, "--case", "open", "--output", selected)
    code, _, err = run("records", "verify", selected)
    assert (code, "a selection" in err) == (ANSWERED, True)


def test_a_changed_book_is_found(run: Run, store: Path, tmp_path: Path) -> None:
    run("determine", write(tmp_path / "cases.jsonl", DENIED, OPEN), "--store", store, "--record")
    assert run("records", "verify", "--store", store)[0] == ANSWERED
    connection = sqlite3.connect(store / database.FILE_NAME, isolation_level=None)
    connection.execute("DROP TRIGGER records_no_update")
    connection.execute("UPDATE records SET author = 'eve' WHERE number = 2")
    connection.close()
    code, out, _ = run("records", "verify", "--store", store, "--format", "json")
    report = json.loads(out)
    assert code == FINDINGS
    assert {"record": "rec:2", "line": None, "what": "is not what was written: its hash differs"} in report["findings"]
    code, out, _ = run("records", "verify", "--store", store, "--format", "csv")
    assert (code, "rec:2,,is not what was written" in out) == (FINDINGS, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("records", "show", "rec:7"), "Nothing is kept as rec:7"),
        (("records", "show", "LEI:1"), "names no record"),
        (("records", "list", "--run", "7x"), "names no screening run"),
        (("records", "list", "--since", "2025-02-01", "--until", "2025-01-01"), "Give the earlier day as --since"),
        (("records", "list", "--since", "yesterday"), "is not a date"),
        (("records", "verify", "/nowhere/export.jsonl"), "cannot be read"),
        (("recheck", "--rules-as-of", "tomorrow"), "is not a date"),
    ],
)
def test_bad_input(run: Run, store: Path, arguments: tuple[str, ...], words: str) -> None:
    code, out, err = run(*arguments, "--store", store)
    assert (code, out) == (BAD_INPUT, "")
    assert words in err


@pytest.mark.parametrize(
    "command", [("records", "list"), ("records", "show", "rec:1"), ("records", "verify"), ("recheck",)]
)
def test_a_file_that_is_no_book_is_bad_input(run: Run, store: Path, command: tuple[str, ...]) -> None:
    (store / database.FILE_NAME).write_bytes(b"no database " * 400)
    code, _, err = run(*command, "--store", store)
    assert code == BAD_INPUT
    assert database.FILE_NAME in err


def test_a_book_that_cannot_be_written_keeps_nothing_and_answers_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    given = write(tmp_path / "case.json", DENIED)
    code, out, err = run("determine", given, "--store", tmp_path / "file", "--record")
    assert (code, out) == (BAD_INPUT, "")
    assert "Traceback" not in err


def test_the_proof_of_a_record_is_explained(run: Run, store: Path, tmp_path: Path) -> None:
    given = write(tmp_path / "case.json", case("known", entity=lei("A")))
    _, out, _ = run("determine", given, "--store", store, "--record", "--format", "json")
    (tmp_path / "answer.json").write_text(out, encoding="utf-8")
    code, proof, _ = run("explain", "rec:1", "--store", store)
    assert code == ANSWERED
    assert proof == run("explain", tmp_path / "answer.json", "--store", store)[1]
    assert run("explain", json.loads(out)["id"], "--store", store)[1] == proof


def test_a_user_without_a_name_is_told_by_his_number(
    run: Run, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 4711")

    monkeypatch.delenv("TOPCO_AUTHOR", raising=False)
    monkeypatch.setattr("getpass.getuser", nobody)
    given = write(tmp_path / "case.json", DENIED)
    assert run("determine", given, "--store", store, "--record")[0] == ANSWERED
    assert listed(run, store)[0]["author"].startswith("user ")
