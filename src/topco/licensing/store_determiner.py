"""A determiner for the store in a folder: parties, lists, loads and the ledger of that store brought to the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from topco.licensing.affiliates.listed_facts import OwnersOfParties
from topco.licensing.affiliates.listed_owners import ListedOwners
from topco.licensing.answers.listing_flags import ListingFlags
from topco.licensing.cases.case import Case
from topco.licensing.cases.ledger_tally import LedgerTally
from topco.licensing.cases.named_parties import NamedParties, name_of
from topco.licensing.determine import Determiner, MakeEngine, Options, Resolver
from topco.licensing.weighing.engine import Engine
from topco.matching.listings import Listings
from topco.ownership.parent_tests import DEFAULT, ParentTest, parent_test
from topco.ownership.supposed import SUPPOSED, SupposedStore
from topco.store.kept_rows import keep_load
from topco.store.store import Store

Kind = TypeVar("Kind", bound=Determiner)
MakeResolver = Callable[[Store, date | None, ParentTest], Resolver]
"""Makes a resolver of parties from a store, the day up to which its loads count, and a parent test."""


def store_determiner(
    kind: type[Kind],
    store: Path,
    entities: Iterable[str | None],
    asked: Options,
    today: date,
    *,
    test: str | None = None,
    documents: bool = True,
    view: SupposedStore | None = None,
    resolve: MakeResolver | None = None,
    opened: Store | None = None,
    engines: MakeEngine = Engine,
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
        view: the same store with shares and headquarters that are only supposed, read in its place.
        resolve: makes what answers for parties, in the place of their resolutions.
        opened: the store, if it is open already.
        engines: makes what runs the rules.

    Raises:
        BadInput: there is no such test, or no store.
    """
    if test is not None:
        parent_test(test)  # a name that does not exist is refused, whether or not the store is asked
    opened = view or opened or Store.open(store, missing_ok=True)
    listings = Listings(opened, asked.known_as_of)
    flags = ListingFlags(opened, asked.known_as_of, listings)
    ledger = LedgerTally(store, asked.known_as_of)
    if not any(entities):
        return kind(asked, None, [], today, flags, ledger=ledger, engines=engines)
    from topco.licensing.cases.store_recipients import StoreRecipients
    from topco.licensing.law.body import load_law
    from topco.licensing.law.ruleset_reading import parent_test_of

    usual = parent_test_of(load_law(), asked.reading or "codified") or DEFAULT
    name = test or usual
    asked = replace(asked, test=name if name != usual else None)
    held = opened if opened.loads() else store  # a store that is not there is refused when it is opened
    recipients = StoreRecipients(held, asked.known_as_of, parent_test(name), documents=documents)
    loads = recipients.loads(asked.known_as_of or today)
    for one in view.supposed if view else ():
        loads.append({"load": f"{SUPPOSED} {one}", "vintage": today.isoformat(), "age_days": 0})
    owners = OwnersOfParties(ListedOwners(opened, asked.known_as_of, listings))
    resolver = resolve(opened, asked.known_as_of, parent_test(name)) if resolve else recipients
    kept = [keep_load(load) for load in opened.current_loads(asked.known_as_of)]
    return kind(asked, resolver, loads, today, flags, owners=owners, ledger=ledger, kept=kept, engines=engines)


def named_parties(
    store: Path, cases: Iterable[Case], known_as_of: date | None, opened: Store | None = None
) -> NamedParties | None:
    """The parties of cases that are given by names, looked up; None if there is none, or no store."""
    given = list(cases)
    if not any(name_of(party) for case in given for party in case.parties):
        return None
    opened = opened or Store.open(store, missing_ok=True)
    return NamedParties(opened, given, known_as_of) if opened.loads() else None
