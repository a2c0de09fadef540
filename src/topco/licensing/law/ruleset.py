"""A rule set: the rules of one reading in one epoch, with the sums, circumstances and combinations that they use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from topco.licensing.law.rule import COUNTRY_PROPERTIES, ITEM_CLASS, PLACE_PROPERTIES, Rule

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
    `barred` are pairs of such a word and one at `barred_path` that takes away what the first gives.
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
    barred_path: str | None = None
    barred: frozenset[tuple[str, str]] = frozenset()


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
