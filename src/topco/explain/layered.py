"""Places for the boxes of a layered graph: owners above what they own, few crossings, straight long lines.

The classical steps (Sugiyama, Tagawa and Toda 1981): every box gets a layer by the longest way from above; lines over
several layers get a bend in each; the order within a layer is improved by barycentres, up and down; and the boxes of a
layer are put as near as possible to the middle of their neighbours, which pooling adjacent violators solves exactly.
The same graph always gets the same places.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

_SWEEPS = 12
_GAP = 26.0
_GAP_AT_BEND = 14.0

Edge = tuple[int, int]


@dataclass(frozen=True)
class Layout:
    """Boxes are numbered as they were given.

    Attributes:
        layer: of each box, 0 on top.
        middle: of each box, where its middle is from left to right.
        bends: of each edge, the middle of the line in every layer between its ends, from the top down.
        width: of everything.
    """

    layer: tuple[int, ...]
    middle: tuple[float, ...]
    bends: Mapping[Edge, tuple[float, ...]]
    width: float


def layout(widths: Sequence[float], edges: Sequence[Edge], widest: int = 10, *, trunks: bool = False) -> Layout:
    """Places for boxes of these widths and edges from an upper to a lower box.

    Args:
        edges: pairs of two different boxes; of an edge that closes a circle only the drawing runs upwards.
        widest: a layer with more boxes than this goes on in a further row.
        trunks: long edges at one box pass the layers together and part at the last.

    >>> found = layout([100, 100, 100], [(0, 1), (0, 2)])
    >>> found.layer, found.middle[0] == (found.middle[1] + found.middle[2]) / 2
    ((0, 1, 1), True)
    """
    count = len(widths)
    edges = sorted(set(edges))
    downwards = _without_circles(count, edges)
    layer = _layers(count, downwards, widest)
    rows: list[list[int]] = [[] for _ in range(max(layer, default=-1) + 1)]
    for box in range(count):
        rows[layer[box]].append(box)
    room = list(widths)
    bend_of = _bends(edges, layer, rows, room, trunks=trunks)
    links: dict[Edge, None] = {}
    for edge in edges:
        upper, lower = _downwards(edge, layer)
        way = (upper, *bend_of.get(edge, ()), lower)
        links |= dict.fromkeys(pairwise(way))
    above: list[list[int]] = [[] for _ in room]
    below: list[list[int]] = [[] for _ in room]
    for upper, lower in links:
        above[lower].append(upper)
        below[upper].append(lower)
    rows = _ordered([_lines_in_the_middle(row, count) for row in rows], above, below)
    middle = _placed(rows, above, below, room, count)
    left = min((middle[one] - room[one] / 2 for one in range(len(room))), default=0.0)
    right = max((middle[one] + room[one] / 2 for one in range(len(room))), default=0.0)
    bends = {edge: tuple(middle[bend] - left for bend in bend_of.get(edge, ())) for edge in edges}
    return Layout(tuple(layer), tuple(middle[box] - left for box in range(count)), bends, right - left)


def _downwards(edge: Edge, layer: Sequence[int]) -> Edge:
    return edge if layer[edge[0]] < layer[edge[1]] else edge[::-1]


def _bends(
    edges: Sequence[Edge], layer: Sequence[int], rows: list[list[int]], room: list[float], *, trunks: bool
) -> dict[Edge, list[int]]:
    """Of each long edge its bends, one in every layer that it passes; they are added to the rows and take no room."""
    long = {edge: _downwards(edge, layer) for edge in edges if abs(layer[edge[0]] - layer[edge[1]]) > 1}
    ends = Counter(end for pair in long.values() for end in pair)
    made: dict[tuple[Edge | int, int], int] = {}
    found: dict[Edge, list[int]] = {}
    for edge, (upper, lower) in long.items():
        trunk = edge if not trunks else upper if ends[upper] >= ends[lower] else lower
        for between in range(layer[upper] + 1, layer[lower]):
            if (trunk, between) not in made:
                made[trunk, between] = len(room)
                rows[between].append(len(room))
                room.append(0.0)
            found.setdefault(edge, []).append(made[trunk, between])
    return found


def _without_circles(count: int, edges: Sequence[Edge]) -> list[Edge]:
    """The edges, those turned round that would lead back to where a walk came from."""
    below: list[list[int]] = [[] for _ in range(count)]
    entered = set()
    for upper, lower in edges:
        below[upper].append(lower)
        entered.add(lower)
    state = [0] * count
    found: list[Edge] = []
    for start in [*(box for box in range(count) if box not in entered), *range(count)]:
        if state[start]:
            continue
        state[start] = 1
        walk = [(start, iter(below[start]))]
        while walk:
            box, onward = walk[-1]
            for lower in onward:
                found.append((lower, box) if state[lower] == 1 else (box, lower))
                if not state[lower]:
                    state[lower] = 1
                    walk.append((lower, iter(below[lower])))
                    break
            else:
                state[box] = 2
                walk.pop()
    return sorted(set(found))


def _layers(count: int, edges: Sequence[Edge], widest: int) -> list[int]:
    """The longest way from above, but a box that nothing leads to stands just above what it leads to."""
    above: list[list[int]] = [[] for _ in range(count)]
    below: list[list[int]] = [[] for _ in range(count)]
    for upper, lower in edges:
        above[lower].append(upper)
        below[upper].append(lower)
    waiting = [len(owners) for owners in above]
    order = [box for box in range(count) if not waiting[box]]
    for box in order:
        for lower in below[box]:
            waiting[lower] -= 1
            if not waiting[lower]:
                order.append(lower)
    layer = [0] * count
    for box in order:
        layer[box] = max((layer[upper] + 1 for upper in above[box]), default=0)
    for box in order:
        if not above[box] and below[box]:
            layer[box] = min(layer[lower] for lower in below[box]) - 1
    least = list(layer)
    while True:
        for box in order:
            layer[box] = max([least[box], *(layer[upper] + 1 for upper in above[box])])
        crowded = _first_crowded(layer, widest)
        if not crowded:
            return layer
        # what leads nowhere goes to a further row first, and of equals the last given
        leading = [box for box in crowded if below[box]]
        leaves = [box for box in crowded if not below[box]]
        moved = [*leading, *leaves][widest:]
        for box in moved:
            least[box] = layer[box] + 1


def _first_crowded(layer: Sequence[int], widest: int) -> list[int]:
    rows: dict[int, list[int]] = {}
    for box, row in enumerate(layer):
        rows.setdefault(row, []).append(box)
    return next((boxes for _, boxes in sorted(rows.items()) if len(boxes) > widest), [])


def _lines_in_the_middle(row: list[int], boxes: int) -> list[int]:
    """The order to begin with: what only passes a layer passes it between its boxes."""
    standing = [one for one in row if one < boxes]
    half = (len(standing) + 1) // 2
    return [*standing[:half], *(one for one in row if one >= boxes), *standing[half:]]


def _ordered(rows: list[list[int]], above: list[list[int]], below: list[list[int]]) -> list[list[int]]:
    """The rows with the fewest crossings that some sweeps of barycentres come upon."""
    best, fewest = rows, _crossings(rows, below)
    for sweep in range(_SWEEPS):
        rows = [list(row) for row in rows]
        sequence = range(1, len(rows)) if sweep % 2 == 0 else range(len(rows) - 2, -1, -1)
        for number in sequence:
            neighbours, fixed = (above, rows[number - 1]) if sweep % 2 == 0 else (below, rows[number + 1])
            place = {box: index for index, box in enumerate(fixed)}
            own = {box: index for index, box in enumerate(rows[number])}
            weight = {
                box: sum(place[other] for other in neighbours[box]) / len(neighbours[box])
                if neighbours[box]
                else own[box] * len(fixed) / len(own)
                for box in own
            }
            rows[number].sort(key=lambda box, weight=weight, own=own: (weight[box], own[box]))  # type: ignore[misc]
        crossings = _crossings(rows, below)
        if crossings < fewest:
            best, fewest = rows, crossings
    return best


def _crossings(rows: list[list[int]], below: list[list[int]]) -> int:
    """Counted by a tree of sums over the places of the lower row (Barth, Mutzel and Jünger 2004)."""
    total = 0
    for upper, lower in pairwise(rows):
        place = {box: index for index, box in enumerate(lower)}
        size = len(lower) + 1
        counts = [0] * (size + 1)
        seen = 0
        for box in upper:
            mine = [place[other] for other in below[box]]
            for end in mine:
                at, before = end + 1, 0
                while at:
                    before += counts[at]
                    at &= at - 1
                total += seen - before
            for end in mine:
                at = end + 1
                while at <= size:
                    counts[at] += 1
                    at += at & -at
            seen += len(mine)
    return total


def _placed(
    rows: list[list[int]], above: list[list[int]], below: list[list[int]], room: Sequence[float], boxes: int
) -> list[float]:
    middle = [0.0] * len(room)
    for row in rows:
        steps = _steps(row, room, boxes)
        for box, step in zip(row, steps, strict=True):
            middle[box] = step - steps[-1] / 2
    for sweep in range(2 * _SWEEPS):
        down = sweep % 2 == 0
        for row in rows if down else rows[::-1]:
            wanted, weight = [], []
            for box in row:
                near = above[box] if down else below[box]
                near = near or (below[box] if down else above[box])
                if sweep >= _SWEEPS:
                    near = above[box] + below[box]
                wanted.append(sum(middle[other] for other in near) / len(near) if near else middle[box])
                # a long line is kept straight before a box is kept under its owner
                weight.append(4.0 if box >= boxes else 1.0)
            steps = _steps(row, room, boxes)
            for box, place in zip(row, _apart(wanted, weight, steps), strict=True):
                middle[box] = place
    return middle


def _steps(row: Sequence[int], room: Sequence[float], boxes: int) -> list[float]:
    """How far from the first each box of a row must at least be."""
    steps = [0.0]
    for left, right in pairwise(row):
        gap = _GAP if left < boxes and right < boxes else _GAP_AT_BEND
        steps.append(steps[-1] + room[left] / 2 + gap + room[right] / 2)
    return steps[: len(row)]


def _apart(wanted: Sequence[float], weight: Sequence[float], steps: Sequence[float]) -> list[float]:
    """The places nearest to the wanted ones that keep the steps between them (pool adjacent violators)."""
    pools: list[list[float]] = []  # mean, weight, count
    for want, heavy, step in zip(wanted, weight, steps, strict=True):
        pools.append([want - step, heavy, 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            mean, more, number = pools.pop()
            last = pools[-1]
            last[0] = (last[0] * last[1] + mean * more) / (last[1] + more)
            last[1] += more
            last[2] += number
    shifts = [mean for mean, _, number in pools for _ in range(int(number))]
    return [shift + step for shift, step in zip(shifts, steps, strict=True)]
