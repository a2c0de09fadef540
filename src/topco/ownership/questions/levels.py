"""How many steps away from a start every node is: breadth first, one array operation for each level."""

from __future__ import annotations

import numpy as np

from topco.ownership.graph import NOTHING, Nodes


def levels(n: int, source: Nodes, target: Nodes, start: Nodes) -> Nodes:
    """Of each of n nodes the fewest steps from a start; `NOTHING` where no steps lead.

    >>> steps = np.array([[0, 1, 0, 3], [1, 2, 2, 0]], np.int32)
    >>> levels(4, *steps, start=np.array([0], np.int32)).tolist()
    [0, 1, 1, -1]
    """
    order = np.argsort(source, kind="stable")
    begins = np.searchsorted(source[order], np.arange(n + 1))
    ends = target[order]
    level = np.full(n, NOTHING, np.int32)
    level[start] = 0
    frontier, steps = start, 0
    while len(frontier):
        steps += 1
        counts = begins[frontier + 1] - begins[frontier]
        last = np.cumsum(counts)
        places = np.arange(int(last[-1])) + np.repeat(begins[frontier] - (last - counts), counts)
        met = np.unique(ends[places])
        frontier = met[level[met] == NOTHING]
        level[frontier] = steps
    return level
