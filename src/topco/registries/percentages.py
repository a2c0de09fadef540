"""Shares as sources write them in words or numbers, as the cells of a holding: exact, a band, or not understood.

Only what has one reading is read. A decimal comma has two ("50,75" may be a list), so it is none; a number below one
may be a percentage or a part of one, so it becomes the band that holds both readings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from topco.ownership.shares import WHOLE, around

_NUMBER = r"(\d+(?:\.\d+)?|\.\d+)"
_SIGN = r"\s*(?:%|percent|per cent)?\s*"
_ONE = re.compile(rf"{_NUMBER}{_SIGN}", re.IGNORECASE)
_BAND = re.compile(rf"{_NUMBER}{_SIGN}(?:-|–|—|to){_SIGN}{_NUMBER}{_SIGN}", re.IGNORECASE)
_BOUND = re.compile(rf"(>=|=>|≥|>|<=|=<|≤|<)\s*{_NUMBER}{_SIGN}", re.IGNORECASE)
_LONGEST = 60
_ONE_PERCENT = WHOLE // 100


@dataclass(frozen=True)
class Share:
    """The five cells of a holding that tell its size, in units of `topco.ownership.shares`; all null: unknown."""

    share_exact: int | None = None
    share_min: int | None = None
    share_min_exclusive: bool | None = None
    share_max: int | None = None
    share_max_exclusive: bool | None = None

    def cells(self) -> dict[str, int | bool | None]:
        """The columns of a holdings row.

        >>> Share(share_exact=5).cells()["share_exact"]
        5
        """
        return {
            "share_exact": self.share_exact,
            "share_min": self.share_min,
            "share_min_exclusive": self.share_min_exclusive,
            "share_max": self.share_max,
            "share_max_exclusive": self.share_max_exclusive,
        }

    def at_most(self) -> Share:
        """What is sure of one of several parties that hold together, or of a share that others may spell out again.

        >>> Share(share_exact=5).at_most()
        Share(share_exact=None, share_min=None, share_min_exclusive=None, share_max=5, share_max_exclusive=False)
        """
        if self.share_exact is not None:
            return Share(share_max=self.share_exact, share_max_exclusive=False)
        return replace(self, share_min=None, share_min_exclusive=None)


UNKNOWN = Share()


def exact(text: str) -> Share | None:
    """A percentage in digits; the band of one unit around it where no unit is exact; None above 100.

    >>> exact("62.5") == Share(share_exact=625_000_000), exact("101")
    (True, None)
    """
    below, above = around(text)
    if below < 0 or above > WHOLE:
        return None
    return Share(share_exact=below) if below == above else Share(None, below, False, above, False)


def band(low: str | None, high: str | None, *, above_low: bool = False, below_high: bool = False) -> Share | None:
    """A band between two percentages in digits; None if nothing lies in it, it leaves 0 to 100, or has no bound.

    Args:
        low: the lower bound, if there is one.
        high: the upper bound, if there is one.
        above_low: whether the lower bound itself is excluded.
        below_high: whether the upper bound itself is excluded.

    >>> band("50", "75", above_low=True).cells()["share_min_exclusive"], band("75", "50")
    (True, None)
    """
    least = None if low is None else around(low)[0]
    most = None if high is None else around(high)[1]
    if least is None and most is None:
        return None
    if (least is not None and not 0 <= least <= WHOLE) or (most is not None and not 0 <= most <= WHOLE):
        return None
    if least is not None and most is not None:
        if least == most and not above_low and not below_high:
            return Share(share_exact=least)
        if least >= most:
            return None
    return Share(
        share_min=least,
        share_min_exclusive=None if least is None else above_low,
        share_max=most,
        share_max_exclusive=None if most is None else below_high,
    )


def of_text(text: str) -> Share | None:
    """What a percentage in words says, or None if it has no single reading.

    >>> of_text("75 %").share_exact, of_text(">25").cells()["share_min_exclusive"], of_text("50-75").share_max
    (750000000, True, 750000000)
    >>> of_text("33,3"), of_text("a majority"), of_text("100-50"), of_text("0.75").share_max
    (None, None, None, 750000000)
    """
    text = text.strip()
    if len(text) > _LONGEST:
        return None
    if match := _ONE.fullmatch(text):
        return exact(match[1]) if not _may_be_a_part(text, match[1]) else _both_readings(match[1])
    if match := _BAND.fullmatch(text):
        return band(match[1], match[2])
    if match := _BOUND.fullmatch(text):
        strict = "=" not in match[1] and match[1] in "<>"
        if match[1] in (">", ">=", "=>", "≥"):
            return band(match[2], None, above_low=strict)
        return band(None, match[2], below_high=strict)
    return None


def may_be_a_part(text: str) -> bool:
    """Whether a number stands for a percentage or for a part of one: below one, and without the sign.

    >>> may_be_a_part("0.75"), may_be_a_part("0.75%"), may_be_a_part("1")
    (True, False, False)
    """
    match = _ONE.fullmatch(text.strip())
    return match is not None and _may_be_a_part(text.strip(), match[1])


def digits(number: float) -> str:
    """A JSON number in plain digits, as it was written.

    >>> digits(56.6), digits(1e-7), digits(100)
    ('56.6', '0.0000001', '100')
    """
    return format(Decimal(repr(number)), "f")


def _may_be_a_part(text: str, number: str) -> bool:
    return text == number and 0 < around(number)[1] < _ONE_PERCENT


def _both_readings(number: str) -> Share | None:
    below, above = around(number)
    return Share(None, below, False, min(100 * above, WHOLE), False)
