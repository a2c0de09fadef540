"""Figures on either side of the cuts at which a sum turns: ranges, their words, and a figure of each. Exact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

from topco.items.quantities import written

COARSE = 1_000


@dataclass(frozen=True)
class Cut:
    """Where a figure would have to stand for a sum to be just at its parameter.

    `below` whether the figure at the cut itself still counts as below.
    """

    at: Fraction
    below: bool
    unit: str
    measure: str


@dataclass(frozen=True)
class Range:
    """The figures between two cuts; None: no cut on that side."""

    lower: Cut | None
    upper: Cut | None

    @property
    def unit(self) -> str:
        """The unit of the parameters at its ends."""
        end = self.lower or self.upper
        return end.unit if end else ""

    @property
    def words(self) -> str:
        """The range in words."""
        parts = []
        if self.lower is not None:
            parts.append(f"{'more than' if self.lower.below else 'at least'} {grouped(self.lower.at)}")
        if self.upper is not None:
            parts.append(f"{'at most' if self.upper.below else 'less than'} {grouped(self.upper.at)}")
        return f"{' and '.join(parts)} {self.unit}" if parts else "any figure"

    def holds(self, value: Fraction) -> bool:
        """Whether a figure lies in the range."""
        above = self.lower is None or value > self.lower.at or (value == self.lower.at and not self.lower.below)
        below = self.upper is None or value < self.upper.at or (value == self.upper.at and self.upper.below)
        return above and below

    def nearest(self, now: Decimal | None) -> Decimal | None:
        """A figure of the range, as near to the present one as one would write it; None if there is none.

        Where the figure is not known and may be small, half of what it may be at most: it is added to others.
        """
        if now is None and self.lower is None and self.upper is not None:
            return Decimal(floor(self.upper.at / 2))
        beyond = self.lower is not None and (now is None or Fraction(now) <= self.lower.at)
        end = self.lower if beyond else self.upper or self.lower
        if end is None:
            return None
        step = Fraction(1) if end.at >= COARSE or end.at == 0 else Fraction(1, 100)
        inwards = step if end is self.lower else -step
        for value in (end.at, end.at + inwards, floor(end.at), ceil(end.at), floor(end.at + inwards)):
            exact = Fraction(value)
            if exact >= 0 and self.holds(exact) and _finite(exact):
                return Decimal(exact.numerator) / exact.denominator
        return None

    def margin(self, now: Fraction) -> Fraction:
        """How far the range is from a figure outside it."""
        beyond = self.lower is not None and now <= self.lower.at
        end = self.lower if beyond else self.upper
        assert end is not None
        return abs(end.at - now)


def ranges_between(cuts: Sequence[Cut]) -> list[Range]:
    """The ranges below, between and above cuts in ascending order.

    >>> cut = Cut(Fraction(50), True, "%", "a share")
    >>> [one.words for one in ranges_between([cut])]
    ['at most 50 %', 'more than 50 %']
    """
    ends: list[Cut | None] = [None, *cuts, None]
    return [Range(lower, upper) for lower, upper in pairwise(ends)]


def joined(ranges: Sequence[Range]) -> list[Range]:
    """Ranges that touch each other as one."""
    found: list[Range] = []
    for one in ranges:
        if found and found[-1].upper is not None and found[-1].upper == one.lower:
            found[-1] = Range(found[-1].lower, one.upper)
        else:
            found.append(one)
    return found


def _finite(value: Fraction) -> bool:
    """Whether a figure can be written in digits."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def grouped(value: Fraction) -> str:
    """A figure with its thousands apart.

    >>> grouped(Fraction(12_345_000)), grouped(Fraction(5, 4))
    ('12,345,000', '1.25')
    """
    text = written(value)
    whole, point, rest = text.partition(".")
    return f"{int(whole):,}{point}{rest}" if whole.isdigit() else text
