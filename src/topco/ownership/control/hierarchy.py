"""The hierarchy of control while it is made: classes, what is above them, and marks on them.

Where a class and all above it have at most one parent, it stands in a *tree*, and questions about it take logarithmic
time by jump pointers (Myers 1983); elsewhere the classes above are walked through. Parents have smaller numbers.

Plain functions over numpy arrays that a compiler takes unchanged (`topco.ownership.control.bulk`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from topco.ownership.graph import Nodes, Offsets

Units = NDArray[np.int64]
Flags = NDArray[np.bool_]

NONE = -1
FEW = 16


class Hierarchy(NamedTuple):
    """Classes while they are made; arrays as long as there are nodes, filled up to the number of classes.

    `up` is the one parent, or -1; `jump` an ancestor farther up; `root` the top. All three hold in trees only.
    """

    up: Nodes
    depth: Nodes
    jump: Nodes
    root: Nodes
    tree: Flags
    itself: Flags
    parent_offsets: Offsets


class Marks(NamedTuple):
    """Reusable marks on classes: a mark counts if it equals the present token, so that nothing is ever wiped."""

    met: Offsets
    above: Offsets
    added: Offsets
    number: Offsets
    least: Units
    most: Units
    stack: Nodes
    found: Nodes
    token: Offsets


def fresh(marks: Marks) -> int:
    """A token that nothing has been marked with."""
    marks.token[0] += 1
    return int(marks.token[0])


def marks_on(n: int) -> Marks:
    """Marks for n nodes, none of which is marked."""
    return Marks(
        np.zeros(n, np.int64),
        np.zeros(n, np.int64),
        np.zeros(n, np.int64),
        np.zeros(n, np.int64),
        np.zeros(n, np.int64),
        np.zeros(n, np.int64),
        np.zeros(max(n, FEW), np.int32),
        np.zeros(max(n, 1), np.int32),
        np.zeros(1, np.int64),
    )


def is_above(tree: Hierarchy, high: int, low: int) -> bool:
    """Whether a class of a tree is another one or above it."""
    while tree.depth[low] > tree.depth[high]:
        far = tree.jump[low]
        low = far if tree.depth[far] >= tree.depth[high] else tree.up[low]
    return bool(low == high)


def meeting(tree: Hierarchy, first: int, second: int) -> int:
    """The lowest class that is above both or one of them; both stand in one tree."""
    while tree.depth[first] > tree.depth[second]:
        far = tree.jump[first]
        first = far if tree.depth[far] >= tree.depth[second] else tree.up[first]
    while tree.depth[second] > tree.depth[first]:
        far = tree.jump[second]
        second = far if tree.depth[far] >= tree.depth[first] else tree.up[second]
    while first != second:
        if tree.jump[first] != tree.jump[second]:
            first, second = tree.jump[first], tree.jump[second]
        else:
            first, second = tree.up[first], tree.up[second]
    return int(first)


def climb(tree: Hierarchy, parents: Nodes, start: int, floor: int, marks: Marks) -> int:
    """Put a class and all above it with a number from `floor` on into `marks.found`; how many they are."""
    token = fresh(marks)
    marks.met[start] = token
    marks.found[0] = start
    count = 1
    place = 0
    while place < count:
        current = marks.found[place]
        place += 1
        for edge in range(tree.parent_offsets[current], tree.parent_offsets[current + 1]):
            parent = parents[edge]
            if parent >= floor and marks.met[parent] != token:
                marks.met[parent] = token
                marks.found[count] = parent
                count += 1
    return count


def lowest(tree: Hierarchy, parents: Nodes, picked: Nodes, count: int, marks: Marks) -> int:
    """Keep of the picked classes, each once, those that are not above another one, at the front; how many they are."""
    if count <= 1:
        return count
    once = fresh(marks)
    different = 0
    for place in range(count):
        if marks.added[picked[place]] != once:
            marks.added[picked[place]] = once
            picked[different] = picked[place]
            different += 1
    count = different
    floor = picked[0]
    standing = True
    for place in range(count):
        floor = min(floor, picked[place])
        standing = standing and tree.tree[picked[place]]
    if standing and count <= FEW:
        kept = 0
        for place in range(count):
            one = picked[place]
            higher = False
            for other in range(count):
                low = picked[other]
                if low > one and tree.root[low] == tree.root[one] and is_above(tree, one, low):
                    higher = True
                    break
            marks.stack[place] = higher
        for place in range(count):
            if not marks.stack[place]:
                picked[kept] = picked[place]
                kept += 1
        return kept
    above = fresh(marks)
    for place in range(count):
        one = picked[place]
        if marks.above[one] == above:
            continue
        for step in range(1, climb(tree, parents, one, floor, marks)):
            marks.above[marks.found[step]] = above
    kept = 0
    for place in range(count):
        if marks.above[picked[place]] != above:
            picked[kept] = picked[place]
            kept += 1
    return kept


def longer(values: Nodes) -> Nodes:
    """The values in an array twice as long."""
    made = np.empty(2 * len(values), np.int32)
    made[: len(values)] = values
    return made


def append(tree: Hierarchy, parents: Nodes, new: int, picked: Nodes, count: int) -> Nodes:
    """Make a class below the picked ones, none of which is above another; the parents, in a longer array if need be."""
    start = tree.parent_offsets[new]
    while start + count > len(parents):
        parents = longer(parents)
    for place in range(count):
        parents[start + place] = picked[place]
    tree.parent_offsets[new + 1] = start + count
    if count == 0:
        tree.up[new] = NONE
        tree.depth[new] = 0
        tree.jump[new] = new
        tree.root[new] = new
        tree.tree[new] = True
    elif count == 1 and tree.tree[picked[0]]:
        parent = picked[0]
        far = tree.jump[parent]
        tree.up[new] = parent
        tree.depth[new] = tree.depth[parent] + 1
        even = tree.depth[parent] - tree.depth[far] == tree.depth[far] - tree.depth[tree.jump[far]]
        tree.jump[new] = tree.jump[far] if even else parent
        tree.root[new] = tree.root[parent]
        tree.tree[new] = True
    else:
        tree.tree[new] = False
    return parents
