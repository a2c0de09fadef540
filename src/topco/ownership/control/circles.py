"""Companies that hold each other in a circle, so that none of them can be taken first.

For every party that may matter (those outside that control a holder, and the companies of the circle themselves), what
it controls inside is worked out by itself, from its own holdings on. That is quadratic in the size of the circle at
worst; companies that control each other by single holders are one part from the start.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from topco.ownership.control.hierarchy import NONE, Hierarchy, Marks, Units, append, climb, fresh
from topco.ownership.control.summing import Buffers, exceeds
from topco.ownership.graph import Nodes, Offsets, adjacency, components


class Inside(NamedTuple):
    """The holdings in a circle: part held, its company and family or -1 if the holder suffices, bounds, and the holder:
    a part of the circle, or -1 and a class outside."""

    held: Nodes
    slot: Offsets
    lower: Units
    upper: Units
    part: Nodes
    outside: Nodes


def inner_circles(members: Nodes, single: tuple[Offsets, Nodes], place_of: Nodes) -> tuple[Nodes, int]:
    """The parts of a circle, whose members control each other by single holders; marks where each member stands."""
    for place in range(len(members)):
        place_of[members[place]] = place
    count = 0
    for node in members:
        for edge in range(single[0][node], single[0][node + 1]):
            count += place_of[single[1][edge]] != NONE
    source = np.empty(count, np.int32)
    target = np.empty(count, np.int32)
    count = 0
    for node in members:
        for edge in range(single[0][node], single[0][node + 1]):
            holder = place_of[single[1][edge]]
            if holder != NONE:
                source[count] = place_of[node]
                target[count] = holder
                count += 1
    offsets, targets = adjacency(len(members), source, target)
    return components(offsets, targets)


def holdings_inside(
    members: Nodes, inner: Nodes, place_of: Nodes, klass: Nodes, single: tuple[Offsets, Nodes], sums: Any
) -> Inside:
    """All holdings in the members of a circle that can matter."""
    count = 0
    for node in members:
        count += single[0][node + 1] - single[0][node]
        count += sums[1][sums[0][node + 1]] - sums[1][sums[0][node]]
    inside = Inside(
        np.empty(count, np.int32),
        np.empty(count, np.int64),
        np.zeros(count, np.int64),
        np.zeros(count, np.int64),
        np.empty(count, np.int32),
        np.empty(count, np.int32),
    )
    count = 0
    for node in members:
        held = inner[place_of[node]]
        for edge in range(single[0][node], single[0][node + 1]):
            holder = single[1][edge]
            inside.held[count] = held
            inside.slot[count] = NONE
            inside.part[count] = NONE if place_of[holder] == NONE else inner[place_of[holder]]
            inside.outside[count] = klass[holder]
            count += 1
        for slot in range(sums[0][node], sums[0][node + 1]):
            for place in range(sums[1][slot], sums[1][slot + 1]):
                holder = sums[2][place]
                inside.held[count] = held
                inside.slot[count] = slot
                inside.lower[count] = sums[3][place]
                inside.upper[count] = sums[4][place]
                inside.part[count] = NONE if place_of[holder] == NONE else inner[place_of[holder]]
                inside.outside[count] = klass[holder]
                count += 1
    return inside


def groups_outside(tree: Hierarchy, parents: Nodes, inside: Inside, marks: Marks) -> tuple[Nodes, Offsets, Nodes]:
    """The classes outside that control a holder or are one, and of each the holdings that it and these have."""
    count = 0
    numbered = fresh(marks)
    classes = np.empty(16, np.int32)
    for edge in range(len(inside.held)):
        if inside.part[edge] != NONE:
            continue
        for step in range(climb(tree, parents, inside.outside[edge], 0, marks)):
            one = marks.found[step]
            if marks.added[one] != numbered:
                marks.added[one] = numbered
                marks.number[one] = count
                if count == len(classes):
                    longer = np.empty(2 * count, np.int32)
                    longer[:count] = classes
                    classes = longer
                classes[count] = one
                count += 1
    offsets = np.zeros(count + 1, np.int64)
    for edge in range(len(inside.held)):
        if inside.part[edge] == NONE:
            for step in range(climb(tree, parents, inside.outside[edge], 0, marks)):
                offsets[marks.number[marks.found[step]] + 1] += 1
    for one in range(count):
        offsets[one + 1] += offsets[one]
    filled = offsets.copy()
    edges = np.empty(offsets[count], np.int32)
    for edge in range(len(inside.held)):
        if inside.part[edge] == NONE:
            for step in range(climb(tree, parents, inside.outside[edge], 0, marks)):
                index = marks.number[marks.found[step]]
                edges[filled[index]] = edge
                filled[index] += 1
    return classes[:count], offsets, edges


def reach(
    inside: Inside, parts: int, outside: tuple[Offsets, Nodes], rule: Any, sums: Any, first_slot: int, slots: int
) -> tuple[Offsets, Nodes]:
    """What every party controls inside: the parties outside first, then the parts of the circle."""
    strangers = len(outside[0]) - 1
    own = 0
    for edge in range(len(inside.held)):
        own += inside.part[edge] != NONE
    source = np.empty(own, np.int32)
    held = np.empty(own, np.int32)
    own = 0
    for edge in range(len(inside.held)):
        if inside.part[edge] != NONE:
            source[own] = inside.part[edge]
            held[own] = edge
            own += 1
    offsets, edges = adjacency(parts, source, held)

    controlled = np.full(parts, NONE, np.int32)
    summed = np.full(slots, NONE, np.int32)
    least = np.zeros(slots, np.int64)
    most = np.zeros(slots, np.int64)
    reached_offsets = np.zeros(strangers + parts + 1, np.int64)
    reached = np.empty(16, np.int32)
    total = 0
    for party in range(strangers + parts):
        begin = total
        waiting = begin
        own_turn = True
        while own_turn or waiting < total:
            if own_turn:
                own_turn = False
                if party < strangers:
                    first, last = outside[0][party], outside[0][party + 1]
                else:
                    first, last = offsets[party - strangers], offsets[party - strangers + 1]
            else:
                part = reached[waiting]
                waiting += 1
                if part == party - strangers:
                    continue
                first, last = offsets[part], offsets[part + 1]
            for place in range(first, last):
                edge = outside[1][place] if waiting == begin and party < strangers else edges[place]
                target = inside.held[edge]
                if controlled[target] == party:
                    continue
                slot = inside.slot[edge]
                if slot != NONE:
                    local = slot - first_slot
                    if summed[local] != party:
                        summed[local] = party
                        least[local] = 0
                        most[local] = 0
                    least[local] += inside.lower[edge]
                    most[local] += inside.upper[edge]
                    if not exceeds(rule, sums, slot, least[local], most[local]):
                        continue
                controlled[target] = party
                if total == len(reached):
                    longer = np.empty(2 * total, np.int32)
                    longer[:total] = reached
                    reached = longer
                reached[total] = target
                total += 1
        reached_offsets[party + 1] = total
    return reached_offsets, reached[:total]


def settle(
    tree: Hierarchy,
    parents: Nodes,
    klass: Nodes,
    made: int,
    members: Nodes,
    inner: tuple[Nodes, int],
    place_of: Nodes,
    single: tuple[Offsets, Nodes],
    rule: Any,
    sums: Any,
    room: Buffers,
    marks: Marks,
) -> tuple[Nodes, int]:
    """Make the classes of a circle; the parents, and how many classes there are now.

    A part that controls another one strictly controls more than that one, itself counted in both. Parts are taken in
    this order, so that the controllers of each have their classes before it.
    """
    part_of, parts = inner
    inside = holdings_inside(members, part_of, place_of, klass, single, sums)
    first_slot, slots = NONE, 0
    for edge in range(len(inside.slot)):
        slot = inside.slot[edge]
        if slot != NONE:
            first_slot = slot if first_slot == NONE else min(first_slot, slot)
            slots = max(slots, slot + 1)
    first_slot = max(first_slot, 0)
    strangers, outside_offsets, outside_edges = groups_outside(tree, parents, inside, marks)
    offsets, reached = reach(
        inside, parts, (outside_offsets, outside_edges), rule, sums, first_slot, max(slots - first_slot, 0)
    )
    outer = len(strangers)
    party = np.empty(len(reached), np.int32)
    for one in range(outer + parts):
        party[offsets[one] : offsets[one + 1]] = one
    above_offsets, above = adjacency(parts, reached, party)

    size = np.empty(parts, np.int64)
    for part in range(parts):
        size[part] = offsets[outer + part + 1] - offsets[outer + part] + 1
        for place in range(offsets[outer + part], offsets[outer + part + 1]):
            size[part] -= reached[place] == part
    member_offsets, by_part = adjacency(parts, part_of, members)

    class_of = np.full(parts, NONE, np.int32)
    below = np.full(parts, NONE, np.int32)
    for part in np.argsort(-size):
        if class_of[part] != NONE:
            continue
        class_of[part] = made
        for place in range(offsets[outer + part], offsets[outer + part + 1]):
            below[reached[place]] = part
        itself = below[part] == part
        for place in range(above_offsets[part], above_offsets[part + 1]):
            other = above[place] - outer
            if other >= 0 and below[other] == part:
                class_of[other] = made
        count = 0
        once = fresh(marks)
        for place in range(above_offsets[part], above_offsets[part + 1]):
            one = strangers[above[place]] if above[place] < outer else class_of[above[place] - outer]
            if one != made and marks.met[one] != once:
                marks.met[one] = once
                room.picked[count] = one
                count += 1
        count = lowest_of_all(tree, parents, room.picked, count, marks)
        parents = append(tree, parents, made, room.picked, count)
        tree.itself[made] = itself
        made += 1
    for part in range(parts):
        for place in range(member_offsets[part], member_offsets[part + 1]):
            klass[by_part[place]] = class_of[part]
    return parents, made


def lowest_of_all(tree: Hierarchy, parents: Nodes, picked: Nodes, count: int, marks: Marks) -> int:
    """As `hierarchy.lowest`, for picked classes with all that are above them: parents are enough to look at."""
    higher = fresh(marks)
    for place in range(count):
        for edge in range(tree.parent_offsets[picked[place]], tree.parent_offsets[picked[place] + 1]):
            marks.above[parents[edge]] = higher
    kept = 0
    for place in range(count):
        if marks.above[picked[place]] != higher:
            picked[kept] = picked[place]
            kept += 1
    return kept
