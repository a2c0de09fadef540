"""The evidence columns read back from the graph: the definition of the columns in SPARQL, `queries/evidence/`.

The same queries extract columns from any RDF that uses the terms of `docs/evidence.md`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from topco import knowledge
from topco.namespaces import NAMESPACE, PREFIXES
from topco.ownership.shares import units
from topco.query.compact import compact_iri, plain
from topco.store.quads import DECIMAL
from topco.store.schema import schema_of

if TYPE_CHECKING:
    import polars as pl


def columns_of(database: ox.Store, graph: ox.NamedNode, table: str) -> pl.DataFrame:
    """One evidence table of the load whose graph this is.

    Args:
        database: the Oxigraph store.
        graph: the graph of a load.
        table: the name of one of the tables of `topco.store.schema`.
    """
    import polars as pl

    schema = schema_of(table)
    found = database.query(knowledge.text(f"queries/evidence/{table}.rq"), prefixes=PREFIXES, default_graph=[graph])
    assert isinstance(found, ox.QuerySolutions)
    rows = [tuple(_cell(solution[name], schema[name]) for name in schema) for solution in found]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _cell(term: Any, column: Any) -> Any:
    import polars as pl

    if term is None:
        return None
    if isinstance(term, ox.NamedNode):
        return compact_iri(term.value) if term.value.startswith(NAMESPACE) else term.value
    if column == pl.Datetime:
        return datetime.fromisoformat(term.value)
    if column == pl.Date:
        return date.fromisoformat(term.value)
    if isinstance(term, ox.Literal) and term.datatype == DECIMAL:
        return units(term.value)
    return term.value if column == pl.String else plain(term)
