"""Every path of ownership and control from one party down to a company, rings collapsed, counted even where not listed.

A path is a sequence of steps from an owner to what it owns. Companies that own each other (a ring) are one station of a
path, shown with their members: inside a ring there is no first path. Between stations nothing is visited twice, so the
number of paths is counted exactly, and the strongest are listed first, without ever walking all of them.

The product of a path has the shares of its steps as factors, and for a ring all that goes round in it between the
member where the path enters and the one where it leaves. The products of all paths thus add up to the integrated share
(`topco.ownership.integrated`), as long as every step has a share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from topco.ownership import graph
from topco.ownership.graph import Nodes
from topco.ownership.path_rings import ring_factors
from topco.ownership.shares import WHOLE

Units = NDArray[np.int64]

NO_SHARE = -1
SHARES = "shares"


class Ground(NamedTuple):
    """One reason for a step: its kind, and bounds of a share in units, None for a right or a statement without one."""

    kind: str
    lower: int | None
    upper: int | None


class Step(NamedTuple):
    """From an owner to a company, on one or several grounds. `lower` and `upper` are the share that is multiplied, as a
    fraction of the company; None if the step rests on rights or statements alone.
    """

    owner: int
    owned: int
    grounds: tuple[Ground, ...]
    lower: float | None
    upper: float | None


class Path(NamedTuple):
    """Steps from the top down.

    Attributes:
        rings: the members of each ring on the way, in the order of the path.
        lower, upper: the product, None if some step has no share.
        weakest: of the steps with a share, the one with the smallest lower bound; None if no step has one.
        without_share: the steps that rest on rights or statements alone, and so have no place in a product.
    """

    steps: tuple[Step, ...]
    rings: tuple[tuple[int, ...], ...]
    lower: float | None
    upper: float | None
    weakest: Step | None
    without_share: tuple[Step, ...]


@dataclass(frozen=True)
class Paths:
    """`total` counts all paths; `listed` has the strongest of them, by the product of the lower shares."""

    source: int
    target: int
    total: int
    listed: tuple[Path, ...]

    @property
    def cut(self) -> bool:
        return len(self.listed) < self.total


def paths(
    n: int,
    owner: Nodes,
    owned: Nodes,
    kind: Sequence[str],
    lower: Units,
    upper: Units,
    source: int,
    target: int,
    limit: int = 100,
    total: Units | None = None,
    least_total: Units | None = None,
    multiplied: str = SHARES,
) -> Paths:
    """The paths from `source` down to `target`.

    Args:
        owner, owned: of each row, nodes below `n`; rows with one owner and one company are grounds of one step.
        kind: of each row, the word for what it is (`shares`, `votes`, `board`, `consolidation` …).
        lower, upper: of each row, bounds of its share in units, `NO_SHARE` where it has none.
        total: of each company, the most units that are not its own, of which lower bounds are parts; else `WHOLE`.
        least_total: the fewest such units, of which upper bounds are parts; else `total`.
        multiplied: the kind of which the shares are multiplied; several rows of it in one step are added.

    >>> rows = np.array([[0, 0, 1, 2], [1, 2, 3, 3]], np.int32)
    >>> half = np.array([WHOLE // 2, NO_SHARE, WHOLE // 2, WHOLE])
    >>> found = paths(4, *rows, ["shares", "board", "shares", "shares"], half, half, source=0, target=3)
    >>> [([step.owned for step in path.steps], path.lower) for path in found.listed]
    [([2, 3], None), ([1, 3], 0.25)]
    """
    most = np.full(n, WHOLE, np.int64) if total is None else total
    whole = (most, most if least_total is None else least_total)
    steps = _steps_between(owner, owned, kind, lower, upper, source, target, whole, multiplied)
    if source == target or not steps:
        return Paths(source, target, 0, ())
    stations = _Stations.of(steps, source, target)
    first = stations.of_node[source]
    listed = tuple(_path(stations, chosen, source, target) for chosen in stations.strongest(first, limit))
    return Paths(source, target, stations.count[first], listed)


def _steps_between(
    owner: Nodes,
    owned: Nodes,
    kind: Sequence[str],
    lower: Units,
    upper: Units,
    source: int,
    target: int,
    whole: tuple[Units, Units],
    multiplied: str,
) -> list[Step]:
    """The steps on any way from the source to the target, each pair once, in the order of their nodes."""
    by_owned = np.argsort(owned, kind="stable")
    sorted_owned = owned[by_owned]
    rows: dict[int, list[int]] = {}
    waiting = [target]
    while waiting:
        node = waiting.pop()
        if node in rows:
            continue
        first, last = np.searchsorted(sorted_owned, [node, node + 1])
        rows[node] = [row for row in by_owned[first:last].tolist() if owner[row] != node]
        waiting.extend(owner[rows[node]].tolist())
    below: dict[int, list[int]] = {}
    pairs: dict[tuple[int, int], list[int]] = {}
    for node, into in rows.items():
        for row in into:
            below.setdefault(int(owner[row]), []).append(node)
            pairs.setdefault((int(owner[row]), node), []).append(row)
    reached: set[int] = set()
    waiting = [source]
    while waiting:
        node = waiting.pop()
        if node not in reached:
            reached.add(node)
            waiting.extend(below.get(node, ()))
    found = []
    for (holder, company), grounds in sorted(pairs.items()):
        if holder in reached:
            named = [
                Ground(kind[row], *((None, None) if lower[row] == NO_SHARE else (int(lower[row]), int(upper[row]))))
                for row in sorted(grounds)
            ]
            found.append(
                Step(holder, company, tuple(named), *_share(named, multiplied, *(int(one[company]) for one in whole)))
            )
    return found


def _share(grounds: list[Ground], multiplied: str, most: int, least: int) -> tuple[float | None, float | None]:
    counted = [ground for ground in grounds if ground.kind == multiplied and ground.lower is not None]
    if not counted or most == 0:
        return None, None
    low, high = (sum(getattr(ground, bound) for ground in counted) for bound in ("lower", "upper"))
    return min(low / most, 1.0), (min(high / least, 1.0) if least else 1.0)


@dataclass(frozen=True)
class _Stations:
    """The companies between two parties, rings collapsed; `count` and `strength` are those of the ways on from each.

    A station is numbered by its component: steps lead to greater numbers.
    """

    of_node: dict[int, int]
    members: dict[int, tuple[int, ...]]
    onward: dict[int, list[Step]]
    inside: dict[int, list[Step]]
    count: dict[int, int]
    strength: dict[int, float]
    last: int

    @classmethod
    def of(cls, steps: list[Step], source: int, target: int) -> _Stations:
        nodes = sorted({source, target} | {node for step in steps for node in (step.owner, step.owned)})
        place = {node: number for number, node in enumerate(nodes)}
        up = np.array([[place[step.owned], place[step.owner]] for step in steps], np.int32)
        component, _ = graph.components(*graph.adjacency(len(nodes), up[:, 0], up[:, 1]))
        of_node = {node: int(component[number]) for node, number in place.items()}
        members: dict[int, tuple[int, ...]] = {}
        for node in nodes:
            members[of_node[node]] = (*members.get(of_node[node], ()), node)
        last = of_node[target]
        onward: dict[int, list[Step]] = {}
        inside: dict[int, list[Step]] = {}
        for step in steps:
            above, below = of_node[step.owner], of_node[step.owned]
            if above == below:
                inside.setdefault(above, []).append(step)
            elif above != last:
                onward.setdefault(above, []).append(step)
        count, strength = {last: 1}, {last: 1.0}
        for station in sorted(set(members) - {last}, reverse=True):
            leading = [step for step in onward.get(station, ()) if count.get(of_node[step.owned], 0)]
            count[station] = sum(count[of_node[step.owned]] for step in leading)
            strength[station] = max((_strength(step) * strength[of_node[step.owned]] for step in leading), default=0.0)
        return cls(of_node, members, onward, inside, count, strength, last)

    def strongest(self, first: int, limit: int) -> list[tuple[Step, ...]]:
        """The ways from a station to the last one, the strongest first; equally strong ones in the order of nodes."""
        found: list[tuple[Step, ...]] = []
        if not self.count[first]:
            return found
        # the best that a beginning can still become; of equals the longest first, which keeps the heap small
        heap: list[tuple[float, int, tuple[tuple[int, int], ...], float, int, tuple[Step, ...]]] = []
        heappush(heap, (-self.strength[first], 0, (), 1.0, first, ()))
        while heap and len(found) < limit:
            _, _, names, so_far, station, taken = heappop(heap)
            if station == self.last:
                found.append(taken)
                continue
            for step in self.onward[station]:
                below = self.of_node[step.owned]
                if self.count[below]:
                    product = so_far * _strength(step)
                    name = (*names, (step.owner, step.owned))
                    best = product * self.strength[below]
                    heappush(heap, (-best, -len(name), name, product, below, (*taken, step)))
        return found


def _strength(step: Step) -> float:
    """A right or a recorded parent is taken as whole: it decides without a share."""
    return 1.0 if step.lower is None else step.lower


def _path(stations: _Stations, steps: tuple[Step, ...], source: int, target: int) -> Path:
    shared = [step for step in steps if step.lower is not None]
    without = tuple(step for step in steps if step.lower is None)
    weakest = min(shared, key=lambda step: (step.lower, step.upper), default=None)
    lower, upper, met = 1.0, 1.0, []
    entered = source
    for step in (*steps, None):
        left = target if step is None else step.owner
        ring = stations.of_node[entered]
        if len(stations.members[ring]) > 1:
            met.append(stations.members[ring])
            low, high = ring_factors(stations.inside[ring], stations.members[ring], entered, left, entered == source)
            lower, upper = lower * low, upper * high
        if step is not None:
            lower, upper = lower * (step.lower or 0.0), upper * (step.upper or 0.0)
            entered = step.owned
    if without:
        return Path(steps, tuple(met), None, None, weakest, without)
    nothing = any(step.upper == 0.0 for step in shared)  # beside a ring without a bound, zero must stay zero
    return Path(steps, tuple(met), min(lower, 1.0), 0.0 if nothing else min(upper, 1.0), weakest, without)
