"""The SHACL shapes: what each asks of what, how severely, and the sentence that a user sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markdown_writing import Page, anchor, capital, code, document, facts, heading, plain, table
from rdflib import RDF, RDFS, SH, BNode, URIRef
from turtle_files import KnowledgeFile, members, one, predicates, read, short, subjects

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

FOLDER = "reference/shapes"
_PLACED = frozenset({RDF.type, RDFS.label, SH.targetClass, SH.path, SH.name, SH.message, SH.severity})


def pages() -> list[Page]:
    """An index of files, and a page for each."""
    files = read("shapes")
    rows = ((f"[{plain(_title(file))}]({_name(file)}.md)", code(file.path), len(_shapes(file))) for file in files)
    index = document(
        heading(1, "Shapes"),
        "What evidence, law and ontology must look like, from `shapes/*.ttl`. How they run is told in "
        "[validation](../../validation.md).",
        table(("about", "file", "shapes"), rows),
    )
    return [Page(f"{FOLDER}/index.md", "All shapes", index), *(_file(file) for file in files)]


def _name(file: KnowledgeFile) -> str:
    return file.path.rpartition("/")[2].removesuffix(".ttl")


def _title(file: KnowledgeFile) -> str:
    return _name(file).replace("-", " ")


def _shapes(file: KnowledgeFile) -> list[URIRef]:
    return sorted({*subjects(file.graph, SH.PropertyShape), *subjects(file.graph, SH.NodeShape)})


def _file(file: KnowledgeFile) -> Page:
    text = document(
        heading(1, capital(_title(file))),
        plain(file.remark),
        facts((("File", code(file.path)),)),
        *(_shape(shape, file.graph) for shape in _shapes(file)),
    )
    return Page(f"{FOLDER}/{_name(file)}.md", _title(file), text)


def _shape(shape: URIRef, graph: Graph) -> str:
    name = short(shape, graph).partition(":")[2]
    constraints = [predicate for predicate in predicates(graph, shape) if predicate not in _PLACED]
    known = [
        ("About", ", ".join(sorted(code(short(node, graph)) for node in graph.objects(shape, SH.targetClass)))),
        ("Path", "; ".join(code(written(node, graph)) for node in graph.objects(shape, SH.path))),
        ("Severity", ", ".join(short(node, graph).partition(":")[2] for node in graph.objects(shape, SH.severity))),
        *((code(short(each, graph)), _values(shape, each, graph)) for each in constraints),
    ]
    title = one(graph, shape, SH.name) or one(graph, shape, RDFS.label) or name
    message = one(graph, shape, SH.message)
    return document(
        heading(2, plain(title), anchor(name)),
        code(short(shape, graph)),
        f"> {plain(message)}" if message else "",
        facts(known),
    )


def _values(shape: URIRef, predicate: URIRef, graph: Graph) -> str:
    return ", ".join(sorted(code(written(node, graph)) for node in graph.objects(shape, predicate)))


def written(node: Node, graph: Graph) -> str:
    """A value, a path, a list or a nested shape, much as Turtle writes it."""
    if not isinstance(node, BNode):
        return short(node, graph)
    if listed := members(graph, node):
        return "( " + " ".join(written(member, graph) for member in listed) + " )"
    said = sorted((short(p, graph), written(o, graph)) for p, o in graph.predicate_objects(node))
    return "[ " + " ; ".join(f"{predicate} {value}" for predicate, value in said) + " ]"
