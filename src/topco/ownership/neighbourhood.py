"""The evidence that bears on a few entities: everything upwards from them, read with filters on the Parquet files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from topco.ownership.snapshot import ABSENCE_COLUMNS, ENTITY_COLUMNS, RELATIONSHIP_COLUMNS, Evidence, build, in_force

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from topco.store.store import Store

SOURCE_COLUMNS = ("record", "file", "row")
WEAKER_COLUMNS = ("registered_country", "jurisdiction")

# Each step upwards scans the relationships once. Chains are short; a longer one is followed in memory.
_SCANS = 6


def evidence_about(store: Store, ids: Iterable[str], as_of: date, known_as_of: date | None) -> Evidence:
    """The entities, all that stands above them, and the rows about these, with their sources."""
    wanted = list(dict.fromkeys(ids))
    relationships = _upwards(store, wanted, as_of, known_as_of)
    nodes = pl.concat([pl.Series(wanted, dtype=pl.String), relationships["child"], relationships["parent"]]).unique()
    entities, absences = pl.collect_all(
        [
            store.table(
                "entities", [*ENTITY_COLUMNS, *WEAKER_COLUMNS, *SOURCE_COLUMNS], known_as_of=known_as_of
            ).filter(pl.col("id").is_in(nodes.implode())),
            store.table("absences", [*ABSENCE_COLUMNS, "level", *SOURCE_COLUMNS], known_as_of=known_as_of).filter(
                pl.col("subject").is_in(nodes.implode())
            ),
        ]
    )
    return build(entities, relationships, absences, as_of, vintages(store, known_as_of))


def all_evidence(store: Store, as_of: date, known_as_of: date | None, *, sources: bool) -> Evidence:
    """Everything that the loads in force say; with `sources`, also where each row stands."""
    more = SOURCE_COLUMNS if sources else ()
    entities, relationships, absences = pl.collect_all(
        [
            store.table(
                "entities", [*ENTITY_COLUMNS, *(WEAKER_COLUMNS if sources else ()), *more], known_as_of=known_as_of
            ),
            in_force(store.table("relationships", [*RELATIONSHIP_COLUMNS, *more], known_as_of=known_as_of), as_of),
            store.table(
                "absences", [*ABSENCE_COLUMNS, *(("level",) if sources else ()), *more], known_as_of=known_as_of
            ),
        ]
    )
    return build(entities, relationships, absences, as_of, vintages(store, known_as_of))


def vintages(store: Store, known_as_of: date | None) -> dict[str, date]:
    """The vintage of each load in force."""
    return {load.id: load.vintage for load in store.current_loads(known_as_of)}


def _upwards(store: Store, ids: list[str], as_of: date, known_as_of: date | None) -> pl.DataFrame:
    """All relationship rows on the chains of these entities, and one of each kind from below that names them."""
    rows = in_force(
        store.table("relationships", [*RELATIONSHIP_COLUMNS, *SOURCE_COLUMNS], known_as_of=known_as_of), as_of
    )
    found: list[pl.DataFrame] = []
    seen, frontier = set(ids), pl.Series(ids, dtype=pl.String)
    for scan in range(_SCANS):
        wanted = pl.col("child").is_in(frontier.implode())
        if scan == 0:
            met = rows.filter(wanted | pl.col("parent").is_in(frontier.implode())).collect()
            own = met["child"].is_in(ids)
            found.append(met.filter(~own).unique(subset=["parent", "step"]))
            met = met.filter(own)
        else:
            met = rows.filter(wanted).collect()
        found.append(met)
        above = [parent for parent in met["parent"].unique() if parent not in seen]
        if not above:
            return pl.concat(found)
        seen.update(above)
        frontier = pl.Series(above, dtype=pl.String)
    everything = rows.collect()
    parents = dict(everything.group_by("child").agg("parent").iter_rows())
    beyond: set[str] = set()
    waiting = frontier.to_list()
    while waiting:
        company = waiting.pop()
        beyond.add(company)
        new = [parent for parent in parents.get(company, ()) if parent not in seen]
        seen.update(new)
        waiting += new
    return pl.concat([*found, everything.filter(pl.col("child").is_in(list(beyond)))])
