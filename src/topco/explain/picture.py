"""A chain, the paths between two parties or a whole group as one SVG picture, owners above what they own.

Text is text, nothing depends on colour alone, there is no script and nothing is fetched; the same input gives the same
bytes. What a picture shows is also said in words in its description, for those who do not see it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from topco.explain import layered
from topco.explain.lettering import clean, fitted, width

MOST_BOXES = 60

_BOX = 204.0
_PAD = 11.0
_MARGIN = 28.0
_ROW_GAP = 84.0
_NAME, _SMALL, _HEAD = 13.0, 11.0, 17.0
_NAME_LINE, _SMALL_LINE = 17.0, 15.0
_MEMBERS = 6
_FONTS = "'Noto Sans','Noto Sans CJK SC','DejaVu Sans',Arial,sans-serif"
_INK, _SOFT, _LINE, _FILL, _RING, _MARKED = "#16202c", "#4a5868", "#5b6b7d", "#ffffff", "#f4f0e6", "#e8f0f8"


@dataclass(frozen=True)
class Box:
    """A party, or a ring of parties that own each other.

    Attributes:
        key: what lines refer to; for a party, its identifier.
        country: of its headquarters, in words or as a code; None if unknown, empty for a person, who has none.
        kind: what it is and what it is known as, in words: `company`, `state`, `ultimate parent` …
        marked: one of those that the picture is about.
        members: of a ring, the identifier and name of each member; then `name` and `country` are not shown.
    """

    key: str
    name: str
    country: str | None = None
    kind: tuple[str, ...] = ()
    marked: bool = False
    members: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Line:
    """From an owner's box to what it owns. `label` is a share or the kind of the step; `sure` is False for what is only
    possible, which is drawn dashed: the label says so too.
    """

    owner: str
    owned: str
    label: str
    sure: bool = True


@dataclass(frozen=True)
class Words:
    """What a line says, read downwards, and what stands at its ends."""

    verb: str
    above: str
    below: str


OWNERSHIP = Words("owns", "owner", "holding")


def picture(
    title: str,
    boxes: Sequence[Box],
    lines: Sequence[Line],
    most: int = MOST_BOXES,
    note: str = "",
    words: Words = OWNERSHIP,
) -> str:
    """The picture as the text of an SVG file.

    Args:
        boxes: the most important first: of more than `most`, the others are left out, and the picture says so.
        lines: those between the same two boxes are drawn as one, with all labels; one to its own box is left out.
        note: a sentence for the foot, such as the day and the test.
        words: what lines mean, read downwards.

    >>> drawn = picture("Who owns B", [Box("X:A", "A"), Box("X:B", "B")], [Line("X:A", "X:B", "60 %")])
    >>> drawn.count("<rect"), "A owns B: 60 %" in drawn
    (4, True)
    """
    shown = list(boxes[:most])
    place = {box.key: number for number, box in enumerate(shown)}
    labels: dict[tuple[int, int], list[Line]] = {}
    hidden: dict[int, list[int]] = {}
    for line in lines:
        owner, owned = place.get(line.owner), place.get(line.owned)
        if owner is not None and owned is not None and owner != owned:
            labels.setdefault((owner, owned), []).append(line)
        elif owner is not None and owned is None:
            hidden.setdefault(owner, [0, 0])[1] += 1
        elif owned is not None and owner is None:
            hidden.setdefault(owned, [0, 0])[0] += 1
    drawn = [_Drawn.of(box, hidden.get(number, [0, 0]), words) for number, box in enumerate(shown)]
    found = layered.layout([_BOX] * len(shown), sorted(labels))
    foot = [clean(note)] if note else []
    if len(shown) < len(boxes):
        foot.append(f"{len(shown)} of {len(boxes)} boxes are shown; {len(boxes) - len(shown)} are left out.")
    return _written(clean(title), drawn, labels, found, foot, words.verb)


@dataclass(frozen=True)
class _Drawn:
    """A box with its lines of text: each with its size, weight and colour."""

    box: Box
    text: tuple[tuple[str, float, bool, str], ...]
    height: float

    @classmethod
    def of(cls, box: Box, hidden: Sequence[int], words: Words) -> _Drawn:
        room = _BOX - 2 * _PAD
        text: list[tuple[str, float, bool, str]] = []
        if box.members:
            text += [(one, _NAME, True, _INK) for one in fitted(_ring_name(box), _NAME, room, 2)]
            for identifier, name in box.members[:_MEMBERS]:
                text += [(one, _SMALL, False, _INK) for one in fitted(name or identifier, _SMALL, room)]
            if len(box.members) > _MEMBERS:
                text.append((f"and {len(box.members) - _MEMBERS} more", _SMALL, False, _SOFT))
        else:
            text += [(one, _NAME, True, _INK) for one in fitted(box.name or box.key, _NAME, room, 3)]
            if box.name:
                text += [(one, _SMALL, False, _SOFT) for one in fitted(box.key, _SMALL, room)]
            text += [(one, _SMALL, False, _INK) for one in fitted(_seat(box), _SMALL, room, 2)]
        if box.kind:
            text += [(one, _SMALL, False, _SOFT) for one in fitted(" · ".join(box.kind), _SMALL, room, 2)]
        owners, owned = hidden
        for count, what in ((owners, words.above), (owned, words.below)):
            if count:
                text.append((f"+ {count} {what}{'s' if count > 1 else ''} not shown", _SMALL, False, _SOFT))
        height = 2 * _PAD + sum(_NAME_LINE if bold else _SMALL_LINE for _, _, bold, _ in text) - 4
        return cls(box, tuple(text), height)


def _ring_name(box: Box) -> str:
    return f"{len(box.members)} companies that own each other"


def _seat(box: Box) -> str:
    if box.country is None:
        return "HQ unknown"
    return f"HQ: {clean(box.country)}" if box.country else ""


def _written(
    title: str,
    drawn: Sequence[_Drawn],
    labels: dict[tuple[int, int], list[Line]],
    found: layered.Layout,
    foot: Sequence[str],
    verb: str,
) -> str:
    longest = max([width(title, _HEAD), *(width(one, _SMALL) for one in foot)])
    total = max(found.width, longest) + 2 * _MARGIN
    left = (total - found.width) / 2
    tops = _tops(drawn, found)
    bottom = max((top + height for top, height in tops), default=2 * _MARGIN + _HEAD)
    height = bottom + _MARGIN + len(foot) * _SMALL_LINE + (8 if foot else 0)
    curves = _curves(drawn, labels, found, tops, left)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label={quoteattr(title)} '
        f'viewBox="0 0 {_n(total)} {_n(height)}" width="{_n(total)}" height="{_n(height)}" '
        f'font-family="{_FONTS}">',
        f"<title>{escape(title)}</title>",
        f"<desc>{escape(_in_words(drawn, labels, foot, verb))}</desc>",
        f'<rect width="{_n(total)}" height="{_n(height)}" fill="#fbfbfa"/>',
        _text(total / 2, _MARGIN + _HEAD * 0.7, title, _HEAD, True, _INK),
    ]
    parts += [curve.stroke(sure=all(line.sure for line in labels[edge])) for edge, curve in curves]
    for number, one in enumerate(drawn):
        parts.append(_boxed(one, left + found.middle[number], tops[found.layer[number]][0]))
    taken: list[tuple[float, float, float, float]] = []
    for edge, curve in curves:
        parts.append(_labelled(curve, [clean(line.label) for line in labels[edge]], taken))
    for number, line in enumerate(foot):
        parts.append(_text(total / 2, bottom + _MARGIN + number * _SMALL_LINE, line, _SMALL, False, _SOFT))
    return "\n".join(part for part in parts if part) + "\n</svg>\n"


def _tops(drawn: Sequence[_Drawn], found: layered.Layout) -> list[tuple[float, float]]:
    """Of each layer: where it begins, and how high it is."""
    tops: list[tuple[float, float]] = []
    start = 2 * _MARGIN + _HEAD
    for row in range(max(found.layer, default=-1) + 1):
        height = max(one.height for number, one in enumerate(drawn) if found.layer[number] == row)
        tops.append((start, height))
        start += height + _ROW_GAP
    return tops


@dataclass(frozen=True)
class _Curve:
    """A line from the bottom of a box to the top of another one, through its bends; `upwards` if it closes a circle."""

    points: tuple[tuple[float, float], ...]
    upwards: bool
    near_end: bool

    def stroke(self, *, sure: bool) -> str:
        (x, y), *rest = self.points
        path = [f"M{_n(x)} {_n(y)}"]
        for number, (to_x, to_y) in enumerate(rest):
            if number % 2:  # straight past the boxes of a layer
                path.append(f"L{_n(to_x)} {_n(to_y)}")
            else:
                half = (to_y - y) / 2
                path.append(f"C{_n(x)} {_n(y + half)} {_n(to_x)} {_n(to_y - half)} {_n(to_x)} {_n(to_y)}")
            x, y = to_x, to_y
        dash = "" if sure else ' stroke-dasharray="6 4"'
        (tip_x, tip_y), turn = (self.points[0], 1) if self.upwards else (self.points[-1], -1)
        tip = f"M{_n(tip_x)} {_n(tip_y)}l-4 {8 * turn}h8z"
        line = f'<path d="{"".join(path)}" fill="none" stroke="{_LINE}" stroke-width="1.3"{dash}/>'
        return f'{line}<path d="{tip}" fill="{_LINE}"/>'

    def at(self, part: float) -> tuple[float, float]:
        """A point of the first or the last stretch between two layers, a part of the way down."""
        (x0, y0), (x1, y1) = self.points[-2:] if self.near_end else self.points[:2]
        bend = 3 * part**2 - 2 * part**3
        down = 1.5 * part - 1.5 * part**2 + part**3
        return x0 + (x1 - x0) * bend, y0 + (y1 - y0) * down


def _curves(
    drawn: Sequence[_Drawn],
    labels: dict[tuple[int, int], list[Line]],
    found: layered.Layout,
    tops: Sequence[tuple[float, float]],
    left: float,
) -> list[tuple[tuple[int, int], _Curve]]:
    """Each line with its way; the lines at one side of a box are spread over it in the order of where they go."""
    ways: dict[tuple[int, int], list[float]] = {}
    outwards: dict[int, list[tuple[float, tuple[int, int]]]] = {}
    inwards: dict[int, list[tuple[float, tuple[int, int]]]] = {}
    for edge in sorted(labels):
        upper, lower = edge if found.layer[edge[0]] < found.layer[edge[1]] else edge[::-1]
        way = [found.middle[upper], *found.bends[edge], found.middle[lower]]
        ways[edge] = way
        outwards.setdefault(upper, []).append((way[1], edge))
        inwards.setdefault(lower, []).append((way[-2], edge))
    start, end = _ports(outwards, found), _ports(inwards, found)
    curves = []
    for edge, way in ways.items():
        upper, lower = edge if found.layer[edge[0]] < found.layer[edge[1]] else edge[::-1]
        row = found.layer[upper]
        points = [(left + start[edge], tops[row][0] + drawn[upper].height)]
        for bend in way[1:-1]:
            row += 1
            points += [(left + bend, tops[row][0]), (left + bend, sum(tops[row]))]
        points.append((left + end[edge], tops[found.layer[lower]][0]))
        near_end = len(outwards[upper]) > len(inwards[lower])
        curves.append((edge, _Curve(tuple(points), upper != edge[0], near_end)))
    return curves


def _ports(
    sides: dict[int, list[tuple[float, tuple[int, int]]]], found: layered.Layout
) -> dict[tuple[int, int], float]:
    places = {}
    for box, lines in sides.items():
        step = min(26.0, (_BOX - 40) / max(len(lines) - 1, 1))
        for number, (_, edge) in enumerate(sorted(lines)):
            places[edge] = found.middle[box] + (number - (len(lines) - 1) / 2) * step
    return places


def _labelled(curve: _Curve, labels: Sequence[str], taken: list[tuple[float, float, float, float]]) -> str:
    """The labels of a line, where they cover no other one if there is such a place."""
    text = [one for label in labels if label for one in fitted(label, _SMALL, 150.0)]
    if not text:
        return ""
    wide = max(width(one, _SMALL) for one in text) + 8
    high = len(text) * 14.0 + 3
    places = (0.5, 0.62, 0.38, 0.74, 0.26, 0.84, 0.16)
    if curve.near_end:
        places = (0.66, 0.54, 0.78, 0.42, 0.86, 0.3, 0.2)
    spots = [curve.at(part) for part in places]
    x, y = min(spots, key=lambda spot: (_covered(spot, wide, high, taken), spots.index(spot)))
    taken.append((x - wide / 2, y - high / 2, wide, high))
    back = (
        f'<rect x="{_n(x - wide / 2)}" y="{_n(y - high / 2)}" width="{_n(wide)}" height="{_n(high)}" '
        'rx="3" fill="#fbfbfa" fill-opacity="0.92"/>'
    )
    rows = [_text(x, y - high / 2 + 12 + 14 * number, one, _SMALL, False, _INK) for number, one in enumerate(text)]
    return back + "".join(rows)


def _covered(
    spot: tuple[float, float], wide: float, high: float, taken: Sequence[tuple[float, float, float, float]]
) -> float:
    """How much of other labels a label would cover here."""
    left, top = spot[0] - wide / 2, spot[1] - high / 2
    return sum(
        max(0.0, min(left + wide, x + w) - max(left, x)) * max(0.0, min(top + high, y + h) - max(top, y))
        for x, y, w, h in taken
    )


def _boxed(one: _Drawn, middle: float, top: float) -> str:
    box = one.box
    fill = _RING if box.members else _MARKED if box.marked else _FILL
    edge = f'stroke="{_INK}" stroke-width="2.2"' if box.marked else f'stroke="{_LINE}" stroke-width="1.2"'
    shape = (
        f'<rect x="{_n(middle - _BOX / 2)}" y="{_n(top)}" width="{_n(_BOX)}" height="{_n(one.height)}" '
        f'rx="9" fill="{fill}" {edge}/>'
    )
    full = "; ".join(f"{name} ({key})" for key, name in box.members) if box.members else f"{box.name} ({box.key})"
    rows = []
    y = top + _PAD - 4
    for text, size, bold, colour in one.text:
        y += _NAME_LINE if bold else _SMALL_LINE
        rows.append(_text(middle, y - 2, text, size, bold, colour))
    return f"<g><title>{escape(clean(full))}</title>{shape}{''.join(rows)}</g>"


def _text(x: float, y: float, text: str, size: float, bold: bool, colour: str) -> str:
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{_n(x)}" y="{_n(y)}" font-size="{_n(size)}" text-anchor="middle"{weight} '
        f'fill="{colour}">{escape(text)}</text>'
    )


def _in_words(
    drawn: Sequence[_Drawn], labels: dict[tuple[int, int], list[Line]], foot: Sequence[str], verb: str
) -> str:
    """The picture as sentences: who is shown, and who owns what."""
    name = [_ring_name(one.box) if one.box.members else clean(one.box.name or one.box.key) for one in drawn]
    said = []
    for number, one in enumerate(drawn):
        if one.box.members:
            said.append(f"{name[number]}: {', '.join(clean(called or key) for key, called in one.box.members)}.")
        else:
            parts = [name[number], _seat(one.box).replace("HQ", "headquarters"), *map(clean, one.box.kind)]
            said.append(", ".join(filter(None, parts)) + ".")
    for (owner, owned), lines in sorted(labels.items()):
        what = ", ".join(clean(line.label) + ("" if line.sure else " (possible)") for line in lines)
        said.append(f"{name[owner]} {verb} {name[owned]}" + (f": {what}." if what else "."))
    return " ".join([*said, *foot])


def _n(value: float) -> str:
    """A number with one decimal at most."""
    return f"{value:.1f}".removesuffix(".0")
