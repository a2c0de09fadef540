"""Where an answer may turn as one position grows or shrinks: the shares that are worth a trial.

Outside rings the answer can change only where the sum of a group that some party counts together meets the threshold,
where others leave room for that, or where a company becomes declared in full or no longer is. Those shares follow from
the figures of the company alone. What they miss inside rings and in integrated shares, the search finds by halving.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from topco.ownership.graph import adjacency, components
from topco.ownership.integrated import owners_of
from topco.ownership.integrated_parents import position_graph
from topco.ownership.shares import WHOLE

if TYPE_CHECKING:
    from topco.ownership.graph import Nodes
    from topco.ownership.questions.share_trials import Trials
    from topco.ownership.snapshot import Evidence

# So many groups above and below are looked at for a position outside them; the nearest decide.
_NEAREST = 8

# A float and a unit differ by less than this many units.
_ROUNDING = 2


class _Group(NamedTuple):
    """Holders of one company that some party counts together, and the sums of their bounds."""

    holders: frozenset[int]
    least: int
    most: int


class Turns:
    """The shares worth a trial, for every position above one entity."""

    def __init__(self, trials: Trials) -> None:
        self._trials, self._made = trials, trials.made
        self._found: dict[int, list[int]] = {}
        self._grouped: dict[int, list[_Group]] = {}
        self._inside: dict[int, dict[int, set[int]]] = {}
        self._outside: dict[int, list[tuple[int, _Group]]] = {}
        self._before: dict[int, dict[int, tuple[float, float]]] = {}

    def complete(self, position: int) -> bool:
        """Whether the turns are all there are: not under an integrated test, nor in a company that is above itself."""
        if self._trials.evidence.test.integrated:
            return False
        component, sizes = self._rings
        return int(sizes[component[self._made.owned[position]]]) == 1

    @cached_property
    def _rings(self) -> tuple[Nodes, Nodes]:
        """Of each node its component in the graph of all rows, and the sizes of the components."""
        evidence = self._trials.evidence
        rows = evidence.relationships, evidence.holdings
        source = np.concatenate([rows[0]["source"].to_numpy(), rows[1]["owned_node"].to_numpy()])
        target = np.concatenate([rows[0]["target"].to_numpy(), rows[1]["owner_node"].to_numpy()])
        component, count = components(*adjacency(len(evidence.ids), source.astype(np.int32), target.astype(np.int32)))
        return component, np.bincount(component, minlength=count).astype(np.int32)

    def of(self, position: int) -> list[int]:
        """By how many units, never 0, the position would have to move, as far as it can; each with the units beside."""
        if position not in self._found:
            lower, upper = self._trials.figures(position)
            most = self._trials.room(position) - lower
            near = {turn + side for turn in self._turns(position, most) for side in (-1, 0, 1)}
            self._found[position] = sorted(turn for turn in near - {0} if -upper <= turn <= most)
        return self._found[position]

    def _turns(self, position: int, most: int) -> list[int]:
        made, slot = self._made, int(self._made.slot[position])
        full = [int(made.total_upper[slot]) - int(made.declared[slot]), most]
        return full + (self._integrated(position) if self._trials.evidence.test.integrated else self._sums(position))

    def _sums(self, position: int) -> list[int]:
        made, test = self._made, self._trials.test
        slot, owner = int(made.slot[position]), int(made.owner[position])
        if owner == int(made.owned[position]):
            # Treasury shares leave less to exceed: the total at which the sums are just the threshold.
            enough = [figure * WHOLE // test.threshold for group in self._groups(slot) for figure in group[1:]]
            return [total - each + side for total in self._totals(slot) for each in enough for side in (-1, 1)]
        found = list(self._within(slot)[owner])
        above, below = 0, 0
        for turn, group in self._beside(slot):
            if owner in group.holders:
                continue
            found.append(turn)
            above, below = above + (turn > 0), below + (turn <= 0)
            if min(above, below) >= _NEAREST:
                break
        return found

    def _totals(self, slot: int) -> set[int]:
        return {int(self._made.total_upper[slot]), int(self._made.total_lower[slot])}

    def _within(self, slot: int) -> dict[int, set[int]]:
        """By holder: how far it is from the sums of the groups that it is in to the threshold."""
        if slot not in self._inside:
            inside: dict[int, set[int]] = defaultdict(set)
            for needed in map(self._trials.test.needed, self._totals(slot)):
                for group in self._groups(slot):
                    for holder in group.holders:
                        inside[holder] |= {needed - group.least, needed - group.most}
            self._inside[slot] = inside
        return self._inside[slot]

    def _beside(self, slot: int) -> list[tuple[int, _Group]]:
        """The nearest first: a move of a holder that leaves a group that it is not in room for just the threshold."""
        if slot not in self._outside:
            declared = int(self._made.declared[slot])
            found: set[tuple[int, _Group]] = set()
            for total in self._totals(slot):
                needed = self._trials.test.needed(total)
                for group in self._groups(slot):
                    found.add((total - declared + group.least - needed, group))
                    counts = range(1, min(len(group.holders), _NEAREST) + 1)
                    found.update((-(-(group.most - needed) // count), group) for count in counts)
            self._outside[slot] = sorted(found, key=lambda one: (abs(one[0]), one[0], sorted(one[1].holders)))
        return self._outside[slot]

    def _groups(self, slot: int) -> list[_Group]:
        if slot not in self._grouped:
            made = self._made
            first, last = made.slot_offsets[slot : slot + 2].tolist()
            members = {int(made.owner[at]): at for at in range(first, last) if made.owner[at] != made.slot_owned[slot]}
            self._grouped[slot] = [
                _Group(
                    group,
                    sum(int(made.lower[members[one]]) for one in group),
                    sum(int(made.upper[members[one]]) for one in group),
                )
                for group in sorted(self._counted_together(list(members)), key=sorted)
            ]
        return self._grouped[slot]

    def _counted_together(self, holders: list[int]) -> set[frozenset[int]]:
        """Of these holders, each by itself, and those that one party must control, or may."""
        held = self._trials.evidence.held
        control = held.control if held is not None and self._trials.test.aggregated else None
        must: dict[int, set[int]] = {holder: {holder} for holder in holders}
        may: dict[int, set[int]] = {holder: {holder} for holder in holders}
        for holder in holders:
            if control is None:
                break
            above = control.controllers_of(holder)
            for party in above.must.tolist():
                must.setdefault(party, set()).add(holder)
            for party in (*above.must.tolist(), *above.may.tolist()):
                may.setdefault(party, set()).add(holder)
        return {frozenset(group) for group in (*must.values(), *may.values())}

    def _integrated(self, position: int) -> list[int]:
        """Where the share of a party in the entity would meet the threshold, if it grew in a straight line."""
        threshold = self._trials.test.threshold / WHOLE
        found: list[int] = []
        for far in (self._trials.room(position), 0):
            for node in self._trials.seats:
                if node not in self._before:
                    self._before[node] = _shares(self._trials.evidence, node)
                after = _shares(self._trials.changed(position, (far, far)), node)
                for party, now in self._before[node].items():
                    for start, end, figure in zip(
                        now, after.get(party, (0.0, 0.0)), self._trials.figures(position), strict=True
                    ):
                        if (start - threshold) * (end - threshold) <= 0 and start != end:
                            turn = round((threshold - start) / (end - start) * (far - figure))
                            found += [turn - _ROUNDING, turn, turn + _ROUNDING]
                for party in after.keys() - self._before[node].keys():
                    low = after[party][0]
                    if low > threshold:
                        found.append(round(threshold / low * far))
        return found


def _shares(evidence: Evidence, node: int) -> dict[int, tuple[float, float]]:
    """The integrated shares in one company by party, lower and upper."""
    if evidence.held is None:
        return {}
    found = owners_of(position_graph(evidence.held.positions), node)
    return dict(zip(found.party.tolist(), zip(found.lower.tolist(), found.upper.tolist(), strict=True), strict=True))
