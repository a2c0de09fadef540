"""Shares and days of statements, in the units of evidence."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from topco.ownership.shares import around

_YEAR = re.compile(r"[0-9]{4}")
_MONTH = re.compile(r"([0-9]{4})-?([0-9]{2})")
_OPEN_END_YEAR = 9999


@lru_cache(maxsize=65_536)
def days(text: str) -> tuple[date, date] | None:
    """The first and the last day that a date means, which may be a year or a month; None if it names no day at all.

    >>> [str(day) for day in days("2020-02") or ()], [str(day) for day in days("2020-02-03T23:00:00Z") or ()]
    (['2020-02-01', '2020-02-29'], ['2020-02-03', '2020-02-03'])
    """
    day = re.split(r"[T\s]", text, maxsplit=1)[0]
    try:
        if _YEAR.fullmatch(day):
            return date(int(day), 1, 1), date(int(day), 12, 31)
        if found := _MONTH.fullmatch(day):
            year, month = int(found[1]), int(found[2])
            return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
        return date.fromisoformat(day), date.fromisoformat(day)
    except ValueError:
        return None


def first_day(text: str | None) -> date | None:
    """The first day that a date means, None if there is none."""
    found = days(text) if text else None
    return found[0] if found else None


def end_of_period(text: str | None) -> date | None:
    """The first day on which something no longer holds that ceased on a date; of a month or a year the day after it.

    The standard's end date is the day *from* which an interest ceased. The year 9999 is how some write "no end".

    >>> str(end_of_period("2020-05-01")), str(end_of_period("2020")), end_of_period("9999-12-31")
    ('2020-05-01', '2021-01-01', None)
    """
    found = days(text) if text else None
    if found is None or found[1].year >= _OPEN_END_YEAR:
        return None
    return found[0] if found[0] == found[1] else date.fromordinal(found[1].toordinal() + 1)


@dataclass(frozen=True)
class Share:
    """The columns of a holding's share; `problem` says why there is none, `rounded` that it is finer than a unit."""

    exact: int | None = None
    minimum: int | None = None
    minimum_exclusive: bool | None = None
    maximum: int | None = None
    maximum_exclusive: bool | None = None
    problem: str = ""
    rounded: bool = False


UNKNOWN = Share()


def share(stated: dict[str, Any]) -> Share:
    """The share of an interest, of any version.

    Flags beside the bounds (to version 0.3) count only where they are written: that their schema calls a maximum
    exclusive by default would put 100 percent out of reach. Of an inclusive and an exclusive bound the wider counts.

    >>> share({"minimum": 25, "exclusiveMinimum": True, "maximum": 50}).minimum_exclusive
    True
    >>> share({"exclusiveMinimum": 25, "maximum": 50.0})
    Share(exact=None, minimum=250000000, minimum_exclusive=True, maximum=500000000, maximum_exclusive=False, \
problem='', rounded=False)
    """
    return _share(
        stated.get("exact"),
        *_bound(stated.get("minimum"), stated.get("exclusiveMinimum"), lower=True),
        *_bound(stated.get("maximum"), stated.get("exclusiveMaximum"), lower=False),
    )


def _bound(inclusive: Any, exclusive: Any, *, lower: bool) -> tuple[float | None, bool]:
    if exclusive is None or isinstance(exclusive, bool):
        return inclusive, bool(exclusive)
    if inclusive is None or (exclusive < inclusive if lower else exclusive > inclusive):
        return exclusive, True
    return inclusive, False


@lru_cache(maxsize=65_536)
def _share(
    exact: float | None, low: float | None, low_exclusive: bool, high: float | None, high_exclusive: bool
) -> Share:
    bottom, top = _units(low), _units(high)
    minimum = bottom[0] if bottom else None
    maximum = top[1] if top else None
    fine = any(pair is not None and pair[0] != pair[1] for pair in (bottom, top))
    if minimum is not None and maximum is not None:
        if minimum > maximum:
            return Share(problem="the minimum is above the maximum")
        if minimum == maximum and (low_exclusive or high_exclusive):
            return Share(problem="nothing lies between the bounds")
    if exact is not None:
        below, above = around(_text(exact))
        if (minimum is not None and above < minimum) or (maximum is not None and below > maximum):
            return Share(problem="the exact share is outside the bounds beside it")
        if below == above:
            return Share(exact=below)
        return Share(None, below, False, above, False, rounded=True)
    return Share(
        None,
        minimum,
        None if bottom is None else low_exclusive and bottom[0] == bottom[1],
        maximum,
        None if top is None else high_exclusive and top[0] == top[1],
        rounded=fine,
    )


def _units(percentage: float | None) -> tuple[int, int] | None:
    return None if percentage is None else around(_text(percentage))


def _text(percentage: float) -> str:
    """The shortest decimal that is the number, as it was published."""
    return format(Decimal(repr(percentage)), "f")
