"""The boxes of a picture: what is written in them, and how they are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from topco.explain.lettering import clean, fitted
from topco.explain.strokes import INK, LINE, SMALL, SOFT, number, written

WIDTH = 204.0
NAME_SIZE = 13.0
_BOLD = 1.1  # letters of a bold face are that much wider

_PAD = 11.0
_NAME_LINE, _SMALL_LINE = 17.0, 15.0
_MEMBERS = 6
_MARK, _MARK_GAP = 24.0, 5.0  # no smaller than what a finger can hit
_FILL, _RING, _MARKED = "#ffffff", "#f4f0e6", "#e8f0f8"


@dataclass(frozen=True)
class Mark:
    """A place in a box that leads on: to more of what stands above or below it.

    Attributes:
        text: what is written there, `+3 above`.
        name: the same for those who hear it, with the name of the box: `Show 3 more owners of Beispiel GmbH`.
        link: where it leads.
        above: it stands at the upper edge, else at the lower one.
    """

    text: str
    name: str
    link: str
    above: bool = False


@dataclass(frozen=True)
class Box:
    """A party, or a ring of parties that own each other.

    Attributes:
        key: what lines refer to; for a party, its identifier.
        country: of its headquarters, in words or as a code; None if unknown, empty for a person, who has none.
        kind: what it is and what it is known as, in words: `company`, `state`, `ultimate parent` …
        marked: one of those that the picture is about.
        members: of a ring, the identifier and name of each member; then `name` and `country` are not shown.
        link: where the box leads; none if it is empty.
        marks: further links in the box.
        twice: framed twice: what the picture leads up to.
        round: with round ends, as persons are drawn.
    """

    key: str
    name: str
    country: str | None = None
    kind: tuple[str, ...] = ()
    marked: bool = False
    members: tuple[tuple[str, str], ...] = ()
    link: str = ""
    marks: tuple[Mark, ...] = ()
    twice: bool = False
    round: bool = False

    @property
    def called(self) -> str:
        """What the box is called in a sentence."""
        if self.members:
            return f"{len(self.members)} companies that own each other"
        return clean(self.name or self.key)

    @property
    def seat(self) -> str:
        """Its headquarters in words."""
        if self.country is None:
            return "HQ unknown"
        return f"HQ: {clean(self.country)}" if self.country else ""


@dataclass(frozen=True)
class Lettered:
    """A box with its lines of text: each with its size, weight and colour."""

    box: Box
    text: tuple[tuple[str, float, bool, str], ...]
    height: float

    @classmethod
    def of(cls, box: Box, hidden: Sequence[int], above: str, below: str) -> Lettered:
        """Letter a box.

        Args:
            hidden: how many lines end outside the picture, above and below it.
            above, below: what stands at their other ends.
        """
        room = WIDTH - 2 * _PAD
        text: list[tuple[str, float, bool, str]] = []
        if box.members:
            text += [(one, NAME_SIZE, True, INK) for one in fitted(box.called, NAME_SIZE * _BOLD, room, 2)]
            for identifier, name in box.members[:_MEMBERS]:
                text += [(one, SMALL, False, INK) for one in fitted(name or identifier, SMALL, room)]
            if len(box.members) > _MEMBERS:
                text.append((f"and {len(box.members) - _MEMBERS} more", SMALL, False, SOFT))
        else:
            text += [(one, NAME_SIZE, True, INK) for one in fitted(box.name or box.key, NAME_SIZE * _BOLD, room, 3)]
            if box.name:
                text += [(one, SMALL, False, SOFT) for one in fitted(box.key, SMALL, room)]
            text += [(one, SMALL, False, INK) for one in fitted(box.seat, SMALL, room, 2)]
        if box.kind:
            text += [(one, SMALL, False, SOFT) for one in fitted(" · ".join(box.kind), SMALL, room, 4)]
        for count, what in zip(hidden, (above, below), strict=True):
            if count:
                text.append((f"+ {count} {what}{'s' if count > 1 else ''} not shown", SMALL, False, SOFT))
        height = 2 * _PAD + sum(_NAME_LINE if bold else _SMALL_LINE for _, _, bold, _ in text) - 4
        rows = len({mark.above for mark in box.marks})
        return cls(box, tuple(text), height + rows * (_MARK + _MARK_GAP))

    def drawn(self, middle: float, top: float) -> str:
        """The box where it stands, with its links."""
        box = self.box
        upper, lower = ([mark for mark in box.marks if mark.above is above] for above in (True, False))
        full = "; ".join(f"{name} ({key})" for key, name in box.members) if box.members else f"{box.name} ({box.key})"
        parts = [f"<title>{escape(clean(full))}</title>", *self._frames(middle, top)]
        y = top + _PAD - 4 + (_MARK + _MARK_GAP if upper else 0)
        for text, size, bold, colour in self.text:
            y += _NAME_LINE if bold else _SMALL_LINE
            parts.append(written(middle, y - 2, text, size, bold=bold, colour=colour))
        inside = "".join(parts)
        if box.link:
            heard = ", ".join(filter(None, (box.called, box.seat.replace("HQ", "headquarters"), *map(clean, box.kind))))
            inside = f"<a href={quoteattr(box.link)} aria-label={quoteattr(heard)}>{inside}</a>"
        marks = _marks(upper, middle, top + _MARK_GAP) + _marks(lower, middle, top + self.height - _MARK_GAP - _MARK)
        of = f" data-node={quoteattr(clean(box.key))}" if box.link or box.marks else ""
        return f"<g{of}>{inside}{marks}</g>"

    def _frames(self, middle: float, top: float) -> list[str]:
        box = self.box
        fill = _RING if box.members else _MARKED if box.marked else _FILL
        edge = f'stroke="{INK}" stroke-width="2.2"' if box.marked else f'stroke="{LINE}" stroke-width="1.2"'
        corner = 24.0 if box.round else 9.0
        frames = [_frame(middle, top, WIDTH, self.height, corner, f'fill="{fill}" {edge}')]
        if box.twice:
            inner = f'fill="none" stroke="{INK}" stroke-width="1"'
            frames.append(_frame(middle, top + 3.5, WIDTH - 7, self.height - 7, corner - 3, inner))
        return frames


def _frame(middle: float, top: float, wide: float, high: float, corner: float, look: str) -> str:
    return (
        f'<rect x="{number(middle - wide / 2)}" y="{number(top)}" width="{number(wide)}" height="{number(high)}" '
        f'rx="{number(corner)}" {look}/>'
    )


def _marks(marks: Sequence[Mark], middle: float, top: float) -> str:
    """Links side by side over the width of a box."""
    room = WIDTH - 2 * _PAD
    wide = (room - _MARK_GAP * (len(marks) - 1)) / max(len(marks), 1)
    parts = []
    for place, mark in enumerate(marks):
        here = middle - room / 2 + wide / 2 + place * (wide + _MARK_GAP)
        look = f'fill="#ffffff" stroke="{SOFT}" stroke-width="1"'
        text = fitted(mark.text, SMALL, wide - 4)
        said = "".join(written(here, top + 16, one, SMALL, bold=False, colour=INK) for one in text)
        parts.append(
            f'<a href={quoteattr(mark.link)} aria-label={quoteattr(clean(mark.name))} data-opens="">'
            f"{_frame(here, top, wide, _MARK, 12, look)}{said}</a>"
        )
    return "".join(parts)
