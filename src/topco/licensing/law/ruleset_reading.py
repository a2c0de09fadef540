"""Rule sets read from the body of law, as of a day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from topco.licensing.law.rule import Rule
from topco.licensing.law.ruleset import COMBINATION_CLASSES, RULE_CLASSES, Combination, Condition, Measure, Ruleset
from topco.licensing.law.vocabulary import LABEL, node
from topco.namespaces import local_name

if TYPE_CHECKING:
    from topco.licensing.law.body import Law


def read_ruleset(law: Law, ruleset: NamedNode, day: date) -> Ruleset:
    """The rules of one rule set that are in force on a day."""
    reading = NamedNode(law.value(ruleset, node("reading")) or "")
    verified = law.value(reading, node("verifiedTo"))
    members = {quad.subject for quad in law.store.quads_for_pattern(None, node("inRuleSet"), ruleset, None)}
    rules = [
        rule
        for kind in RULE_CLASSES
        for subject in law.subjects(kind)
        if subject in members and law.in_force(subject, day)
        for rule in _rules(law, subject, kind)
    ]
    return Ruleset(
        name=local_name(ruleset.value),
        label=law.value(ruleset, LABEL) or "",
        reading=local_name(reading.value),
        version=law.value(ruleset, node("version")) or "",
        verified_to=date.fromisoformat(verified) if verified else None,
        rules=tuple(sorted(rules, key=lambda rule: (rule.stratum, rule.name, rule.exception or ""))),
        combinations=tuple(
            Combination(
                kind=kind,
                label=law.value(subject, LABEL) or "",
                cite=law.value(subject, node("cite")) or "",
                limbs=frozenset(limb.value for limb in law.objects(subject, node("limb"))),
                unless=frozenset(
                    limb.value for name in ("unlessLimb", "keepsLimb") for limb in law.objects(subject, node(name))
                ),
            )
            for kind in COMBINATION_CLASSES
            for subject in law.subjects(kind)
            if subject in members and law.in_force(subject, day)
        ),
        measures=tuple(_read_measure(law, subject) for subject in law.subjects("Measure")),
        conditions=tuple(
            _read_condition(law, subject, day) for kind in ("Paper", "Circumstance") for subject in law.subjects(kind)
        ),
        exceptions={
            local_name(subject.value): (law.value(subject, LABEL) or "", law.value(subject, node("cite")) or "")
            for subject in law.subjects("LicenceException")
        },
        partial=tuple(value.value for value in law.objects(ruleset, node("partial"))),
        pointer_only=tuple(value.value for value in law.objects(ruleset, node("pointerOnly"))),
        home=frozenset(local_name(value.value) for value in law.objects(ruleset, node("homeCountry"))),
        shown_beside=tuple(local_name(value.value) for value in law.objects(ruleset, node("shownBeside"))),
    )


def parent_test_of(law: Law, reading: str) -> str | None:
    """The name of the parent test that the rule set of a reading asks; None if it leaves that to the default."""
    for ruleset in law.subjects("RuleSet"):
        if local_name(law.value(ruleset, node("reading")) or "") == reading:
            return law.value(ruleset, node("parentTest"))
    return None


def _rules(law: Law, subject: NamedNode, kind: str) -> list[Rule]:
    """The same rules for every day on which they are in force."""
    if subject not in law.rules_read:
        law.rules_read[subject] = read_rules(law, subject, kind)
    return law.rules_read[subject]


def read_rules(law: Law, subject: NamedNode, kind: str) -> list[Rule]:
    """The rule that a node states; one for each licence exception if it is about several."""
    concept = next((value for name in CONCLUDES if (value := law.value(subject, node(name))) is not None), None)
    named = [local_name(exception.value) for exception in law.objects(subject, node("exception"))]
    exceptions: list[str | None] = [*named] or [None]
    return [
        Rule(
            name=subject.value.removeprefix(node("rule").value + "/"),
            kind=kind,
            label=law.value(subject, LABEL) or "",
            cite=law.value(subject, node("cite")) or "",
            stratum=int(law.value(subject, node("stratum")) or "0"),
            path="rules/" + (law.value(subject, node("queryFile")) or ""),
            concept=local_name(concept) if concept else None,
            limb=law.value(subject, node("limb")),
            exception=exception,
            condition=law.value(subject, node("conditionId")),
            since=law.value(subject, node("from")),
            until=law.value(subject, node("to")),
            unverified=law.value(subject, node("unverified")) == "true",
            qualification=_local(law.value(subject, node("qualification"))),
        )
        for exception in exceptions
    ]


CONCLUDES = ("policy", "duty", "enclosure", "redFlag", "requirement", "exemption", "authorisation", "veuResult")


def _local(iri: str | None) -> str | None:
    return local_name(iri) if iri else None


def _read_condition(law: Law, subject: NamedNode, day: date) -> Condition:
    only_for = law.value(subject, node("onlyForDestination"))
    grounds = [
        ground
        for ground in law.subjects("ConditionGround")
        if law.value(ground, node("forCondition")) == subject.value and law.in_force(ground, day)
    ]
    return Condition(
        iri=subject.value,
        name=local_name(subject.value),
        label=law.value(subject, LABEL) or "",
        try_both=law.value(subject, node("whenUnknown")) == node("TryBoth").value,
        warning=law.value(subject, node("warning")),
        path=law.value(subject, node("path")) or f"conditions.{local_name(subject.value)}",
        per_party=law.value(subject, node("perParty")) == "true",
        only_for=local_name(only_for) if only_for else None,
        ground_path=law.value(subject, node("groundPath")),
        grounds=tuple(
            (law.value(ground, node("word")) or "", law.value(ground, node("citation")) or "") for ground in grounds
        ),
        barred_path=law.value(subject, node("groundBarredPath")),
        barred=frozenset(
            (law.value(ground, node("word")) or "", law.value(ground, node("barredWord")) or "") for ground in grounds
        ),
    )


def _read_measure(law: Law, subject: NamedNode) -> Measure:
    outside, only_for = law.value(subject, node("outsideGroup")), law.value(subject, node("onlyForDestination"))
    return Measure(
        iri=subject.value,
        name=local_name(subject.value),
        label=law.value(subject, LABEL) or "",
        addends=tuple(value.value for value in law.objects(subject, node("addend"))),
        parameter=local_name(law.value(subject, node("parameter")) or ""),
        try_both=law.value(subject, node("whenUnknown")) == node("TryBoth").value,
        per_party=law.value(subject, node("perParty")) == "true",
        share=law.value(subject, node("asShare")) == "true",
        single=law.value(subject, node("largestSingle")) == "true",
        outside=local_name(outside) if outside else None,
        only_for=local_name(only_for) if only_for else None,
    )
