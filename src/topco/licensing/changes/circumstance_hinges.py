"""Papers, circumstances and words of a case as hinges: given or not, and every word that queries tell apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from topco.licensing.cases.case import STATED_BY, EndUse
from topco.licensing.changes.hinges import CONDITION, WORD, Choice, Hinge
from topco.licensing.changes.paths import Setting, Steps, value_at, written
from topco.licensing.changes.place_hinges import party_steps
from topco.licensing.decision.keys import DESIGNERS
from topco.licensing.decision.values import partition, told_apart

if TYPE_CHECKING:
    from topco.licensing.cases.facts import Circumstance
    from topco.licensing.changes.trials import Trial, Trials

OF_PARTY = "party."


@dataclass(frozen=True)
class CircumstanceHinges:
    """The papers, circumstances and words of one trial."""

    trials: Trials
    trial: Trial

    def all(self) -> Iterator[Hinge]:
        """One hinge for each that some rule reads, and that the case can state."""
        for one in self.trial.outcome.facts.circumstances:
            hinge = self._condition(one)
            if hinge is not None:
                yield hinge
        yield from self._words("designer", ("item", "designer"), DESIGNERS, lambda word: word)
        yield from self._words("endUse", ("transaction", "end_use"), get_args(EndUse), lambda word: [word])

    def _condition(self, one: Circumstance) -> Hinge | None:
        condition = next(rule for rule in self.trial.prepared.ruleset.conditions if rule.iri == one.iri)
        below: Steps = ()
        if one.party is not None:
            found = party_steps(self.trials, self.trial, one.party)
            if found is None or found == ("veu",):
                return None
            below = found
        *before, last = condition.path.removeprefix(OF_PARTY).split(".")
        name, values = STATED_BY.get(last, (last, {True: True, False: False}))
        steps = (*below, *before, name)
        choices = tuple(
            Choice((Setting(steps, value),), _said(value)) for given, value in values.items() if given is not one.stated
        )
        return Hinge(
            CONDITION,
            written(steps),
            condition.label,
            one.party,
            value_at(self.trials.data, steps),
            frozenset({("condition", condition.name)}),
            choices,
            _one_of(choices),
        )

    def _words(self, name: str, steps: Steps, words: Sequence[str], stated: Callable[[str], Any]) -> Iterator[Hinge]:
        readers = self.trial.prepared.ruleset.readers("topco", name)
        if not readers:
            return
        now = value_at(self.trials.data, steps)
        texts = [rule.text for rule in readers]
        choices = tuple(
            Choice((Setting(steps, stated(members[0])),), " or ".join(members).replace("_", " "), members=members)
            for members in (found for _, found in partition({word: told_apart(word, texts) for word in words}))
            if now not in [stated(word) for word in members]
        )
        yield Hinge(WORD, written(steps), name, None, now, frozenset({("topco", name)}), choices, _one_of(choices))


def _one_of(choices: Sequence[Choice]) -> Callable[[Sequence[int]], str]:
    return lambda chosen: " or ".join(choices[index].words for index in sorted(chosen))


def _said(value: Any) -> str:
    return str(value).lower().replace("_", " ") if isinstance(value, bool) else str(value).replace("_", " ")
