"""Integrated shares by passing fractions up or down a weighted graph; plain loops that a compiler can take.

Upwards, one unit starts at the company asked about and every company passes what arrives at it on to its owners, in
proportion. Components are taken in the order of their numbers, so each is met once, after all that arrives at it has
arrived; what goes round inside a ring is solved there (`topco.ownership.integrated_rings`). Downwards, each company has
the sum of its owners' values, weighted by their shares.

What the owners of a company get is never more than the `amplification` of what arrived at it. Small amounts may
therefore be left where they are, and their sum is a bound on what every owner may lack. Rounding is counted: an amount
is wrong by at most its number of operations times the unit roundoff.
"""

from __future__ import annotations

from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from topco.ownership.bulk import compiled
from topco.ownership.graph import Nodes, Offsets
from topco.ownership.integrated_rings import settle, solve, sweep
from topco.ownership.weighted import CLOSED, OPEN, OVERFLOWING, SINGLE, Codes, Reals, Weighted

# What iterating the members of one large ring may take, in positions looked at; beyond it there are bounds only.
_MOST_WORK = 400_000_000
# The part of the allowance that a single company may use: many small amounts are left, no large one.
_GRAIN = 1e-3
# A hair more than computed, so that rounding cannot make a bound too small.
_SAFE = 1.0 + 1e-9
# An amount that is there and changes no sum.
_TRACE = 1e-250
# How many rounds a ring may take to lose half of what is in it, for its amplification to be bounded.
_ROUNDS = 1_000


@compiled
def amplification(
    up_offsets: Offsets,
    up_owner: Nodes,
    up_share: Reals,
    component: Nodes,
    member_offsets: Offsets,
    member_nodes: Nodes,
    place: Nodes,
    kind: Codes,
    leak: Reals,
    within_whole: NDArray[np.bool_],
) -> tuple[Reals, Codes]:
    """The most that any one owner can get of a unit that arrives at each component; 1 unless shares exceed the whole.

    What goes into a ring without end is not counted further; the second result marks the components that lead into one.

    Args:
        leak: of a member of a ring, what the other members leave.
        within_whole: of each company, whether its positions add up to at most its total, decided on exact units.
    """
    count = len(member_offsets) - 1
    most = np.ones(count, np.float64)
    endless = np.zeros(count, np.int8)
    passed = np.zeros(
        len(component), np.float64
    )  # what goes from a company to owners outside its ring, amplified there
    for current in range(count):
        first, last = member_offsets[current], member_offsets[current + 1]
        if kind[current] == OVERFLOWING:
            endless[current] = 1
            continue
        for number in range(first, last):
            node = member_nodes[number]
            plain = within_whole[node]
            for edge in range(up_offsets[node], up_offsets[node + 1]):
                above = component[up_owner[edge]]
                if above != current:
                    passed[node] += up_share[edge] * most[above]
                    plain = plain and most[above] == 1.0
                    if endless[above] == 1 or kind[current] == CLOSED:
                        endless[current] = 1
            if plain or passed[node] == 0.0 or kind[current] == CLOSED:
                continue
            room = 1.0 if kind[current] == SINGLE else leak[node]
            if room == 0.0:
                most[current] = np.inf
            else:
                most[current] = max(most[current], passed[node] / room * _SAFE)
        if most[current] == np.inf and kind[current] == OPEN:
            most[current] = _amplified_round(
                up_offsets, up_owner, up_share, component, place, member_nodes[first:last], passed, current
            )
    return most, endless


@compiled
def _amplified_round(
    up_offsets: Offsets,
    up_owner: Nodes,
    up_share: Reals,
    component: Nodes,
    place: Nodes,
    ring: Nodes,
    passed: Reals,
    current: int,
) -> float:
    """The most that leaves an open ring of a unit that arrives at a member, where a single step bounds nothing.

    After some rounds at most a part u of the unit is still in the ring. What has left until then, divided by 1 - u, is
    more than ever leaves.
    """
    left = np.zeros(len(ring), np.float64)
    inside = np.ones(len(ring), np.float64)
    for _ in range(_ROUNDS):
        newer_left = np.empty(len(ring), np.float64)
        newer_inside = np.empty(len(ring), np.float64)
        still = 0.0
        greatest = 0.0
        for local in range(len(ring)):
            node = ring[local]
            leaving = passed[node]
            staying = 0.0
            for edge in range(up_offsets[node], up_offsets[node + 1]):
                owner = up_owner[edge]
                if component[owner] == current:
                    leaving += up_share[edge] * left[place[owner]]
                    staying += up_share[edge] * inside[place[owner]]
            newer_left[local] = leaving
            newer_inside[local] = staying
            still = max(still, staying)
            greatest = max(greatest, leaving)
        left = newer_left
        inside = newer_inside
        if still <= 0.5:
            return max(1.0, greatest / (1.0 - still) * _SAFE)
    return np.inf


@compiled
def upwards(
    weighted: Weighted,
    start: int,
    allowance: float,
    endless: float,
    arrived: Reals,
    steps: Reals,
    touched: Codes,
) -> tuple[Nodes, Reals, Nodes, float, float]:
    """What every owner has of one company through all paths that do not come back to that owner.

    Args:
        allowance: how much may be left out in all, as a fraction of the company.
        endless: what the owners of a closed or overflowing ring get of it: 0 for a lower bound, infinity for an upper.
        arrived, steps, touched: working space, all zero, for each node, node and component.

    Returns:
        The owners and their shares (the company itself among them, at no meaning), the rings met, and bounds on what is
        left out and on the relative error by rounding.
    """
    found = [start]
    found.pop()
    shares = [0.0]
    shares.pop()
    rings = [start]
    rings.pop()
    left_out = 0.0
    lacking = 0.0
    rounding = 0.0
    arrived[start] = 1.0
    first_component = weighted.component[start]
    touched[first_component] = 1
    heap = [-int(first_component)]
    while len(heap) > 0:
        current = -heappop(heap)
        first, last = weighted.member_offsets[current], weighted.member_offsets[current + 1]
        kind = weighted.kind[current]
        size = last - first
        total = 0.0
        operations = 0.0
        for place in range(first, last):
            total += arrived[weighted.member_nodes[place]]
            operations = max(operations, steps[weighted.member_nodes[place]])
        small = total * weighted.amplification[current]
        leave = small <= allowance * _GRAIN and left_out + small <= allowance
        if endless > 0.0 and weighted.endless[current] == 1:
            leave = False  # however little gets into a ring without end, its owners may have all
        if kind == SINGLE:
            node = weighted.member_nodes[first]
            found.append(node)
            shares.append(total)
            if leave and weighted.up_offsets[node] < weighted.up_offsets[node + 1]:
                left_out += small
        elif leave:
            left_out += small
            for place in range(first, last):
                node = weighted.member_nodes[place]
                if arrived[node] > 0.0:
                    found.append(node)
                    shares.append(arrived[node])
        elif kind == OPEN:
            rings.append(current)
            inflow = np.empty(size, np.float64)
            for local in range(size):
                inflow[local] = arrived[weighted.member_nodes[first + local]]
            if weighted.inverse_offsets[current] < weighted.inverse_offsets[current + 1]:
                solve(weighted, current)
                base = weighted.inverse_offsets[current]
                for row in range(size):
                    visits = 0.0
                    for column in range(size):
                        visits += weighted.inverse[base + row * size + column] * inflow[column]
                    node = weighted.member_nodes[first + row]
                    arrived[node] = visits
                    found.append(node)
                    shares.append(visits / weighted.inverse[base + row * size + row])
                operations += 20.0 * size * size + 10.0
            else:
                visited, rest, rounds, work = sweep(weighted, current, inflow, -1, allowance * _GRAIN)
                left_out += rest * weighted.amplification[current]
                worked = work
                if endless > 0.0 and weighted.endless[current] == 1:
                    for local in range(size):  # every member is reached, if only after more rounds
                        visited[local] = max(visited[local], _TRACE)
                for local in range(size):
                    node = weighted.member_nodes[first + local]
                    if visited[local] > 0.0:
                        found.append(node)
                        if worked <= _MOST_WORK:
                            absorbed, rest, more, work = sweep(weighted, current, inflow, local, allowance * _GRAIN)
                            worked += work
                            shares.append(absorbed[local])
                            lacking = max(lacking, rest)
                            rounding = max(rounding, operations + more)
                        else:
                            shares.append(inflow[local])
                            lacking = max(lacking, min(visited[local], 1.0) - inflow[local])
                    arrived[node] = visited[local]
                operations += rounds
            for place in range(first, last):
                steps[weighted.member_nodes[place]] = operations
        else:
            rings.append(current)
            for place in range(first, last):
                node = weighted.member_nodes[place]
                if kind == CLOSED:
                    found.append(node)
                    shares.append(total)
                elif arrived[node] > 0.0 or endless > 0.0:
                    found.append(node)
                    shares.append(max(arrived[node], endless))
                arrived[node] = endless
        rounding = max(rounding, operations)
        if leave:
            continue
        for place in range(first, last):
            node = weighted.member_nodes[place]
            amount = arrived[node]
            if amount == 0.0:
                continue
            for edge in range(weighted.up_offsets[node], weighted.up_offsets[node + 1]):
                owner = weighted.up_owner[edge]
                above = weighted.component[owner]
                if above == current:
                    continue
                arrived[owner] += amount * weighted.up_share[edge]
                steps[owner] = max(steps[owner], steps[node] + 2.0) + 1.0
                if touched[above] == 0:
                    touched[above] = 1
                    heappush(heap, -int(above))
    return (
        np.array(found, np.int32),
        np.array(shares, np.float64),
        np.array(rings, np.int32),
        left_out + lacking,
        rounding * 1.2e-16,
    )


@compiled
def downwards(
    weighted: Weighted,
    start: int,
    tolerance: float,
    endless: float,
    value: Reals,
    steps: Reals,
    touched: Codes,
) -> tuple[Nodes, Reals, Nodes, float, float]:
    """What one owner has of every company below it, through all paths that do not come back to the owner.

    The arguments and what is returned are those of `upwards`; `tolerance` concerns only rings that are iterated.
    """
    found = [start]
    found.pop()
    shares = [0.0]
    shares.pop()
    rings = [start]
    rings.pop()
    lacking = 0.0
    rounding = 0.0
    home = weighted.component[start]
    touched[home] = 1
    value[start] = 1.0
    heap = [int(home)]
    while len(heap) > 0:
        current = heappop(heap)
        first, last = weighted.member_offsets[current], weighted.member_offsets[current + 1]
        kind = weighted.kind[current]
        size = last - first
        operations = 0.0
        for place in range(first, last):
            operations = max(operations, steps[weighted.member_nodes[place]])
        if kind != SINGLE:
            rings.append(current)
            inflow = np.empty(size, np.float64)
            for local in range(size):
                inflow[local] = value[weighted.member_nodes[first + local]]
            pinned = -1
            if current == home:
                pinned = int(weighted.place[start])
            if kind == OPEN and weighted.inverse_offsets[current] < weighted.inverse_offsets[current + 1]:
                solve(weighted, current)
                base = weighted.inverse_offsets[current]
                for column in range(size):
                    amount = 0.0
                    for row in range(size):
                        amount += weighted.inverse[base + row * size + column] * inflow[row]
                    if pinned >= 0:
                        amount /= weighted.inverse[base + pinned * size + pinned]
                    value[weighted.member_nodes[first + column]] = amount
                operations += 20.0 * size * size + 10.0
            elif kind == OPEN:
                settled, rest, rounds = settle(weighted, current, inflow, pinned, tolerance)
                lacking += rest
                operations += rounds
                for local in range(size):
                    value[weighted.member_nodes[first + local]] = settled[local]
            else:
                for local in range(size):
                    node = weighted.member_nodes[first + local]
                    if kind == CLOSED and pinned >= 0:
                        value[node] = 1.0
                    elif kind == OVERFLOWING and pinned >= 0:
                        value[node] = endless
                    else:
                        value[node] = max(value[node], endless)
                if kind == OVERFLOWING and pinned >= 0:
                    for edge in range(weighted.down_offsets[start], weighted.down_offsets[start + 1]):
                        owned = weighted.down_owned[edge]
                        if weighted.component[owned] == current:
                            value[owned] = max(endless, weighted.down_share[edge])
                    value[start] = 1.0
            for place in range(first, last):
                steps[weighted.member_nodes[place]] = operations
        rounding = max(rounding, operations)
        for place in range(first, last):
            node = weighted.member_nodes[place]
            amount = value[node]
            if amount == 0.0:
                continue
            found.append(node)
            shares.append(amount)
            for edge in range(weighted.down_offsets[node], weighted.down_offsets[node + 1]):
                owned = weighted.down_owned[edge]
                below = weighted.component[owned]
                if below == current:
                    continue
                value[owned] += amount * weighted.down_share[edge]
                steps[owned] = max(steps[owned], steps[node] + 2.0) + 1.0
                if touched[below] == 0:
                    touched[below] = 1
                    heappush(heap, int(below))
    return (
        np.array(found, np.int32),
        np.array(shares, np.float64),
        np.array(rings, np.int32),
        lacking,
        rounding * 1.2e-16,
    )
