"""Text fitted into a given width without measuring a font: rough widths of letters of any script, lines, endings."""

from __future__ import annotations

import re
import unicodedata

ELLIPSIS = "…"
_NARROW = frozenset("iljtfrI.,;:'|!()[]{}·-/ ")
_BROAD = frozenset("mwMWQOGDNHU@%&—")
# What XML cannot hold, what steers a terminal, and what turns the direction of the letters after it.
_NO_LETTERS = re.compile(
    "[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u007f-\u009f\u202a-\u202e\u2066-\u2069]"
)


def clean(text: str) -> str:
    """Text that a page and a terminal can hold, in one line: no control characters, no half of a pair, single spaces.

    >>> clean("A\\x00 \\n B\\x1b[2J")
    'A B[2J'
    """
    return " ".join(_NO_LETTERS.sub("", text).split())


def width(text: str, size: float) -> float:
    """How wide a text is at a font size, in the same unit; on the safe side for the usual sans-serif fonts.

    >>> width("Acme", 10) < width("株式会社", 10)
    True
    """
    return sum(_em(letter) for letter in text) * size


def fitted(text: str, size: float, room: float, lines: int = 1) -> list[str]:
    """A text in at most so many lines of this width; what does not fit ends in an ellipsis.

    Lines break at spaces, and between any two letters of a script that has none. A letter keeps its marks.

    >>> fitted("Beispiel Holding und Beteiligungen GmbH", 10, 130, lines=2)
    ['Beispiel Holding und', 'Beteiligungen GmbH']
    >>> fitted("Beispiel Holding und Beteiligungen GmbH", 10, 130)
    ['Beispiel Holding und…']
    """
    rest = clean(text)
    found: list[str] = []
    while rest:
        taken, left = _line(rest, size, room)
        if left and len(found) == lines - 1:
            taken = _line(rest, size, room - width(ELLIPSIS, size))[0].rstrip(" ,.;-")
            return [*found, taken + ELLIPSIS]
        found.append(taken)
        rest = left
    return found


def _line(text: str, size: float, room: float) -> tuple[str, str]:
    """What fits of a text, and what is left."""
    used = 0.0
    end = space = 0
    clusters = _clusters(text)
    for cluster in clusters:
        used += width(cluster, size)
        if used > room and end:
            break
        if cluster == " ":
            space = end
        end += len(cluster)
    else:
        return text, ""
    if text[end] == " ":
        space = end
    if space and not _breaks_anywhere(text[end - 1]):
        end = space
    return text[:end].rstrip(), text[end:].lstrip()


def _clusters(text: str) -> list[str]:
    """Letters with the marks that belong to them."""
    found: list[str] = []
    joined = False
    for letter in text:
        mark = unicodedata.category(letter) in ("Mn", "Me", "Mc", "Cf")
        if found and (mark or joined):
            found[-1] += letter
        else:
            found.append(letter)
        joined = letter == "\u200d"
    return found


def _breaks_anywhere(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in ("W", "F")


def _em(letter: str) -> float:
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0.0
    if unicodedata.east_asian_width(letter) in ("W", "F"):
        return 1.0
    if letter in _NARROW:
        return 0.36
    if letter in _BROAD or letter.isupper():
        return 0.8 if letter in _BROAD else 0.64
    return 0.57
