"""What of the positions can carry control: single holders that suffice, and sums that may.

In most companies one holder decides, or nobody can. Three cases are told apart for each company and family:

- no group of holders exceeds the threshold: nothing is kept;
- some holders exceed it alone, and all others together do not: whoever controls the company has one of the former in
  his group, so these edges say everything (`single`);
- else all holders are kept, and sums over groups must be made (`sums`).

The same for *must*, on lower bounds, and for *may*, on upper bounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from topco.ownership.control.criteria import COUNTED, Family, Test
from topco.ownership.control.kernels import ControlKernels
from topco.ownership.control.positions import Flags, Positions, Units
from topco.ownership.graph import Nodes, Offsets
from topco.ownership.shares import WHOLE


class Rule(NamedTuple):
    """A threshold as the kernels take it."""

    threshold: int
    at_least: bool
    may: bool


class Sums(NamedTuple):
    """Companies and families where sums decide: `offsets` of each company's, then each one's holders and figures."""

    offsets: Offsets
    holder_offsets: Offsets
    holder: Nodes
    lower: Units
    upper: Units
    declared: Units
    total_lower: Units
    total_upper: Units
    over: Flags


@dataclass(frozen=True)
class Edges:
    """What can carry control over each company.

    Attributes:
        company, holder: each suffices alone.
        single: the same as lists by company.
        sums: where holders must be added up.
        sums_company: the company of each holder in `sums`.
    """

    n: int
    rule: Rule
    company: Nodes
    holder: Nodes
    single: tuple[Offsets, Nodes]
    sums: Sums
    sums_company: Nodes


def exceeding(rule: Rule, least: Units, most: Units, slots: tuple[Units, Units, Units, Flags]) -> Flags:
    """Whether groups of holders exceed the threshold (`docs/ownership.md`, 2); one group per entry of the arrays.

    Args:
        least, most: the lower and upper bounds of each group, added up.
        slots: of each group's company and family: declared, bounds of the total, and whether too much is declared.

    What is outstanding lies between two bounds where a company's holding in itself does. A group has the greatest part
    where just all that it can have is outstanding beside what others certainly have.
    """
    declared, total_lower, total_upper, over = slots
    total, have = total_upper, least
    if rule.may:
        rest = declared - least
        total = np.where(over, total, np.minimum(np.maximum(most + rest, total_lower), total))
        have = np.where(over, most, np.minimum(most, total - rest))
    product = rule.threshold * total
    needed = -(-product // WHOLE) if rule.at_least else product // WHOLE + 1
    exceeds: Flags = (have >= np.maximum(needed, 1)) & (total > 0)
    return exceeds


def carrying(
    positions: Positions, test: Test, decisive: tuple[Nodes, Nodes], kernels: ControlKernels, *, may: bool
) -> Edges:
    """The edges that can carry control in the sense of a test.

    Args:
        decisive: companies and the parties with a decisive right in them, besides the board family.
    """
    rule = Rule(test.threshold, test.at_least, may)
    foreign = positions.owner != positions.owned
    counts = np.array([family in test.families and family in COUNTED for family in Family])
    counted = foreign & counts[positions.family]
    counted &= (positions.upper if may else positions.lower) > 0
    chosen = np.flatnonzero(counted)
    lower, upper, slot = positions.lower[chosen], positions.upper[chosen], positions.slot[chosen]

    def figures(index: Offsets) -> tuple[Units, Units, Units, Flags]:
        return (
            positions.declared[index],
            positions.total_lower[index],
            positions.total_upper[index],
            positions.over[index],
        )

    alone = exceeding(rule, lower, upper, figures(slot))
    kept = np.zeros(len(positions.slot_owned), np.bool_)
    if test.aggregated:
        others = slot[~alone]
        slots = len(kept)
        least = _added(others, lower[~alone], slots)
        most = _added(others, upper[~alone], slots)
        kept = exceeding(rule, least, most, figures(np.arange(slots)))
    summed = kept[slot]
    sufficient = chosen[alone & ~summed]
    board = np.empty(0, np.int64)
    if Family.BOARD in test.families:
        board = np.flatnonzero(foreign & (positions.family == Family.BOARD))
    apart = decisive[0] != decisive[1]
    company = np.concatenate((positions.owned[sufficient], positions.owned[board], decisive[0][apart]))
    holder = np.concatenate((positions.owner[sufficient], positions.owner[board], decisive[1][apart]))
    company, holder = company.astype(np.int32), holder.astype(np.int32)

    summing = chosen[summed]
    of_slot = np.flatnonzero(kept)
    sums = Sums(
        np.searchsorted(positions.slot_owned[of_slot], np.arange(positions.n + 1)).astype(np.int64),
        np.searchsorted(slot[summed], np.append(of_slot, len(kept))).astype(np.int64),
        positions.owner[summing],
        positions.lower[summing],
        positions.upper[summing],
        *figures(of_slot),
    )
    single = kernels.adjacency(positions.n, company, holder)
    return Edges(positions.n, rule, company, holder, single, sums, positions.owned[summing])


def _added(slot: Offsets, units: Units, slots: int) -> Units:
    """Units added up by slot; the slots are in ascending order."""
    added = np.concatenate((np.zeros(1, np.int64), np.cumsum(units)))
    ends = np.searchsorted(slot, np.arange(slots + 1))
    return added[ends[1:]] - added[ends[:-1]]
