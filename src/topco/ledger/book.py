"""The operations: reserve, commit, release, expire, correct. Each is one entry, written whole or not at all.

What may be spent is looked up and spent under one lock, so no two processes spend the same remainder. A retry under
the same key gives the entry that was written the first time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from topco.errors import BadInput, NotModelled
from topco.ledger import database
from topco.ledger.accounts import Account, Kind, Side, tpp_of
from topco.ledger.balances import NOWHERE, Reckoner
from topco.ledger.entries import Entry, Operation, Posting, request_hash
from topco.ledger.groups import STATED, Groups, Owner, StoreGroups
from topco.ledger.limits import Limits, bounds, limits
from topco.ledger.requests import Booked, Change, KeyTaken, NothingLeft, Order, OverLimit, check_texts
from topco.namespaces import normalise_id


class Book:
    """The ledger of one store, open for writing."""

    def __init__(
        self,
        store: Path,
        *,
        groups: Groups | None = None,
        law: Limits | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._groups = groups or StoreGroups(store)
        self._law = law or limits()
        self._clock = clock
        self.connection = database.open_for_writing(store)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.connection.close()

    def reserve(self, order: Order) -> Booked:
        """Set a part of a limit aside.

        Raises:
            BadInput: the order is not complete, its key was used for another, or the law has no such account.
            OverLimit: less remains.
            NotModelled: the group, the limit or the headquarters that decide are not known.
        """
        check_texts(order.determination, order.author, order.key, order.reason, order.party, order.group)
        asked = request_hash(operation="reserve", **{**vars(order), "key": None})
        if (found := self._retried(order.key, asked)) is not None:
            return found
        if order.units <= 0:
            raise BadInput("Nothing is reserved with 0 TPP.")
        day = order.day or self._clock().date()
        if order.expires is not None and order.expires <= day:
            raise BadInput(f"A reservation of {day} cannot expire on {order.expires}.")
        owner = self._owner(order, day)
        account = self._account(order, owner, day)
        self._law.must_have_account(account.kind, account.country, day)
        if account.kind is not Kind.UVEU:
            self._law.cap_on(account.kind, day)
        elif not self._law.shares(day, None):
            raise NotModelled(f"The rules give no shares for validated end users on {day}.")

        def draft(reckoner: Reckoner, kin: list[Account]) -> Entry:
            self._must_fit(reckoner, kin, account, day, order.units, owner.hq)
            return self._entry(
                Operation.RESERVE,
                asked,
                order,
                day,
                _move(account, day, Side.FREE, Side.RESERVED, order.units),
                determination=order.determination,
                owner=owner,
                expires=order.expires,
            )

        return self._write(account, order.key, asked, draft, owner.hq, owner.undecided)

    def commit(self, change: Change) -> Booked:
        """Turn a reservation, or a part of it, into what was shipped, licensed or installed.

        Raises:
            BadInput: there is no such reservation, less of it is left, it has expired, or the party has another
                ultimate parent by now.
            NotModelled: the ultimate parent of that day is not known.
        """
        return self._move_reserved(Operation.COMMIT, change, Side.COMMITTED)

    def release(self, change: Change) -> Booked:
        """Give back a reservation, or a part of it."""
        return self._move_reserved(Operation.RELEASE, change, Side.FREE)

    def expire(self, author: str, day: date | None = None) -> list[Booked]:
        """Give back what is left of every reservation that has expired by a day; again, it finds nothing to do."""
        today = day or self._clock().date()
        rows = self.connection.execute(
            "SELECT number FROM entries WHERE operation = 'reserve' AND expires <= ? ORDER BY number", (str(today),)
        ).fetchall()
        booked = []
        for (number,) in rows:
            if database.still(self.connection, number, Side.RESERVED) > 0:
                try:
                    change = Change(number, author, day=today)
                    booked.append(self._move_reserved(Operation.EXPIRE, change, Side.FREE))
                except NothingLeft:
                    continue  # another process was quicker
        return booked

    def correct(self, change: Change, *, beyond_limit: bool = False) -> Booked:
        """Set right what was committed: a counter-entry brings it to `change.units`.

        Args:
            beyond_limit: enter it even if the limit is exceeded, because it has happened.

        Raises:
            BadInput: there is no such commitment, no reason, or nothing to set right.
            OverLimit: less remains.
        """
        check_texts(change.author, change.key, change.reason, change.determination)
        asked = request_hash(operation="correct", beyond=beyond_limit, **{**vars(change), "key": None})
        if (found := self._retried(change.key, asked)) is not None:
            return found
        target = self._target(change.about, Operation.COMMIT)
        if change.units is None or not (change.reason or "").strip():
            raise BadInput("A correction needs the right amount and a reason.", remedy="Give --tpp and --reason.")
        right, day, account = change.units, change.day or self._clock().date(), target.postings[0].account
        counted = target.postings[0].day

        def draft(reckoner: Reckoner, kin: list[Account]) -> Entry:
            more = right - database.still(self.connection, target.number, Side.COMMITTED)
            if more == 0:
                raise BadInput(f"Entry {target.number} already stands at {tpp_of(right)} TPP.")
            if more > 0 and not beyond_limit:
                self._must_fit(reckoner, kin, account, counted, more, target.hq)
            postings = _move(account, counted, Side.FREE, Side.COMMITTED, more)
            return self._entry(Operation.CORRECT, asked, change, day, postings, like=target)

        return self._write(account, change.key, asked, draft, target.hq)

    def _move_reserved(self, operation: Operation, change: Change, to: Side) -> Booked:
        check_texts(change.author, change.key, change.reason, change.determination)
        asked = request_hash(operation=operation, **{**vars(change), "key": None})
        if (found := self._retried(change.key, asked)) is not None:
            return found
        target = self._target(change.about, Operation.RESERVE)
        account, counted = target.postings[0].account, target.postings[0].day
        day = change.day or self._clock().date()
        owner = self._must_still_hold(target, account, counted, day) if operation is Operation.COMMIT else None

        def draft(reckoner: Reckoner, kin: list[Account]) -> Entry:
            left = database.still(self.connection, target.number, Side.RESERVED)
            units = left if change.units is None else change.units
            if left <= 0 or not 0 < units <= left:
                raise NothingLeft(f"Of reservation {target.number} {tpp_of(left)} TPP are left.", where=account.name)
            postings = _move(account, counted, Side.RESERVED, to, units)
            return self._entry(operation, asked, change, day, postings, owner=owner, like=target)

        notes = owner.undecided if owner else ()
        return self._write(account, change.key, asked, draft, target.hq, notes)

    def _must_still_hold(self, target: Entry, account: Account, counted: date, day: date) -> Owner | None:
        """Who stands behind the party on the day of the commitment; None if that was stated, or there is no party."""
        start, end = bounds(account)
        if not max(counted, start) <= day < end:
            raise BadInput(
                f"Reservation {target.number} cannot be used on {day}.",
                where=account.name,
                remedy="Release it and reserve again, as of that day.",
            )
        if target.expires is not None and day >= target.expires:
            raise BadInput(f"Reservation {target.number} expired on {target.expires}.", remedy="Reserve again.")
        if target.group_basis == STATED or target.party is None:
            return None
        owner = self._groups.owner(target.party, day)
        owner = replace(owner, hq=target.hq or owner.hq)
        if not account.kind.follows_group:
            return owner
        now = owner.known_group(day)
        if account.holder not in self._groups.identifiers(now):
            raise BadInput(
                f"On {day} the ultimate parent of {target.party} is {now}, no longer {account.holder}.",
                where=account.name,
                remedy="Release the reservation and reserve again: it is the limit of the new group that is spent.",
            )
        return owner

    def _owner(self, order: Order, day: date) -> Owner:
        owner = self._groups.owner(order.party, day) if order.party else Owner()
        if order.group:
            owner = replace(owner, group=normalise_id(order.group), basis=STATED)
        if order.hq:
            owner = replace(owner, hq=self._law.destination(order.hq, day))
        return owner

    def _account(self, order: Order, owner: Owner, day: date) -> Account:
        kind = order.kind
        if kind.has_country != bool(order.country):
            raise BadInput(f"An account of kind {kind} {'needs a' if kind.has_country else 'has no'} country.")
        if kind is Kind.COUNTRY:
            holder = ""
        elif kind is Kind.NVEU:
            if owner.party is None:
                raise BadInput("The installed base is counted by company.", remedy="Name it with --party.")
            holder = owner.party
        else:
            if owner.party is None and owner.group is None:
                raise BadInput("The limit is one group's.", remedy="Name the party with --party.")
            holder = owner.known_group(day)
        return self._law.account(kind, day, holder, order.country or "")

    def _must_fit(
        self, reckoner: Reckoner, kin: list[Account], account: Account, day: date, units: int, hq: str | None
    ) -> None:
        strict = reckoner.remaining(account, day, kin, hq)
        if strict is None or units <= strict:
            return
        if account.kind is Kind.UVEU and hq is None:
            mild = reckoner.remaining(account, day, kin, NOWHERE)
            if mild is None or units <= mild:
                raise NotModelled(
                    "Whether this fits depends on where the company is headquartered, which is not known.",
                    where=account.name,
                    remedy="State it with --hq.",
                )
            strict = mild
        raise OverLimit(account, day, units, strict)

    def _target(self, number: int, operation: Operation) -> Entry:
        found = database.entry(self.connection, number)
        if found is None or found.operation is not operation:
            what = "reservation" if operation is Operation.RESERVE else "commitment"
            raise BadInput(f"Entry {number} is no {what}.", remedy="`topco ledger entries` lists them.")
        return found

    def _retried(self, key: str | None, asked: str) -> Booked | None:
        found = None if key is None else database.entry_of_key(self.connection, key)
        if found is None:
            return None
        if found.request != asked:
            raise KeyTaken(
                f"The key {key!r} stands for another request: entry {found.number}.",
                remedy="Repeat a request word for word, or give a new one a new key.",
            )
        return Booked(found, found.hash, True, None)

    def _write(
        self,
        account: Account,
        key: str | None,
        asked: str,
        draft: Callable[[Reckoner, list[Account]], Entry],
        hq: str | None,
        notes: tuple[str, ...] = (),
    ) -> Booked:
        """Check and write under the lock; what no other writer can change is looked up before."""
        holders = self._groups.identifiers(account.holder)
        reckoner = Reckoner(self.connection, self._law)
        with database.writing(self.connection):
            if (found := self._retried(key, asked)) is not None:
                return found
            entry = draft(reckoner, database.sharing(self.connection, account, holders))
            database.append(self.connection, entry)
            kin, counted = database.sharing(self.connection, account, holders), entry.postings[0].day
            booked = Booked(entry, entry.hash, False, reckoner.remaining(account, counted, kin, hq), notes)
            if entry.operation is Operation.CORRECT:
                rooms = {one.name: reckoner.remaining(one, counted, kin, hq) for one in kin}
                booked = replace(booked, over=tuple(name for name, one in rooms.items() if (one or 0) < 0))
        return booked

    def _entry(
        self,
        operation: Operation,
        asked: str,
        request: Order | Change,
        day: date,
        postings: tuple[Posting, ...],
        *,
        determination: str | None = None,
        owner: Owner | None = None,
        expires: date | None = None,
        like: Entry | None = None,
    ) -> Entry:
        """The next entry of the book; what `like` says of party and group holds for what is booked about it."""
        number, previous = database.head(self.connection)
        who = owner or Owner()
        if owner is None and like is not None:
            who = Owner(like.party, like.group_id, like.group_basis, like.hq, like.evidence)
        return Entry(
            number=number + 1,
            operation=operation,
            about=request.about if isinstance(request, Change) else None,
            key=request.key,
            request=asked,
            determination=request.determination or (like.determination if like else "") or "",
            party=who.party,
            group_id=who.group,
            group_basis=who.basis,
            hq=who.hq,
            evidence=who.evidence,
            author=request.author,
            moment=self._clock().isoformat(timespec="microseconds"),
            day=day,
            expires=expires,
            reason=request.reason,
            previous=previous,
            postings=postings,
        )


def _move(account: Account, day: date, source: Side, target: Side, units: int) -> tuple[Posting, ...]:
    return Posting(account, source, day, -units), Posting(account, target, day, units)
