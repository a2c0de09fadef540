"""Exact quantities that may be known, bounded or unknown, and the values worth trying where they are not known.

Everything is a `Fraction`: no threshold is decided by a rounded number. A quantity that nobody states is a `Range` with
an open end. Outcomes that depend on comparisons with finitely many limits are the same all over the stretch between
two neighbouring limits, so one value per limit and one per stretch stand for all values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

# Powers of ten of the metric prefixes, relative to the unit itself, as data sheets write them.
PREFIXES = {"": 0, "K": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
RATE = re.compile(r"(?P<prefix>[KMGTPE]?)(?P<what>FLOP|OP|MAC)(?:S|/S)?")
TERA = 12


@dataclass(frozen=True)
class Range:
    """All values from `low` to `high`, both included; `high` None: nobody knows how large it may be.

    >>> Range.exactly(3) + Range(Fraction(0), None)
    Range(low=Fraction(3, 1), high=None)
    """

    low: Fraction
    high: Fraction | None

    @classmethod
    def exactly(cls, value: Fraction | int) -> Range:
        return cls(Fraction(value), Fraction(value))

    @property
    def known(self) -> bool:
        return self.low == self.high

    def __add__(self, other: Range) -> Range:
        return Range(self.low + other.low, None if self.high is None or other.high is None else self.high + other.high)

    def times(self, factor: Fraction) -> Range:
        return Range(self.low * factor, None if self.high is None else self.high * factor)


UNKNOWN = Range(Fraction(0), None)


def highest(ranges: Iterable[Range]) -> Range:
    """The maximum of several quantities.

    >>> highest([Range.exactly(2), Range(Fraction(0), Fraction(5))])
    Range(low=Fraction(2, 1), high=Fraction(5, 1))
    """
    found = list(ranges)
    highs = [one.high for one in found if one.high is not None]
    return Range(max(one.low for one in found), max(highs) if len(highs) == len(found) else None)


def trials(within: Range, limits: Iterable[Fraction]) -> list[Fraction]:
    """Values that stand for every value of a range: its ends, the limits inside it, and one between each two of them.

    >>> [str(value) for value in trials(Range(Fraction(0), None), [Fraction(4)])]
    ['0', '2', '4', '5']
    """
    if within.high is not None and within.low == within.high:
        return [within.low]
    marks = {limit for limit in limits if limit >= within.low and (within.high is None or limit <= within.high)}
    ends = {within.low} if within.high is None else {within.low, within.high}
    found = sorted(marks | ends)
    between = [(one + other) / 2 for one, other in pairwise(found)]
    beyond = [found[-1] + 1] if within.high is None else []
    return sorted({*found, *between, *beyond})


def tera_per_second(value: Decimal, unit: str, operations_per_mac: Fraction) -> Fraction:
    """A rate in tera operations per second, from the unit of a data sheet.

    A multiply-accumulate counts as the law says. The unit is a metric prefix and FLOPS, OPS or MACS, with or without
    the stroke; `MacTOPS` is the law's own word for tera multiply-accumulates.

    >>> rates = [("0.5", "PFLOPS"), ("3", "MacTOPS"), ("9", "GOP/s")]
    >>> [str(tera_per_second(Decimal(value), unit, Fraction(2))) for value, unit in rates]
    ['500', '6', '9/1000']

    Raises:
        ValueError: no unit of this kind.
    """
    written = unit.replace(" ", "").upper()
    match = RATE.fullmatch("TMACS" if written == "MACTOPS" else written)
    if match is None:
        raise ValueError(f"{unit!r} is no unit of operations per second; write TOPS, TFLOPS, PFLOPS, FLOP/s or MacTOPS")
    rate = Fraction(value) * Fraction(10) ** (PREFIXES[match["prefix"]] - TERA)
    return rate * operations_per_mac if match["what"] == "MAC" else rate


def written(value: Fraction) -> str:
    """A number for people and for JSON: exact where a short decimal is, else rounded and marked as such.

    >>> written(Fraction(1234)), written(Fraction("7.25")), written(Fraction(2, 3)), written(Fraction(10) ** 21)
    ('1234', '7.25', 'about 0.666667', '1E+21')
    """
    if value.denominator == 1:
        digits = str(value.numerator)
        significant = digits.rstrip("0")
        if len(digits) <= 15:
            return digits
        mantissa = significant[0] + ("." + significant[1:] if len(significant) > 1 else "")
        return f"{mantissa}E+{len(digits) - 1}"
    scaled = value * 10**9
    if scaled.denominator == 1:
        return format(Decimal(scaled.numerator).scaleb(-9), "f").rstrip("0")
    rounded = format(Decimal(round(value * 10**6)).scaleb(-6), "f")
    return f"about {rounded.rstrip('0').rstrip('.')}"


def span(value: Range) -> str:
    """A quantity as text: the value, a stretch, or that it is unknown.

    >>> span(UNKNOWN), span(Range(Fraction(0), Fraction(2))), span(Range(Fraction(2), None))
    ('unknown', 'at most 2', 'at least 2')
    """
    if value.known:
        return written(value.low)
    if value.high is None:
        return f"at least {written(value.low)}" if value.low else "unknown"
    if not value.low:
        return f"at most {written(value.high)}"
    return f"{written(value.low)} to {written(value.high)}"
