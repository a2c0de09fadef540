"""The knowledge files as graphs, file by file, and terms as a reader wants to see them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from rdflib import RDF, BNode, Graph, Namespace, URIRef
from rdflib.collection import Collection

from topco import knowledge
from topco.namespaces import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rdflib.term import Node

TOPCO = Namespace(NAMESPACE)


@dataclass(frozen=True)
class KnowledgeFile:
    """One Turtle file: its path below the root of the knowledge, its graph, the comment that it begins with."""

    path: str
    graph: Graph
    remark: str


@cache
def read(folder: str) -> tuple[KnowledgeFile, ...]:
    """Every Turtle file of one knowledge folder, those that no program loads included, by path."""
    root = knowledge.root()
    return tuple(_read(path, root) for path in sorted((root / folder).rglob("*.ttl")))


def _read(path: Path, root: Path) -> KnowledgeFile:
    text = path.read_text(encoding="utf-8")
    graph = Graph(bind_namespaces="none").parse(data=text, format="turtle", publicID=NAMESPACE)
    return KnowledgeFile(path.relative_to(root).as_posix(), graph, _remark(text))


def _remark(text: str) -> str:
    """The first comment of a file that is no mark between its parts, as one paragraph."""
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith("# ") and not line.startswith("# ---"):
            lines.append(line[2:].strip())
        elif lines:
            break
    return " ".join(lines)


def local(node: Node) -> str:
    """The name of a term: `topco:Agent` of ours, `prov:Entity` of others, a literal's text.

    >>> local(TOPCO.Agent), local(TOPCO["policy/approval"])
    ('topco:Agent', 'policy:approval')
    """
    if not isinstance(node, URIRef):
        return str(node)
    if node.startswith(NAMESPACE):
        kind, slash, name = node.removeprefix(NAMESPACE).partition("/")
        return f"{kind}:{name}" if slash else f"topco:{kind}"
    return str(node)


def short(node: Node, graph: Graph) -> str:
    """The name of a term with the prefix that its file declares; an IRI without one stays whole."""
    if isinstance(node, URIRef) and not node.startswith(NAMESPACE):
        found = [(str(base), prefix) for prefix, base in graph.namespaces() if node.startswith(str(base))]
        if found:
            base, prefix = max(found)
            return f"{prefix}:{node.removeprefix(base)}"
    return local(node)


def one(graph: Graph, subject: Node, predicate: URIRef) -> str:
    """The first value of a property as text, or nothing."""
    return next(iter(texts(graph, subject, predicate)), "")


def texts(graph: Graph, subject: Node, predicate: URIRef) -> list[str]:
    """The values of a property as text, sorted."""
    return sorted(local(value) for value in graph.objects(subject, predicate))


def predicates(graph: Graph, subject: Node) -> list[URIRef]:
    """The properties that are said of a thing, by name, each once."""
    return sorted({predicate for predicate in graph.predicates(subject) if isinstance(predicate, URIRef)})


def subjects(graph: Graph, kind: URIRef) -> Iterator[URIRef]:
    """The named things of a class, by name."""
    named = (node for node in graph.subjects(RDF.type, kind) if isinstance(node, URIRef))
    return iter(sorted(set(named)))


def members(graph: Graph, head: Node) -> list[Node]:
    """The members of an RDF list."""
    return list(Collection(graph, head)) if isinstance(head, BNode) else []


def period(graph: Graph, subject: Node) -> tuple[str, str]:
    """The first day, and the first day after, of a dated thing; nothing where it is open."""
    return one(graph, subject, TOPCO["from"]), one(graph, subject, TOPCO.to)
