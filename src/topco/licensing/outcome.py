"""Codes from findings: what one world comes to, and what all worlds of a case come to together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from topco.licensing import combination
from topco.licensing.combination import Limb, Review, same_or_undetermined
from topco.licensing.engine import Engine, Finding
from topco.licensing.facts import Facts
from topco.licensing.law_slice import LawSlice
from topco.licensing.ruleset import Ruleset
from topco.licensing.worlds import OpenFact, World, open_facts, worlds
from topco.namespaces import local_name

YES, NO, UNKNOWN = "yes", "no", "unknown"
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
        return self.licence_required == UNKNOWN or combination.UNDETERMINED in (self.review.policy, self.item_class)


def weigh(facts: Facts, engine: Engine) -> Outcome:
    """Run the rules on every world of a case and combine what they find."""
    opened = open_facts(facts)
    all_worlds = worlds(facts, opened)
    findings = engine.run(facts, all_worlds)
    parties = range(len(facts.parties))
    by_world = [world_outcome(found, engine.slice, engine.ruleset, parties) for found in findings]
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
    )


def world_outcome(
    findings: Sequence[Finding], law_slice: LawSlice, ruleset: Ruleset, parties: Iterable[int]
) -> WorldOutcome:
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
        reviewed = combination.review(limbs, ruleset.combinations, law_slice.strictness, parties)
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


def _required_over(by_world: Sequence[WorldOutcome]) -> str:
    """Whether a licence is required: worlds that differ leave it unknown."""
    answers = {one.licence_required for one in by_world}
    return answers.pop() if len(answers) == 1 else UNKNOWN


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
        replace(example[key], state=found[0] if len(found) == len(by_world) and len(set(found)) == 1 else "missing")
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
