"""The evidence of some entities as a small rdflib graph: what the shapes need to judge them, and no more.

A neighbourhood holds everything about the entities themselves and, of the companies that they name, only what shapes
look up: that a record exists, and whom their own records name. Those companies get no class, so no shape targets them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    import polars as pl
    from pyoxigraph import Quad
    from rdflib import Graph

    from topco.store.store import Store

_LINKS = frozenset({"subjectEntity", "interestedParty"})
# The column of each table that says whom a row is about.
_ABOUT = {
    "entities": "id",
    "names": "id",
    "relationships": "child",
    "absences": "subject",
    "holdings": "owned",
    "identifiers": "id",
    "headquarters": "id",
    "judgements": "first",
    "listings": "id",
}


@dataclass
class Neighbourhood:
    """The graph of some entities, and which load each of their source records came from (by IRI)."""

    graph: Graph
    load_of: dict[str, str] = field(default_factory=dict)


def subjects(store: Store, known_as_of: date | None = None) -> pl.Series:
    """The ids of everything that a record of the current loads is about, sorted."""
    import polars as pl

    parts = [
        store.table(table, [column], known_as_of=known_as_of).select(pl.col(column).alias("id"))
        for table, column in _ABOUT.items()
    ]
    return pl.concat(parts).drop_nulls().unique().sort("id").collect()["id"]


def neighbourhood(
    store: Store, ids: pl.Series, *, known_as_of: date | None = None, background: Graph | None = None
) -> Neighbourhood:
    """The graph of these entities.

    Args:
        ids: identifiers (`LEI:…`).
        background: triples that belong into every neighbourhood, such as the countries.
    """
    import polars as pl
    from rdflib import Graph

    result = Neighbourhood(Graph())
    if background is not None:
        result.graph += background
    own = {
        table: store.table(table, known_as_of=known_as_of).filter(pl.col(column).is_in(ids.implode())).collect()
        for table, column in _ABOUT.items()
    }
    named = pl.concat(
        [
            own["relationships"].select(pl.col("parent").alias("id")),
            own["entities"].select(pl.col("successor").alias("id")),
            own["holdings"].select(pl.col("owner").alias("id")),
        ]
    ).drop_nulls()
    others = named.unique().filter(~pl.col("id").is_in(ids.implode()))["id"]
    for table, frame in own.items():
        _add(result, table, frame)
    if len(others):
        described = store.table("entities", known_as_of=known_as_of).filter(pl.col("id").is_in(others.implode()))
        steps = store.table("relationships", known_as_of=known_as_of).filter(pl.col("child").is_in(others.implode()))
        _add(result, "entities", described.collect(), only=frozenset({"describesEntity"}))
        _add(result, "relationships", steps.collect(), only=_LINKS)
    return result


def slices(ids: pl.Series, size: int) -> Iterator[pl.Series]:
    """The ids in pieces of at most `size`.

    >>> import polars as pl
    >>> [len(part) for part in slices(pl.Series(["a", "b", "c"]), 2)]
    [2, 1]
    """
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def add_quads(graph: Graph, quads: Iterable[Quad]) -> None:
    """Put quads of the store into an rdflib graph, without their graph names."""
    from topco.validation.terms import rdflib_term

    for quad in quads:
        graph.add((rdflib_term(quad.subject), rdflib_term(quad.predicate), rdflib_term(quad.object)))


def _add(result: Neighbourhood, table: str, frame: pl.DataFrame, only: frozenset[str] = frozenset()) -> None:
    from topco.namespaces import term
    from topco.store.quads import evidence_quads, record_iri

    wanted = {term(name) for name in only}
    for (load,), part in frame.group_by("load"):
        quads: Iterable[Quad] = evidence_quads(str(load), table, part.drop("load"))
        if wanted:
            quads = (quad for quad in quads if quad.predicate.value in wanted)
        else:
            for record in part["record"]:
                iri = record_iri(record)
                result.load_of[iri] = min(result.load_of.get(iri, str(load)), str(load))
        add_quads(result.graph, quads)


def as_ids(identifiers: Sequence[str]) -> pl.Series:
    """Identifiers as a column.

    >>> as_ids(["LEI:X"]).to_list()
    ['LEI:X']
    """
    import polars as pl

    return pl.Series("id", list(identifiers), dtype=pl.String)
