"""Rules as data: a query, what it concludes, under which paragraph, since when, in which stratum."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, get_args

from pyoxigraph import NamedNode

from topco import knowledge
from topco.licensing.case import Role
from topco.licensing.vocabulary import LABEL, PREFIX_BLOCK, node
from topco.namespaces import local_name

if TYPE_CHECKING:
    from topco.licensing.law import Law

RULE_CLASSES = (
    "ScopeRule",
    "ExemptionRule",
    "RequirementRule",
    "AuthorisationRule",
    "ValidatedEndUserRule",
    "PolicyRule",
    "ConditionRule",
    "DutyRule",
    "DocumentRule",
    "RedFlagRule",
)
COMBINATION_CLASSES = ("StrictestPolicy", "PrevailingLimb", "LimbClash")


COUNTRY_PROPERTIES = frozenset({"destination", "locatedIn", "headquarteredIn", "ultimateParentHeadquarteredIn"})
SIDE_PROPERTIES = frozenset({"shippedFrom", "origin", "installedIn", "holderHeadquarteredIn", "ownerNationality"})
PLACE_PROPERTIES = COUNTRY_PROPERTIES | SIDE_PROPERTIES
ITEM_CLASS = re.compile(r"[A-Z]+(_[A-Z]+)*")
ROLES = frozenset(get_args(Role))


@dataclass(frozen=True)
class Rule:
    """One rule: its query file and what a row of its answer means.

    `concept` is what it concludes (a policy, a duty, a document, a red flag …), `limb` the branch of the paragraph,
    `exception` and `condition` the place of a condition rule, `unverified` that nobody has checked whether it holds,
    `qualification` the name under which rules of higher strata see that it is met.
    """

    name: str
    kind: str
    label: str
    cite: str
    stratum: int
    path: str
    concept: str | None
    limb: str | None
    exception: str | None
    condition: str | None
    since: str | None
    until: str | None
    unverified: bool = False
    qualification: str | None = None

    @cached_property
    def query(self) -> str:
        """The query with its prefixes, ready to run."""
        return PREFIX_BLOCK + knowledge.text(self.path)

    def query_for(self, transactions: Iterable[str]) -> str:
        """The query about some transactions only."""
        head, where, rest = self.query.partition("WHERE {")
        return f"{head}{where} VALUES ?tx {{ {' '.join(transactions)} }}{rest}"

    @cached_property
    def text(self) -> str:
        """The query as written, without its comments."""
        return re.sub(r"(?m)(^|\s)#.*$", "", knowledge.text(self.path))

    @cached_property
    def named(self) -> frozenset[tuple[str, str]]:
        """Everything that the query names below a prefix, as pairs (`("group", "S5a")`)."""
        return frozenset(re.findall(r"(?<![\w:])(\w+):(\w+)", self.text))

    def names_read(self, prefix: str) -> frozenset[str]:
        """What the query names below one prefix: `names_read("group")` are the country groups it looks at."""
        return self._named_below.get(prefix, frozenset())

    @cached_property
    def _named_below(self) -> dict[str, frozenset[str]]:
        return {kind: frozenset(name for of, name in self.named if of == kind) for kind, _ in self.named}

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles that the query names; none: it looks at every party."""
        return ROLES & frozenset(re.findall(r'"(\w+)"', self.text))

    def groups_of(self, name: str) -> frozenset[str]:
        """The groups in which the query looks for the places of one country property.

        Where the words do not show which variable holds the place, or which group is meant, all that it names.
        """
        every, text = self.names_read("group"), self.text
        places = re.findall(rf"topco:{name}\s+\?(\w+)", text)
        if len(places) != len(re.findall(rf"topco:{name}\b", text)):
            return every
        looked = re.findall(r"\?(\w+)\s+topco:memberOf\s+(?:\?(\w+)|group:(\w+))", text)
        if len(looked) != len(re.findall(r"topco:memberOf\b", text)):
            return every
        found: set[str] = set()
        for place, variable, group in looked:
            if place in places:
                found |= {group} if group else self._groups_of_variable(variable) or every
        return frozenset(found)

    def _groups_of_variable(self, variable: str) -> set[str]:
        """The groups that VALUES or an equality in a filter lets a variable be."""
        listed = re.findall(rf"VALUES\s+\?{variable}\s*{{([^}}]*)}}", self.text)
        equal = re.findall(rf"\?{variable}\s*=\s*group:(\w+)", self.text)
        return {group for one in listed for group in re.findall(r"group:(\w+)", one)} | set(equal)


@dataclass(frozen=True)
class Combination:
    """How several policies become one: the strictest, a limb that prevails, or a clash that no text settles.

    `unless` are the limbs that settle a clash, or that a limb which prevails does not put aside.
    """

    kind: str
    label: str
    cite: str
    limbs: frozenset[str]
    unless: frozenset[str]


@dataclass(frozen=True)
class Measure:
    """A sum of stated numbers that rules see only as over, not over, or undecided on, a parameter.

    `per_party`: one for every party. `share`: the percentage of a fleet by country that stands outside a group;
    `single`: the largest part in one such country. `only_for`: the group of destinations for which it matters.
    """

    iri: str
    name: str
    label: str
    addends: tuple[str, ...]
    parameter: str
    try_both: bool
    per_party: bool = False
    share: bool = False
    single: bool = False
    outside: str | None = None
    only_for: str | None = None


@dataclass(frozen=True)
class Condition:
    """A paper or a circumstance that a case may state, at a path; `try_both` if both are weighed when it is unknown.

    `warning` is what an answer says where it is stated to be given. `only_for`: the group of destinations for which it
    matters. `grounds` are the words at `ground_path` that give it, each with its citation: any other word denies it.
    """

    iri: str
    name: str
    label: str
    try_both: bool
    warning: str | None
    path: str
    per_party: bool = False
    only_for: str | None = None
    ground_path: str | None = None
    grounds: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Ruleset:
    """The rules of one reading in one epoch, in the order of their strata.

    `home` are the countries whose exports the rules are about: nothing is exported to them. `shown_beside` are the
    readings whose codes an answer gives as well.
    """

    name: str
    label: str
    reading: str
    version: str
    verified_to: date | None
    rules: tuple[Rule, ...]
    combinations: tuple[Combination, ...]
    measures: tuple[Measure, ...]
    conditions: tuple[Condition, ...]
    exceptions: dict[str, tuple[str, str]]
    partial: tuple[str, ...]
    pointer_only: tuple[str, ...]
    home: frozenset[str]
    shown_beside: tuple[str, ...]

    def of_kind(self, kind: str) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.rules if rule.kind == kind)

    @cached_property
    def groups_read(self) -> dict[str, frozenset[str]]:
        """For each country property, the groups in which some rule looks for its places."""
        return {name: self.groups_read_for(name, None) for name in PLACE_PROPERTIES}

    def groups_read_for(self, name: str, roles: frozenset[str] | None) -> frozenset[str]:
        """The groups in which rules look for a place of a party in these roles; None: of any."""
        key = (name, roles)
        if key not in self._groups:
            readers = [rule for rule in self.rules if name in rule.names_read("topco")]
            told = [rule for rule in readers if roles is None or not rule.roles or rule.roles & roles]
            self._groups[key] = frozenset(group for rule in told for group in rule.groups_of(name))
        return self._groups[key]

    @cached_property
    def _groups(self) -> dict[tuple[str, frozenset[str] | None], frozenset[str]]:
        return {}

    @cached_property
    def roles_read(self) -> dict[str, frozenset[str] | None]:
        """For each country property of parties, the roles for which some rule reads it; None: for all of them.

        A rule that names roles reads the property of parties in these roles only; one that names none, of every party.
        """
        read: dict[str, frozenset[str] | None] = {name: frozenset() for name in COUNTRY_PROPERTIES}
        for rule in self.rules:
            roles = rule.roles
            for name in COUNTRY_PROPERTIES & rule.names_read("topco"):
                before = read[name]
                read[name] = before | roles if before is not None and roles else None
        return read

    @cached_property
    def _readers(self) -> dict[tuple[str, str], tuple[Rule, ...]]:
        """The rules that name a thing below a prefix."""
        found: dict[tuple[str, str], list[Rule]] = {}
        for rule in self.rules:
            for pair in rule.named:
                found.setdefault(pair, []).append(rule)
        return {pair: tuple(rules) for pair, rules in found.items()}

    def readers(self, prefix: str, name: str) -> tuple[Rule, ...]:
        """The rules that name a thing: `readers("condition", "purchase_order")`."""
        return self._readers.get((prefix, name), ())

    def roles_reading(self, prefix: str, name: str) -> frozenset[str] | None:
        """The roles for which rules look at a thing; None: for all of them."""
        found: frozenset[str] = frozenset()
        for rule in self.readers(prefix, name):
            if not rule.roles:
                return None
            found |= rule.roles
        return found

    def classes_reading(self, prefix: str, name: str) -> frozenset[str] | None:
        """The item classes for which rules look at a thing; None: whatever the class."""
        found: frozenset[str] = frozenset()
        for rule in self.readers(prefix, name):
            classes = {one for one in rule.names_read("topco") if ITEM_CLASS.fullmatch(one)}
            if not classes:
                return None
            found |= classes
        return found

    @cached_property
    def named(self) -> frozenset[tuple[str, str]]:
        """Everything that some rule in force names below a prefix: `("measure", "item_tpp") in ruleset.named`."""
        return frozenset(pair for rule in self.rules for pair in rule.named)


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
        for rule in read_rules(law, subject, kind)
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
