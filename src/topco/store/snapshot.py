"""What is derived from the loads in force when the graph is built: the binary facts of one day.

The definitions are the queries of `queries/resolution/`: steps between entities and marks on them, then headquarters.
Each function reads the view that the ones before it have written to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from topco import knowledge
from topco.compile.sparql_tokens import split
from topco.compile.sparql_values import inject
from topco.store.graph import ONTOLOGY
from topco.store.quads import date_literal, term_node

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from topco.store.graph import GraphView


def steps(view: GraphView, as_of: date) -> Iterator[ox.Quad]:
    """Direct parents, head offices, recorded ultimate parents, and the marks of `docs/resolution.md`, section 1."""
    text = knowledge.text("queries/resolution/snapshot.rq")
    text = inject(text, split(text), {"asOf": [date_literal(as_of)]})
    found = view.query(text, default_graph=[ONTOLOGY], named_graphs=view.evidence)
    assert isinstance(found, ox.QueryTriples)
    for triple in found:
        yield ox.Quad(triple.subject, triple.predicate, triple.object, view.snapshot)


def headquarters(view: GraphView, as_of: date) -> Iterator[ox.Quad]:
    """The countries in which entities are headquartered, `docs/resolution.md`, section 4."""
    text = knowledge.text("queries/resolution/headquarters.rq")
    text = inject(text, split(text), {"asOf": [date_literal(as_of)]})
    found = view.query(text, default_graph=[view.snapshot], named_graphs=view.evidence)
    assert isinstance(found, ox.QuerySolutions)
    for solution in found:
        yield ox.Quad(solution["company"], term_node("headquarteredIn"), solution["country"], view.snapshot)


DERIVATIONS = (steps, headquarters)
