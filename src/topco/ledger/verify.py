"""Whether a book is what was once written: every hash, every posting, the head, and the tables' own rules."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from topco.errors import BadInput
from topco.ledger import database, schema
from topco.ledger.accounts import Account, Kind, Side
from topco.ledger.entries import Entry, Operation
from topco.store.book_file import damage
from topco.store.chain import GENESIS

_MOVES = {
    Operation.RESERVE: (Side.FREE, Side.RESERVED),
    Operation.COMMIT: (Side.RESERVED, Side.COMMITTED),
    Operation.RELEASE: (Side.RESERVED, Side.FREE),
    Operation.EXPIRE: (Side.RESERVED, Side.FREE),
}


@dataclass(frozen=True)
class Finding:
    """Something that is not as it was written; `entry` is the number concerned, if one is."""

    entry: int | None
    what: str


@dataclass(frozen=True)
class Report:
    """What `verify` found; `head` as recomputed from the entries."""

    entries: int
    head: str
    findings: tuple[Finding, ...]
    since_kept_head: int | None = None


def verify(connection: sqlite3.Connection | None, kept_head: str | None = None) -> Report:
    """Check a book from its first entry to its last.

    Args:
        connection: None for a book that is not there.
        kept_head: a hash that `head` once gave: the chain must still contain it.
    """
    if connection is None:
        lost = () if kept_head in (None, GENESIS) else (Finding(None, "the kept head is not in the book: it is empty"),)
        return Report(0, GENESIS, lost)
    findings: list[Finding] = []
    chain = [GENESIS]
    with database.reading(connection):
        try:
            findings += [Finding(None, what) for what in damage(connection, schema.STATEMENTS)]
            findings += _entries(connection, chain)
            findings += _strays(connection)
            if connection.execute("SELECT * FROM head").fetchall() != [(1, len(chain) - 1, chain[-1])]:
                findings.append(Finding(None, "the head is not the last entry: entries were cut off or added"))
        except (sqlite3.Error, ValueError, TypeError, BadInput) as error:
            findings.append(Finding(len(chain), f"cannot be read: {error}"))
    since = None
    if kept_head is not None:
        if kept_head in chain:
            since = len(chain) - 1 - chain.index(kept_head)
        else:
            findings.append(
                Finding(None, "the kept head is not in the book: entries before it were changed or cut off")
            )
    return Report(len(chain) - 1, chain[-1], tuple(findings), since)


def _entries(connection: sqlite3.Connection, chain: list[str]) -> Iterator[Finding]:
    stored = dict(connection.execute("SELECT number, hash FROM entries"))
    left: dict[int, dict[Side, int]] = defaultdict(lambda: defaultdict(int))
    operations: dict[int, Operation] = {}
    for entry in database.entries(connection):
        if entry.number != len(chain):
            yield Finding(entry.number, f"number {len(chain)} is missing before it")
        if entry.previous != chain[-1]:
            yield Finding(entry.number, "does not follow the entry before it")
        if entry.hash != stored[entry.number]:
            yield Finding(entry.number, "is not what was written: its hash differs")
        for what in _sense(entry, operations, left):
            yield Finding(entry.number, what)
        operations[entry.number] = entry.operation
        chain.append(entry.hash)


def _sense(entry: Entry, operations: dict[int, Operation], left: dict[int, dict[Side, int]]) -> Iterator[str]:
    """Whether an entry does what its operation does, and takes no more than there is."""
    if sum(posting.amount for posting in entry.postings) != 0 or len(entry.postings) != 2:
        yield "its postings do not come to nothing"
        return
    if len({(posting.account, posting.day) for posting in entry.postings}) != 1:
        yield "its postings are on different accounts or days"
    amounts = {posting.side: posting.amount for posting in entry.postings}
    if entry.operation is Operation.CORRECT:
        fits = amounts.keys() == {Side.FREE, Side.COMMITTED}
    else:
        source, target = _MOVES[entry.operation]
        fits = amounts.keys() == {source, target} and amounts[target] > 0
    if not fits:
        yield f"its postings are not those of a {entry.operation}"
    base = entry.number if entry.about is None else entry.about
    wanted = Operation.COMMIT if entry.operation is Operation.CORRECT else Operation.RESERVE
    if entry.about is not None and operations.get(entry.about) is not wanted:
        yield f"is about {entry.about}, which is no earlier {wanted}"
    for side, amount in amounts.items():
        left[base][side] += amount
        if side is not Side.FREE and left[base][side] < 0:
            yield f"takes more than was left of {entry.about}"
    if entry.operation is Operation.COMMIT:
        left[entry.number][Side.COMMITTED] = amounts.get(Side.COMMITTED, 0)


def _strays(connection: sqlite3.Connection) -> Iterator[Finding]:
    for (number,) in connection.execute(
        "SELECT DISTINCT entry FROM postings WHERE entry NOT IN (SELECT number FROM entries)"
    ):
        yield Finding(number, "has postings and is not there")
    lost = connection.execute("SELECT DISTINCT account FROM postings WHERE account NOT IN (SELECT name FROM accounts)")
    for (name,) in lost:
        yield Finding(None, f"account {name} has postings and is not there")
    for name, kind, *rest in connection.execute("SELECT name, kind, holder, country, period FROM accounts"):
        if kind not in set(Kind) or Account(Kind(kind), *rest).name != name:
            yield Finding(None, f"account {name} is not what its name says")
    unused = connection.execute("SELECT name FROM accounts WHERE name NOT IN (SELECT account FROM postings)")
    for (name,) in unused:
        yield Finding(None, f"account {name} was never posted to")
