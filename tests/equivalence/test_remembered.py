"""What a rule found once is kept for all worlds that it cannot tell apart: the outcome is that of asking each time."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings

from test_worlds_alike import DETERMINER, cases
from topco.errors import NotModelled
from topco.licensing.cases.case import parse_case
from topco.licensing.law.body import load_law
from topco.licensing.law.lint import declarations
from topco.licensing.weighing.outcome import Outcome, weigh
from topco.licensing.weighing.remembering import SEEN, RememberingEngine, weigh_remembering
from topco.licensing.weighing.worlds import open_facts, worlds
from topco.namespaces import local_name

ENGINES: dict[int, RememberingEngine] = {}
"""Kept over all examples, so that what one case leaves behind could mislead the next."""
MOST = 300


def told(outcome: Outcome) -> dict[str, Any]:
    limbs = [[(limb.cite, limb.policy, limb.because, limb.party) for limb in one.limbs] for one in outcome.by_world]
    return {
        "codes": (outcome.item_class, outcome.licence_required, outcome.exceptions, outcome.veu_result),
        "review": outcome.review,
        "settling": list(outcome.settling),
        "limbs": limbs,
        "conditions": {(one.exception, one.condition, one.party, one.state) for one in outcome.conditions},
    }


BY_NAME = {"states", "denies", "over", "notOver", "undecidedOn"}
OF_THE_LAW = {"memberOf", "onList", "itemNature", "type"}


def test_a_view_holds_all_that_a_rule_may_read_of_a_case() -> None:
    law = load_law()
    rulesets = list(law.subjects("RuleSet"))
    assert rulesets
    for ruleset in rulesets:
        readable = {local_name(one) for one in declarations(law, ruleset).readable}
        assert readable - SEEN - BY_NAME - OF_THE_LAW == set(), "the linter lets rules read what no view holds"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=cases())
def test_a_case_weighed_from_memory_comes_to_what_it_comes_to_by_itself(data: dict[str, Any]) -> None:
    case = parse_case(data, "case")
    prepared = DETERMINER.prepare(case, DETERMINER.frame(case))
    facts = DETERMINER.builder(prepared).build(case, {}, "case")
    try:
        many = len(worlds(facts, open_facts(facts))) > MOST
    except NotModelled:  # so many that neither weighs them
        many = True
    if many:
        return
    engine = prepared.engine
    kept = ENGINES.setdefault(id(engine), RememberingEngine(engine.slice, engine.ruleset))
    assert told(weigh_remembering(facts, kept)) == told(weigh(facts, engine))
