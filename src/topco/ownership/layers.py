"""What a resolution starts from, and one kind of step over all of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from topco.ownership import graph
from topco.ownership.graph import RING, SEVERAL, Bits, Nodes, Offsets

Flags = NDArray[np.bool_]


class Kernels(NamedTuple):
    """The graph functions as they are, or compiled (`topco.ownership.bulk`)."""

    adjacency: Callable[..., Any]
    components: Callable[..., Any]
    sinks: Callable[..., Any]
    gathered: Callable[..., Any]


PLAIN = Kernels(graph.adjacency, graph.components, graph.sinks, graph.gathered)


@dataclass(frozen=True)
class Snapshot:
    """What the loads say on one day. Nodes are numbered 0 … n-1 in the order of their identifiers.

    Edges lead from a company to its parent, head office, recorded ultimate parent, controller, holder of one half, or
    candidate (`kind`, a code of `Kind`); `stale` marks an edge that rests on old evidence alone.

    Attributes:
        record, states_no_parent, withholds: marks of nodes by what registers say.
        settled, held, own_half, over: marks of nodes by holdings (`topco.ownership.control_marks.Marks`).
        equal_parents: the test lets several parties reach its threshold side by side.
        confirmed: given where steps to controllers lead no further (`topco.ownership.single_steps`): the companies that
            are confirmed tops of what they own.
    """

    source: Nodes
    target: Nodes
    kind: NDArray[np.int8]
    stale: Flags
    record: Flags
    states_no_parent: Flags
    withholds: Flags
    settled: Flags
    held: Flags
    own_half: Flags
    over: Flags
    equal_parents: bool = False
    confirmed: Flags | None = None

    def __len__(self) -> int:
        return len(self.record)


@dataclass(frozen=True)
class Layer:
    """Some steps over all nodes: components, and per component what `graph.sinks` says."""

    steps: tuple[Offsets, Nodes]
    component: Nodes
    members: tuple[Offsets, Nodes]
    sink: Nodes
    lowest: Nodes
    bits: Bits

    @classmethod
    def of(cls, snapshot: Snapshot, edges: Flags, kernels: Kernels, marks: Bits | None = None) -> Layer:
        """The layer of these edges of a snapshot; `marks` are bits of the nodes to be found at the ends."""
        n = len(snapshot)
        steps = kernels.adjacency(n, snapshot.source[edges], snapshot.target[edges])
        component, count = kernels.components(*steps)
        members = kernels.adjacency(count, component, np.arange(n, dtype=np.int32))
        marks = np.zeros(n, np.uint8) if marks is None else marks
        return cls(steps, component, members, *kernels.sinks(*steps, component, members, marks))

    @cached_property
    def reached(self) -> Nodes:
        """Of each node: the component at the end of its steps, or `SEVERAL`."""
        return self.sink[self.component]

    @cached_property
    def end_bits(self) -> Bits:
        """Of each node: the bits of all ends of its steps, `RING` among them."""
        return self.bits[self.component]

    @cached_property
    def end(self) -> Nodes:
        """Of each node: the one company at the end of its steps; `SEVERAL` for several of them or a ring."""
        open_ended = (self.reached == SEVERAL) | ((self.end_bits & RING) != 0)
        return np.where(open_ended, np.int32(SEVERAL), self.lowest_end)

    @cached_property
    def lowest_end(self) -> Nodes:
        """Of each node: the smallest of all nodes at the ends of its steps."""
        return self.lowest[self.component]

    def ends(self, node: int) -> frozenset[int]:
        """All nodes at the ends of a node's steps, members of rings included."""
        reached = int(self.reached[node])
        ends = self._sets[int(self.component[node])] if reached == SEVERAL else (reached,)
        offsets, nodes = self.members
        return frozenset(member for end in ends for member in nodes[offsets[end] : offsets[end + 1]].tolist())

    @cached_property
    def _sets(self) -> dict[int, frozenset[int]]:
        return graph.value_sets(self.steps, self.component, self.members, self.sink)


def marked(n: int, nodes: Nodes) -> Flags:
    """Flags of n nodes, set for these.

    >>> marked(3, np.array([0, 2, 2], np.int32)).tolist()
    [True, False, True]
    """
    flags = np.zeros(n, np.bool_)
    flags[nodes] = True
    return flags


def flagged(flags: Flags, nodes: Nodes) -> Flags:
    """The flags at these nodes; a negative number is no node and has none.

    >>> flagged(np.array([True]), np.array([0, -2], np.int32)).tolist()
    [True, False]
    """
    return flags[np.maximum(nodes, 0)] & (nodes >= 0)
