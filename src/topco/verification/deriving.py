"""An answer derived again from the basis of its proof, in a store that holds the leaves and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from topco.licensing.affiliates.listed_facts import OwnersOfParties
from topco.licensing.affiliates.listed_namesakes import Namesake, Namesakes
from topco.licensing.affiliates.listed_owners import ListedOwners
from topco.licensing.answers.listing_flags import ListingFlags
from topco.licensing.cases.case import Case, parse_case
from topco.licensing.cases.ledger_tally import LedgerTally
from topco.licensing.cases.store_recipients import StoreRecipients
from topco.licensing.determine import Determiner, Options
from topco.licensing.law.body import load_law
from topco.licensing.law.ruleset_reading import parent_test_of
from topco.matching.listings import Listings
from topco.ownership.parent_tests import DEFAULT, parent_test
from topco.ownership.resolution import resolve
from topco.store.kept_rows import keep_load

if TYPE_CHECKING:
    from topco.store.store import Store

Basis = Mapping[str, Any]
_DAYS = ("", "known", "rules")
CASE = "proof.basis.asked.case"


def derive_resolution(basis: Basis, store: Store) -> dict[str, Any] | None:
    """The resolution of the entity that a basis asks about; None if no row names it."""
    asked = basis["asked"]
    known_as_of = date.fromisoformat(asked["known_as_of"])
    test = parent_test(asked["test"])
    return resolve(store, [asked["entity"]], date.fromisoformat(asked["as_of"]), known_as_of, test)[0]


def derive_determination(basis: Basis, store: Store, *, compare_names: bool = False) -> dict[str, Any]:
    """The answer to the case of a basis.

    Args:
        compare_names: with the lists of the store, rather than take what the basis says that a comparison found.
    """
    asked = basis["asked"]
    case = parse_case(asked["case"], CASE)
    as_of, known_as_of, rules_as_of = (date.fromisoformat(asked[f"{day}_as_of".lstrip("_")]) for day in _DAYS)
    if not isinstance(asked["test"], str | None):
        raise TypeError("the parent test has no name")
    options = Options(as_of, known_as_of, rules_as_of, asked["reading"], asked["open_top"], asked["test"])
    tallies = {path: (Decimal(one["value"]), str(one["origin"])) for path, one in basis["tallies"].items()}
    listings = Listings(store, known_as_of) if compare_names else _KeptListings(store, known_as_of, basis["lists"])
    flags = ListingFlags(store, known_as_of, listings) if compare_names else None
    ledger = _KeptTally(tallies) if tallies else None
    if not any(party.entity for party in case.parties):
        # Loads that say nothing of this case are part of what it was asked under, and of its identifier.
        named = [{"load": name} for name in basis["data"]]
        return Determiner(options, None, named, known_as_of, flags, ledger=ledger).determine([case], CASE)[0]
    # Without a party that was resolved no resolution names the test.
    usual = parent_test_of(load_law(), asked["reading"]) or DEFAULT
    test = parent_test(basis["test"] or asked["test"] or usual)
    resolver = StoreRecipients(store.path, known_as_of, test, documents=True)
    namesakes = None if compare_names else _KeptNamesakes(basis, store)
    owners = OwnersOfParties(ListedOwners(store, known_as_of, listings, namesakes=namesakes))
    loads = [keep_load(load) for load in store.current_loads(known_as_of)]
    data = resolver.loads(known_as_of)
    determiner = Determiner(options, resolver, data, known_as_of, flags, owners=owners, ledger=ledger, kept=loads)
    return determiner.determine([case], CASE)[0]


class _KeptListings(Listings):
    """The entries among the leaves; whether there were lists at all is kept beside them."""

    def __init__(self, store: Store, known_as_of: date | None, any_list: bool) -> None:
        super().__init__(store, known_as_of)
        self._any = any_list

    def __bool__(self) -> bool:
        return self._any


class _KeptNamesakes(Namesakes):
    """What a comparison of names found when the answer was made."""

    def __init__(self, basis: Basis, store: Store) -> None:
        entries = {row["record"]: row for row in store.table("listings").collect().iter_rows(named=True)}
        self._kept: dict[str, list[Namesake]] = {}
        for one in basis["namesakes"]:
            found = Namesake(one["owner"], one["name"], entries[one["entry"]], one["score"], one["reason"])
            self._kept.setdefault(one["owner"], []).append(found)

    def of(self, ids: list[str], on: date) -> dict[str, list[Namesake]]:
        return {one: self._kept[one] for one in ids if one in self._kept}


class _KeptTally(LedgerTally):
    """What a ledger said when the answer was made."""

    def __init__(self, tallies: Mapping[str, tuple[Decimal, str]]) -> None:
        self._kept = dict(tallies)

    def look(self, cases: Iterable[Case]) -> None:
        pass

    def known(self, case: Case, recipients: Any, frame: Any) -> dict[str, tuple[Decimal, str]]:
        return self._kept
