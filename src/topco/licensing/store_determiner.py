"""A determiner for the store in a folder: parties, lists, loads and the ledger of that store brought to the rules."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TypeVar

from topco.licensing.affiliates.listed_facts import OwnersOfParties
from topco.licensing.affiliates.listed_owners import ListedOwners
from topco.licensing.answers.listing_flags import ListingFlags
from topco.licensing.cases.case import Case
from topco.licensing.cases.ledger_tally import LedgerTally
from topco.licensing.cases.named_parties import NamedParties, name_of
from topco.licensing.determine import Determiner, Options
from topco.matching.listings import Listings
from topco.ownership.parent_tests import DEFAULT, parent_test
from topco.store.store import Store

Kind = TypeVar("Kind", bound=Determiner)


def store_determiner(
    kind: type[Kind],
    store: Path,
    entities: Iterable[str | None],
    asked: Options,
    today: date,
    *,
    test: str | None = None,
    documents: bool = True,
) -> Kind:
    """A determiner; a store that does not exist is an error only if some party is given by an identifier.

    Args:
        kind: the class of determiner.
        store: the folder of the store.
        entities: the identifiers of parties that will be asked about.
        asked: what the caller fixes for every case.
        today: the day of asking.
        test: the parent test; None: the one that the rules ask.
        documents: whether parties come with their whole resolution, which an answer with a proof shows.

    Raises:
        BadInput: there is no such test, or no store.
    """
    if test is not None:
        parent_test(test)  # a name that does not exist is refused, whether or not the store is asked
    opened = Store.open(store, missing_ok=True)
    listings = Listings(opened, asked.known_as_of)
    flags = ListingFlags(opened, asked.known_as_of, listings)
    ledger = LedgerTally(store, asked.known_as_of)
    if not any(entities):
        return kind(asked, None, [], today, flags, ledger=ledger)
    from topco.licensing.cases.store_recipients import StoreRecipients
    from topco.licensing.law.body import load_law
    from topco.licensing.law.ruleset_reading import parent_test_of

    name = test or parent_test_of(load_law(), asked.reading or "codified") or DEFAULT
    recipients = StoreRecipients(store, asked.known_as_of, parent_test(name), documents=documents)
    loads = recipients.loads(asked.known_as_of or today)
    owners = OwnersOfParties(ListedOwners(opened, asked.known_as_of, listings))
    return kind(asked, recipients, loads, today, flags, owners=owners, ledger=ledger)


def named_parties(store: Path, cases: Iterable[Case], known_as_of: date | None) -> NamedParties | None:
    """The parties of cases that are given by names, looked up; None if there is none, or no store."""
    given = list(cases)
    if not any(name_of(party) for case in given for party in case.parties):
        return None
    opened = Store.open(store, missing_ok=True)
    return NamedParties(opened, given, known_as_of) if opened.loads() else None
