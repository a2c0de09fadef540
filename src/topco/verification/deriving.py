"""An answer derived again from the basis of its proof, in a store that holds the leaves and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from topco.licensing.affiliates.listed_facts import OwnersOfParties
from topco.licensing.affiliates.listed_namesakes import Namesake, Namesakes
from topco.licensing.affiliates.listed_owners import ListedOwners
from topco.licensing.cases.case import Case, parse_case
from topco.licensing.cases.ledger_tally import LedgerTally
from topco.licensing.cases.store_recipients import StoreRecipients
from topco.licensing.determine import Determiner, Options
from topco.matching.listings import Listings
from topco.ownership.parent_tests import DEFAULT, parent_test
from topco.ownership.resolution import resolve

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


def derive_determination(basis: Basis, store: Store) -> dict[str, Any]:
    """The answer to the case of a basis."""
    asked = basis["asked"]
    case = parse_case(asked["case"], CASE)
    as_of, known_as_of, rules_as_of = (date.fromisoformat(asked[f"{day}_as_of".lstrip("_")]) for day in _DAYS)
    options = Options(as_of, known_as_of, rules_as_of, asked["reading"], asked["open_top"])
    tallies = {path: (Decimal(one["value"]), str(one["origin"])) for path, one in basis["tallies"].items()}
    resolver = owners = None
    if any(party.entity for party in case.parties):
        test = parent_test(basis["test"] or DEFAULT)
        resolver = StoreRecipients(store.path, known_as_of, test, documents=True)
        listings = _KeptListings(store, known_as_of, any_list=basis["lists"])
        namesakes = _KeptNamesakes(basis, store)
        owners = OwnersOfParties(ListedOwners(store, known_as_of, listings, namesakes=namesakes))
    ledger = _KeptTally(tallies) if tallies else None
    determiner = Determiner(options, resolver, basis["data"], known_as_of, owners=owners, ledger=ledger)
    return determiner.determine([case], CASE)[0]


class _KeptListings(Listings):
    """The entries among the leaves; whether there were lists at all is kept beside them."""

    def __init__(self, store: Store, known_as_of: date | None, *, any_list: bool) -> None:
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
