"""The reference reasoner: owlrl over a small graph and the ontology, for tests and for explaining one neighbourhood.

owlrl closes everything it is given, its own vocabulary included; what comes back here is what it says about
individuals: types in classes, and values of properties, that the ontology declares. Triples with a literal as subject,
which owlrl produces and RDF forbids, are dropped.
"""

from __future__ import annotations

from dataclasses import dataclass

import owlrl
from rdflib import RDF, BNode, Graph, Literal, URIRef
from rdflib.namespace import OWL

from topco import knowledge
from topco.compile.axioms import Ontology
from topco.compile.owl_profile import ANNOTATIONS, HEADER, parse, read_ontology

_ERROR = URIRef("http://www.daml.org/2002/03/agents/agent-ont#error")


@dataclass(frozen=True)
class Neighbourhood:
    """A closed graph, and the contradictions the reasoner found, in its own words."""

    graph: Graph
    contradictions: tuple[str, ...]


def close_neighbourhood(graph: Graph, *, ontology_graph: Graph | None = None) -> Neighbourhood:
    """The given graph with everything that the ontology concludes from it.

    Args:
        ontology_graph: the axioms as RDF; those of this version if left out.
    """
    axioms = ontology_graph if ontology_graph is not None else parse(knowledge.files("ontology"))
    vocabulary = read_ontology(axioms)
    everything = _without_annotations(axioms)
    everything += graph
    owlrl.DeductiveClosure(
        owlrl.OWLRL_Semantics, rdfs_closure=False, axiomatic_triples=False, datatype_axioms=False
    ).expand(everything)
    contradictions = sorted(str(text) for text in everything.objects(None, _ERROR))
    closed = Graph()
    closed += graph
    closed += instance_triples(everything, vocabulary)
    return Neighbourhood(closed, tuple(contradictions))


def _without_annotations(axioms: Graph) -> Graph:
    """Labels and notes conclude nothing, and halve the reasoner's speed."""
    silent = {*ANNOTATIONS, *HEADER, *axioms.subjects(RDF.type, OWL.AnnotationProperty)}
    kept = Graph()
    for triple in axioms:
        if triple[1] not in silent:
            kept.add(triple)
    return kept


def instance_triples(graph: Graph, ontology: Ontology) -> Graph:
    """What a graph says about individuals outside the ontology, in the ontology's vocabulary."""
    own = {subject for subject, _, _ in ontology.facts} | ontology.classes | ontology.properties
    kept = Graph()
    for s, p, o in graph:
        if isinstance(s, Literal) or str(s) in own:
            continue
        typed = p == RDF.type and not isinstance(o, BNode) and str(o) in ontology.classes
        if typed or str(p) in ontology.properties:
            kept.add((s, p, o))
    return kept
