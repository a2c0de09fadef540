"""The closure where steps to controllers lead no further: of every company a second self that only owns.

Under the integrated test the parents of a company are found at once, and what stands above a parent is no parent of the
company by that. So each company gets a second node, n places further on, which steps lead to and none lead from. The
closure is made over both, and its answers are read back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from topco.ownership.closure import Closure, close
from topco.ownership.graph import Nodes
from topco.ownership.layers import PLAIN, Kernels, Snapshot
from topco.ownership.status import Kind


@dataclass(frozen=True)
class FoldedClosure(Closure):
    """A closure over n companies and their second selves, read as one over n companies."""

    @property
    def top(self) -> Nodes:
        n = len(self.status)
        top = self.decisive.end[:n]
        return np.where(top >= n, top - n, top)

    @property
    def seat(self) -> Nodes:
        return self.branches.end[: len(self.status)]

    def tops(self, node: int) -> frozenset[int]:
        return self._folded(super().tops(node))

    def ultimate_parents(self, node: int) -> frozenset[int]:
        return self._folded(super().ultimate_parents(node))

    def _folded(self, nodes: frozenset[int]) -> frozenset[int]:
        return frozenset(node % len(self.status) for node in nodes)


def resolved(snapshot: Snapshot, kernels: Kernels = PLAIN) -> Closure:
    """Resolve every node of a snapshot, with steps composed or not as its test asks."""
    if snapshot.confirmed is None:
        return close(snapshot, kernels)
    n = len(snapshot)
    found = close(_with_second_selves(snapshot), kernels)
    return FoldedClosure(
        found.status[:n],
        found.notes[:n],
        found.decisive,
        found.branches,
        found.claims,
        found.beyond,
        (found.highest[:n] % n).astype(np.int32),
    )


def _with_second_selves(snapshot: Snapshot) -> Snapshot:
    n = np.int32(len(snapshot))
    assert snapshot.confirmed is not None
    apart = snapshot.kind >= Kind.CONTROL
    return replace(
        snapshot,
        target=np.where(apart, snapshot.target + n, snapshot.target).astype(np.int32),
        record=np.tile(snapshot.record, 2),
        states_no_parent=np.tile(snapshot.states_no_parent, 2),
        withholds=np.tile(snapshot.withholds, 2),
        settled=np.append(snapshot.settled, snapshot.confirmed),
        held=np.tile(snapshot.held, 2),
        own_half=np.tile(snapshot.own_half, 2),
        over=np.tile(snapshot.over, 2),
    )
