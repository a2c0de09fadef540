"""Which parties screening lists have nothing to say about, on no day: for orders by the million.

Such a party, and everybody above it by any record of any day, is not listed, is by no name like a listed one, is in no
pair that nobody has decided, and holds nothing that a record states. Then it has no red flag, and no share of listed
owners is known of it. The others are looked at one by one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import polars as pl

from topco.identity.parties import parties, party_table
from topco.matching.proposals import NAMES
from topco.namespaces import normalise_id

if TYPE_CHECKING:
    from datetime import date

    from topco.matching.listings import Listings
    from topco.store.store import Store

_BELOW, _ABOVE = "below", "above"


def untouched(store: Store, known_as_of: date | None, listings: Listings, ids: Iterable[str]) -> frozenset[str]:
    """Those of the identifiers, as given, that lists do not touch.

    Args:
        listings: of the same store and day.
    """
    given = list(dict.fromkeys(ids))
    known = parties(store, known_as_of)
    asked = known.party_of([normalise_id(one) for one in given])
    steps = _steps(store, known_as_of)
    reached = _reached(pl.Series(asked, dtype=pl.String).unique(), steps)
    touched = _touched(store, known_as_of, listings, reached)
    while True:
        below = steps.filter(pl.col(_ABOVE).is_in(touched.implode()))[_BELOW]
        more = below.filter(below.is_in(reached.implode()) & ~below.is_in(touched.implode())).unique()
        if more.is_empty():
            break
        touched = pl.concat([touched, more])
    told = set(touched)
    return frozenset(one for one, party in zip(given, asked, strict=True) if party not in told)


def _steps(store: Store, known_as_of: date | None) -> pl.DataFrame:
    """Who stands above whom by any record: ended and void ones, funds and managers, and every holding."""
    sides = (("relationships", "child", "parent"), ("holdings", "owned", "owner"))
    parts = [
        party_table(store, table, [below, above], known_as_of=known_as_of).select(
            pl.col(below).alias(_BELOW), pl.col(above).alias(_ABOVE)
        )
        for table, below, above in sides
    ]
    return pl.concat(parts).unique().collect()


def _reached(start: pl.Series, steps: pl.DataFrame) -> pl.Series:
    seen, frontier = start, start
    while not frontier.is_empty():
        above = steps.filter(pl.col(_BELOW).is_in(frontier.implode()))[_ABOVE].unique()
        frontier = above.filter(~above.is_in(seen.implode()))
        seen = pl.concat([seen, frontier.alias(seen.name)])
    return seen


def _touched(store: Store, known_as_of: date | None, listings: Listings, reached: pl.Series) -> pl.Series:
    """The parties for which something speaks."""
    about = reached.implode()
    tables = [
        party_table(store, table, ["id", "name"], known_as_of=known_as_of)
        .filter(pl.col("id").is_in(about))
        .select("id", "name")
        for table in ("entities", "names")
    ]
    names = pl.concat(tables).filter(pl.col("name").is_not_null()).unique().collect()
    without = reached.filter(~reached.is_in(names["id"].implode()))
    # What has no name stands by its identifier.
    own = pl.DataFrame({"id": without, "name": without})
    nothing = pl.lit(None, dtype=pl.String)
    asked = pl.concat([names, own]).with_columns(country=nothing, kind=nothing).select(*NAMES)
    pairs = parties(store, known_as_of).undecided
    held = party_table(store, "holdings", ["owned"], known_as_of=known_as_of).select("owned").unique().collect()
    found = (listings.alike(asked), listings.parties, pairs["first"], pairs["second"], held["owned"])
    every = pl.concat([one.cast(pl.String).alias("id") for one in found]).unique()
    return every.filter(every.is_in(about))
