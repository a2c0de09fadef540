"""`topco screen --record`: the run and its rows are kept, and are checked and determined again like any record."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import pytest
from commands import Run

from small_store import add_german, lei
from topco.errors import ANSWERED, BAD_INPUT, FINDINGS

HEAD = "order_id,date,activity,destination,consignee,end_user,eccn,quantity_tpp\n"
A = lei("A")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return add_german(tmp_path / "store", "CN")


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    rows = [f"O-{n},2025-06-01,export,DE,{A},,3A090.a,{1000 + n}\n" for n in range(5)]
    path.write_text(HEAD + "".join(rows) + "bad,yesterday,export,DE,,,3A090.a,1\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_the_run_and_its_answered_rows_are_kept(
    run: Run, store: Path, orders: Path, tmp_path: Path, suffix: str
) -> None:
    output = tmp_path / f"result.{suffix}"
    code, _, err = run("screen", orders, "--store", store, "--output", output, "--record", "--note", "the desk")
    assert code == BAD_INPUT, "a row was refused"
    assert "Kept as rec:1 to rec:6" in err
    listed = list(csv.DictReader(run("records", "list", "--store", store, "--format", "csv")[1].splitlines()))
    assert [row["kind"] for row in listed] == ["screening", *["row"] * 5]
    assert {row["review_policy"] for row in listed[1:]} == {"denial_presumption"}
    assert run("records", "verify", "--store", store)[0] == ANSWERED
    assert run("recheck", "--store", store)[0] == ANSWERED
    kept = run("explain", "rec:2", "--store", store, "--format", "json")[1]
    assert json.loads(kept)["basis"]["asked"]["case"]["id"] == "O-0"


def test_rows_that_new_data_would_answer_otherwise_are_named(
    run: Run, store: Path, orders: Path, tmp_path: Path
) -> None:
    run("screen", orders, "--store", store, "--output", tmp_path / "result.csv", "--record")
    add_german(store, "DE", date(2025, 4, 2))
    code, out, _ = run("recheck", "--store", store, "--format", "csv")
    assert code == FINDINGS
    flips = list(csv.DictReader(out.splitlines()))
    assert len(flips) == 5
    assert {(row["old_review_policy"], row["new_review_policy"]) for row in flips} == {
        ("denial_presumption", "approval")
    }


def test_reserved_runs_are_kept_too(run: Run, store: Path, orders: Path, tmp_path: Path) -> None:
    output = tmp_path / "result.csv"
    _, _, err = run("screen", orders, "--store", store, "--output", output, "--record", "--reserve")
    assert "Kept as rec:1 to rec:6" in err


def test_what_cannot_be_kept_is_said_before_anything_is_done(
    run: Run, store: Path, orders: Path, tmp_path: Path
) -> None:
    output = tmp_path / "result.csv"
    for asked in (
        ("--record",),
        ("--record", "--output", output, "--format", "table"),
        ("--note", "why", "--output", output),
        ("--record", "--output", output, "--watch", orders),
    ):
        assert run("screen", orders, "--store", store, *asked)[0] == BAD_INPUT
    assert not output.exists()
    assert not (store / "records.sqlite").exists()


def test_another_parent_test_is_another_determination(run: Run, store: Path, orders: Path, tmp_path: Path) -> None:
    """The rules ask one test; where the user chooses another, the answer has an identifier of its own."""
    identifiers = {}
    for test in (None, "headquarters", "majority"):
        output = tmp_path / f"{test}.csv"
        chosen = ("--test", test) if test else ()
        run("screen", orders, "--store", store, "--output", output, "--record", *chosen)
        rows = list(csv.DictReader(output.read_text(encoding="utf-8").splitlines()))
        identifiers[test] = [row["determination_id"] for row in rows if row["determination_id"]]
    assert identifiers[None] == identifiers["headquarters"]
    assert not set(identifiers[None]) & set(identifiers["majority"])
    assert run("records", "verify", "--store", store)[0] == ANSWERED
    assert run("recheck", "--store", store)[0] == ANSWERED
    answer = tmp_path / "answer.json"
    for number in (2, 14):
        code, out, _ = run("records", "show", f"rec:{number}", "--store", store, "--format", "json")
        assert code == ANSWERED, out
        answer.write_text(run("explain", f"rec:{number}", "--store", store, "--format", "json")[1], encoding="utf-8")
        assert run("verify", answer, "--store", store)[0] == ANSWERED
