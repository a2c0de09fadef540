"""The normal form of a name: its words in order, its legal forms, its numbers.

1. The name is cut into words (`topco.matching.cutting`); abbreviations are written out, small words (`the`, `of`,
   `and`) are left out, initials joined.
2. Legal forms at the end, or some at the beginning, become canonical (`Limited`: `ltd`; `有限公司` and `Co., Ltd.`:
   `co ltd`); a name that is nothing but a legal form keeps it as a word.
3. Roman numerals behind the first word are numbers, `No.` before a number goes. Numbers of names must agree.
4. Words in scripts without spaces are joined.

The normal form of a normal form is itself.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from topco.matching.cutting import join_letters, tokens
from topco.matching.knowledge_of_names import GENERIC_FORM, UNSPACED, forms, words

_DIGITS = re.compile(r"\d+")
_ROMAN = re.compile(r"x{0,3}(?:i[vx]|v?i{0,3})")
_CHINESE_NUMBER = re.compile(r"第([一二三四五六七八九十]+)")
_CHINESE_DIGITS = dict(zip("一二三四五六七八九", range(1, 10), strict=True))
_TEN = "十"
_HANGUL = (0xAC00, 0xD7A3)
_NEVER_ROMAN = frozenset({"xi", "vi", "i", "v", "x"})  # a Chinese syllable, an editor, single letters
_ROUNDS = 8  # until a name is settled; two are usual


class Name(NamedTuple):
    """A name in its normal form."""

    words: tuple[str, ...]
    forms: tuple[str, ...]
    numbers: tuple[str, ...]

    @property
    def text(self) -> str:
        """The normal form in writing."""
        return " ".join((*self.words, *self.forms))

    @property
    def key(self) -> str:
        """The words, sorted."""
        return " ".join(sorted(self.words))


def normalise(text: str) -> Name:
    """The normal form of a name.

    >>> normalise("The Société Générale, S.A.")
    Name(words=('societe', 'generale'), forms=('sa',), numbers=())
    >>> normalise("华为技术有限公司").text, normalise("OAO Gazprom").text, normalise("Fund No. II L.P.").text
    ('华为技术 co ltd', 'gazprom pjsc', 'fund 2 lp')
    """
    name = _once(text)
    if len(name.forms) > 1 or not text.isascii() or (name.forms and name.words[-1] in forms().parts):
        # What was cut off may leave words that now stand together and say more.
        for _ in range(_ROUNDS):
            before, name = name, _once(name.text)
            if name == before:
                break
    return name


def _once(text: str) -> Name:
    known = words()
    if "第" in text:
        text = _CHINESE_NUMBER.sub(lambda match: f"第{_chinese(match[1])}", text)
    every = [known.abbreviations.get(word, word) for word in tokens(text, known.small)]
    telling = [word for word in every if word not in known.small] or every
    left, found = _stripped(join_letters(telling, known.small))
    left = _joined(_without_marks(left[:1] + [_numeral(word) for word in left[1:]]))
    numbers = sorted(digits.lstrip("0") or "0" for word in left for digits in _DIGITS.findall(word))
    left = [word.lstrip("0") or "0" if word.isdigit() else word for word in left]
    return Name(tuple(left), tuple(sorted(found)), tuple(numbers))


def _stripped(left: list[str]) -> tuple[list[str], set[str]]:
    """The words without the legal forms at the end, else without one at the beginning; and these forms."""
    known = forms()
    found: set[str] = set()
    end = len(left)
    while (length := _length_behind(left, end)) > 0:
        found.add(known.behind[tuple(left[end - length : end])])
        end -= length
    left = left[:end]
    while left and ord(left[-1][0]) >= UNSPACED and (attached := _attached_to(left[-1])) is not None:
        spelling, form = attached
        left = [*left[:-1], left[-1][: -len(spelling)]]
        found.add(form)
    if not found and left:
        for length in range(min(known.longest, len(left) - 1), 0, -1):
            if (form := known.in_front.get(tuple(left[:length]), "")) != "":
                left, found = left[length:], {form}
                break
        else:
            for spelling, form in known.attached_in_front if ord(left[0][0]) >= UNSPACED else ():
                if left[0].startswith(spelling) and left[0] != spelling:
                    left, found = [left[0][len(spelling) :], *left[1:]], {form}
                    break
    return left, found - {GENERIC_FORM} or found


def _length_behind(left: list[str], end: int) -> int:
    """How many words before this place are a legal form; one word at least is left before them."""
    known = forms()
    for length in range(min(known.longest, end - 1), 0, -1):
        if tuple(left[end - length : end]) in known.behind:
            return length
    return 0


def _attached_to(word: str) -> tuple[str, str] | None:
    """The legal form that a word ends with, in a script without spaces, and its canonical form."""
    for spelling, form in forms().attached:
        if word.endswith(spelling) and word != spelling:
            return spelling, form
    return None


def _without_marks(left: list[str]) -> list[str]:
    """The words without `No.` and its like in front of numbers."""
    marks = words().number_marks
    kept: list[str] = []
    for word in reversed(left):
        if word not in marks or not kept or not kept[-1][0].isdigit():
            kept.append(word)
    return kept[::-1]


@lru_cache(maxsize=1 << 16)
def _numeral(word: str) -> str:
    """A Roman numeral from II to XXXIX as a number; other words as they are.

    >>> _numeral("xiv"), _numeral("iii"), _numeral("mix")
    ('14', '3', 'mix')
    """
    if word in _NEVER_ROMAN or not word or word[0] not in "ivx" or not _ROMAN.fullmatch(word):
        return word
    values = [{"i": 1, "v": 5, "x": 10}[letter] for letter in word]
    following = [*values[1:], 0]
    return str(sum(-one if one < after else one for one, after in zip(values, following, strict=True)))


def _chinese(numeral: str) -> str:
    """A Chinese numeral up to 99 as digits; a longer or irregular one as it is.

    >>> _chinese("十四"), _chinese("二十"), _chinese("三")
    ('14', '20', '3')
    """
    tens, mark, ones = numeral.partition(_TEN)
    if len(tens) > 1 or len(ones) > 1 or _TEN in ones:
        return numeral
    return str((_CHINESE_DIGITS.get(tens, 1) * 10 if mark else _CHINESE_DIGITS[tens]) + _CHINESE_DIGITS.get(ones, 0))


def is_unspaced(word: str) -> bool:
    """Whether a word begins in a script that writes no spaces between words (Korean does)."""
    return ord(word[0]) >= UNSPACED and not _HANGUL[0] <= ord(word[0]) <= _HANGUL[1]


def _joined(left: list[str]) -> list[str]:
    together: list[str] = []
    for word in left:
        if together and is_unspaced(word) and is_unspaced(together[-1]):
            together[-1] += word
        else:
            together.append(word)
    return together
