"""Boxes of which each has one line alone, all to the same box, put into columns that hang on one trunk.

A company with fifty subsidiaries that lead nowhere would need a row as wide as fifty boxes, or lines past many rows.
In columns they need one line down to them and a stub each; the label of a box stands right above it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from topco.explain.layered import Edge
from topco.explain.strokes import LINE, number

FEWEST = 5

_STUB = 16.0
_GAP = 20.0
_BELOW = 12.0
_FLAT = 1.0  # as many columns as rows: boxes are wider than high, and so are screens


@dataclass(frozen=True)
class Block:
    """The boxes above or below a hub that lead nowhere else.

    Attributes:
        hub: the box that they belong to.
        above: they are owners of the hub, and hang upwards.
        boxes: in the order of the columns.
        cells: how high each is with the label over it.
        column: how many boxes stand in one.
        box: how wide boxes are.
    """

    hub: int
    above: bool
    boxes: tuple[int, ...]
    cells: tuple[float, ...]
    column: int
    box: float

    @property
    def columns(self) -> int:
        return math.ceil(len(self.boxes) / self.column)

    @property
    def width(self) -> float:
        return self.columns * (_STUB + self.box + _GAP) - _GAP

    @property
    def height(self) -> float:
        return max(sum(cells) for cells in self._by_column()) + _BELOW

    def edge(self, box: int) -> Edge:
        """The line of one of the boxes."""
        return (box, self.hub) if self.above else (self.hub, box)

    def places(self, left: float, top: float) -> dict[int, tuple[float, float]]:
        """Of each box, its middle from left to right and where its cell ends, for a block that begins here."""
        found = {}
        for at, (box, cell) in enumerate(zip(self.boxes, self.cells, strict=True)):
            column, row = divmod(at, self.column)
            bottom = sum(self.cells[at - row : at], start=top + _BELOW / 2) + cell
            found[box] = (left + column * (_STUB + self.box + _GAP) + _STUB + self.box / 2, bottom)
        return found

    def strokes(self, left: float, top: float, heights: Sequence[float], sure: Mapping[Edge, bool]) -> str:
        """The trunk over or under the columns, one beside each, and a stub for each box.

        Args:
            heights: of all boxes of the picture.
            sure: whether a line is certain; else its stub is dashed.
        """
        places = self.places(left, top)
        trunk = top + self.height if self.above else top
        sides = [left + column * (_STUB + self.box + _GAP) + 3 for column in range(self.columns)]
        middle = left + self.width / 2
        parts = [f"M{number(min(sides[0], middle))} {number(trunk)}H{number(max(sides[-1], middle))}"]
        stubs = []
        for column, side in enumerate(sides):
            boxes = self.boxes[column * self.column : (column + 1) * self.column]
            level = {box: places[box][1] - heights[box] / 2 for box in boxes}
            furthest = min(level.values()) if self.above else max(level.values())
            parts.append(f"M{number(side)} {number(trunk)}V{number(furthest)}")
            for box in boxes:
                edge = places[box][0] - self.box / 2
                dash = "" if sure[self.edge(box)] else ' stroke-dasharray="3 3"'
                way = f"M{number(side)} {number(level[box])}H{number(edge)}"
                stubs.append(f'<path d="{way}" fill="none" stroke="{LINE}" stroke-width="1.3"{dash}/>')
                if not self.above:
                    stubs.append(f'<path d="M{number(edge)} {number(level[box])}l-8 -4v8z" fill="{LINE}"/>')
        return f'<path d="{"".join(parts)}" fill="none" stroke="{LINE}" stroke-width="1.3"/>{"".join(stubs)}'

    def _by_column(self) -> list[tuple[float, ...]]:
        return [self.cells[at : at + self.column] for at in range(0, len(self.cells), self.column)]


def blocks_of(edges: Sequence[Edge], cells: Mapping[Edge, tuple[float, float]], box: float) -> list[Block]:
    """The blocks of a graph.

    Args:
        cells: of each line, how high a cell is that holds its upper box, and its lower box, with its label.

    >>> [block.boxes for block in blocks_of([(0, n) for n in range(1, 8)], {(0, n): (9, 9) for n in range(1, 8)}, 10)]
    [(1, 2, 3, 4, 5, 6, 7)]
    """
    lines: dict[int, list[Edge]] = {}
    for edge in edges:
        for end in edge:
            lines.setdefault(end, []).append(edge)
    members: dict[tuple[int, bool], list[int]] = {}
    for one, own in sorted(lines.items()):
        if len(own) == 1:
            upper, lower = own[0]
            members.setdefault((lower, True) if one == upper else (upper, False), []).append(one)
    found = []
    for (hub, above), boxes in sorted(members.items()):
        if len(boxes) >= FEWEST:
            columns = math.ceil(math.sqrt(len(boxes) * _FLAT))
            heights = tuple(cells[(one, hub) if above else (hub, one)][0 if above else 1] for one in boxes)
            found.append(Block(hub, above, tuple(boxes), heights, math.ceil(len(boxes) / columns), box))
    return found
