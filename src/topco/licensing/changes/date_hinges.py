"""The date of a case as a hinge: the stretches of days on which neither the law nor what the case counts changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from topco.licensing.changes.hinges import DATE, Choice, Hinge
from topco.licensing.changes.paths import Setting
from topco.licensing.law.body import FROM, TO
from topco.licensing.law.ruleset import COMBINATION_CLASSES, RULE_CLASSES
from topco.licensing.law.vocabulary import concept, node
from topco.namespaces import local_name

if TYPE_CHECKING:
    from topco.licensing.changes.trials import Trial, Trials
    from topco.licensing.law.body import Law

DAY = timedelta(days=1)
STEPS = ("transaction", "date")


@dataclass(frozen=True)
class DateHinges:
    """The date of one trial; `evidence` are further days on which what the store says of parties changes."""

    trials: Trials
    trial: Trial
    evidence: frozenset[date] = frozenset()

    def all(self) -> Iterator[Hinge]:
        """One hinge with every stretch of days, or none where the caller has fixed the dates."""
        options = self.trials.determiner.options
        if options.rules_as_of is not None and options.as_of is not None:
            return
        today = self.trials.determiner.frame(self.trial.prepared.case).as_of
        now = self.trial.prepared.case.transaction.date or today
        stretches = self._stretches()
        choices = []
        kept = []
        for first, last in stretches:
            if (first is None or first <= now) and (last is None or now <= last):
                continue
            nearest = last if last is not None and last < now else first
            assert nearest is not None
            away = (nearest - now).days
            margin = f"{abs(away)} day{'s' if abs(away) != 1 else ''}"
            settings = (Setting(STEPS, nearest.isoformat()),)
            choices.append(Choice(settings, _said(first, last), distance=Fraction(away), margin=margin))
            kept.append((first, last))

        def describe(chosen: Sequence[int]) -> str:
            return " or ".join(_said(*one) for one in _joined([kept[index] for index in sorted(chosen)]))

        shown = self.trial.prepared.case.transaction.date
        read = frozenset({("date", "transaction")})
        told = shown.isoformat() if shown else None
        yield Hinge(DATE, "transaction.date", "date", None, told, read, tuple(choices), describe)

    def _stretches(self) -> list[tuple[date | None, date | None]]:
        """Stretches of days on which nothing that this case may read changes."""
        first_days = sorted(self._law_days() | self.evidence | self._years())
        ends: list[date | None] = [None, *first_days, None]
        return [(first, last and last - DAY) for first, last in pairwise(ends)]

    def _law_days(self) -> set[date]:
        """The days on which the law changes in something that this case may read."""
        determiner = self.trials.determiner
        if determiner.options.rules_as_of is not None:
            return set()
        law, reading = determiner.law, determiner.frame(self.trial.prepared.case).reading
        silent, others, places = self._silent(), _without_effect(law, reading), self._places()
        days = set()
        for predicate in (FROM, TO):
            for quad in law.store.quads_for_pattern(None, predicate, None, None):
                subject = quad.subject
                if not isinstance(subject, NamedNode) or not isinstance(quad.object, Literal) or subject in others:
                    continue
                members = {local_name(one.value) for one in law.objects(subject, node("member"))}
                elsewhere = bool(members) and places is not None and not members & places
                if not elsewhere and law.value(subject, node("ofParameter")) not in silent:
                    days.add(date.fromisoformat(quad.object.value))
        return days

    def _places(self) -> set[str] | None:
        """The countries of which the case speaks; None where it may be any."""
        facts, destinations = self.trial.outcome.facts, self.trial.prepared.engine.slice.destinations
        if self.trial.prepared.recipients or any(fact.is_open for fact in facts.countries):
            return None
        named = {code for fact in facts.countries for code in fact.shown}
        named |= {one.place.code for one in facts.side if one.place.code is not None}
        return named | {destinations[code][0] for code in named if code in destinations}

    def _silent(self) -> set[str | None]:
        """The parameters of sums of which the case says nothing."""
        ruleset, amounts = self.trial.prepared.ruleset, self.trial.outcome.facts.amounts
        told = {amount.measure for amount in amounts if any(part.value is not None for part in amount.addends)}
        return {concept("parameter", one.parameter).value for one in ruleset.measures if one.iri not in told}

    def _years(self) -> set[date]:
        """The first days of the years whose receipts the case counts."""
        receipts = self.trial.prepared.case.tallies.lpp_receipts or ()
        return {date(year, 1, 1) for one in receipts for year in (one.date.year, one.date.year + 1)}


def _without_effect(law: Law, reading: str) -> set[NamedNode]:
    """What changes no code: rules of other readings, those that only add to an answer, and periods."""
    found = {one for kind in ("LawPeriod", "DutyRule", "DocumentRule", "RedFlagRule") for one in law.subjects(kind)}
    for kind in (*RULE_CLASSES, *COMBINATION_CLASSES):
        for rule in law.subjects(kind):
            sets = [NamedNode(one.value) for one in law.objects(rule, node("inRuleSet"))]
            if all(local_name(law.value(one, node("reading")) or "") != reading for one in sets):
                found.add(rule)
    return found


def _joined(stretches: Sequence[tuple[date | None, date | None]]) -> list[tuple[date | None, date | None]]:
    found: list[tuple[date | None, date | None]] = []
    for first, last in stretches:
        if found and found[-1][1] is not None and first is not None and found[-1][1] + DAY == first:
            found[-1] = found[-1][0], last
        else:
            found.append((first, last))
    return found


def _said(first: date | None, last: date | None) -> str:
    if first is None:
        return f"up to {last}"
    return f"from {first} on" if last is None else f"from {first} to {last}"
