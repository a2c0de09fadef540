"""What sources state of an entity itself: that it has no parent or withholds it, and where its headquarters is."""

from __future__ import annotations

from datetime import date

import polars as pl

from topco.identity.policy import UNRANKED, policy
from topco.ownership.layers import Flags, marked
from topco.ownership.vocabulary import vocabulary

REGISTER_RECORD = "registerRecord"
"""The basis of a headquarters that stands on an entity's own record."""


def parent_marks(n: int, absences: pl.DataFrame) -> tuple[Flags, Flags]:
    """Who states that there is no parent, and who withholds one: `docs/resolution.md`, section 1.

    Args:
        absences: columns `node`, `reason` and `load`.
    """
    known = pl.col("reason").is_in(list(vocabulary().no_parent)).fill_null(value=False)
    differing = pl.col("reason").n_unique() > 1
    said = absences.group_by("node", "load").agg(hides=~known.all() | differing)
    withholds = marked(n, said.filter("hides")["node"].to_numpy())
    return marked(n, absences["node"].to_numpy()) & ~withholds, withholds


def seats_of(entities: pl.DataFrame, stated: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Every headquarters that a source gives on a day, the best basis of the policy first.

    Where the policy lets the best source prevail, the others are left out.

    Args:
        entities: entity rows with `node`; those that are void give nothing.
        stated: rows of the table `headquarters` with `node`.
    """
    on_record = entities.filter(
        pl.col("hq_country").is_not_null() & (pl.col("standing") != "Void").fill_null(value=True)
    ).with_columns(country="hq_country", basis=pl.lit(REGISTER_RECORD), stated_by=pl.lit(None, dtype=pl.String))
    on_the_day = (pl.col("valid_from").is_null() | (pl.col("valid_from") <= as_of)) & (
        pl.col("valid_to").is_null() | (pl.col("valid_to") > as_of)
    )
    apart = stated.filter(on_the_day & pl.col("country").is_not_null())
    columns = ["node", "country", "basis", "stated_by", "load"]
    columns += [name for name in ("record", "file", "row") if name in entities.columns and name in stated.columns]
    place = pl.col("basis").replace_strict(policy().bases, default=UNRANKED, return_dtype=pl.Int64)
    seats = pl.concat([on_record.select(columns), apart.select(columns)])
    if len(apart):
        seats = seats.sort("node", place, maintain_order=True)
    if not policy().all_headquarters_stand:
        seats = seats.filter(place == place.min().over("node"))
    return seats
