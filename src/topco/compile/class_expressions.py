"""Class expressions of an ontology graph, told apart by the side of an inclusion on which they stand."""

from __future__ import annotations

from collections.abc import Callable

from rdflib import RDF, RDFS, BNode, Graph, URIRef
from rdflib.collection import Collection
from rdflib.namespace import OWL
from rdflib.term import Node

from topco.compile.axioms import And, ClassExpression, HasValue, Named, Or, Some
from topco.errors import BadInput
from topco.namespaces import local_name

Triple = tuple[Node, Node, Node]


def show(term: Node) -> str:
    """A term as a reader knows it: `owl:hasKey`, `topco:Agent`, else its IRI or text."""
    for prefix, namespace in (("owl", OWL), ("rdf", RDF), ("rdfs", RDFS)):
        if str(term).startswith(str(namespace)):
            return f"{prefix}:{local_name(str(term))}"
    return "a class expression" if isinstance(term, BNode) else term.n3()


class AxiomRefused(BadInput):
    """An axiom that the ontology may not use; the message names it."""

    def __init__(self, what: str, axiom: Triple, remedy: str) -> None:
        super().__init__(what, where=" ".join(map(show, axiom)), remedy=remedy)
        self.axiom = axiom


class ExpressionReader:
    """Reads named classes and blank-node expressions; `visited` collects the blank nodes that axioms used.

    Args:
        role_is: whether a term was declared with one of the roles that follow it.
    """

    def __init__(self, graph: Graph, role_is: Callable[..., bool]) -> None:
        self._graph = graph
        self._role_is = role_is
        self.visited: set[Node] = set()

    def left(self, node: Node, axiom: Triple) -> ClassExpression:
        """What may stand on the left of an inclusion."""
        return self._read(node, axiom, left=True)

    def right(self, node: Node, axiom: Triple) -> ClassExpression:
        """What may stand on the right of an inclusion."""
        return self._read(node, axiom, left=False)

    def members(self, head: Node) -> list[Node]:
        """The members of a list, its cells marked as visited."""
        cell: Node | None = head
        while cell is not None and cell != RDF.nil:
            self.visited.add(cell)
            cell = self._graph.value(cell, RDF.rest)
        return list(Collection(self._graph, head))

    def _read(self, node: Node, axiom: Triple, *, left: bool) -> ClassExpression:
        if isinstance(node, URIRef):
            if not self._role_is(node, OWL.Class):
                raise AxiomRefused(f"{show(node)} is not declared as owl:Class.", axiom, "Declare it.")
            return Named(str(node))
        self.visited.add(node)
        parts = {p: o for p, o in self._graph.predicate_objects(node) if p != RDF.type}
        constructs = set(parts) - {OWL.onProperty} if OWL.onProperty in parts else set(parts)
        # A general class inclusion has the inclusion itself among the statements of its left side.
        constructs -= {axiom[1]} if node == axiom[0] else set()
        construct = next(iter(constructs)) if len(constructs) == 1 else OWL.Nothing
        if construct == OWL.intersectionOf:
            return And(tuple(self._read(m, axiom, left=left) for m in self.members(parts[construct])))
        if construct == OWL.unionOf and left:
            return Or(tuple(self._read(m, axiom, left=True) for m in self.members(parts[construct])))
        if construct == OWL.hasValue and isinstance(parts[construct], URIRef):
            return HasValue(self._property(parts[OWL.onProperty], axiom), str(parts[construct]))
        if construct == OWL.someValuesFrom and left:
            filler = parts[construct]
            inner = None if filler == OWL.Thing else self._read(filler, axiom, left=True)
            return Some(self._property(parts[OWL.onProperty], axiom), inner)
        names = " and ".join(sorted(map(show, constructs))) or "an empty expression"
        side = "left" if left else "right"
        raise AxiomRefused(
            f"{names} on the {side} of an inclusion is outside OWL 2 RL or has no translation.",
            axiom,
            "Use a class, a value restriction or an intersection; on the left also a union or owl:someValuesFrom.",
        )

    def _property(self, node: Node, axiom: Triple) -> str:
        if not self._role_is(node, OWL.ObjectProperty):
            raise AxiomRefused(f"{show(node)} is not declared as owl:ObjectProperty.", axiom, "Declare it.")
        return str(node)
