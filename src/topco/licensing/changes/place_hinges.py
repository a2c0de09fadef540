"""Countries of a case as hinges: every class of countries that the rules in force tell apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from topco.licensing.cases.facts import CASE_KEYS, CountryFact
from topco.licensing.cases.places import DESTINATION, LOCATED
from topco.licensing.changes.hinges import PLACE, Choice, Hinge
from topco.licensing.changes.paths import Setting, Steps, written
from topco.licensing.decision.values import Dimension, Value, partition

if TYPE_CHECKING:
    from topco.licensing.changes.trials import Trial, Trials
    from topco.licensing.law.law_slice import LawSlice

NAMED = 3


@dataclass(frozen=True)
class PlaceHinges:
    """The country facts of one trial."""

    trials: Trials
    trial: Trial

    def all(self) -> Iterator[Hinge]:
        """The destination, and of every party where it is, has its headquarters, and has its ultimate parent."""
        for fact in self.trial.outcome.facts.countries:
            groups = self._groups(fact)
            steps = self._steps(fact)
            if groups and steps is not None:
                yield self._hinge(fact, steps, groups)

    def _groups(self, fact: CountryFact) -> frozenset[str]:
        ruleset = self.trial.prepared.ruleset
        if fact.party is None:
            return ruleset.groups_read_for(fact.name, None)
        roles = frozenset(self.trial.outcome.facts.parties[fact.party].roles)
        read = ruleset.roles_read[fact.name]
        return ruleset.groups_read_for(fact.name, roles) if read is None or read & roles else frozenset()

    def _steps(self, fact: CountryFact) -> Steps | None:
        """Where a case states the fact; None if it cannot."""
        if fact.name == DESTINATION:
            return ("transaction", "destination")
        assert fact.party is not None
        below = party_steps(self.trials, self.trial, fact.party)
        if below == ("veu",) and fact.name == LOCATED:
            return None
        return below and (*below, CASE_KEYS[fact.name])

    def _hinge(self, fact: CountryFact, steps: Steps, groups: frozenset[str]) -> Hinge:
        law_slice = self.trial.prepared.engine.slice
        labels = law_slice.countries
        classes = partition(_signatures(law_slice, groups))
        values = tuple(
            Value(_label(law_slice, marks), (), marks, tuple(labels[code] for code in codes))
            for marks, codes in classes
        )
        words = {group: f"in ‘{law_slice.group_names.get(group, group)}’" for group in groups}
        dimension = Dimension(fact.name, fact.name, "", values, mark_words=words)
        known = len(fact.alternatives) == 1 and len(fact.alternatives[0]) == 1
        present = {law_slice.groups_of.get(code, frozenset()) & groups for code in fact.shown} if known else set()
        others = [place for place, (marks, _) in enumerate(classes) if marks not in present]
        near = self._named()
        choices = []
        for place in others:
            marks, codes = classes[place]
            example = _example(codes, near)
            choices.append(Choice((Setting(steps, example),), labels[example], marks, codes))

        def describe(chosen: Sequence[int]) -> str:
            said = dimension.describe(frozenset(others[index] for index in chosen))
            return f"a country {said}" if said else "any country"

        return Hinge(
            PLACE,
            written(steps),
            CASE_KEYS[fact.name],
            fact.party,
            fact.shown[0] if len(fact.shown) == 1 else list(fact.shown) or None,
            frozenset({("topco", fact.name)}),
            tuple(choices),
            describe,
        )

    def _named(self) -> tuple[str, ...]:
        """The countries that the case names anyway: the nearest examples."""
        return tuple(dict.fromkeys(code for fact in self.trial.outcome.facts.countries for code in fact.shown))


def party_steps(trials: Trials, trial: Trial, party: int) -> Steps | None:
    """Where a case states the facts of a party; None for one that it cannot state."""
    case = trial.prepared.case
    if party < len(case.parties):
        return ("parties", party)
    role = trial.outcome.facts.parties[party].roles[0]
    if case.veu is not None and role == "authorised_user":
        return ("veu",)
    return ("parties", len(case.parties)) if role == trials.principal else None


def _signatures(law_slice: LawSlice, groups: frozenset[str]) -> dict[str, frozenset[str]]:
    """The groups of every country, of those that some rule reads; territories that count with a state are left out."""
    return {
        code: law_slice.groups_of.get(code, frozenset()) & groups
        for code in sorted(law_slice.countries, key=lambda code: law_slice.countries[code])
        if code not in law_slice.destinations
    }


def _label(law_slice: LawSlice, marks: frozenset[str]) -> str:
    names = sorted(law_slice.group_names.get(group, group) for group in marks)
    return f"in {', '.join(f'‘{name}’' for name in names)}" if names else "in none of the groups that the rules read"


def _example(codes: Sequence[str], near: Sequence[str]) -> str:
    return next((code for code in near if code in codes), codes[0])
