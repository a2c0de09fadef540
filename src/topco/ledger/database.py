"""The file `ledger.sqlite`: opened, created, and read row by row into entries. A writer holds it from before the first
look at a balance.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from topco.ledger import schema
from topco.ledger.accounts import Account, Kind, Side
from topco.ledger.entries import FIELDS, Entry, Operation, Posting
from topco.store import book_file
from topco.store.book_file import PATIENCE, BookFile

FILE_NAME = "ledger.sqlite"
BOOK = BookFile(
    name=FILE_NAME,
    noun="ledger",
    application=schema.APPLICATION,
    version=schema.VERSION,
    statements=schema.STATEMENTS,
    remedy="Restore it from a backup; `topco ledger verify --head` shows whether that holds the head you kept.",
)
writing, reading, head = BOOK.writing, BOOK.reading, book_file.head

_COLUMNS = ", ".join(FIELDS)
_POSTED = (
    "SELECT p.entry, a.kind, a.holder, a.country, a.period, p.side, p.day, p.amount"
    " FROM postings p JOIN accounts a ON a.name = p.account"
)


def open_for_writing(store: Path) -> sqlite3.Connection:
    """The book of a store, made if there is none.

    Raises:
        BadInput: the folder or the file cannot be used.
        StoreBusy: another process keeps writing.
    """
    return BOOK.open_for_writing(store, PATIENCE)


def open_for_reading(store: Path) -> sqlite3.Connection | None:
    """The book of a store, None if nothing was ever written to one.

    Raises:
        BadInput: the file is not a ledger of this version.
    """
    return BOOK.open_for_reading(store, PATIENCE)


def append(connection: sqlite3.Connection, entry: Entry) -> None:
    """Write one entry, its postings and the new head; only inside `writing`."""
    write(connection, entry)
    connection.execute("UPDATE head SET number = ?, hash = ?", (entry.number, entry.hash))


def write(connection: sqlite3.Connection, entry: Entry) -> None:
    """Write an entry and its postings."""
    for account in {posting.account for posting in entry.postings}:
        parts = (account.name, account.kind, account.holder, account.country, account.period)
        if connection.execute("SELECT 1 FROM accounts WHERE name = ?", parts[:1]).fetchone() is None:
            connection.execute("INSERT INTO accounts VALUES (?, ?, ?, ?, ?)", parts)
    cells = [str(value) if isinstance(value, date) else value for value in (getattr(entry, name) for name in FIELDS)]
    marks = ", ".join("?" * (len(cells) + 1))
    connection.execute(f"INSERT INTO entries ({_COLUMNS}, hash) VALUES ({marks})", (*cells, entry.hash))
    for posting in entry.postings:
        connection.execute(
            "INSERT INTO postings VALUES (?, ?, ?, ?, ?)",
            (entry.number, posting.account.name, posting.side, str(posting.day), posting.amount),
        )


def entry(connection: sqlite3.Connection, number: int) -> Entry | None:
    """One entry by its number."""
    return next(entries(connection, "WHERE number = ?", (number,)), None)


def entry_of_key(connection: sqlite3.Connection, key: str) -> Entry | None:
    """The entry that was written under a client's key."""
    return next(entries(connection, "WHERE key = ?", (key,)), None)


def entries(connection: sqlite3.Connection, where: str = "", values: tuple[object, ...] = ()) -> Iterator[Entry]:
    """Entries in their order, with their postings."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM entries {where} ORDER BY number", values)
    for row in rows:
        cells = dict(zip(FIELDS, row, strict=True))
        cells["operation"] = Operation(cells["operation"])
        cells["day"] = date.fromisoformat(cells["day"])
        cells["expires"] = cells["expires"] and date.fromisoformat(cells["expires"])
        posted = connection.execute(f"{_POSTED} WHERE p.entry = ? ORDER BY p.account, p.side", (cells["number"],))
        yield Entry(**cells, postings=tuple(_posting(one) for one in posted))


def latest(
    connection: sqlite3.Connection, account: str | None, up_to: date | None, first: int, most: int
) -> tuple[list[Entry], int]:
    """Some entries, the latest first, and how many there are in all.

    Args:
        account: only those that are posted to it.
        up_to: only those of operations up to this day.
        first: how many of the latest are passed over; `most`: how many are read.
    """
    conditions, values = [], []
    if account is not None:
        conditions.append("number IN (SELECT entry FROM postings WHERE account = ?)")
        values.append(account)
    if up_to is not None:
        conditions.append("day <= ?")
        values.append(up_to.isoformat())
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    (total,) = connection.execute(f"SELECT count(*) FROM entries {where}", values).fetchone()
    chosen = f"SELECT number FROM entries {where} ORDER BY number DESC LIMIT ? OFFSET ?"
    found = list(entries(connection, f"WHERE number IN ({chosen})", (*values, most, first)))
    return found[::-1], total


def accounts(connection: sqlite3.Connection) -> list[Account]:
    """All accounts that were ever posted to, by name."""
    found = connection.execute("SELECT kind, holder, country, period FROM accounts ORDER BY name")
    return [Account(Kind(kind), *rest) for kind, *rest in found]


def sharing(connection: sqlite3.Connection, account: Account, holders: Iterable[str]) -> list[Account]:
    """The accounts of these holders that share the limit of one: the same period, and unless a fleet, the country."""
    found = [
        Account(Kind(kind), *rest)
        for holder in sorted(holders)
        for kind, *rest in connection.execute(
            "SELECT kind, holder, country, period FROM accounts WHERE kind = ? AND holder = ?", (account.kind, holder)
        )
    ]
    return [one for one in found if limit_of(one, "") == limit_of(account, "")]


def limit_of(account: Account, party: str) -> tuple[str, ...]:
    """What accounts that share one limit have in common, the party behind them included."""
    return account.kind, account.period, party, "" if account.kind is Kind.UVEU else account.country


def movements(
    connection: sqlite3.Connection, names: Iterable[str], sides: Iterable[Side] = tuple(Side)
) -> Iterator[tuple[str, Side, date, int]]:
    """What came to each of these sides of these accounts on each day: account, side, day, units."""
    wanted = list(sides)
    for name in names:
        for side in wanted:
            rows = connection.execute(
                "SELECT day, sum(amount) FROM postings WHERE account = ? AND side = ? GROUP BY day", (name, side)
            )
            for day, amount in rows:
                yield name, side, date.fromisoformat(day), amount


class Spending(NamedTuple):
    """What one entry took from an account's limit (negative: gave back), and the reservation that it is about."""

    entry: int
    base: int
    account: str
    day: date
    amount: int
    determination: str
    key: str | None


def spendings(connection: sqlite3.Connection, after: int = 0) -> list[Spending]:
    """What entries after a number took from limits or gave back, in their order."""
    rows = connection.execute(
        "SELECT e.number, coalesce(about.about, e.about, e.number), p.account, p.day, -p.amount, e.determination, e.key"
        " FROM entries e JOIN postings p ON p.entry = e.number LEFT JOIN entries about ON about.number = e.about"
        " WHERE e.number > ? AND p.side = ? ORDER BY e.number",
        (after, Side.FREE),
    )
    return [
        Spending(entry, base, account, date.fromisoformat(day), amount, determination, key)
        for entry, base, account, day, amount, determination, key in rows
    ]


def still(connection: sqlite3.Connection, number: int, side: Side) -> int:
    """What is left, on one side, of an entry after everything that was booked about it."""
    found = connection.execute(
        "SELECT coalesce(sum(amount), 0) FROM postings WHERE side = ?"
        " AND (entry = ? OR entry IN (SELECT number FROM entries WHERE about = ?))",
        (side, number, number),
    )
    left: int = found.fetchone()[0]
    return left


def _posting(row: tuple[object, ...]) -> Posting:
    _, kind, holder, country, period, side, day, amount = row
    account = Account(Kind(str(kind)), str(holder), str(country), str(period))
    assert isinstance(amount, int)
    return Posting(account, Side(str(side)), date.fromisoformat(str(day)), amount)
