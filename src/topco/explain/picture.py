"""A chain, the paths between two parties or a whole group as one SVG picture, owners above what they own.

Text is text, nothing depends on colour alone, there is no script and nothing is fetched; the same input gives the same
bytes. What a picture shows is also said in words in its description, for those who do not see it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from topco.explain.arranged import Arranged, arrange
from topco.explain.boxes import Box, Lettered, Mark
from topco.explain.layered import Edge
from topco.explain.lettering import clean, width
from topco.explain.strokes import INK, PAPER, SMALL, SOFT, number, written

__all__ = ["MOST_BOXES", "OWNERSHIP", "Box", "Line", "Mark", "Words", "picture"]

MOST_BOXES = 60

_MARGIN = 28.0
_HEAD = 17.0
_FOOT_LINE = 15.0
_FONTS = "'Noto Sans','Noto Sans CJK SC','DejaVu Sans',Arial,sans-serif"


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
    *,
    widest: int = 10,
    columns: bool = False,
    summary: str = "",
) -> str:
    """The picture as the text of an SVG file.

    Args:
        boxes: the most important first: of more than `most`, the others are left out, and the picture says so.
        lines: those between the same two boxes are drawn as one, with all labels; one to its own box is left out.
        note: a sentence for the foot, such as the day and the test.
        words: what lines mean, read downwards.
        widest: how many boxes stand side by side at most.
        columns: long lines at one box run together as far as they can, and many boxes that lead nowhere else than to
            one and the same stand in columns beside a trunk.
        summary: the description, in the place of a sentence for each box and each line; for pictures with links, which
            are heard box by box.

    >>> drawn = picture("Who owns B", [Box("X:A", "A"), Box("X:B", "B")], [Line("X:A", "X:B", "60 %")])
    >>> drawn.count("<rect"), "A owns B: 60 %" in drawn
    (4, True)
    """
    shown = list(boxes[:most])
    place = {box.key: at for at, box in enumerate(shown)}
    labels: dict[Edge, list[Line]] = {}
    hidden: dict[int, list[int]] = {}
    for line in lines:
        owner, owned = place.get(line.owner), place.get(line.owned)
        if owner is not None and owned is not None and owner != owned:
            labels.setdefault((owner, owned), []).append(line)
        elif owner is not None and owned is None:
            hidden.setdefault(owner, [0, 0])[1] += 1
        elif owned is not None and owner is None:
            hidden.setdefault(owned, [0, 0])[0] += 1
    lettered = [Lettered.of(box, hidden.get(at, [0, 0]), words.above, words.below) for at, box in enumerate(shown)]
    written_on = {edge: tuple(line.label for line in together) for edge, together in labels.items()}
    sure = {edge: all(line.sure for line in together) for edge, together in labels.items()}
    arranged = arrange([one.height for one in lettered], written_on, sure, widest, columns=columns)
    foot = [clean(note)] if note else []
    if len(shown) < len(boxes):
        foot.append(f"{len(shown)} of {len(boxes)} boxes are shown; {len(boxes) - len(shown)} are left out.")
    said = clean(summary) or _in_words(shown, labels, foot, words.verb)
    return _drawn(clean(title), said, lettered, arranged, foot)


def _drawn(title: str, said: str, lettered: Sequence[Lettered], arranged: Arranged, foot: Sequence[str]) -> str:
    longest = max([width(title, _HEAD), *(width(one, SMALL) for one in foot)])
    total = max(arranged.width, longest) + 2 * _MARGIN
    left = (total - arranged.width) / 2
    head = 2 * _MARGIN + _HEAD
    bottom = head + arranged.height
    height = bottom + _MARGIN + len(foot) * _FOOT_LINE + (8 if foot else 0)
    # An image is one thing for those who hear it; with links in it, it is a group of things.
    role = "group" if any(one.box.link or one.box.marks for one in lettered) else "img"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="{role}" aria-label={quoteattr(title)} '
        f'viewBox="0 0 {number(total)} {number(height)}" width="{number(total)}" height="{number(height)}" '
        f'font-family="{_FONTS}">',
        f"<title>{escape(title)}</title>",
        f"<desc>{escape(said)}</desc>",
        f'<rect width="{number(total)}" height="{number(height)}" fill="{PAPER}"/>',
        written(total / 2, _MARGIN + _HEAD * 0.7, title, _HEAD, bold=True, colour=INK),
        *arranged.drawn(lettered, left, head),
    ]
    for at, line in enumerate(foot):
        place = bottom + _MARGIN + at * _FOOT_LINE
        parts.append(written(total / 2, place, line, SMALL, bold=False, colour=SOFT))
    return "\n".join(part for part in parts if part) + "\n</svg>\n"


def _in_words(boxes: Sequence[Box], labels: dict[Edge, list[Line]], foot: Sequence[str], verb: str) -> str:
    """The picture as sentences: who is shown, and who owns what."""
    said = []
    for box in boxes:
        if box.members:
            said.append(f"{box.called}: {', '.join(clean(called or key) for key, called in box.members)}.")
        else:
            parts = [box.called, box.seat.replace("HQ", "headquarters"), *map(clean, box.kind)]
            said.append(", ".join(filter(None, parts)) + ".")
    for (owner, owned), lines in sorted(labels.items()):
        what = ", ".join(clean(line.label) + ("" if line.sure else " (possible)") for line in lines)
        said.append(f"{boxes[owner].called} {verb} {boxes[owned].called}" + (f": {what}." if what else "."))
    return " ".join([*said, *foot])
