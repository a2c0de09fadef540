"""Worked cases with expected answers, which nobody in this project wrote: all of them, every expected code exactly."""

from __future__ import annotations

import csv
import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from topco.cli.main import cli
from topco.licensing.cases.case_files import read_cases, well_formed
from topco.licensing.determine import Determiner, Options

pytestmark = pytest.mark.shared

FILE = "regulation-cases.jsonl"
COMPARED = {"item_class", "eccn", "licence_required", "exceptions", "review_policy", "veu_result"}
NUMBER = 72


@pytest.fixture(scope="module")
def cases(shared_reference: Path) -> dict[str, dict[str, Any]]:
    return {case["id"]: case for case in map(json.loads, lines(shared_reference))}


@cache
def lines(reference: Path) -> list[str]:
    return (reference / FILE).read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def answers(cases: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The answers to all cases, each asked by itself."""
    determiner = Determiner(Options(), None, [], date(2026, 11, 24))
    return {
        name: determiner.determine(list(well_formed(read_cases(json.dumps(case), name))))[0]
        for name, case in cases.items()
    }


def expected(case: dict[str, Any]) -> dict[str, Any]:
    """What a case expects; an expectation that nothing here compares would be a mistake of the test."""
    assert set(case["expect"]) <= COMPARED, case["id"]
    return dict(case["expect"])


def codes(answer: dict[str, Any], expect: dict[str, Any]) -> dict[str, Any]:
    """The same keys of an answer; an exception that the expectation does not name must not apply."""
    found = {key: answer[key] for key in expect}
    if "exceptions" in found:
        statuses = found["exceptions"]
        if isinstance(statuses, list):
            statuses = {one["code"]: one["status"] for one in statuses}
        named = expect["exceptions"]
        found["exceptions"] = {code: status for code, status in statuses.items() if code in named or status != "no"}
    return found


def test_the_file_is_whole(cases: dict[str, dict[str, Any]], shared_reference: Path) -> None:
    assert len(cases) == len(lines(shared_reference)) == NUMBER
    assert set().union(*(case["expect"] for case in cases.values())) == COMPARED
    assert {case["reading"] for case in cases.values()} == {"codified", "enforced"}


def test_every_case_comes_out_as_expected(cases: dict[str, dict[str, Any]], answers: dict[str, dict[str, Any]]) -> None:
    wrong = {
        name: (codes(answers[name], case["expect"]), expected(case))
        for name, case in cases.items()
        if codes(answers[name], case["expect"]) != expected(case)
    }
    assert wrong == {}
    assert [answer["case"] for answer in answers.values()] == list(cases)


def test_every_answer_says_what_was_not_tested_and_never_that_all_is_well(answers: dict[str, dict[str, Any]]) -> None:
    for name, answer in answers.items():
        assert answer["coverage"]["modelled"], name
        assert answer["not_tested"], name
        assert "clear" not in answer["verdict"], name
        assert answer["verdict"].endswith("Not legal advice."), name


def test_the_command_gives_the_same_answers_as_json_and_as_csv(
    cases: dict[str, dict[str, Any]], answers: dict[str, dict[str, Any]], tmp_path: Path, shared_reference: Path
) -> None:
    path = tmp_path / FILE
    path.write_text("\n".join(lines(shared_reference)), encoding="utf-8")
    as_json = [json.loads(line) for line in run("determine", str(path), "--format", "json", code=0).splitlines()]
    compared = COMPARED - {"exceptions"}
    assert [{key: one[key] for key in compared} for one in as_json] == [
        {key: one[key] for key in compared} for one in answers.values()
    ]
    rows = list(csv.DictReader(run("determine", str(path), "--format", "csv", code=0).splitlines()))
    assert [row["case"] for row in rows] == list(cases)
    for row, case in zip(rows, cases.values(), strict=True):
        statuses = dict(part.split("=") for part in row["exceptions"].split(";") if part)
        expect = {key: case["expect"][key] for key in case["expect"] if key in row and key != "veu_result"}
        assert codes({**row, "exceptions": statuses}, expect) == expect, row["case"]


def test_a_single_undetermined_case_ends_with_code_3(cases: dict[str, dict[str, Any]], tmp_path: Path) -> None:
    path = tmp_path / "case.json"
    path.write_text(json.dumps(cases["C98"]), encoding="utf-8")
    answer = json.loads(run("determine", str(path), "--format", "json", code=3))
    assert codes(answer, cases["C98"]["expect"]) == expected(cases["C98"])
    assert answer["strictest_outcome"] == "denial_presumption"
    assert "ultimate_parent_hq_in" in {fact["fact"] for fact in answer["settling_facts"]}


def run(*arguments: str, code: int) -> str:
    """The stdout of a command that must end with this code."""
    result = CliRunner().invoke(cli, list(arguments), standalone_mode=False)
    assert result.exception is None, result.exception
    assert result.return_value == code
    return result.stdout
