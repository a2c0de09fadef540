"""The parts of a determination in the published form: requirements, exceptions, limbs, limits, parties, flags."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from pyoxigraph import NamedNode

from topco.items.quantities import written
from topco.licensing.affiliates.listed_ownership import ListedOwnership
from topco.licensing.affiliates.listed_told import told
from topco.licensing.cases.facts import CASE_KEYS, Amount, CountryFact
from topco.licensing.cases.recipients import Recipient
from topco.licensing.law.body import Law
from topco.licensing.law.law_slice import LawSlice
from topco.licensing.law.ruleset import Ruleset
from topco.licensing.law.sentences import label
from topco.licensing.law.vocabulary import node
from topco.licensing.weighing.combination import UNDETERMINED
from topco.licensing.weighing.engine import Finding
from topco.licensing.weighing.outcome import AVAILABLE, NO, NOT_APPLICABLE_STATE, PARTIAL, ConditionState, Outcome
from topco.namespaces import NAMESPACE

QUANTITY = "transaction.quantity_tpp"


def codes(outcome: Outcome) -> dict[str, Any]:
    """The codes of an answer, for comparison with another."""
    return {
        "licence_required": outcome.licence_required,
        "exceptions": [{"code": code, "status": status} for code, status in outcome.exceptions.items()],
        "review_policy": outcome.review.policy,
        "strictest_outcome": outcome.review.strictest,
    }


def requirements(outcome: Outcome) -> list[dict[str, Any]]:
    """The paragraphs that ask for a licence, in whichever world."""
    found = dict.fromkeys((f.rule.cite, f.rule.name, f.party) for f in _findings(outcome, "RequirementRule"))
    return [{"cite": cite, "rule": rule, "party": name_of(outcome, party)} for cite, rule, party in found]


def name_of(outcome: Outcome, party: int | None) -> str | None:
    """The name of a party of the case."""
    return None if party is None else outcome.facts.parties[party].name


def exception(
    outcome: Outcome, law: Law, law_slice: LawSlice, ruleset: Ruleset, code: str, status: str
) -> dict[str, Any]:
    """One licence exception: its status, its conditions, and what its user owes."""
    conditions = [one for one in outcome.conditions if one.exception == code and _applies(one)]
    duties: list[dict[str, str]] = []
    if status != NO:
        duties = [
            {"id": one.condition, "cite": one.cite, "text": one.label} for one in conditions if one.state == "duty"
        ]
        duties += listed(outcome, law, "DutyRule", "duty", code)
    return {
        "code": code,
        "status": status,
        "quantity_tpp": partial_quantity(conditions, outcome, law_slice, ruleset) if status == PARTIAL else None,
        "duties": duties,
        "conditions": [_condition(one, outcome) for one in conditions],
    }


def partial_quantity(
    conditions: Sequence[ConditionState], outcome: Outcome, law_slice: LawSlice, ruleset: Ruleset
) -> str | None:
    """The part of the order that an exception covers: what its limit leaves."""
    for condition in conditions:
        if condition.state == PARTIAL and condition.measure is not None:
            amount = next(one for one in outcome.facts.amounts if one.measure == condition.measure)
            measure = next(one for one in ruleset.measures if one.iri == condition.measure)
            before = sum((one.value or Decimal(0) for one in amount.addends if one.path != QUANTITY), Decimal(0))
            return str(law_slice.parameters[measure.parameter].value - before)
    return None


def checks(outcome: Outcome) -> list[dict[str, Any]]:
    """What a validated end user was held against."""
    return [_condition(one, outcome) for one in outcome.conditions if not one.exception and _applies(one)]


def _condition(one: ConditionState, outcome: Outcome) -> dict[str, Any]:
    return {"id": one.condition, "state": one.state, "cite": one.cite, "party": name_of(outcome, one.party)}


def _applies(condition: ConditionState) -> bool:
    return condition.state != NOT_APPLICABLE_STATE


def limits(outcome: Outcome, law_slice: LawSlice, ruleset: Ruleset) -> list[dict[str, Any]]:
    """Every sum of which something is known, with its limit and what is left of it."""
    found = []
    for amount in outcome.facts.amounts:
        measure = next(one for one in ruleset.measures if one.iri == amount.measure)
        parameter = law_slice.parameters.get(measure.parameter)
        if parameter is not None and amount.total is not None:
            left = parameter.exact - amount.total
            found.append(
                {
                    "id": measure.name,
                    "text": measure.label,
                    "value": written(amount.total),
                    "limit": written(parameter.exact),
                    "unit": parameter.unit,
                    "headroom": written(left) if left >= 0 else f"-{written(-left)}",
                    "standing": _standing(amount),
                    "cite": parameter.cite,
                    "party": name_of(outcome, amount.party),
                }
            )
    return found


def _standing(amount: Amount) -> str:
    return "undecided" if amount.over is None else "reached" if amount.over else "within"


def limbs(outcome: Outcome) -> list[dict[str, Any]]:
    """The limbs that are met whichever way the open facts turn out."""
    first, *others = [one.limbs for one in outcome.by_world]
    return [
        {"cite": limb.cite, "policy": limb.policy, "because": limb.because, "party": name_of(outcome, limb.party)}
        for limb in dict.fromkeys(first)
        if all(limb in limbs for limbs in others)
    ]


def settling_facts(outcome: Outcome) -> list[dict[str, Any]]:
    """The facts that would settle what is open, each value with what it would give."""
    facts = [
        {
            "fact": CASE_KEYS.get(fact.fact, fact.fact),
            "party": name_of(outcome, fact.party),
            "values": outcome.settling[fact.key],
        }
        for fact in outcome.opened
        if fact.key in outcome.settling
    ]
    for code, status in outcome.exceptions.items():
        if status == UNDETERMINED:
            facts += _settling_conditions(code, [one for one in outcome.conditions if one.exception == code], outcome)
    return facts


def _settling_conditions(code: str, conditions: Sequence[ConditionState], outcome: Outcome) -> list[dict[str, Any]]:
    """Conditions that the case leaves open: what the exception would be if each were met, or failed."""
    missing = [one for one in conditions if one.state == "missing" and not _depends_on_countries(one, outcome)]
    every = [one for one in conditions if one.state == "missing"]
    if_met = AVAILABLE if len(every) == 1 else UNDETERMINED
    return [
        {
            "fact": one.condition,
            "party": name_of(outcome, one.party),
            "values": {"met": f"{code}={if_met}", "failed": f"{code}={NO}"},
        }
        for one in missing
    ]


def _depends_on_countries(condition: ConditionState, outcome: Outcome) -> bool:
    """Whether the condition differs between worlds: then the open country fact is what settles it."""
    states = {
        one.state
        for world in outcome.by_world
        for one in world.conditions
        if (one.condition, one.party) == (condition.condition, condition.party)
    }
    return len(states) > 1


def listed(outcome: Outcome, law: Law, kind: str, namespace: str, exception: str | None = None) -> list[dict[str, str]]:
    """What rules of one kind list, whichever world they fire in: a duty that may be owed is shown."""
    found: dict[str, dict[str, str]] = {}
    for finding in _findings(outcome, kind):
        concept = finding.rule.concept
        if concept is not None and finding.rule.exception == exception:
            text = label(law, namespace, concept)
            found.setdefault(concept, {"id": concept, "cite": finding.rule.cite, "text": text})
    return list(found.values())


def _findings(outcome: Outcome, kind: str) -> Iterator[Finding]:
    return (finding for world in outcome.findings for finding in world if finding.rule.kind == kind)


def red_flags(outcome: Outcome, law: Law) -> list[dict[str, str]]:
    """The red flags of the rules."""
    found: dict[str, dict[str, str]] = {}
    for finding in _findings(outcome, "RedFlagRule"):
        flag = finding.rule.concept
        if flag is not None:
            question = law.value(NamedNode(f"{NAMESPACE}red-flag/{flag}"), node("question")) or finding.rule.label
            found.setdefault(flag, {"id": flag, "question": question, "cite": finding.rule.cite})
    return list(found.values())


def parties(
    outcome: Outcome, recipients: Mapping[str, Recipient], owned: Mapping[str, ListedOwnership]
) -> list[dict[str, Any]]:
    """The parties as they were taken, with what is known of them."""
    found = []
    for index, party in enumerate(outcome.facts.parties):
        recipient = recipients.get(party.entity or "")
        found.append(
            {
                "role": party.roles[0],
                "name": party.name,
                "entity": party.entity,
                **{
                    CASE_KEYS[name]: _shown(outcome.facts.country(name, index))
                    for name in ("locatedIn", "headquarteredIn", "ultimateParentHeadquarteredIn")
                },
                "status": party.status,
                "stated": [
                    CASE_KEYS[name]
                    for name in ("locatedIn", "headquarteredIn", "ultimateParentHeadquarteredIn")
                    if outcome.facts.country(name, index).origin == "stated"
                ],
                **told(owned.get(party.entity or "")),
                "resolution": _resolution(recipient),
            }
        )
    return found


def _resolution(recipient: Recipient | None) -> Mapping[str, Any] | None:
    """The resolution of a party; what it is derived from again is kept once, with the proof of the whole answer."""
    if recipient is None or recipient.resolution is None:
        return None
    proof = {name: value for name, value in recipient.resolution["proof"].items() if name != "basis"}
    return {**recipient.resolution, "proof": proof}


def _shown(fact: CountryFact) -> str | list[str] | None:
    codes = list(fact.shown)
    return None if not codes else codes[0] if len(codes) == 1 else codes
