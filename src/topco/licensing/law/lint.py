"""What a rule may be: checks of rule queries and of what is said about them, before any case is determined.

Screening answers orders of equal key alike, so a rule must read nothing that the key does not hold. The checks look at
the parsed query, not at its text. They run in tests and for whoever adds a rule; no determination waits for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode

from topco import knowledge
from topco.licensing.answers.verdict import BECAUSE
from topco.licensing.law.body import Law
from topco.licensing.law.conclusions import CONCLUSIONS
from topco.licensing.law.lint_query import Declared, query_problems
from topco.licensing.law.rule import PLACE_PROPERTIES, Rule
from topco.licensing.law.ruleset import RULE_CLASSES
from topco.licensing.law.ruleset_reading import read_rules
from topco.licensing.law.vocabulary import LABEL, RDF_TYPE, node
from topco.namespaces import NAMESPACE


@dataclass(frozen=True, order=True)
class Problem:
    """What is wrong with a rule or a rule set, in words."""

    subject: str
    what: str


def lint(law: Law) -> list[Problem]:
    """Everything that is wrong with the rules of a body of law; nothing for what ships."""
    found: set[Problem] = set()
    for ruleset in law.subjects("RuleSet"):
        rules = rules_of(law, ruleset)
        declared = declarations(law, ruleset)
        for rule in rules:
            found |= {Problem(rule.name, what) for what in rule_problems(rule, rules, declared, law)}
    found |= {Problem(subject, what) for subject, what in _law_problems(law)}
    return sorted(found)


def rules_of(law: Law, ruleset: NamedNode) -> list[Rule]:
    """All rules of a rule set, whenever they are in force."""
    members = {quad.subject for quad in law.store.quads_for_pattern(None, node("inRuleSet"), ruleset, None)}
    return [
        rule
        for kind in RULE_CLASSES
        for subject in law.subjects(kind)
        if subject in members
        for rule in read_rules(law, subject, kind)
    ]


def declarations(law: Law, ruleset: NamedNode) -> Declared:
    """What the queries of a rule set may name."""
    readable = {f"{NAMESPACE}{name.value}" for name in law.objects(ruleset, node("mayRead"))}
    things = {
        quad.subject.value
        for quad in law.store.quads_for_pattern(None, LABEL, None, None)
        if isinstance(quad.subject, NamedNode)
    }
    return Declared(
        readable=frozenset(readable | {RDF_TYPE.value}),
        things=frozenset(things),
        groups=frozenset(group.value for group in law.subjects("CountryGroup")),
        country_properties=frozenset(node(name).value for name in PLACE_PROPERTIES),
    )


def rule_problems(rule: Rule, rules: list[Rule], declared: Declared, law: Law) -> Iterator[str]:
    """What is wrong with one rule: its metadata, then its query."""
    if not rule.label:
        yield "it has no label"
    if rule.stratum < 1:
        yield "it is in no stratum"
    if rule.since is None:
        yield "it does not say since when it holds"
    elif rule.until is not None and rule.until <= rule.since:
        yield f"it ends on {rule.until}, before it begins"
    if rule.cite not in _citable(law):
        yield f"its citation {rule.cite!r} is neither a provision nor a document of rules/regulation"
    if rule.kind == "PolicyRule" and f"{NAMESPACE}policy/{rule.concept}" not in declared.things:
        yield f"its policy {rule.concept!r} is not declared"
    if rule.kind == "ConditionRule" and f"{NAMESPACE}exception/{rule.exception}" not in declared.things:
        yield f"its exception {rule.exception!r} is not declared"
    if rule.kind in ("ConditionRule", "DutyRule") and not rule.exception:
        yield "it belongs to no exception"
    if rule.kind == "RequirementRule" and f"{NAMESPACE}requirement/{rule.concept}" not in declared.things:
        yield f"its requirement {rule.concept!r} is not declared"
    if not (knowledge.root() / rule.path).is_file():
        yield f"its query {rule.path} does not exist"
        return
    yield from _strata(rule, rules)
    yield from query_problems(rule.query, rule.kind, declared, frozenset(BECAUSE))


def _citable(law: Law) -> frozenset[str]:
    return frozenset(
        value.value
        for kind in ("Provision", "SourceDocument")
        for subject in law.subjects(kind)
        for value in law.objects(subject, node("cite"))
    )


def _strata(rule: Rule, rules: list[Rule]) -> Iterator[str]:
    """A rule may only read what lower strata have finished to conclude."""
    for other in rules:
        if other.stratum < rule.stratum:
            continue
        for reads, kind, prefix in CONCLUSIONS:
            concluded = other.qualification if kind == "PolicyRule" else other.concept
            named = prefix is None or (prefix, concluded) in rule.named
            if other.kind == kind and named and reads in rule.names_read("topco"):
                yield f"it reads what {other.name} concludes, which is not in a lower stratum"


def _law_problems(law: Law) -> Iterator[tuple[str, str]]:
    """What is wrong beside the rules: policies, derived groups, rule sets that overlap, measures without a limit."""
    by_strictness: dict[str, str] = {}
    for policy in law.subjects("ReviewPolicy"):
        strictness = law.value(policy, node("strictness")) or "none"
        if strictness in by_strictness:
            yield policy.value, f"it is as strict as {by_strictness[strictness]}, so neither can decide"
        by_strictness[strictness] = policy.value
    parts = (node("includesGroup"), node("includesCountry"), node("excludesGroup"))
    derived = {group.value for group in law.subjects("CountryGroup") if any(law.objects(group, part) for part in parts)}
    for group in law.subjects("CountryGroup"):
        if any(part.value in derived for name in (parts[0], parts[2]) for part in law.objects(group, name)):
            yield group.value, "it is built from a group that is itself built from others"
    for measure in law.subjects("Measure"):
        parameter = law.value(measure, node("parameter"))
        values = list(law.store.quads_for_pattern(None, node("ofParameter"), NamedNode(parameter or "urn:none"), None))
        if not values:
            yield measure.value, "the figure that it is held against has no value"
    sets = [(ruleset, law.value(ruleset, node("reading"))) for ruleset in law.subjects("RuleSet")]
    for day in law.boundaries:
        readings = [reading for ruleset, reading in sets if law.in_force(ruleset, day)]
        for reading in {one for one in readings if readings.count(one) > 1}:
            yield reading or "", f"two rule sets state it on {day}"
