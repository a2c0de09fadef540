"""A name cut into words: compatibility forms unified, lower case, no accents, no punctuation, initials joined.

1. Unicode NFKC and case folding; accents of Latin, Greek and Cyrillic letters go, the marks of other scripts that make
   another letter (Japanese voicing, Indian vowels) stay.
2. `&` and `+` are `and`; an apostrophe joins; dots and slashes between single letters join them (`S.A.`, `A/S`).
3. A remark in brackets that only repeats the name is left out: words of the name, or its initials.
4. Everything that is neither letter nor digit parts words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import groupby

# Letters that do not decompose into a base letter and a mark, and signs that stand for an apostrophe.
_LETTERS = {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h"}
_APOSTROPHES = "’‘ʼʹ´`＇‛"
_ACCENTS = ((0x300, 0x36F), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0x591, 0x5C7), (0x64B, 0x652))
_TATWEEL = 0x640  # stretches an Arabic word, and means nothing

_DOTTED = re.compile(r"(?<!\w)(?:[^\W\d_]\.)+[^\W\d_]?(?!\w)")
_SLASHED = re.compile(r"(?<!\w)([^\W\d_])/([^\W\d_])(?!\w)")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")
_BRACKETS = re.compile(r"\(([^()]*)\)")
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")
_SHORTEST_ACRONYM = 3
_LONG = 1_000  # characters; no name with a remark in brackets is so long
_SHORTEST_BEGINNING = 4


class _Characters(dict[int, str]):
    """What becomes of a character that is not ASCII, found out once."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        category = unicodedata.category(character)
        if character in _APOSTROPHES:
            kept = "'"
        elif category == "Nd":
            kept = str(unicodedata.decimal(character))
        elif category[0] in "LM":
            kept = _LETTERS.get(character, character)
        else:
            kept = " "
        self[code] = kept
        return kept


_KEPT = _Characters({code: chr(code) for code in range(128)})
_NO_ACCENTS = {code: None for first, last in _ACCENTS for code in range(first, last + 1)} | {_TATWEEL: None}
_TO_BLANKS = str.maketrans({chr(code): " " for code in range(128) if not chr(code).isalnum()})


def fold(text: str) -> str:
    """Lower case, without accents; punctuation that is not ASCII is blank.

    >>> fold("Łódź GROẞE Société"), fold("Ｂａｎｋ・ガス")
    ('lodz grosse societe', 'bank ガス')
    """
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return unicodedata.normalize("NFC", plain.translate(_NO_ACCENTS)).translate(_KEPT)


def tokens(text: str, apart: frozenset[str] = frozenset()) -> list[str]:
    """The words of a name, in order; initials that would make one of the words `apart` stay single letters.

    >>> tokens("L'Oréal S.A."), tokens("AT&T Inc."), tokens("China General Nuclear Power Corporation (CGN)*")
    (['loreal', 'sa'], ['at', 'and', 't', 'inc'], ['china', 'general', 'nuclear', 'power', 'corporation'])
    """
    text = fold(text)
    if not text.isalnum():
        text = text.replace("'", "").replace("`", "").replace("&", " and ").replace("+", " and ")
        if "." in text:
            text = _DOTTED.sub(lambda match: _initials(match[0], apart), text)
        if "/" in text:
            text = _SLASHED.sub(r"\1\2", text)
        if "," in text:
            text = _THOUSANDS.sub("", text)
        if "(" in text and len(text) < _LONG:
            text = _without_repetition(text)
    return [_ordinal(word) if word[0].isdigit() else word for word in text.translate(_TO_BLANKS).split()]


def _ordinal(word: str) -> str:
    found = _ORDINAL.fullmatch(word)
    return found[1] if found else word


def _initials(dotted: str, apart: frozenset[str]) -> str:
    together = dotted.replace(".", "")
    return dotted.replace(".", " ") if together in apart else together


def join_letters(words: Sequence[str], apart: frozenset[str] = frozenset()) -> list[str]:
    """Letters that stand alone side by side are the initials of one word, unless they make one of the words `apart`.

    >>> join_letters(["j", "p", "morgan", "x"]), join_letters(["d", "e", "shaw"], frozenset({"de"}))
    (['jp', 'morgan', 'x'], ['d', 'e', 'shaw'])
    """
    joined: list[str] = []
    for single, run in groupby(words, key=lambda word: len(word) == 1 and word.isalpha()):
        letters = list(run)
        together = "".join(letters)
        joined += [together] if single and together not in apart else letters
    return joined


def _without_repetition(text: str) -> str:
    """The text without the brackets that say again what stands outside of them."""
    if not (outside := set(_BRACKETS.sub(" ", text).translate(_TO_BLANKS).split())):
        return text

    def kept(match: re.Match[str]) -> str:
        inner = match[1].translate(_TO_BLANKS).split()
        if not inner or any(character.isdigit() for character in match[1]):
            return match[0]
        before = text[: match.start()].translate(_TO_BLANKS).split()
        repeated = len("".join(inner)) > 1 and all(_stands_in(word, outside) for word in inner)
        return " " if repeated or (len(inner) == 1 and _is_acronym(inner[0], before)) else match[0]

    return _BRACKETS.sub(kept, text)


def _stands_in(word: str, outside: set[str]) -> bool:
    """Whether a word, or a longer one that it shortens, is among these."""
    return word in outside or (len(word) >= _SHORTEST_BEGINNING and any(longer.startswith(word) for longer in outside))


def _is_acronym(short: str, words: Sequence[str]) -> bool:
    """Whether these letters are initials of the words, in their order, from the first word on.

    >>> _is_acronym("cetc", ["china", "electronics", "technology", "group", "corporation"])
    True
    """
    if len(short) < _SHORTEST_ACRONYM or not words or short[0] != words[0][0]:
        return False
    initials = iter(word[0] for word in words)
    return all(letter in initials for letter in short)
