"""Rules as data: a query, what it concludes, under which paragraph, since when, in which stratum."""

from __future__ import annotations

import re
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
    "ClassificationRule",
    "RequirementRule",
    "PolicyRule",
    "ConditionRule",
    "DutyRule",
    "DocumentRule",
    "RedFlagRule",
)
COMBINATION_CLASSES = ("StrictestPolicy", "PrevailingLimb", "LimbClash")


@dataclass(frozen=True)
class Rule:
    """One rule: its query file and what a row of its answer means.

    `concept` is what it concludes (a policy, a duty, a document, a red flag), `limb` the branch of the paragraph,
    `exception` and `condition` the place of a condition rule.
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

    @cached_property
    def query(self) -> str:
        """The query with its prefixes, ready to run."""
        return PREFIX_BLOCK + knowledge.text(self.path)

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
        return frozenset(name for kind, name in self.named if kind == prefix)


@dataclass(frozen=True)
class Combination:
    """How several policies become one: the strictest, a limb that prevails, or a clash that no text settles."""

    kind: str
    label: str
    cite: str
    limbs: frozenset[str]
    unless: frozenset[str]


@dataclass(frozen=True)
class Measure:
    """A sum of stated numbers that rules see only as over, not over, or undecided on, a parameter."""

    iri: str
    name: str
    label: str
    addends: tuple[str, ...]
    parameter: str
    try_both: bool


@dataclass(frozen=True)
class Condition:
    """A paper or a circumstance that a case may state; `try_both` if both are weighed when it is unknown.

    `warning` is what an answer says where it is stated to be given.
    """

    iri: str
    name: str
    label: str
    try_both: bool
    warning: str | None


@dataclass(frozen=True)
class Ruleset:
    """The rules of one reading in one epoch, in the order of their strata.

    `home` are the countries whose exports the rules are about: nothing is exported to them.
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

    def of_kind(self, kind: str) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.rules if rule.kind == kind)

    @cached_property
    def groups_read(self) -> dict[str, frozenset[str]]:
        """For each country property, the groups that some rule which reads it also names."""
        read: dict[str, set[str]] = {name: set() for name in COUNTRY_PROPERTIES}
        for rule in self.rules:
            for name in COUNTRY_PROPERTIES & rule.names_read("topco"):
                read[name] |= rule.names_read("group")
        return {name: frozenset(groups) for name, groups in read.items()}

    @cached_property
    def roles_read(self) -> dict[str, frozenset[str] | None]:
        """For each country property of parties, the roles for which some rule reads it; None: for all of them.

        A rule that names roles reads the property of parties in these roles only; one that names none, of every party.
        """
        read: dict[str, frozenset[str] | None] = {name: frozenset() for name in COUNTRY_PROPERTIES}
        for rule in self.rules:
            roles = ROLES & set(re.findall(r'"(\w+)"', rule.text))
            for name in COUNTRY_PROPERTIES & rule.names_read("topco"):
                before = read[name]
                read[name] = before | roles if before is not None and roles else None
        return read

    @cached_property
    def named(self) -> frozenset[tuple[str, str]]:
        """Everything that some rule in force names below a prefix: `("measure", "item_tpp") in ruleset.named`."""
        return frozenset(pair for rule in self.rules for pair in rule.named)


COUNTRY_PROPERTIES = frozenset({"destination", "locatedIn", "headquarteredIn", "ultimateParentHeadquarteredIn"})
ROLES = frozenset(get_args(Role))


def read_ruleset(law: Law, ruleset: NamedNode, day: date) -> Ruleset:
    """The rules of one rule set that are in force on a day."""
    reading = NamedNode(law.value(ruleset, node("reading")) or "")
    verified = law.value(reading, node("verifiedTo"))
    members = {quad.subject for quad in law.store.quads_for_pattern(None, node("inRuleSet"), ruleset, None)}
    folder = f"rules/{local_name(ruleset.value)}/"
    rules = [
        read_rule(law, subject, kind, folder)
        for kind in RULE_CLASSES
        for subject in law.subjects(kind)
        if subject in members and law.in_force(subject, day)
    ]
    return Ruleset(
        name=local_name(ruleset.value),
        label=law.value(ruleset, LABEL) or "",
        reading=local_name(reading.value),
        version=law.value(ruleset, node("version")) or "",
        verified_to=date.fromisoformat(verified) if verified else None,
        rules=tuple(sorted(rules, key=lambda rule: (rule.stratum, rule.name))),
        combinations=tuple(
            Combination(
                kind=kind,
                label=law.value(subject, LABEL) or "",
                cite=law.value(subject, node("cite")) or "",
                limbs=frozenset(limb.value for limb in law.objects(subject, node("limb"))),
                unless=frozenset(limb.value for limb in law.objects(subject, node("unlessLimb"))),
            )
            for kind in COMBINATION_CLASSES
            for subject in law.subjects(kind)
            if subject in members and law.in_force(subject, day)
        ),
        measures=tuple(_read_measure(law, subject) for subject in law.subjects("Measure")),
        conditions=tuple(
            Condition(
                iri=subject.value,
                name=local_name(subject.value),
                label=law.value(subject, LABEL) or "",
                try_both=law.value(subject, node("whenUnknown")) == node("TryBoth").value,
                warning=law.value(subject, node("warning")),
            )
            for kind in ("Paper", "Circumstance")
            for subject in law.subjects(kind)
        ),
        exceptions={
            local_name(subject.value): (law.value(subject, LABEL) or "", law.value(subject, node("cite")) or "")
            for subject in law.subjects("LicenceException")
        },
        partial=tuple(value.value for value in law.objects(ruleset, node("partial"))),
        pointer_only=tuple(value.value for value in law.objects(ruleset, node("pointerOnly"))),
        home=frozenset(local_name(value.value) for value in law.objects(ruleset, node("homeCountry"))),
    )


def parent_test_of(law: Law, reading: str) -> str | None:
    """The name of the parent test that the rule set of a reading asks; None if it leaves that to the default."""
    for ruleset in law.subjects("RuleSet"):
        if local_name(law.value(ruleset, node("reading")) or "") == reading:
            return law.value(ruleset, node("parentTest"))
    return None


def read_rule(law: Law, subject: NamedNode, kind: str, folder: str) -> Rule:
    concept = next(
        (
            value
            for name in ("policy", "duty", "enclosure", "redFlag")
            if (value := law.value(subject, node(name))) is not None
        ),
        None,
    )
    exception = law.value(subject, node("exception"))
    return Rule(
        name=subject.value.removeprefix(node("rule").value + "/"),
        kind=kind,
        label=law.value(subject, LABEL) or "",
        cite=law.value(subject, node("cite")) or "",
        stratum=int(law.value(subject, node("stratum")) or "0"),
        path=folder + (law.value(subject, node("queryFile")) or ""),
        concept=local_name(concept) if concept else None,
        limb=law.value(subject, node("limb")),
        exception=local_name(exception) if exception else None,
        condition=law.value(subject, node("conditionId")),
        since=law.value(subject, node("from")),
        until=law.value(subject, node("to")),
    )


def _read_measure(law: Law, subject: NamedNode) -> Measure:
    return Measure(
        iri=subject.value,
        name=local_name(subject.value),
        label=law.value(subject, LABEL) or "",
        addends=tuple(value.value for value in law.objects(subject, node("addend"))),
        parameter=local_name(law.value(subject, node("parameter")) or ""),
        try_both=law.value(subject, node("whenUnknown")) == node("TryBoth").value,
    )
