"""Sums of a case as hinges: on which side of each parameter a figure stands, and how far from it. Exact, no floats."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING

from topco.items.quantities import written as figure
from topco.licensing.cases.amounts import EACH, FLEET, QUANTITY
from topco.licensing.cases.case import LARGEST_AMOUNT
from topco.licensing.changes.figure_ranges import Cut, Range, grouped, joined, ranges_between
from topco.licensing.changes.hinges import FIGURE, Choice, Hinge
from topco.licensing.changes.paths import Setting, Steps, written
from topco.licensing.changes.place_hinges import party_steps

if TYPE_CHECKING:
    from topco.licensing.cases.facts import Amount
    from topco.licensing.changes.trials import Settings, Trial, Trials
    from topco.licensing.law.law_slice import ParameterValue


@dataclass(frozen=True)
class FigureHinges:
    """The sums of one trial."""

    trials: Trials
    trial: Trial

    def all(self) -> Iterator[Hinge]:
        """One hinge for each figure that some sum counts."""
        cuts: dict[tuple[str, int | None], list[Cut]] = defaultdict(list)
        present: dict[tuple[str, int | None], Decimal | None] = {}
        read: dict[tuple[str, int | None], set[tuple[str, str]]] = defaultdict(set)
        for amount in self.trial.outcome.facts.amounts:
            measure = next(one for one in self.trial.prepared.ruleset.measures if one.iri == amount.measure)
            parameter = self.trial.prepared.engine.slice.parameters.get(measure.parameter)
            if parameter is None:
                continue
            for addend in amount.addends:
                key = addend.path, amount.party
                read[key].add(("measure", measure.name))
                present[key] = None if addend.at_least else addend.value
                if addend.path.startswith(FLEET):
                    cuts[key] += self._of_fleet(amount, addend.path, parameter, measure.name)
                else:
                    others = sum((one.value or Decimal(0) for one in amount.addends if one is not addend), Decimal(0))
                    at = parameter.exact - Fraction(others)
                    cuts[key].append(Cut(at, not parameter.is_over(parameter.exact), parameter.unit, measure.name))
        for key, found in cuts.items():
            hinge = self._hinge(*key, present[key], found, frozenset(read[key]))
            if hinge is not None and hinge.choices:
                yield hinge

    def _hinge(
        self,
        path: str,
        party: int | None,
        now: Decimal | None,
        cuts: Sequence[Cut],
        read: frozenset[tuple[str, str]],
    ) -> Hinge | None:
        steps = self._steps(path, party)
        if steps is None:
            return None
        ordered = sorted({(one.at, not one.below): one for one in cuts if one.at >= 0}.items())
        ranges = ranges_between([cut for _, cut in ordered])
        choices, kept = [], []
        for one in ranges:
            if now is not None and one.holds(Fraction(now)):
                continue
            value = one.nearest(now)
            settings = self._settings(steps, value, one) if value is not None else None
            if value is None or settings is None:
                continue
            distance = Fraction(value) - Fraction(now) if now is not None else Fraction(0)
            margin = None if now is None else f"{grouped(one.margin(Fraction(now)))} {one.unit}"
            choices.append(Choice(settings, one.words, distance=distance, margin=margin))
            kept.append(one)

        def describe(chosen: Sequence[int]) -> str:
            return " or ".join(part.words for part in joined([kept[index] for index in sorted(chosen)]))

        shown = None if now is None else figure(Fraction(now))
        return Hinge(FIGURE, written(steps), path.rpartition(".")[2], party, shown, read, tuple(choices), describe)

    def _steps(self, path: str, party: int | None) -> Steps | None:
        if party is not None:
            below = party_steps(self.trials, self.trial, party)
            return (*below, path.removeprefix("party.")) if below and below != ("veu",) else None
        if path == FLEET:
            return None
        if path == QUANTITY and self._each() is not None:
            return ("transaction", "units")
        if path == EACH and self.trial.prepared.case.item.tpp is None:
            return None
        return tuple(path.split("."))

    def _each(self) -> Fraction | None:
        """The processing performance of one, where the case counts units."""
        case = self.trial.prepared.case
        amounts = self.trial.outcome.facts.amounts
        if case.transaction.units is None:
            return None
        total = next((part.value for one in amounts for part in one.addends if part.path == QUANTITY), None)
        return None if total is None else Fraction(total) / Fraction(case.transaction.units)

    def _settings(self, steps: Steps, value: Decimal, inside: Range) -> Settings | None:
        """What states a figure: of an order that is counted, the nearest number of units on the same side."""
        if steps != ("transaction", "units"):
            return (Setting(steps, _plain(value)),)
        each = self._each()
        assert each is not None
        units = next(
            (
                one
                for one in (floor(Fraction(value) / each), ceil(Fraction(value) / each))
                if one > 0 and inside.holds(one * each)
            ),
            None,
        )
        if units is None:
            return None
        found = [Setting(steps, units)]
        if self.trial.prepared.case.transaction.quantity_tpp is not None:
            total = units * each
            found.append(Setting(("transaction", "quantity_tpp"), _plain(Decimal(total.numerator) / total.denominator)))
        return tuple(found)

    def _of_fleet(self, amount: Amount, path: str, parameter: ParameterValue, name: str) -> Iterator[Cut]:
        """The figures of one place of a fleet at which a share of it turns, found by halving."""
        case = self.trial.prepared.case
        code = path.rpartition(".")[2]
        fleet = case.veu.installed_tpp_by_country if case.veu else None
        stated = (fleet or {}).get(code)
        if stated is None or amount.over is None:
            return
        for far in (Decimal(0), LARGEST_AMOUNT):
            near, other = int(stated), int(far)
            if self._over(amount, code, Decimal(other)) == amount.over:
                continue
            while abs(other - near) > 1:
                middle = (near + other) // 2
                near, other = (
                    (middle, other) if self._over(amount, code, Decimal(middle)) == amount.over else (near, middle)
                )
            yield Cut(Fraction(min(near, other)), True, parameter.unit, name)

    def _over(self, amount: Amount, code: str, value: Decimal) -> bool | None:
        """How the sum stands with another figure for one place."""
        case, prepared = self.trial.prepared.case, self.trial.prepared
        assert case.veu is not None
        fleet = {**(case.veu.installed_tpp_by_country or {}), code: value}
        other = case.model_copy(update={"veu": case.veu.model_copy(update={"installed_tpp_by_country": fleet})})
        facts = self.trials.determiner.builder(prepared).build(other, prepared.recipients, "case")
        return next(one.over for one in facts.amounts if one.key == amount.key)


def _plain(value: Decimal) -> int | Decimal:
    return int(value) if value == int(value) else value
