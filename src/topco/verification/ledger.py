"""A balance checked: every entry against its hash (and the book), the sum made again from the entries alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from topco.explain.statements import say
from topco.ledger import database
from topco.ledger.accounts import Account
from topco.ledger.balances import Reckoner
from topco.ledger.entries import Entry
from topco.ledger.groups import StoreGroups
from topco.ledger.limits import limits
from topco.ledger.proof import Asked, account_of, book_of, document, entries_on, entry_of
from topco.ownership.basis import made_with
from topco.verification.outcome import Failure, Finding, Verification

if TYPE_CHECKING:
    from topco.store.store import Store


def check_balance(found: Verification, basis: Mapping[str, Any], store: Store | None) -> dict[str, Any]:
    """The balance that the entries of a basis make; what is wrong with these entries is added to a verification.

    Raises:
        LookupError, TypeError, ValueError, ArithmeticError, sqlite3.Error: the basis makes no sense.
        BadInput: the ledger of the store cannot be read.
    """
    entries = [entry_of(plain) for plain in basis["entries"]]
    for plain, entry in zip(basis["entries"], entries, strict=True):
        if plain.get("hash") != entry.hash:
            what = "the entry does not have its hash"
            found.findings.append(Finding(Failure.LEAF, f"entry {entry.number}", what, None, plain.get("hash")))
    account, *kin = (account_of(parts) for parts in (basis["asked"]["account"], *basis["asked"]["kin"]))
    if store is None:
        found.not_checked.append(say("leavesByHash", {}))
    else:
        found.findings += _against_book(found, store, account, kin, entries)
    book = book_of(entries)
    hq = Reckoner(book, limits()).headquarters(account, kin)
    asked = Asked(account, date.fromisoformat(basis["asked"]["as_of"]), tuple(kin), hq)
    return document(book, limits(), asked, entries, made_with())


def _against_book(
    found: Verification, store: Store, account: Account, kin: Sequence[Account], entries: Sequence[Entry]
) -> Iterator[Finding]:
    connection = database.open_for_reading(store.path)
    if connection is None:
        yield Finding(Failure.LEAF, "ledger", "the store has no ledger")
        return
    try:
        with database.reading(connection):
            shared = database.sharing(connection, account, StoreGroups(store.path).identifiers(account.holder))
            there = {entry.number: entry.hash for entry in entries_on(connection, [*{*kin, *shared}])}
    finally:
        connection.close()
    for entry in entries:
        if there.pop(entry.number, None) != entry.hash:
            yield Finding(Failure.LEAF, f"entry {entry.number}", "the ledger of the store has no such entry")
    # What was entered since changes the balance, and not whether this one was right.
    last = max((entry.number for entry in entries), default=0)
    for number in there:
        if number < last:
            yield Finding(Failure.LEAF, f"entry {number}", "the ledger has this entry, and the proof leaves it out")
    if later := [str(number) for number in there if number > last]:
        found.not_checked.append(say("laterEntries", {"entries": later}))
