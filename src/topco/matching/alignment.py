"""The words of two names laid side by side: what each word of one is in the other, and what is left over.

Equal words first; then words written together or apart; then misspellings, the closest first; then initials. What has
no counterpart by then is left over. Ties are decided by the words themselves, never by which name comes first.
"""

from __future__ import annotations

from collections import Counter
from math import ceil
from typing import NamedTuple

from rapidfuzz.distance import Indel

from topco.matching.knowledge_of_names import words
from topco.matching.normal import is_unspaced

OTHER_ORDER, TOGETHER, INITIAL, INITIALS, LEFT_OVER = 3, 2, 6, 20, 15
MISSPELT = 3
_ALIKE, _ALIKE_IF_SHORT = 0.8, 0.85
_SHORT, _SHORTEST = 5, 4
_UNSPACED_WEIGHT = 2
_MOST_PAIRS = 2_500  # of words; that many differences leave no score, whatever they are


class Difference(NamedTuple):
    """A difference in words, and the points that it costs."""

    points: int
    words: str


def differences(first: tuple[str, ...], second: tuple[str, ...]) -> list[Difference]:
    """How the words of two names differ.

    >>> differences(("samsung", "elektronics"), ("electronics", "samsung"))
    [Difference(points=6, words="'electronics' for 'elektronics'")]
    >>> differences(("bank", "china"), ("china", "bank"))
    [Difference(points=3, words='words in another order')]
    >>> differences(("azule", "energy", "angola"), ("azule", "energy"))
    [Difference(points=37, words="only one has 'angola'")]
    """
    if first == second:
        return []
    first, second = sorted((first, second))
    if sorted(first) == sorted(second):
        return [Difference(OTHER_ORDER, "words in another order")]
    return _Laid(first, second).found()


class _Laid:
    def __init__(self, first: tuple[str, ...], second: tuple[str, ...]) -> None:
        self.letters = sum(map(len, first)) + sum(map(len, second))
        self.left, self.right = _without(first, second), _without(second, first)
        self.differences: list[Difference] = []

    def found(self) -> list[Difference]:
        if len(self.left) * len(self.right) <= _MOST_PAIRS:
            self._together(self.left, self.right)
            self._together(self.right, self.left)
            self._misspelt()
            self._initials(self.left, self.right)
            self._initials(self.right, self.left)
        for word in sorted(self.left + self.right):
            self._note(LEFT_OVER + self._part(len(word)), f"only one has '{word}'")
        return self.differences

    def _note(self, points: int, said: str) -> None:
        self.differences.append(Difference(points, said))

    def _part(self, letters: float) -> int:
        """How many of a hundred these letters are, the next whole number above."""
        return ceil(round(100 * letters / self.letters, 6))

    def _together(self, many: list[str], few: list[str]) -> None:
        """Several words of one name are one word of the other."""
        for word in list(few):
            for start in range(len(many)):
                end, together = start, ""
                while end < len(many) and len(together) < len(word):
                    together, end = together + many[end], end + 1
                if together == word:
                    self._note(TOGETHER, f"'{' '.join(many[start:end])}' written '{word}'")
                    del many[start:end]
                    few.remove(word)
                    break

    def _misspelt(self) -> None:
        telling = words().telling
        pairs = [
            (likeness, min(one, other), max(one, other), one, other)
            for one in set(self.left)
            for other in set(self.right)
            if (likeness := _likeness(one, other, telling)) > 0
        ]
        for likeness, low, high, one, other in sorted(pairs, key=lambda pair: (-pair[0], pair)):
            while one in self.left and other in self.right:
                self.left.remove(one)
                self.right.remove(other)
                differing = (1 - likeness) * (len(one) + len(other))
                unspaced = is_unspaced(one) and is_unspaced(other)
                points = self._part(differing * (_UNSPACED_WEIGHT if unspaced else 1))
                self._note(max(MISSPELT, points), f"'{low}' for '{high}'")

    def _initials(self, short: list[str], long: list[str]) -> None:
        """A letter for a word, or letters for words in a row."""
        for letters in list(short):
            for start in range(len(long)):
                meant = long[start : start + len(letters)]
                initials = "".join(word[0] for word in meant)
                if initials == letters and letters not in meant and len(letters) <= _SHORT and letters.isalpha():
                    points = INITIAL if len(letters) == 1 else INITIALS
                    self._note(points, f"'{letters}' for '{' '.join(meant)}'")
                    del long[start : start + len(letters)]
                    short.remove(letters)
                    break


def _without(words_of_one: tuple[str, ...], words_of_other: tuple[str, ...]) -> list[str]:
    """The words of one name that the other lacks, in their order."""
    rest = Counter(words_of_other)
    kept = []
    for word in words_of_one:
        if rest[word] > 0:
            rest[word] -= 1
        else:
            kept.append(word)
    return kept


def _likeness(one: str, other: str, telling: frozenset[str]) -> float:
    """How alike two words are that may be one word misspelt, from 0 (not so) to 1; numbers must agree."""
    if is_unspaced(one) and is_unspaced(other):
        return float(Indel.normalized_similarity(one, other))
    if min(len(one), len(other)) < _SHORTEST or (one in telling and other in telling):
        return 0.0
    if _digits(one) != _digits(other):
        return 0.0
    cut_off = _ALIKE_IF_SHORT if max(len(one), len(other)) <= _SHORT else _ALIKE
    return float(Indel.normalized_similarity(one, other, score_cutoff=cut_off))


def _digits(word: str) -> str:
    return "" if word.isalpha() else "".join(character for character in word if character.isdigit())
