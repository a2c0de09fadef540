"""A balance checked: every entry against its hash (and the book), the sum made again from the entries alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from topco.errors import TopcoError
from topco.explain.statements import say
from topco.ledger import database
from topco.ledger.entries import Entry
from topco.ledger.limits import limits
from topco.ledger.proof import Asked, account_of, book_of, document, entries_on, entry_of
from topco.ownership.basis import made_with
from topco.verification.outcome import Failure, Finding, Verification, compare_answers, compare_nodes

if TYPE_CHECKING:
    from topco.store.store import Store

_DAMAGE = (KeyError, TypeError, ValueError, AttributeError, IndexError, sqlite3.Error, TopcoError)


def check_balance(
    found: Verification,
    basis: Mapping[str, Any],
    proof: Mapping[str, Any],
    answer: Mapping[str, Any] | None,
    store: Store | None,
) -> Verification:
    """Add to a verification what is wrong with a balance."""
    try:
        entries = [entry_of(plain) for plain in basis["entries"]]
        account, *kin = (account_of(parts) for parts in (basis["asked"]["account"], *basis["asked"]["kin"]))
        asked = Asked(account, date.fromisoformat(basis["asked"]["as_of"]), tuple(kin), basis["asked"]["hq"])
        made = {name: basis[name] for name in made_with()}
        again = document(book_of(entries), limits(), asked, entries, made)
    except _DAMAGE as error:
        found.findings.append(Finding(Failure.SEAL, "proof.basis", f"nothing can be derived from it: {error}"))
        return found
    for plain, entry in zip(basis["entries"], entries, strict=True):
        if plain.get("hash") != entry.hash:
            what = "the entry does not have its hash"
            found.findings.append(Finding(Failure.LEAF, f"entry {entry.number}", what, None, plain.get("hash")))
    found.checked["statements"] = len(proof["nodes"])
    found.findings += compare_nodes(proof["nodes"], again["proof"]["nodes"])
    if answer is not None:
        found.checked["keys"] = len(answer)
        found.findings += compare_answers(answer, again, frozenset({"proof"}))
    if store is None:
        found.not_checked.append(say("leavesByHash", {}))
    else:
        found.findings += _against_book(store, asked, entries)
    return found


def _against_book(store: Store, asked: Asked, entries: list[Entry]) -> Iterator[Finding]:
    connection = database.open_for_reading(store.path)
    if connection is None:
        yield Finding(Failure.LEAF, "ledger", "the store has no ledger")
        return
    try:
        with database.reading(connection):
            there = {entry.number: entry.hash for entry in entries_on(connection, asked.kin)}
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
