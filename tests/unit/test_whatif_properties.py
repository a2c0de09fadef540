"""Of every change that is shown: the changed case, determined by itself, has the outcome, and no part of it has."""

from __future__ import annotations

import random
from itertools import combinations
from typing import Any

import pytest

from scenario_files import load_scenarios
from topco.errors import BadInput, NotModelled
from topco.licensing.cases.facts import Facts
from topco.licensing.changes.targets import usual, worse
from topco.licensing.changes.trials import Codes, Trials
from topco.licensing.weighing.outcome import weigh
from topco.licensing.weighing.together import weigh_together
from whatif_cases import TODAY, codes, determined, determiner, hangs_on, hinges_of, search_of

SCENARIOS = load_scenarios()
SOME = random.Random(5).sample([one for one in SCENARIOS if one.case.get("reading") != "article"], 9)


def outcome_of(answer: dict[str, Any], question: str) -> Any:
    status = {one["code"]: one["status"] for one in answer["exceptions"]}
    return answer[question] if question in answer else status.get(question)


def covered(data: dict[str, Any]) -> bool:
    return Trials(determiner(), data, "case").base is not None


@pytest.mark.parametrize("scenario", SOME, ids=lambda one: one.id)
def test_every_change_gives_its_outcome_and_no_part_of_it_does(scenario: Any) -> None:
    data = dict(scenario.case)
    if not covered(data):
        pytest.skip("no rule covers the case")
    found = hangs_on(data)
    strictness = determiner().law.slice_on(TODAY).strictness
    before = determined(data)
    checked = 0
    for target in found["wanted"]:
        question, _, code = target["want"].partition("=")

        def gives(answer: dict[str, Any], question: str = question, code: str = code) -> bool:
            if code == "milder":
                milder = strictness.get(answer["strictest_outcome"], 99) < strictness[before["strictest_outcome"]]
                decided = answer["review_policy"] not in ("undetermined", "ambiguous", "not_verified", "na")
                return answer["licence_required"] == "no" or (
                    answer["licence_required"] == "yes" and milder and decided
                )
            return bool(outcome_of(answer, question) == code)

        for change in target["changes"]:
            answer = determined(data, change["set"])
            assert codes(answer) == change["outcome"], (target["want"], change["set"])
            assert gives(answer), (target["want"], change["set"])
            checked += 1
            for fewer in range(1, len(change["facts"])):
                for part in combinations(change["set"], fewer):
                    if {one["path"] for one in part} <= {"transaction.units", "transaction.quantity_tpp"}:
                        continue
                    assert not gives(determined(data, part)), (target["want"], part)
    for change in found["worse"]:
        answer = determined(data, change["set"])
        assert codes(answer) == change["outcome"]
        checked += 1
    assert checked or not (found["wanted"] or found["worse"]) or all(t["not_tried"] for t in found["wanted"])


def test_the_sample_shows_changes_of_every_size_and_kind() -> None:
    sizes, kinds = set(), set()
    for scenario in SOME:
        if covered(dict(scenario.case)):
            for target in hangs_on(dict(scenario.case))["wanted"]:
                sizes |= {len(change["facts"]) for change in target["changes"]}
                kinds |= {fact["kind"] for change in target["changes"] for fact in change["facts"]}
    assert {1, 2} <= sizes
    assert {"place", "condition"} <= kinds


@pytest.mark.parametrize("scenario", SOME[:5], ids=lambda one: one.id)
def test_a_class_of_countries_is_one_to_the_rules(scenario: Any) -> None:
    """Whichever country of a class is tried, the codes are the same: what is said of all was tried with one."""
    data = dict(scenario.case)
    if not covered(data):
        pytest.skip("no rule covers the case")
    search, chance = search_of(data), random.Random(3)
    for hinge, trials in search.singles:
        if hinge.kind != "place":
            continue
        for choice, trial in zip(hinge.choices, trials, strict=True):
            if trial is None:
                continue
            (setting,) = choice.settings
            other = chance.choice(choice.members)
            again = search.trials.of((type(setting)(setting.steps, other),))
            if again is not None:
                assert again.codes == trial.codes, (hinge.path, setting.value, other)


@pytest.mark.parametrize("scenario", random.Random(8).sample(SCENARIOS, 8), ids=lambda one: one.id)
def test_weighed_together_is_weighed_one_by_one(scenario: Any) -> None:
    """All single changes of a case in one run of the rules, and each by itself."""
    data = dict(scenario.case)
    if not covered(data):
        pytest.skip("no rule covers the case")
    trials, hinges = hinges_of(data)
    by_engine: dict[int, tuple[Any, list[Facts]]] = {}
    for hinge in hinges:
        for trial in trials.all([choice.settings for choice in hinge.choices]):
            if trial is not None:
                engine = trial.prepared.engine
                by_engine.setdefault(id(engine), (engine, []))[1].append(trial.outcome.facts)
    for engine, facts in by_engine.values():
        assert weigh_together(facts, engine) == [weigh(one, engine) for one in facts]


def test_worse_is_worse_in_something() -> None:
    base = Codes("A_ITEM", "yes", "approval", "approval", (("AIA", "available"), ("LPP", "no")), None)
    strictness = {"approval": 1, "denial_presumption": 5}
    assert worse(base, base, strictness) == []
    denied = Codes("A_ITEM", "yes", "denial_presumption", "denial_presumption", (("AIA", "no"), ("LPP", "no")), None)
    assert worse(denied, base, strictness) == ["review_policy", "AIA"]
    assert worse(base, denied, strictness) == []
    free = Codes("A_ITEM", "no", "na", "na", (), None)
    assert worse(free, base, strictness) == []
    assert worse(base, free, strictness) == ["licence_required"]


def test_no_question_where_nothing_is_missing() -> None:
    free = Codes("none", "no", "na", "na", (), None)
    trials, _ = hinges_of(dict(SCENARIOS[0].case))
    assert trials.base is not None
    assert usual(trials.base.prepared.ruleset, trials.base.prepared.engine.slice.strictness, free) == []


def test_errors_of_trials_are_no_answers() -> None:
    """A set of facts that contradict each other, or that no rule covers, is no outcome."""
    trials = Trials(determiner(), {"transaction": {"date": "2025-08-01", "activity": "export"}}, "case")
    from topco.licensing.changes.paths import Setting

    assert trials.of((Setting(("transaction", "destination"), "US"),)) is None
    assert trials.of((Setting(("transaction", "destination"), "ZZ"),)) is None
    assert trials.of((Setting(("transaction", "activity"), None),)) is None
    with pytest.raises((BadInput, NotModelled)):
        Trials(determiner(), {"transaction": {"date": "soon"}}, "case")
