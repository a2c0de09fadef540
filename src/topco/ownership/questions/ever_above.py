"""Everything that the loads in force ever placed above an entity, whatever the day: what a timeline is made from."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from topco.errors import NotFound
from topco.identity.parties import party_table
from topco.ownership.holding_rows import COLUMNS as HOLDING_COLUMNS
from topco.ownership.holding_rows import counting
from topco.ownership.neighbourhood import SOURCE_COLUMNS, WEAKER_COLUMNS, headquarters_stated, vintages
from topco.ownership.parent_tests import RELATIONSHIP_KINDS
from topco.ownership.snapshot import (
    ABSENCE_COLUMNS,
    ENTITY_COLUMNS,
    RELATIONSHIP_COLUMNS,
    Evidence,
    Tables,
    build,
    in_force,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from topco.ownership.parent_tests import ParentTest
    from topco.store.store import Store

# Each step upwards scans the tables once. A chain that is still not over is followed in memory.
_SCANS = 6


@dataclass(frozen=True)
class EverAbove:
    """The rows of all times about an entity and what was ever above it.

    Rows that count on no day (void ones, ended ones without an end) are left out; so are steps and holdings that the
    test does not look at. Entity records and statements about parents have no dates.
    """

    test: ParentTest
    entities: pl.DataFrame
    relationships: pl.DataFrame
    absences: pl.DataFrame
    holdings: pl.DataFrame
    headquarters: pl.DataFrame
    vintages: dict[str, date]

    def on(self, day: date) -> Evidence:
        """The evidence of one day."""
        relationships = in_force(self.relationships.lazy(), day).collect()
        holdings = counting(self.holdings.lazy(), day).collect()
        tables = Tables(self.entities, relationships, self.absences, holdings, self.headquarters)
        return build(tables, day, self.vintages, self.test)

    def days(self) -> list[date]:
        """The days on which some row begins, or is no longer in force."""
        return sorted(
            {
                day
                for table in (self.relationships, self.holdings, self.headquarters)
                for column in ("valid_from", "valid_to")
                for day in table[column].drop_nulls()
            }
        )


def ever_above(store: Store, identifier: str, known_as_of: date | None, test: ParentTest) -> EverAbove:
    """Read the rows of all times, once.

    Raises:
        BadInput: no row names the entity.
    """
    kinds = [kind for kind, step in RELATIONSHIP_KINDS.items() if step in test.steps]
    relationships = _ever_counting(
        party_table(store, "relationships", [*RELATIONSHIP_COLUMNS, *SOURCE_COLUMNS], known_as_of=known_as_of)
    ).filter(pl.col("kind").is_in(kinds))
    holdings = _ever_counting(
        party_table(store, "holdings", [*HOLDING_COLUMNS, *SOURCE_COLUMNS], known_as_of=known_as_of)
    ).filter(test.criteria is not None)
    steps = {kind: int(step) for kind, step in RELATIONSHIP_KINDS.items()}
    relationships = relationships.with_columns(step=pl.col("kind").replace_strict(steps, return_dtype=pl.Int8))
    tables = ((relationships, "child", "parent"), (holdings, "owned", "owner"))
    above = pl.Series(sorted(_upwards(tables, identifier)), dtype=pl.String)
    companies = above.implode()
    entities = party_table(
        store, "entities", [*ENTITY_COLUMNS, *WEAKER_COLUMNS, *SOURCE_COLUMNS], known_as_of=known_as_of
    ).filter(pl.col("id").is_in(companies))
    absences = party_table(
        store, "absences", [*ABSENCE_COLUMNS, "level", *SOURCE_COLUMNS], known_as_of=known_as_of
    ).filter(pl.col("subject").is_in(companies))
    about = [rows.filter(pl.col(below).is_in(companies)) for rows, below, _ in tables]
    found = pl.collect_all([entities, about[0], absences, about[1]])
    columns = zip(found, ("id", "child", "subject", "owned"), strict=True)
    if not any((table[column] == identifier).any() for table, column in columns):
        _named_from_below(store, identifier, known_as_of)
    stated = headquarters_stated(store, known_as_of, above, sources=True)
    return EverAbove(test, found[0], found[1], found[2], found[3], stated, vintages(store, known_as_of))


def _ever_counting(rows: pl.LazyFrame) -> pl.LazyFrame:
    standing = pl.col("standing").fill_null("Current")
    return rows.filter((standing == "Current") | ((standing == "Ended") & pl.col("valid_to").is_not_null()))


def _named_from_below(store: Store, identifier: str, known_as_of: date | None) -> None:
    """Raise unless some row names the entity as a parent or an owner."""
    for table, column in (("relationships", "parent"), ("holdings", "owner")):
        rows = party_table(store, table, [column], known_as_of=known_as_of).filter(pl.col(column) == identifier)
        if rows.head(1).collect().height:
            return
    raise NotFound(f"No loaded record names {identifier}.", remedy="Look it up by name: topco search TEXT.")


def _upwards(tables: Iterable[tuple[pl.LazyFrame, str, str]], identifier: str) -> set[str]:
    """The entity and all that any row leads to from it; tables with their columns below and above."""
    pairs = [rows.select(below=below, above=above) for rows, below, above in tables]
    seen, frontier = {identifier}, [identifier]
    for _ in range(_SCANS):
        companies = pl.Series(frontier, dtype=pl.String).implode()
        met = pl.collect_all([rows.filter(pl.col("below").is_in(companies)) for rows in pairs])
        frontier = sorted({parent for rows in met for parent in rows["above"]} - seen)
        if not frontier:
            return seen
        seen.update(frontier)
    above: defaultdict[str, list[str]] = defaultdict(list)
    for rows in pl.collect_all(pairs):
        for company, parent in rows.unique().iter_rows():
            above[company].append(parent)
    for company in frontier:
        fresh = dict.fromkeys(parent for parent in above[company] if parent not in seen)
        seen.update(fresh)
        frontier += fresh
    return seen
