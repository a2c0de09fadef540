"""The smallest changes of facts that give an outcome: one fact first, then two and three, then one larger set.

Every change is a trial of the changed case. Several facts are tried together only where no single one gives the
outcome, and only those that the rules read which stand against it. A set of changes is shown if it gives the outcome
and no part of it does: every part is tried as well. What was not tried is said.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import combinations, islice, product
from math import prod
from typing import TYPE_CHECKING

from topco.licensing.changes.climbing import Climb, Several, settings_of
from topco.licensing.changes.hinges import DATE, FIGURE, PLACE, SHARE, Hinge
from topco.licensing.decision.values import partition
from topco.licensing.law.conclusions import with_what_they_read

if TYPE_CHECKING:
    from topco.licensing.changes.targets import Target
    from topco.licensing.changes.trials import Codes, Settings, Trial, Trials
    from topco.licensing.law.rule import Rule

MOST_FACTS = 3
MOST_WORLDS = 800
MOST_WIDE = 100
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
        """Sets of two and three facts; where there is none of them, one that is found step by step."""
        if unmovable := self._unmovable(target):
            words = f"several facts at once, for this stands whatever they are: {'; '.join(unmovable)}"
            return Found((), (*self._left_out(), words))
        climbed = Climb(self.trials, target, partial(self._relevant, target)).found(self.base)
        relevant = self._relevant(target, self.base)
        rules = with_what_they_read(self.base.prepared.ruleset, target.rules)
        # What is not known is weighed in every way in which it may turn out: then fewer sets can be tried.
        budget = MOST_WORLDS // len(self.base.outcome.worlds)
        not_tried = list(self._left_out())
        for count in range(2, MOST_FACTS + 1):
            wanted = list(_sets(relevant, count, _every))
            if len(wanted) > budget:
                wanted = list(_sets(relevant, count, partial(_told_apart, rules=rules)))
            found = list(self._that_give(target, wanted[:budget]))
            if left := wanted[budget:]:
                not_tried.append(f"{len(left):,} of the combinations of {count} facts")
            budget = max(0, budget - len(wanted))
            if found:
                return Found(tuple(_merged(found)), (*not_tried, f"{count + 1} or more facts at once"))
        if climbed is None:
            return Found((), (*not_tried, f"more than {MOST_FACTS} facts at once, but for one way"))
        return Found((self._widened(climbed),), (*not_tried, f"other sets of {MOST_FACTS + 1} or more facts"))

    def _unmovable(self, target: Target) -> list[str]:
        """Premises that stand whatever the facts are that their rules read, as far as all of these can be tried."""
        found: dict[str, None] = {}
        for premise in target.premises(self.base):
            hinges = self._read_by([premise.rule])
            if prod(len(hinge.choices) + 1 for hinge in hinges) > MOST_WIDE:
                continue
            ways = product(*([None, *range(len(hinge.choices))] for hinge in hinges))
            sets = [
                [(hinge, index) for hinge, index in zip(hinges, way, strict=True) if index is not None] for way in ways
            ]
            weighed = self.trials.all([settings_of(tuple(one)) for one in sets])
            # An answer in which nothing is asked of the exception any more does not give it either.
            if all(one is None or premise.code in {code for code, _ in target.against(one)} for one in weighed):
                found[f"{premise.rule.label} ({premise.rule.cite})"] = None
        return list(found)

    def _widened(self, several: Several) -> Change:
        """A set of changes with every value that gives the same answer, where all their combinations were tried."""
        trial = self.trials.of(settings_of(several))
        assert trial is not None
        every = [_every(hinge) for hinge, _ in several]
        for place, (hinge, _) in enumerate(several):
            others = [(*several[:place], (hinge, index), *several[place + 1 :]) for index in every[place]]
            weighed = self.trials.all([settings_of(one) for one in others])
            every[place] = tuple(
                index for index, one in zip(every[place], weighed, strict=True) if one and one.codes == trial.codes
            )
        hinges = tuple(hinge for hinge, _ in several)
        if prod(map(len, every)) <= MOST_WIDE:
            sets = [settings_of(tuple(zip(hinges, chosen, strict=True))) for chosen in product(*every)]
            if all(one is not None and one.codes == trial.codes for one in self.trials.all(sets)):
                return Change(hinges, tuple(every), settings_of(several), trial.codes)
        return Change(hinges, tuple((index,) for _, index in several), settings_of(several), trial.codes)

    def _left_out(self) -> tuple[str, ...]:
        kinds = sorted({hinge.kind for hinge in self.hinges} & {DATE, SHARE})
        return (f"{' or '.join(kinds)} together with other facts",) if kinds else ()

    def _that_give(self, target: Target, wanted: Sequence[Several]) -> Iterator[Change]:
        settings = [settings_of(several) for several in wanted]
        for several, tried, trial in zip(wanted, settings, self.trials.all(settings), strict=True):
            if trial is not None and target.met(trial.codes) and self._is_minimal(target, several):
                hinges, chosen = zip(*several, strict=True)
                yield Change(hinges, tuple((index,) for index in chosen), tried, trial.codes)

    def _is_minimal(self, target: Target, several: Several) -> bool:
        """Whether no part of a set of changes gives the outcome."""
        parts = [settings_of(part) for count in range(1, len(several)) for part in combinations(several, count)]
        return not any(trial is not None and target.met(trial.codes) for trial in self.trials.all(parts))

    def _relevant(self, target: Target, trial: Trial) -> list[Hinge]:
        """The hinges that are read by rules against the outcome, and by those whose conclusions these read."""
        return self._read_by({premise.rule for premise in target.premises(trial)})

    def _read_by(self, rules: Iterable[Rule]) -> list[Hinge]:
        """The hinges that rules read, themselves or through the conclusions of others."""
        every = with_what_they_read(self.base.prepared.ruleset, rules)
        read = {pair for rule in every for pair in rule.named}
        return [hinge for hinge in self.hinges if hinge.kind not in (DATE, SHARE) and hinge.read_as & read]


def _sets(hinges: Sequence[Hinge], count: int, choices: Callable[[Hinge], Iterable[int]]) -> Iterator[Several]:
    """Every way to change so many facts at once."""
    for chosen in combinations(hinges, count):
        if len({path for hinge in chosen for path in hinge.paths}) == sum(len(hinge.paths) for hinge in chosen):
            yield from product(*([(hinge, index) for index in choices(hinge)] for hinge in chosen))


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
        if prod(map(len, unions)) == len(alike):
            yield Change(first.hinges, tuple(map(tuple, unions)), first.settings, first.codes)
        else:
            yield from alike
