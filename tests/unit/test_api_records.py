"""REST on records: kept, listed, shown, exported, verified, determined again."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from commands import Run
from fastapi.testclient import TestClient

from kept_records import book, rows
from kept_records import run as screening_run
from served_sample import client, writing_client
from small_store import add_german, lei
from stated_cases import DAY, DENIED, OPEN, case
from topco.records.screening import record_screening


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A German company with a French parent."""
    return add_german(tmp_path / "store", "FR")


@pytest.fixture
def writer(store: Path) -> TestClient:
    return writing_client(store)


def keep(writer: TestClient, *cases: dict[str, Any], **asked: Any) -> list[str]:
    answers = [writer.post("/api/v1/records", json=one, params={"author": "ann", **asked}) for one in cases]
    assert {answer.status_code for answer in answers} == {201}
    return [answer.json()["record"] for answer in answers]


def get(reader: TestClient, path: str = "", **asked: Any) -> Any:
    answer = reader.get(f"/api/v1/records{path}", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def listed(run: Run, store: Path, *options: object) -> list[dict[str, Any]]:
    out = run("records", "list", "--store", store, "--format", "json", *options)[1]
    return [json.loads(line) for line in out.splitlines()]


def test_what_is_kept_is_listed_as_the_command_lists_it(run: Run, store: Path, writer: TestClient) -> None:
    assert keep(writer, DENIED, OPEN) == ["rec:1", "rec:2"]
    found = get(writer)
    assert (found["total"], found["first"]) == (2, 0)
    assert found["records"] == listed(run, store)
    assert [row["record"] for row in get(writer, order="newest")["records"]] == ["rec:2", "rec:1"]
    assert [row["record"] for row in get(writer, first=1, limit=1)["records"]] == ["rec:2"]


@pytest.mark.parametrize(
    ("asked", "options"),
    [
        ({"outcome": "denial_presumption"}, ("--outcome", "denial_presumption")),
        (
            {"outcome": ["denial_presumption", "licence_required=yes"]},
            ("--outcome", "denial_presumption", "--outcome", "licence_required=yes"),
        ),
        ({"party": "beta"}, ("--party", "beta")),
        ({"case": "open"}, ("--case", "open")),
        ({"kept_by": "ann"}, ("--kept-by", "ann")),
        ({"until": "2020-01-01"}, ("--until", "2020-01-01")),
    ],
)
def test_filters_are_those_of_the_command(
    run: Run, store: Path, writer: TestClient, asked: dict[str, Any], options: tuple[str, ...]
) -> None:
    keep(writer, DENIED, OPEN)
    found = get(writer, **asked)
    assert found["records"] == listed(run, store, *options)
    assert found["total"] == len(found["records"])


def test_rows_of_a_run_and_kinds(writer: TestClient, store: Path) -> None:
    keep(writer, DENIED)
    record_screening(store, screening_run(), rows(), author="ann")
    assert get(writer)["total"] == 5
    assert [row["kind"] for row in get(writer, run="rec:2")["records"]] == ["row"] * 3
    assert [row["kind"] for row in get(writer, kind=["screening", "determination"])["records"]] == [
        "determination",
        "screening",
    ]
    assert writer.get("/api/v1/records", params={"run": "two"}).status_code == 400
    assert writer.get("/api/v1/records", params={"since": DAY, "until": "2025-01-01"}).status_code == 400


def test_a_record_is_shown_as_published(run: Run, store: Path, writer: TestClient) -> None:
    keep(writer, DENIED, note="order 4711")
    found = get(writer, "/rec:1")
    assert found == json.loads(run("records", "show", "rec:1", "--store", store, "--format", "json")[1])
    assert get(writer, f"/{found['determination']}") == found
    assert writer.get("/api/v1/records/rec:2").status_code == 404
    assert writer.get("/api/v1/records/one").status_code == 400
    proof = writer.get("/api/v1/explanations", params={"subject": "rec:1", "format": "text"})
    assert "presumption of denial" in proof.text


def test_the_report_of_a_record_is_a_page(writer: TestClient, store: Path) -> None:
    keep(writer, case("script", name="<script>alert(1)</script> GmbH", located_in="DE", hq_in="DE"))
    answer = writer.get("/api/v1/records/rec:1/report")
    assert answer.headers["content-disposition"] == 'attachment; filename="rec-1.html"'
    assert "<script>alert(1)" not in answer.text
    assert "&lt;script&gt;alert(1)" in answer.text
    record_screening(store, screening_run(), rows(), author="ann")
    assert writer.get("/api/v1/records/rec:2/report").status_code == 400


def test_an_export_is_that_of_the_command_and_is_verified_anywhere(
    run: Run, store: Path, writer: TestClient, tmp_path: Path
) -> None:
    keep(writer, DENIED, OPEN)
    exported = writer.get("/api/v1/records/export")
    assert exported.headers["content-disposition"] == 'attachment; filename="records.jsonl"'
    file = tmp_path / "records.jsonl"
    file.write_bytes(exported.content)
    assert exported.text == run("records", "export", "--store", store)[1]
    assert run("records", "verify", file)[0] == 0
    some = writer.get("/api/v1/records/export", params={"case": "open"}).text.splitlines()
    assert len(some) == 2
    assert len(client(tmp_path / "nothing").get("/api/v1/records/export").text.splitlines()) == 1


def test_verification_finds_an_edited_record(run: Run, store: Path, writer: TestClient) -> None:
    keep(writer, DENIED)
    first = get(writer, "/head")
    keep(writer, OPEN)
    checked = get(writer, "/verify", head=first["head"])
    command = run("records", "verify", "--head", first["head"], "--store", store, "--format", "json")[1]
    assert checked == json.loads(command)
    assert (checked["records"], checked["records_since_kept_head"], checked["findings"]) == (2, 1, [])
    connection = sqlite3.connect(store / "records.sqlite")
    connection.execute("DROP TRIGGER records_no_update")
    connection.execute("UPDATE records SET author = 'nobody' WHERE number = 1")
    connection.commit()
    connection.close()
    assert {one["record"] for one in get(writer, "/verify")["findings"]} >= {"rec:1"}


def test_a_kept_case_is_determined_again(run: Run, store: Path, writer: TestClient) -> None:
    keep(writer, case("moved", entity=lei("A"), located_in="DE"))
    keep(writer, case("moved", entity=lei("A"), located_in="DE"))
    assert get(writer, "/rec:1/recheck") == {"checked": 1, "flips": []}
    add_german(store, "CN", date(2025, 5, 2))
    (flip,) = get(writer, "/rec:2/recheck")["flips"]
    assert (flip["record"], flip["new"]["review_policy"]) == ("rec:2", "denial_presumption")
    listed_by_command = run("recheck", "--store", store, "--format", "json")[1].splitlines()
    assert flip == json.loads(listed_by_command[1])


def test_formula_cells_are_neutral_in_csv(writer: TestClient) -> None:
    keep(writer, DENIED, note="=1+1", author="@ann")
    (row,) = csv.DictReader(io.StringIO(writer.get("/api/v1/records", params={"format": "csv"}).text))
    assert (row["note"], row["author"]) == ("'=1+1", "'@ann")


def test_nothing_kept_is_an_empty_list(tmp_path: Path) -> None:
    empty = client(tmp_path / "store")
    assert get(empty) == {"total": 0, "first": 0, "records": []}
    assert get(empty, "/verify")["findings"] == []
    assert not (tmp_path / "store").exists()


def test_a_damaged_book_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "records.sqlite").write_bytes(b"no database at all" * 100)
    for path in ("", "/export", "/verify", "/rec:1"):
        answer = client(tmp_path).get(f"/api/v1/records{path}")
        assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json"), path


def test_pages_of_a_book_cover_it_once(tmp_path: Path) -> None:
    record_screening(tmp_path, screening_run(), rows(), author="ann")
    records = book(tmp_path)
    from topco.records.filters import EVERYTHING

    forward = [one.number for first in range(0, 6, 2) for one in records.page(EVERYTHING, first, 2, newest=False)[0]]
    back = [one.number for first in range(0, 6, 2) for one in records.page(EVERYTHING, first, 2, newest=True)[0]]
    assert forward == [1, 2, 3, 4]
    assert back == forward[::-1]
