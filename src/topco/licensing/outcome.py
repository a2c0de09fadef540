"""Codes from findings: what one world comes to, and what all worlds of a case come to together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from topco.licensing import combination
from topco.licensing.combination import Limb, Review, same_or_undetermined
from topco.licensing.engine import Engine, Finding
from topco.licensing.facts import Facts
from topco.licensing.law_slice import LawSlice
from topco.licensing.ruleset import Ruleset
from topco.licensing.worlds import OpenFact, World, open_facts, worlds
from topco.namespaces import local_name

YES, NO = "yes", "no"
AVAILABLE = "available"
STATES = ("met", "duty", "missing", "failed")


@dataclass(frozen=True)
class ConditionState:
    """One condition of a licence exception: `met`, `duty` (to be fulfilled later), `missing` or `failed`."""

    exception: str
    condition: str
    state: str
    cite: str
    label: str
    party: int | None


@dataclass(frozen=True)
class WorldOutcome:
    """What one world comes to."""

    item_class: str
    licence_required: str
    review: Review
    limbs: tuple[Limb, ...]
    conditions: tuple[ConditionState, ...]
    exceptions: dict[str, str]


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

    @property
    def is_undetermined(self) -> bool:
        """Whether the main answer is open: the requirement, or the review policy."""
        return combination.UNDETERMINED in (self.licence_required, self.review.policy, self.item_class)


def weigh(facts: Facts, engine: Engine) -> Outcome:
    """Run the rules on every world of a case and combine what they find."""
    opened = open_facts(facts)
    all_worlds = worlds(facts, opened)
    findings = engine.run(facts, all_worlds)
    by_world = [world_outcome(found, engine.slice, engine.ruleset) for found in findings]
    strictness = engine.slice.strictness
    total = _combined_review(all_worlds, by_world, strictness)
    return Outcome(
        facts=facts,
        opened=opened,
        worlds=tuple(all_worlds),
        findings=tuple(tuple(found) for found in findings),
        by_world=tuple(by_world),
        item_class=same_or_undetermined(one.item_class for one in by_world),
        licence_required=same_or_undetermined(one.licence_required for one in by_world),
        review=total,
        exceptions={
            code: same_or_undetermined(one.exceptions[code] for one in by_world) for code in by_world[0].exceptions
        },
        conditions=_conditions_over(by_world),
        settling=_settling(opened, all_worlds, by_world, total, strictness),
    )


def world_outcome(findings: Sequence[Finding], law_slice: LawSlice, ruleset: Ruleset) -> WorldOutcome:
    """The codes of one world from its findings."""
    of_kind: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        of_kind[finding.rule.kind].append(finding)
    classes = {local_name(finding.evidence["itemClass"]) for finding in of_kind["ClassificationRule"]}
    required = YES if of_kind["RequirementRule"] else NO
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
    conditions = tuple(
        ConditionState(
            exception=finding.rule.exception or "",
            condition=finding.rule.condition or "",
            state=finding.evidence["state"],
            cite=finding.rule.cite,
            label=finding.rule.label,
            party=finding.party,
        )
        for finding in of_kind["ConditionRule"]
    )
    if required == YES:
        reviewed = combination.review(limbs, ruleset.combinations, law_slice.strictness)
    else:
        na = combination.NOT_APPLICABLE
        reviewed = Review(na, na, frozenset({na}))
    return WorldOutcome(
        item_class=classes.pop() if len(classes) == 1 else "none" if not classes else combination.UNDETERMINED,
        licence_required=required,
        review=reviewed,
        limbs=limbs,
        conditions=conditions,
        exceptions=_exceptions(conditions, ruleset) if required == YES else {},
    )


def _exceptions(conditions: Sequence[ConditionState], ruleset: Ruleset) -> dict[str, str]:
    """A condition known to fail beats any that is missing; one without a finding is missing, never met."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for rule in ruleset.of_kind("ConditionRule"):
        wanted[rule.exception or ""].add(rule.condition or "")
    found = {}
    for exception, needed in wanted.items():
        states = {c.condition: c.state for c in sorted(conditions, key=_gravity) if c.exception == exception}
        worst = {states.get(condition, "missing") for condition in needed}
        found[exception] = NO if "failed" in worst else combination.UNDETERMINED if "missing" in worst else AVAILABLE
    return found


def _gravity(condition: ConditionState) -> int:
    return STATES.index(condition.state)


def _conditions_over(by_world: Sequence[WorldOutcome]) -> tuple[ConditionState, ...]:
    """Each condition once per party: its state in every world, or `missing` where worlds differ."""
    states: dict[tuple[str, str, int | None], set[str]] = defaultdict(set)
    example: dict[tuple[str, str, int | None], ConditionState] = {}
    for one in by_world:
        for condition in one.conditions:
            key = (condition.exception, condition.condition, condition.party)
            states[key].add(condition.state)
            example.setdefault(key, condition)
    merged = []
    for key, found in states.items():
        first = example[key]
        state = first.state if len(found) == 1 else "missing"
        merged.append(ConditionState(first.exception, first.condition, state, first.cite, first.label, first.party))
    return tuple(merged)


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
            exceptions[option.label] = ";".join(
                f"{code}={same_or_undetermined(by_world[i].exceptions[code] for i in chosen)}"
                for code in by_world[chosen[0]].exceptions
            )
        if len(set(policies.values())) > 1:
            settling[fact.key] = policies
        elif len(set(exceptions.values())) > 1:
            settling[fact.key] = exceptions
    return settling
