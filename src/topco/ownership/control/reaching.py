"""What is reached from some nodes, and which nodes stand in a list, in time that hangs on what is found alone.

Plain functions over numpy arrays that a compiler takes unchanged (`topco.ownership.control.bulk`). Marks are as long as
there are nodes; one counts if it equals the token, so that nothing is ever wiped.
"""

from __future__ import annotations

import numpy as np

from topco.ownership.control.hierarchy import Flags
from topco.ownership.graph import Nodes, Offsets


def reached(offsets: Offsets, values: Nodes, start: Nodes, closed: Flags, marks: Offsets, token: int) -> Nodes:
    """The nodes without the token among the start and what is reached from it, in the order found; all are marked.

    Args:
        offsets, values: lists of the nodes that follow each node.
        closed: nodes beyond which these lists do not lead.
    """
    found = np.empty(max(len(start), 16), np.int32)
    count = 0
    for node in start:
        if marks[node] != token:
            marks[node] = token
            found[count] = node
            count += 1
    place = 0
    while place < count:
        node = found[place]
        place += 1
        if closed[node]:
            continue
        for edge in range(offsets[node], offsets[node + 1]):
            other = values[edge]
            if marks[other] != token:
                marks[other] = token
                if count == len(found):
                    longer = np.empty(2 * count, np.int32)
                    longer[:count] = found
                    found = longer
                found[count] = other
                count += 1
    return found[:count]


def distinct(values: Nodes, marks: Offsets, token: int) -> Nodes:
    """The values, each once and in ascending order."""
    found = np.empty(len(values), np.int32)
    count = 0
    for node in values:
        if marks[node] != token:
            marks[node] = token
            found[count] = node
            count += 1
    return np.sort(found[:count])
