"""Sums of stated figures, held against the figures of the law. Exact: decimals and fractions, never floats.

What the case does not state may be known in part from a ledger: such an addend is a lower bound. It can put a sum over
its limit and never below it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from topco.errors import BadInput
from topco.items.answer import aggregate
from topco.items.law import ItemLaw
from topco.licensing.cases.case import Case, Party
from topco.licensing.cases.facts import Addend, Amount, ListedShare
from topco.licensing.cases.places import DESTINATION, Places
from topco.licensing.law.law_slice import LawSlice
from topco.licensing.law.ruleset import Measure
from topco.namespaces import local_name

QUANTITY, EACH, GROUP_YEAR, FLEET, INSTALLED, LISTED_SHARE = (
    "transaction.quantity_tpp",
    "item.tpp",
    "tallies.lpp_group_year_tpp",
    "veu.installed_tpp_by_country",
    "tallies.nveu_installed_tpp",
    "party.listed_owner_percent",
)
PERCENT = 100


@dataclass(frozen=True)
class Amounts:
    """The sums of one case; `known` are lower bounds of figures that the case leaves out, by path.

    `listed` are the shares that listed parties hold in parties of the store, by identifier.
    """

    places: Places
    items: ItemLaw
    day: date
    where: str
    known: Mapping[str, tuple[Decimal, str]]
    listed: Mapping[str, ListedShare] = field(default_factory=dict)

    @property
    def slice(self) -> LawSlice:
        return self.places.slice

    def measured(self, case: Case, measure: Measure, party: int | None, of: Party | None, try_both: bool) -> Amount:
        """One measure of a case, or of one of its parties."""
        if measure.outside is not None:
            return self._of_fleet(case, measure, try_both)
        addends = tuple(self._addend(case, path, of) for path in measure.addends)
        values = [one.value for one in addends if one.value is not None]
        parameter = self.slice.parameters.get(measure.parameter)
        total = Fraction(sum(values, Decimal(0))) if values else None
        over: bool | None = None
        if parameter is not None and total is not None:
            over = parameter.is_over(total + self._at_least(addends))
            if not over and (len(values) < len(addends) or any(one.at_least for one in addends)):
                over = None
        return Amount(measure.iri, addends, over, try_both, party, total)

    def _addend(self, case: Case, path: str, party: Party | None) -> Addend:
        value: Any
        if path == QUANTITY:
            value = order_quantity(case, self.where, self.items)
        elif path == EACH:
            value = case.item.tpp if case.item.tpp is not None else _one(case, self.items)
        elif path == GROUP_YEAR:
            value = self._group_year(case)
        else:
            value = party if path.startswith("party.") else case
            for step in path.removeprefix("party.").split("."):
                value = getattr(value, step)
        if value is None and path in self.known:
            bound, origin = self.known[path]
            return Addend(path, bound, origin, at_least=True)
        share = self.listed.get(party.entity or "") if path == LISTED_SHARE and party is not None else None
        if value is None and share is not None:
            return Addend(path, share.percent, share.words, at_least=not share.below)
        return Addend(path, value if isinstance(value, Decimal) else None)

    def _group_year(self, case: Case) -> Decimal | None:
        """What the group received in the calendar year of the transaction: as stated, else its stated receipts."""
        tallies = case.tallies
        if tallies.lpp_group_year_tpp is not None or tallies.lpp_receipts is None:
            return tallies.lpp_group_year_tpp
        return sum((one.tpp for one in tallies.lpp_receipts if one.date.year == self.day.year), Decimal(0))

    def _at_least(self, addends: tuple[Addend, ...]) -> int:
        """What an order adds whose quantity nobody states: something, so that what is used up is over its limit."""
        return 1 if any(one.path == QUANTITY and one.value is None for one in addends) else 0

    def _of_fleet(self, case: Case, measure: Measure, try_both: bool) -> Amount:
        """The part of an installed base that stands outside a group of destinations."""
        fleet = self._fleet(case)
        parameter = self.slice.parameters.get(measure.parameter)
        installed = case.tallies.nveu_installed_tpp
        if fleet is None and parameter is not None and installed is not None and not measure.share:
            over = parameter.is_over(installed)
            return Amount(measure.iri, (Addend(INSTALLED, installed),), over, try_both, None, Fraction(installed))
        if fleet is None or parameter is None:
            return Amount(measure.iri, (Addend(FLEET, None),), None, try_both)
        known = {code: tpp for code, tpp in fleet.items() if tpp is not None}
        outside = {code: tpp for code, tpp in known.items() if measure.outside not in self._groups(code)}
        counted = {max(outside, key=lambda code: outside[code])} if measure.single and outside else set(outside)
        part = Fraction(sum((outside[code] for code in counted), Decimal(0)))
        whole = Fraction(sum(known.values(), Decimal(0)))
        total = (part * PERCENT / whole if whole else Fraction(0)) if measure.share else part
        over = parameter.is_over(total)
        missing = [code for code in fleet if code not in known]
        decided = over if not missing or self._stands(measure, over, missing) else None
        stated = {code: Addend(f"{FLEET}.{code}", fleet[code]) for code in sorted(fleet)}
        summed = [code for code in stated if code in counted or not measure.single]
        addends, beside = ([stated[code] for code in stated if (code in summed) is of] for of in (True, False))
        return Amount(measure.iri, tuple(addends), decided, try_both, None, total, tuple(beside))

    def _stands(self, measure: Measure, over: bool, missing: list[str]) -> bool:
        """Whether what is known of a fleet decides, whatever stands in the places whose figures are missing."""
        abroad = [code for code in missing if measure.outside not in self._groups(code)]
        if not over:
            return not abroad
        return not measure.share or (len(abroad) == len(missing) and not measure.single)

    def _fleet(self, case: Case) -> dict[str, Decimal | None] | None:
        """The installed base by destination; a territory counts with the state whose destination it is."""
        if case.veu is None or case.veu.installed_tpp_by_country is None:
            return None
        fleet: dict[str, Decimal | None] = {}
        for code, tpp in case.veu.installed_tpp_by_country.items():
            self.places.readings(DESTINATION, code, f"{self.where}: {FLEET}")
            there = self.places.treated_as(code)
            before = fleet.get(there, Decimal(0))
            fleet[there] = None if tpp is None or before is None else before + tpp
        return fleet

    def _groups(self, code: str) -> frozenset[str]:
        return self.slice.groups_of.get(local_name(code), frozenset())


def order_quantity(case: Case, where: str | None = None, items: ItemLaw | None = None) -> Decimal | None:
    """The aggregate processing performance of the order: as stated, or units times that of one; None if unknown.

    With `items` that of one may be computed from the figures of the chip or its parts (748 supp. 2 (c)(4)).

    Raises:
        BadInput: both are stated and they differ.
    """
    stated, units, each = case.transaction.quantity_tpp, case.transaction.units, case.item.tpp
    if each is None and items is not None and units is not None:
        each = _one(case, items)
    computed = units * each if units is not None and each is not None else None
    if stated is not None and computed is not None and stated != computed:
        raise BadInput(
            f"transaction.quantity_tpp is {stated:,}, and transaction.units times that of one is {computed:,}.",
            where=where,
            remedy="State one of the two, or make them agree.",
        )
    return stated if stated is not None else computed


def _one(case: Case, items: ItemLaw) -> Decimal | None:
    """The processing performance of one item, from its figures; None where they leave it open."""
    total = aggregate(case.item, items)
    if total is None or not total.known:
        return None
    return Decimal(total.low.numerator) / Decimal(total.low.denominator)
