"""`topco report --screening`: the figures are those of the rows, from every kind of file, and nothing else is read."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from commands import Run
from html_pages import SVG, check, tables, text_of

from topco import knowledge
from topco.reports import plots
from topco.reports.page import screening_page
from topco.reports.plots import bars
from topco.reports.screening import read_screening
from topco.reports.words import country, strictness, word

SAMPLES = knowledge.root() / "data" / "samples"
KNOWN = ("resolved", "own_top", "stated", "")


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's orders, screened against the sample's register."""
    place = tmp_path_factory.mktemp("screened")
    for arguments in (
        ("load", "gleif", SAMPLES / "gleif"),
        ("screen", SAMPLES / "orders" / "orders.csv", "--output", place / "result.csv"),
        ("screen", SAMPLES / "orders" / "orders.csv", "--format", "json", "--output", place / "result.jsonl"),
    ):
        command = [sys.executable, "-m", "topco.cli.main", *map(str, arguments), "--store", str(place / "store")]
        assert subprocess.run(command, capture_output=True).returncode in (0, 1, 2)
    return place / "result.csv"


@pytest.fixture(scope="module")
def rows(result: Path) -> list[dict[str, str]]:
    with result.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def page(path: Path, **more: Any) -> str:
    return screening_page(read_screening(path), **more)


def figures(tree: Any, caption: str) -> list[list[str]]:
    """The rows of a table without its headings."""
    return tables(tree)[caption][1:]


def test_outcomes_are_those_of_the_rows(result: Path, rows: list[dict[str, str]]) -> None:
    tree = check(page(result))
    counted = Counter(
        (row["status"], row["licence_required"], word("policy", row["review_policy"] or None)) for row in rows
    )
    shown = figures(tree, "Rows by status, requirement and review policy")
    assert {tuple(row[:3]): int(row[3]) for row in shown} == dict(counted)
    assert sum(counted.values()) == len(rows) == 27
    assert f"Rows {len(rows)}" in text_of(tree)


def test_countries_of_ultimate_parents(result: Path, rows: list[dict[str, str]]) -> None:
    counted: Counter[str] = Counter()
    for row in rows:
        codes = {one for party in ("consignee", "end_user") for one in row[f"{party}_ultimate_parent_hq"].split(";")}
        if row["status"] != "refused":
            counted.update(map(country, codes - {""} or [None]))  # type: ignore[arg-type]
    shown = figures(check(page(result)), "Rows by the country in which an ultimate parent is headquartered")
    assert {row[0]: int(row[1]) for row in shown} == dict(counted)
    assert len(counted) > 4


def test_why_rows_are_undetermined(result: Path, rows: list[dict[str, str]]) -> None:
    from topco.reports.words import status

    counted: Counter[str] = Counter()
    for row in rows:
        states = {row["consignee_status"], row["end_user_status"]} - set(KNOWN)
        if row["status"] == "undetermined":
            counted.update([status(one) for one in states] or ["another fact of the order"])
    shown = figures(check(page(result)), "Undetermined rows by the status of their parties")
    assert {row[0]: int(row[2]) for row in shown} == dict(counted)
    assert {"withheld", "cyclic", "not in store"} <= set(counted)


def test_exceptions_by_status(result: Path, rows: list[dict[str, str]]) -> None:
    counted = Counter(one for row in rows for one in row["exceptions"].split(";") if one)
    shown = {
        row[0]: list(map(int, row[1:]))
        for row in figures(check(page(result)), "Rows by licence exception and its status")
    }
    statuses = ("available", "partial", "doubtful", "undetermined", "no")
    assert shown == {code: [counted[f"{code}={one}"] for one in statuses] for code in shown}
    assert shown["AIA"][0] == 3
    assert sum(map(sum, shown.values())) == sum(counted.values())


def test_the_strictest_come_first_and_open_rows_by_what_is_recorded(result: Path, rows: list[dict[str, str]]) -> None:
    tree = check(page(result))
    answered = [(number, row) for number, row in enumerate(rows, start=2) if row["status"] == "answered"]
    answered.sort(key=lambda pair: (-strictness()[pair[1]["review_policy"]], pair[0]))
    assert [
        row[:2] for row in figures(tree, f"The first {len(answered)} answered rows by strictness of the review policy")
    ] == [[str(number), row["order_id"]] for number, row in answered]
    (caption,) = [one for one in tables(tree) if "undetermined rows; any of them" in one]
    ranks = [row[8] for row in figures(tree, caption)]
    assert ranks[0] == "presumption of denial"
    assert ranks[-1] == "not determined"


def test_refused_rows_and_reasons(result: Path, rows: list[dict[str, str]]) -> None:
    tree = check(page(result))
    (refused,) = [(number, row) for number, row in enumerate(rows, start=2) if row["status"] == "refused"]
    assert figures(tree, "The first 1 refused rows") == [
        [str(refused[0]), refused[1]["order_id"], refused[1]["reason"]]
    ]
    shown = figures(tree, "Reasons of rows that are not answered, as the run words them")
    assert {(row[0], row[1]) for row in shown} >= {
        ("undetermined", "party_not_in_store"),
        ("refused", refused[1]["reason"]),
    }


def test_files_of_every_kind_give_the_same_page(result: Path, tmp_path: Path) -> None:
    pl.read_csv(result, infer_schema=False).write_parquet(tmp_path / "result.parquet")
    plain = page(result).split("\n")
    for other in (result.with_suffix(".jsonl"), tmp_path / "result.parquet"):
        differing = [one for one, two in zip(plain, page(other).split("\n"), strict=True) if one != two]
        assert len(differing) == 3
        assert all("SHA-256" in one or result.name in one for one in differing)


def test_flags_are_counted_by_list(result: Path, tmp_path: Path) -> None:
    frame = pl.read_csv(result, infer_schema=False)
    cells = ["EL ENT-1 (97);EL ENT-2 (91)", "EL ENT-1 (88);SDN 77 (90)", *[""] * (frame.height - 2)]
    frame.with_columns(pl.Series("red_flags", cells)).write_csv(tmp_path / "flagged.csv")
    shown = {
        row[1]: row
        for row in figures(check(page(tmp_path / "flagged.csv")), "Rows with a name like a listed one, by list")
    }
    assert {(row[1], row[2]) for row in shown.values()} == {("2", "2"), ("1", "1")}
    assert "No screening list was loaded" in text_of(check(page(result)))
    assert "No screening list was loaded" not in text_of(check(page(tmp_path / "flagged.csv")))


def test_plots_say_the_same_in_words(result: Path) -> None:
    tree = check(page(result))
    pictures = list(tree.iter(f"{SVG}svg"))
    assert len(pictures) == 4  # no flags, no plot of them
    (countries,) = [one for one in pictures if "country" in (one.get("aria-label") or "")]
    assert text_of(countries[1]).startswith("China: 7; not known: 6;")
    assert {"China", "Germany", "not known", "7"} <= {text_of(one) for one in countries.iter(f"{SVG}text")}


def test_a_plot_has_a_bar_for_every_count_and_one_for_the_rest() -> None:
    drawn = bars("Many", [(f"word {number}", 100 - number) for number in range(25)], most=20)
    assert len(re.findall(r">word \d+</text>", drawn)) == 20
    assert "5 others together: 390." in drawn
    assert bars("None", []) == ""
    assert "&lt;script&gt;" in bars("<script>", [("<script>alert(1)</script> 中国", 3)])
    assert "<script" not in bars("<script>", [("<script>alert(1)</script> 中国", 3)])


def test_without_the_drawing_program_tables_stand(result: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = tables(check(page(result)))
    monkeypatch.setattr(plots, "find_spec", lambda name: None)
    code, out, err = run("report", "--screening", result)
    assert code == 0
    assert "install topco[report]" in err
    tree = check(out)
    assert list(tree.iter(f"{SVG}svg")) == []
    assert tables(tree) == whole
    assert "Plots are left out here" in text_of(tree)


def test_the_same_result_gives_the_same_bytes(result: Path) -> None:
    command = [sys.executable, "-m", "topco.cli.main", "report", "--screening", str(result)]
    pages = [
        subprocess.run(command, capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed}).stdout
        for seed in ("1", "2")
    ]
    assert pages[0] == pages[1]
    assert b"<svg" in pages[0]


def test_what_is_said_about_the_run_stands_at_its_head(result: Path, run: Run, tmp_path: Path) -> None:
    about = ("--about", "Desk=Exports <b>", "--about", "Run=2026-11-27 = second")
    code, out, err = run("report", "--screening", result, *about, "--output", tmp_path / "page.html")
    assert (code, out, err) == (0, "", "")
    said = text_of(check((tmp_path / "page.html").read_text(encoding="utf-8")))
    assert "Exports <b>" in said
    assert "2026-11-27 = second" in said
    assert run("report", "--screening", result, "--about", "no value")[0] == 2


def test_cells_are_text_whatever_they_hold(tmp_path: Path) -> None:
    odd = "<script>alert(1)</script>\x00\x1b شركة 安德"
    row = {"order_id": odd, "status": "answered", "licence_required": odd, "exceptions": odd, "review_policy": odd}
    row |= {"reason": odd, "consignee_ultimate_parent_hq": odd, "consignee_status": odd, "red_flags": odd}
    rows = [row, row | {"status": "undetermined"}, row | {"status": odd}, row | {"status": "refused"}]
    (tmp_path / "odd.jsonl").write_text("".join(json.dumps(one) + "\n" for one in rows), encoding="utf-8")
    tree = check(page(tmp_path / "odd.jsonl"))
    assert "<script>alert(1)</script> شركة 安德" in text_of(tree)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("missing.csv", None, "cannot be read"),
        ("empty.csv", b"", "The table cannot be read"),
        ("header.csv", b"status,licence_required,exceptions,review_policy\n", "The result has no rows."),
        ("other.csv", b"a,b\n1,2\n", "no column status, licence_required, exceptions, review_policy"),
        ("half.csv", b"status,licence_required\nanswered,yes\n", "no column exceptions, review_policy"),
        ("rows.xlsx", b"PK", "ends in .xlsx"),
        ("rows", b"status", "ends in nothing"),
        ("broken.parquet", b"PAR1 no", "The table cannot be read"),
        ("broken.jsonl", b"{no json", "The table cannot be read"),
        (
            "latin.csv",
            "status,licence_required,exceptions,review_policy\nanswered,yes,,é\n".encode("latin-1"),
            "cannot be read",
        ),
    ],
)
def test_what_is_no_result_is_refused_with_a_sentence(
    run: Run, tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    code, out, err = run("report", "--screening", tmp_path / name, "--output", tmp_path / "page.html")
    assert (code, out) == (2, "")
    assert err.startswith("topco: ")
    assert len(err.splitlines()) == 1
    assert said in err
    assert not (tmp_path / "page.html").exists()
