"""Shares as exact integers: one unit is 10⁻⁷ percent, the whole of a company is `WHOLE` units.

Sources write percentages as decimal text. Up to seven decimals they are exact in units; what is finer lies between
two neighbouring units, and `around` gives both. Bounds are kept as a source writes them, with a flag where the bound
itself is excluded; `lowest` and `highest` are the outermost shares that such a bound lets through. No float anywhere.
"""

from __future__ import annotations

import re

from topco.errors import BadInput

DECIMALS = 7
PERCENT = 10**DECIMALS
WHOLE = 100 * PERCENT
PATTERN = r"^-?([0-9]+\.?[0-9]*|\.[0-9]+)$"
_NUMBER = re.compile(PATTERN)


def around(text: str) -> tuple[int, int]:
    """The units just below and just above a percentage; the same twice if it is exact in units.

    Args:
        text: a percentage in digits with a decimal point.

    Raises:
        BadInput: the text is no such number.

    >>> around("62.5")
    (625000000, 625000000)
    >>> around("33.33333333")
    (333333333, 333333334)
    >>> around("-0.00000001")
    (-1, 0)
    """
    if not _NUMBER.fullmatch(text):
        raise BadInput(f"{text!r} is no percentage.", remedy="Write digits with a decimal point, such as 62.5.")
    whole, _, decimals = text.lstrip("-").partition(".")
    kept, finer = decimals[:DECIMALS].ljust(DECIMALS, "0"), decimals[DECIMALS:].strip("0")
    below = int((whole or "0") + kept)
    above = below + bool(finer)
    return (-above, -below) if text.startswith("-") else (below, above)


def units(text: str) -> int:
    """A percentage in units.

    Raises:
        BadInput: the text is no number, or has more than seven decimals.

    >>> units("62.5"), units("100"), units("0.0000001")
    (625000000, 1000000000, 1)
    """
    below, above = around(text)
    if below != above:
        raise BadInput(
            f"{text} has more than {DECIMALS} decimals, so no number of units is exact.",
            remedy="Give the band around it, or round it.",
        )
    return below


def percent(count: int) -> str:
    """Units as a percentage, exact and without needless zeros.

    >>> percent(625_000_000), percent(WHOLE), percent(1), percent(-25)
    ('62.5', '100', '0.0000001', '-0.0000025')
    """
    whole, rest = divmod(abs(count), PERCENT)
    decimals = f"{rest:0{DECIMALS}d}".rstrip("0")
    return f"{'-' if count < 0 else ''}{whole}{'.' if decimals else ''}{decimals}"


def lowest(minimum: int | None, exclusive: bool | None = False) -> int:
    """The least share that a lower bound lets through; without a bound, none at all.

    >>> lowest(500_000_000, exclusive=True), lowest(500_000_000), lowest(None)
    (500000001, 500000000, 0)
    """
    return 0 if minimum is None else minimum + bool(exclusive)


def highest(maximum: int | None, exclusive: bool | None = False) -> int:
    """The greatest share that an upper bound lets through; without a bound, the whole.

    >>> highest(750_000_000, exclusive=True), highest(750_000_000), highest(None)
    (749999999, 750000000, 1000000000)
    """
    return WHOLE if maximum is None else maximum - bool(exclusive)


def band(
    exact: int | None,
    minimum: int | None,
    minimum_exclusive: bool | None,
    maximum: int | None,
    maximum_exclusive: bool | None,
) -> tuple[int, int]:
    """The least and the greatest share that a holding's columns allow.

    >>> band(None, 250_000_000, False, 750_000_000, True)
    (250000000, 749999999)
    >>> band(625_000_000, None, None, None, None), band(None, None, None, None, None)
    ((625000000, 625000000), (0, 1000000000))
    """
    if exact is not None:
        return exact, exact
    return lowest(minimum, minimum_exclusive), highest(maximum, maximum_exclusive)


def written(
    exact: int | None,
    minimum: int | None,
    minimum_exclusive: bool | None,
    maximum: int | None,
    maximum_exclusive: bool | None,
) -> str:
    """A share as people write it.

    >>> written(625_000_000, None, None, None, None), written(None, None, None, None, None)
    ('62.5', 'unknown')
    >>> written(None, 500_000_000, True, 750_000_000, False), written(None, 500_000_000, True, None, None)
    ('more than 50 to 75', 'more than 50')
    >>> written(None, None, None, 250_000_000, True), written(None, 0, False, WHOLE, False)
    ('less than 25', 'at least 0 to 100')
    """
    if exact is not None:
        return percent(exact)
    low = "" if minimum is None else ("more than " if minimum_exclusive else "at least ") + percent(minimum)
    if maximum is None:
        return low or "unknown"
    high = ("less than " if maximum_exclusive else "" if low else "at most ") + percent(maximum)
    return f"{low} to {high}" if low else high
