"""Rows of lists without anything in them, countries as people write them, and statements about nobody."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from commands import Run

from small_store import add_load, company, lei

A = lei("A")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "store"
    add_load(path, "lei2", date(2025, 3, 2), {"entities": [company(A, "Beispiel Halbleiter GmbH", "DE")]})
    return path


def matches(run: Run, folder: Path, text: str) -> list[str]:
    listed = folder.parent / "list.csv"
    listed.write_text(text, encoding="utf-8")
    out = run("resolve", "--file", listed, "--as-of", "2025-03-02", "--store", folder)[1]
    return [row["match"] for row in csv.DictReader(io.StringIO(out))]


def test_a_row_without_name_and_identifier_gives_nothing(run: Run, folder: Path) -> None:
    assert matches(run, folder, "n,id,name\n1,,Nobody\n2,,\n3,X:a,\n") == ["unmatched", "", "given"]


def test_a_country_rules_a_name_out_only_by_its_code(run: Run, folder: Path) -> None:
    text = "name,country\nBeispiel Halbleiter,de\nBeispiel Halbleiter,Germany\nBeispiel Halbleiter, DE\n"
    for match in matches(run, folder, text):
        assert match.startswith(f"proposed: {A} (")


def test_a_statement_about_an_unknown_identifier_is_told(run: Run, folder: Path) -> None:
    said = ("--author", "ann", "--source", "page", "--date", "2025-01-01", "--store", folder)
    assert "No loaded record names X:typo" in run("state", "X:typo", "headquarters", "CN", *said)[2]
    assert run("state", A, "headquarters", "CN", *said)[2] == ""
