"""Evidence tables from the graph of one file: what `queries/evidence/` reads, with identifiers, record names and rows.

Identifiers are `SCHEME:VALUE` where a node states an LEI, or where an IRI has a form that the reference data knows
(`rdf-codes.ttl`); else the IRI. A record of which the graph states two different things is refused, because no row can
hold both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from topco import knowledge
from topco.errors import BadInput
from topco.namespaces import PREFIXES
from topco.query.compact import compact_iri
from topco.query.evidence import columns_of
from topco.registries.gleif import authorities
from topco.registries.lei import PATTERN as LEI_PATTERN
from topco.registries.rdf.lifting import KNOWN, LIFTED
from topco.registries.rdf.literals import FINAL
from topco.registries.rdf.reading import POSITION, POSITIONS
from topco.registries.staged import Sink
from topco.registries.table.cells import register_number
from topco.store.quads import IN_GRAPH
from topco.store.schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyoxigraph as ox

DEFAULT_KIND = "LegalEntity"
_IDS = ("id", "owner", "owned", "child", "parent", "subject", "successor", "other_id", "first", "second")
_PLACE = ("file", "row")
_WITHOUT_CLASS = "a party has no known class, so LegalEntity is assumed"


@dataclass(frozen=True)
class Forms:
    """How IRIs become identifiers: those of single nodes, and forms with their schemes."""

    single: dict[str, str]
    patterns: tuple[tuple[str, str], ...]

    def apply(self, frame: pl.DataFrame) -> pl.DataFrame:
        """A table with its identifiers in the forms that other registries use."""
        return frame.with_columns(self._column(name) for name in _IDS if name in frame.columns)

    def _column(self, name: str) -> pl.Expr:
        found = pl.col(name)
        if self.single:
            found = found.replace(self.single)
        for pattern, scheme in self.patterns:
            value = found.str.extract(pattern, 1)
            found = pl.when(value.is_not_null()).then(pl.lit(f"{scheme}:") + value).otherwise(found)
        return register_number(found).alias(name)


def forms_of(database: ox.Store, sources: Sequence[str], sink: Sink) -> Forms:
    """The identifiers that the nodes of a file state, and the forms of IRIs that the reference data knows."""
    import pyoxigraph as ox

    graphs: list[Any] = [ox.NamedNode(graph) for graph in (*sources, LIFTED)]
    stated: dict[str, set[str]] = {}
    for row in _select(database, knowledge.text("queries/import/leis.rq"), graphs):
        stated.setdefault(row["party"].value, set()).add(row["lei"].value.strip().upper())
    single = {}
    for party, leis in stated.items():
        lei = min(leis)
        if len(leis) == 1 and pl.Series([lei]).str.contains(LEI_PATTERN).item():
            single[party] = f"LEI:{lei}"
        else:
            sink.warn("an agent has no single well-formed LEI, so its IRI stays its identifier", 0, party)
    rows = _select(database, knowledge.text("queries/import/iri-forms.rq"), [ox.NamedNode(KNOWN)])
    return Forms(single, tuple(sorted((row["pattern"].value, row["scheme"].value) for row in rows)))


def tables_of(
    database: ox.Store, graphs: Sequence[str], forms: Forms, sink: Sink, folder: Path, prefix: str
) -> Iterator[tuple[str, Path, pl.DataFrame]]:
    """Every table of every graph, written as Parquet; refusals and warnings go to the sink.

    Args:
        database: with the graphs of loads and, if anything was lifted, the graph `FINAL`.
        graphs: which of them to read.
        forms: of identifiers.
        sink: names the file.
        folder: for the Parquet files.
        prefix: of the records' names that are not ours.

    Raises:
        BadInput: a graph of a load holds a value that its column cannot hold.
    """
    import pyoxigraph as ox

    for number, graph in enumerate(graphs):
        rows = _positions(database, graph)
        entities: pl.DataFrame | None = None
        for table in IN_GRAPH:
            try:
                frame = columns_of(database, ox.NamedNode(graph), table)
            except (ValueError, TypeError, OverflowError, BadInput, pl.exceptions.PolarsError) as error:
                first = str(error).strip().splitlines()[0]
                raise BadInput(
                    f"A value of the table {table} is none that it can hold: {first}.",
                    where=f"{sink.name}, {compact_iri(graph)}",
                    remedy="Write the graph again, or correct the value.",
                ) from error
            if frame.is_empty():
                continue
            place = pl.col("record").replace_strict(rows, default=0, return_dtype=pl.Int64)
            frame = frame.with_columns(pl.lit(sink.name).alias("file"), place.alias("row"))
            if graph == FINAL:
                frame = _settled(forms.apply(frame), table, sink, prefix, entities)
            entities = frame if table == "entities" else entities
            path = folder / f"{table}-of-{number}.parquet"
            frame.select(list(TABLES[table])).write_parquet(path, compression="zstd", compression_level=1)
            yield table, path, frame
            if table == "entities" and graph == FINAL:
                numbers = authorities.identifiers(frame.lazy()).collect()
                if len(numbers):
                    numbers.write_parquet(folder / f"numbers-of-{number}.parquet")
                    yield "identifiers", folder / f"numbers-of-{number}.parquet", numbers


def _settled(frame: pl.DataFrame, table: str, sink: Sink, prefix: str, entities: pl.DataFrame | None) -> pl.DataFrame:
    """Lifted rows: one for each record, under names of their own."""
    ours = pl.col("record").str.contains(r"^[a-z]+/") & ~pl.col("record").str.contains("://")
    frame = frame.unique(maintain_order=True).sort("row", "record", maintain_order=True)
    if table == "entities":
        agent = pl.col("kind").is_null() | (pl.col("kind") == "Agent")
        for row in frame.filter(agent).iter_rows(named=True):
            sink.warn(_WITHOUT_CLASS, row["row"], row["id"])
        kind = pl.when(agent).then(pl.lit(DEFAULT_KIND)).otherwise("kind")
        frame = frame.with_columns(kind.alias("kind"))
    if table == "names":
        return _named(frame, entities)
    several = pl.col("record").is_duplicated()
    for _, rows in frame.filter(several).group_by("record", maintain_order=True):
        differing = [name for name in rows.columns if name not in _PLACE and rows[name].n_unique() > 1]
        values = "; ".join(sorted({str(value) for value in rows[differing[0]]})) if differing else ""
        sink.refuse(rows["row"][0], differing[0] if differing else "record", values, "one record states several values")
    name = pl.when(ours).then("record").otherwise(pl.lit(prefix) + pl.col("record"))
    return frame.filter(~several).with_columns(name.alias("record"))


def _named(frame: pl.DataFrame, entities: pl.DataFrame | None) -> pl.DataFrame:
    """Other names under the records of their entities, numbered."""
    if entities is None:
        return frame.clear()
    of_entity = entities.unique("id", keep="first", maintain_order=True)
    joined = frame.drop("record", *_PLACE).join(of_entity.select("id", "record", *_PLACE), on="id")
    number = pl.int_range(1, pl.len() + 1).over("id").cast(pl.String)
    return (
        joined.unique(["id", "name", "language"], maintain_order=True)
        .sort("row", "name", "language", maintain_order=True)
        .with_columns((pl.col("record") + "/name/" + number).alias("record"))
    )


def _positions(database: ox.Store, graph: str) -> dict[str, int]:
    """The rows of a graph's records, by the names that the evidence columns have for them."""
    source = "?record prov:hadPrimarySource ?node" if graph == FINAL else "?record a ?class BIND(?record AS ?node)"
    query = (
        "PREFIX prov: <http://www.w3.org/ns/prov#> SELECT ?record (MIN(?n) AS ?row) WHERE { "
        f"GRAPH <{graph}> {{ {source} }} GRAPH <{POSITIONS}> {{ ?node <{POSITION}> ?n }} }} GROUP BY ?record"
    )
    return {compact_iri(row["record"].value): int(row["row"].value) for row in _select(database, query, [])}


def position_of(database: ox.Store, subject: str) -> int:
    """Where a subject first stands in its file; 0 if it is none."""
    import pyoxigraph as ox

    found = database.quads_for_pattern(ox.NamedNode(subject), ox.NamedNode(POSITION), None, ox.NamedNode(POSITIONS))
    return min((int(getattr(quad.object, "value", 0)) for quad in found), default=0)


def _select(database: ox.Store, query: str, graphs: list[Any]) -> Any:
    return database.query(query, prefixes=PREFIXES, default_graph=graphs or None)


def not_understood(database: ox.Store, sources: Sequence[str]) -> list[tuple[str, int]]:
    """Predicates and classes of a file that the ontology does not declare, with the number of their statements."""
    import pyoxigraph as ox

    from topco.compile.owl_profile import loaded_ontology

    ontology = loaded_ontology()
    known = ontology.properties | {PREFIXES["rdf"] + "type", "http://www.w3.org/2002/07/owl#sameAs"}
    graphs: list[Any] = [ox.NamedNode(graph) for graph in sources]
    predicates = _select(database, "SELECT ?term (COUNT(*) AS ?n) { ?s ?term ?o } GROUP BY ?term", graphs)
    classes = _select(database, "SELECT ?term (COUNT(*) AS ?n) { ?s a ?term } GROUP BY ?term", graphs)
    found = [(row, known) for row in predicates] + [(row, ontology.classes) for row in classes]
    named = ((row["term"].value, int(row["n"].value)) for row, terms in found if row["term"].value not in terms)
    return sorted(named, key=lambda pair: (-pair[1], pair[0]))
