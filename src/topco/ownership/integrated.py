"""Integrated shares: what an owner has of a company through every path of holdings, with a certified error.

The share of h in y is the sum, over all paths from h down to y, of the products of the shares along them. A path may go
round a ring of cross-holdings any number of times, but leaves h once: what comes back to h is what h already has, and
counting it again would give members of rings more than the whole. With W the matrix of shares and V = W + W·V the sum
over all paths, the share is V[h, y] / (1 + V[h, h]); for an owner outside every ring that is V[h, y] itself.

Both bounds of the positions are carried through. What is certain for h is the figure from the lower bounds, what is
possible that from the upper ones, and never more than the whole. `docs/ownership.md`, section 5, has the definition.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from topco.ownership.graph import Nodes
from topco.ownership.shares import WHOLE, percent

if TYPE_CHECKING:
    from topco.ownership.control.criteria import Test
    from topco.ownership.control.positions import Flags
    from topco.ownership.integrated_graph import PositionGraph, Units
    from topco.ownership.weighted import Codes, Reals, Weighted

EPSILON = 1e-9

RING_WORDS = {1: "open", 2: "closed", 3: "overflowing"}


class Ring(NamedTuple):
    """Companies that hold each other. `kind`: `open`; `closed` where they hold all of each other, so that nobody else
    has anything of them; `overflowing` where they hold more than all, by declaration or by what the bounds allow.
    """

    kind: str
    members: tuple[int, ...]


@dataclass(frozen=True)
class IntegratedShares:
    """The shares of many parties in one company, or of one party in many companies; the greatest first.

    Attributes:
        party: the node numbers of the owners, or of the companies held.
        lower, upper: fractions of the company, 0 to 1.
        error: what every figure may be wrong by at most, through what is left out and through rounding.
        rings: the rings that paths go through.
    """

    party: Nodes
    lower: Reals
    upper: Reals
    error: float
    rings: tuple[Ring, ...]

    def __len__(self) -> int:
        return len(self.party)

    def above(self, cut_off: float) -> IntegratedShares:
        """Those whose share may be at least `cut_off`, a fraction."""
        kept = self.upper + self.error >= cut_off
        return IntegratedShares(self.party[kept], self.lower[kept], self.upper[kept], self.error, self.rings)

    def reaching(self, test: Test) -> tuple[Flags, Flags]:
        """Of each party: whether its share reaches the threshold of a test for certain, and whether it may.

        A figure that the error cannot tell from the threshold counts as just on it.
        """
        threshold = test.threshold / WHOLE
        if test.at_least:
            return self.lower >= threshold - self.error, self.upper >= threshold - self.error
        return self.lower > threshold + self.error, self.upper > threshold + self.error

    def percentages(self) -> list[tuple[int, str, str]]:
        """Each party with its lower and upper share in percent, to the nearest unit."""
        columns = (self.party.tolist(), self.lower.tolist(), self.upper.tolist())
        return [(party, in_percent(low), in_percent(high)) for party, low, high in zip(*columns, strict=True)]


def in_percent(fraction: float) -> str:
    """A fraction as a percentage with at most seven decimals.

    >>> in_percent(0.625), in_percent(1 / 3), in_percent(1.0)
    ('62.5', '33.3333333', '100')
    """
    return percent(round(fraction * WHOLE))


def owners_of(graph: PositionGraph, target: int, epsilon: float = EPSILON) -> IntegratedShares:
    """Everyone who has a share in a company through any path.

    Args:
        epsilon: the error that is asked for, as a fraction. Owners further up whose share is smaller may be missing.
            `error` of the result says what was reached; it is more only by rounding and in rings of thousands of
            companies that hardly anyone else owns.
    """
    from topco.ownership.integrated_kernels import upwards

    return _both_bounds(graph, target, lambda *given: upwards(*given), epsilon)


def holdings_of(graph: PositionGraph, owner: int, epsilon: float = EPSILON) -> IntegratedShares:
    """Everything that a party has a share in through any path: the whole group below it, however small the share."""
    from topco.ownership.integrated_kernels import downwards

    return _both_bounds(graph, owner, lambda *given: downwards(*given), epsilon)


def integrated_owners(
    n: int, owner: Nodes, owned: Nodes, lower: Units, upper: Units, target: int, epsilon: float = EPSILON
) -> IntegratedShares:
    """`owners_of` for positions that are asked once.

    >>> rows = np.array([[0, 1], [1, 2]], np.int32)  # 0 has 60 percent of 1, which has 50 to 75 percent of 2
    >>> bounds = np.array([[600_000_000, 500_000_000], [600_000_000, 750_000_000]])
    >>> integrated_owners(3, *rows, *bounds, target=2).percentages()
    [(1, '50', '75'), (0, '30', '45')]
    """
    from topco.ownership.integrated_graph import PositionGraph

    return owners_of(PositionGraph.of(n, owner, owned, lower, upper), target, epsilon)


def integrated_holdings(
    n: int, owner: Nodes, owned: Nodes, lower: Units, upper: Units, source: int, epsilon: float = EPSILON
) -> IntegratedShares:
    """`holdings_of` for positions that are asked once."""
    from topco.ownership.integrated_graph import PositionGraph

    return holdings_of(PositionGraph.of(n, owner, owned, lower, upper), source, epsilon)


def _both_bounds(graph: PositionGraph, start: int, passing: _Pass, epsilon: float) -> IntegratedShares:
    below = _one_bound(graph.below, graph.n, start, passing, epsilon, endless=0.0)
    if graph.exact and not any(ring.kind != "open" for ring in below.rings):
        return _ordered(below.party, below.lower, below.lower, below.error, below.rings, start)
    above = _one_bound(graph.above, graph.n, start, passing, epsilon, endless=np.inf)
    party, where = np.unique(np.concatenate([below.party, above.party]), return_inverse=True)
    lower, upper = np.zeros(len(party)), np.zeros(len(party))
    lower[where[: len(below.party)]] = below.lower
    upper[where[len(below.party) :]] = above.lower
    error = max(below.error, above.error)
    # what is left out above may be missing from the upper figure and counted in the lower one
    upper = np.maximum(lower, upper)
    rings = tuple(sorted({*below.rings, *above.rings}, key=lambda ring: (ring.members, ring.kind)))
    return _ordered(party, lower, upper, error, rings, start)


def _one_bound(
    weighted: Weighted, n: int, start: int, passing: _Pass, epsilon: float, endless: float
) -> IntegratedShares:
    from topco.ownership.weighted import members

    # numpy asks the system for empty pages, which cost nothing until they are touched
    amounts, steps, touched = np.zeros(n), np.zeros(n), np.zeros(len(weighted.kind), np.int8)
    allowance = 0.9 * epsilon  # the rest is for rounding
    party, share, rings, left_out, rounding = passing(weighted, start, allowance, endless, amounts, steps, touched)
    met = tuple(
        sorted(
            (Ring(RING_WORDS[int(weighted.kind[ring])], members(weighted, ring)) for ring in rings.tolist()),
            key=lambda ring: ring.members,
        )
    )
    share = np.minimum(share, 1.0)
    return IntegratedShares(party, share, share, left_out + rounding, met)


def _ordered(
    party: Nodes, lower: Reals, upper: Reals, error: float, rings: tuple[Ring, ...], start: int
) -> IntegratedShares:
    order = np.lexsort((party, -upper, -lower))
    order = order[party[order] != start]
    return IntegratedShares(party[order].astype(np.int32), lower[order], upper[order], float(min(error, 1.0)), rings)


if TYPE_CHECKING:
    from collections.abc import Callable

    _Pass = Callable[[Weighted, int, float, float, Reals, Reals, Codes], tuple[Nodes, Reals, Nodes, float, float]]
