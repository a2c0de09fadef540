"""An rdflib graph as a view that shapes are evaluated over: for small graphs, and for what stands beside columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topco.compile.shapes_columns import Numbered, TermTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rdflib import Graph, URIRef

    from topco.compile.shapes_columns import Terms
    from topco.compile.shapes_sets import Ids


class GraphPart:
    """The triples of one property in a graph."""

    def __init__(self, terms: Terms, subjects: Ids, objects: Ids) -> None:
        self.low, self.high = int(subjects.min()), int(subjects.max())
        self.constant: int | None = None
        self._loaded = subjects, Numbered(terms, objects)

    def load(self) -> tuple[Ids, Numbered]:
        return self._loaded


def graph_parts(graph: Graph, terms: Terms) -> dict[URIRef, GraphPart]:
    """The triples of a graph, property by property."""
    pairs: dict[URIRef, list[tuple[int, int]]] = {}
    for subject, predicate, value in graph:
        pairs.setdefault(predicate, []).append((terms.id_of(subject), terms.id_of(value)))  # type: ignore[arg-type]
    made = {}
    for predicate, found in pairs.items():
        both = np.array(sorted(set(found)), dtype=np.int64)
        made[predicate] = GraphPart(terms, both[:, 0].copy(), both[:, 1].copy())
    return made


class GraphTriples:
    """A whole graph as a view."""

    def __init__(self, graph: Graph) -> None:
        self.terms = TermTable()
        self._parts = graph_parts(graph, self.terms)

    def parts(self, predicate: URIRef) -> Sequence[GraphPart]:
        part = self._parts.get(predicate)
        return [] if part is None else [part]

    def predicates(self) -> Sequence[URIRef]:
        return list(self._parts)
