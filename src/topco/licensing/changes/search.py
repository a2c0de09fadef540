"""The smallest changes of facts that give an outcome: one fact first, then two and three, as far as a bound allows.

Every change is a trial of the changed case. Several facts are tried together only where no single one gives the
outcome, and only those that the rules read which stand against it. A set of changes is shown if it gives the outcome
and no part of it does: every part is tried as well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import combinations, islice, product
from typing import TYPE_CHECKING

from topco.licensing.changes.hinges import DATE, FIGURE, PLACE, SHARE, Hinge
from topco.licensing.decision.values import partition
from topco.licensing.law.conclusions import with_what_they_read

if TYPE_CHECKING:
    from topco.licensing.changes.targets import Target
    from topco.licensing.changes.trials import Codes, Settings, Trial, Trials
    from topco.licensing.law.rule import Rule

Several = tuple[tuple[Hinge, int], ...]
"""Several hinges, each with the position of one of its choices."""
MOST_FACTS = 3
MOST_TRIED = 1_200
IN_ORDER = frozenset({FIGURE, DATE})


@dataclass(frozen=True)
class Change:
    """Facts that would have to be others, which values that are, and the answer of the case with the values tried.

    `chosen` holds for every hinge the positions of its choices that give the outcome; `settings` are those tried.
    """

    hinges: tuple[Hinge, ...]
    chosen: tuple[tuple[int, ...], ...]
    settings: Settings
    codes: Codes


@dataclass(frozen=True)
class Found:
    """The changes that give an outcome, and what was not tried, in words."""

    changes: tuple[Change, ...]
    not_tried: tuple[str, ...]


class Search:
    """Looks for changes among the hinges of one trial."""

    def __init__(self, trials: Trials, base: Trial, hinges: Sequence[Hinge]) -> None:
        self.trials, self.base, self.hinges = trials, base, tuple(hinges)

    @cached_property
    def singles(self) -> list[tuple[Hinge, tuple[Trial | None, ...]]]:
        """Every hinge with the trial of each of its choices."""
        every = self.trials.all([choice.settings for hinge in self.hinges for choice in hinge.choices])
        found = iter(every)
        return [(hinge, tuple(islice(found, len(hinge.choices)))) for hinge in self.hinges]

    def single_changes(self, counts: Iterable[tuple[Hinge, int, Trial]]) -> list[Change]:
        """Single changes: of figures and dates the nearest on either side, of others one for every answer."""
        of_hinge: dict[Hinge, dict[int, Codes]] = defaultdict(dict)
        for hinge, index, trial in counts:
            of_hinge[hinge][index] = trial.codes
        return [change for hinge, found in of_hinge.items() for change in self._of_hinge(hinge, found)]

    def _of_hinge(self, hinge: Hinge, found: dict[int, Codes]) -> Iterator[Change]:
        if hinge.kind not in IN_ORDER or hinge.now is None:
            for codes in dict.fromkeys(found.values()):
                chosen = tuple(index for index, of_choice in found.items() if of_choice == codes)
                yield Change((hinge,), (chosen,), hinge.choices[chosen[0]].settings, codes)
            return
        for side in (-1, 1):
            there = [index for index in found if hinge.choices[index].distance * side > 0]
            if there:
                best = min(there, key=lambda index: abs(hinge.choices[index].distance))
                run = _run([index for index in there if found[index] == found[best]], best)
                yield Change((hinge,), (tuple(run),), hinge.choices[best].settings, found[best])

    def flips(self, target: Target) -> Found:
        """The smallest changes that give an outcome."""
        one = [
            (hinge, index, trial)
            for hinge, trials in self.singles
            for index, trial in enumerate(trials)
            if trial is not None and target.met(trial.codes)
        ]
        if one:
            return Found(tuple(self.single_changes(one)), ("two or more facts at once, for one is enough",))
        return self._several(target)

    def _several(self, target: Target) -> Found:
        """Sets of two and three facts; the first number that gives the outcome ends the search."""
        relevant = self._relevant(target)
        rules = with_what_they_read(self.base.prepared.ruleset, target.rules)
        budget = MOST_TRIED
        for count in range(2, MOST_FACTS + 1):
            wanted = list(_sets(relevant, count, _every))
            if len(wanted) > budget:
                wanted = list(_sets(relevant, count, partial(_told_apart, rules=rules)))
            left, wanted = len(wanted[budget:]), wanted[:budget]
            budget -= len(wanted)
            found = list(self._that_give(target, wanted))
            if found or left:
                words = [f"{left:,} of the combinations of {count} facts"] if left else []
                return Found(tuple(_merged(found)), (*self._left_out(), *words, f"{count + 1} or more facts at once"))
        return Found((), (*self._left_out(), f"more than {MOST_FACTS} facts at once"))

    def _left_out(self) -> tuple[str, ...]:
        kinds = {hinge.kind for hinge in self.hinges} & {DATE, SHARE}
        return (f"the {' and the '.join(sorted(kinds))} together with other facts",) if kinds else ()

    def _that_give(self, target: Target, wanted: Sequence[Several]) -> Iterator[Change]:
        settings = [_settings(several) for several in wanted]
        for several, tried, trial in zip(wanted, settings, self.trials.all(settings), strict=True):
            if trial is not None and target.met(trial.codes) and self._is_minimal(target, several):
                hinges, chosen = zip(*several, strict=True)
                yield Change(hinges, tuple((index,) for index in chosen), tried, trial.codes)

    def _is_minimal(self, target: Target, several: Several) -> bool:
        """Whether no part of a set of changes gives the outcome."""
        parts = [_settings(part) for count in range(1, len(several)) for part in combinations(several, count)]
        return not any(trial is not None and target.met(trial.codes) for trial in self.trials.all(parts))

    def _relevant(self, target: Target) -> list[Hinge]:
        """The hinges that are read by rules against the outcome, and by those whose conclusions these read."""
        against = {premise.rule for premise in target.premises(self.base)}
        rules = with_what_they_read(self.base.prepared.ruleset, against)
        read = {pair for rule in rules for pair in rule.named}
        return [hinge for hinge in self.hinges if hinge.kind not in (DATE, SHARE) and hinge.read_as & read]


def _sets(hinges: Sequence[Hinge], count: int, choices: Callable[[Hinge], Iterable[int]]) -> Iterator[Several]:
    """Every way to change so many facts at once."""
    for chosen in combinations(hinges, count):
        if len({path for hinge in chosen for path in hinge.paths}) == sum(len(hinge.paths) for hinge in chosen):
            yield from product(*([(hinge, index) for index in choices(hinge)] for hinge in chosen))


def _settings(several: Several) -> Settings:
    return tuple(one for hinge, index in several for one in hinge.choices[index].settings)


def _every(hinge: Hinge) -> tuple[int, ...]:
    return tuple(range(len(hinge.choices)))


def _told_apart(hinge: Hinge, rules: Iterable[Rule]) -> tuple[int, ...]:
    """Of every class of choices that these rules tell apart, one."""
    if hinge.kind != PLACE:
        return _every(hinge)
    ((_, name),) = hinge.read_as
    groups = frozenset(group for rule in rules if name in rule.names_read("topco") for group in rule.groups_of(name))
    alike = partition({str(index): choice.marks & groups for index, choice in enumerate(hinge.choices)})
    return tuple(int(members[0]) for _, members in alike)


def _run(indexes: Sequence[int], start: int) -> list[int]:
    """The positions of a run without gaps around one of them.

    >>> _run([0, 2, 3, 5], 3)
    [2, 3]
    """
    held, found = set(indexes), [start]
    for step in (1, -1):
        at = start + step
        while at in held:
            found.append(at)
            at += step
    return sorted(found)


def _merged(changes: Sequence[Change]) -> Iterator[Change]:
    """Changes of the same facts with the same answer as one, where every combination of their values is among them."""
    by_facts: dict[tuple[tuple[str, ...], Codes], list[Change]] = defaultdict(list)
    for change in changes:
        by_facts[tuple(hinge.path for hinge in change.hinges), change.codes].append(change)
    for alike in by_facts.values():
        first = alike[0]
        unions = [sorted({index for one in alike for index in one.chosen[place]}) for place in range(len(first.hinges))]
        size = 1
        for union in unions:
            size *= len(union)
        if size == len(alike):
            yield Change(first.hinges, tuple(map(tuple, unions)), first.settings, first.codes)
        else:
            yield from alike
