"""Options and set-up that `determine`, `screen` and their like share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from topco.cli import options

if TYPE_CHECKING:
    from topco.licensing.cases.case import Case
    from topco.licensing.cases.named_parties import NamedParties
    from topco.licensing.determine import Determiner

Command = TypeVar("Command", bound=Callable[..., Any])


def licensing_options(command: Command) -> Command:
    """`--store --as-of --known-as-of --rules-as-of --reading --test --open-top`."""
    for decorate in (
        options.open_top_option,
        options.rules_test_option,
        click.option(
            "--reading",
            type=click.Choice(["codified", "enforced", "article"]),
            default=None,
            help="How to read the law. [default: the case's own, else codified]",
        ),
        click.option(
            "--rules-as-of",
            type=options.DATE,
            default=None,
            help="Law as of this date. [default: transaction date, else today]",
        ),
        options.known_as_of_option,
        options.as_of_option,
        options.store_option,
    ):
        command = decorate(command)
    return command


def today() -> date:
    """The day of asking, UTC: what "now" means for loads, ages and undated cases."""
    return datetime.now(UTC).date()


def determiner(
    store: Path,
    entities: Iterable[str | None],
    *,
    as_of: date | None,
    known_as_of: date | None,
    rules_as_of: date | None,
    reading: str | None,
    open_top: str,
    test: str | None = None,
    documents: bool = True,
) -> Determiner:
    """A determiner; a store that does not exist is an error only if some party is given by an identifier.

    `documents`: whether parties come with their whole resolution, which an answer with a proof shows.
    """
    from topco.licensing.affiliates.listed_facts import OwnersOfParties
    from topco.licensing.affiliates.listed_owners import ListedOwners
    from topco.licensing.answers.listing_flags import ListingFlags
    from topco.licensing.cases.ledger_tally import LedgerTally
    from topco.licensing.determine import Determiner, Options
    from topco.matching.listings import Listings
    from topco.ownership.parent_tests import DEFAULT, parent_test
    from topco.store.store import Store

    if test is not None:
        parent_test(test)  # a name that does not exist is refused, whether or not the store is asked
    asked = Options(as_of, known_as_of, rules_as_of, reading, open_top)
    opened = Store.open(store, missing_ok=True)
    listings = Listings(opened, known_as_of)
    flags = ListingFlags(opened, known_as_of, listings)
    ledger = LedgerTally(store, known_as_of)
    if not any(entities):
        return Determiner(asked, None, [], today(), flags, ledger=ledger)
    from topco.licensing.cases.store_recipients import StoreRecipients
    from topco.licensing.law.body import load_law
    from topco.licensing.law.ruleset_reading import parent_test_of

    name = test or parent_test_of(load_law(), reading or "codified") or DEFAULT
    recipients = StoreRecipients(store, known_as_of, parent_test(name), documents=documents)
    loads = recipients.loads(known_as_of or today())
    owners = OwnersOfParties(ListedOwners(opened, known_as_of, listings))
    return Determiner(asked, recipients, loads, today(), flags, owners=owners, ledger=ledger)


def named_parties(store: Path, cases: Iterable[Case], known_as_of: date | None) -> NamedParties | None:
    """The parties of cases that are given by names, looked up; None if there is none, or no store."""
    from topco.licensing.cases.named_parties import NamedParties, name_of
    from topco.store.store import Store

    given = list(cases)
    if not any(name_of(party) for case in given for party in case.parties):
        return None
    opened = Store.open(store, missing_ok=True)
    return NamedParties(opened, given, known_as_of) if opened.loads() else None
