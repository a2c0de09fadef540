"""The ledger as a tally: what one exporter's book holds of the limits that a case is measured against.

It sees one exporter's part of limits that count all exporters: a lower bound where a case states no tally, which can
put a sum over its limit and never below it. What the book holds for the case itself is left out of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from topco.errors import BadInput, NotModelled
from topco.ledger.accounts import UNITS_PER_TPP, Account, Kind, tpp_of
from topco.ledger.groups import StoreGroups
from topco.ledger.limits import limits
from topco.ledger.used import Reservation, Used
from topco.licensing.answers.determination import Frame, determination_id
from topco.licensing.cases.amounts import GROUP_YEAR, order_quantity
from topco.licensing.cases.case import Case
from topco.licensing.cases.party_facts import CONSIGNEE
from topco.licensing.cases.recipients import KNOWN_STATUSES, Recipient

TALLIES = {Kind.COUNTRY: "tallies.country_licensed_tpp", Kind.LPP: GROUP_YEAR}
"""The tally of a case that an account of the ledger is a part of."""
_LONGEST_NAME = 300


class LedgerTally:
    """What the ledger of one store holds; it reads, and never writes."""

    def __init__(self, store: Path, known_as_of: date | None = None) -> None:
        self.used = Used(store)
        self.earlier: dict[str, set[str]] = defaultdict(set)
        """By the identifier of a determination, those under which the same case was determined before."""
        self._groups = StoreGroups(store, known_as_of)
        self._sharing: dict[Account, list[Account]] = {}

    def look(self, cases: Iterable[Case]) -> None:
        """Look at the book, if any of these cases leaves a tally to it.

        Raises:
            BadInput: the file is not a ledger that can be read.
        """
        if any(_leaves_open(case, kind) for case in cases for kind in TALLIES):
            self.used.look()

    def known(self, case: Case, recipients: Mapping[str, Recipient], frame: Frame) -> dict[str, tuple[Decimal, str]]:
        """Lower bounds of the tallies that a case leaves out, by path, each with where it comes from."""
        if not self.used.number:
            return {}
        found = {}
        for kind, path in TALLIES.items():
            account = account_of(kind, case, recipients, frame.as_of) if _leaves_open(case, kind) else None
            shared = self.sharing(account) if account is not None else []
            if account is None or not self.used.anything(shared):
                continue
            least = self.used.least(shared, frame.as_of, limits(), self._own(kind, case, shared, frame))
            if least > 0:
                words = f"the part of one exporter: {account.name} as of {frame.as_of}, head {self.used.head}"
                found[path] = Decimal(tpp_of(least)), words
        return found

    def sharing(self, account: Account) -> list[Account]:
        """The accounts with the same limit: one for each identifier of their holder."""
        if account not in self._sharing:
            holders = sorted(self._groups.identifiers(account.holder))
            self._sharing[account] = [replace(account, holder=holder) for holder in holders]
        return self._sharing[account]

    def again(self, kind: Kind, order: str | None, accounts: list[Account], day: date, units: int) -> list[Reservation]:
        """What `topco screen` reserved for an order on an earlier run: the same order, day and amount."""
        made = self.used.named(accounts, stem(kind, order)) if order else []
        return [one for one in made if (one.day, one.asked) == (day, units)]

    def _own(self, kind: Kind, case: Case, accounts: list[Account], frame: Frame) -> list[Reservation]:
        """What the book holds for this very case."""
        now = determination_id(case, frame)
        names = (now, *self.earlier.get(now, ()))
        own = {one.number: one for name in names for one in self.used.named(accounts, name)}
        quantity = order_quantity(case)
        if quantity is not None:
            units = int(quantity * UNITS_PER_TPP)
            own |= {one.number: one for one in self.again(kind, case.id, accounts, frame.as_of, units)}
        return list(own.values())


def account_of(kind: Kind, case: Case, recipients: Mapping[str, Recipient], day: date) -> Account | None:
    """The account of the destination's allocation, or of the consignee's group; None: there is none, or nobody knows.

    The group is the resolved ultimate parent of the ultimate consignee; a party that is only stated has none.
    """
    if kind is Kind.COUNTRY:
        return _account(kind, day, "", case.transaction.destination) if case.transaction.destination else None
    groups = {group_of(recipients.get(one.entity or "")) for one in case.parties if one.role == CONSIGNEE}
    group = groups.pop() if len(groups) == 1 else None
    return _account(kind, day, group, "") if group else None


def group_of(recipient: Recipient | None) -> str | None:
    """The group of a party of the store; None if it is not known for certain."""
    if recipient is None or recipient.status not in KNOWN_STATUSES or len(recipient.ultimate_parent_ids) != 1:
        return None
    return recipient.ultimate_parent_ids[0]


def stem(kind: Kind, order: str) -> str:
    """How the keys of an order's reservations begin; what follows is the id of the determination.

    >>> stem(Kind.LPP, "4711 / b")
    'screen lpp 4711%20%2F%20b'
    """
    name = quote(order, safe="")
    return f"screen {kind} {name if len(name) <= _LONGEST_NAME else sha256(name.encode()).hexdigest()}"


@cache
def _account(kind: Kind, day: date, holder: str, country: str) -> Account | None:
    law = limits()
    try:
        account = law.account(kind, day, holder, country)
        law.must_have_account(kind, account.country, day)
        law.cap_on(kind, day)
    except (BadInput, NotModelled):
        return None
    return account


def _leaves_open(case: Case, kind: Kind) -> bool:
    """Whether the case states no tally of that kind."""
    tallies = case.tallies
    if kind is Kind.COUNTRY:
        return tallies.country_licensed_tpp is None
    return tallies.lpp_group_year_tpp is None and tallies.lpp_receipts is None
