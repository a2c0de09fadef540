"""Scenarios written from the law alone, without a look at the rules: one sentence, one case, one answer each."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from scenario_files import CODES, Scenario, ScenarioError, load_scenarios, read_file
from topco.licensing.cases.case_files import read_cases, well_formed
from topco.licensing.determine import Determiner, Options

SCENARIOS = {scenario.id: scenario for scenario in load_scenarios()}
ARTICLE_ROWS = {f"A{number}" for number in range(1, 20)}
DIFFERENCES = {*range(1, 15), 17, 18}

Answer = dict[str, Any]


@pytest.fixture(scope="module")
def answer() -> Callable[[str], Answer]:
    """The determination of a scenario by its id; each is made once."""
    determiner = Determiner(Options(), None, [], date(2026, 11, 24))
    made: dict[str, Answer] = {}

    def answer(name: str) -> Answer:
        if name not in made:
            case = well_formed(read_cases(json.dumps(SCENARIOS[name].case), name))
            (made[name],) = determiner.determine(list(case))
        return made[name]

    return answer


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name: str, answer: Callable[[str], Answer]) -> None:
    scenario, given = SCENARIOS[name], answer(name)
    assert expected_codes(scenario) == codes(given, scenario), f"{scenario.sentence} {given['verdict']}"
    for key, code, other in comparisons(scenario):
        assert differs(key, code, given, answer(other)), f"{key} {code} {other}"


def expected_codes(scenario: Scenario) -> Answer:
    """What a scenario expects, with every exception that it does not name closed."""
    expect = scenario.expect
    expected = {key: expect[key] for key in CODES & expect.keys()}
    expected |= {"exceptions": dict(expect.get("exceptions", {})), "conditions": expect.get("conditions", {})}
    expected |= {"red_flags": set(expect.get("red_flags", ())), "documents": set(expect.get("documents", ()))}
    return expected


def codes(given: Answer, scenario: Scenario) -> Answer:
    """The same view of an answer: the codes that the scenario speaks of, and what it must not have."""
    expect = scenario.expect
    found = {key: given.get(key) for key in CODES & expect.keys()}
    statuses = {one["code"]: one["status"] for one in given["exceptions"]}
    named = expect.get("exceptions", {}).keys()
    closed = expect.get("licence_required") == "yes" and not expect.get("exceptions_any")
    found["exceptions"] = {
        code: status for code, status in statuses.items() if code in named or (closed and status != "no")
    } | dict.fromkeys(named - statuses.keys(), "no")
    found["conditions"] = {
        one["code"]: {
            condition["id"]: condition["state"]
            for condition in one["conditions"]
            if condition["id"] in expect["conditions"][one["code"]]
        }
        for one in given["exceptions"]
        if one["code"] in expect.get("conditions", {})
    }
    for key in ("red_flags", "documents"):
        spoken_of = {*expect.get(key, ()), *expect.get(f"{key}_absent", ())}
        found[key] = {one["id"] for one in given[key]} & spoken_of
    return found


def comparisons(scenario: Scenario) -> list[tuple[str, str | None, str]]:
    """What this answer must have, or lack, beside another scenario: (key, exception, other scenario)."""
    expect = scenario.expect
    duties = [("duty_unlike", code, other) for code, other in expect.get("duty_unlike", {}).items()]
    flags = ("red_flag_unlike", "red_flag_less_than")
    return [*duties, *((key, None, expect[key]) for key in flags if key in expect)]


def differs(key: str, code: str | None, this: Answer, other: Answer) -> bool:
    """Whether one answer has a duty or a flag that the other lacks, or lacks a flag that the other has."""
    if key == "duty_unlike":
        return not duties(this, code) <= duties(other, code)
    ours, theirs = ({flag["id"] for flag in given["red_flags"]} for given in (this, other))
    return not ours <= theirs if key == "red_flag_unlike" else not theirs <= ours


def duties(given: Answer, code: str | None) -> set[str]:
    return {duty["id"] for one in given["exceptions"] if one["code"] == code for duty in one["duties"]}


def test_no_id_is_given_twice() -> None:
    counted = Counter(scenario.id for scenario in load_scenarios())
    assert [name for name, times in counted.items() if times > 1] == []


def test_every_row_of_the_article_is_named() -> None:
    named = {row for scenario in SCENARIOS.values() for row in scenario.rows}
    assert named == ARTICLE_ROWS


def test_every_comparison_names_a_scenario() -> None:
    named = {other for scenario in SCENARIOS.values() for _, _, other in comparisons(scenario)}
    assert named <= SCENARIOS.keys()


def test_every_difference_is_a_pair_of_readings_of_one_case_with_different_answers() -> None:
    of_row: dict[int, dict[str, dict[str, Scenario]]] = {}
    for scenario in SCENARIOS.values():
        if scenario.difference is not None:
            facts = {key: value for key, value in scenario.case.items() if key not in ("id", "reading")}
            pairs = of_row.setdefault(scenario.difference, {})
            pairs.setdefault(json.dumps(facts, sort_keys=True), {})[scenario.case["reading"]] = scenario
    assert of_row.keys() == DIFFERENCES
    for row, pairs in of_row.items():
        for readings in pairs.values():
            assert readings.keys() == {"codified", "article"}, row
            assert readings["codified"].expect != readings["article"].expect, row


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("topc: a", "unknown keys"),
        ("{id: a, sentense: b}", "unknown keys"),
        ("{id: a, sentence: b}", "missing"),
        ("{id: a, sentence: b, given: {}, expect: {licence: na}, because: c, cite: [d]}", "expect: unknown keys"),
        ("{id: a, sentence: b, given: {}, expect: {licence_required: no}, because: c, cite: [d]}", "need quotes"),
        ('{id: a, sentence: b, given: {}, expect: {licence_required: "yes"}, because: c, cite: [d]}', "exceptions"),
    ],
)
def test_a_scenario_that_is_not_written_as_agreed_is_refused(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(text if text.startswith("topc") else f"scenarios:\n- {text}\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=message):
        list(read_file(path))
