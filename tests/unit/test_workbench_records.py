"""Pages of records: what is kept, one record, the chain, a case determined again."""

from __future__ import annotations

import json
import sqlite3
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from commands import Run
from fastapi.testclient import TestClient
from html_pages import HTML, tables, text_of

from kept_records import rows as screened
from kept_records import run as screening_run
from served_sample import client, writing_client
from small_store import add_german, lei
from stated_cases import case
from topco.records.screening import record_screening
from workbench_pages import SCRIPT, link, links, page


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A German company with a French parent; three determinations and a screening run of three rows."""
    path = tmp_path / "store"
    add_german(path, "FR")
    writer = writing_client(path)
    given = [
        case("denied", name="Alpha GmbH", located_in="DE", hq_in="DE", ultimate_parent_hq_in="CN"),
        case("script", name=SCRIPT, located_in="DE", hq_in="DE"),
        case("moved", entity=lei("A"), located_in="DE"),
    ]
    for one in given:
        kept = writer.post("/api/v1/records", json=one, params={"author": "ann", "note": SCRIPT})
        assert kept.status_code == 201
    record_screening(path, screening_run(), screened(), author="ben")
    return path


@pytest.fixture
def reader(store: Path) -> TestClient:
    return client(store)


def shown(tree: Any) -> list[str]:
    return [row[0] for row in tables(tree)["What is kept"][1:]]


def test_the_list_has_every_record_newest_first(reader: TestClient) -> None:
    tree = page(reader, "/records")
    assert shown(tree) == [f"rec:{number}" for number in range(7, 0, -1)]
    assert not list(tree.iter(f"{HTML}script"))[1:]
    assert SCRIPT in text_of(tree)
    for address in [one for one in links(tree) if one.startswith("/records/rec:")]:
        page(reader, address)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("party=alpha&kind=determination", ["rec:1"]),
        ("kind=screening", ["rec:4"]),
        ("run=rec:4", ["rec:7", "rec:6", "rec:5"]),
        ("outcome=denial_presumption&kind=determination", ["rec:1"]),
        ("kept_by=ann&since=&until=&case=moved", ["rec:3"]),
    ],
)
def test_filters_are_in_the_address(reader: TestClient, query: str, expected: list[str]) -> None:
    assert shown(page(reader, f"/records?{query}")) == expected


def test_what_cannot_be_asked_is_said_beside_the_form(reader: TestClient) -> None:
    assert "names no screening run" in text_of(page(reader, "/records?run=two", status=400))
    assert "No record fits" in text_of(page(reader, "/records?party=nobody"))
    page(reader, "/records/rec:99", status=404)
    page(reader, "/records/one", status=400)


def test_a_record_says_what_the_command_says(run: Run, store: Path, reader: TestClient) -> None:
    tree = page(reader, "/records/rec:1")
    text = text_of(tree)
    record = json.loads(run("records", "show", "rec:1", "--store", store, "--format", "json")[1])
    for said in (record["hash"], record["content_hash"], record["previous"], record["content"]["answer"]["verdict"]):
        assert said in text
    assert "762.6(a)" in text
    assert "presumption of denial" in text
    report = reader.get(link(tree, "Report"))
    assert report.headers["content-disposition"].startswith("attachment")
    assert "Alpha GmbH" in report.text
    assert "Alpha GmbH" in reader.get(link(tree, "Proof")).text
    assert reader.get(link(tree, "JSON")).json() == record


def test_names_are_text(reader: TestClient) -> None:
    tree = page(reader, "/records/rec:2")
    assert SCRIPT in text_of(tree)
    assert all(one.get("src") for one in tree.iter(f"{HTML}script"))


def test_what_is_listed_is_determined_again_as_a_job(reader: TestClient) -> None:
    for address, expected in (("/records?party=alpha", {"party": "alpha"}), ("/records/rec:4", {"run": "rec:4"})):
        (form,) = [one for one in page(reader, address).iter(f"{HTML}form") if one.get("method") == "post"]
        given = {one.get("name"): one.get("value") for one in form.iter(f"{HTML}input")}
        assert (form.get("action"), given) == ("/screening/recheck", expected)


def test_a_run_leads_to_its_rows(reader: TestClient) -> None:
    tree = page(reader, "/records/rec:4")
    assert shown(page(reader, link(tree, "Its rows"))) == ["rec:7", "rec:6", "rec:5"]
    assert link(page(reader, "/records/rec:5"), "its run rec:4") == "/records/rec:4"


def test_the_chain_is_checked(store: Path, reader: TestClient) -> None:
    assert "7 records: every hash holds" in text_of(page(reader, "/records/verify"))
    head = reader.get("/api/v1/records/head").json()["head"]
    assert "0 records came after it" in text_of(page(reader, f"/records/verify?head={head}"))
    connection = sqlite3.connect(store / "records.sqlite")
    connection.execute("DROP TRIGGER records_no_update")
    connection.execute("UPDATE records SET author = 'nobody' WHERE number = 2")
    connection.commit()
    connection.close()
    broken = page(reader, "/records/verify")
    assert "rec:2" in [row[0] for row in tables(broken)["What is not as it was kept"]]


def test_a_case_is_determined_again(store: Path, reader: TestClient) -> None:
    assert "none with another answer" in text_of(page(reader, "/records/rec:3/recheck"))
    add_german(store, "CN", date(2025, 5, 2))
    tree = page(reader, "/records/rec:3/recheck?as_of=&rules_as_of=")
    codes = {row[0]: row[1:] for row in tables(tree)["Codes of rec:3 that differ"][1:]}
    assert codes["review policy"][1] == "presumption of denial"
    assert "gleif-lei2-2025-05-02" in text_of(tree)
    assert "has rows to be determined again" in text_of(page(reader, "/records/rec:4/recheck", status=400))


def test_an_empty_book_says_how_to_begin(tmp_path: Path) -> None:
    assert "Nothing is kept yet" in text_of(page(client(tmp_path / "store"), "/records"))
    assert "0 records: every hash holds" in text_of(page(client(tmp_path / "store"), "/records/verify"))
    assert not (tmp_path / "store").exists()
