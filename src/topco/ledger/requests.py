"""What a client asks of the book, what it gets, and the two refusals that name an amount."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date

from topco.errors import BadInput
from topco.ledger.accounts import Account, Kind, tpp_of
from topco.ledger.entries import Entry

LONGEST_TEXT = 500


class Conflict(BadInput):
    """What is asked does not fit what the book holds by now."""


class OverLimit(Conflict):
    """More was asked than remains; `remaining` says how much does, in units."""

    def __init__(self, account: Account, day: date, asked: int, remaining: int) -> None:
        self.remaining = remaining
        super().__init__(
            f"{tpp_of(asked)} TPP do not fit: {tpp_of(max(remaining, 0))} TPP remain on {day}.",
            where=account.name,
            remedy="Nothing was entered.",
        )


@dataclass(frozen=True)
class Order:
    """What a client asks to reserve. `day` None: today. `group` and `hq` are stated: they win over the store."""

    kind: Kind
    units: int
    determination: str
    author: str
    country: str | None = None
    party: str | None = None
    group: str | None = None
    hq: str | None = None
    day: date | None = None
    expires: date | None = None
    key: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Change:
    """What a client asks about an earlier entry. `units` None: all that is left. `day` None: today."""

    about: int
    author: str
    units: int | None = None
    day: date | None = None
    determination: str | None = None
    key: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Booked:
    """An entry that stands in the book. `again`: it stood there before, this was a retry.

    `remaining` is what its account has left on the day from which it counts; `over` names accounts that a correction
    leaves beyond their limit.
    """

    entry: Entry
    hash: str
    again: bool
    remaining: int | None
    notes: tuple[str, ...] = ()
    over: tuple[str, ...] = ()


class NothingLeft(Conflict):
    """More is asked of a reservation than it has left."""


class KeyTaken(Conflict):
    """The key of a request stands for another one."""


def check_texts(*texts: str | None) -> None:
    for text in texts:
        if text is None:
            continue
        if not text.strip() or len(text) > LONGEST_TEXT or any(unicodedata.category(one)[0] == "C" for one in text):
            raise BadInput(
                f"{text[:40]!r} cannot be entered.", remedy=f"Write one line of 1 to {LONGEST_TEXT} characters."
            )
