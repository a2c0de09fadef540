"""The shapes, the graph they look countries and reasons up in, and one run of the reference validator."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from topco import knowledge

if TYPE_CHECKING:
    from pathlib import Path

    from rdflib import Graph

BACKGROUND = ("data/reference", "ontology")


@cache
def shapes_graph() -> Graph:
    """All shapes of the folder `shapes/`."""
    return _parsed("shapes")


@cache
def background() -> Graph:
    """What evidence is held against: the reference countries, the sorts of sources that state headquarters, and what
    the ontology knows of reasons and interests.

    Only these triples, so that shapes about law and ontology find no target in a store.
    """
    from rdflib import RDF, Graph, URIRef

    from topco.namespaces import term

    everything = Graph()
    for folder in BACKGROUND:
        everything += _parsed(folder)
    country = URIRef(term("Country"))
    result = Graph()
    for node in everything.subjects(RDF.type, country):
        result += everything.cbd(node)
    for triple in everything.triples((None, RDF.type, URIRef(term("HeadquartersBasis")))):
        result.add(triple)
    for name in ("parentReading", "interestFamily"):
        for triple in everything.triples((None, URIRef(term(name)), None)):
            result.add(triple)
    return result


def run(data: Graph) -> Graph:
    """The W3C validation report of a graph against all shapes, by pyshacl, without inference."""
    from pyshacl import validate

    _, report, _ = validate(data, shacl_graph=shapes_graph(), inference="none", inplace=True)
    return report  # type: ignore[no-any-return]


def parsed_file(path: Path) -> Graph:
    """The graph of one Turtle file."""
    from rdflib import Graph

    return Graph().parse(path)


def _parsed(folder: str) -> Graph:
    from rdflib import Graph

    graph = Graph()
    for file in knowledge.files(folder):
        graph.parse(file)
    return graph
