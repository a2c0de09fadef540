"""Owners that may be listed: their names are like a listed one, or a person or a record left it open.

A question for a person (`topco judge`), and a reason to ask the customer. No share rests on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from topco.identity.parties import parties, party_table
from topco.licensing.affiliates.scope import affiliates_scope
from topco.matching.proposals import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from topco.matching.listings import Listings
    from topco.store.store import Store

_DIFFERENT = "Different"


@dataclass(frozen=True)
class Namesake:
    """An owner and an entry that may be one party.

    Attributes:
        owner, name: the owner's identifier, and its name where a name is why.
        entry: the row of `listings`, with its load.
        score: of the names; None if it is not by a name.
        reason: in words.
        path: identifiers from the owner down to the entity that was asked about.
    """

    owner: str
    name: str | None
    entry: dict[str, Any]
    score: int | None
    reason: str
    path: tuple[str, ...] = ()


class Namesakes:
    """Parties against the lists of the rule: by names, and by what was said of them."""

    def __init__(self, store: Store, known_as_of: date | None, listings: Listings) -> None:
        self._store = store
        self._known_as_of = known_as_of
        self._listings = listings

    def of(self, ids: list[str], on: date) -> dict[str, list[Namesake]]:
        """By party, the entries in force on a day that it may be one with, the best score first."""
        if not ids or not self._listings:
            return {}
        found: dict[str, dict[str, Namesake]] = {}
        met = [*self._without_programme(ids, on), *self._left_open(set(ids), on), *self._by_name(ids, on)]
        apart = self._held_apart()
        for one, listed in zip(met, self._parties_of(one.entry["id"] for one in met), strict=True):
            if frozenset((one.owner, listed)) not in apart:
                found.setdefault(one.owner, {}).setdefault(one.entry["record"], one)
        return {
            owner: sorted(entries.values(), key=lambda one: (-(one.score or 0), one.entry["record"]))
            for owner, entries in found.items()
        }

    def _without_programme(self, ids: list[str], on: date) -> Iterable[Namesake]:
        """Listed parties whose entry does not say under which programme, where the rule asks for one."""
        for one in ids:
            for entry in self._listings.entries_of(one, on):
                if affiliates_scope().counts(entry) is None:
                    yield Namesake(one, None, entry, None, "the entry does not name its programme")

    def _left_open(self, ids: set[str], on: date) -> Iterable[Namesake]:
        """Pairs that somebody proposed, was unsure about, or that share a number which only one of them can have."""
        for pair in parties(self._store, self._known_as_of).undecided.iter_rows(named=True):
            for owner, other in ((pair["first"], pair["second"]), (pair["second"], pair["first"])):
                for entry in self._listings.entries_of(other, on) if owner in ids else ():
                    if affiliates_scope().counts(entry) is not False:
                        yield Namesake(owner, None, entry, pair["score"], f"undecided: {pair['why']}")

    def _by_name(self, ids: list[str], on: date) -> Iterable[Namesake]:
        about = pl.Series(ids, dtype=pl.String).implode()
        tables = []
        for table in ("entities", "names"):
            rows = party_table(self._store, table, ["id", "name"], known_as_of=self._known_as_of)
            tables.append(rows.filter(pl.col("id").is_in(about) & pl.col("name").is_not_null()).select("id", "name"))
        kinds = party_table(self._store, "entities", ["id", "kind"], known_as_of=self._known_as_of)
        kind = kinds.filter(pl.col("id").is_in(about)).select("id", "kind").unique("id", keep="first")
        names = pl.concat(tables).unique().join(kind, on="id", how="left").sort("id", "name").collect()
        asked = names.with_columns(country=pl.lit(None, dtype=pl.String)).select(*NAMES)
        hits = self._listings.hits(asked, on)
        for hit, listed in zip(hits, self._parties_of(hit.listing["id"] for hit in hits), strict=True):
            # One party for certain: it is counted, or its list is none of the rule's.
            if listed != hit.asked and affiliates_scope().counts(hit.listing) is not False:
                yield Namesake(hit.asked, hit.name, hit.listing, hit.score, hit.reason)

    def _held_apart(self) -> set[frozenset[str]]:
        """Pairs of parties that the last word of a person keeps apart."""
        rows = self._store.table("judgements", known_as_of=self._known_as_of)
        said = rows.filter(pl.col("verdict") != "Proposed").sort("judged_at", "row").collect()
        pairs = zip(self._parties_of(said["first"]), self._parties_of(said["second"]), said["verdict"], strict=True)
        last = {frozenset((first, second)): verdict for first, second, verdict in pairs}
        return {pair for pair, verdict in last.items() if verdict == _DIFFERENT}

    def _parties_of(self, identifiers: Iterable[str]) -> list[str]:
        return parties(self._store, self._known_as_of).party_of(identifiers)
