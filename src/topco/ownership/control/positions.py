"""From holdings to positions: what an owner has in a company and a family, between which bounds.

Section 1 of `docs/ownership.md`. Rows with an exact share are added; a band, or a row that says no share, describes
the whole position and is added to nothing. What a company holds in itself is taken out of its total. What others
certainly have cannot be his.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from topco.ownership import graph
from topco.ownership.control.criteria import Family
from topco.ownership.graph import Nodes, Offsets
from topco.ownership.shares import WHOLE

Units = NDArray[np.int64]
Flags = NDArray[np.bool_]

NO_SHARE = -1
_FAMILIES = len(Family)


@dataclass(frozen=True)
class Holdings:
    """Holdings in force, one per row; owners and companies are nodes 0 … n-1.

    Attributes:
        family: codes of `Family`.
        exact: units, or `NO_SHARE`; then `lower` and `upper` say what is known.
        lower, upper: the least and the greatest number of units, exclusive bounds moved inside by one unit; 0 and
            `WHOLE` where nothing is said. Not read of a row with an exact share.
    """

    n: int
    owner: Nodes
    owned: Nodes
    family: NDArray[np.int8]
    exact: Units
    lower: Units
    upper: Units

    def __len__(self) -> int:
        return len(self.owner)

    def take(self, rows: Offsets) -> Holdings:
        """These rows only, over the same nodes."""
        return Holdings(
            self.n,
            self.owner[rows],
            self.owned[rows],
            self.family[rows],
            self.exact[rows],
            self.lower[rows],
            self.upper[rows],
        )


@dataclass(frozen=True)
class Positions:
    """What each owner has in each company and family, in the order of company, family, owner.

    Attributes:
        upper: tightened by what others certainly have, unless more is declared than there is.
        rows, row_offsets: the holdings that position i comes from are `rows[row_offsets[i]:row_offsets[i + 1]]`.
        slot: the company and family of each position, an index into the arrays that follow.
        slot_owned, slot_family, slot_offsets: company and family, and where its positions begin and end.
        declared: the sum of the lower bounds of all owners but the company itself.
        total_lower, total_upper: bounds of what is outstanding: the whole less what the company has in itself.
        over: more is declared than there is (`declared_over_100`); of shares and votes only.

    The company's own position (`owner == owned`) stands among the others and counts for the total alone.
    """

    n: int
    owner: Nodes
    owned: Nodes
    family: NDArray[np.int8]
    lower: Units
    upper: Units
    rows: Offsets
    row_offsets: Offsets
    slot: Offsets
    slot_owned: Nodes
    slot_family: NDArray[np.int8]
    slot_offsets: Offsets
    declared: Units
    total_lower: Units
    total_upper: Units
    over: Flags

    def __len__(self) -> int:
        return len(self.owner)

    @cached_property
    def offsets(self) -> Offsets:
        """Where the positions in each company begin and end."""
        return np.searchsorted(self.owned, np.arange(self.n + 1)).astype(np.int64)

    def of(self, company: int) -> Iterator[int]:
        """The positions in a company, all families and its own among them."""
        return iter(range(int(self.offsets[company]), int(self.offsets[company + 1])))

    def declared_over_100(self) -> list[tuple[int, Family, int, int]]:
        """The findings: company, family, units declared by others, units outstanding at most."""
        return [
            (
                int(self.slot_owned[slot]),
                Family(self.slot_family[slot]),
                int(self.declared[slot]),
                int(self.total_upper[slot]),
            )
            for slot in np.flatnonzero(self.over).tolist()
        ]


def positions(holdings: Holdings, adjacency: Callable[..., tuple[Offsets, Nodes]] = graph.adjacency) -> Positions:
    """The positions that holdings make.

    Args:
        adjacency: `graph.adjacency`, plain or compiled.

    >>> def column(*values): return np.array(values, np.int64)
    >>> rows = Holdings(3, np.array([0, 0, 1]), np.array([2, 2, 2]), np.zeros(3, np.int8),
    ...     column(300_000_000, 400_000_000, -1), column(0, 0, 0), column(0, 0, WHOLE))
    >>> made = positions(rows)
    >>> made.owner.tolist(), made.lower.tolist(), made.upper.tolist()
    ([0, 1], [700000000, 0], [700000000, 300000000])
    """
    if not len(holdings):
        return _nothing(holdings.n)
    company_family = holdings.owned.astype(np.int64) * _FAMILIES + holdings.family
    key = company_family * holdings.n + holdings.owner
    rows: Offsets = np.arange(len(key))
    if (key[1:] < key[:-1]).any():
        # By company in linear time, then within each company: the sort finds almost everything in order.
        grouped = adjacency(holdings.n, holdings.owned, rows.astype(np.int32))[1]
        rows = grouped[np.argsort(key[grouped], kind="stable")].astype(np.int64)
    key = key[rows]
    first = np.flatnonzero(np.concatenate(([True], key[1:] != key[:-1])))
    heads = rows[first]
    lower, upper = _bounds(holdings, rows, first)

    owner, owned = holdings.owner[heads], holdings.owned[heads]
    head_key = company_family[heads]
    begins = np.concatenate(([True], head_key[1:] != head_key[:-1]))
    slot = np.cumsum(begins) - 1
    start = np.flatnonzero(begins)
    own = owner == owned
    family = holdings.family[heads]
    counted = (family == Family.SHARES) | (family == Family.VOTES)
    declared = np.add.reduceat(np.where(own, 0, lower), start)
    own_lower = np.add.reduceat(np.where(own & counted, lower, 0), start)
    own_upper = np.add.reduceat(np.where(own & counted, upper, 0), start)
    over = ((declared > WHOLE - own_lower) | (own_lower > WHOLE)) & counted[start]
    total_upper = np.maximum(0, WHOLE - own_lower)
    total_lower = np.where(
        over, total_upper, np.clip(WHOLE - own_upper, np.minimum(declared, total_upper), total_upper)
    )

    room = (total_upper - declared)[slot] + lower
    upper = np.where(own | over[slot] | ~counted, upper, np.minimum(upper, room))
    return Positions(
        holdings.n,
        owner.astype(np.int32),
        owned.astype(np.int32),
        family.astype(np.int8),
        lower,
        upper,
        rows,
        np.append(first, len(rows)).astype(np.int64),
        slot.astype(np.int64),
        owned[start].astype(np.int32),
        family[start].astype(np.int8),
        np.append(start, len(owner)).astype(np.int64),
        declared,
        total_lower,
        total_upper,
        over,
    )


def _bounds(holdings: Holdings, rows: Offsets, first: Offsets) -> tuple[Units, Units]:
    """Of each position, the rows of which begin at `first`: its lower and its upper bound, not tightened."""
    exact, least, most = holdings.exact[rows], holdings.lower[rows], holdings.upper[rows]
    known = exact != NO_SHARE
    if len(first) == len(rows):
        return np.where(known, exact, least), np.where(known, exact, np.maximum(least, most))
    added = np.add.reduceat(np.where(known, exact, 0), first)
    lower = np.maximum(added, np.maximum.reduceat(np.where(known, 0, least), first))
    ceiling = np.minimum.reduceat(np.where(known, np.iinfo(np.int64).max, most), first)
    banded = np.logical_or.reduceat(~known, first)
    return lower, np.where(banded, np.maximum(lower, ceiling), added)


def _nothing(n: int) -> Positions:
    nodes, units, codes = np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.int8)
    zero = np.zeros(1, np.int64)
    flags = np.empty(0, np.bool_)
    return Positions(
        n, nodes, nodes, codes, units, units, units, zero, units, nodes, codes, zero, units, units, units, flags
    )
