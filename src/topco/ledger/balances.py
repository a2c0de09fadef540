"""Balances and remainders, derived from the postings; and the tally that a determination may look at."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from topco.ledger import database
from topco.ledger.accounts import UNITS_PER_TPP, Account, Kind, Side, tpp_of
from topco.ledger.groups import Groups, StoreGroups
from topco.ledger.headroom import Held, Usage, checkpoints, room, share_room, up_to
from topco.ledger.limits import Dated, Limits, bounds, limits
from topco.store.store import Store

NOWHERE = ""
"""Headquarters that are known and lie in no group."""


@dataclass(frozen=True)
class Balance:
    """An account on a day, in units. `later` is what is counted from later days on; `limit` is None for shares.

    `remaining` may still be reserved on that day: None without limit, negative if the limit is exceeded.
    """

    account: Account
    on: date
    limit: int | None
    cite: str
    reserved: int
    committed: int
    later: int
    remaining: int | None

    def document(self) -> dict[str, Any]:
        """The balance for answers: amounts in TPP as decimal text."""
        return {
            "account": self.account.name,
            "kind": str(self.account.kind),
            "holder": self.account.holder or None,
            "country": self.account.country or None,
            "period": self.account.period or None,
            "as_of": self.on.isoformat(),
            "limit_tpp": None if self.limit is None else tpp_of(self.limit),
            "reserved_tpp": tpp_of(self.reserved),
            "committed_tpp": tpp_of(self.committed),
            "later_tpp": tpp_of(self.later),
            "remaining_tpp": None if self.remaining is None else tpp_of(self.remaining),
            "cite": self.cite,
        }


@dataclass(frozen=True)
class Tally:
    """What one exporter's book knows of a limit that counts all exporters.

    It can show that too little is left, never that enough is.
    """

    account: Account
    on: date
    used: int
    remaining: int | None
    cite: str

    def effect(self, units: int) -> str | None:
        """The code to which an order of so many units turns an answer, or None: then the tally says nothing.

        >>> used_up = Tally(Account(Kind.LPP, "LEI:X", "", "2026"), date(2026, 1, 1), 5, 0, "")
        >>> used_up.effect(1), used_up.effect(0)
        ('no', None)
        """
        if self.remaining is None or units <= 0 or units <= self.remaining:
            return None
        return "denial_policy" if self.account.kind is Kind.COUNTRY else "no"


class Reckoner:
    """Reckons with one open book under one law."""

    def __init__(self, connection: sqlite3.Connection, law: Limits) -> None:
        self._connection = connection
        self._law = law

    def cap(self, account: Account, on: date) -> Dated | None:
        return self._law.cap(account.kind, on)

    def remaining(self, account: Account, on: date, kin: list[Account], hq: str | None) -> int | None:
        """What may still be reserved on a day; headquarters None are unknown and taken at their strictest."""
        _, end = bounds(account)
        if account.kind is not Kind.UVEU:
            used: dict[date, int] = defaultdict(int)
            for days in self._sides(kin, (Side.FREE,)).values():
                for day, amount in days.items():
                    used[day] -= amount
            moments = checkpoints(on, end, used, self._law.changes)
            return room(lambda day: None if (cap := self.cap(account, day)) is None else cap.value, used, moments)
        sides = self._sides(kin)
        fleet = {
            country: Held(sides.get((country, Side.RESERVED), {}), sides.get((country, Side.COMMITTED), {}))
            for country in {account.country, *(other.country for other in kin)}
        }
        moved = [day for held in fleet.values() for day in (*held.reserved, *held.committed)]
        moments = checkpoints(on, end, moved, self._law.changes)
        return share_room(lambda day: self._law.shares(day, hq), fleet, account.country, moments)

    def balance(self, account: Account, on: date, kin: list[Account], hq: str | None = None) -> Balance:
        """The account on a day, with those that share its limit; a day outside its period counts as the nearest."""
        start, end = bounds(account)
        day = min(max(on, start), end - timedelta(days=1))
        own = self._sides([one for one in kin if one.country == account.country])
        reserved: Usage = own.get((account.country, Side.RESERVED), {})
        committed: Usage = own.get((account.country, Side.COMMITTED), {})
        now = up_to(reserved, day), up_to(committed, day)
        cap = self.cap(account, day)
        shares = self._law.shares(day, hq) if account.kind is Kind.UVEU else []
        return Balance(
            account=account,
            on=day,
            limit=None if cap is None else int(cap.value * UNITS_PER_TPP),
            cite=cap.cite if cap else "; ".join(dict.fromkeys(one.cite for one in shares)),
            reserved=now[0],
            committed=now[1],
            later=up_to(reserved, date.max) + up_to(committed, date.max) - sum(now),
            remaining=self.remaining(account, day, kin, hq),
        )

    def headquarters(self, account: Account, kin: list[Account]) -> str | None:
        """The headquarters that the last entry on a fleet names; None if none does."""
        names = ", ".join("?" * len(kin))
        found = self._connection.execute(
            "SELECT hq FROM entries WHERE hq IS NOT NULL AND number IN"
            f" (SELECT entry FROM postings WHERE account IN ({names})) ORDER BY number DESC LIMIT 1",
            tuple(one.name for one in kin),
        ).fetchone()
        return found[0] if account.kind is Kind.UVEU and found else None

    def _sides(
        self, kin: list[Account], sides: Iterable[Side] = tuple(Side)
    ) -> dict[tuple[str, Side], dict[date, int]]:
        country = {one.name: one.country for one in kin}
        found: dict[tuple[str, Side], dict[date, int]] = defaultdict(lambda: defaultdict(int))
        for name, side, day, amount in database.movements(self._connection, country, sides):
            found[country[name], side][day] += amount
        return found


def balances(connection: sqlite3.Connection, law: Limits, groups: Groups, on: date) -> list[Balance]:
    """All accounts that were ever posted to, on a day."""
    with database.reading(connection):
        known = database.accounts(connection)
        same = groups.same(one.holder for one in known if one.holder)
        sharing: dict[tuple[str, ...], list[Account]] = defaultdict(list)
        for one in known:
            sharing[database.limit_of(one, same.get(one.holder, ""))].append(one)
        reckoner = Reckoner(connection, law)
        return [
            reckoner.balance(one, on, kin, reckoner.headquarters(one, kin))
            for one in known
            for kin in (sharing[database.limit_of(one, same.get(one.holder, ""))],)
        ]


def tally(
    store: Store, account: Account, on: date, *, law: Limits | None = None, groups: Groups | None = None
) -> Tally:
    """What the ledger of a store knows about one limit on a day. It reads, and never writes.

    A book that is not there has used nothing; what remains is then the whole limit, which proves nothing. For many
    questions give `groups` once: by default the store is opened each time.
    """
    law, groups = law or limits(), groups or StoreGroups(store.path)
    connection = database.open_for_reading(store.path)
    if connection is None:
        cap = law.cap(account.kind, on)
        return Tally(account, on, 0, None if cap is None else int(cap.value * UNITS_PER_TPP), cap.cite if cap else "")
    try:
        with database.reading(connection):
            kin = database.sharing(connection, account, groups.identifiers(account.holder))
            reckoner = Reckoner(connection, law)
            found = reckoner.balance(account, on, kin, reckoner.headquarters(account, kin))
            used = found.reserved + found.committed + found.later
            return Tally(account, on, used, found.remaining, found.cite)
    finally:
        connection.close()
