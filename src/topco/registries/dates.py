"""Dates as registries write them, as polars expressions from text to dates.

Registries write a calendar date (`2019-01-31`), an instant (`2019-01-31T00:00:00.000Z`, also with an offset) or, in
some years, Unix milliseconds. A record's own dates (last update, renewal) are instants: their date is the one in UTC.

The ends of a *period* are calendar dates of the place that was meant, whatever the file says: a publisher in Berlin
who writes local midnight in UTC turns 1 January into `…-12-31T23:00:00Z`. So a period's instant in UTC from 12:15 to
23:45 on a whole quarter of an hour, without seconds, is read as the midnight with which the next day begins east of
Greenwich. West of it (00:15 to 11:45) the date is already right; noon, and any time with seconds, is a time of day and
keeps its date. Instants that carry an offset keep the date they are written with.
"""

from __future__ import annotations

import polars as pl

_DATE = r"^\d{4}-\d{2}-\d{2}"
_WRITTEN = r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$"
_MILLISECONDS = r"^-?\d{9,14}$"
_EASTERN_MIDNIGHT = r"T(1[3-9]|2[0-3]):(00|15|30|45)(:00(\.0+)?)?Z$|T12:(15|30|45)(:00(\.0+)?)?Z$"
_OPEN_END_YEAR = 9999


def date_of(text: pl.Expr) -> pl.Expr:
    """The calendar date, in UTC, of a record's date or instant; null where the text is none.

    >>> frame = pl.DataFrame({"d": ["2019-01-31T23:30:00Z", "2019-01-31", "1349089740000", "31.1.2019", None]})
    >>> [str(day) for day in frame.select(date_of(pl.col("d")))["d"]]
    ['2019-01-31', '2019-01-31', '2012-10-01', 'None', 'None']
    """
    written = pl.when(text.str.contains(_WRITTEN)).then(text.str.extract(f"({_DATE})"))
    return pl.coalesce(written.str.to_date("%Y-%m-%d", strict=False), _instant(text).dt.date())


def start_of_period(text: pl.Expr) -> pl.Expr:
    """The first day of a period.

    >>> frame = pl.DataFrame({"d": ["2015-12-31T23:00:00.000Z", "2016-01-01T05:00:00Z", "2015-12-31T23:59:59Z"]})
    >>> [str(day) for day in frame.select(start_of_period(pl.col("d")))["d"]]
    ['2016-01-01', '2016-01-01', '2015-12-31']
    """
    instant = pl.coalesce(_instant(text).dt.strftime("%Y-%m-%dT%H:%M:%SZ"), text)
    next_day = instant.str.contains(_EASTERN_MIDNIGHT)
    return pl.when(next_day).then(date_of(instant).dt.offset_by("1d")).otherwise(date_of(instant))


def end_of_period(text: pl.Expr) -> pl.Expr:
    """The first day *after* a period whose last day is written, so that periods are half-open.

    The year 9999 is how some systems write "no end": null.

    >>> frame = pl.DataFrame({"d": ["2018-12-31T00:00:00Z", "2018-12-30T23:00:00Z", "9999-12-31"]})
    >>> [str(day) for day in frame.select(end_of_period(pl.col("d")))["d"]]
    ['2019-01-01', '2019-01-01', 'None']
    """
    last_day = start_of_period(text)
    return pl.when(last_day.dt.year() < _OPEN_END_YEAR).then(last_day.dt.offset_by("1d"))


def is_malformed(text: pl.Expr) -> pl.Expr:
    """Whether a text is there and is no date.

    >>> frame = pl.DataFrame({"d": ["2019-02-30", "2019-02-28", None]})
    >>> frame.select(is_malformed(pl.col("d")))["d"].to_list()
    [True, False, False]
    """
    return text.is_not_null() & date_of(text).is_null()


def _instant(text: pl.Expr) -> pl.Expr:
    milliseconds = pl.when(text.str.contains(_MILLISECONDS)).then(text).cast(pl.Int64, strict=False)
    return pl.from_epoch(milliseconds, time_unit="ms")
