"""Reads an ontology into the closed set of axiom kinds, and refuses by name whatever does not belong to it.

1. Every triple is accounted for: as a declaration, an annotation, a fact about an individual of the ontology, an
   axiom, or a part of a class expression that an axiom uses. A triple that is none of these is refused.
2. Two reasons are told apart: what OWL 2 RL forbids, and what it allows but the compiler has no translation for.
3. OWL 2 DL's conditions that a twin reasoner relies on are checked too: every term declared with one role, datatypes
   of the OWL 2 map only (xsd:date is none), and property chains that follow a strict order.

Source: W3C, OWL 2 Web Ontology Language Profiles (second edition), section 4.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from rdflib import RDF, RDFS, BNode, Graph, Literal, URIRef
from rdflib.namespace import OWL, XSD
from rdflib.term import Node

from topco import knowledge
from topco.compile.axioms import (
    Axiom,
    Chain,
    DataRange,
    Disjoint,
    Domain,
    Inverse,
    Ontology,
    Range,
    SubClass,
    SubProperty,
    Symmetric,
    Transitive,
)
from topco.compile.class_expressions import AxiomRefused, ExpressionReader, show
from topco.compile.regularity import check_chains

ROLES = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
DECLARATIONS = {*ROLES, OWL.Ontology, OWL.NamedIndividual}
STRUCTURE = {OWL.Restriction, OWL.AllDisjointClasses, OWL.Class, RDF.List}
ANNOTATIONS = {RDFS.label, RDFS.comment, RDFS.isDefinedBy, RDFS.seeAlso, OWL.deprecated, OWL.versionInfo}
HEADER = {OWL.imports, OWL.versionIRI, OWL.priorVersion}
DATATYPES = {
    RDFS.Literal,
    XSD.decimal,
    XSD.integer,
    XSD.nonNegativeInteger,
    XSD.positiveInteger,
    XSD.double,
    XSD.string,
}
DATATYPES |= {XSD.boolean, XSD.anyURI, XSD.dateTime}  # of the OWL 2 RL list, those that registers and law may need

# Legal in OWL 2 RL, and left out on purpose (see topco.compile.axioms).
RL_UNTRANSLATED = {
    OWL.FunctionalProperty,
    OWL.InverseFunctionalProperty,
    OWL.AsymmetricProperty,
    OWL.IrreflexiveProperty,
    OWL.NegativePropertyAssertion,
    OWL.AllDifferent,
    OWL.AllDisjointProperties,
    OWL.sameAs,
    OWL.differentFrom,
    OWL.hasKey,
    OWL.propertyDisjointWith,
}
_NARY = (OWL.AllDisjointClasses, OWL.AllDisjointProperties, OWL.AllDifferent, OWL.NegativePropertyAssertion)


class OntologyReader:
    """One pass over a graph; see the module."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._roles: dict[Node, Node] = {}
        self._expressions = ExpressionReader(graph, self._role_is)

    def read(self) -> Ontology:
        """The ontology, or `AxiomRefused` for the first axiom that does not belong."""
        self._declare()
        axioms: set[Axiom] = set()
        facts: set[tuple[str, str, str]] = set()
        for triple in sorted(self._graph, key=lambda t: [term.n3() for term in t]):
            subject, predicate, _ = triple
            if isinstance(subject, BNode) and not self._states(subject, predicate):
                continue
            if predicate in ANNOTATIONS or predicate in HEADER or self._role_is(predicate, OWL.AnnotationProperty):
                continue
            if fact := self._fact(*triple):
                facts.add(fact)
            else:
                axioms.update(self._axioms(*triple))
        self._refuse_orphans()
        check_chains(axioms)
        return Ontology(
            frozenset(axioms),
            frozenset(facts),
            frozenset(str(t) for t, role in self._roles.items() if role == OWL.Class),
            frozenset(str(t) for t, role in self._roles.items() if role in (OWL.ObjectProperty, OWL.DatatypeProperty)),
        )

    def _declare(self) -> None:
        for role in ROLES:
            for term in self._graph.subjects(RDF.type, role):
                if isinstance(term, BNode):
                    continue
                if self._roles.setdefault(term, role) != role:
                    raise AxiomRefused("A term has two roles.", (term, RDF.type, role), "Give one of them its own IRI.")

    def _role_is(self, term: Node, *roles: Node) -> bool:
        return self._roles.get(term) in roles

    def _states(self, node: BNode, predicate: Node | None = None) -> bool:
        """A blank subject that states something itself: a general class inclusion (by that predicate alone, the rest
        being its left side) or an n-ary disjointness."""
        if (node, RDFS.subClassOf, None) in self._graph:
            return predicate in (None, RDFS.subClassOf)
        return any((node, RDF.type, kind) in self._graph for kind in _NARY)

    def _fact(self, subject: Node, predicate: Node, value: Node) -> tuple[str, str, str] | None:
        """A statement about an individual of the ontology, with an IRI as its value; literals are no input of rules."""
        if subject in self._roles or isinstance(subject, BNode):
            return None
        if predicate == RDF.type and value not in DECLARATIONS:
            self._require(value, (subject, predicate, value), OWL.Class)
            return str(subject), str(predicate), str(value)
        if self._role_is(predicate, OWL.ObjectProperty) and isinstance(value, URIRef):
            return str(subject), str(predicate), str(value)
        return None

    def _axioms(self, s: Node, p: Node, o: Node) -> Iterator[Axiom]:
        triple = (s, p, o)
        if p == RDF.type:
            yield from self._typing(triple)
        elif p == RDFS.subClassOf:
            yield SubClass(self._expressions.left(s, triple), self._expressions.right(o, triple))
        elif p == OWL.equivalentClass:
            for one, other in ((s, o), (o, s)):
                yield SubClass(self._expressions.left(one, triple), self._expressions.right(other, triple))
        elif p in (RDFS.subPropertyOf, OWL.equivalentProperty):
            self._same_role(triple)
            yield SubProperty(str(s), str(o))
            if p == OWL.equivalentProperty:
                yield SubProperty(str(o), str(s))
        elif p == OWL.inverseOf:
            for term in (s, o):
                self._require(term, triple, OWL.ObjectProperty)
            yield Inverse(str(s), str(o))
        elif p == OWL.propertyChainAxiom:
            steps = self._expressions.members(o)
            for term in (s, *steps):
                self._require(term, triple, OWL.ObjectProperty)
            yield Chain(tuple(map(str, steps)), str(s))
        elif p == RDFS.domain:
            self._require(s, triple, OWL.ObjectProperty, OWL.DatatypeProperty)
            self._require(o, triple, OWL.Class)
            yield Domain(str(s), str(o))
        elif p == RDFS.range:
            yield self._range(triple)
        elif p == OWL.disjointWith:
            for term in (s, o):
                self._require(term, triple, OWL.Class)
            yield Disjoint((str(s), str(o)))
        elif p == OWL.members and (s, RDF.type, OWL.AllDisjointClasses) in self._graph:
            classes = self._expressions.members(o)
            for term in classes:
                self._require(term, triple, OWL.Class)
            yield Disjoint(tuple(map(str, classes)))
        elif not (self._role_is(p, OWL.DatatypeProperty) and isinstance(o, Literal)):
            self._refuse(triple, p)

    def _typing(self, triple: tuple[Node, Node, Node]) -> Iterator[Axiom]:
        subject, _, kind = triple
        if kind in DECLARATIONS or (isinstance(subject, BNode) and kind in STRUCTURE):
            return
        if kind in (OWL.TransitiveProperty, OWL.SymmetricProperty):
            self._require(subject, triple, OWL.ObjectProperty)
            yield (Transitive if kind == OWL.TransitiveProperty else Symmetric)(str(subject))
        else:
            self._refuse(triple, kind)

    def _range(self, triple: tuple[Node, Node, Node]) -> Axiom:
        prop, _, filler = triple
        if self._role_is(prop, OWL.DatatypeProperty):
            if filler not in DATATYPES:
                raise AxiomRefused("Not a datatype of OWL 2 RL.", triple, "Leave the datatype to the shapes.")
            return DataRange(str(prop), str(filler))
        self._require(prop, triple, OWL.ObjectProperty)
        self._require(filler, triple, OWL.Class)
        return Range(str(prop), str(filler))

    def _require(self, term: Node, triple: tuple[Node, Node, Node], *roles: Node) -> None:
        if not self._role_is(term, *roles):
            wanted = " or ".join(show(role) for role in roles)
            raise AxiomRefused(f"{show(term)} is not declared as {wanted}.", triple, "Declare it; no role is guessed.")

    def _same_role(self, triple: tuple[Node, Node, Node]) -> None:
        sub, _, sup = triple
        self._require(sub, triple, OWL.ObjectProperty, OWL.DatatypeProperty)
        self._require(sup, triple, self._roles[sub])

    def _refuse(self, triple: tuple[Node, Node, Node], construct: Node) -> None:
        if construct in RL_UNTRANSLATED:
            raise AxiomRefused(
                f"{show(construct)} is in OWL 2 RL, but the compiler has no translation for it.",
                triple,
                "State the demand as a shape or a query.",
            )
        raise AxiomRefused(
            f"{show(construct)} is no kind of axiom that this ontology uses.",
            triple,
            "Use a kind listed in topco.compile.axioms, or declare the annotation property.",
        )

    def _refuse_orphans(self) -> None:
        """A class expression or list that no axiom uses would be silently without effect."""
        blanks = {s for s in self._graph.subjects() if isinstance(s, BNode) and not self._states(s)}
        for node in sorted(blanks - self._expressions.visited):
            triple = next(self._graph.triples((node, None, None)))
            raise AxiomRefused("A blank node belongs to no axiom.", triple, "Attach it to one or remove it.")


def read_ontology(graph: Graph) -> Ontology:
    """The axioms of a graph, or `AxiomRefused`."""
    return OntologyReader(graph).read()


def parse(paths: Iterable[Path]) -> Graph:
    """The union of Turtle files."""
    graph = Graph(bind_namespaces="none")
    for path in paths:
        graph.parse(path, format="turtle")
    return graph


@cache
def loaded_ontology() -> Ontology:
    """The ontology of this version: every module and the alignment, without the mappings."""
    return read_ontology(parse(knowledge.files("ontology")))
