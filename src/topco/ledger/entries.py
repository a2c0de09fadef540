"""Entries, their postings, and the hash that chains each to the one before. Pure values.

The hash of an entry is SHA-256 over its canonical form: JSON in UTF-8 with sorted keys and no spaces, of every field,
the postings in order with their accounts spelt out, and the hash of the entry before. `FORMAT` is part of it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from topco.ledger.accounts import Account, Side, tpp_of
from topco.store.chain import hash_of

FORMAT = 1


class Operation(StrEnum):
    RESERVE = "reserve"
    COMMIT = "commit"
    RELEASE = "release"
    EXPIRE = "expire"
    CORRECT = "correct"


@dataclass(frozen=True)
class Posting:
    """So much comes to (or, negative, leaves) one side of an account, counted from a day on."""

    account: Account
    side: Side
    day: date
    amount: int


@dataclass(frozen=True)
class Entry:
    """One operation, as it stands in the book; it never changes.

    `about`: the reservation that is committed, released or expired, or the commitment that is corrected. `request`: a
    hash of what the client asked, for retries. `group_id`: the ultimate parent on `day`; `group_basis`: `resolved`,
    `stated` or, where nobody knows it, the status that says why. `evidence`: a hash of the loads that this rests on.
    """

    number: int
    operation: Operation
    about: int | None
    key: str | None
    request: str
    determination: str
    party: str | None
    group_id: str | None
    group_basis: str | None
    hq: str | None
    evidence: str | None
    author: str
    moment: str
    day: date
    expires: date | None
    reason: str | None
    previous: str
    postings: tuple[Posting, ...]

    @property
    def hash(self) -> str:
        """What the next entry, the head and the reader hold on to."""
        return hash_of({"format": FORMAT, **_plain(self)})

    def document(self) -> dict[str, Any]:
        """The entry for answers; `tpp` is what it moves, of a correction what it adds to the commitment or takes."""
        side = Side.COMMITTED if self.operation is Operation.CORRECT else None
        moved = max((one for one in self.postings if side in (None, one.side)), key=lambda one: one.amount)
        return {
            "number": self.number,
            "operation": str(self.operation),
            "about": self.about,
            "account": moved.account.name,
            "tpp": tpp_of(moved.amount),
            "day": self.day.isoformat(),
            "counts_from": moved.day.isoformat(),
            "expires": self.expires and self.expires.isoformat(),
            "determination": self.determination,
            "party": self.party,
            "group": self.group_id,
            "group_basis": self.group_basis,
            "hq": self.hq,
            "author": self.author,
            "moment": self.moment,
            "key": self.key,
            "reason": self.reason,
            "evidence": self.evidence,
            "hash": self.hash,
        }


FIELDS = tuple(name for name in Entry.__dataclass_fields__ if name != "postings")
"""The columns of an entry, in their order."""


def request_hash(**content: Any) -> str:
    """A hash of what a client asked: a retry under the same key must ask the same."""
    return hash_of(content)


def _plain(entry: Entry) -> dict[str, Any]:
    plain = asdict(entry)
    ordered = sorted(entry.postings, key=lambda one: (one.account.name, one.side))
    plain["postings"] = [
        [
            one.account.kind,
            one.account.holder,
            one.account.country,
            one.account.period,
            one.side,
            str(one.day),
            one.amount,
        ]
        for one in ordered
    ]
    return plain
