"""The strongest way from everyone above a company down to it: Dijkstra upwards, on products of lower shares.

Of ways with the same product the shorter one stands, then the one that goes through the smaller node. A way visits
nothing twice, and no factor is above 1, so that a way never gains by going on.
"""

from __future__ import annotations

from collections.abc import Mapping
from heapq import heappop, heappush


def strongest_ways(strengths: Mapping[tuple[int, int], float], company: int) -> dict[int, int]:
    """Of everyone above a company, the next node on the strongest way down.

    Args:
        strengths: of each pair of an owner and what it owns, a factor from 0 to 1.

    >>> ways = strongest_ways({(0, 2): 0.2, (0, 1): 0.9, (1, 2): 0.5}, company=2)
    >>> way(ways, 0), way(ways, 1), way(ways, 2)
    ([0, 1, 2], [1, 2], [2])
    """
    owners: dict[int, list[tuple[int, float]]] = {}
    for (owner, owned), strength in strengths.items():
        owners.setdefault(owned, []).append((owner, strength))
    best: dict[int, tuple[float, int, int]] = {company: (-1.0, 0, company)}
    settled: set[int] = set()
    heap = [(-1.0, 0, company)]
    while heap:
        product, length, node = heappop(heap)
        if node in settled:
            continue
        settled.add(node)
        for owner, strength in owners.get(node, ()):
            found = (product * strength, length + 1, node)
            if owner not in settled and (owner not in best or found < best[owner]):
                best[owner] = found
                heappush(heap, (*found[:2], owner))
    return {node: below for node, (_, _, below) in best.items() if node != company}


def way(ways: Mapping[int, int], owner: int) -> list[int]:
    """The nodes from an owner down to the company, both included."""
    found = [owner]
    while found[-1] in ways:
        found.append(ways[found[-1]])
    return found
