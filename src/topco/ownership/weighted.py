"""A weighted graph of companies: one bound of all positions, as arrays that compiled code can take.

Its parts are components: a single company, or a *ring* of companies that hold each other.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from topco.ownership.graph import Nodes, Offsets

Reals = NDArray[np.float64]
Codes = NDArray[np.int8]

# What kind of ring a component is; the value is the code in the arrays.
SINGLE = 0  # no ring: one company
OPEN = 1  # others than the members hold something of a member, so what goes round dies down
CLOSED = 2  # the members hold all of each other: what goes round never ends
OVERFLOWING = 3  # the members hold more than all of a member, by declaration or by what the bounds allow

# Rings up to this size are solved without iteration and the solution is kept; it takes eight bytes per pair of members.
SOLVED_UP_TO = 1024


class Weighted(NamedTuple):
    """One bound of all positions, as arrays; nothing but arrays, so that compiled code can take it.

    `up_*` lists the owners of each company with their shares, `down_*` what each owner holds. Components are numbered
    so that a step up leads to a smaller number. `leak` is what the members of its ring leave to others in a company,
    `amplification` the most that one unit arriving at a component can become above it, and `endless` marks the
    components from which paths lead into a ring without end. `inverse` keeps the solutions of rings: that of component
    c from `inverse_offsets[c]` on, once `solved[c]` is set.
    """

    up_offsets: Offsets
    up_owner: Nodes
    up_share: Reals
    down_offsets: Offsets
    down_owned: Nodes
    down_share: Reals
    component: Nodes
    member_offsets: Offsets
    member_nodes: Nodes
    place: Nodes
    kind: Codes
    leak: Reals
    amplification: Reals
    endless: Codes
    inverse_offsets: Offsets
    inverse: Reals
    solved: Codes


def members(weighted: Weighted, component: int) -> tuple[int, ...]:
    """The companies of a component, in the order of their numbers."""
    first, last = weighted.member_offsets[component], weighted.member_offsets[component + 1]
    return tuple(sorted(weighted.member_nodes[first:last].tolist()))
