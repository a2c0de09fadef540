"""Holdings of several holders added up: which classes exceed a threshold with all that they control."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from topco.ownership.control.hierarchy import FEW, NONE, Flags, Hierarchy, Marks, Units, climb, fresh, meeting
from topco.ownership.graph import Nodes
from topco.ownership.shares import WHOLE


def exceeds(rule: Any, sums: Any, slot: int, least: int, most: int) -> bool:
    """Whether a group exceeds the threshold; `edges.exceeding` for one group."""
    return suffices(rule, least, most, sums[5][slot], sums[6][slot], sums[7][slot], sums[8][slot])


def suffices(rule: Any, least: int, most: int, declared: int, total_lower: int, total_upper: int, over: bool) -> bool:
    """`exceeds` without arrays."""
    threshold, at_least, may = rule
    total = total_upper
    have = least
    if may:
        have = most
        if not over:
            rest = declared - least
            total = min(max(most + rest, total_lower), total)
            have = min(most, total - rest)
    if total <= 0:
        return False
    product = threshold * total
    needed = -(-product // WHOLE) if at_least else product // WHOLE + 1
    return bool(have >= max(needed, 1))


def none_promising(node: int, klass: Nodes, root: Nodes, tree: Flags, rule: Any, sums: Any) -> bool:
    """Whether it is plain that no group of holders of a company exceeds the threshold; `promising` for most companies.

    All holders have classes. True only if they are few and stand in trees, and what is held below no root is enough.
    With each array that a call hands over goes a count of its uses, which takes longer than the sums of a few holders:
    so there is one call for each company, and in it none with arrays.
    """
    _, holder_offsets, holders, lower, upper, declared, total_lower, total_upper, over = sums
    for slot in range(sums[0][node], sums[0][node + 1]):
        start, end = holder_offsets[slot], holder_offsets[slot + 1]
        if end - start > FEW:
            return False
        for place in range(start, end):
            top = root[klass[holders[place]]]
            if not tree[klass[holders[place]]]:
                return False
            least = most = 0
            for other in range(start, end):
                if other == place or root[klass[holders[other]]] == top:
                    least += lower[other]
                    most += upper[other]
            if suffices(rule, least, most, declared[slot], total_lower[slot], total_upper[slot], over[slot]):
                return False
    return True


class Buffers(NamedTuple):
    """Room for what one company's controllers are worked out with."""

    picked: Nodes
    classes: Nodes
    least: Units
    most: Units


def buffers(n: int, sums: Any) -> Buffers:
    """Room for n nodes and these sums."""
    most = 1
    for slot in range(len(sums[1]) - 1):
        most = max(most, sums[1][slot + 1] - sums[1][slot])
    return Buffers(
        np.empty(2 * n + 2 * most, np.int32),
        np.empty(most, np.int32),
        np.empty(most, np.int64),
        np.empty(most, np.int64),
    )


def gather(sums: Any, slot: int, klass: Nodes, room: Buffers, marks: Marks) -> int:
    """Put the classes that hold a company into the buffers, each once with what it has; how many they are.

    Holders without a class are those that are being given one, together with the company: they are left out.
    """
    token = fresh(marks)
    count = 0
    for place in range(sums[1][slot], sums[1][slot + 1]):
        one = klass[sums[2][place]]
        if one == NONE:
            continue
        if marks.met[one] != token:
            marks.met[one] = token
            marks.number[one] = count
            room.classes[count] = one
            room.least[count] = 0
            room.most[count] = 0
            count += 1
        room.least[marks.number[one]] += sums[3][place]
        room.most[marks.number[one]] += sums[4][place]
    return count


def promising(tree: Hierarchy, rule: Any, sums: Any, slot: int, room: Buffers, count: int, marks: Marks) -> bool:
    """Whether all holders of a company below one root exceed the threshold together, for some root."""
    token = fresh(marks)
    for item in range(count):
        root = tree.root[room.classes[item]]
        if marks.added[root] != token:
            marks.added[root] = token
            marks.least[root] = 0
            marks.most[root] = 0
        marks.least[root] += room.least[item]
        marks.most[root] += room.most[item]
    for item in range(count):
        root = tree.root[room.classes[item]]
        if exceeds(rule, sums, slot, marks.least[root], marks.most[root]):
            return True
    return False


def sum_in_trees(tree: Hierarchy, rule: Any, sums: Any, slot: int, items: Any, picked: Nodes, count: int) -> int:
    """Add to the picked classes the lowest ones whose groups exceed the threshold, and perhaps some above these.

    Args:
        items: classes of trees, no class twice, with their lower and upper bounds, and how many they are. Used up.

    Two items that meet lowest are made one until none are left, so that every class is seen with all that it has.
    """
    classes, least, most, left = items
    for item in range(left):
        if exceeds(rule, sums, slot, least[item], most[item]):
            picked[count] = classes[item]
            count += 1
            classes[item] = NONE
    while True:
        best = deepest = NONE
        first = second = 0
        for one in range(left):
            if classes[one] == NONE:
                continue
            for other in range(one + 1, left):
                if classes[other] == NONE or tree.root[classes[other]] != tree.root[classes[one]]:
                    continue
                meet = meeting(tree, classes[one], classes[other])
                if tree.depth[meet] > deepest:
                    best, deepest, first, second = meet, tree.depth[meet], one, other
        if best == NONE:
            return count
        classes[first] = best
        least[first] += least[second]
        most[first] += most[second]
        classes[second] = NONE
        if exceeds(rule, sums, slot, least[first], most[first]):
            picked[count] = best
            count += 1
            classes[first] = NONE


def sum_above(
    tree: Hierarchy,
    parents: Nodes,
    rule: Any,
    sums: Any,
    slot: int,
    items: Any,
    picked: Nodes,
    count: int,
    marks: Marks,
) -> int:
    """As `sum_in_trees`, for any hierarchy: every class above an item is given what the item has."""
    classes, least, most, left = items
    added = fresh(marks)
    touched = 0
    for item in range(left):
        for step in range(climb(tree, parents, classes[item], 0, marks)):
            above = marks.found[step]
            if marks.added[above] != added:
                marks.added[above] = added
                marks.least[above] = 0
                marks.most[above] = 0
                marks.stack[touched] = above
                touched += 1
            marks.least[above] += least[item]
            marks.most[above] += most[item]
    higher = fresh(marks)
    for step in range(touched):
        one = marks.stack[step]
        if exceeds(rule, sums, slot, marks.least[one], marks.most[one]):
            for edge in range(tree.parent_offsets[one], tree.parent_offsets[one + 1]):
                marks.above[parents[edge]] = higher
        else:
            marks.above[one] = higher
    for step in range(touched):
        if marks.above[marks.stack[step]] != higher:
            picked[count] = marks.stack[step]
            count += 1
    return count
