"""The law of one epoch: who belongs to which group, what the parameters are, which rules are in force.

Derived groups (`Macau or D:5`, `D:1, D:4, D:5 less A:5, A:6`) are computed here from their parts. A *signature* is the
set of groups, among those that rules read, to which a destination belongs: destinations of equal signature are alike to
the rules, so an unknown country has as many alternatives as there are signatures.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode, Quad

from topco.errors import NotModelled
from topco.licensing.cases.facts import Place
from topco.licensing.law.ruleset import Ruleset
from topco.licensing.law.ruleset_reading import read_ruleset
from topco.licensing.law.vocabulary import LABEL, NOTATION, RDF_TYPE, node
from topco.namespaces import local_name

if TYPE_CHECKING:
    from topco.licensing.law.body import Law

REACHED = frozenset({"AtLeast", "LessThan"})
"""The comparisons by which an amount that is just as large as the parameter is over it."""


@dataclass(frozen=True)
class Membership:
    """One destination in one group, with the citation that puts it there."""

    group: str
    country: str
    cite: str
    since: str | None


@dataclass(frozen=True)
class ParameterValue:
    """A number of the law in force: value, unit, what counts as over it, citation."""

    name: str
    label: str
    value: Decimal
    unit: str
    comparison: str
    cite: str
    since: str | None

    @property
    def exact(self) -> Fraction:
        """The value as a fraction, for sums and shares."""
        return Fraction(self.value)

    def is_over(self, amount: Decimal | Fraction) -> bool:
        """Whether an amount is beyond what the parameter allows, or reaches what it asks for."""
        return amount >= self.exact if self.comparison in REACHED else amount > self.exact


@dataclass(frozen=True)
class Activity:
    """What may be done with an item, as the rules take it.

    `is_question`: whether it is asked if a licence is required. `crosses_border`: whether something goes to the
    destination. `about_item`: whether there is an item at all. `principal`: the role of the party in question.
    `stays_home`: whether it can only be in the home country of the rules.
    """

    code: str
    is_question: bool
    crosses_border: bool
    about_item: bool
    principal: str | None
    stays_home: bool


@dataclass(frozen=True)
class Signature:
    """A stand-in for every destination that belongs to exactly these groups (of those that rules read)."""

    iri: str
    groups: frozenset[str]
    label: str


@dataclass
class LawSlice:
    """The law of one epoch, ready for the engine."""

    day: date
    countries: dict[str, str]
    destinations: dict[str, tuple[str, str, str]]
    groups_of: dict[str, frozenset[str]]
    memberships: dict[tuple[str, str], Membership]
    group_labels: dict[str, str]
    group_names: dict[str, str]
    group_cites: dict[str, str]
    parameters: dict[str, ParameterValue]
    rulesets: dict[str, Ruleset]
    activities: dict[str, Activity]
    strictness: dict[str, int]
    sufficing: frozenset[str]
    policy_labels: dict[str, str]
    facts: list[Quad]
    entry_lists: dict[str, frozenset[str]]
    _signatures: dict[frozenset[str], tuple[Signature, ...]] = field(default_factory=dict)
    _stand_ins: dict[str, frozenset[str]] = field(default_factory=dict)

    def groups_of_place(self, place: Place) -> frozenset[str]:
        """The groups of a country, or of a stand-in for all countries of one signature."""
        if place.code is not None:
            return self.groups_of.get(local_name(place.iri), frozenset())
        return self._stand_ins.get(place.iri, frozenset())

    def lists_of(self, eccn: str | None) -> frozenset[str] | None:
        """The lists on which an entry stands; None where there is no entry."""
        return self.entry_lists.get(eccn, frozenset()) if eccn else None

    def ruleset(self, reading: str, day: date) -> Ruleset:
        """The rules of one reading, as asked for on a day of this epoch.

        Raises:
            NotModelled: the reading has no rules, or none for this date.
        """
        if reading not in self.rulesets:
            raise NotModelled(
                f"The reading {reading!r} has no rules for {day} in this version.",
                remedy="`topco rules periods` lists what is modelled, by date and reading.",
            )
        return self.rulesets[reading]

    def signatures(self, groups: frozenset[str]) -> tuple[Signature, ...]:
        """The distinct signatures over these groups that some destination has, most groups first."""
        if groups not in self._signatures:
            members: dict[frozenset[str], list[str]] = defaultdict(list)
            for country in sorted(self.countries):
                members[self.groups_of.get(country, frozenset()) & groups].append(country)
            self._signatures[groups] = tuple(
                Signature(
                    iri=f"{node('signature').value}/{'+'.join(sorted(held)) or 'elsewhere'}",
                    groups=held,
                    label=self._describe(held, members[held][0]),
                )
                for held in sorted(members, key=lambda held: (-len(held), sorted(held)))
            )
            self._stand_ins |= {one.iri: one.groups for one in self._signatures[groups]}
        return self._signatures[groups]

    def _describe(self, held: frozenset[str], example: str) -> str:
        lists = ", ".join(sorted(self.group_names.get(group, group) for group in held))
        where = f"in {lists}" if held else "on none of the lists that the rules read"
        return f"a destination {where} (such as {self.countries[example]})"


def build_slice(law: Law, day: date) -> LawSlice:
    """Everything that is in force on a day, from the dated statements."""
    countries = {
        local_name(country.value): law.value(country, LABEL) or local_name(country.value)
        for country in law.subjects("Country")
    }
    memberships = _memberships(law, day)
    groups_of: dict[str, set[str]] = defaultdict(set)
    for group, country in memberships:
        groups_of[country].add(group)
    group_nodes = list(law.subjects("CountryGroup"))
    frozen = {country: frozenset(groups) for country, groups in groups_of.items()}
    rulesets = {}
    for ruleset_node in law.subjects("RuleSet"):
        if law.in_force(ruleset_node, day):
            ruleset = read_ruleset(law, ruleset_node, day)
            rulesets[ruleset.reading] = ruleset
    return LawSlice(
        day=day,
        countries=countries,
        destinations=_destinations(law, day),
        groups_of=frozen,
        memberships=memberships,
        group_labels={local_name(g.value): law.value(g, LABEL) or local_name(g.value) for g in group_nodes},
        group_names={local_name(g.value): law.value(g, NOTATION) or local_name(g.value) for g in group_nodes},
        group_cites={local_name(g.value): law.value(g, node("citation")) or "" for g in group_nodes},
        parameters=_parameters(law, day),
        rulesets=rulesets,
        activities={activity.code: activity for activity in map(partial(_activity, law), law.subjects("Activity"))},
        sufficing=frozenset(
            local_name(policy.value)
            for policy in law.subjects("ReviewPolicy")
            if law.value(policy, node("sufficesAlone")) == "true"
        ),
        strictness={
            local_name(policy.value): int(law.value(policy, node("strictness")) or "0")
            for policy in law.subjects("ReviewPolicy")
        },
        policy_labels={
            local_name(policy.value): law.value(policy, LABEL) or "" for policy in law.subjects("ReviewPolicy")
        },
        facts=_facts_for_rules(law, day, frozen),
        entry_lists={
            law.value(entry, NOTATION) or "": frozenset(
                local_name(one.value) for one in law.objects(entry, node("onList"))
            )
            for entry in law.subjects("ControlListEntry")
            if law.in_force(entry, day)
        },
    )


def _memberships(law: Law, day: date) -> dict[tuple[str, str], Membership]:
    found: dict[tuple[str, str], Membership] = {}
    for membership in law.subjects("GroupMembership"):
        if not law.in_force(membership, day):
            continue
        group = local_name(law.value(membership, node("group")) or "")
        cite = "; ".join(value.value for value in law.objects(membership, node("citation")))
        since = law.value(membership, node("from"))
        for code in map(local_name, (member.value for member in law.objects(membership, node("member")))):
            found[group, code] = Membership(group, code, cite, since)
    for group_node in law.subjects("CountryGroup"):
        parts = {local_name(part.value) for part in law.objects(group_node, node("includesGroup"))}
        named = [local_name(part.value) for part in law.objects(group_node, node("includesCountry"))]
        if not parts and not named:
            continue
        derived = local_name(group_node.value)
        cite = law.value(group_node, node("citation")) or ""
        without = {local_name(part.value) for part in law.objects(group_node, node("excludesGroup"))}
        excluded = {country for group, country in found if group in without}
        for (group, country), source in list(found.items()):
            if group in parts and country not in excluded:
                found[derived, country] = Membership(derived, country, f"{cite}; {source.cite}", source.since)
        found.update({(derived, code): Membership(derived, code, cite, None) for code in named})
    return found


def _destinations(law: Law, day: date) -> dict[str, tuple[str, str, str]]:
    """ISO code → (the destination it is treated as, the scope of that, citation)."""
    mapped = {}
    for mapping in law.subjects("DestinationMapping"):
        if law.in_force(mapping, day):
            mapped[local_name(law.value(mapping, node("country")) or "")] = (
                local_name(law.value(mapping, node("treatedAs")) or ""),
                local_name(law.value(mapping, node("mappingScope")) or ""),
                law.value(mapping, node("citation")) or "",
            )
    return mapped


def _parameters(law: Law, day: date) -> dict[str, ParameterValue]:
    found = {}
    for value_node in law.subjects("ParameterValue"):
        if not law.in_force(value_node, day):
            continue
        parameter = NamedNode(law.value(value_node, node("ofParameter")) or "")
        name = local_name(parameter.value)
        found[name] = ParameterValue(
            name=name,
            label=law.value(parameter, LABEL) or name,
            value=Decimal(law.value(value_node, node("value")) or "0"),
            unit=law.value(parameter, node("unit")) or "",
            comparison=local_name(law.value(parameter, node("comparison")) or ""),
            cite="; ".join(value.value for value in law.objects(value_node, node("citation"))),
            since=law.value(value_node, node("from")),
        )
    return found


def _activity(law: Law, activity: NamedNode) -> Activity:
    return Activity(
        code=law.value(activity, NOTATION) or "",
        is_question=law.value(activity, node("isLicenceQuestion")) == "true",
        crosses_border=law.value(activity, node("crossesBorder")) == "true",
        about_item=law.value(activity, node("aboutItem")) == "true",
        principal=law.value(activity, node("principalRole")),
        stays_home=law.value(activity, node("staysHome")) == "true",
    )


def _facts_for_rules(law: Law, day: date, groups_of: dict[str, frozenset[str]]) -> list[Quad]:
    """What the rule queries read of the law: group membership and the control list."""
    quads = [
        Quad(NamedNode(f"{node('country').value}/{country}"), node("memberOf"), NamedNode(f"{node('group').value}/{g}"))
        for country, groups in groups_of.items()
        for g in groups
    ]
    for entry in law.subjects("ControlListEntry"):
        if law.in_force(entry, day):
            quads.append(Quad(entry, RDF_TYPE, node("ControlListEntry")))
            for predicate in (node("onList"), node("itemNature")):
                quads.extend(Quad(entry, predicate, value) for value in law.objects(entry, predicate))
    return quads
