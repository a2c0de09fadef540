"""A set of changes found step by step, where more facts are in the way than all combinations could be tried of.

Every step adds the change that leaves the fewest premises against the outcome; where no single one leaves fewer, the
pair that does. Then every part of the set is tried, and the smallest that gives the outcome stays: nothing can be left
out of it, though another set may be smaller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from topco.licensing.changes.hinges import Hinge
    from topco.licensing.changes.targets import Target
    from topco.licensing.changes.trials import Settings, Trial, Trials

Several = tuple[tuple["Hinge", int], ...]
"""Several hinges, each with the position of one of its choices."""
MOST_STEPS = 7
MOST_PAIRS = 400


@dataclass(frozen=True)
class Climb:
    """Looks for a set of changes of one case that gives one outcome; `relevant` are the hinges in a trial's way."""

    trials: Trials
    target: Target
    relevant: Callable[[Trial], Sequence[Hinge]]

    def found(self, base: Trial) -> Several | None:
        """A set of which no part gives the outcome; None if no such way was found."""
        chosen: Several = ()
        current = base
        for _ in range(MOST_STEPS):
            step = self._step(chosen, current)
            if step is None:
                return None
            chosen, current = step
            if self.target.met(current.codes):
                return self._smallest(chosen)
        return None

    def _step(self, chosen: Several, current: Trial) -> tuple[Several, Trial] | None:
        held = {path for hinge, _ in chosen for path in hinge.paths}
        hinges = [one for one in self.relevant(current) if not one.paths & held]
        single = [(*chosen, (hinge, index)) for hinge in hinges for index in range(len(hinge.choices))]
        return self._best(single, current) or self._best(list(islice(_pairs(chosen, hinges), MOST_PAIRS)), current)

    def _best(self, options: Sequence[Several], current: Trial) -> tuple[Several, Trial] | None:
        """The option that gives the outcome, else the one that leaves the fewest premises, if these are fewer."""
        weighed = self.trials.all([settings_of(option) for option in options])
        tried = [(option, trial) for option, trial in zip(options, weighed, strict=True) if trial is not None]
        ranked = [(self._left(trial), option, trial) for option, trial in tried]
        best = min(ranked, key=lambda one: one[0], default=None)
        return best[1:] if best is not None and best[0] < self._left(current) else None

    def _left(self, trial: Trial) -> int:
        return -1 if self.target.met(trial.codes) else len(self.target.against(trial))

    def _smallest(self, chosen: Several) -> Several:
        """The smallest part of a set that gives the outcome."""
        for count in range(1, len(chosen)):
            parts = list(combinations(chosen, count))
            weighed = self.trials.all([settings_of(part) for part in parts])
            for part, trial in zip(parts, weighed, strict=True):
                if trial is not None and self.target.met(trial.codes):
                    return part
        return chosen


def settings_of(several: Several) -> Settings:
    """What states these choices."""
    return tuple(one for hinge, index in several for one in hinge.choices[index].settings)


def _pairs(chosen: Several, hinges: Sequence[Hinge]) -> Iterator[Several]:
    for one, other in combinations(hinges, 2):
        if not one.paths & other.paths:
            for first in range(len(one.choices)):
                for second in range(len(other.choices)):
                    yield (*chosen, (one, first), (other, second))
