"""What the ontology says about codes: how an absence reason reads, and the sentences for statuses and notes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from topco import knowledge
from topco.namespaces import local_name, term

_NOTATION = "http://www.w3.org/2004/02/skos/core#notation"
_SCOPE_NOTE = "http://www.w3.org/2004/02/skos/core#scopeNote"
_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"


@dataclass(frozen=True)
class Vocabulary:
    """`no_parent`: the absence reasons that mean that no parent exists; `labels`, `sentences`, `concepts`: by code."""

    no_parent: frozenset[str]
    labels: dict[str, str]
    sentences: dict[str, str]
    concepts: dict[str, str]


@cache
def vocabulary() -> Vocabulary:
    """The codes of the ontology. A reason that is not among `no_parent` hides a parent or may hide one.

    >>> sorted(vocabulary().no_parent)
    ['NATURAL_PERSONS', 'NO_KNOWN_PERSON', 'noBeneficialOwners']
    """
    import pyoxigraph

    store = pyoxigraph.Store()
    for module in sorted((knowledge.root() / "ontology").glob("*.ttl")):
        store.load(path=str(module), format=pyoxigraph.RdfFormat.TURTLE)

    def about(predicate: str) -> dict[str, str]:
        found = {}
        for quad in store.quads_for_pattern(None, pyoxigraph.NamedNode(predicate), None):
            if isinstance(quad.subject, pyoxigraph.NamedNode) and not isinstance(quad.object, pyoxigraph.Triple):
                found[quad.subject.value] = quad.object.value
        return found

    readings, codes = about(term("parentReading")), about(_NOTATION)
    return Vocabulary(
        frozenset(local_name(reason) for reason, reading in readings.items() if reading == term("NoParent")),
        {codes[concept]: label for concept, label in about(_LABEL).items() if concept in codes},
        {codes[concept]: sentence for concept, sentence in about(_SCOPE_NOTE).items() if concept in codes},
        {code: concept for concept, code in codes.items()},
    )
