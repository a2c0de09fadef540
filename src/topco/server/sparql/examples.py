"""The query library as examples that a client can run: `sh:SPARQLExecutable`.

A parameter with a default has it; one that a user has to give is left open, so that the example answers about all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from topco.compile.sparql_tokens import split
from topco.compile.sparql_values import inject
from topco.namespaces import PREFIXES
from topco.query.guard import check
from topco.query.library import LibraryQuery, library

if TYPE_CHECKING:
    from collections.abc import Iterator

_OF_PROOFS = "proof-"
_RDF, _RDFS, _XSD = PREFIXES["rdf"], PREFIXES["rdfs"], PREFIXES["xsd"]
_SH = "http://www.w3.org/ns/shacl#"
_SCHEMA = "https://schema.org/"
_FORMS = {
    "SELECT": ("SPARQLSelectExecutable", "select"),
    "ASK": ("SPARQLAskExecutable", "ask"),
    "CONSTRUCT": ("SPARQLConstructExecutable", "construct"),
}
_ANY_URI = ox.NamedNode(_XSD + "anyURI")


def examples(endpoint: str) -> Iterator[ox.Triple]:
    """The statements about all examples. The queries about proofs are none: they need a proof beside the store."""
    prefixes = ox.NamedNode(f"{endpoint}#prefixes")
    yield ox.Triple(prefixes, _a(), ox.NamedNode("http://www.w3.org/2002/07/owl#Ontology"))
    for prefix, namespace in PREFIXES.items():
        declaration = ox.NamedNode(f"{endpoint}#prefix/{prefix}")
        yield ox.Triple(prefixes, _shacl("declare"), declaration)
        yield ox.Triple(declaration, _shacl("prefix"), ox.Literal(prefix))
        yield ox.Triple(declaration, _shacl("namespace"), ox.Literal(namespace, datatype=_ANY_URI))
    for name, query in library().items():
        if not name.startswith(_OF_PROOFS):
            yield from _example(ox.NamedNode(f"{endpoint}#example/{name}"), query, ox.NamedNode(endpoint), prefixes)


def runnable(query: LibraryQuery) -> str:
    """The text of a library query with the defaults of its parameters."""
    terms = {
        parameter.name: [parameter.term(parameter.default)]
        for parameter in query.parameters
        if parameter.default not in ("required", "optional")
    }
    return inject(query.text, split(query.text), terms)


def _example(
    node: ox.NamedNode, query: LibraryQuery, endpoint: ox.NamedNode, prefixes: ox.NamedNode
) -> Iterator[ox.Triple]:
    text = runnable(query)
    kind, holds = _FORMS[check(text).form]
    open_names = [f"?{parameter.name}" for parameter in query.parameters if parameter.default == "required"]
    narrowed = f" Bind {', '.join(open_names)} to ask about one." if open_names else ""
    yield ox.Triple(node, _a(), _shacl("SPARQLExecutable"))
    yield ox.Triple(node, _a(), _shacl(kind))
    yield ox.Triple(node, ox.NamedNode(_RDFS + "label"), ox.Literal(query.title, language="en"))
    comment = ox.Literal(query.description + narrowed, language="en")
    yield ox.Triple(node, ox.NamedNode(_RDFS + "comment"), comment)
    yield ox.Triple(node, _shacl("prefixes"), prefixes)
    yield ox.Triple(node, _shacl(holds), ox.Literal(text))
    yield ox.Triple(node, ox.NamedNode(_SCHEMA + "target"), endpoint)


def _a() -> ox.NamedNode:
    return ox.NamedNode(_RDF + "type")


def _shacl(name: str) -> ox.NamedNode:
    return ox.NamedNode(_SH + name)
