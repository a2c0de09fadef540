"""Whether a golden copy file holds everything or only changes, and which: by its header, else by its name.

A delta names the moment from which on it holds changes in its header (`DeltaStart`); the names of GLEIF's delta files
say the same as a span before the moment of publication (`20250302-0800-gleif-goldencopy-rr-last-day.xml`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from topco.registries import dates
from topco.registries import vintage as vintages

# The spans for which GLEIF publishes deltas; a month has at most 31 days.
_SPANS = (
    (re.compile(r"intra-?day|8-?hours", re.IGNORECASE), timedelta(hours=8)),
    (re.compile(r"last-?day|24-?hours", re.IGNORECASE), timedelta(days=1)),
    (re.compile(r"last-?week|7-?days", re.IGNORECASE), timedelta(days=7)),
    (re.compile(r"last-?month|31-?days", re.IGNORECASE), timedelta(days=31)),
    (re.compile(r"delta", re.IGNORECASE), None),
)
_MOMENT = re.compile(r"(?<!\d)\d{8}-(\d{2})(\d{2})(?!\d)")


@dataclass(frozen=True)
class Extent:
    """What a file says: `delta`, or `whole`, or neither; since which day a delta holds changes; its moment, as text."""

    delta: bool
    whole: bool
    since: date | None = None
    moment: str = ""


def extent(name: str, header: dict[str, str]) -> Extent | None:
    """What a file's name (without folders) and header say of its extent; None if they contradict each other.

    >>> extent("20250302-0000-gleif-goldencopy-rr-intra-day.csv", {})
    Extent(delta=True, whole=False, since=datetime.date(2025, 3, 1), moment='2025-03-02T00:00')
    >>> extent("rr.xml", {"FileContent": "GLEIF_FULL_PUBLISHED"}).whole, extent("rr-delta.xml", {"FileContent": "FULL"})
    (True, None)
    """
    content = header.get("FileContent", "").upper()
    named = next(((True, span) for pattern, span in _SPANS if pattern.search(name)), (False, None))
    stated = "DELTA" in content or "DeltaStart" in header
    whole = "FULL" in content and not stated
    if whole and named[0]:
        return None
    if not (stated or named[0]):
        return Extent(delta=False, whole=whole)
    day = date_of(header.get("ContentDate")) or vintages.in_name(name)
    moment = header.get("ContentDate") or _moment(name, day)
    return Extent(True, False, date_of(header.get("DeltaStart")) or _since(day, moment, named[1]), moment)


def date_of(text: str | None) -> date | None:
    """The day of a header's moment, in UTC."""
    day = pl.select(dates.date_of(pl.lit(text, dtype=pl.String))).item()
    return day if isinstance(day, date) else None


def _moment(name: str, day: date | None) -> str:
    match = _MOMENT.search(name)
    return f"{day}T{match[1]}:{match[2]}" if match and day else ""


def _since(day: date | None, moment: str, span: timedelta | None) -> date | None:
    if day is None or span is None:
        return None
    try:
        return (datetime.fromisoformat(moment or str(day)) - span).date()
    except (ValueError, OverflowError):
        return (datetime(day.year, day.month, day.day) - span).date()
