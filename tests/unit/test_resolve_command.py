"""`topco resolve` from the command line: formats, lists, exit codes, messages."""

from __future__ import annotations

import csv
import io
import json
from functools import partial
from typing import TYPE_CHECKING

import pytest
from ownership_store import absence, entity, make_store, relationship

if TYPE_CHECKING:
    from pathlib import Path

    from commands import Run

DAY = ["--as-of", "2025-03-01"]


@pytest.fixture
def run(tmp_path: Path, run: Run) -> Run:
    """Run the command on a small store: exit code, stdout, stderr."""
    make_store(
        tmp_path / "store",
        entities=[
            entity("LEI:549300CWESV5NI78YL42", "Daughter", "DE"),
            entity("LEI:9884007ER46L6N7EI764", "Mother", "KR"),
            entity("X:open", "Open Ltd", "GB"),
            entity("X:silent", "Silent Ltd", "GB"),
            entity("X:hidden", "Hidden Ltd", "GB"),
        ],
        relationships=[
            relationship("LEI:549300CWESV5NI78YL42", "LEI:9884007ER46L6N7EI764"),
            relationship("X:open", "X:silent"),
            relationship("X:below", "X:stub"),
        ],
        absences=[absence("LEI:9884007ER46L6N7EI764", "NO_KNOWN_PERSON"), absence("X:hidden", "NO_LEI")],
    )

    return partial(run, "resolve", "--store", tmp_path / "store", *DAY)


def test_the_card_says_the_outcome_in_words_first(run: Run) -> None:
    code, out, _ = run("549300CWESV5NI78YL42")
    assert code == 0
    lines = out.splitlines()
    assert lines[0] == "Daughter (LEI:549300CWESV5NI78YL42)"
    assert lines[1].startswith("Resolved (resolved). One company stands at the top")
    assert "Headquarters     DE (gleif-lei2-2025-03-02, lei2.csv, row 2)" in lines
    chain = "  LEI:549300CWESV5NI78YL42 <- consolidation - LEI:9884007ER46L6N7EI764 (gleif-rr-2025-03-02, row 2)"
    assert chain in lines


@pytest.mark.parametrize(
    ("identifier", "strict", "as_recorded"),
    [
        ("549300CWESV5NI78YL42", 0, 0),
        ("9884007ER46L6N7EI764", 0, 0),
        ("X:open", 3, 0),
        ("X:silent", 3, 0),
        ("X:hidden", 3, 3),
        ("X:below", 3, 3),
    ],
)
def test_exit_codes(run: Run, identifier: str, strict: int, as_recorded: int) -> None:
    assert run(identifier)[0] == strict
    assert run(identifier, "--open-top", "as-recorded")[0] == as_recorded


def test_json_is_an_object_for_one_and_lines_for_several(run: Run) -> None:
    code, out, _ = run("X:open", "--format", "json")
    assert (code, json.loads(out)["status"]) == (3, "open_top")
    code, out, err = run("X:open", "X:nobody", "X:silent", "--format", "json")
    documents = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [document["entity"]["id"] for document in documents] == ["X:open", "X:nobody", "X:silent"]
    assert [document["status"] for document in documents] == ["open_top", "", "no_evidence"]
    assert "X:nobody" in err


def test_all_as_csv(run: Run, tmp_path: Path) -> None:
    code, out, err = run("--all")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 0
    assert "5 rows" in err
    assert {row["entity"]: row["status"] for row in rows} == {
        "LEI:549300CWESV5NI78YL42": "resolved",
        "LEI:9884007ER46L6N7EI764": "own_top",
        "X:hidden": "withheld",
        "X:open": "open_top",
        "X:silent": "no_evidence",
    }
    assert rows[0]["ultimate_parents"] == "LEI:9884007ER46L6N7EI764"
    assert rows[0]["ultimate_parent_hq_countries"] == "KR"
    target = tmp_path / "all.csv"
    assert run("--all", "--format", "csv", "--output", str(target))[:2] == (0, "")
    assert target.read_text() == out


def test_all_as_json_says_the_same(run: Run) -> None:
    documents = [json.loads(line) for line in run("--all", "--format", "json")[1].splitlines()]
    rows = csv.DictReader(io.StringIO(run("--all")[1]))
    assert [(one["entity"]["id"], one["status"]) for one in documents] == [(r["entity"], r["status"]) for r in rows]


def test_a_customer_list_comes_back_row_by_row(run: Run, tmp_path: Path) -> None:
    customers = tmp_path / "customers.csv"
    customers.write_text('ref,id,name\n7,X:open,"Open, Ltd"\n8,X:nobody,\n9,,\n7,549300CWESV5NI78YL42,\n')
    code, out, err = run("--file", str(customers))
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 0
    assert "2 not in the store" in err
    assert [(row["ref"], row["id"], row["name"]) for row in rows] == [
        ("7", "X:open", "Open, Ltd"),
        ("8", "X:nobody", ""),
        ("9", "", ""),
        ("7", "549300CWESV5NI78YL42", ""),
    ]
    assert [(row["status"], row["notes"]) for row in rows] == [
        ("open_top", ""),
        ("", "not_in_store"),
        ("", "not_in_store"),
        ("resolved", ""),
    ]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"country\nDE\n", "no column id and no column name"),
        (b"ref\n7\n", "no column id"),
        (b"", "cannot be read"),
        (b"id,name\nX:a,\xff\xfe\n", "UTF-8"),
        (b"id,status\nX:a,mine\n", "status"),
    ],
)
def test_lists_that_cannot_be_used(run: Run, tmp_path: Path, content: bytes, says: str) -> None:
    customers = tmp_path / "customers.csv"
    customers.write_bytes(content)
    code, out, err = run("--file", str(customers))
    assert (code, out) == (2, "")
    assert says in err
    assert "Traceback" not in err


def test_a_missing_list(run: Run, tmp_path: Path) -> None:
    code, _, err = run("--file", str(tmp_path / "none.csv"))
    assert code == 2
    assert "none.csv" in err


def test_an_unknown_entity_is_bad_input_and_points_to_search(run: Run) -> None:
    code, out, err = run("X:nobody")
    assert (code, out) == (2, "")
    assert "topco search" in err


def test_a_stub_is_known(run: Run) -> None:
    code, out, _ = run("X:stub", "--format", "json")
    assert (code, json.loads(out)["notes"]) == (3, ["no_record"])


@pytest.mark.parametrize("arguments", [[], ["X:open", "--all"]])
def test_somebody_must_be_asked_about(run: Run, arguments: list[str]) -> None:
    assert run(*arguments)[0] == 2


def test_a_test_that_does_not_exist_is_refused_with_the_list(run: Run) -> None:
    code, out, err = run("X:open", "--test", "half")
    assert (code, out) == (2, "")
    assert "'half'" in err
    assert "headquarters, cascade, consolidation, control, integrated, majority" in err


def test_consolidation_alone_is_a_test(run: Run) -> None:
    code, out, _ = run("X:open", "--test", "consolidation", "--format", "json")
    assert code == 3
    assert json.loads(out)["test"] == "consolidation"
