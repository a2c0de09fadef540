"""The ledger: balances, entries, verification, and the operations, each with the document that the command writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from topco.errors import BadInput, NotFound
from topco.store.today import today

if TYPE_CHECKING:
    import sqlite3

    from topco.application.application import Application
    from topco.ledger.entries import Entry
    from topco.ledger.requests import Booked, Change, Order

Document = dict[str, Any]
BALANCE_COLUMNS = (
    *("account", "kind", "holder", "country", "period", "as_of"),
    *("limit_tpp", "reserved_tpp", "committed_tpp", "later_tpp", "remaining_tpp", "cite"),
)
ENTRY_COLUMNS = (
    *("number", "operation", "about", "account", "tpp", "day", "counts_from", "expires", "determination"),
    *("party", "group", "group_basis", "hq", "author", "moment", "key", "reason", "evidence", "hash"),
)
BOOKED_COLUMNS = (*ENTRY_COLUMNS, "again", "remaining_tpp")


@dataclass(frozen=True)
class Done:
    """An operation that stands in the book.

    Attributes:
        document: the entry with `again` (it stood there before under its key) and `remaining_tpp`.
        notes: what is open about it, in sentences.
        over: accounts that are beyond their limit now.
    """

    document: Document
    notes: tuple[str, ...]
    over: tuple[str, ...]


class Ledger:
    """The ledger of one store."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def balances(self, accounts: Sequence[str] = (), as_of: date | None = None) -> list[Document]:
        """What is reserved, committed and left on a day; of some accounts, or of all.

        Raises:
            NotFound: nothing was ever entered on one of them.
        """
        from topco.ledger.balances import balances
        from topco.ledger.groups import StoreGroups
        from topco.ledger.limits import limits

        with self._looking() as connection:
            groups = StoreGroups(self._application.path)
            found = balances(connection, limits(), groups, as_of or today()) if connection is not None else []
        _must_be_there(accounts, [one.account.name for one in found])
        return [one.document() for one in found if not accounts or one.account.name in accounts]

    def entries(self, accounts: Sequence[str] = (), as_of: date | None = None) -> list[Document]:
        """Every entry in the order of writing; with a day those of operations up to it.

        Raises:
            NotFound: nothing was ever entered on one of the accounts.
        """
        found = self._entries()
        _must_be_there(accounts, [one.postings[0].account.name for one in found if one.postings])
        return [
            row
            for row in (one.document() for one in found)
            if (not accounts or row["account"] in accounts)
            and (as_of is None or date.fromisoformat(row["day"]) <= as_of)
        ]

    def page(
        self, account: str | None = None, as_of: date | None = None, first: int = 0, most: int = 100
    ) -> tuple[list[Document], int]:
        """Some of these entries, the latest first, and how many there are in all.

        Args:
            first: how many of the latest are passed over.

        Raises:
            NotFound: nothing was ever entered on the account.
        """
        from topco.ledger import database

        with self._looking() as connection:
            if connection is None:
                _must_be_there([account] if account else [], [])
                return [], 0
            with database.reading(connection):
                if account is not None:
                    _must_be_there([account], [one.name for one in database.accounts(connection)])
                found, total = database.latest(connection, account, as_of, first, most)
        return [one.document() for one in found], total

    def about(self, number: int) -> list[Document]:
        """The entries that were booked about an entry, in their order."""
        from topco.ledger import database

        with self._looking() as connection:
            if connection is None:
                return []
            with database.reading(connection):
                return [one.document() for one in database.entries(connection, "WHERE about = ?", (number,))]

    def entry(self, number: int) -> Document:
        """One entry, and what is still open about its party by what the store knows now, in sentences, as `open`.

        Raises:
            NotFound: there is none of this number.
        """
        from topco.ledger import database
        from topco.ledger.groups import STATED, StoreGroups

        with self._looking() as connection:
            found = None
            if connection is not None:
                with database.reading(connection):
                    found = database.entry(connection, number)
        if found is None:
            raise NotFound(f"There is no entry {number}.", remedy="`topco ledger entries` lists them.")
        undecided: tuple[str, ...] = ()
        if found.party is not None and found.group_basis != STATED:
            undecided = StoreGroups(self._application.path).owner(found.party, found.day).undecided
        return {**found.document(), "open": list(undecided)}

    def verify(self, kept_head: str | None = None) -> Document:
        """Check the book from its first entry to its last.

        Args:
            kept_head: a hash that `head` gave earlier: the book must still contain it.
        """
        from topco.ledger.verify import verify

        with self._looking() as connection:
            report = verify(connection, None if kept_head is None else kept_head.strip().lower())
        return {
            "entries": report.entries,
            "head": report.head,
            "entries_since_kept_head": report.since_kept_head,
            "findings": [{"entry": one.entry, "finding": one.what} for one in report.findings],
        }

    def head(self) -> Document:
        """The number of entries and the hash of the last."""
        from topco.ledger import database
        from topco.store.chain import GENESIS

        number, value = 0, GENESIS
        with self._looking() as connection:
            if connection is not None:
                number, value = database.head(connection)
        return {"entries": number, "head": value}

    def reserve(self, order: Order) -> Done:
        """Set a part of a limit aside.

        Raises:
            BadInput: the order is not complete, or its key was used for another.
            OverLimit: less remains.
            NotModelled: the group, the limit or the headquarters that decide are not known.
        """
        from topco.ledger.book import Book

        if order.group is not None and not (order.reason or "").strip():
            raise BadInput("A stated group needs a reason.", remedy="Say with --reason where you know it from.")
        with Book(self._application.path) as book:
            return _done(book.reserve(order))

    def commit(self, change: Change) -> Done:
        """Turn a reservation, or a part of it, into what was shipped, licensed or installed."""
        from topco.ledger.book import Book

        with Book(self._application.path) as book:
            return _done(book.commit(change))

    def release(self, change: Change) -> Done:
        """Give back a reservation, or a part of it."""
        from topco.ledger.book import Book

        with Book(self._application.path) as book:
            return _done(book.release(change))

    def correct(self, change: Change, *, beyond_limit: bool = False) -> Done:
        """Set a commitment right by a counter-entry; with `beyond_limit` even where less remains."""
        from topco.ledger.book import Book

        with Book(self._application.path) as book:
            return _done(book.correct(change, beyond_limit=beyond_limit))

    def expire(self, author: str, as_of: date | None = None) -> list[Done]:
        """Give back what is left of every reservation that has expired by a day."""
        from topco.ledger.book import Book

        with Book(self._application.path) as book:
            return [_done(one) for one in book.expire(author, as_of)]

    def _entries(self) -> list[Entry]:
        from topco.ledger import database

        with self._looking() as connection:
            if connection is None:
                return []
            with database.reading(connection):
                return list(database.entries(connection))

    @contextmanager
    def _looking(self) -> Iterator[sqlite3.Connection | None]:
        """The book, open for reading; None if nothing was ever entered."""
        from topco.ledger import database

        connection = database.open_for_reading(self._application.path)
        try:
            yield connection
        finally:
            if connection is not None:
                connection.close()


def _done(booked: Booked) -> Done:
    from topco.ledger.accounts import tpp_of

    left = None if booked.remaining is None else tpp_of(booked.remaining)
    document = {**booked.entry.document(), "again": booked.again, "remaining_tpp": left}
    return Done(document, booked.notes, booked.over)


def _must_be_there(asked: Sequence[str], there: Sequence[str]) -> None:
    if missing := sorted(set(asked) - set(there)):
        raise NotFound(f"Nothing was ever entered on {', '.join(missing)}.", remedy="`topco ledger balance` lists all.")
