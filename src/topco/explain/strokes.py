"""The lines of a picture: their ways between boxes, their tips, and labels where they cover no other one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from topco.explain.layered import Edge, Layout
from topco.explain.lettering import clean, fitted, width

INK, SOFT, LINE, PAPER = "#16202c", "#4a5868", "#5b6b7d", "#fbfbfa"
SMALL = 11.0

_ROOM = 150.0
_CELL = 160.0

Spot = tuple[float, float]
Frame = tuple[float, float, float, float]
"""Left, top, width and height."""


def number(value: float) -> str:
    """A number with one decimal at most.

    >>> number(12.0), number(0.25)
    ('12', '0.2')
    """
    return f"{value:.1f}".removesuffix(".0")


def written(x: float, y: float, text: str, size: float, *, bold: bool, colour: str) -> str:
    """One line of text around its middle."""
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{number(x)}" y="{number(y)}" font-size="{number(size)}" text-anchor="middle"{weight} '
        f'fill="{colour}">{escape(text)}</text>'
    )


@dataclass(frozen=True)
class Curve:
    """A line from the bottom of a box to the top of another one, through its bends; `upwards` if it closes a circle.

    `near_end`: the last stretch belongs to this line more than the first one does, so that its label stands there.
    `stem`: where the line begins, if that is above the first point.
    """

    points: tuple[Spot, ...]
    upwards: bool
    near_end: bool
    stem: float | None = None

    def stroke(self, *, sure: bool, tipped: bool = True) -> str:
        """The line and its tip; dashed if it is not sure."""
        (x, y), *rest = self.points
        path = [f"M{number(x)} {number(y)}"]
        if self.stem is not None:
            path.insert(0, f"M{number(x)} {number(self.stem)}L{number(x)} {number(y)}")
        for place, (to_x, to_y) in enumerate(rest):
            if place % 2:  # straight past the boxes of a layer
                path.append(f"L{number(to_x)} {number(to_y)}")
            else:
                half = (to_y - y) / 2
                bent = (x, y + half, to_x, to_y - half, to_x, to_y)
                path.append("C" + " ".join(map(number, bent)))
            x, y = to_x, to_y
        dash = "" if sure else ' stroke-dasharray="6 4"'
        begins = self.points[0] if self.stem is None else (self.points[0][0], self.stem)
        (tip_x, tip_y), turn = (begins, 1) if self.upwards else (self.points[-1], -1)
        tip = f"M{number(tip_x)} {number(tip_y)}l-4 {8 * turn}h8z"
        line = f'<path d="{"".join(path)}" fill="none" stroke="{LINE}" stroke-width="1.3"{dash}/>'
        return line + (f'<path d="{tip}" fill="{LINE}"/>' if tipped else "")

    def at(self, part: float) -> Spot:
        """A point of the first or the last stretch between two layers, a part of the way down."""
        (x0, y0), (x1, y1) = self.points[-2:] if self.near_end else self.points[:2]
        bend = 3 * part**2 - 2 * part**3
        down = 1.5 * part - 1.5 * part**2 + part**3
        return x0 + (x1 - x0) * bend, y0 + (y1 - y0) * down


def curves(
    edges: Sequence[Edge],
    found: Layout,
    heights: Sequence[float],
    tops: Sequence[Spot],
    left: float,
    box: float,
    *,
    stems: bool = False,
) -> list[tuple[Edge, Curve]]:
    """Each line with its way; the lines at one side of a box are spread over it in the order of where they go.

    Args:
        heights: of the boxes.
        tops: of each layer, where it begins and how high it is.
        left: where the layout begins.
        box: how wide boxes are.
        stems: lines go straight down past their own layer before they bend; some of its boxes are much higher.
    """
    ways: dict[Edge, list[float]] = {}
    outwards: dict[int, list[tuple[float, Edge]]] = {}
    inwards: dict[int, list[tuple[float, Edge]]] = {}
    for edge in sorted(edges):
        upper, lower = _downwards(edge, found)
        way = [found.middle[upper], *found.bends[edge], found.middle[lower]]
        ways[edge] = way
        outwards.setdefault(upper, []).append((way[1], edge))
        inwards.setdefault(lower, []).append((way[-2], edge))
    start, end = _ports(outwards, found, box), _ports(inwards, found, box)
    first = Counter((upper, place) for upper, lines in outwards.items() for place, _ in lines)
    last = Counter((lower, place) for lower, lines in inwards.items() for place, _ in lines)
    drawn = []
    for edge, way in ways.items():
        upper, lower = _downwards(edge, found)
        row = found.layer[upper]
        stem, bottom = tops[row][0] + heights[upper], sum(tops[row])
        points = [(left + start[edge], bottom if stems else stem)]
        for bend in way[1:-1]:
            row += 1
            points += [(left + bend, tops[row][0]), (left + bend, sum(tops[row]))]
        points.append((left + end[edge], tops[found.layer[lower]][0]))
        shared = first[upper, way[1]], last[lower, way[-2]]
        crowd = shared if shared[0] != shared[1] else (len(outwards[upper]), len(inwards[lower]))
        drawn.append(
            (
                edge,
                Curve(tuple(points), upper != edge[0], crowd[0] > crowd[1], stem if stems and stem < bottom else None),
            )
        )
    return drawn


def _downwards(edge: Edge, found: Layout) -> Edge:
    return edge if found.layer[edge[0]] < found.layer[edge[1]] else edge[::-1]


def _ports(sides: Mapping[int, Sequence[tuple[float, Edge]]], found: Layout, box: float) -> dict[Edge, float]:
    places = {}
    for one, lines in sides.items():
        step = min(26.0, (box - 40) / max(len(lines) - 1, 1))
        for place, (_, edge) in enumerate(sorted(lines)):
            places[edge] = found.middle[one] + (place - (len(lines) - 1) / 2) * step
    return places


def label_lines(labels: Sequence[str]) -> list[str]:
    """The labels of a line as they are written, one below the other."""
    return [one for label in labels if label for one in fitted(clean(label), SMALL, _ROOM)]


def label_height(text: Sequence[str]) -> float:
    """How high they are together; nothing if there are none."""
    return len(text) * 14.0 + 3 if text else 0.0


def label_written(x: float, top: float, text: Sequence[str]) -> str:
    """They themselves, around their middle."""
    return "".join(
        written(x, top + 12 + 14 * place, one, SMALL, bold=False, colour=INK) for place, one in enumerate(text)
    )


class Labels:
    """The labels of a picture, each put where it covers the least of those before it."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], list[Frame]] = {}

    def put(self, curve: Curve, labels: Sequence[str]) -> str:
        """The labels of a line, on paper of their own."""
        text = label_lines(labels)
        if not text:
            return ""
        wide = max(width(one, SMALL) for one in text) + 8
        high = label_height(text)
        places = (0.5, 0.62, 0.38, 0.74, 0.26, 0.84, 0.16)
        if curve.near_end:
            places = (0.66, 0.54, 0.78, 0.42, 0.86, 0.3, 0.2)
        spots = [curve.at(part) for part in places]
        frames = [(x - wide / 2, y - high / 2, wide, high) for x, y in spots]
        best = min(range(len(spots)), key=lambda place: (self._covered(frames[place]), place))
        (x, y), frame = spots[best], frames[best]
        for cell in _cells(frame):
            self._cells.setdefault(cell, []).append(frame)
        back = (
            f'<rect x="{number(frame[0])}" y="{number(frame[1])}" width="{number(wide)}" height="{number(high)}" '
            f'rx="3" fill="{PAPER}" fill-opacity="0.92"/>'
        )
        return back + label_written(x, y - high / 2, text)

    def _covered(self, frame: Frame) -> float:
        """How much of other labels a label would cover here."""
        left, top, wide, high = frame
        near = dict.fromkeys(one for cell in _cells(frame) for one in self._cells.get(cell, ()))
        return sum(
            max(0.0, min(left + wide, x + w) - max(left, x)) * max(0.0, min(top + high, y + h) - max(top, y))
            for x, y, w, h in near
        )


def _cells(frame: Frame) -> Iterator[tuple[int, int]]:
    """The squares of a coarse grid that a frame touches: only labels in these can be covered by it."""
    left, top, wide, high = frame
    for column in range(int(left // _CELL), int((left + wide) // _CELL) + 1):
        for row in range(int(top // _CELL), int((top + high) // _CELL) + 1):
            yield column, row
