"""What the knowledge says about codes that importers meet: countries, reasons, kinds of agent, types of interest."""

from __future__ import annotations

import re
from functools import cache

from topco import knowledge
from topco.namespaces import PREFIXES, local_name, term

_SUBCLASS = PREFIXES["rdfs"] + "subClassOf"
_LABEL = PREFIXES["rdfs"] + "label"
_OTHER_LABEL = PREFIXES["skos"] + "altLabel"
_BETWEEN = re.compile(r"[\s_-]+")


@cache
def known_countries() -> frozenset[str]:
    """All ISO 3166-1 alpha-2 codes, and `XK`, of `data/reference/countries.ttl`."""
    return frozenset(value for _, value in _pairs("data/reference/countries.ttl", "isoCode"))


@cache
def known_absence_reasons() -> frozenset[str]:
    """The codes that `ontology/control.ttl` gives a reading: why a register names no parent."""
    return frozenset(local_name(subject) for subject, _ in _pairs("ontology/control.ttl", "parentReading"))


@cache
def known_interests() -> dict[str, str]:
    """What people write for the interest types of `ontology/holdings.ttl`, as `folded`, to the concept's name.

    >>> known_interests()["votingrights"], known_interests()["shares"]
    ('votingRights', 'shares')
    """
    names = {local_name(subject) for subject, _ in _pairs("ontology/holdings.ttl", "interestFamily")}
    return _spellings("ontology/holdings.ttl", names)


@cache
def known_agent_kinds() -> dict[str, str]:
    """What people write for the kinds of agent of `ontology/core.ttl`, as `folded`, to the name of the class.

    >>> known_agent_kinds()["company"], known_agent_kinds()["naturalperson"]
    ('LegalEntity', 'NaturalPerson')
    """
    above = {(local_name(below), local_name(above)) for below, above in _pairs("ontology/core.ttl", _SUBCLASS)}
    names, waiting = set[str](), {"Agent"}
    while waiting:
        waiting = {below for below, parent in above if parent in waiting} - names
        names |= waiting
    return _spellings("ontology/core.ttl", names)


def folded(text: str) -> str:
    """A spelling without case, blanks, hyphens and underscores.

    >>> folded("Voting-rights")
    'votingrights'
    """
    return _BETWEEN.sub("", text).lower()


def _spellings(file: str, names: set[str]) -> dict[str, str]:
    """Names, labels and other labels to names."""
    labels = [pair for predicate in (_LABEL, _OTHER_LABEL) for pair in _pairs(file, predicate)]
    spellings = {folded(label): local_name(subject) for subject, label in labels if local_name(subject) in names}
    return spellings | {folded(name): name for name in names}


def _pairs(file: str, predicate: str) -> list[tuple[str, str]]:
    import pyoxigraph as ox

    wanted = ox.NamedNode(predicate if "://" in predicate else term(predicate))
    triples = ox.parse(path=str(knowledge.root() / file), format=ox.RdfFormat.TURTLE)
    return [(triple.subject.value, triple.object.value) for triple in triples if triple.predicate == wanted]
