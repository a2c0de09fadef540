"""What the knowledge says about codes that importers meet: countries, reasons, kinds of agent, types of interest."""

from __future__ import annotations

import re
from functools import cache

from topco import knowledge
from topco.namespaces import PREFIXES, local_name, term

GLEIF_CODES = "data/reference/gleif-codes.ttl"
_IN_SCHEME, _NOTATION = PREFIXES["skos"] + "inScheme", PREFIXES["skos"] + "notation"
_MEANING = term("codeMeaning")
_SUBCLASS = PREFIXES["rdfs"] + "subClassOf"
_LABEL = PREFIXES["rdfs"] + "label"
_OTHER_LABEL = PREFIXES["skos"] + "altLabel"
_BETWEEN = re.compile(r"[\s_-]+")


@cache
def known_countries() -> frozenset[str]:
    """All ISO 3166-1 alpha-2 codes, and `XK`, of `data/reference/countries.ttl`."""
    return frozenset(value for _, value in _pairs("data/reference/countries.ttl", term("isoCode")))


@cache
def known_absence_reasons() -> frozenset[str]:
    """The codes that `ontology/control.ttl` gives a reading: why a register names no parent."""
    return frozenset(local_name(subject) for subject, _ in _pairs("ontology/control.ttl", term("parentReading")))


@cache
def known_interests() -> dict[str, str]:
    """What people write for the interest types of `ontology/holdings.ttl`, as `folded`, to the concept's name.

    >>> known_interests()["votingrights"], known_interests()["shares"]
    ('votingRights', 'shares')
    """
    names = {local_name(subject) for subject, _ in _pairs("ontology/holdings.ttl", term("interestFamily"))}
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


@cache
def code_meanings(file: str, scheme: str) -> dict[str, str]:
    """The codes of one list of a file of `topco:codeMeaning`, as sources write them, to the names of our terms.

    >>> code_meanings(GLEIF_CODES, "relationshipType")["IS_DIRECTLY_CONSOLIDATED_BY"]
    'DirectConsolidation'
    """
    return {
        of[_NOTATION][0]: local_name(of[_MEANING][0])
        for of in knowledge.facts(file).values()
        if _MEANING in of and local_name(of[_IN_SCHEME][0]) == scheme
    }


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
    return [(subject, value) for subject, of in knowledge.facts(file).items() for value in of.get(predicate, ())]
