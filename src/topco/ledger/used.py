"""What a book holds on each limit, kept for many questions: one short look at the file, then only at what is new.

The book is append-only, so what was read stays true; no lock is held between two looks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from topco.ledger import database
from topco.ledger.accounts import UNITS_PER_TPP, Account
from topco.ledger.limits import Limits, bounds
from topco.store.chain import GENESIS

_DAY = timedelta(days=1)


@dataclass
class Reservation:
    """A reservation with all that was booked about it: `asked` when it was made, `held` reserved or committed now."""

    number: int
    account: str
    day: date
    determination: str
    key: str | None
    asked: int
    held: int = 0

    @property
    def stem(self) -> str:
        """The key without its last word."""
        return (self.key or "").rpartition(" ")[0]


@dataclass
class Used:
    """The book of a store as of its last look: `number` and `head` of the last entry, and what its limits have given.

    Raises:
        BadInput: (when it looks) the file is not a ledger that can be read.
    """

    store: Path
    number: int = 0
    head: str = GENESIS
    reservations: dict[int, Reservation] = field(default_factory=dict)
    _of: dict[tuple[str, str], list[Reservation]] = field(default_factory=lambda: defaultdict(list))
    _days: dict[str, dict[date, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    _least: dict[tuple[Account, date], int] = field(default_factory=dict)

    def look(self) -> None:
        """Take over what was entered since the last look. A book that is not there holds nothing."""
        connection = database.open_for_reading(self.store)
        if connection is None:
            return
        try:
            with database.reading(connection):
                number, head = database.head(connection)
                rows = database.spendings(connection, self.number) if number != self.number else []
        finally:
            connection.close()
        self.number, self.head = number, head
        if rows:
            self._least.clear()
        for one in rows:
            if one.base == one.entry:
                made = Reservation(one.entry, one.account, one.day, one.determination, one.key, one.amount)
                self.reservations[one.entry] = made
                for name in (made.determination, made.stem):
                    self._of[one.account, name].append(made)
            self.reservations[one.base].held += one.amount
            self._days[one.account][one.day] += one.amount

    def named(self, accounts: Iterable[Account], name: str) -> list[Reservation]:
        """The reservations on these accounts for a determination, or under keys that begin with these words."""
        return [one for account in accounts for one in self._of.get((account.name, name), ())]

    def anything(self, accounts: Iterable[Account]) -> bool:
        """Whether something was ever reserved on any of these accounts."""
        return any(account.name in self._days for account in accounts)

    def least(self, accounts: list[Account], on: date, law: Limits, apart: Iterable[Reservation] = ()) -> int:
        """What is used of the limit that these accounts share, in units, some reservations left out.

        Reserved and committed, for later days of the period too, as for one who reserves: what is set aside for
        December is not free in June. A limit that is higher by then counts as such. What is given back is given back
        on the day from which it counted, so that between two changes of a limit its last day decides.
        """
        apart = [one for one in apart if one.held]
        known = self._least.get((accounts[0], on))
        if known is not None and not apart:
            return known
        kind, cap = accounts[0].kind, law.cap(accounts[0].kind, on)
        end = bounds(accounts[0])[1] - _DAY
        turns = [day - _DAY for day in law.changes if on < day <= end]
        found = 0
        for last in (*turns, end):
            later = law.cap(kind, last)
            if cap is not None and later is not None and (last == end or later is not law.cap(kind, last + _DAY)):
                used = sum(
                    amount for one in accounts for day, amount in self._days.get(one.name, {}).items() if day <= last
                )
                used -= sum(one.held for one in apart if one.day <= last)
                found = max(found, used - int((later.value - cap.value) * UNITS_PER_TPP))
        if not apart:
            self._least[accounts[0], on] = found
        return found
