"""REST on the law: the documents of `topco rules`, by date and reading."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from commands import Run
from fastapi.testclient import TestClient

from served_sample import client
from topco.choices import READINGS

DAY = "2025-06-01"


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """The law needs no store."""
    return client(tmp_path_factory.mktemp("law") / "no-store")


def lines(run: Run, *arguments: object) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run("rules", *arguments, "--format", "json")[1].splitlines()]


def get(reader: TestClient, path: str, **asked: Any) -> Any:
    answer = reader.get(f"/api/v1/{path}", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("reading", READINGS)
def test_rules_are_those_of_the_command(reader: TestClient, run: Run, reading: str) -> None:
    found = get(reader, "rules", rules_as_of=DAY, reading=reading)
    assert found
    assert found == lines(run, "list", "--rules-as-of", DAY, "--reading", reading)


def test_a_rule_comes_with_its_query_and_what_it_looks_at(reader: TestClient, run: Run) -> None:
    found = get(reader, "rules/codified/review-within-allocation", rules_as_of=DAY)
    code, out, _ = run("rules", "show", "review-within-allocation", "--rules-as-of", DAY, "--format", "json")
    assert code == 0
    assert found == json.loads(out)
    assert "SELECT" in found["query"]
    assert [(one["value"], one["unit"]) for one in found["figures"]] == [("790000000", "TPP")]
    assert {one["group"] for one in found["groups"]} >= {"S5a"}
    assert found["provision"]["cite"] == found["cite"]
    assert found["law"]["rule_set"] == "diffusion_not_enforced"


def test_every_rule_has_its_page_of_facts(reader: TestClient) -> None:
    for row in get(reader, "rules"):
        found = get(reader, f"rules/{row['rule']}")
        assert {name: found[name] for name in row} == row


def test_a_rule_that_is_not_in_force_is_not_found(reader: TestClient) -> None:
    answer = reader.get("/api/v1/rules/codified/review-within-allocation", params={"rules_as_of": "2024-01-01"})
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert "in force on that date" in answer.json()["detail"]


def test_a_reading_without_rules_on_the_date_is_not_modelled(reader: TestClient, run: Run) -> None:
    answer = reader.get("/api/v1/rules", params={"rules_as_of": "2020-01-01"})
    assert answer.status_code == 422
    assert answer.json()["detail"] in run("rules", "list", "--rules-as-of", "2020-01-01")[2]


def test_parameters_have_a_value_or_a_reason_on_every_day(reader: TestClient, run: Run) -> None:
    everything = get(reader, "parameters")
    assert everything == lines(run, "parameters")
    names = {row["parameter"] for row in everything}
    for day in ("2023-11-17", "2025-01-12", "2025-06-01", "2026-01-15", "2026-11-20"):
        on_day = get(reader, "parameters", rules_as_of=day)
        assert sorted(row["parameter"] for row in on_day) == sorted(names)
        assert all(row["value"] or row["note"] for row in on_day)
        assert all(row["cite"] for row in on_day)


def test_groups_and_entries_of_a_date(reader: TestClient, run: Run) -> None:
    assert get(reader, "control-list", rules_as_of=DAY) == lines(run, "entries", "--rules-as-of", DAY)
    groups = {row["group"]: row for row in get(reader, "country-groups", rules_as_of="2026-07-10")}
    before = {row["group"]: row for row in get(reader, "country-groups", rules_as_of="2026-07-09")}
    assert "AE" in groups["A5"]["members"]
    assert "AE" not in before["A5"]["members"]
    assert list(groups.values()) == lines(run, "groups", "--rules-as-of", "2026-07-10")


def test_periods_and_coverage_are_those_of_the_commands(reader: TestClient, run: Run) -> None:
    assert get(reader, "periods") == lines(run, "periods")
    assert get(reader, "periods", rules_as_of=DAY, reading="article") == lines(
        run, "periods", "--rules-as-of", DAY, "--reading", "article"
    )
    _, out, _ = run("rules", "coverage", "--rules-as-of", DAY, "--format", "json")
    assert get(reader, "coverage", rules_as_of=DAY) == json.loads(out)


def test_table_and_difference_are_those_of_the_commands(reader: TestClient, run: Run) -> None:
    table = get(reader, "law-table", rules_as_of="2023-12-01")
    assert table == lines(run, "table", "--rules-as-of", "2023-12-01")
    section = table[-1]["section"]
    some = get(reader, "law-table", rules_as_of="2023-12-01", section=section)
    assert some == [row for row in table if row["section"] == section]
    code, out, _ = run("rules", "diff", "2025-05-14", "2025-05-15", "--format", "json")
    assert code == 1
    assert get(reader, "law-diff", a="2025-05-14", b="2025-05-15") == json.loads(out)
    same = get(reader, "law-diff", a=DAY, b=DAY)
    assert not any(same[part] for part in same if part not in ("a", "b"))


def test_a_side_of_a_difference_that_is_neither_reading_nor_date(reader: TestClient) -> None:
    answer = reader.get("/api/v1/law-diff", params={"a": "codified", "b": "yesterday"})
    assert answer.status_code == 400
    assert "codified@2025-06-01" in answer.json()["remedy"]


@pytest.mark.parametrize("path", ["rules", "parameters", "country-groups", "control-list", "periods", "coverage"])
def test_rows_come_as_csv_too(reader: TestClient, path: str) -> None:
    answer = reader.get(f"/api/v1/{path}", params={"format": "csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    found = get(reader, path)
    assert len(rows) == len(found["provisions"] if path == "coverage" else found)


@pytest.mark.parametrize("asked", [{"reading": "liberal"}, {"rules_as_of": "soon"}, {"rules_as_of": "2025-02-30"}])
def test_what_is_no_reading_or_date_is_refused(reader: TestClient, asked: dict[str, str]) -> None:
    answer = reader.get("/api/v1/rules", params=asked)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


def test_the_store_is_not_made_by_reading(tmp_path: Path) -> None:
    assert client(tmp_path / "store").get("/api/v1/rules").status_code == 200
    assert not (tmp_path / "store").exists()
