"""Directed graphs as arrays: successors, strongly connected components, and what is reached from each of them.

Plain functions over numpy arrays, each complete in itself, written so that a compiler can take them unchanged
(`topco.ownership.bulk`). No recursion: a chain may be as long as it likes. Every function is linear in nodes and edges.

Invariant that the last two rest on: components are numbered so that a step between two components always leads to the
smaller number. One pass upwards therefore meets every component after everything that it reaches.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Nodes = NDArray[np.int32]
Offsets = NDArray[np.int64]
Bits = NDArray[np.uint8]

NOTHING = -1
SEVERAL = -2
RING = 1  # the bit that `sinks` sets for a ring


def adjacency(n: int, source: Nodes, target: Nodes) -> tuple[Offsets, Nodes]:
    """The successors of every node: those of node i are `targets[offsets[i]:offsets[i + 1]]`.

    >>> offsets, targets = adjacency(3, np.array([2, 0], np.int32), np.array([1, 2], np.int32))
    >>> offsets.tolist(), targets.tolist()
    ([0, 1, 1, 2], [2, 1])
    """
    offsets = np.zeros(n + 1, np.int64)
    for edge in range(len(source)):
        offsets[source[edge] + 1] += 1
    for node in range(n):
        offsets[node + 1] += offsets[node]
    filled = offsets.copy()
    targets = np.empty(len(source), np.int32)
    for edge in range(len(source)):
        node = source[edge]
        targets[filled[node]] = target[edge]
        filled[node] += 1
    return offsets, targets


def components(offsets: Offsets, targets: Nodes) -> tuple[Nodes, int]:
    """The strongly connected component of every node, and how many there are (Tarjan 1972, with its own stack).

    >>> offsets, targets = adjacency(3, np.array([0, 1, 2], np.int32), np.array([1, 0, 0], np.int32))
    >>> component, count = components(offsets, targets)
    >>> component.tolist(), count
    ([0, 0, 1], 2)
    """
    n = len(offsets) - 1
    component = np.full(n, -1, np.int32)
    seen = np.full(n, -1, np.int32)
    low = np.empty(n, np.int32)
    position = np.empty(n, np.int64)
    path = np.empty(n, np.int32)
    pending = np.empty(n, np.int32)
    found = 0
    count = 0
    waiting = 0
    for start in range(n):
        if seen[start] != -1:
            continue
        if offsets[start] == offsets[start + 1]:
            seen[start] = found
            found += 1
            component[start] = count
            count += 1
            continue
        depth = 0
        path[0] = start
        seen[start] = found
        low[start] = found
        found += 1
        position[start] = offsets[start]
        pending[waiting] = start
        waiting += 1
        while depth >= 0:
            node = path[depth]
            if position[node] < offsets[node + 1]:
                successor = targets[position[node]]
                position[node] += 1
                if seen[successor] == -1:
                    seen[successor] = found
                    low[successor] = found
                    found += 1
                    position[successor] = offsets[successor]
                    pending[waiting] = successor
                    waiting += 1
                    depth += 1
                    path[depth] = successor
                elif component[successor] == -1 and seen[successor] < low[node]:
                    low[node] = seen[successor]
                continue
            depth -= 1
            if depth >= 0 and low[node] < low[path[depth]]:
                low[path[depth]] = low[node]
            if low[node] == seen[node]:
                while True:
                    waiting -= 1
                    member = pending[waiting]
                    component[member] = count
                    if member == node:
                        break
                count += 1
    return component, count


def sinks(
    offsets: Offsets, targets: Nodes, component: Nodes, members: tuple[Offsets, Nodes], marks: Bits
) -> tuple[Nodes, Nodes, Bits]:
    """The components without a way out that each component reaches.

    Args:
        members: the nodes of each component, as `adjacency` gives them.
        marks: bits of each node, all above `RING`.

    Returns:
        For each component: the one sink that it reaches, or `SEVERAL`; the smallest node in all of them; and the bits
        of all nodes in them, with `RING` if one of them is a ring (several nodes, or one with a step to itself).
    """
    member_offsets, member_nodes = members
    count = len(member_offsets) - 1
    sink = np.full(count, NOTHING, np.int32)
    lowest = np.empty(count, np.int32)
    bits = np.zeros(count, np.uint8)
    for current in range(count):
        first, last = member_offsets[current], member_offsets[current + 1]
        lowest[current] = len(component)
        ring = last - first > 1
        for place in range(first, last):
            node = member_nodes[place]
            for edge in range(offsets[node], offsets[node + 1]):
                above = component[targets[edge]]
                if above == current:
                    ring = True
                    continue
                if sink[current] == NOTHING:
                    sink[current] = sink[above]
                elif sink[current] != sink[above]:
                    sink[current] = SEVERAL
                lowest[current] = min(lowest[current], lowest[above])
                bits[current] |= bits[above]
        if sink[current] == NOTHING:
            sink[current] = current
            for place in range(first, last):
                node = member_nodes[place]
                lowest[current] = min(lowest[current], node)
                bits[current] |= marks[node]
            if ring:
                bits[current] |= RING
    return sink, lowest, bits


def gathered(
    offsets: Offsets,
    targets: Nodes,
    component: Nodes,
    members: tuple[Offsets, Nodes],
    own: tuple[Offsets, Nodes],
    marks: Bits,
) -> tuple[Nodes, Bits]:
    """What the nodes that each component reaches (its own included) bring with them.

    Args:
        own: the values of each node, as `adjacency` gives them.

    Returns:
        For each component: the one value met, `NOTHING`, or `SEVERAL`; and the bits of all nodes met.
    """
    member_offsets, member_nodes = members
    own_offsets, own_values = own
    count = len(member_offsets) - 1
    value = np.full(count, NOTHING, np.int32)
    bits = np.zeros(count, np.uint8)
    for current in range(count):
        for place in range(member_offsets[current], member_offsets[current + 1]):
            node = member_nodes[place]
            bits[current] |= marks[node]
            for edge in range(own_offsets[node], own_offsets[node + 1]):
                if value[current] == NOTHING:
                    value[current] = own_values[edge]
                elif value[current] != own_values[edge]:
                    value[current] = SEVERAL
            for edge in range(offsets[node], offsets[node + 1]):
                above = component[targets[edge]]
                if above == current:
                    continue
                bits[current] |= bits[above]
                if value[above] == NOTHING:
                    continue
                if value[current] == NOTHING:
                    value[current] = value[above]
                elif value[current] != value[above]:
                    value[current] = SEVERAL
    return value, bits


def value_sets(
    graph: tuple[Offsets, Nodes],
    component: Nodes,
    members: tuple[Offsets, Nodes],
    value: Nodes,
    own: tuple[Offsets, Nodes] | None = None,
) -> dict[int, frozenset[int]]:
    """The sets behind `SEVERAL`, by component; for the few components concerned, so ordinary Python.

    Args:
        value: per component, the result of `sinks` (then `own` is left out) or of `gathered`.
    """
    offsets, targets = graph
    sets: dict[int, frozenset[int]] = {}
    for current in np.flatnonzero(value == SEVERAL).tolist():
        union: frozenset[int] = frozenset()
        parts: list[frozenset[int]] = []
        for node in _part(members, current).tolist():
            if own is not None:
                parts.append(frozenset(_part(own, node).tolist()))
            for above in set(component[targets[offsets[node] : offsets[node + 1]]].tolist()) - {current}:
                if value[above] == SEVERAL:
                    parts.append(sets[above])
                elif value[above] != NOTHING:
                    parts.append(frozenset((int(value[above]),)))
        for part in sorted(parts, key=len, reverse=True):
            union = union if part <= union else (part if union <= part else union | part)
        sets[current] = union
    return sets


def _part(lists: tuple[Offsets, Nodes], index: int) -> NDArray[Any]:
    offsets, values = lists
    return values[offsets[index] : offsets[index + 1]]
