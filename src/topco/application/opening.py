"""What a store says of itself to somebody who opens it: how much is loaded and how old, and entities to begin with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from topco.application.sources import is_stale
from topco.identity.parties import party_table
from topco.ownership.parent_tests import RELATIONSHIP_KINDS
from topco.ownership.vocabulary import vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable

    from topco.store.store import Store

SHOWN = 3


@dataclass(frozen=True)
class Loaded:
    """What is in force: how many loads and records of entities, from when to when, and the loads that are stale."""

    loads: int
    entities: int
    oldest: date
    newest: date
    stale: tuple[str, ...]


@dataclass(frozen=True)
class Example:
    """An entity worth a look; `why` is a code that `data/reports/words.ttl` has words for."""

    id: str
    name: str
    why: str


def loaded(store: Store) -> Loaded | None:
    """What is in force in a store; None if nothing is."""
    loads = store.current_loads()
    if not loads:
        return None
    days = [load.vintage for load in loads]
    stale = [one.id for one in loads if is_stale(one)]
    entities = sum(load.tables.get("entities", 0) for load in loads)
    return Loaded(len(loads), entities, min(days), max(days), tuple(stale))


def examples(store: Store) -> list[Example]:
    """A few entities, each of another kind; of a kind the first by its identifier."""
    entities = (
        party_table(store, "entities", ["id", "name", "hq_country", "standing"])
        .filter(pl.col("name").is_not_null())
        .unique("id", keep="first", maintain_order=True)
        .sort("id")
    )
    found: dict[str, Example] = {}
    for why, chosen in _KINDS:
        if len(found) == SHOWN:
            break
        for identifier, name in (
            chosen(store, entities).select("id", "name").sort("id").head(SHOWN + 1).collect().iter_rows()
        ):
            if identifier not in found:
                found[identifier] = Example(identifier, name, why)
                break
    return list(found.values())


def _parent_elsewhere(store: Store, entities: pl.LazyFrame) -> pl.LazyFrame:
    """Companies whose recorded parent has its headquarters in another country."""
    steps = party_table(store, "relationships", ["child", "parent", "kind"])
    parents = entities.select(parent="id", elsewhere="hq_country")
    consolidated = steps.filter(pl.col("kind").is_in(list(RELATIONSHIP_KINDS))).join(parents, on="parent")
    return entities.join(consolidated, left_on="id", right_on="child").filter(
        pl.col("hq_country") != pl.col("elsewhere")
    )


def _withheld(store: Store, entities: pl.LazyFrame) -> pl.LazyFrame:
    """Companies that state a reason for naming no parent which does not mean that there is none."""
    reasons = party_table(store, "absences", ["subject", "reason"])
    silent = reasons.filter(~pl.col("reason").is_in(sorted(vocabulary().no_parent)))
    return entities.join(silent, left_on="id", right_on="subject", how="semi")


def _held(store: Store, entities: pl.LazyFrame) -> pl.LazyFrame:
    """Companies with several recorded holders."""
    holders = party_table(store, "holdings", ["owner", "owned"]).unique().group_by("owned").len()
    several = holders.filter(pl.col("len") > 1)
    return entities.join(several, left_on="id", right_on="owned", how="semi")


def _any(_: Store, entities: pl.LazyFrame) -> pl.LazyFrame:
    return entities


_KINDS: tuple[tuple[str, Callable[[Store, pl.LazyFrame], pl.LazyFrame]], ...] = (
    ("parent_elsewhere", _parent_elsewhere),
    ("several_holders", _held),
    ("parent_withheld", _withheld),
    *(("recorded", _any),) * SHOWN,
)
