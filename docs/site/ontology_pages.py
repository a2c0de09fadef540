"""Every class, property and named value of `ontology/*.ttl`, a page for each module."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from markdown_writing import Page, capital, code, document, facts, heading, plain, table
from rdflib import OWL, RDF, RDFS, SKOS, BNode, URIRef
from turtle_files import KnowledgeFile, members, one, read, short, texts

from topco.namespaces import NAMESPACE

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

FOLDER = "reference/ontology"
KINDS = {
    OWL.Class: "Classes",
    OWL.ObjectProperty: "Properties between things",
    OWL.DatatypeProperty: "Properties with values",
    OWL.AnnotationProperty: "Annotations",
}
_MATCHES = (SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch)
_ALIGNING = (RDFS.subClassOf, RDFS.subPropertyOf, OWL.equivalentClass, OWL.equivalentProperty, OWL.inverseOf)
_DATED = "https://w3id.org/topco/ontology/"


def pages() -> list[Page]:
    """The index of modules, and each module with what it defines."""
    modules = [file for file in read("ontology") if _defined(file)]
    return [_index(modules), *(_module(file) for file in modules)]


def _defined(file: KnowledgeFile) -> list[URIRef]:
    """The terms that a file defines: ours, with a definition of their own."""
    found = (node for node in file.graph.subjects(SKOS.definition) if isinstance(node, URIRef))
    return sorted({node for node in found if node.startswith(NAMESPACE)}, key=lambda node: node.lower())


def _name(file: KnowledgeFile) -> str:
    return file.path.rpartition("/")[2].removesuffix(".ttl")


def _title(file: KnowledgeFile) -> str:
    ontology = next(iter(file.graph.subjects(RDF.type, OWL.Ontology)), None)
    return one(file.graph, ontology, RDFS.label).removeprefix("topco: ") if ontology else _name(file)


@cache
def home_of() -> dict[str, str]:
    """The page of every term that a module defines."""
    return {str(term): f"{_name(file)}.md" for file in read("ontology") for term in _defined(file)}


def link(term: Node, graph: Graph) -> str:
    """A term as a link to its entry, or as code where it is not ours."""
    page = home_of().get(str(term))
    shown = code(short(term, graph))
    return f"[{shown}]({page}#{_anchor(term)})" if page else shown


def _anchor(term: Node) -> str:
    return str(term).removeprefix(NAMESPACE).replace("/", "-")


def _index(modules: list[KnowledgeFile]) -> Page:
    rows = []
    for file in modules:
        counted = [sum((term, RDF.type, kind) in file.graph for term in _defined(file)) for kind in KINDS]
        values = len(_defined(file)) - sum(counted)
        rows.append(
            (f"[{plain(_title(file))}]({_name(file)}.md)", code(file.path), counted[0], sum(counted[1:]), values)
        )
    text = document(
        heading(1, "Ontology"),
        f"Namespace {code(NAMESPACE)}, prefix {code('topco:')}. Generated from `ontology/*.ttl` when this site was "
        "built. How the modules fit together is told in [the ontology, in twenty minutes](../../ontology.md).",
        table(("module", "file", "classes", "properties", "named values"), rows),
    )
    return Page(f"{FOLDER}/index.md", "Modules", text)


def _module(file: KnowledgeFile) -> Page:
    ontology = next(iter(file.graph.subjects(RDF.type, OWL.Ontology)))
    imports = ", ".join(
        code(name.removeprefix(_DATED)) for name in sorted(map(str, file.graph.objects(ontology, OWL.imports)))
    )
    version = one(file.graph, ontology, OWL.versionIRI).rpartition("/")[2]
    parts = [
        heading(1, capital(plain(_title(file)))),
        plain(file.remark),
        facts((("File", code(file.path)), ("Version", version), ("Imports", imports))),
    ]
    terms = _defined(file)
    for kind, title in KINDS.items():
        chosen = [term for term in terms if (term, RDF.type, kind) in file.graph]
        if chosen:
            parts += [heading(2, title), *(_term(term, file.graph) for term in chosen)]
    values = [term for term in terms if not any((term, RDF.type, kind) in file.graph for kind in KINDS)]
    if values:
        parts += [heading(2, "Named values"), *(_term(term, file.graph) for term in values)]
    return Page(f"{FOLDER}/{_name(file)}.md", _title(file), document(*parts))


def _term(term: URIRef, graph: Graph) -> str:
    def linked(predicate: URIRef) -> str:
        return ", ".join(sorted(_expression(value, graph) for value in graph.objects(term, predicate)))

    def said(predicate: URIRef) -> str:
        return "; ".join(plain(value) for value in texts(graph, term, predicate))

    kinds = [kind for kind in graph.objects(term, RDF.type) if kind not in KINDS and kind != OWL.NamedIndividual]
    known = (
        ("A kind of", linked(RDFS.subClassOf)),
        ("Narrower than", linked(RDFS.subPropertyOf)),
        ("One of", ", ".join(sorted(link(kind, graph) for kind in kinds))),
        ("Said of", linked(RDFS.domain)),
        ("Value", linked(RDFS.range)),
        ("Inverse of", linked(OWL.inverseOf)),
        ("Follows from the path", _chains(term, graph)),
        ("Same extent as", linked(OWL.equivalentClass)),
        ("Disjoint with", linked(OWL.disjointWith)),
        ("Written as", said(SKOS.notation)),
        ("Also called", said(SKOS.altLabel)),
        ("Note", said(SKOS.scopeNote)),
        ("Example", said(SKOS.example)),
        ("Other vocabularies", _mappings(term)),
        ("Deprecated", "yes" if one(graph, term, OWL.deprecated) == "true" else ""),
    )
    label = plain(one(graph, term, RDFS.label)) or code(short(term, graph))
    return document(
        heading(3, label, _anchor(term)), f"{code(short(term, graph))}: {said(SKOS.definition)}.", facts(known)
    )


def _expression(node: Node, graph: Graph) -> str:
    """A class, or what an axiom says in place of one: a union, or a property with a fixed value."""
    if not isinstance(node, BNode):
        return link(node, graph)
    if union := next(graph.objects(node, OWL.unionOf), None):
        return " or ".join(link(member, graph) for member in members(graph, union))
    on, value = next(graph.objects(node, OWL.onProperty), None), next(graph.objects(node, OWL.hasValue), None)
    if on is None or value is None:
        raise ValueError(f"no words for the class expression of {list(graph.predicates(node))}")
    return f"whatever has {link(value, graph)} as {link(on, graph)}"


def _chains(term: URIRef, graph: Graph) -> str:
    chains = (members(graph, head) for head in graph.objects(term, OWL.propertyChainAxiom))
    return "; ".join(" then ".join(link(step, graph) for step in chain) for chain in chains)


@cache
def _foreign() -> dict[str, tuple[str, ...]]:
    """For every term of ours, how terms of other vocabularies relate to it, in words."""
    found: dict[str, set[str]] = {}
    for file in read("ontology"):
        graph = file.graph
        for subject, predicate, value in graph:
            if not isinstance(subject, URIRef) or not isinstance(value, URIRef) or predicate == RDFS.isDefinedBy:
                continue
            ours, theirs = (str(node).startswith(NAMESPACE) for node in (subject, value))
            if predicate in _MATCHES and ours:
                word = str(predicate).rpartition("#")[2].removesuffix("Match")
                found.setdefault(str(subject), set()).add(f"{code(short(value, graph))} ({word})")
            elif predicate in _ALIGNING and theirs and not ours:
                found.setdefault(str(value), set()).add(f"{code(short(subject, graph))} (read as this)")
    return {term: tuple(sorted(words)) for term, words in found.items()}


def _mappings(term: URIRef) -> str:
    return ", ".join(_foreign().get(str(term), ()))
