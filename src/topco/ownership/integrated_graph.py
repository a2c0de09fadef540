"""Positions built once into the graphs that integrated shares are computed on, and asked often."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from topco.ownership.bulk import COMPILED
from topco.ownership.graph import Nodes, Offsets
from topco.ownership.integrated_kernels import amplification
from topco.ownership.shares import WHOLE
from topco.ownership.weighted import CLOSED, OPEN, OVERFLOWING, SINGLE, SOLVED_UP_TO, Codes, Weighted

Units = NDArray[np.int64]


@dataclass(frozen=True)
class PositionGraph:
    """Who holds how much of what, on one day and in one family.

    Attributes:
        owner, owned: node numbers below `n`; the pairs are distinct and sorted by owned company, then owner.
        lower, upper: bounds of each position in units of `topco.ownership.shares`.
        total: of each company, the most units that are not its own (treasury shares are nobody's): lower bounds are
            parts of this.
        least_total: the fewest such units, of which upper bounds are parts; less only where the own share is a band.
    """

    n: int
    owner: Nodes
    owned: Nodes
    lower: Units
    upper: Units
    total: Units
    least_total: Units

    @classmethod
    def of(
        cls,
        n: int,
        owner: Nodes,
        owned: Nodes,
        lower: Units,
        upper: Units,
        total: Units | None = None,
        least_total: Units | None = None,
    ) -> PositionGraph:
        """The graph of these positions. Rows of one owner in one company are added; what a company holds in itself is
        left out, since `total` speaks of it.
        """
        total = np.full(n, WHOLE, np.int64) if total is None else np.asarray(total, np.int64)
        least_total = total if least_total is None else np.asarray(least_total, np.int64)
        pair = np.asarray(owned, np.int64) * n + np.asarray(owner, np.int64)
        pair = np.where(np.asarray(owner) == np.asarray(owned), -1, pair)
        distinct, row = np.unique(pair, return_inverse=True)
        sums = [np.zeros(len(distinct), np.int64) for _ in range(2)]
        for units, bound in zip(sums, (lower, upper), strict=True):
            np.add.at(units, row, np.asarray(bound, np.int64))
        kept = (distinct >= 0) & (sums[1] > 0)
        pairs = distinct[kept]
        holder, company = (pairs % n).astype(np.int32), (pairs // n).astype(np.int32)
        low, high = np.minimum(sums[0][kept], total[company]), np.minimum(sums[1][kept], least_total[company])
        return cls(n, holder, company, low, high, total, least_total)

    @cached_property
    def exact(self) -> bool:
        """Whether every position is exact, so that one pass gives both bounds."""
        same_total = np.array_equal(self.total, self.least_total)
        return same_total and bool(np.array_equal(self.lower, self.upper))

    @cached_property
    def below(self) -> Weighted:
        """The graph of the lower bounds."""
        return self._weighted(self.lower, self.total)

    @cached_property
    def above(self) -> Weighted:
        """The graph of the upper bounds; the same object as `below` where every position is exact."""
        return self.below if self.exact else self._weighted(self.upper, self.least_total)

    def _weighted(self, units: Units, total: Units) -> Weighted:
        with_share = units > 0
        owner, owned, units = self.owner[with_share], self.owned[with_share], units[with_share]
        share = units / total[owned]
        up_offsets, up_owner = COMPILED.adjacency(self.n, owned, owner)
        by_owner = np.argsort(owner, kind="stable")
        down_offsets, down_owned = COMPILED.adjacency(self.n, owner, owned)
        component, count = COMPILED.components(up_offsets, up_owner)
        member_offsets, member_nodes = COMPILED.adjacency(count, component, np.arange(self.n, dtype=np.int32))
        place = np.empty(self.n, np.int32)
        place[member_nodes] = np.arange(self.n) - member_offsets[component[member_nodes]]
        inside = component[owner] == component[owned]
        within = np.zeros(self.n, np.int64)
        np.add.at(within, owned[inside], units[inside])
        declared = np.zeros(self.n, np.int64)
        np.add.at(declared, owned, units)
        kind = _kinds(member_offsets, member_nodes, within, total)
        leak = np.maximum(total - within, 0) / np.maximum(total, 1)
        most, endless = amplification(
            up_offsets,
            up_owner,
            share,
            component,
            member_offsets,
            member_nodes,
            place,
            kind,
            leak,
            declared <= total,
        )
        sizes = np.diff(member_offsets)
        room = np.where((kind == OPEN) & (sizes <= SOLVED_UP_TO), sizes * sizes, 0)
        inverse_offsets = np.append(0, np.cumsum(room)).astype(np.int64)
        return Weighted(
            up_offsets,
            up_owner,
            share,
            down_offsets,
            down_owned,
            share[by_owner],
            component,
            member_offsets,
            member_nodes,
            place,
            kind,
            leak,
            most,
            endless,
            inverse_offsets,
            np.empty(int(inverse_offsets[-1]), np.float64),
            np.zeros(count, np.int8),
        )


def _kinds(member_offsets: Offsets, member_nodes: Nodes, within: Units, total: Units) -> Codes:
    """The kind of each component, decided on exact units."""
    sizes = np.diff(member_offsets)
    starts = member_offsets[:-1]
    spare = (total - within)[member_nodes]
    least, most = np.minimum.reduceat(spare, starts), np.maximum.reduceat(spare, starts)
    kind = np.where(least < 0, OVERFLOWING, np.where(most == 0, CLOSED, OPEN))
    return np.where(sizes == 1, SINGLE, kind).astype(np.int8)
