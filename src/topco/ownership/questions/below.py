"""The evidence that bears on what a party controls and holds: everything downwards from it.

Whether a party controls a company hangs on what the companies below the party hold, and on what others have beside
them. So the rows about every company below are read with all its owners, and what stands above those owners is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from topco.identity.parties import party_table
from topco.ownership.control import Family
from topco.ownership.holding_rows import COLUMNS as HOLDING_COLUMNS
from topco.ownership.holding_rows import counting
from topco.ownership.neighbourhood import SOURCE_COLUMNS, headquarters_stated, vintages
from topco.ownership.parent_tests import interest_families
from topco.ownership.questions.levels import levels
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
    from datetime import date

    from topco.ownership.parent_tests import ParentTest
    from topco.store.store import Store

# Each step downwards scans the pairs of owner and company once; a deeper group is followed on arrays.
_SCANS = 6


def evidence_below(store: Store, party: str, as_of: date, known_as_of: date | None, test: ParentTest) -> Evidence:
    """A party, all that stands below it by steps that count under the test, and everyone with something in these."""
    relationships = in_force(
        party_table(store, "relationships", [*RELATIONSHIP_COLUMNS, *SOURCE_COLUMNS], known_as_of=known_as_of), as_of
    ).filter(pl.col("step").is_in([int(step) for step in test.steps]))
    holdings = counting(
        party_table(store, "holdings", [*HOLDING_COLUMNS, *SOURCE_COLUMNS], known_as_of=known_as_of), as_of
    )
    if test.criteria is None:
        holdings = holdings.filter(pl.lit(False))
    families = frozenset() if test.criteria is None else test.criteria.families | {Family.SHARES}
    interests = [interest for interest, family in interest_families().items() if family in families]
    pairs = pl.concat(
        [
            relationships.select(above="parent", below="child"),
            holdings.filter(pl.col("interest").is_in(interests)).select(above="owner", below="owned"),
        ]
    )
    group = _downwards(pairs, party)
    about = group.implode()
    steps, held = pl.collect_all(
        [
            relationships.filter(pl.col("child").is_in(about)),
            holdings.filter(pl.col("owned").is_in(about)),
        ]
    )
    everyone = pl.concat([group, steps["parent"].alias("id"), held["owner"].alias("id")]).unique()
    named = everyone.implode()
    entities, absences = pl.collect_all(
        [
            party_table(store, "entities", [*ENTITY_COLUMNS, *SOURCE_COLUMNS], known_as_of=known_as_of).filter(
                pl.col("id").is_in(named)
            ),
            party_table(store, "absences", [*ABSENCE_COLUMNS, *SOURCE_COLUMNS], known_as_of=known_as_of).filter(
                pl.col("subject").is_in(named)
            ),
        ]
    )
    stated = headquarters_stated(store, known_as_of, everyone, sources=True)
    return build(Tables(entities, steps, absences, held, stated), as_of, vintages(store, known_as_of), test)


def _downwards(pairs: pl.LazyFrame, party: str) -> pl.Series:
    """The party and all that stands below it."""
    seen = pl.Series("id", [party], dtype=pl.String)
    frontier = seen
    for _ in range(_SCANS):
        met = pairs.filter(pl.col("above").is_in(frontier.implode())).select("below").collect()["below"].unique()
        frontier = met.filter(~met.is_in(seen.implode())).alias("id")
        if not len(frontier):
            return seen
        seen = pl.concat([seen, frontier])
    every = pairs.unique().collect()
    ids = pl.concat([every["above"].alias("id"), every["below"].alias("id"), seen]).unique().sort()
    codes = pl.Enum(ids)
    numbers = {column: every[column].cast(codes).to_physical().to_numpy().astype(np.int32) for column in every.columns}
    start = seen.cast(codes).to_physical().to_numpy().astype(np.int32)
    return ids.filter(pl.Series(levels(len(ids), numbers["above"], numbers["below"], start) >= 0))
