"""All evidence in force against the compiled shapes: what pyshacl finds batch by batch, found column by column."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from topco import knowledge
from topco.compile.shapes_graph import GraphTriples
from topco.compile.shapes_reader import ShapesReader
from topco.compile.shapes_report import add_result, add_results
from topco.compile.shapes_run import results_of
from topco.compile.shapes_sets import Members
from topco.errors import BadInput
from topco.namespaces import id_of_iri, local_name
from topco.validation import shapes
from topco.validation.findings import Finding, Severity, short
from topco.validation.locating import located
from topco.validation.triples import StoreTriples

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from rdflib import Graph

    from topco.compile.shapes_model import Shape
    from topco.compile.shapes_results import Results
    from topco.store.store import Store


@cache
def compiled_shapes() -> tuple[Sequence[Shape], Graph]:
    """All shapes of the folder `shapes/`, compiled, and the graph that they were read from.

    Raises:
        BadInput: a shape uses a construct that is not supported.
    """
    reader = ShapesReader([(path.name, shapes.parsed_file(path)) for path in knowledge.files("shapes")])
    return reader.shapes(), reader.graph


def run(data: Graph) -> Graph:
    """The W3C validation report of a small graph, as `topco.validation.shapes.run` gives it by pyshacl."""
    from rdflib import RDF, SH, BNode, Graph

    report, root, triples = Graph(), BNode(), GraphTriples(data)
    compiled, graph = compiled_shapes()
    report.add((root, RDF.type, SH.ValidationReport))
    add_results(report, root, triples.terms, graph, results_of(triples, compiled))
    return report


class Found:
    """The results over a store.

    Args:
        store: the store.
        known_as_of: only loads that existed on this day count.
    """

    def __init__(self, store: Store, known_as_of: date | None) -> None:
        self._triples = StoreTriples(store, known_as_of, shapes.background())
        compiled, self._shapes = compiled_shapes()
        self._results = list(results_of(self._triples, compiled))
        self._severities = [severity_of(one.shape) for one in self._results]

    def counts(self) -> Iterator[tuple[Severity, int]]:
        """How many results there are of a severity; a severity may come several times."""
        for severity, one in zip(self._severities, self._results, strict=True):
            yield severity, len(one.focus)

    def findings(self, lowest: Severity, subjects: pl.Series, batch: int, report: Graph | None) -> Iterator[Finding]:
        """The findings from a severity on, in the order of batches.

        Args:
            lowest: the least severity.
            subjects: the identifiers of all that evidence is about, sorted.
            batch: how many of them are a batch.
            report: gets the results in W3C form.
        """
        from rdflib import BNode
        from rdflib.namespace import SH

        chosen = [place for place, severity in enumerate(self._severities) if severity >= lowest]
        if not chosen:
            return
        for row in self._ordered(chosen, subjects, batch).iter_rows(named=True):
            one = self._results[row["result"]]
            if report is not None:
                node = add_result(report, self._triples.terms, self._shapes, one, row["place"])
                report.add((BNode("report"), SH.result, node))
            yield Finding(
                severity=Severity(row["severity"]),
                check=one.shape.name,
                message=one.shape.message,
                entity=row["entity"],
                value=row["value"],
                load=row["load"],
                file=row["file"],
                row=row["row"],
                record=row["record"],
                shape=row["shape"],
            )

    def _ordered(self, chosen: list[int], subjects: pl.Series, batch: int) -> pl.DataFrame:
        focus = Members(np.concatenate([self._results[place].focus for place in chosen]))
        where = located(self._triples, focus).with_columns(
            pl.col("about", "entity").map_elements(id_of_iri, return_dtype=pl.String),
            pl.col("record").map_elements(short, return_dtype=pl.String),
        )
        batches = subjects.search_sorted(where["about"]) // batch
        where = where.with_columns(batch=batches, position=np.arange(len(focus)))
        rows = pl.concat([self._rows(place, focus) for place in chosen])
        keys: list[Any] = [
            pl.col("batch"),
            -pl.col("severity"),
            pl.col("file").fill_null(""),
            pl.col("row").fill_null(0),
            pl.col("entity").fill_null(""),
            pl.col("shape"),
            pl.col("value").fill_null(""),
            pl.col("record").fill_null(""),
        ]
        return rows.join(where, on="position", how="left", maintain_order="left").sort(keys, maintain_order=True)

    def _rows(self, place: int, focus: Members) -> pl.DataFrame:
        one = self._results[place]
        return pl.DataFrame(
            {
                "result": place,
                "place": np.arange(len(one.focus)),
                "position": focus.positions(one.focus),
                "severity": int(self._severities[place]),
                "shape": local_name(str(one.shape.node)),
                "value": self._values(one),
            },
            schema_overrides={"value": pl.String},
        )

    def _values(self, one: Results) -> pl.Series | None:
        """The values that offend, unless they are the focus nodes themselves."""
        if one.values is None:
            return None
        numbers = one.values.ids()
        texts = self._triples.terms.iris(numbers).map_elements(short, return_dtype=pl.String)
        return pl.select(pl.when(pl.Series(numbers != one.focus)).then(texts)).to_series()


def severity_of(shape: Shape) -> Severity:
    """The severity of a shape.

    Raises:
        BadInput: it is none of the three of SHACL.
    """
    name = local_name(str(shape.severity)).upper()
    if name not in Severity.__members__:
        raise BadInput(
            f"The shape {shape.node} has the severity {shape.severity}.",
            where=shape.file or None,
            remedy="Use sh:Violation, sh:Warning or sh:Info.",
        )
    return Severity[name]
