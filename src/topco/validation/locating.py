"""Where the focus nodes of results were read: entity, record, load, file and row, for all of them at once.

Says of numbers in columns what `topco.validation.findings` says of nodes in a graph, by the same order of preference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from rdflib import URIRef

from topco.compile.shapes_model import Property
from topco.compile.shapes_sets import Members
from topco.compile.shapes_values import numbered, several, value_nodes
from topco.namespaces import ENTITY_BASE, term
from topco.validation.findings import ADDRESSES, NAMING

if TYPE_CHECKING:
    from topco.compile.shapes_sets import Ids
    from topco.validation.triples import StoreTriples

_NONE = -1


def located(triples: StoreTriples, focus: Members) -> pl.DataFrame:
    """One row for each focus node, in their order.

    Columns: `about` (the IRI that the node belongs to), `entity`, `record` (IRIs), `file`, `row` and `load`; null where
    there is none.
    """
    owner = np.full(len(focus), _NONE, dtype=np.int64)
    for name in reversed(ADDRESSES):
        owner = np.where((found := _least(triples, name, focus, inverse=True)) == _NONE, owner, found)
    base = np.where(owner == _NONE, focus.ids, owner)
    own = _have(triples, "sourceFile", focus) | _have(triples, "subjectEntity", focus)
    bases = Members(base)
    described = _least(triples, "describesEntity", bases, inverse=True)[bases.positions(base)]
    record = np.where(own, focus.ids, described)

    entity = np.full(len(focus), _NONE, dtype=np.int64)
    for name in reversed(NAMING):
        entity = np.where((found := _least(triples, name, focus)) == _NONE, entity, found)
    entity = np.where(entity == _NONE, owner, entity)
    iris = pl.DataFrame({"focus": triples.terms.iris(focus.ids), "entity": _iris(triples, entity)})
    is_entity = pl.col("focus").str.starts_with(ENTITY_BASE)
    places = Members(record[record != _NONE])
    files, rows, loads = _sources(triples, places)
    at = pl.Series(np.where(record == _NONE, len(places), places.positions(record)))
    return iris.select(
        about=pl.coalesce("entity", "focus"),
        entity=pl.coalesce("entity", pl.when(is_entity).then("focus")),
        record=_iris(triples, record),
        file=files.gather(at),
        row=rows.gather(at),
        load=loads.gather(at),
    )


def _have(triples: StoreTriples, name: str, focus: Members) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return several(value_nodes(triples, Property(URIRef(term(name))), focus), len(focus)) > 0


def _least(triples: StoreTriples, name: str, focus: Members, *, inverse: bool = False) -> Ids:
    """For each focus node the value whose IRI comes first, -1 if there is none."""
    found = numbered(triples, value_nodes(triples, Property(URIRef(term(name)), inverse), focus))
    positions, ids = found.positions, found.column.ids()
    chosen = np.full(len(focus), _NONE, dtype=np.int64)
    chosen[positions] = ids
    crowded = np.flatnonzero(np.bincount(positions, minlength=len(focus))[positions] > 1)
    if len(crowded):
        some = pl.DataFrame({"position": positions[crowded], "number": ids[crowded]})
        some = some.with_columns(iri=triples.terms.iris(ids[crowded])).sort("position", "iri")
        first = some.unique("position", keep="first", maintain_order=True)
        chosen[first["position"].to_numpy()] = first["number"].to_numpy()
    return chosen


def _iris(triples: StoreTriples, numbers: Ids) -> pl.Series:
    there = numbers != _NONE
    places = np.where(there, np.cumsum(there) - 1, there.sum())
    return pl.concat([triples.terms.iris(numbers[there]), pl.Series([None], dtype=pl.String)]).gather(places)


def _sources(triples: StoreTriples, records: Members) -> tuple[pl.Series, pl.Series, pl.Series]:
    """File, row and load of each record, the first of each if it has several, and a null after the last."""
    found = []
    for table in triples.tables:
        positions = records.positions(triples.records(table))
        rows = np.flatnonzero(positions >= 0)
        if len(rows):
            file, row = triples.column(table, "file"), triples.column(table, "row")
            columns = {"file": file, "row": row, "load": triples.loads(table)}
            found.append(pl.DataFrame(columns)[rows].insert_column(0, pl.Series("position", positions[rows])))
    schema = {"position": pl.Int64, "file": pl.String, "row": pl.Int64, "load": pl.String}
    every = pl.concat(found) if found else pl.DataFrame(schema=schema)
    first = every.group_by("position").agg(pl.col("file", "row", "load").min())
    whole = pl.DataFrame({"position": np.arange(len(records) + 1)}).join(first, on="position", how="left")
    whole = whole.sort("position")
    return whole["file"], whole["row"], whole["load"]
