"""What rules of one epoch and reading see of the facts of orders, as small codes.

A code stands for all values that no rule in force tells apart: a country for the groups in which rules look for it, a
quantity for its place between the limits, an item for its classes and for what rules read of it beside. Where an answer
shows more of a value than the rules see (an error names a country, say), the value is its own code. That the code holds
enough is held by comparing every row with `topco determine`; that it says what a rule sees, by the linter of rules.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from topco.errors import BadInput
from topco.items.statement import Item
from topco.licensing.cases import item_facts
from topco.licensing.cases.amounts import QUANTITY, Amounts
from topco.licensing.cases.case import Case, Tallies
from topco.licensing.cases.places import DESTINATION, HEADQUARTERS, LOCATED, PARENT, Places
from topco.licensing.cases.recipients import Recipient

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from topco.items.law import ItemLaw
    from topco.licensing.determine import Prepared

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
    numbers: Numbers = field(default_factory=Numbers)

    @property
    def places(self) -> Places:
        return Places(self.prepared.engine.slice, self.prepared.ruleset)

    def destination(self, code: str | None) -> int:
        """A destination, which is also where parties are taken to be."""
        seen = (self._seen(DESTINATION, code), self._seen(LOCATED, code))
        return self.numbers.of(("destination", *seen))

    def own_destination(self, code: str | None) -> int:
        """A destination that the answer may name."""
        return self.numbers.of(("destination itself", code))

    def _seen(self, name: str, code: str | None) -> Hashable:
        """What rules see of a known place; the code itself where the answer may show it or the law is silent."""
        slice_, ruleset = self.prepared.engine.slice, self.prepared.ruleset
        if code is None or code not in slice_.countries:
            return code
        readings = self.places.readings(name, code, "")
        if len(readings) > 1 or self.places.treated_as(code) in ruleset.home:
            return code
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
            return self.numbers.of(("party", listed, one.joint, own, missing))
        seen = self._seen(HEADQUARTERS, listed[0][0]), self._seen(PARENT, told[0])
        return self.numbers.of(("kind", self._listed(listed[0][0]), self._listed(told[0]), seen, own, missing))

    def _listed(self, code: str | None) -> bool:
        """Whether a register's code says anything."""
        return code is not None and code in self.prepared.engine.slice.countries

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
        beside = tuple((name, getattr(item, name)) for name in sorted(self._read_of_item()))
        return self.numbers.of(("item", options, beside, item == item_facts.NOTHING_STATED))

    def _read_of_item(self) -> frozenset[str]:
        ruleset = self.prepared.ruleset
        paths = [path for one in ruleset.measures for path in one.addends]
        for one in ruleset.conditions:
            paths += [path for path in (one.path, one.ground_path, one.barred_path) if path]
        return _READ_OF_ITEM | {path.split(".")[1] for path in paths if path.startswith("item.")}

    def cuts(self, tallies: Tallies, item: Item) -> list[Fraction]:
        """The quantities at which a sum reaches its limit, with these tallies."""
        case = Case(tallies=tallies, item=item)
        sums = Amounts(self.places, self.items, self.prepared.frame.rules_as_of, "", {})
        found = set()
        for measure in self.prepared.ruleset.measures:
            parameter = self.prepared.engine.slice.parameters.get(measure.parameter)
            if QUANTITY in measure.addends and parameter is not None and measure.outside is None:
                rest = sums.measured(case, measure, None, None, False).total or Fraction(0)
                found.add(parameter.exact - rest)
        return sorted(found)


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
