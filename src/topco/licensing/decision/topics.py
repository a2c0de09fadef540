"""What a rule set decides, question by question: which rules answer each, and how their findings become one code.

A *topic* is one question of one section: whether a licence is required for a class of items, one condition of an
exception, one document. Topics of several frames are joined by section and code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from topco.items.law import NONE
from topco.licensing.decision.items import class_label, item_classes
from topco.licensing.decision.worlds import Case
from topco.licensing.law.conclusions import classes_named, speaks_of, with_what_they_read
from topco.licensing.law.sentences import label
from topco.licensing.weighing import combination
from topco.licensing.weighing.outcome import MISSING, NO, STATES, exception_statuses, world_outcome

if TYPE_CHECKING:
    from topco.licensing.decision.frames import Frame
    from topco.licensing.law.rule import Rule

SCOPE, REQUIREMENT, REVIEW, EXCEPTION, VALIDATED, AUTHORISATION, DOCUMENTS, RED_FLAGS = (
    "scope",
    "requirement",
    "review policy",
    "exception",
    "validated end users",
    "authorisations",
    "documents",
    "red flags",
)
YES, NOT_REQUIRED = "yes", "na"
SILENT = ""


@dataclass(frozen=True)
class Answer:
    """A code, and the citations and rules that lead to it."""

    code: str
    cites: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Topic:
    """One question: `rules` answer it, with those whose conclusions they read; codes in `left_out` are no rows."""

    section: str
    code: str
    words: str
    rules: tuple[Rule, ...]
    answer: Callable[[Case], Answer]
    item_class: str | None = None
    by_role: bool = False
    scope: bool = False
    favourable: bool = False
    only_required: bool = False
    left_out: frozenset[str] = frozenset()

    def is_shown(self, answers: tuple[Answer, ...]) -> bool:
        """Whether the answers of a key are worth a row."""
        return any(one.code not in self.left_out for one in answers)


def topics(frame: Frame) -> Iterator[Topic]:
    """Every question that the rule set of a frame answers, section by section."""
    yield from _by_concept(frame, SCOPE, "ScopeRule", lambda rule: (rule.name, rule.label), scope=True)
    yield from _requirements(frame)
    yield from _reviews(frame)
    for code in frame.ruleset.exceptions:
        yield from _exception(frame, code)
    yield from _states(frame, VALIDATED, "ValidatedEndUserRule", None)
    yield from _states(frame, AUTHORISATION, "AuthorisationRule", None)
    yield from _by_concept(frame, DOCUMENTS, "DocumentRule", lambda rule: _concept(frame, "enclosure", rule))
    yield from _by_concept(frame, RED_FLAGS, "RedFlagRule", lambda rule: _concept(frame, "red-flag", rule))


def _requirements(frame: Frame) -> Iterator[Topic]:
    for item_class in item_classes([frame]):
        rules = _for_class(frame, ("RequirementRule",), item_class)
        if rules:
            words = f"licence for {class_label(frame, item_class)}"
            yield Topic(REQUIREMENT, item_class, words, rules, _required, item_class, by_role=True)


def _reviews(frame: Frame) -> Iterator[Topic]:
    for item_class in item_classes([frame]):
        rules = _for_class(frame, ("RequirementRule", "PolicyRule"), item_class)
        if any(rule.kind == "PolicyRule" for rule in rules):
            words = f"review policy for {class_label(frame, item_class)}, where a licence is required"
            left_out = frozenset({NOT_REQUIRED})
            yield Topic(
                *(REVIEW, item_class, words, rules, _reviewed, item_class),
                by_role=True,
                only_required=True,
                left_out=left_out,
            )


def _exception(frame: Frame, code: str) -> Iterator[Topic]:
    section = f"{EXCEPTION} {code}"
    rules = tuple(rule for rule in frame.ruleset.of_kind("ConditionRule") if rule.exception == code)
    if not rules:
        return
    every = with_what_they_read(frame.ruleset, rules)
    words = f"{frame.ruleset.exceptions[code][0]}: status by item and places, everything else in order"
    yield Topic(section, "status", words, every, lambda case: _status(case, code), favourable=True)
    yield from _states(frame, section, "ConditionRule", code)
    yield from _by_concept(frame, section, "DutyRule", lambda rule: _concept(frame, "duty", rule), code)


def _states(frame: Frame, section: str, kind: str, exception: str | None) -> Iterator[Topic]:
    """One topic for each condition or check."""
    for rule in frame.ruleset.of_kind(kind):
        if rule.exception == exception:
            every = with_what_they_read(frame.ruleset, (rule,))
            code = rule.condition or rule.concept or rule.name
            silent = frozenset({SILENT, "na"})
            words = f"{code}: {rule.label}"
            yield Topic(section, code, words, every, _state_of(rule), left_out=silent)


def _by_concept(
    frame: Frame,
    section: str,
    kind: str,
    concept: Callable[[Rule], tuple[str, str]],
    exception: str | None = None,
    scope: bool = False,
) -> Iterator[Topic]:
    """One topic for each thing that rules find, with the rules that find it."""
    by_code: dict[str, list[Rule]] = {}
    for rule in frame.ruleset.of_kind(kind):
        if rule.exception == exception:
            by_code.setdefault(concept(rule)[0], []).append(rule)
    for code, rules in by_code.items():
        every = with_what_they_read(frame.ruleset, rules)
        words = concept(rules[0])[1]
        yield Topic(section, code, words, every, _found_by(rules), scope=scope, left_out=frozenset({NO}))


def _for_class(frame: Frame, kinds: Sequence[str], item_class: str) -> tuple[Rule, ...]:
    """The rules that speak of a class, with what they read; those that name no class are a question of their own."""
    every = [rule for kind in kinds for rule in frame.ruleset.of_kind(kind)]
    chosen = [rule for rule in every if (item_class == NONE) != bool(classes_named(rule))]
    chosen = [rule for rule in chosen if speaks_of(rule, item_class)]
    scope = frame.ruleset.of_kind("ScopeRule")
    found = with_what_they_read(frame.ruleset, chosen, item_class)
    return tuple(rule for rule in frame.ruleset.rules if rule in found or rule in scope) if chosen else ()


def _concept(frame: Frame, kind: str, rule: Rule) -> tuple[str, str]:
    code = rule.concept or rule.name
    return code, label(frame.law, kind, code)


def _required(case: Case) -> Answer:
    outcome = world_outcome(case.findings, case.world, case.engine, case.activity, (0,))
    kind = "RequirementRule" if outcome.licence_required != NO else "ExemptionRule"
    found = [one.rule for one in case.findings if one.rule.kind == kind]
    return _answer(outcome.licence_required, found)


def _reviewed(case: Case) -> Answer:
    outcome = world_outcome(case.findings, case.world, case.engine, case.activity, (0,))
    if outcome.review.policy == combination.NOT_APPLICABLE:
        return Answer(NOT_REQUIRED)
    rules = [one.rule for one in case.findings if one.rule.kind == "PolicyRule"]
    return _answer(outcome.review.policy, [rule for rule in rules if rule.cite in outcome.review.cites])


def _status(case: Case, code: str) -> Answer:
    conditions = world_outcome(case.findings, case.world, case.engine, case.activity, (0,)).conditions
    status = exception_statuses(conditions, case.engine.ruleset)[code]
    against = [one.rule for one in case.findings if one.rule.exception == code and one.evidence.get("state") in AGAINST]
    return _answer(status, against if status != "available" else [])


AGAINST = frozenset(STATES[STATES.index("partial") :])


def _state_of(rule: Rule) -> Callable[[Case], Answer]:
    def state(case: Case) -> Answer:
        states = [one.evidence["state"] for one in case.findings if one.rule == rule]
        if not states:
            return Answer(MISSING, (rule.cite,), (rule.name,)) if rule.kind == "ConditionRule" else Answer(SILENT)
        return _answer(max(states, key=STATES.index), [rule])

    return state


def _found_by(rules: Sequence[Rule]) -> Callable[[Case], Answer]:
    def found(case: Case) -> Answer:
        held = [one.rule for one in case.findings if one.rule in rules]
        return _answer(YES if held else NO, held)

    return found


def _answer(code: str, rules: Sequence[Rule]) -> Answer:
    cites, names = sorted({rule.cite for rule in rules}), sorted({rule.name for rule in rules})
    return Answer(code, tuple(cites), tuple(names))


def together(answers: Sequence[Answer]) -> Answer:
    """Answers with one code as one: every citation and every rule that leads to it somewhere."""
    cites = sorted({cite for one in answers for cite in one.cites})
    return Answer(answers[0].code, tuple(cites), tuple(sorted({rule for one in answers for rule in one.rules})))
