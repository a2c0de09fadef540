"""What rules of one epoch and reading see of the facts of orders, as small codes.

A code stands for all values that no rule in force tells apart: a country for the groups in which rules look for it, a
quantity for its place between the limits, an item for its classes and for what rules read of it beside. Where an answer
shows more of a value than the rules see (an error names a country, say), the value is its own code. That the code holds
enough is held by comparing every row with `topco determine`; that it says what a rule sees, by the linter of rules.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from topco.errors import BadInput
from topco.items.statement import Item
from topco.licensing.cases import item_facts
from topco.licensing.cases.amounts import QUANTITY, Amounts
from topco.licensing.cases.case import Case, Conditions, Party, Tallies, Transaction
from topco.licensing.cases.places import DESTINATION, HEADQUARTERS, LOCATED, PARENT, Places
from topco.licensing.cases.recipients import Recipient
from topco.licensing.law.conclusions import speaks_of, with_what_they_read
from topco.licensing.law.rule import PLACE_PROPERTIES, Rule

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from topco.items.law import ItemLaw
    from topco.licensing.determine import Prepared
    from topco.licensing.law.law_slice import ParameterValue

_REQUIRES = frozenset({"ScopeRule", "ExemptionRule", "RequirementRule"})
_OF_PARTIES = (PLACE_PROPERTIES - {DESTINATION, "shippedFrom", "origin"}) | {"lacks"}
# What the facts of a case hold of an item beside its classification, wherever rules do not say so themselves.
_READ_OF_ITEM = frozenset(
    {"designer", "origin", "subject_to_ear", "direct_product_of_listed", "foreign_produced_on_controlled_chips"}
)


@dataclass
class Numbers:
    """Small numbers for things as they are met."""

    known: dict[Hashable, int] = field(default_factory=dict)

    def of(self, thing: Hashable) -> int:
        return self.known.setdefault(thing, len(self.known))


@dataclass(frozen=True)
class CodedLaw:
    """The codes under one slice of the law and one rule set."""

    prepared: Prepared
    items: ItemLaw
    open_top: str
    numbers: Numbers

    @property
    def places(self) -> Places:
        return Places(self.prepared.engine.slice, self.prepared.ruleset)

    def destination(self, code: str | None) -> int:
        """A destination, which is also where parties are taken to be."""
        seen = (self._seen(DESTINATION, code), self._seen(LOCATED, code))
        return self.numbers.of(("destination", *seen))

    def own_destination(self, code: str | None) -> int:
        """A destination that the answer may name."""
        return self.numbers.of(("destination itself", code, self._seen(DESTINATION, code), self._seen(LOCATED, code)))

    def _seen(self, name: str, code: str | None) -> Hashable:
        """What rules see of a known place; the code itself where the answer may show it or the law is silent."""
        slice_, ruleset = self.prepared.engine.slice, self.prepared.ruleset
        if code is None or code not in slice_.countries:
            return code
        readings = self.places.readings(name, code, "")
        if len(readings) > 1 or self.places.treated_as(code) in ruleset.home:
            return code, tuple(slice_.groups_of_place(place) & ruleset.groups_read[name] for place in readings)
        groups = slice_.groups_of_place(readings[0])
        only = {one.only_for for one in ruleset.measures} | {one.only_for for one in ruleset.conditions}
        return groups & (ruleset.groups_read[name] | only)

    def kind(self, one: Recipient) -> int:
        """A party of the store."""
        told = one.parent_headquarters(self.open_top)
        listed = one.headquarters, told
        own = one.ultimate_parent_ids == (one.entity,), bool(one.ultimate_parent_names)
        missing = one.status == "not_in_store"
        if any(len(codes) != 1 for codes in listed) or one.joint:
            seen_all = (
                [self._seen(HEADQUARTERS, code) for code in listed[0]],
                [self._seen(PARENT, c) for c in listed[1]],
            )
            return self.numbers.of(("party", listed, *map(tuple, seen_all), one.joint, own, missing))
        seen = self._seen(HEADQUARTERS, listed[0][0]), self._seen(PARENT, told[0])
        return self.numbers.of(("kind", self._listed(listed[0][0]), self._listed(told[0]), seen, own, missing))

    def stated(self, section: str, code: int, value: Transaction | Party | None) -> int:
        """What is stated in one section: the number of the statement, with what rules see of the countries in it."""
        return self.numbers.of((section, code, *(self._everything(one) for one in _countries_in(value))))

    def _everything(self, code: str) -> Hashable:
        """All groups of a country and of what it counts as."""
        slice_ = self.prepared.engine.slice
        there = self.places.treated_as(code)
        return code, slice_.groups_of.get(code), there, slice_.groups_of.get(there), slice_.destinations.get(code)

    def _listed(self, code: str | None) -> bool:
        """Whether a register's code says anything."""
        return code is not None and code in self.prepared.engine.slice.countries

    def openness(self, one: Recipient) -> int:
        """Of a party of the store only what is not known; all of one with several places."""
        listed = one.headquarters, one.parent_headquarters(self.open_top)
        if any(len(codes) != 1 for codes in listed) or one.joint:
            return self.kind(one)
        known = (self._listed(listed[0][0]), self._listed(listed[1][0]))
        return self.numbers.of(("open", *known, one.status == "not_in_store"))

    def decides_alone(self, item: Item) -> frozenset[str] | None:
        """The conditions that decide with item, activity and destination whether a licence is required for an item.

        None: the parties or a sum have a say in it too. Rules that name other classes do not speak about the item.
        """
        try:
            found = item_facts.classify(item, self.items, self.prepared.frame.rules_as_of)
        except BadInput:
            return None
        ruleset = self.prepared.ruleset
        rules: set[Rule] = set()
        for item_class in {one.item_class for one in found.possible}:
            asked = [one for one in ruleset.rules if one.kind in _REQUIRES and speaks_of(one, item_class)]
            rules |= set(with_what_they_read(ruleset, asked, item_class))
        per_party = {one.name for one in ruleset.measures if one.per_party}
        per_party |= {one.name for one in ruleset.conditions if one.per_party}
        sums = {name for rule in rules for name in rule.names_read("measure")} - per_party
        if sums or any(rule.names_read("topco") & _OF_PARTIES for rule in rules):
            return None
        return frozenset(name for rule in rules for name in rule.names_read("condition")) - per_party

    def given(self, names: frozenset[str], conditions: Conditions) -> int:
        """What a case states of these conditions, and which of all it states."""
        stated = conditions.model_dump()
        paths = {one.path.split(".")[-1] for one in self.prepared.ruleset.conditions if one.name in names}
        known = tuple((name, value if name in paths else value is not None) for name, value in stated.items())
        return self.numbers.of(("given", *known))

    def item(self, item: Item, *, is_question: bool) -> int:
        """An item; of one that is only to be classified, all that the answer names."""
        if not is_question:
            return self.numbers.of(("item itself", item))
        try:
            found = item_facts.classify(item, self.items, self.prepared.frame.rules_as_of)
        except BadInput:
            return self.numbers.of(("item itself", item))
        lists = self.prepared.engine.slice.lists_of
        options = tuple(
            (one.item_class, one.nature, bool(one.eccn), lists(one.eccn), lists(one.target))
            for one in item_facts.item_options(item, found, self.items, self.prepared.engine.slice)
        )
        beside = [(name, getattr(item, name)) for name in sorted(self._read_of_item())]
        beside += [("origin", self._everything(item.origin))] if item.origin else []
        return self.numbers.of(("item", options, tuple(beside), item == item_facts.NOTHING_STATED))

    def _read_of_item(self) -> frozenset[str]:
        ruleset = self.prepared.ruleset
        paths = [path for one in ruleset.measures for path in one.addends]
        for one in ruleset.conditions:
            paths += [path for path in (one.path, one.ground_path, one.barred_path) if path]
        return _READ_OF_ITEM | {path.split(".")[1] for path in paths if path.startswith("item.")}

    def standings(self, tallies: Tallies, item: Item, amounts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Quantities by what each sum comes to with these tallies: below its limit, or at and above it."""
        limits = self._limits(tallies, item)
        cuts = sorted({parameter.exact - rest for _, parameter, rest in limits})
        place, first = np.unique(positions(amounts, cuts), return_index=True)
        told = [
            tuple((name, parameter.is_over(rest + int(amounts[one]))) for name, parameter, rest in limits)
            for one in first.tolist()
        ]
        codes = np.array([self.numbers.of(("amount", *one)) for one in told], np.int64)
        return codes[np.searchsorted(place, positions(amounts, cuts))]

    def _limits(self, tallies: Tallies, item: Item) -> list[tuple[str, ParameterValue, Fraction]]:
        """The sums that a quantity is part of, each with its limit and what else is known of it."""
        case = Case(tallies=tallies, item=item)
        sums = Amounts(self.places, self.items, self.prepared.frame.rules_as_of, "", {})
        found = []
        for measure in self.prepared.ruleset.measures:
            parameter = self.prepared.engine.slice.parameters.get(measure.parameter)
            if QUANTITY in measure.addends and parameter is not None and measure.outside is None:
                rest = sums.measured(case, measure, None, None, False).total or Fraction(0)
                found.append((measure.name, parameter, rest))
        return found

    @property
    def identity(self) -> Hashable:
        """What makes two laws one to all that is coded: rules, how facts are made, which places there are to rules.

        Membership of a place, the class of an item and the standing of a sum are in the codes themselves.
        """
        ruleset, slice_ = self.prepared.ruleset, self.prepared.engine.slice
        groups = frozenset(name for kind, name in ruleset.named if kind == "group")
        every = frozenset(slice_.groups_of.get(country, frozenset()) & groups for country in slice_.countries)
        limited = tuple(one.parameter in slice_.parameters for one in ruleset.measures)
        told = (ruleset.reading, ruleset.rules, ruleset.combinations, ruleset.measures, ruleset.conditions)
        return (*told, ruleset.home, ruleset.shown_beside, every, limited, frozenset(slice_.strictness.items()))


def _countries_in(value: Transaction | Party | None) -> Iterator[str]:
    """The countries that a section states, apart from destinations."""
    if isinstance(value, Transaction):
        yield from (one for one in (value.shipped_from, value.released_to_nationality) if one)
    elif value is not None:
        yield from (one for one in (value.located_in, value.owner_person_nationality, value.incorporated_in) if one)
        yield from (*(value.hq_in or ()), *(value.ultimate_parent_hq_in or ()))


def positions(amounts: NDArray[np.int64], cuts: Iterable[Fraction]) -> NDArray[np.int64]:
    """Where whole numbers stand between cut points: 0 below the first, 1 on it, 2 above it, and so on.

    >>> positions(np.array([4, 5, 6]), [Fraction(5), Fraction(11, 2)]).tolist()
    [0, 1, 4]
    """
    found = np.zeros(len(amounts), np.int64)
    for cut in cuts:
        reached = amounts >= ceil(cut)
        found += reached
        found += reached & (amounts != int(cut)) if cut.denominator == 1 else reached
    return found


def day_number(day: date) -> int:
    """A day as the number of days since 1970."""
    return day.toordinal() - 719_163
