"""Codes from findings: what one world comes to, and what all worlds of a case come to together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from topco.items.law import NONE
from topco.licensing.cases.facts import Facts
from topco.licensing.cases.party_facts import AUTHORISED_USER
from topco.licensing.law.ruleset import Ruleset
from topco.licensing.weighing import combination
from topco.licensing.weighing.combination import Limb, Review, same_or_undetermined
from topco.licensing.weighing.engine import Engine, Finding
from topco.licensing.weighing.worlds import OpenFact, World, open_facts, worlds

YES, NO, UNKNOWN = "yes", "no", "unknown"
NOT_A_QUESTION, AUTHORISATION = "na", "authorisation_needed"
AVAILABLE, PARTIAL, DOUBTFUL = "available", "partial", "doubtful"
MISSING, FAILED = "missing", "failed"
NOT_APPLICABLE_STATE = "na"
STATES = (NOT_APPLICABLE_STATE, "met", "duty", PARTIAL, DOUBTFUL, MISSING, FAILED)
"""From the mildest to the gravest: the gravest state of its conditions decides an exception."""
STATUS_OF_WORST = {FAILED: NO, MISSING: combination.UNDETERMINED, DOUBTFUL: DOUBTFUL, PARTIAL: PARTIAL}


@dataclass(frozen=True)
class ConditionState:
    """One condition of a licence exception, or of an authorisation.

    Its state is `met`, `duty` (to be fulfilled later), `partial` (for a part of the quantity), `doubtful` (the
    text contradicts itself), `missing`, `failed`, or
    `na`: it is not asked of this item, and is not shown.
    `measure` is the sum that it hangs on.
    """

    exception: str
    condition: str
    state: str
    cite: str
    label: str
    party: int | None
    measure: str | None = None


@dataclass(frozen=True)
class WorldOutcome:
    """What one world comes to."""

    item_class: str
    licence_required: str
    review: Review
    limbs: tuple[Limb, ...]
    conditions: tuple[ConditionState, ...]
    exceptions: dict[str, str]
    veu_result: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What a case comes to, over all its worlds."""

    facts: Facts
    opened: tuple[OpenFact, ...]
    worlds: tuple[World, ...]
    findings: tuple[tuple[Finding, ...], ...]
    by_world: tuple[WorldOutcome, ...]
    item_class: str
    licence_required: str
    review: Review
    exceptions: dict[str, str]
    conditions: tuple[ConditionState, ...]
    settling: dict[str, dict[str, str]]
    veu_result: str | None = None

    @property
    def is_asked(self) -> bool:
        """Whether an application is in question: a licence is required, or may be."""
        return self.licence_required in (YES, UNKNOWN)

    @property
    def eccn(self) -> str | None:
        """The entry of the item; None where it is on none, or on one of several."""
        found = self.facts.classification
        entries = {one.eccn for one in found.possible} if found is not None else set()
        return next(iter(entries)) or None if len(entries) == 1 else None

    @property
    def is_undetermined(self) -> bool:
        """Whether the main answer is open: the requirement, the review policy, or what else was asked."""
        return is_open(self.licence_required, self.review.policy, self.veu_result, self.item_class)


def is_open(licence_required: str, review_policy: str, veu_result: str | None, item_class: str) -> bool:
    """Whether an answer leaves open what was asked; the class is that where no licence was asked about."""
    asked_for_class = licence_required == NOT_A_QUESTION and veu_result is None
    return (
        licence_required == UNKNOWN
        or combination.UNDETERMINED in (review_policy, veu_result)
        or (asked_for_class and item_class == combination.UNDETERMINED)
    )


def weigh(facts: Facts, engine: Engine) -> Outcome:
    """Run the rules on every world of a case and combine what they find."""
    opened = open_facts(facts)
    all_worlds = worlds(facts, opened)
    return combined(facts, opened, all_worlds, engine.run(facts, all_worlds), engine)


def combined(
    facts: Facts,
    opened: tuple[OpenFact, ...],
    all_worlds: Sequence[World],
    findings: Sequence[Sequence[Finding]],
    engine: Engine,
    by_world: Sequence[WorldOutcome] | None = None,
) -> Outcome:
    """What the findings in all worlds of a case come to together; `by_world` if each is known already."""
    if by_world is None:
        by_world = _each_world(findings, all_worlds, engine, facts.activity, len(facts.parties))
    strictness = engine.slice.strictness
    total = _combined_review(all_worlds, by_world, strictness)
    return Outcome(
        facts=facts,
        opened=opened,
        worlds=tuple(all_worlds),
        findings=tuple(tuple(found) for found in findings),
        by_world=tuple(by_world),
        item_class=same_or_undetermined(one.item_class for one in by_world),
        licence_required=_required_over(by_world),
        review=total,
        exceptions=_exceptions_over(by_world),
        conditions=_conditions_over(by_world),
        settling=_settling(opened, all_worlds, by_world, total, strictness),
        veu_result=_veu_over(by_world),
    )


def _each_world(
    findings: Sequence[Sequence[Finding]], all_worlds: Sequence[World], engine: Engine, activity: str, parties: int
) -> list[WorldOutcome]:
    """The outcome of every world, computed once for those in which the same rules find the same."""
    tokens: dict[int, int] = {}
    numbers: dict[tuple[object, ...], int] = {}
    for finding in {id(one): one for found in findings for one in found}.values():
        said = (finding.evidence.get(name) for name in ("state", "because", "measure"))
        tokens[id(finding)] = numbers.setdefault((id(finding.rule), finding.party, *said), len(numbers))
    known: dict[tuple[object, ...], WorldOutcome] = {}
    outcomes = []
    for found, world in zip(findings, all_worlds, strict=True):
        key = (world.item, *(tokens[id(finding)] for finding in found))
        if key not in known:
            known[key] = world_outcome(found, world, engine, activity, range(parties))
        outcomes.append(known[key])
    return outcomes


def world_outcome(
    findings: Sequence[Finding], world: World, engine: Engine, activity: str, parties: Iterable[int]
) -> WorldOutcome:
    """The codes of one world from its findings."""
    of_kind: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        of_kind[finding.rule.kind].append(finding)
    is_question = engine.slice.activities[activity].is_question
    required = _required(of_kind, is_question)
    limbs = tuple(
        Limb(
            cite=finding.rule.cite,
            branch=finding.rule.limb or "",
            policy=finding.rule.concept or "",
            because=finding.evidence.get("because", ""),
            party=finding.party,
        )
        for finding in of_kind["PolicyRule"]
    )
    conditions = tuple(map(_condition, of_kind["ConditionRule"] + of_kind["ValidatedEndUserRule"]))
    asked = is_question and required in (YES, UNKNOWN)
    if asked:
        reviewed = combination.review(limbs, engine.ruleset.combinations, engine.slice.strictness, parties)
    else:
        na = combination.NOT_APPLICABLE
        reviewed = Review(na, na, frozenset({na}))
    return WorldOutcome(
        item_class=world.item.item_class if world.item is not None else NONE,
        licence_required=required,
        review=reviewed,
        limbs=limbs if asked else (),
        conditions=conditions,
        exceptions=exception_statuses(conditions, engine.ruleset) if asked else {},
        veu_result=_veu_result(of_kind["ValidatedEndUserRule"], engine.slice.activities[activity].principal),
    )


def _condition(finding: Finding) -> ConditionState:
    return ConditionState(
        exception=finding.rule.exception or "",
        condition=finding.rule.condition or "",
        state=finding.evidence["state"],
        cite=finding.rule.cite,
        label=finding.rule.label,
        party=finding.party,
        measure=finding.evidence.get("measure"),
    )


def _required(of_kind: Mapping[str, list[Finding]], is_question: bool) -> str:
    """Whether a licence is required: a rule of which nobody has checked that it holds leaves that unknown."""
    if is_question:
        rules = [finding.rule for finding in of_kind["RequirementRule"]]
        return NO if not rules else UNKNOWN if all(rule.unverified for rule in rules) else YES
    states = {finding.evidence["state"] for finding in of_kind["AuthorisationRule"]}
    return AUTHORISATION if FAILED in states else UNKNOWN if MISSING in states else NOT_A_QUESTION


def _veu_result(findings: Sequence[Finding], principal: str | None) -> str | None:
    """What the checks of a validated end user come to: any failure is a breach, anything missing leaves it open."""
    if not findings:
        return combination.UNDETERMINED if principal == AUTHORISED_USER else None
    states = {finding.evidence["state"] for finding in findings}
    results = {
        finding.rule.concept for finding in findings if finding.rule.concept and finding.evidence["state"] == "met"
    }
    if FAILED in states:
        return "breach"
    return combination.UNDETERMINED if MISSING in states else results.pop() if len(results) == 1 else "ok"


def exception_statuses(conditions: Sequence[ConditionState], ruleset: Ruleset) -> dict[str, str]:
    """A condition known to fail beats any that is missing; one without a finding is missing, never met."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for rule in ruleset.of_kind("ConditionRule"):
        wanted[rule.exception or ""].add(rule.condition or "")
    found = {}
    for exception, needed in wanted.items():
        states = {c.condition: c.state for c in sorted(conditions, key=_gravity) if c.exception == exception}
        worst = max((states.get(condition, MISSING) for condition in needed), key=STATES.index)
        found[exception] = STATUS_OF_WORST.get(worst, AVAILABLE)
    return found


def _gravity(condition: ConditionState) -> int:
    return STATES.index(condition.state)


def _required_over(by_world: Sequence[WorldOutcome]) -> str:
    """Whether a licence is required: worlds that differ leave it unknown."""
    answers = {one.licence_required for one in by_world}
    return answers.pop() if len(answers) == 1 else UNKNOWN


def _veu_over(by_world: Sequence[WorldOutcome]) -> str | None:
    results = {one.veu_result for one in by_world}
    return results.pop() if len(results) == 1 else combination.UNDETERMINED


def _exceptions_over(by_world: Sequence[WorldOutcome]) -> dict[str, str]:
    """Each exception over the worlds in which a licence is required at all."""
    codes = dict.fromkeys(code for one in by_world for code in one.exceptions)
    return {
        code: same_or_undetermined(one.exceptions[code] for one in by_world if code in one.exceptions) for code in codes
    }


def _conditions_over(by_world: Sequence[WorldOutcome]) -> tuple[ConditionState, ...]:
    """Each condition once per party: its state in every world, or `missing` where worlds differ or are silent."""
    states: dict[tuple[str, str, int | None], list[str]] = defaultdict(list)
    example: dict[tuple[str, str, int | None], ConditionState] = {}
    for one in by_world:
        worst = {(c.exception, c.condition, c.party): c for c in sorted(one.conditions, key=_gravity)}
        for key, condition in worst.items():
            states[key].append(condition.state)
            example.setdefault(key, condition)
    return tuple(
        replace(example[key], state=found[0] if len(found) == len(by_world) and len(set(found)) == 1 else MISSING)
        for key, found in states.items()
    )


def _combined_review(
    all_worlds: Sequence[World], by_world: Sequence[WorldOutcome], strictness: dict[str, int]
) -> Review:
    per_alternative: dict[tuple[int, ...], list[Review]] = defaultdict(list)
    for world, one in zip(all_worlds, by_world, strict=True):
        per_alternative[world.alternative].append(one.review)
    return combination.over_alternatives(
        [combination.over_readings(reviews, strictness) for reviews in per_alternative.values()], strictness
    )


def _settling(
    opened: Sequence[OpenFact],
    all_worlds: Sequence[World],
    by_world: Sequence[WorldOutcome],
    total: Review,
    strictness: dict[str, int],
) -> dict[str, dict[str, str]]:
    """For each open fact that matters: its values, and what the review policy would be if it had that value."""
    settling: dict[str, dict[str, str]] = {}
    for position, fact in enumerate(opened):
        if len(fact.options) < 2:
            continue
        policies: dict[str, str] = {}
        exceptions: dict[str, str] = {}
        for index, option in enumerate(fact.options):
            chosen = [i for i, world in enumerate(all_worlds) if world.alternative[position] == index]
            part = _combined_review([all_worlds[i] for i in chosen], [by_world[i] for i in chosen], strictness)
            policies[option.label] = part.policy
            chances = _exceptions_over([by_world[i] for i in chosen])
            exceptions[option.label] = ";".join(f"{code}={status}" for code, status in chances.items())
        if len(set(policies.values())) > 1:
            settling[fact.key] = policies
        elif len(set(exceptions.values())) > 1:
            settling[fact.key] = exceptions
    return settling
