"""Foreign statements to evidence in a graph: axioms first, then the queries of `queries/import/`.

No foreign term is known here.

1. The alignment's axioms (inclusions, inverses, chains; no domains and ranges, which only add types) run to their
   fixpoint over the file's graphs.
2. Where each publication about a record is a graph of its own, the graphs that a later one replaces are left out, and
   the axioms run again. Publications that no date orders stay, and contradict each other in the open.
3. The queries construct a graph in the form of `docs/evidence.md`, in two passes: the second needs the records of the
   first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from topco import knowledge
from topco.compile.axioms import Disjoint, Domain, Range, Transitive
from topco.compile.closure import close_store
from topco.compile.owl_profile import loaded_ontology
from topco.compile.owl_sparql import compile_axioms
from topco.namespaces import PREFIXES, term

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pyoxigraph as ox

    from topco.compile.axioms import Axiom, Ontology

LIFTED = "urn:topco:rdf:lifted"
KNOWN = "urn:topco:rdf:known"
EVIDENCE = "urn:topco:rdf:evidence"
_DATA = ("data/reference/countries.ttl", "data/reference/rdf-codes.ttl")
_TERM = re.compile(r"\btopco:(\w+)")
_FIRST = ("parties", "names", "places", "registration", "identifiers", "ties", "statements")
_SECOND = ("standing", "statuses", "shares")


@dataclass
class Lifted:
    """What was lifted: the graph of evidence, what cannot be used, and what a user should know."""

    replaced: int = 0
    clashes: tuple[tuple[str, str, str], ...] = ()
    incomplete: list[tuple[str, str]] = field(default_factory=list)
    unknown_countries: list[str] = field(default_factory=list)


def lift(database: ox.Store, graphs: Sequence[str]) -> Lifted:
    """Fill the graph `EVIDENCE` of a database from these graphs."""
    import pyoxigraph as ox

    for file in _DATA:
        path = str(knowledge.root() / file)
        database.bulk_load(path=path, format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(KNOWN))
    lifted = Lifted()
    sources = list(graphs)
    closure = _close(database, sources)
    replaced = {row["graph"].value for row in _rows(database, "superseded", sources) if _true(row["clear"])}
    if replaced:
        lifted.replaced = len(replaced)
        sources = [graph for graph in sources if graph not in replaced]
        database.remove_graph(ox.NamedNode(LIFTED))
        closure = _close(database, sources)
    lifted.clashes = closure
    for names in (_FIRST, _SECOND):
        for name in names:
            _construct(database, name, sources)
    lifted.incomplete = [(row["record"].value, row["missing"].value) for row in _rows(database, "incomplete", [])]
    lifted.unknown_countries = sorted(row["place"].value for row in _rows(database, "unknown-countries", sources))
    return lifted


def _close(database: ox.Store, sources: Sequence[str]) -> tuple[tuple[str, str, str], ...]:
    return close_store(database, LIFTED, sources=sources, ontology=_needed_ontology()).clashes


@cache
def _needed_ontology() -> Ontology:
    """The axioms that conclude what a query of `queries/import/` asks for, at once or through others; and the clashes.

    Found backwards from the terms of the queries. Without the others a third fewer triples are written.
    """
    ontology = loaded_ontology()
    texts = (path.read_text(encoding="utf-8") for path in knowledge.files("queries/import", "*.rq"))
    needed = {term(name) for text in texts for name in _TERM.findall(text)}
    waiting = [
        (axiom, compile_axioms([axiom])[0])
        for axiom in ontology.axioms
        if not isinstance(axiom, Domain | Range | Transitive | Disjoint)
    ]
    kept: set[Axiom] = {axiom for axiom in ontology.axioms if isinstance(axiom, Disjoint)}
    while found := [(axiom, rules) for axiom, rules in waiting if any(rule.head.key in needed for rule in rules)]:
        kept.update(axiom for axiom, _ in found)
        needed.update(atom.key for _, rules in found for rule in rules for atom in rule.body)
        waiting = [pair for pair in waiting if pair not in found]
    return replace(ontology, axioms=frozenset(kept))


def _graphs(sources: Sequence[str]) -> list[Any]:
    import pyoxigraph as ox

    return [ox.NamedNode(graph) for graph in (*sources, LIFTED, KNOWN, EVIDENCE)]


def _rows(database: ox.Store, name: str, sources: Sequence[str]) -> Iterable[Any]:
    import pyoxigraph as ox

    found = database.query(
        knowledge.text(f"queries/import/{name}.rq"),
        prefixes=PREFIXES,
        default_graph=_graphs(sources),
        named_graphs=[ox.NamedNode(graph) for graph in sources],
    )
    assert isinstance(found, ox.QuerySolutions)
    return found


def _construct(database: ox.Store, name: str, sources: Sequence[str]) -> None:
    import pyoxigraph as ox

    query = knowledge.text(f"queries/import/{name}.rq")
    found = database.query(query, prefixes=PREFIXES, default_graph=_graphs(sources))
    assert isinstance(found, ox.QueryTriples)
    graph = ox.NamedNode(EVIDENCE)
    database.bulk_extend(ox.Quad(triple.subject, triple.predicate, triple.object, graph) for triple in found)


def _true(literal: Any) -> bool:
    return literal is not None and literal.value in ("true", "1")
