"""What the knowledge says about codes that importers meet: countries and the reasons for naming no parent."""

from __future__ import annotations

from functools import cache

from topco import knowledge
from topco.namespaces import local_name, term


@cache
def known_countries() -> frozenset[str]:
    """All ISO 3166-1 alpha-2 codes, and `XK`, of `data/reference/countries.ttl`."""
    return frozenset(value for _, value in _pairs("data/reference/countries.ttl", "isoCode"))


@cache
def known_absence_reasons() -> frozenset[str]:
    """The codes that `ontology/control.ttl` gives a reading: why a register names no parent."""
    return frozenset(local_name(subject) for subject, _ in _pairs("ontology/control.ttl", "parentReading"))


def _pairs(file: str, predicate: str) -> list[tuple[str, str]]:
    import pyoxigraph as ox

    wanted = ox.NamedNode(term(predicate))
    triples = ox.parse(path=str(knowledge.root() / file), format=ox.RdfFormat.TURTLE)
    return [(triple.subject.value, triple.object.value) for triple in triples if triple.predicate == wanted]
