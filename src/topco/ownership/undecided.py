"""Pairs that nobody has decided and that would change an answer: `docs/identity.md`, section 3.

Two identifiers may be one company: names are alike, a number is shared by two records that cannot both have it, or a
person was unsure. Such a pair decides nothing. If one of the two stands anywhere above an entity, the entity is
resolved once more as if they were one; where the answer differs, the pair is named in it.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from topco.identity.policy import policy
from topco.ownership.headquarters import headquarters
from topco.ownership.layers import PLAIN
from topco.ownership.neighbourhood import tables_about, vintages
from topco.ownership.single_steps import resolved
from topco.ownership.snapshot import Tables, build
from topco.ownership.status import Status
from topco.store.quads import entity_iri
from topco.store.today import today

if TYPE_CHECKING:
    from collections.abc import Iterable

    from topco.ownership.parent_tests import ParentTest
    from topco.store.store import Store

TRIED = 12
"""How many pairs are tried for one entity, the surest first; how many were left is said."""

_NAMING = {
    "entities": ("id",),
    "relationships": ("child", "parent"),
    "absences": ("subject",),
    "holdings": ("owner", "owned"),
    "headquarters": ("id",),
}


class _Outcome(NamedTuple):
    """What a resolution would be: the part that is shown, and what else an answer may depend on.

    `others`: the highest company that evidence names and its headquarters, and which of the ultimate parents are
    confirmed.
    """

    shown: dict[str, Any]
    others: Any


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
        on_chain: the parties on its chain, itself among them; pairs of these go before those of others above it.
        pairs: `undecided` of `topco.identity.parties.Parties`, by party.
    """
    # Up to today, everything is known.
    known = None if known_as_of is not None and known_as_of >= today() else known_as_of
    tables = tables_about(store, [entity], day, known, test)
    chain = set(on_chain)
    # Who has a little of a company is on no chain, and may have more of it together with somebody else.
    above = chain.union(
        *(tables.relationships[one] for one in ("child", "parent")),
        *map(tables.holdings.get_column, ("owner", "owned")),
    )
    near = pairs.filter(pl.col("first").is_in(above) | pl.col("second").is_in(above))
    on_it = pl.col("first").is_in(chain) | pl.col("second").is_in(chain)
    # A number on two records and a person's doubt say more than any likeness of names.
    near = near.sort(pl.col("why") == "proposed", ~on_it, maintain_order=True)
    found = []
    now = _outcome(tables, entity, store, day, known, test)
    for pair in near.head(TRIED).iter_rows(named=True):
        both = tables_about(store, [entity, pair["first"], pair["second"]], day, known, test)
        kept, other = _in_order(pair["first"], pair["second"], both)
        joined = _as_one(both, other, kept)
        then = _outcome(joined, kept if entity == other else entity, store, day, known, test)
        if then != now:
            found.append({**pair, "would_be": then.shown})
    return found, max(len(near) - TRIED, 0)


def _outcome(
    tables: Tables, entity: str, store: Store, day: date, known_as_of: date | None, test: ParentTest
) -> _Outcome:
    evidence = build(tables, day, vintages(store, known_as_of), test, pl.Series([entity]))
    closure = resolved(evidence.snapshot, PLAIN)
    seats = headquarters(evidence, closure)
    (node,) = evidence.node_of([entity])
    assert node is not None
    tops = sorted(closure.ultimate_parents(node))
    highest = int(closure.highest[node])
    shown = {
        "status": Status(closure.status[node]).word,
        "hq_countries": list(seats.possible(node)),
        "ultimate_parents": [evidence.ids[top] for top in tops],
        "ultimate_parent_hq_countries": sorted({country for top in tops for country in seats.possible(top)}),
    }
    others = evidence.ids[highest], seats.possible(highest), [int(closure.status[top]) for top in tops]
    return _Outcome(shown, others)


def _in_order(first: str, second: str, tables: Tables) -> tuple[str, str]:
    """The two with the one first that would stand for both: `topco.identity.clusters`, 4."""
    described = set(tables.entities["id"])
    ranked = sorted(
        (first, second), key=lambda one: (policy().scheme_order(one), one not in described, entity_iri(one))
    )
    return ranked[0], ranked[1]


def _as_one(tables: Tables, identifier: str, party: str) -> Tables:
    """The same rows with one identifier in the place of another."""
    changed = {}
    for name, columns in _NAMING.items():
        frame: pl.DataFrame = getattr(tables, name)
        changed[name] = frame.with_columns(pl.col(column).replace(identifier, party) for column in columns)
    return Tables(**changed)
