"""Pairs that nobody has decided and that would change an answer: `docs/identity.md`, section 3.

Two identifiers may be one company: names are alike, a number is shared by two records that cannot both have it, or a
person was unsure. Such a pair decides nothing. If one of the two is on the chain of an entity, the entity is resolved
once more as if they were one; where the answer differs, the pair is named in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from topco.ownership.headquarters import headquarters
from topco.ownership.layers import PLAIN
from topco.ownership.neighbourhood import tables_about, vintages
from topco.ownership.single_steps import resolved
from topco.ownership.snapshot import Tables, build
from topco.ownership.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from topco.ownership.parent_tests import ParentTest
    from topco.store.store import Store

TRIED = 12
"""How many pairs are tried for one entity, the surest first; how many were left is said."""

Outcome = dict[str, Any]
_NAMING = {
    "entities": ("id",),
    "relationships": ("child", "parent"),
    "absences": ("subject",),
    "holdings": ("owner", "owned"),
    "headquarters": ("id",),
}


def undecided_about(
    store: Store,
    entity: str,
    on_chain: Iterable[str],
    pairs: pl.DataFrame,
    day: date,
    known_as_of: date | None,
    test: ParentTest,
) -> tuple[list[dict[str, Any]], int]:
    """The pairs that would change the resolution of an entity, with what it would be, and how many were not tried.

    Args:
        entity: the party whose resolution it is.
        on_chain: the parties on its chain, itself among them.
        pairs: `undecided` of `topco.identity.parties.Parties`, by party.
    """
    chain = list(on_chain)
    near = pairs.filter(pl.col("first").is_in(chain) | pl.col("second").is_in(chain))
    found = []
    now = _outcome(tables_about(store, [entity], day, known_as_of, test), entity, store, day, known_as_of, test)
    for pair in near.head(TRIED).iter_rows(named=True):
        kept, other = (pair["first"], pair["second"]) if pair["first"] in chain else (pair["second"], pair["first"])
        tables = _as_one(tables_about(store, [entity, other], day, known_as_of, test), other, kept)
        then = _outcome(tables, kept if entity == other else entity, store, day, known_as_of, test)
        if then != now:
            found.append({**pair, "would_be": then})
    return found, max(len(near) - TRIED, 0)


def _outcome(
    tables: Tables, entity: str, store: Store, day: date, known_as_of: date | None, test: ParentTest
) -> Outcome:
    evidence = build(tables, day, vintages(store, known_as_of), test, pl.Series([entity]))
    closure = resolved(evidence.snapshot, PLAIN)
    seats = headquarters(evidence, closure)
    (node,) = evidence.node_of([entity])
    assert node is not None
    tops = sorted(closure.ultimate_parents(node))
    return {
        "status": Status(closure.status[node]).word,
        "hq_countries": list(seats.possible(node)),
        "ultimate_parents": [evidence.ids[top] for top in tops],
        "ultimate_parent_hq_countries": sorted({country for top in tops for country in seats.possible(top)}),
    }


def _as_one(tables: Tables, identifier: str, party: str) -> Tables:
    """The same rows with one identifier in the place of another."""
    changed = {}
    for name, columns in _NAMING.items():
        frame: pl.DataFrame = getattr(tables, name)
        changed[name] = frame.with_columns(pl.col(column).replace(identifier, party) for column in columns)
    return Tables(**changed)
