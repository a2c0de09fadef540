"""Who must, or who may, control whom: a finished relation and the questions to it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from topco.ownership.control.edges import Edges
from topco.ownership.control.kernels import ControlKernels
from topco.ownership.control.positions import Flags
from topco.ownership.graph import Nodes, Offsets


@dataclass(frozen=True)
class Relation:
    """A relation of control over nodes 0 … n-1.

    Attributes:
        klass: the class of each node; its members control each other. Parents have smaller numbers.
        itself: of each class, whether it controls itself: several members, or one whose holders it controls.
        parents: of each class, the classes of its immediate controllers, as lists.
        members: the nodes of each class, as lists.
        shape: one parent, depth, jump, root and whether in a tree, of each class; what the kernels ask for.
    """

    klass: Nodes
    itself: Flags
    parents: tuple[Offsets, Nodes]
    members: tuple[Offsets, Nodes]
    shape: Any
    kernels: ControlKernels

    @classmethod
    def of(cls, edges: Edges, kernels: ControlKernels) -> Relation:
        """The least relation that these edges carry."""
        nodes = np.arange(edges.n, dtype=np.int32)
        offsets, _ = edges.single
        if not len(edges.sums_company) and (offsets[1:] - offsets[:-1] <= 1).all():
            klass, made, itself, offsets, parents, shape = kernels.derive_lines(edges.single)
        else:
            company = np.concatenate((edges.company, edges.sums_company))
            holder = np.concatenate((edges.holder, edges.sums.holder))
            component, count = kernels.components(*kernels.adjacency(edges.n, company, holder))
            klass, made, itself, offsets, parents, shape = kernels.derive(
                edges.single,
                tuple(edges.rule),
                tuple(edges.sums),
                component,
                kernels.adjacency(count, component, nodes),
            )
        return cls(klass, itself, (offsets, parents), kernels.adjacency(made, klass, nodes), shape, kernels)

    def __len__(self) -> int:
        return len(self.klass)

    @cached_property
    def controlled(self) -> Flags:
        """Of each node: whether anybody controls it."""
        offsets, _ = self.parents
        return ((offsets[1:] > offsets[:-1]) | self.itself)[self.klass]

    @cached_property
    def immediate(self) -> tuple[Nodes, Nodes]:
        """Companies and their immediate controllers, of a ring all members: many where large rings hold much."""
        company, above = self._class_edges(np.arange(len(self), dtype=np.int32), ring=True)
        return self.members_of(company, above)

    @cached_property
    def steps(self) -> tuple[Nodes, Nodes]:
        """As `immediate` with fewest edges: a ring is gone round once and stands for itself by its smallest member."""
        nodes = np.arange(len(self), dtype=np.int32)
        company, above = self._class_edges(nodes, ring=False)
        offsets, members = self.members
        follower = np.arange(1, len(members) + 1)
        follower[offsets[1:] - 1] = offsets[:-1]
        ring = self.itself[self.klass[members]]
        return (
            np.concatenate((company, members[ring])),
            np.concatenate((members[offsets[above]], members[follower[ring]])),
        )

    def immediate_of(self, company: int) -> Nodes:
        """The immediate controllers of one company, in ascending order."""
        own = int(self.klass[company])
        offsets, parents = self.parents
        classes = parents[offsets[own] : offsets[own + 1]].tolist() + ([own] if self.itself[own] else [])
        return self._members(classes)

    def controllers_of(self, company: int) -> Nodes:
        """All that control a company, in ascending order."""
        own = int(self.klass[company])
        return self._members(self.above(own) + ([own] if self.itself[own] else []))

    def controlled_by(self, party: int) -> Nodes:
        """All that a party controls, in ascending order."""
        own = int(self.klass[party])
        return self._members(_walk(self._children, own) + ([own] if self.itself[own] else []))

    def controls(self, party: int, company: int) -> bool:
        """Whether a party controls a company."""
        high, low = int(self.klass[party]), int(self.klass[company])
        return bool(self.itself[low]) if high == low else high in self.above(low)

    def above(self, one: int) -> list[int]:
        """The classes above a class, the nearest first."""
        return _walk(self.parents, one)

    def pairs(self) -> tuple[Nodes, Nodes]:
        """All pairs: controllers, and the companies that they control. A chain has a pair for any two of its links."""
        up, _, _, _, tree = self.shape
        controllers, companies = self.kernels.pairs(self.parents, up, tree, self.itself, self.members)
        return controllers, companies

    def from_above(self, marked: Flags) -> Flags:
        """Of each node: whether any of its controllers is marked."""
        own = np.zeros(len(self.itself), np.bool_)
        own[self.klass[marked]] = True
        above: Flags = self.kernels.from_above(self.parents, self.itself, own)[self.klass]
        return above

    def members_of(self, company: Nodes, classes: Nodes) -> tuple[Nodes, Nodes]:
        """Edges from companies to classes as edges to all members."""
        offsets, members = self.members
        company, place = _ranges(company, offsets[classes], offsets[classes + 1])
        return company, members[place]

    def _class_edges(self, nodes: Nodes, *, ring: bool) -> tuple[Nodes, Nodes]:
        """Edges from nodes to the parents of their classes; with `ring`, also to their classes."""
        offsets, parents = self.parents
        own = self.klass[nodes]
        company, place = _ranges(nodes, offsets[own], offsets[own + 1])
        if not ring:
            return company, parents[place]
        round_trip = self.itself[own]
        return np.concatenate((company, nodes[round_trip])), np.concatenate((parents[place], own[round_trip]))

    def _members(self, classes: list[int]) -> Nodes:
        offsets, members = self.members
        parts = [members[offsets[one] : offsets[one + 1]] for one in classes]
        return np.sort(np.concatenate(parts)) if parts else np.empty(0, np.int32)

    @cached_property
    def _children(self) -> tuple[Offsets, Nodes]:
        offsets, parents = self.parents
        child = np.repeat(np.arange(len(self.itself), dtype=np.int32), np.diff(offsets))
        children: tuple[Offsets, Nodes] = self.kernels.adjacency(len(self.itself), parents, child)
        return children


def _ranges(values: Nodes, begin: Offsets, end: Offsets) -> tuple[Nodes, Offsets]:
    """Each value as often as its range is long, and the numbers of all ranges one after the other."""
    length = end - begin
    starts = np.cumsum(length) - length
    return np.repeat(values, length), np.arange(int(length.sum())) + np.repeat(begin - starts, length)


def _walk(lists: tuple[Offsets, Nodes], start: int) -> list[int]:
    offsets, values = lists
    found: list[int] = []
    seen = {start}
    frontier = [start]
    for one in frontier:
        for other in values[offsets[one] : offsets[one + 1]].tolist():
            if other not in seen:
                seen.add(other)
                found.append(other)
                frontier.append(other)
    return found
