"""`topco load gleif` and `topco sources` as a user meets them: answers, notes, exit codes."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest

from gleif_files import as_csv, company, exception, relationship
from topco.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "20250302-lei2.csv").write_text(as_csv("lei2", [company(1), company(2)]), encoding="utf-8")
    (folder / "20250302-rr.csv").write_text(as_csv("rr", [relationship(1, 2), relationship(2, 9)]), encoding="utf-8")
    (folder / "20250302-repex.csv").write_text(as_csv("repex", [exception(2, "NO_LEI")]), encoding="utf-8")
    return folder


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as end:
        main([str(argument) for argument in arguments])
    return int(end.value.code or 0)


def load(store: Path, *arguments: object) -> int:
    return run("load", "gleif", "--store", store, "--defer-graph", *arguments)


def test_a_clean_load_answers_on_stdout_and_tells_progress_on_stderr(
    tmp_path: Path, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert load(tmp_path / "s", "--format", "json", files) == 0
    out, err = capsys.readouterr()
    answer = json.loads(out)
    assert [(entry["load"], entry["tables"]) for entry in answer["loaded"]] == [
        ("gleif-lei2-2025-03-02", {"entities": 2}),
        ("gleif-repex-2025-03-02", {"absences": 1}),
        ("gleif-rr-2025-03-02", {"relationships": 2}),
    ]
    assert "reading 20250302-lei2.csv: 100 %" in err
    assert "1 parents or head offices" in err
    assert load(tmp_path / "s", files) == 0
    assert "already" in capsys.readouterr().err


def test_warnings_are_1_and_rejects_and_refusals_are_2(
    tmp_path: Path, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (files / "20250302-rr.csv").write_text(as_csv("rr", [relationship(1, 1)]), encoding="utf-8")
    assert load(tmp_path / "warned", files) == 1
    assert "own parent: 1 (first: 20250302-rr.csv, row 2)" in capsys.readouterr().err
    bad = company(3, Entity__HeadquartersAddress__Country="ZZ")
    (files / "20250302-lei2.csv").write_text(as_csv("lei2", [company(1), bad]), encoding="utf-8")
    assert load(tmp_path / "rejected", files) == 2
    assert "1 rejects of gleif-lei2-2025-03-02" in capsys.readouterr().err
    stranger = tmp_path / "stranger.csv"
    stranger.write_text("a,b\n1,2\n", encoding="utf-8")
    assert load(tmp_path / "refused", stranger) == 2
    assert "refused: Not a file of GLEIF's golden copy" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["load", "gleif", "/nowhere/lei2.csv"], 2, "no such file"),
        (["load", "cia", "x.json"], 2, "There is no registry"),
        (["load", "nonsense", "x.json"], 2, "no registry"),
    ],
)
def test_what_cannot_be_loaded_is_said_in_a_sentence(
    tmp_path: Path, arguments: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments, "--store", tmp_path / "s") == code
    assert words in capsys.readouterr().err


def test_sources_lists_loads_and_says_which_are_in_force(
    tmp_path: Path, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    load(tmp_path / "s", files)
    newer = tmp_path / "20250401-lei2.csv"
    newer.write_text(as_csv("lei2", [company(1)]), encoding="utf-8")
    load(tmp_path / "s", newer)
    capsys.readouterr()
    assert run("sources", "--store", tmp_path / "s", "--format", "json") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row["load"]: row["state"] for row in rows} == {
        "gleif-lei2-2025-03-02": "superseded",
        "gleif-repex-2025-03-02": "current",
        "gleif-rr-2025-03-02": "current",
        "gleif-lei2-2025-04-01": "current",
    }
    assert all(row["licence"] == "CC0-1.0" and row["publisher"] == "GLEIF" and row["age_days"] > 0 for row in rows)
    assert run("sources", "--store", tmp_path / "s", "--format", "csv") == 0
    table = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["entities"] for row in table] == ["2", "0", "0", "1"]


def test_sources_of_no_store_is_no_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("sources", "--store", tmp_path / "none") == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "Nothing is loaded" in err


def test_a_load_builds_the_graph_unless_it_is_deferred(tmp_path: Path, files: Path) -> None:
    from topco.store.store import Store

    load(tmp_path / "s", files)
    assert Store.open(tmp_path / "s").manifest.graph is None
    more = tmp_path / "20250401-lei2.csv"
    more.write_text(as_csv("lei2", [company(1)]), encoding="utf-8")
    assert run("load", "gleif", "--store", tmp_path / "s", more) == 0
    graph = Store.open(tmp_path / "s").manifest.graph
    assert graph is not None
    assert "gleif-lei2-2025-04-01" in graph.loads
