"""From a case, the store's answers and the law of the date to the facts that rules read.

What nobody says is open: every alternative is weighed, as far as a rule in force could tell them apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Final

from topco.errors import NotModelled
from topco.items.finding import Finding
from topco.items.law import ItemLaw
from topco.licensing.cases import item_facts
from topco.licensing.cases.amounts import Amounts
from topco.licensing.cases.case import Case, Party
from topco.licensing.cases.circumstances import circumstance
from topco.licensing.cases.facts import (
    Amount,
    Assumption,
    Circumstance,
    CountryFact,
    Facts,
    ItemOption,
    ListedShare,
    SideFact,
)
from topco.licensing.cases.party_facts import PartyFacts, stated_parties
from topco.licensing.cases.places import DESTINATION, Places
from topco.licensing.cases.recipients import Recipient
from topco.licensing.law.law_slice import Activity, LawSlice
from topco.licensing.law.ruleset import Condition, Measure, Ruleset

SUBJECT_TO_EAR: Final = "subject_to_ear"


@dataclass(frozen=True)
class FactBuilder:
    """Builds the facts of cases under one slice of the law, one rule set and one policy for open tops.

    `known` are lower bounds of tallies that cases leave out, by path, each with where it comes from; `listed` what the
    store knows of the shares that listed parties hold in parties, by identifier.
    """

    slice: LawSlice
    ruleset: Ruleset
    items: ItemLaw
    day: date
    open_top: str
    known: Mapping[str, tuple[Decimal, str]] = field(default_factory=dict)
    listed: Mapping[str, ListedShare] = field(default_factory=dict)

    def build(
        self, case: Case, recipients: Mapping[str, Recipient], where: str, classified: Finding | None = None
    ) -> Facts:
        """The facts of one case.

        Args:
            classified: how this builder classified the item of the case, if it did before.

        Raises:
            BadInput: a country that ISO 3166 does not have, an entry that is none, figures that contradict each other.
            NotModelled: no activity is stated, or something is sent to the country whose exports are governed.
        """
        activity = self._activity(case)
        places = Places(self.slice, self.ruleset)
        destination = self._destination(case, activity, places, where)
        gathered = PartyFacts(places, activity, self.open_top, where)
        stated = stated_parties(case, activity)
        gathered.collect(stated, case.transaction.destination, recipients)
        found = classified
        if found is None and self._has_item(case, activity):
            found = item_facts.classify(case.item, self.items, self.day)
        options = item_facts.item_options(case.item, found, self.items, self.slice) if found else ()
        weighed = _Weighed(self, case, places, destination, options, stated, gathered)
        assumptions = [*gathered.assumptions, *(item_facts.assumptions(found) if found else ())]
        circumstances = list(weighed.circumstances(activity, assumptions))
        amounts = tuple(weighed.amounts(where))
        assumptions += weighed.in_part(amounts)
        return Facts(
            activity=activity.code,
            items=options,
            designer=case.item.designer,
            end_use=case.transaction.end_use,
            parties=tuple(gathered.parties),
            countries=(destination, *gathered.countries),
            amounts=amounts,
            circumstances=tuple(circumstances),
            side=(*self._side(case, places, where), *gathered.side),
            asks=(("veuKind", case.veu.kind), ("veuQuestion", case.veu.question)) if case.veu else (),
            assumptions=tuple(assumptions),
            classification=found,
        )

    def _activity(self, case: Case) -> Activity:
        code = case.transaction.activity
        if code is None:
            raise NotModelled(
                "What is done with the item is not stated.", where="transaction.activity", remedy="State the activity."
            )
        return self.slice.activities[code]

    def _has_item(self, case: Case, activity: Activity) -> bool:
        return activity.about_item or case.item != item_facts.NOTHING_STATED

    def _destination(self, case: Case, activity: Activity, places: Places, where: str) -> CountryFact:
        code = case.transaction.destination
        if code is not None and activity.crosses_border and places.treated_as(code) in self.ruleset.home:
            raise NotModelled(
                f"The destination is {self.slice.countries.get(code, code)}: no rule here speaks about"
                " items that stay in the country whose exports it governs, or come back to it.",
                where="transaction.destination",
                remedy="State where the items go in the end.",
            )
        abroad = [one for one in (code, case.transaction.shipped_from) if one]
        abroad = [one for one in abroad if places.treated_as(one) not in self.ruleset.home]
        if activity.stays_home and abroad:
            raise NotModelled(
                f"The activity is {activity.code}, and {self.slice.countries.get(abroad[0], abroad[0])} lies abroad.",
                where="transaction.activity",
                remedy="Inside another country it is a transfer in a country, into one an export or a reexport.",
            )
        fact = places.stated(DESTINATION, None, (code,) if code else None, f"{where}: destination")
        return fact if activity.crosses_border or code else places.unread(fact)

    def _side(self, case: Case, places: Places, where: str) -> Iterator[SideFact]:
        deal = case.transaction
        yield from places.side("shippedFrom", None, deal.shipped_from, f"{where}: transaction.shipped_from")
        yield from places.side("origin", None, case.item.origin, f"{where}: item.origin")
        for code, tpp in ((case.veu.installed_tpp_by_country or {}) if case.veu else {}).items():
            if tpp != 0:
                yield from places.side("installedIn", None, code, f"{where}: veu.installed_tpp_by_country")


@dataclass(frozen=True)
class _Weighed:
    """Decides for each sum and each circumstance whether both answers are weighed where it is unknown."""

    builder: FactBuilder
    case: Case
    places: Places
    destination: CountryFact
    options: tuple[ItemOption, ...]
    stated: tuple[Party, ...]
    gathered: PartyFacts

    def amounts(self, where: str) -> Iterator[Amount]:
        builder = self.builder
        sums = Amounts(self.places, builder.items, builder.day, where, builder.known, builder.listed)
        for measure in builder.ruleset.measures:
            if not builder.ruleset.readers("measure", measure.name):
                continue
            if measure.per_party:
                for index, party in enumerate(self.stated):
                    yield sums.measured(self.case, measure, index, party, False)
            else:
                yield sums.measured(self.case, measure, None, None, self._matters("measure", measure))

    def in_part(self, amounts: Iterable[Amount]) -> list[Assumption]:
        """Which sums rest on a part of what they count, as far as a rule looks at them for this item."""
        read = {one.iri for one in self.builder.ruleset.measures if self._is_read("measure", one.name)}
        found = {
            part.path: Assumption(part.path, f"at least {part.value:f}", part.origin)
            for amount in amounts
            if amount.party is None and amount.measure in read
            for part in amount.addends
            if part.at_least and part.value is not None
        }
        return list(found.values())

    def circumstances(self, activity: Activity, assumptions: list[Assumption]) -> Iterator[Circumstance]:
        for condition in self.builder.ruleset.conditions:
            if not self.builder.ruleset.readers("condition", condition.name):
                continue
            matters = self._matters("condition", condition)
            if condition.name == SUBJECT_TO_EAR:
                yield self._scope(circumstance(self.case, condition, None, None, matters), activity, assumptions)
            elif condition.per_party:
                roles = self.builder.ruleset.roles_reading("condition", condition.name)
                for index, party in enumerate(self.stated):
                    held = set(self.gathered.parties[index].roles)
                    both = matters and (roles is None or bool(roles & held))
                    yield circumstance(self.case, condition, index, party, both)
            else:
                yield circumstance(self.case, condition, None, None, matters)

    def _scope(self, stated: Circumstance, activity: Activity, assumptions: list[Assumption]) -> Circumstance:
        """Whether the item is subject to the regulation: taken to be, unless it is said to be of foreign make."""
        item = self.case.item
        foreign = item.origin is not None and self.places.treated_as(item.origin) not in self.builder.ruleset.home
        direct = item.direct_product_of_listed, item.foreign_produced_on_controlled_chips
        if not activity.about_item:
            return replace(stated, try_both=False)
        if stated.stated is not None or foreign or any(one is not None for one in direct):
            return stated
        why = "not stated; taken to be subject to the regulation"
        assumptions.append(Assumption(stated.path, "true", why))
        return Circumstance(stated.iri, stated.name, True, False, None, stated.path, "assumed")

    def _matters(self, prefix: str, one: Measure | Condition) -> bool:
        """Whether a rule that reads it could speak about this item and this destination."""
        if not one.try_both:
            return False
        if one.only_for is not None and not self.places.may_be_in(self.destination, one.only_for):
            return False
        return self._is_read(prefix, one.name)

    def _is_read(self, prefix: str, name: str) -> bool:
        """Whether a rule that reads it could speak about this item."""
        classes = self.builder.ruleset.classes_reading(prefix, name)
        return classes is None or not self.options or bool(classes & {option.item_class for option in self.options})
