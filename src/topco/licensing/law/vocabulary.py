"""The IRIs that the licensing engine reads and writes, and the prefixes that every rule query may use."""

from __future__ import annotations

from pyoxigraph import NamedNode

from topco.namespaces import NAMESPACE, term

RDF_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
LABEL = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
NOTATION = NamedNode("http://www.w3.org/2004/02/skos/core#notation")

KINDS = (
    "condition",
    "country",
    "duty",
    "eccn",
    "enclosure",
    "exception",
    "exemption",
    "group",
    "list",
    "measure",
    "parameter",
    "policy",
    "qualification",
    "requirement",
)

PREFIXES = {
    "topco": NAMESPACE,
    **{kind: f"{NAMESPACE}{kind}/" for kind in KINDS},
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

PREFIX_BLOCK = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())


def node(local_name: str) -> NamedNode:
    """A term of the ontology as a node.

    >>> node("memberOf")
    <NamedNode value=https://w3id.org/topco/memberOf>
    """
    return NamedNode(term(local_name))


def concept(kind: str, local_name: str) -> NamedNode:
    """A dated or listed thing of one kind: `concept("policy", "approval")`."""
    return NamedNode(f"{NAMESPACE}{kind}/{local_name}")
