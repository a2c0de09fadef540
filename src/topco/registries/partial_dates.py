"""Dates of single records: a day, an instant, or only a month or a year."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ].*)?)?)?", re.DOTALL)
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_OPEN_END_YEAR = 9999
_WHOLE_DATE = len("2019-01-31")


def first_day(text: str) -> date | None:
    """The first day that a date covers; None if it is none.

    >>> str(first_day("2019")), str(first_day("2019-05")), str(first_day("2019-05-31T10:00:00")), first_day("31.5.2019")
    ('2019-01-01', '2019-05-01', '2019-05-31', None)
    """
    match = _PARTIAL.fullmatch(text.strip())
    return _made(int(match[1]), int(match[2] or 1), int(match[3] or 1)) if match else None


def last_day(text: str) -> date | None:
    """The last day that a date covers; None if it is none.

    >>> str(last_day("2019")), str(last_day("2020-02")), str(last_day("2019-05-31"))
    ('2019-12-31', '2020-02-29', '2019-05-31')
    """
    start = first_day(text)
    match = _PARTIAL.fullmatch(text.strip())
    if start is None or match is None or match[3]:
        return start
    month = start.month if match[2] else 12
    return date(start.year, month, monthrange(start.year, month)[1])


def day_after(last: date | None) -> date | None:
    """The end of a half-open period whose last day is given; null for the year 9999, which means no end.

    >>> str(day_after(date(2019, 12, 31))), day_after(date(9999, 12, 31))
    ('2020-01-01', None)
    """
    return None if last is None or last.year >= _OPEN_END_YEAR else last + timedelta(days=1)


def is_partial(text: str) -> bool:
    """Whether a date gives no day.

    >>> is_partial("2019-05"), is_partial("2019-05-31")
    (True, False)
    """
    return len(text.strip()) < _WHOLE_DATE


def american(text: str) -> date | None:
    """A date as agencies of the United States write it, the month first; None if it is none.

    >>> str(american("8/26/1988")), american("26/8/1988"), american("1988-08-26")
    ('1988-08-26', None, None)
    """
    match = _AMERICAN.fullmatch(text.strip())
    return _made(int(match[3]), int(match[1]), int(match[2])) if match else None


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
