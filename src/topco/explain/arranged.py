"""Where everything in a picture stands: boxes in layers, blocks of boxes as one box, lines with their labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from topco.explain import layered
from topco.explain.blocks import Block, blocks_of
from topco.explain.boxes import WIDTH, Lettered
from topco.explain.layered import Edge
from topco.explain.strokes import Labels, curves, label_height, label_lines, label_written

_ROW_GAP = 84.0
_LABEL_GAP = 8.0


@dataclass(frozen=True)
class Arranged:
    """Places as if the picture began at its upper left corner.

    Attributes:
        heights: of all boxes.
        labels, sure: of all lines.
        units: what stands in the layers: the number of a box, or a block.
        unit_heights: of these.
        lines: between units; of those that do not lead to a block, the line itself.
        tops: of each layer, where it begins and how high it is.
    """

    heights: Sequence[float]
    labels: Mapping[Edge, Sequence[str]]
    sure: Mapping[Edge, bool]
    units: Sequence[int | Block]
    unit_heights: Sequence[float]
    lines: Mapping[Edge, Edge | None]
    found: layered.Layout
    tops: Sequence[tuple[float, float]]

    @property
    def width(self) -> float:
        """From the leftmost to the rightmost box."""
        return self.found.width

    @property
    def height(self) -> float:
        """From the first layer to the end of the last one."""
        return max((top + height for top, height in self.tops), default=0.0)

    def drawn(self, lettered: Sequence[Lettered], left: float, head: float) -> Iterator[str]:
        """Lines, then boxes, then labels, for a picture whose boxes begin here."""
        tops = [(head + top, height) for top, height in self.tops]
        blocks = [unit for unit in self.units if isinstance(unit, Block)]
        ways = curves(list(self.lines), self.found, self.unit_heights, tops, left, WIDTH, stems=bool(blocks))
        for edge, curve in ways:
            line = self.lines[edge]
            below = isinstance(self.units[edge[1]], Block)
            yield curve.stroke(sure=line is None or self.sure[line], tipped=not below)
        corners = {}
        for at, unit in enumerate(self.units):
            middle, top = left + self.found.middle[at], tops[self.found.layer[at]][0]
            if isinstance(unit, Block):
                corners[unit] = middle - unit.width / 2, top
                yield unit.strokes(*corners[unit], self.heights, self.sure)
            else:
                yield lettered[unit].drawn(middle, top)
        for block, corner in corners.items():
            for box, (middle, bottom) in block.places(*corner).items():
                yield lettered[box].drawn(middle, bottom - self.heights[box])
        placed = Labels()
        for edge, curve in ways:
            if (line := self.lines[edge]) is not None:
                yield placed.put(curve, self.labels[line])
        for block, corner in corners.items():
            for box, (middle, bottom) in block.places(*corner).items():
                text = label_lines(self.labels[block.edge(box)])
                yield label_written(middle, bottom - self.heights[box] - label_height(text) - 2, text)


def arrange(
    heights: Sequence[float],
    labels: Mapping[Edge, Sequence[str]],
    sure: Mapping[Edge, bool],
    widest: int,
    *,
    columns: bool,
) -> Arranged:
    """Arrange boxes of these heights.

    Args:
        labels, sure: of each line what is written at it, and whether it is certain.
        widest: how many boxes stand side by side at most.
        columns: put into columns what leads nowhere else.
    """
    edges = sorted(labels)
    blocks: list[Block] = []
    if columns:
        over = {edge: label_height(label_lines(labels[edge])) + _LABEL_GAP for edge in edges}
        cells = {edge: (heights[edge[0]] + over[edge], heights[edge[1]] + over[edge]) for edge in edges}
        blocks = blocks_of(edges, cells, WIDTH)
    inside = {box for block in blocks for box in block.boxes}
    units: list[int | Block] = [*(box for box in range(len(heights)) if box not in inside), *blocks]
    place = {unit: at for at, unit in enumerate(units)}
    lines: dict[Edge, Edge | None] = {
        (place[upper], place[lower]): (upper, lower)
        for upper, lower in edges
        if upper not in inside and lower not in inside
    }
    for block in blocks:
        ends = place[block.hub], place[block]
        lines[ends[::-1] if block.above else ends] = None
    unit_heights = [unit.height if isinstance(unit, Block) else heights[unit] for unit in units]
    widths = [unit.width if isinstance(unit, Block) else WIDTH for unit in units]
    found = layered.layout(widths, sorted(lines), widest, trunks=columns)
    return Arranged(heights, labels, sure, units, unit_heights, lines, found, _tops(unit_heights, found))


def _tops(heights: Sequence[float], found: layered.Layout) -> list[tuple[float, float]]:
    highest: dict[int, float] = {}
    for row, height in zip(found.layer, heights, strict=True):
        highest[row] = max(highest.get(row, 0.0), height)
    tops: list[tuple[float, float]] = []
    start = 0.0
    for _, height in sorted(highest.items()):
        tops.append((start, height))
        start += height + _ROW_GAP
    return tops
