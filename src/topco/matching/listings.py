"""Names against the entries of screening lists. A hit is a question for a person, never an answer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from topco.identity.parties import parties
from topco.matching.proposals import MINIMUM, NAMES, compare, prepared

if TYPE_CHECKING:
    from datetime import date

    from topco.store.store import Store

SAME_PARTY = 100


@dataclass(frozen=True)
class Hit:
    """A name that is like a listed one, or a party that is the listed one.

    Attributes:
        asked: the identifier that the asked party was given.
        name: the name asked about.
        listing: the row of the table `listings`, with its `load`.
        score: from the comparison of names; 100 if an identifier or a person says that both are one party.
        reason: how the score came about, in words.
    """

    asked: str
    name: str
    listing: dict[str, Any]
    score: int
    reason: str


class Listings:
    """The entries of all screening lists in force in a store; names are prepared once."""

    def __init__(self, store: Store, known_as_of: date | None = None) -> None:
        self._store = store
        self._known_as_of = known_as_of

    @cached_property
    def _rows(self) -> pl.DataFrame:
        return self._store.table("listings", known_as_of=self._known_as_of).collect()

    def __bool__(self) -> bool:
        return not self._rows.is_empty()

    @cached_property
    def _by_id(self) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {}
        for row in self._rows.iter_rows(named=True):
            found.setdefault(row["id"], []).append(row)
        return found

    @cached_property
    def _names(self) -> pl.DataFrame:
        """Every name of every listed party in its normal form."""
        listed = self._rows.select("id", "name")
        ids = listed["id"].unique().implode()
        other = self._store.table("names", ["id", "name"], known_as_of=self._known_as_of)
        others = other.filter(pl.col("id").is_in(ids)).select("id", "name").collect()
        kinds = self._store.table("entities", ["id", "kind"], known_as_of=self._known_as_of)
        kind = kinds.filter(pl.col("id").is_in(ids)).select("id", "kind").collect().unique("id", keep="first")
        names = pl.concat([listed, others]).join(kind, on="id", how="left")
        # The countries of listed addresses say little about where a party is: no name is ruled out by them.
        return prepared(names.with_columns(country=pl.lit(None, dtype=pl.String)).select(*NAMES))

    @cached_property
    def _listed_parties(self) -> dict[str, list[str]]:
        """The listed identifiers by the party they belong to."""
        found: dict[str, list[str]] = {}
        ids = list(self._by_id)
        for one, party in zip(ids, parties(self._store, self._known_as_of).party_of(ids), strict=True):
            found.setdefault(party, []).append(one)
        return found

    def hits(self, asked: pl.DataFrame, day: date, minimum: int = MINIMUM) -> list[Hit]:
        """The entries in force on a day that these names may mean, best first; of each name all of them.

        Args:
            asked: a row for each name of each party, with the columns `NAMES`; `id` may be any key of the caller's.
            minimum: the least score of a hit by name.
        """
        if not self:
            return []
        found: dict[tuple[int, str], Hit] = {}
        party = parties(self._store, self._known_as_of).party_of(asked["id"])
        rows = asked.rows(named=True)
        for place, one in enumerate(party):
            for listed in self._listed_parties.get(one, ()):
                for entry in self._in_force(listed, day):
                    hit = Hit(*_of(rows[place]), entry, SAME_PARTY, "an identifier or a person says: one party")
                    found.setdefault((place, entry["record"]), hit)
        # Each name by itself: a comparison gives of each party the best name alone.
        places = pl.Series("id", range(len(asked))).cast(pl.String)
        anywhere = asked.with_columns(places, country=pl.lit(None, dtype=pl.String)).select(*NAMES)
        alike = compare(prepared(anywhere), self._names, minimum)
        for pair in alike.iter_rows(named=True):
            for entry in self._in_force(pair["second"], day):
                reason = f"{pair['first_name']} is like {pair['second_name']}: {pair['reason']}"
                hit = Hit(*_of(rows[int(pair["first"])]), entry, pair["score"], reason)
                found.setdefault((int(pair["first"]), entry["record"]), hit)
        return sorted(found.values(), key=lambda hit: (-hit.score, hit.asked, hit.listing["record"]))

    @property
    def parties(self) -> pl.Series:
        """The listed parties, on any day."""
        return pl.Series(list(self._listed_parties), dtype=pl.String)

    def alike(self, asked: pl.DataFrame, minimum: int = MINIMUM) -> pl.Series:
        """Whose names are like a listed one on any day: the `id` of rows as `hits` takes them, each once."""
        if not self or asked.is_empty():
            return pl.Series([], dtype=pl.String)
        return compare(prepared(asked), self._names, minimum, left_asks=True)["first"].unique()

    def entries_of(self, party: str, day: date) -> list[dict[str, Any]]:
        """The entries in force on a day of a party, by its own identifier and those that it is held one with.

        Args:
            party: the identifier that stands for the party (`topco.identity.parties`).
        """
        return [entry for listed in self._listed_parties.get(party, ()) for entry in self._in_force(listed, day)]

    def _in_force(self, listed: str, day: date) -> list[dict[str, Any]]:
        return [
            row
            for row in self._by_id[listed]
            if (row["valid_from"] is None or row["valid_from"] <= day)
            and (row["valid_to"] is None or row["valid_to"] > day)
        ]


def _of(row: dict[str, Any]) -> tuple[str, str]:
    return row["id"], row["name"]
