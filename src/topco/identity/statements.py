"""Headquarters that a user states, with source, date and author: evidence like any other, and never more than that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from topco.errors import BadInput, NotFound
from topco.identity.policy import policy
from topco.namespaces import is_id
from topco.store.entries import enter, entries, last_row
from topco.store.schema import HEADQUARTERS

if TYPE_CHECKING:
    from datetime import datetime

    from topco.store.manifest import Load
    from topco.store.store import Store

STATED = "statements"
DEFAULT_BASIS = "userStatement"
ON_RECORD = "registerRecord"


@dataclass(frozen=True)
class Headquarters:
    """A statement of headquarters: `country` by ISO 3166-1 alpha-2, `source` in words, and the day it says so.

    `valid_from`, `valid_to`: the period for which it holds, half-open; None: open.
    """

    id: str
    country: str
    source: str
    stated_on: date
    author: str
    basis: str = DEFAULT_BASIS
    city: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None


def bases() -> list[str]:
    """What a user may give as the sort of source, the best first; not what only a register's own record is."""
    return sorted(set(policy().bases) - {ON_RECORD}, key=lambda basis: policy().bases[basis])


def state(store: Store, given: Headquarters) -> Load:
    """Enter a statement; it takes the place of the same author's earlier one about this entity on the same basis.

    Raises:
        BadInput: the identifier is none, the basis is unknown, the source or the author is missing, or the period ends
            before it begins.
        StoreBusy: another process is writing to the store.
    """
    if not is_id(given.id):
        raise BadInput(f"{given.id[:60]!r} is no identifier.", remedy="Write an LEI, or SCHEME:VALUE.")
    if given.basis not in bases():
        raise BadInput(f"There is no basis {given.basis!r}.", remedy=f"Give one of {', '.join(bases())}.")
    if not given.source.strip():
        raise BadInput("A headquarters needs a source.", remedy='Give --source "what says so, and where".')
    if not given.author.strip():
        raise BadInput("Nobody signs the statement.", remedy="Give --author NAME, or set $TOPCO_AUTHOR.")
    if given.valid_from and given.valid_to and given.valid_from >= given.valid_to:
        raise BadInput(f"The period ends on {given.valid_to}, before it begins.", remedy="Check --from and --to.")

    def change(before: pl.DataFrame, moment: datetime) -> pl.DataFrame:
        number = 1 + last_row(store, STATED, "headquarters")
        row = {
            "id": given.id,
            "country": given.country,
            "city": given.city,
            "basis": given.basis,
            "stated_by": given.author.strip(),
            "stated_on": given.stated_on,
            "citation": given.source.strip(),
            "valid_from": given.valid_from,
            "valid_to": given.valid_to,
            "record": f"{STATED}/headquarters/{number}",
            "file": f"entries of {STATED}",
            "row": number,
        }
        earlier = _by(given.author.strip(), given.id) & (pl.col("basis") == given.basis)
        return pl.concat([before.filter(~earlier), pl.DataFrame([row], schema=HEADQUARTERS)])

    return enter(store, STATED, STATED, "headquarters", change)


def withdraw(store: Store, identifier: str, author: str) -> Load:
    """Take back all statements of an author about an entity; loads of earlier days keep them.

    Raises:
        NotFound: there is none.
    """
    if entries(store, STATED, "headquarters").filter(_by(author, identifier)).is_empty():
        raise NotFound(f"{author} has stated nothing about {identifier}.", remedy="See: topco state --list.")
    return enter(store, STATED, STATED, "headquarters", lambda before, _: before.filter(~_by(author, identifier)))


def stated(store: Store) -> list[dict[str, Any]]:
    """All statements in force, in the order in which they were entered."""
    return entries(store, STATED, "headquarters").rows(named=True)


def _by(author: str, identifier: str) -> pl.Expr:
    return (pl.col("id") == identifier) & (pl.col("stated_by") == author)
