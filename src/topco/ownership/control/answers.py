"""What is read off a finished hierarchy of control: pairs, marks from above, and holders that have exactly half.

Plain functions over numpy arrays that a compiler takes unchanged (`topco.ownership.control.bulk`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from topco.ownership.control.hierarchy import Flags, Hierarchy, climb, fresh, marks_on
from topco.ownership.control.summing import buffers, gather
from topco.ownership.graph import Nodes, Offsets


def pairs(
    parents: tuple[Offsets, Nodes], up: Nodes, tree: Flags, itself: Flags, members: tuple[Offsets, Nodes]
) -> tuple[Nodes, Nodes]:
    """All pairs of a controller and a company that it controls, company by company within each class."""
    count = len(itself)
    member_offsets, nodes = members
    met = np.full(count, -1, np.int32)
    above = np.empty(max(count, 1), np.int32)
    controllers = np.empty(max(len(nodes), 16), np.int32)
    companies = np.empty(max(len(nodes), 16), np.int32)
    total = 0
    for current in range(count):
        found = 0
        if tree[current]:
            one = up[current]
            while one >= 0:
                above[found] = one
                found += 1
                one = up[one]
        else:
            place = -1
            while place < found:
                one = current if place < 0 else above[place]
                place += 1
                for edge in range(parents[0][one], parents[0][one + 1]):
                    higher = parents[1][edge]
                    if met[higher] != current:
                        met[higher] = current
                        above[found] = higher
                        found += 1
        if itself[current]:
            above[found] = current
            found += 1
        wanted = 0
        for place in range(found):
            wanted += member_offsets[above[place] + 1] - member_offsets[above[place]]
        wanted = total + wanted * (member_offsets[current + 1] - member_offsets[current])
        if wanted > len(controllers):
            room = max(wanted, 2 * len(controllers))
            longer = np.empty(room, np.int32)
            longer[:total] = controllers[:total]
            controllers = longer
            longer = np.empty(room, np.int32)
            longer[:total] = companies[:total]
            companies = longer
        for member in range(member_offsets[current], member_offsets[current + 1]):
            for place in range(found):
                for other in range(member_offsets[above[place]], member_offsets[above[place] + 1]):
                    controllers[total] = nodes[other]
                    companies[total] = nodes[member]
                    total += 1
    return controllers[:total], companies[:total]


def from_above(parents: tuple[Offsets, Nodes], itself: Flags, own: Flags) -> Flags:
    """Whether any controller of each class is marked; `own` says of each class whether a member is."""
    marked = np.zeros(len(itself), np.bool_)
    for current in range(len(itself)):
        marked[current] = itself[current] and own[current]
        for edge in range(parents[0][current], parents[0][current + 1]):
            above = parents[1][edge]
            marked[current] = marked[current] or marked[above] or own[above]
    return marked


def halves(
    parents: tuple[Offsets, Nodes], shape: Any, itself: Flags, klass: Nodes, sums: Any, company: Nodes
) -> tuple[Nodes, Nodes]:
    """The ties: companies, and the lowest classes that have exactly half with all that they control.

    Args:
        sums: companies and families of which just all is declared; only lower bounds over 0, which are then exact.
        company: the company of each of them.

    A class with half ties with another one that has the other half, so that no holder belongs to both.
    """
    tree = Hierarchy(shape[0], shape[1], shape[2], shape[3], shape[4], itself, parents[0])
    marks = marks_on(len(klass))
    room = buffers(len(klass), sums)
    companies = np.empty(16, np.int32)
    tied = np.empty(16, np.int32)
    total = 0
    for slot in range(len(company)):
        left = gather(sums, slot, klass, room, marks)
        whole = sums[7][slot]
        picked = 0
        if left == 2 and room.least[0] == room.least[1]:
            # Two holders of half each: whoever is above one alone has half as well, and is not the lowest.
            room.picked[0] = room.classes[0]
            room.picked[1] = room.classes[1]
            picked = 2
        elif left > 2 and level(tree, whole, room, left, marks):
            picked = lowest_halves(tree, parents[1], whole, room, left, marks)
        if total + picked > len(tied):
            longer = np.empty(2 * (total + picked), np.int32)
            longer[:total] = companies[:total]
            companies = longer
            longer = np.empty(2 * (total + picked), np.int32)
            longer[:total] = tied[:total]
            tied = longer
        for place in range(picked):
            companies[total] = company[slot]
            tied[total] = room.picked[place]
            total += 1
    return companies[:total], tied[:total]


def level(tree: Hierarchy, whole: int, room: Any, left: int, marks: Any) -> bool:
    """Whether the holders may make two halves: those in trees only do if two roots have half each."""
    token = fresh(marks)
    for item in range(left):
        one = room.classes[item]
        if not tree.tree[one]:
            return True
        root = tree.root[one]
        if marks.added[root] != token:
            marks.added[root] = token
            marks.least[root] = 0
        marks.least[root] += room.least[item]
    halves_only = True
    for item in range(left):
        halves_only = halves_only and 2 * marks.least[tree.root[room.classes[item]]] == whole
    return halves_only


def lowest_halves(tree: Hierarchy, parents: Nodes, whole: int, room: Any, left: int, marks: Any) -> int:
    """Put the lowest classes with half that have a counterpart into `room.picked`; how many they are."""
    added = fresh(marks)
    touched = 0
    for item in range(left):
        for step in range(climb(tree, parents, room.classes[item], 0, marks)):
            one = marks.found[step]
            if marks.added[one] != added:
                marks.added[one] = added
                marks.least[one] = 0
                marks.stack[touched] = one
                touched += 1
            marks.least[one] += room.least[item]
    half = 0
    for step in range(touched):
        if 2 * marks.least[marks.stack[step]] == whole:
            marks.stack[half] = marks.stack[step]
            half += 1
    higher = fresh(marks)
    for step in range(half):
        one = marks.stack[step]
        for edge in range(tree.parent_offsets[one], tree.parent_offsets[one + 1]):
            marks.above[parents[edge]] = higher
    lowest = 0
    for step in range(half):
        if marks.above[marks.stack[step]] != higher:
            marks.stack[lowest] = marks.stack[step]
            lowest += 1
    holds = np.zeros((lowest, left), np.bool_)
    for item in range(left):
        token = 0
        climb(tree, parents, room.classes[item], 0, marks)
        token = marks.token[0]
        for place in range(lowest):
            holds[place, item] = marks.met[marks.stack[place]] == token
    picked = 0
    for place in range(lowest):
        for other in range(lowest):
            if not (holds[place] & holds[other]).any():
                room.picked[picked] = marks.stack[place]
                picked += 1
                break
    return picked
