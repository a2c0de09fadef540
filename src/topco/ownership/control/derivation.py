"""Who controls whom, derived from owners down to what they own: the least relation of `docs/ownership.md`, 2.

Whether X controls y hangs on what y's holders are controlled by, and on nothing below y. Companies are therefore taken
in an order in which holders come first; only companies that hold each other in a circle are taken together (`circles`).

The result is a hierarchy of *classes*. Members of one class control each other (mostly a class is one company). The
parents of a class are its immediate controllers, and all above them control it too.

Plain functions over numpy arrays that a compiler takes unchanged (`topco.ownership.control.bulk`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from topco.ownership.control.circles import inner_circles, settle
from topco.ownership.control.hierarchy import (
    FEW,
    NONE,
    Flags,
    Hierarchy,
    Marks,
    append,
    fresh,
    longer,
    lowest,
    marks_on,
)
from topco.ownership.control.summing import Buffers, buffers, gather, none_promising, promising, sum_above, sum_in_trees
from topco.ownership.graph import Nodes, Offsets

_ON_PATH = -2


def controllers(
    tree: Hierarchy,
    parents: Nodes,
    klass: Nodes,
    members: Nodes,
    single: Any,
    rule: Any,
    sums: Any,
    room: Buffers,
    marks: Marks,
) -> int:
    """Put the immediate controllers of a class into `room.picked`, given its members; how many they are.

    Members have no class yet. Those outside control the class if they control any member by what is held from outside.
    """
    picked = room.picked
    count = 0
    token = fresh(marks)
    for node in members:
        for edge in range(single[0][node], single[0][node + 1]):
            holder = klass[single[1][edge]]
            if holder != NONE and marks.met[holder] != token:
                marks.met[holder] = token
                picked[count] = holder
                count += 1
    for node in members:
        for slot in range(sums[0][node], sums[0][node + 1]):
            left = gather(sums, slot, klass, room, marks)
            if left == 0:
                continue
            items = (room.classes, room.least, room.most, left)
            standing = True
            for item in range(left):
                standing = standing and tree.tree[room.classes[item]]
            if standing and not promising(tree, rule, sums, slot, room, left, marks):
                continue
            before = count
            if standing and left <= FEW:
                count = sum_in_trees(tree, rule, sums, slot, items, picked, count)
            else:
                count = sum_above(tree, parents, rule, sums, slot, items, picked, count, marks)
            if count > before:
                count = lowest(tree, parents, picked, count, marks)
    return lowest(tree, parents, picked, count, marks)


def derive(
    single: tuple[Offsets, Nodes], rule: Any, sums: Any, component: Nodes, circles: tuple[Offsets, Nodes]
) -> tuple[Nodes, int, Flags, Offsets, Nodes, tuple[Nodes, Nodes, Nodes, Nodes, Flags]]:
    """The hierarchy of control.

    Args:
        single: holders that suffice alone, by company.
        rule, sums: `edges.Rule` and `edges.Sums`.
        component: circles of holdings (strongly connected components of companies and holders), holders first.
        circles: the nodes of each of them.

    Returns:
        The class of each node; how many classes there are; of each class whether it controls itself; its parents as
        lists; and of each class the one parent, depth, jump, root, and whether it stands in a tree.
    """
    n = len(component)
    tree = Hierarchy(
        np.empty(n, np.int32),
        np.empty(n, np.int32),
        np.empty(n, np.int32),
        np.empty(n, np.int32),
        np.zeros(n, np.bool_),
        np.zeros(n, np.bool_),
        np.zeros(n + 1, np.int64),
    )
    marks = marks_on(n)
    room = buffers(n, sums)
    parents = np.empty(n + 1, np.int32)
    klass = np.full(n, NONE, np.int32)
    place_of = np.full(n, NONE, np.int32)
    made = 0
    starts, nodes = circles
    single_offsets, holders = single
    sum_offsets = sums[0]
    parent_offsets = tree.parent_offsets
    for circle in range(len(starts) - 1):
        node = nodes[starts[circle]]
        first = single_offsets[node]
        alone = single_offsets[node + 1] - first
        if (
            starts[circle + 1] - starts[circle] == 1
            and alone <= 1
            and (
                sum_offsets[node] == sum_offsets[node + 1]
                or none_promising(node, klass, tree.root, tree.tree, rule, sums)
            )
        ):
            # By far the most companies, and cheaper without a call: at most one holder that decides, and no sums.
            if alone == 1:
                parent = klass[holders[first]]
                if parent_offsets[made] == len(parents):
                    parents = longer(parents)
                parents[parent_offsets[made]] = parent
                if tree.tree[parent]:
                    far = tree.jump[parent]
                    even = tree.depth[parent] - tree.depth[far] == tree.depth[far] - tree.depth[tree.jump[far]]
                    tree.up[made] = parent
                    tree.depth[made] = tree.depth[parent] + 1
                    tree.jump[made] = tree.jump[far] if even else parent
                    tree.root[made] = tree.root[parent]
                    tree.tree[made] = True
            else:
                tree.up[made] = NONE
                tree.depth[made] = 0
                tree.jump[made] = made
                tree.root[made] = made
                tree.tree[made] = True
            parent_offsets[made + 1] = parent_offsets[made] + alone
            klass[node] = made
            made += 1
            continue
        members = nodes[starts[circle] : starts[circle + 1]]
        if len(members) > 1:
            inner = inner_circles(members, single, place_of)
            if inner[1] > 1:
                parents, made = settle(
                    tree, parents, klass, made, members, inner, place_of, single, rule, sums, room, marks
                )
            place_of[members] = NONE
            if inner[1] > 1:
                continue
        count = controllers(tree, parents, klass, members, single, rule, sums, room, marks)
        parents = append(tree, parents, made, room.picked, count)
        tree.itself[made] = len(members) > 1
        klass[members] = made
        made += 1
    top = tree.parent_offsets[made]
    shape = (tree.up[:made], tree.depth[:made], tree.jump[:made], tree.root[:made], tree.tree[:made])
    return klass, made, tree.itself[:made], tree.parent_offsets[: made + 1], parents[:top], shape


def derive_lines(single: tuple[Offsets, Nodes]) -> tuple[Nodes, int, Flags, Offsets, Nodes, Any]:
    """`derive` where every company has one holder that decides or none, and there are no sums; in one pass.

    From each company the holders are walked up to one that has a class, to a top, or round a ring; then classes are
    made downwards, so that the classes of one line have neighbouring numbers.
    """
    offsets, holders = single
    n = len(offsets) - 1
    up, depth = np.empty(n, np.int32), np.empty(n, np.int32)
    jump, root = np.empty(n, np.int32), np.empty(n, np.int32)
    itself = np.zeros(n, np.bool_)
    parent_offsets, parents = np.zeros(n + 1, np.int64), np.empty(n, np.int32)
    klass = np.full(n, NONE, np.int32)
    path = np.empty(n, np.int32)
    made = 0
    for start in range(n):
        if klass[start] != NONE:
            continue
        length = 0
        node = np.int32(start)
        while klass[node] == NONE:
            klass[node] = _ON_PATH
            path[length] = node
            length += 1
            if offsets[node] < offsets[node + 1]:
                node = holders[offsets[node]]
        last = path[length - 1]
        top = offsets[last] == offsets[last + 1]
        if top or klass[node] == _ON_PATH:
            # A class without a parent: a top (then `node` is the last one), or a ring, which begins at `node`.
            up[made], depth[made], jump[made], root[made] = NONE, 0, made, made
            itself[made] = not top
            parent_offsets[made + 1] = parent_offsets[made]
            member = NONE
            while member != node:
                length -= 1
                member = path[length]
                klass[member] = made
            made += 1
        for place in range(length - 1, -1, -1):
            node = path[place]
            parent = klass[holders[offsets[node]]]
            far = jump[parent]
            even = depth[parent] - depth[far] == depth[far] - depth[jump[far]]
            up[made], depth[made], root[made] = parent, depth[parent] + 1, root[parent]
            jump[made] = jump[far] if even else parent
            parents[parent_offsets[made]] = parent
            parent_offsets[made + 1] = parent_offsets[made] + 1
            klass[node] = made
            made += 1
    shape = (up[:made], depth[:made], jump[:made], root[:made], np.ones(made, np.bool_))
    return klass, made, itself[:made], parent_offsets[: made + 1], parents[: parent_offsets[made]], shape
