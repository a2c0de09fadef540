"""How far the loads in force cover each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from topco.store.store import Store

PARENTAL = ("DirectConsolidation", "UltimateConsolidation", "InternationalBranch")


def parents_without_record(store: Store) -> int:
    """How many companies stand as a parent or head office without an entity record in the loads in force."""
    parents = store.table("relationships", ["parent", "kind"]).filter(pl.col("kind").is_in(PARENTAL))
    return _without_record(store, parents.select(pl.col("parent").alias("id")))


def parties_without_record(store: Store) -> int:
    """How many parties stand in a holding, as owner or as owned, without an entity record in the loads in force."""
    holdings = store.table("holdings", ["owner", "owned"])
    return _without_record(store, pl.concat([holdings.select(pl.col(side).alias("id")) for side in ("owner", "owned")]))


def _without_record(store: Store, parties: pl.LazyFrame) -> int:
    described = store.table("entities", ["id"]).select("id")
    missing = parties.unique().join(described, on="id", how="anti")
    count: int = missing.select(pl.len()).collect(engine="streaming").item()
    return count
