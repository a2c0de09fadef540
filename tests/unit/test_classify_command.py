"""`topco classify`: forms of input and output, dates, exit codes."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from commands import Run

CARD = {"kind": "ic", "tpp": 5285, "performance_density": "8.7", "datacentre": False}
OPEN = {"kind": "ic", "tpp": 2000, "datacentre": True}
DATE = ("--date", "2025-06-01")


def saved(folder: Path, *values: Any) -> Path:
    path = folder / "items.jsonl"
    path.write_text("".join(json.dumps(value) + "\n" for value in values), encoding="utf-8")
    return path


def test_one_item_for_people(run: Run, tmp_path: Path) -> None:
    code, out, err = run("classify", saved(tmp_path, CARD), *DATE)
    assert code == 0
    assert out.startswith("3A090.a, class A_ITEM by 3A090.a.1, 3A090.a.2.")
    assert "(tpp >= 4800): met [3A090.a.1]" in out
    assert "does not apply [note 2 to 3A090]" in out
    assert "Not legal advice" in out
    assert err == ""


def test_one_item_as_json(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("classify", saved(tmp_path, CARD), *DATE, "--format", "json")
    answer = json.loads(out)
    assert code == 0
    assert list(answer) == [
        "item",
        "rules_as_of",
        "verified_to",
        "status",
        "item_class",
        "eccn",
        "paragraphs",
        "possible",
        "aggregate_tpp",
        "arithmetic",
        "missing",
        "assumptions",
        "notes",
    ]
    assert list(answer["arithmetic"][0]) == [
        "figure",
        "source",
        "formula",
        "result",
        "unit",
        "threshold",
        "met",
        "cite",
    ]


def test_a_single_undetermined_item_ends_with_code_3_and_names_what_is_missing(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("classify", saved(tmp_path, OPEN), *DATE)
    assert code == 3
    assert out.startswith("Undetermined; possible: 3A090.a, 3A090.b, none.")
    assert "Missing: item.performance_density" in out


def test_a_batch_answers_what_it_can(run: Run, tmp_path: Path) -> None:
    path = saved(tmp_path, CARD, OPEN)
    code, out, _ = run("classify", path, *DATE, "--format", "json")
    assert code == 0
    assert [json.loads(line)["status"] for line in out.splitlines()] == ["answered", "undetermined"]
    code, out, err = run("classify", saved(tmp_path, CARD, {"tops": 3}, OPEN), *DATE, "--format", "csv")
    assert code == 2
    assert [row["item_class"] for row in csv.DictReader(out.splitlines())] == ["A_ITEM", "undetermined"]
    assert "item.tops: this key is not part of the format" in err
    assert "line 2" in err


def test_a_batch_of_mostly_bad_lines_still_answers_the_others(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text(f'{{"tops": 3}}\n{{"id": \n{json.dumps(CARD)}\n{{"kind": "ic", "kind": "hbm"}}\n', encoding="utf-8")
    code, out, err = run("classify", str(path), *DATE, "--format", "json")
    assert code == 2
    assert [json.loads(line)["item_class"] for line in out.splitlines()] == ["A_ITEM"]
    assert [f"line {number})" in err for number in (1, 2, 3, 4)] == [True, True, False, True]
    assert "one item per line" in err


def test_a_whole_case_is_taken_with_its_date_and_its_units(run: Run, tmp_path: Path) -> None:
    case = {"id": "X1", "transaction": {"date": "2024-12-01", "units": 10, "activity": "export"}, "item": CARD}
    code, out, _ = run("classify", saved(tmp_path, case), "--format", "json")
    answer = json.loads(out)
    assert code == 0
    assert (answer["item"], answer["rules_as_of"], answer["aggregate_tpp"]) == ("X1", "2024-12-01", "52850")
    _, out, _ = run("classify", saved(tmp_path, case), "--rules-as-of", "2025-06-01", "--format", "json")
    assert json.loads(out)["rules_as_of"] == "2025-06-01"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "3",
        '{"kind": "ic", "kind": "hbm"}',
        '{"item": {"kind": "ic"}, "date": "01.06.2025"}',
        '{"item": {"kind": "ic"}, "transaction": {"units": 1.5}}',
        '{"item": {"kind": "ic"}, "surprise": 1}',
        '{"item": 7}',
        '{"item": {"kind": "ic"}, "id": "\\ud800"}',
        '{"item": {"kind": "ic"}, "id": [1]}',
        '{"kind": "ic", "tpp": ' + "9" * 5000 + "}",
        '{"eccn": "3A09O.a"}',
        "[" * 5000,
        '{"contains": [' * 30 + "{}" + "]}" * 30,
        '{"kind": "ic", "tpp": 1e400}',
        '{"kind": "ic", "tpp": NaN}',
        '{"kind": "ic", "tpp": "' + "9" * 100_000 + '"}',
    ],
)
def test_bad_input_is_one_sentence_and_code_2(run: Run, tmp_path: Path, text: str) -> None:
    path = tmp_path / "item.json"
    path.write_text(text, encoding="utf-8")
    code, out, err = run("classify", path)
    assert (code, out) == (2, "")
    assert "Traceback" not in err
    assert 10 < len(err) < 1000
