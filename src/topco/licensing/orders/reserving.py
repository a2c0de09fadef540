"""`topco screen --reserve`: what orders rely on is set aside in the ledger, one order after the other.

Each reservation is one entry of the book, written whole or not at all, under a key that names order and determination:
after a kill the same file goes on where it stopped. Nothing is reserved for an order that does not fit.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_CEILING, Decimal
from pathlib import Path

from topco.errors import BadInput, NotModelled
from topco.ledger.accounts import UNITS_PER_TPP, Account, Kind, tpp_of, units_of
from topco.ledger.book import Book
from topco.ledger.groups import RESOLVED, Owner, StoreGroups
from topco.ledger.requests import Order, OverLimit
from topco.licensing.answers.determination import determination_id
from topco.licensing.answers.determination_parts import partial_quantity
from topco.licensing.cases.amounts import order_quantity
from topco.licensing.cases.facts import Facts
from topco.licensing.cases.ledger_tally import TALLIES, LedgerTally, account_of, group_of, stem
from topco.licensing.cases.party_facts import CONSIGNEE
from topco.licensing.cases.recipients import Recipient
from topco.licensing.determine import Prepared
from topco.licensing.law.sentences import say
from topco.licensing.orders.rows import OrderRow, Refusal
from topco.licensing.weighing.outcome import AVAILABLE, PARTIAL, YES, Outcome

AUTO, NOTHING = "auto", "none"
CHOICES = (AUTO, str(Kind.LPP), str(Kind.COUNTRY))
COLUMN = "reserve"
"""The column in which an order may say itself what it relies on."""
LPP = "LPP"
WITHIN_ALLOCATION = frozenset({"approval", "approval_within_allocation"})


@dataclass(frozen=True)
class Weighed:
    """A row of an order with what the rules say about it."""

    order: OrderRow
    prepared: Prepared
    outcome: Outcome


@dataclass(frozen=True)
class Reserved:
    """What became of a row: what its cell says, and which limit it does not fit into, in words."""

    cell: str = ""
    beyond: Kind | None = None
    words: str = ""


NOT_RESERVED = Reserved()


class Refused(Exception):
    """Nothing is reserved for a row, and why."""


class ScreenedGroups(StoreGroups):
    """Groups as the parties of the orders were resolved."""

    def __init__(self, store: Path, known_as_of: date | None, recipient: Callable[[str, date], Recipient | None]):
        super().__init__(store, known_as_of)
        self._recipient = recipient
        self._evidence = self._store.digest_for(known_as_of) if self._store.loads() else None

    def owner(self, party: str, day: date) -> Owner:
        found = self._recipient(party, day)
        if found is None:
            return super().owner(party, day)
        group = group_of(found)
        places = {code for code in found.headquarters if code}
        return Owner(
            party=found.entity,
            group=group,
            basis=RESOLVED if group else found.status,
            hq=places.pop() if len(places) == len(found.headquarters) == 1 else None,
            evidence=self._evidence,
            candidates=found.ultimate_parent_ids,
            undecided=tuple(f"{first} and {second} may be one party: {why}" for first, second, why in found.undecided),
        )


@dataclass
class Reserver:
    """Reserves in one open book; `choice` is what orders rely on that do not say it themselves."""

    book: Book
    ledger: LedgerTally
    author: str
    choice: str = AUTO
    counts: Counter[str] = field(default_factory=Counter)

    def look(self) -> None:
        """See what this run and others have entered since."""
        self.ledger.used.look()

    def head(self) -> str:
        """The hash of the last entry, to be kept elsewhere."""
        self.look()
        return self.ledger.used.head

    def reserve(self, order: str, rows: Mapping[int, Weighed]) -> dict[int, Reserved]:
        """Reserve what the rows of one order rely on, once for each account: the sum of its rows."""
        told: dict[int, Reserved] = {}
        wanted: dict[Account, list[int]] = defaultdict(list)
        for place, row in rows.items():
            try:
                if (account := self._account(order, row)) is not None:
                    wanted[account].append(place)
            except Refused as why:
                self.counts["not reserved"] += 1
                told[place] = Reserved(f"not reserved: {why}")
        for account, places in wanted.items():
            try:
                found = self._booked(order, account, [rows[place] for place in places])
            except (Refused, NotModelled) as why:
                found = Reserved(f"not reserved: {why}")
                self.counts["not reserved"] += 1
            told |= dict.fromkeys(places, found)
        return told

    def _account(self, order: str, row: Weighed) -> Account | None:
        """The account that a row draws on; None if it relies on nothing.

        Raises:
            Refused: what it relies on is not there for it.
        """
        kind = self._kind(row)
        if kind is None:
            return None
        if not order:
            raise Refused("the row has no order_id")
        case, frame = row.prepared.case, row.prepared.frame
        if case.transaction.date is None:
            raise Refused("the order has no date")
        if row.order.quantity is None or order_quantity(case) is None:
            raise Refused("the quantity is not known")
        if (account := account_of(kind, case, row.prepared.recipients, frame.as_of)) is None:
            raise Refused("there is no allocation" if kind is Kind.COUNTRY else "the group is not known")
        return account

    def _kind(self, row: Weighed) -> Kind | None:
        """What a row relies on, if the rules let it."""
        outcome = row.outcome
        own = row.order.cells.get(COLUMN, "").strip().lower()
        choice = own or self.choice
        if choice == NOTHING:
            return None
        status = outcome.exceptions.get(LPP)
        if choice == Kind.LPP or (choice == AUTO and status == AVAILABLE):
            if status not in (AVAILABLE, PARTIAL):
                raise Refused(f"Licence Exception {LPP} is {status or 'not asked for'}")
            return Kind.LPP
        if outcome.licence_required != YES:
            raise Refused(f"licence required: {outcome.licence_required}")
        others = [code for code, found in outcome.exceptions.items() if found == AVAILABLE and code != LPP]
        if others and not own:
            raise Refused(f"Licence Exception {', '.join(others)} is available")
        if outcome.review.policy not in WITHIN_ALLOCATION:
            raise Refused(f"review policy {outcome.review.policy}")
        if not _from_allocation(row):
            raise Refused("no allocation decides the review")
        return Kind.COUNTRY

    def _booked(self, order: str, account: Account, rows: list[Weighed]) -> Reserved:
        first = rows[0].prepared
        units, kind, day = _units(account, rows), account.kind, first.frame.as_of
        determination = determination_id(first.case, first.frame)
        key = f"{stem(kind, order)} {determination}"
        shared = self.ledger.sharing(account)
        mine = [*self.ledger.again(kind, order, shared, day, units), *self.ledger.used.named(shared, determination)]
        before = [one for one in mine if one.held > 0 or one.key == key]
        if before and before[0].asked != units:
            raise Refused(f"entry {before[0].number} of this order has another amount; release it, or change order_id")
        if before:
            self.counts["reserved before"] += 1
            left = "" if before[0].held == units else f"; {tpp_of(before[0].held)} TPP of it are held"
            return Reserved(f"entry {before[0].number}, made before{left}")
        consignee = next((one.entity for one in first.case.parties if one.role == CONSIGNEE), None)
        known = consignee if consignee and first.recipients[consignee].status != "not_in_store" else None
        asked = Order(
            kind=kind,
            units=units,
            determination=determination,
            author=self.author,
            country=first.case.transaction.destination if kind.has_country else None,
            party=known,
            day=day,
            key=key,
        )
        try:
            booked = self.book.reserve(asked)
        except OverLimit as error:
            self.counts["did not fit"] += 1
            left = tpp_of(max(error.remaining, 0))
            words = say("does_not_fit", account=account.name, remaining=left, day=day)
            return Reserved(f"not reserved: {left} TPP remain", kind, words)
        self.counts["reserved"] += 1
        return Reserved(f"entry {booked.entry.number}")


def beyond(facts: Facts, kind: Kind) -> Facts:
    """The facts of an order that does not fit into what an account of the ledger leaves."""
    path = TALLIES[kind]
    amounts = [
        replace(one, over=True) if any(part.path == path for part in one.addends) else one for one in facts.amounts
    ]
    return replace(facts, amounts=tuple(amounts))


def with_choices(rows: Iterable[OrderRow]) -> list[OrderRow]:
    """The rows; one whose own choice cannot be read is refused."""
    allowed = (*CHOICES, NOTHING)
    read = []
    for row in rows:
        cell = row.cells.get(COLUMN, "")
        if row.case is not None and cell.strip().lower() not in ("", *allowed):
            refusal = Refusal(row.row, COLUMN, cell, f"write one of {', '.join(allowed)}")
            row = replace(row, case=None, refusals=(refusal,))
        read.append(row)
    return read


def _from_allocation(row: Weighed) -> bool:
    """Whether it is the allocation of the destination that decides the review, whichever way open facts turn out."""
    measures = {one.iri for one in row.prepared.ruleset.measures if TALLIES[Kind.COUNTRY] in one.addends}
    return all(
        any(one.rule.kind == "PolicyRule" and one.evidence.get("measure") in measures for one in world)
        for world in row.outcome.findings
    )


def _units(account: Account, rows: list[Weighed]) -> int:
    """What the rows ask for together; of an exception that is there for a part, that part at most."""
    total = sum((row.order.quantity or Decimal(0) for row in rows), Decimal(0))
    row = rows[0]
    if account.kind is Kind.LPP and row.outcome.exceptions.get(LPP) == PARTIAL:
        conditions = [one for one in row.outcome.conditions if one.exception == LPP]
        part = partial_quantity(conditions, row.outcome, row.prepared.engine.slice, row.prepared.ruleset)
        total = min(total, Decimal(part)) if part is not None else total
    try:
        units = units_of((total * UNITS_PER_TPP).to_integral_value(ROUND_CEILING) / UNITS_PER_TPP)
    except BadInput as error:
        raise Refused(error.what) from error
    if units == 0:
        raise Refused("the quantity is nothing")
    return units
