"""What goes round inside a ring of companies that hold each other.

A small ring is solved by eliminating its members one by one, without a single subtraction (Grassmann, Taksar and
Heyman 1985), so that every entry is right to a few roundings, however little of the ring belongs to others.
A large ring is iterated until what still goes round is as small as wanted.
"""

from __future__ import annotations

import numpy as np

from topco.ownership.bulk import compiled
from topco.ownership.weighted import Reals, Weighted

# What one iteration of a large ring may cost, in positions looked at.
_MOST_WORK = 20_000_000


@compiled
def solve(weighted: Weighted, ring: int) -> None:
    """Fill in the inverse of an open ring if it is not there yet: row h, column k is how often what starts at member k
    passes member h, the start included.
    """
    if weighted.solved[ring] == 1:
        return
    first = weighted.member_offsets[ring]
    size = weighted.member_offsets[ring + 1] - first
    flow = np.zeros((size, size), np.float64)  # row: owner, column: owned
    leak = np.empty(size, np.float64)
    for column in range(size):
        node = weighted.member_nodes[first + column]
        leak[column] = weighted.leak[node]
        for edge in range(weighted.up_offsets[node], weighted.up_offsets[node + 1]):
            owner = weighted.up_owner[edge]
            if weighted.component[owner] == ring:
                flow[weighted.place[owner], column] += weighted.up_share[edge]
    out = np.empty(size, np.float64)
    for gone in range(size - 1, -1, -1):
        total = leak[gone]
        lost = 0.0  # compensated summation: the sum is right to two roundings
        for row in range(gone):
            term = flow[row, gone] - lost
            raised = total + term
            lost = (raised - total) - term
            total = raised
        out[gone] = total
        for column in range(gone):
            if flow[gone, column] == 0.0:
                continue
            part = flow[gone, column] / total
            leak[column] += part * leak[gone]
            for row in range(gone):
                if row != column:
                    flow[row, column] += part * flow[row, gone]
    base = weighted.inverse_offsets[ring]
    amount = np.empty(size, np.float64)
    for start in range(size):
        for row in range(size):
            amount[row] = 0.0
        amount[start] = 1.0
        for gone in range(start, 0, -1):
            if amount[gone] > 0.0:
                part = amount[gone] / out[gone]
                for row in range(gone):
                    amount[row] += part * flow[row, gone]
        for row in range(size):
            total = amount[row]
            for column in range(row):
                total += flow[row, column] * amount[column]
            amount[row] = total / out[row]
            weighted.inverse[base + row * size + start] = amount[row]
    weighted.solved[ring] = 1


@compiled
def sweep(
    weighted: Weighted, ring: int, inflow: Reals, absorbing: int, tolerance: float
) -> tuple[Reals, float, float, int]:
    """How often what flows into a ring passes each member; an absorbing member (-1: none) passes nothing on.

    Returns:
        The amounts that passed each member, what still goes round at the end, a count of operations for the
        rounding, and the positions looked at. What goes round is above the tolerance only if the work became too much.
    """
    first = weighted.member_offsets[ring]
    size = weighted.member_offsets[ring + 1] - first
    passed = inflow.copy()
    moving = inflow.copy()
    operations = 0.0
    work = 0
    while True:
        if absorbing >= 0:
            moving[absorbing] = 0.0
        rest = 0.0
        for local in range(size):
            rest += moving[local]
        if rest <= tolerance or work > _MOST_WORK:
            return passed, rest, operations, work
        arriving = np.zeros(size, np.float64)
        for local in range(size):
            if moving[local] == 0.0:
                continue
            node = weighted.member_nodes[first + local]
            for edge in range(weighted.up_offsets[node], weighted.up_offsets[node + 1]):
                owner = weighted.up_owner[edge]
                if weighted.component[owner] == ring:
                    arriving[weighted.place[owner]] += moving[local] * weighted.up_share[edge]
                    work += 1
        for local in range(size):
            passed[local] += arriving[local]
        work += size
        moving = arriving
        operations += size + 4.0


@compiled
def settle(weighted: Weighted, ring: int, given: Reals, pinned: int, tolerance: float) -> tuple[Reals, float, float]:
    """The values of a ring's members: what each is given, and its owners' values weighted by their shares.

    Args:
        given: what comes from owners outside the ring; of the pinned member (-1: none), its value, which stays.

    Returns:
        The values, the most that one of them may lack as a part of the greatest value above, and a count of operations.
    """
    first = weighted.member_offsets[ring]
    size = weighted.member_offsets[ring + 1] - first
    value = given.copy()
    inside = np.ones(size, np.float64)  # how much of a unit that goes up from a member is still in the ring
    operations = 0.0
    work = 0
    while True:
        rest = 0.0
        if pinned >= 0:
            inside[pinned] = 0.0
        for local in range(size):
            rest = max(rest, inside[local])
        if rest <= tolerance or work > _MOST_WORK:
            return value, rest, operations
        newer = given.copy()
        staying = np.zeros(size, np.float64)
        for local in range(size):
            if local == pinned:
                continue
            node = weighted.member_nodes[first + local]
            for edge in range(weighted.up_offsets[node], weighted.up_offsets[node + 1]):
                owner = weighted.up_owner[edge]
                if weighted.component[owner] == ring:
                    newer[local] += value[weighted.place[owner]] * weighted.up_share[edge]
                    staying[local] += inside[weighted.place[owner]] * weighted.up_share[edge]
            work += 1 + weighted.up_offsets[node + 1] - weighted.up_offsets[node]
        value = newer
        inside = staying
        operations += size + 4.0
