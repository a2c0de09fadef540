"""The `integrated` parent test: whoever has more than the threshold of a company over all paths, shares multiplied.

`docs/ownership.md`, sections 3 and 5. The answer for a company is made at once and not composed of steps: an owner with
64 percent may himself be owned to 64 percent by another one, who then has 41 percent of the company and is no parent.
A figure that its certified error cannot tell from the threshold counts as just on the threshold.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from topco.ownership.control.closure import Addend
from topco.ownership.control.criteria import Family, Test
from topco.ownership.control.positions import Positions
from topco.ownership.control_marks import Edges, Marks, Parties, marks
from topco.ownership.graph import Nodes
from topco.ownership.integrated import IntegratedShares, owners_of
from topco.ownership.integrated_graph import PositionGraph
from topco.ownership.layers import Flags
from topco.ownership.shares import WHOLE


class _Parents(NamedTuple):
    """Of one company: its parents, the holders of exactly half, the candidates, and all that may be a parent."""

    must: list[int]
    halves: list[int]
    may: list[int]
    anybody: bool


def position_graph(made: Positions) -> PositionGraph:
    """The shares family of positions as a graph for integrated shares."""
    shares = made.family == Family.SHARES
    slots = made.slot_family == Family.SHARES
    total, least = np.full(made.n, WHOLE, np.int64), np.full(made.n, WHOLE, np.int64)
    total[made.slot_owned[slots]] = made.total_upper[slots]
    least[made.slot_owned[slots]] = made.total_lower[slots]
    return PositionGraph.of(
        made.n, made.owner[shares], made.owned[shares], made.lower[shares], made.upper[shares], total, least
    )


def declared_in_full(made: Positions) -> Flags:
    """The companies all of whose shares are declared, and no more than all."""
    flags = np.zeros(made.n, np.bool_)
    known = (made.slot_family == Family.SHARES) & ~made.over & (made.declared == made.total_upper)
    flags[made.slot_owned[known]] = True
    return flags


def integrated_marks(made: Positions, test: Test, parties: Parties) -> Marks:
    """The marks of every company in which somebody has shares, owners as steps that lead no further."""
    graph = position_graph(made)
    above = _Above(made)
    declared = declared_in_full(made)
    settled = np.zeros(made.n, np.bool_)
    edges: tuple[list[tuple[int, int]], ...] = ([], [], [])
    for company in np.unique(made.owned[(made.family == Family.SHARES) & (made.owner != made.owned)]).tolist():
        shares = owners_of(graph, company)
        found = _parents(shares, test, parties, above)
        for kept, parents in zip(edges, (found.must, found.halves, found.may), strict=True):
            kept += [(company, parent) for parent in parents]
        persons = found.must and all(parties.never_parents[one] for one in found.must)
        settled[company] = persons or (declared[company] and not found.anybody)
    must, halves, may = (_pairs(kept) for kept in edges)
    return marks(must, halves, may, settled, made, parties)._replace(confirmed=declared)


def _parents(shares: IntegratedShares, test: Test, parties: Parties, above: _Above) -> _Parents:
    threshold, error = test.threshold / WHOLE, shares.error
    must, may = shares.reaching(test)
    level = (np.abs(shares.lower - threshold) <= error) & (np.abs(shares.upper - threshold) <= error) & ~must
    never = parties.never_parents
    certain = shares.party[must].tolist()
    corporate = [one for one in certain if not never[one]]
    if certain:
        return _Parents(above.highest(corporate) if corporate else certain, [], [], anybody=True)
    halves = above.highest(shares.party[level].tolist())
    halves = halves if len(halves) > 1 else []
    return _Parents([], halves, above.highest(shares.party[may].tolist()), bool(may.any()) or bool(halves))


class _Above:
    """Who holds shares in whom, directly or through others."""

    def __init__(self, made: Positions) -> None:
        self._made = made
        self._found: dict[int, frozenset[int]] = {}

    def highest(self, parties: list[int]) -> list[int]:
        """Those of the parties above whom no other of them stands; members of one ring stand above each other."""
        if len(parties) < 2:
            return parties
        return [
            one
            for one in parties
            if not any(other in self.of(one) and one not in self.of(other) for other in parties if other != one)
        ]

    def of(self, company: int) -> frozenset[int]:
        """All that hold shares in a company through any path."""
        if company not in self._found:
            self._found[company] = frozenset(_reached(self._made, company))
        return self._found[company]


def on_paths(made: Positions, company: int, holder: int) -> list[Addend]:
    """The positions on all paths of shares from a holder down to a company, those in the company first."""
    found = []
    for owned in (company, *(_reached(made, company))):
        if owned == holder:
            continue
        for at in made.of(owned):
            owner = int(made.owner[at])
            if made.family[at] != Family.SHARES or owner == owned:
                continue
            if owner == holder or holder in _reached(made, owner):
                found.append(Addend(owner, Family.SHARES, int(made.lower[at]), int(made.upper[at]), at))
    return found


def _reached(made: Positions, company: int) -> dict[int, None]:
    """All that hold shares in a company through any path, the nearest first."""
    found: dict[int, None] = {}
    waiting = [company]
    for one in waiting:
        for at in made.of(one):
            owner = int(made.owner[at])
            if made.family[at] == Family.SHARES and owner not in found and owner != one:
                found[owner] = None
                waiting.append(owner)
    return found


def _pairs(pairs: list[tuple[int, int]]) -> Edges:
    columns: Nodes = np.array(pairs, np.int32).reshape(-1, 2)
    return columns[:, 0], columns[:, 1]
