"""The evidence that bears on a few entities: everything upwards from them, read with filters on the Parquet files."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from topco.identity.parties import party_table
from topco.ownership.holding_rows import COLUMNS as HOLDING_COLUMNS
from topco.ownership.holding_rows import counting
from topco.ownership.snapshot import (
    ABSENCE_COLUMNS,
    ENTITY_COLUMNS,
    HEADQUARTERS_COLUMNS,
    RELATIONSHIP_COLUMNS,
    Evidence,
    Tables,
    build,
    in_force,
)
from topco.store.having import Having

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from topco.ownership.parent_tests import ParentTest
    from topco.store.store import Store

SOURCE_COLUMNS = ("record", "file", "row")
WEAKER_COLUMNS = ("registered_country", "jurisdiction")

# Each step upwards scans the relationships once. Chains are short; a longer one is followed in memory.
_SCANS = 12


def evidence_about(
    store: Store, ids: Iterable[str], as_of: date, known_as_of: date | None, test: ParentTest
) -> Evidence:
    """The entities, all that stands above them, and the rows about these, with their sources."""
    wanted = list(dict.fromkeys(ids))
    return evidence_in(tables_about(store, wanted, as_of, known_as_of, test), store, wanted, as_of, known_as_of, test)


def evidence_in(
    tables: Tables, store: Store, ids: Sequence[str], as_of: date, known_as_of: date | None, test: ParentTest
) -> Evidence:
    """The same of the tables of `tables_about` for these entities."""
    return build(tables, as_of, vintages(store, known_as_of), test, _owners(store, ids, as_of, known_as_of, test))


def tables_about(store: Store, ids: Iterable[str], as_of: date, known_as_of: date | None, test: ParentTest) -> Tables:
    """The rows of `evidence_about`, before a snapshot is made of them."""
    wanted = list(dict.fromkeys(ids))
    relationships, holdings = _upwards(store, wanted, as_of, known_as_of, test)
    named = [relationships["child"], relationships["parent"], holdings["owned"], holdings["owner"]]
    nodes = pl.concat([pl.Series(wanted, dtype=pl.String), *named]).unique()
    columns = [*ENTITY_COLUMNS, *WEAKER_COLUMNS, *SOURCE_COLUMNS]
    entities = party_table(store, "entities", columns, known_as_of=known_as_of, having=Having(("id",), nodes))
    columns = [*ABSENCE_COLUMNS, "level", *SOURCE_COLUMNS]
    absences = party_table(store, "absences", columns, known_as_of=known_as_of, having=Having(("subject",), nodes))
    described, said = pl.collect_all([entities, absences])
    stated = headquarters_stated(store, known_as_of, nodes, sources=True)
    return Tables(described, relationships, said, holdings, stated)


def _owners(
    store: Store, ids: Sequence[str], as_of: date, known_as_of: date | None, test: ParentTest
) -> pl.Series | None:
    """Those of the entities that hold something, if the test looks at holdings."""
    if test.criteria is None:
        return None
    columns = ["owner", "standing", "valid_from", "valid_to"]
    having = Having(("owner",), pl.Series(ids, dtype=pl.String))
    rows = counting(party_table(store, "holdings", columns, known_as_of=known_as_of, having=having), as_of)
    return rows.select(pl.col("owner").unique()).collect()["owner"]


def all_evidence(store: Store, as_of: date, known_as_of: date | None, test: ParentTest, *, sources: bool) -> Evidence:
    """Everything that the loads in force say; with `sources`, also where each row stands."""
    more = SOURCE_COLUMNS if sources else ()
    tables = pl.collect_all(
        [
            party_table(
                store,
                "entities",
                [*ENTITY_COLUMNS, *(WEAKER_COLUMNS if sources else ()), *more],
                known_as_of=known_as_of,
            ),
            in_force(
                party_table(store, "relationships", [*RELATIONSHIP_COLUMNS, *more], known_as_of=known_as_of), as_of
            ),
            party_table(
                store, "absences", [*ABSENCE_COLUMNS, *(("level",) if sources else ()), *more], known_as_of=known_as_of
            ),
            counting(party_table(store, "holdings", [*HOLDING_COLUMNS, *more], known_as_of=known_as_of), as_of),
        ]
    )
    stated = headquarters_stated(store, known_as_of, None, sources=sources)
    entities, relationships, absences, holdings = tables
    everything = Tables(entities, relationships, absences, holdings, stated)
    return build(everything, as_of, vintages(store, known_as_of), test)


def headquarters_stated(
    store: Store, known_as_of: date | None, nodes: pl.Series | None, *, sources: bool
) -> pl.DataFrame:
    """Statements of headquarters apart from records, of these parties or of all."""
    columns = [*HEADQUARTERS_COLUMNS, *(SOURCE_COLUMNS if sources else ())]
    having = None if nodes is None else Having(("id",), nodes)
    return party_table(store, "headquarters", columns, known_as_of=known_as_of, having=having).collect()


def vintages(store: Store, known_as_of: date | None) -> dict[str, date]:
    """The vintage of each load in force."""
    return {load.id: load.vintage for load in store.current_loads(known_as_of)}


def _upwards(
    store: Store, ids: list[str], as_of: date, known_as_of: date | None, test: ParentTest
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """All relationship and holding rows on the chains of these entities.

    Of the relationships also one of each kind from below that names an entity.
    """

    def relationships(having: Having | None) -> pl.LazyFrame:
        columns = [*RELATIONSHIP_COLUMNS, *SOURCE_COLUMNS]
        return in_force(party_table(store, "relationships", columns, known_as_of=known_as_of, having=having), as_of)

    def holdings(having: Having | None) -> pl.LazyFrame:
        columns = [*HOLDING_COLUMNS, *SOURCE_COLUMNS]
        rows = party_table(store, "holdings", columns, known_as_of=known_as_of, having=having)
        return counting(rows if test.criteria is not None else rows.clear(), as_of)

    tables = (_Upwards(relationships, "child", "parent"), _Upwards(holdings, "owned", "owner"))
    found: list[list[pl.DataFrame]] = [[], []]
    seen, frontier = set(ids), pl.Series(ids, dtype=pl.String)
    below = relationships(Having(("parent",), frontier)).filter(~pl.col("child").is_in(ids)).collect()
    found[0].append(below.unique(subset=["parent", "step"]))
    for _ in range(_SCANS):
        met = [table.from_below(frontier) for table in tables]
        for rows, more in zip(found, met, strict=True):
            rows.append(more)
        parents = {parent for table, rows in zip(tables, met, strict=True) for parent in rows[table.above]}
        if parents <= seen:
            return _each_once(found)
        frontier = pl.Series(sorted(parents - seen), dtype=pl.String)
        seen |= parents
    everything = [table.rows(None).collect() for table in tables]
    above: dict[str, list[str]] = {}
    for table, every in zip(tables, everything, strict=True):
        for company, parents_of in every.group_by(table.below).agg(table.above).iter_rows():
            above.setdefault(company, []).extend(parents_of)
    beyond: set[str] = set()
    waiting = frontier.to_list()
    while waiting:
        company = waiting.pop()
        beyond.add(company)
        new = [parent for parent in above.get(company, ()) if parent not in seen]
        seen.update(new)
        waiting += new
    for table, rows, every in zip(tables, found, everything, strict=True):
        rows.append(every.filter(pl.col(table.below).is_in(list(beyond))))
    return _each_once(found)


def _each_once(found: list[list[pl.DataFrame]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A row that was met from below an entity is met again where its company lies on another one's chain."""
    relationships, holdings = (pl.concat(parts).unique(maintain_order=True) for parts in found)
    return relationships, holdings


class _Upwards(NamedTuple):
    """Rows that lead from one company (column `below`) to another one above it."""

    rows: Callable[[Having | None], pl.LazyFrame]
    below: str
    above: str

    def from_below(self, companies: pl.Series) -> pl.DataFrame:
        return self.rows(Having((self.below,), companies)).collect()
