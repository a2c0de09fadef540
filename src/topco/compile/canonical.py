"""One canonical Turtle form, so that a difference between two versions of the ontology is a difference in meaning.

1. The comment lines at the top of a file stay, then come the prefixes in use, sorted.
2. The ontology's own statements come first, then every subject sorted by its name, then statements about class
   expressions (blank subjects), sorted by their text.
3. Within a subject: one line with type, label and defining module, the definition, one line with all that names
   other terms or codes, then one line for each note; objects are sorted.
4. Class expressions and lists are written in place: a blank node that two statements share is refused.

`python -m topco.compile.canonical FILE…` rewrites files in place.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rdflib import RDF, RDFS, SKOS, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.namespace import OWL, XSD

from topco.errors import BadInput

if TYPE_CHECKING:
    from rdflib.term import Node

_HEAD = (RDF.type, RDFS.label, RDFS.isDefinedBy)
_TEXTS = (SKOS.definition, SKOS.scopeNote, SKOS.example, RDFS.comment)


class CanonicalTurtle:
    """A graph as canonical Turtle; the prefixes are those that the graph was parsed with."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._prefixes = {str(name): str(base) for name, base in graph.namespaces()}
        self._used: set[str] = set()

    def text(self, header: str = "") -> str:
        """The whole file; `header` is its leading comment, with the line breaks that it has."""
        ontologies = sorted(self._graph.subjects(RDF.type, OWL.Ontology), key=str)
        named = sorted({s for s in self._graph.subjects() if isinstance(s, URIRef)} - set(ontologies), key=self._term)
        blocks = [self._block(subject) for subject in (*ontologies, *named)]
        blocks += sorted(self._block(subject) for subject in self._roots())
        used = sorted(self._used)
        prefixes = "".join(f"@prefix {name}: <{self._prefixes[name]}> .\n" for name in used)
        return "\n".join(part for part in (header, prefixes, "\n".join(blocks)) if part)

    def _roots(self) -> list[BNode]:
        blanks = {s for s in self._graph.subjects() if isinstance(s, BNode)}
        return [node for node in blanks if not any(self._graph.triples((None, None, node)))]

    def _block(self, subject: Node) -> str:
        first, *rest = self._predicates(subject)
        opening = f"{self._term(subject)} " if isinstance(subject, URIRef) else "[] "
        return opening + " ;\n    ".join([first, *rest]) + " .\n"

    def _predicates(self, subject: Node) -> list[str]:
        """The lines of a subject, each one or more `predicate objects`."""
        predicates = set(self._graph.predicates(subject))
        codes = sorted(predicates - {*_HEAD, *_TEXTS}, key=self._term)
        lines = [_HEAD, _TEXTS[:1], codes, *([text] for text in _TEXTS[1:])]
        pairs = ([self._pair(subject, p) for p in line if p in predicates] for line in lines)
        return [" ; ".join(line) for line in pairs if line]

    def _pair(self, subject: Node, predicate: Node) -> str:
        name = "a" if predicate == RDF.type else self._term(predicate)
        return f"{name} {' , '.join(sorted(self._term(o) for o in self._graph.objects(subject, predicate)))}"

    def _term(self, node: Node) -> str:
        if isinstance(node, URIRef):
            return self._name(node)
        if isinstance(node, Literal):
            return self._literal(node)
        if sum(1 for _ in self._graph.triples((None, None, node))) > 1:
            raise BadInput(
                "Two statements share a blank node, which has no canonical place.",
                where=next(iter(self._predicates(node))),
                remedy="Give the thing an IRI.",
            )
        if (node, RDF.first, None) in self._graph:
            return f"( {' '.join(self._term(item) for item in Collection(self._graph, node))} )"
        return f"[ {' ; '.join(self._predicates(node))} ]"

    def _name(self, iri: URIRef) -> str:
        best = max((b for b in self._prefixes.values() if b and iri.startswith(b)), key=len, default="")
        local = iri[len(best) :]
        if not best or not local.replace("_", "").replace("-", "").isalnum() or local[0] == "-":
            return f"<{iri}>"
        name = next(n for n, base in self._prefixes.items() if base == best)
        self._used.add(name)
        return f"{name}:{local}"

    def _literal(self, literal: Literal) -> str:
        if literal.datatype in (XSD.boolean, XSD.integer, XSD.decimal):
            return str(literal)
        text = str(literal).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        if literal.language:
            return f'"{text}"@{literal.language}'
        if literal.datatype and literal.datatype != XSD.string:
            return f'"{text}"^^{self._name(literal.datatype)}'
        return f'"{text}"'


def canonical(turtle: str) -> str:
    """The canonical form of a Turtle text.

    >>> print(canonical("@prefix e: <http://e.org/> . e:b e:q 2 , 1 . e:a a e:C ."))
    @prefix e: <http://e.org/> .
    <BLANKLINE>
    e:a a e:C .
    <BLANKLINE>
    e:b e:q 1 , 2 .
    <BLANKLINE>
    """
    lines = turtle.splitlines()
    comment = next((i for i, line in enumerate(lines) if not line.startswith("#")), len(lines))
    header = "".join(f"{line}\n" for line in lines[:comment])
    graph = Graph(bind_namespaces="none").parse(data=turtle, format="turtle")
    return CanonicalTurtle(graph).text(header)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        Path(name).write_text(canonical(Path(name).read_text(encoding="utf-8")), encoding="utf-8")
