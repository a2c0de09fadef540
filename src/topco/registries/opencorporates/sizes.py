"""How much a statement of OpenCorporates gives, as the cells of a holding."""

from __future__ import annotations

from datetime import date

from topco.registries.opencorporates.models import Range
from topco.registries.opencorporates.parts import ShareParcel
from topco.registries.partial_dates import day_after, first_day
from topco.registries.percentages import UNKNOWN, Share, band, digits, exact

Size = float | Range | None


def of_size(size: Size) -> Share | None:
    """A percentage or a band of percentages; unknown where there is none; None if it makes no sense.

    >>> of_size(62.5).share_exact, of_size(Range(minimum=25, maximum=50, exclusive_minimum=True)).share_min_exclusive
    (625000000, True)
    >>> of_size(Range(minimum=50, maximum=25)), of_size(Range()) == UNKNOWN
    (None, True)
    """
    if size is None:
        return UNKNOWN
    if not isinstance(size, Range):
        return exact(digits(size))
    low = None if size.minimum is None else digits(size.minimum)
    high = None if size.maximum is None else digits(size.maximum)
    if low is None and high is None:
        return UNKNOWN
    if (low or "").startswith("-") or (high or "").startswith("-"):
        return None
    return band(low, high, above_low=bool(size.exclusive_minimum), below_high=bool(size.exclusive_maximum))


def of_bounds(whole: float | None, low: float | None, high: float | None) -> Share | None:
    """A percentage that stands by itself or between two others; None if it makes no sense.

    >>> of_bounds(None, 30, 40).share_max, of_bounds(None, 50, 50).share_exact, of_bounds(None, None, None) == UNKNOWN
    (400000000, 500000000, True)
    """
    if whole is not None:
        return exact(digits(whole))
    if low is None and high is None:
        return UNKNOWN
    return band(None if low is None else digits(low), None if high is None else digits(high))


def parcel_sizes(parcel: ShareParcel) -> list[tuple[str, Share | None]]:
    """The sizes of a share parcel by interest: its shares always, its votes where they are stated."""
    shares = of_bounds(parcel.percentage_of_shares, parcel.percentage_of_shares_min, parcel.percentage_of_shares_max)
    votes = of_bounds(parcel.voting_percentage, parcel.voting_percentage_min, parcel.voting_percentage_max)
    return [("shares", shares), *([] if votes == UNKNOWN else [("votes", votes)])]


def period(start: str | None, end: str | None) -> tuple[date | None, date | None]:
    """A half-open period from its first and its last day as texts that are dates, or nothing."""
    return first_day(start) if start else None, day_after(first_day(end)) if end else None
