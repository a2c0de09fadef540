"""Worked cases with expected answers, which nobody in this project wrote: the modelled ones, and the rest."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from topco.cli.main import cli
from topco.licensing.case_files import read_cases, well_formed
from topco.licensing.determine import Determiner, Options

pytestmark = pytest.mark.shared

MODELLED = [f"C{number:02}" for number in (1, 2, 3, *range(5, 16), 98, 101)]
FILE = "regulation-cases.jsonl"


@pytest.fixture(scope="module")
def cases(shared_reference: Path) -> dict[str, dict[str, Any]]:
    lines = (shared_reference / FILE).read_text(encoding="utf-8").splitlines()
    return {case["id"]: case for case in map(json.loads, lines)}


@pytest.fixture(scope="module")
def determiner() -> Determiner:
    return Determiner(Options(), None, [], date(2026, 11, 24))


def codes(answer: dict[str, Any]) -> dict[str, Any]:
    """What an answer and an expectation have in common for a case with one exception modelled."""
    exceptions = answer["exceptions"]
    if isinstance(exceptions, list):
        exceptions = {one["code"]: one["status"] for one in exceptions}
    kept = {key: answer[key] for key in ("item_class", "licence_required", "review_policy")}
    return {**kept, "AIA": exceptions.get("AIA", "no")}


@pytest.mark.parametrize("name", MODELLED)
def test_modelled_cases_come_out_as_expected(
    cases: dict[str, dict[str, Any]], determiner: Determiner, name: str
) -> None:
    case = cases[name]
    answer = determiner.determine(list(well_formed(read_cases(json.dumps(case), name))))[0]
    assert codes(answer) == codes(case["expect"])
    assert answer["case"] == name


def test_the_command_gives_the_same_answers_as_json_and_as_csv(
    cases: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text("".join(json.dumps(cases[name]) + "\n" for name in MODELLED), encoding="utf-8")
    lines = run("determine", str(path), "--format", "json", code=0).splitlines()
    assert [codes(json.loads(line)) for line in lines] == [codes(cases[name]["expect"]) for name in MODELLED]
    rows = list(csv.DictReader(run("determine", str(path), "--format", "csv", code=0).splitlines()))
    for row in rows:
        row["exceptions"] = dict(part.split("=") for part in row["exceptions"].split(";"))
    assert [row["case"] for row in rows] == MODELLED
    assert [codes(row) for row in rows] == [codes(cases[name]["expect"]) for name in MODELLED]


def test_a_single_undetermined_case_ends_with_code_3(cases: dict[str, dict[str, Any]], tmp_path: Path) -> None:
    path = tmp_path / "case.json"
    path.write_text(json.dumps(cases["C98"]), encoding="utf-8")
    answer = json.loads(run("determine", str(path), "--format", "json", code=3))
    assert codes(answer) == codes(cases["C98"]["expect"])
    assert answer["strictest_outcome"] == "denial_presumption"
    assert {fact["fact"] for fact in answer["settling_facts"]} == {"ultimate_parent_hq_in"}


def test_every_other_case_is_answered_or_said_to_be_not_modelled(shared_reference: Path) -> None:
    output = run("determine", str(shared_reference / FILE), "--format", "json", code=0)
    answers = {answer["case"]: answer for answer in map(json.loads, output.splitlines())}
    expected = {json.loads(line)["id"] for line in (shared_reference / FILE).read_text().splitlines()}
    assert answers.keys() == expected
    for name, answer in answers.items():
        modelled = answer["coverage"]["modelled"] != []
        assert modelled or answer["verdict"].startswith("Not determined: "), name
        assert modelled or (answer["licence_required"], answer["review_policy"]) == ("unknown", "undetermined"), name
        assert "clear" not in answer["verdict"]


def test_what_is_modelled_beyond_the_list_agrees_as_well(
    cases: dict[str, dict[str, Any]], determiner: Determiner
) -> None:
    """Other cases of the same items and reading, held to what is modelled."""
    agreed = 0
    for name, case in cases.items():
        if "expect" not in case or name in MODELLED:
            continue
        answer = determiner.determine(list(well_formed(read_cases(json.dumps(case), name))))[0]
        if answer["coverage"]["modelled"] and case["reading"] == "codified":
            assert codes(answer) == codes(case["expect"]), name
            agreed += 1
    assert agreed >= 10


def run(*arguments: str, code: int) -> str:
    """The stdout of a command that must end with this code."""
    result = CliRunner().invoke(cli, list(arguments), standalone_mode=False)
    assert result.exception is None, result.exception
    assert result.return_value == code
    return result.stdout
