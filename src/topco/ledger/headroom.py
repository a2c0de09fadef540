"""How much may still be spent on a day. Pure arithmetic on whole numbers and fractions.

What is spent on a day counts from that day on. So a limit is held against the sum up to the day itself and up to every
later day on which the sum or the limit changes, and the smallest room decides: a backdated entry cannot break what is
booked after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from topco.ledger.accounts import UNITS_PER_TPP

Usage = Mapping[date, int]
"""What came to be used on each day, in units; negative where it was given back."""


@dataclass(frozen=True)
class Held:
    """What a fleet has in one country, by day: `reserved` may come, `committed` is there."""

    reserved: Usage
    committed: Usage


@dataclass(frozen=True)
class ShareLimit:
    """At most so many percent of a fleet may stand in certain countries.

    `exempt` countries never count; with `single`, each other country is held against the limit alone.
    """

    label: str
    percent: Fraction
    exempt: frozenset[str]
    single: bool
    cite: str

    def concerns(self, country: str) -> bool:
        return country not in self.exempt

    def counted(self, country: str, countries: Iterable[str]) -> list[str]:
        """The countries whose sum is held against the limit when something comes to `country`."""
        return [one for one in countries if (one == country if self.single else one not in self.exempt)]


def up_to(usage: Usage, day: date) -> int:
    """The sum until the end of a day.

    >>> up_to({date(2026, 1, 1): 5, date(2026, 2, 1): 3}, date(2026, 1, 31))
    5
    """
    return sum(amount for when, amount in usage.items() if when <= day)


def checkpoints(on: date, end: date, *days: Iterable[date]) -> list[date]:
    """The day asked about and the later ones, before `end`, on which anything changes."""
    return [on, *sorted({day for some in days for day in some if on < day < end})]


def room(limit: Callable[[date], Fraction | None], usage: Usage, moments: Iterable[date]) -> int | None:
    """The units that may still come on the first of these days; negative if a limit is exceeded; None without limit.

    >>> room(lambda day: Fraction(10), {date(2026, 1, 1): 4 * UNITS_PER_TPP}, [date(2026, 1, 5)]) // UNITS_PER_TPP
    6
    """
    found = None
    coming, used = sorted(usage, reverse=True), 0
    for day in sorted(moments):
        while coming and coming[-1] <= day:
            used += usage[coming.pop()]
        cap = limit(day)
        if cap is not None:
            left = (cap * UNITS_PER_TPP).__floor__() - used
            found = left if found is None else min(found, left)
    return found


def share_room(
    limits: Callable[[date], Iterable[ShareLimit]], fleet: Mapping[str, Held], country: str, moments: Iterable[date]
) -> int | None:
    """The units that may still come to a country within every share; None if no limit concerns it.

    What is only reserved may come or not. A share is largest if all that is reserved inside comes and nothing
    elsewhere does, so that is what must fit: (committed inside + reserved inside) : (committed + reserved inside).
    """
    found = None
    for day in moments:
        for limit in limits(day):
            if not limit.concerns(country) or limit.percent >= 100:
                continue
            inside = limit.counted(country, fleet)
            coming = sum(up_to(fleet[one].reserved, day) for one in inside)
            part = sum(up_to(fleet[one].committed, day) for one in inside) + coming
            whole = sum(up_to(held.committed, day) for held in fleet.values()) + coming
            left = ((limit.percent * whole - 100 * part) / (100 - limit.percent)).__floor__()
            found = left if found is None else min(found, left)
    return found
