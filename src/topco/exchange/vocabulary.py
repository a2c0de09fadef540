"""What our codes become in other models: `data/reference/exchange.ttl`, read once.

A match is the nearest code of the other model. Which code list a code belongs to is said by its `skos:inScheme`, and
the spellings that earlier versions had by `skos:hiddenLabel`.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from topco import knowledge
from topco.namespaces import PREFIXES, local_name, term

_FILE = "data/reference/exchange.ttl"
_SKOS = PREFIXES["skos"]
_MATCHES = (_SKOS + "closeMatch", _SKOS + "broadMatch")
_BODS = "https://vocab.openownership.org/codelists#"
_FTM = "https://schema.followthemoney.tech/#"
_IDENTIFIER = "http://purl.org/dc/terms/identifier"
_PROHIBITS = "http://creativecommons.org/ns#prohibits"


@cache
def bods_code(name: str, scheme: str) -> str | None:
    """The code of a BODS code list that a kind, an interest, a tie or a reason of ours becomes; None without one.

    >>> bods_code("Trust", "entityType"), bods_code("Trust", "entitySubtype"), bods_code("Fund", "entitySubtype")
    ('arrangement', 'trust', None)
    >>> bods_code("shares", "interestType"), bods_code("nominee", "interestType")
    ('shareholding', None)
    """
    codes = _in_scheme(scheme)
    return next((code for code in _matches(name, _BODS) if code in codes), None)


@cache
def bods_default(scheme: str) -> str:
    """The code of a list for what no other code of it names.

    >>> bods_default("unspecifiedReason")
    'informationUnknownToPublisher'
    """
    return local_name(_facts()[_BODS + scheme][_SKOS + "hasTopConcept"][0])


@cache
def bods_spellings(scheme: str) -> dict[str, str]:
    """All spellings of the codes of a list, those of earlier versions included, to the codes of 0.4.

    >>> bods_spellings("interestType")["settlor-of-trust"], bods_spellings("unspecifiedReason")["unknown"]
    ('settlor', 'unknown')
    """
    facts = _facts()
    return {
        spelling: code
        for code in sorted(_in_scheme(scheme))
        for spelling in (code, *facts[_BODS + code][_SKOS + "hiddenLabel"])
    }


@cache
def source_code(name: str) -> str:
    """The code of the register for a tie or a level, as published statements carry it in free text; else our own.

    >>> source_code("DirectConsolidation"), source_code("Something")
    ('IS_DIRECTLY_CONSOLIDATED_BY', 'Something')
    """
    facts = _facts().get(term(name))
    labels = facts[_SKOS + "hiddenLabel"] if facts else []
    return labels[0] if labels else name


@cache
def ftm_schema(name: str) -> str | None:
    """The FollowTheMoney schema that a kind of agent, an interest or a tie becomes; None without one.

    >>> ftm_schema("StateBody"), ftm_schema("votes"), ftm_schema("nominee")
    ('PublicBody', 'Ownership', None)
    """
    return next(iter(_matches(name, _FTM)), None)


@cache
def licence_address(licence: str) -> str | None:
    """Where the text of a licence is; None if the licence is not listed.

    >>> licence_address("CC0-1.0"), licence_address("not stated")
    ('https://creativecommons.org/publicdomain/zero/1.0/', None)
    """
    found = [subject for subject, facts in _facts().items() if licence in facts[_IDENTIFIER]]
    return found[0] if found else None


@cache
def forbids_commerce(licence: str) -> bool:
    """Whether a listed licence forbids commercial use.

    >>> forbids_commerce("CC-BY-NC-4.0"), forbids_commerce("CC0-1.0")
    (True, False)
    """
    address = licence_address(licence)
    return address is not None and bool(_facts()[address][_PROHIBITS])


@cache
def country_name(code: str) -> str | None:
    """The English name of a country or territory.

    >>> country_name("DE"), country_name("ZZ")
    ('Germany', None)
    """
    return _country_names().get(code)


@cache
def _country_names() -> dict[str, str]:
    import pyoxigraph as ox

    label = ox.NamedNode(PREFIXES["rdfs"] + "label")
    path = knowledge.root() / "data/reference/countries.ttl"
    triples = ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)
    return {
        local_name(triple.subject.value): triple.object.value
        for triple in triples
        if triple.predicate == label and triple.subject.value.startswith(PREFIXES["country"])
    }


def _matches(name: str, base: str) -> list[str]:
    facts = _facts().get(term(name))
    if facts is None:
        return []
    return sorted(v[len(base) :] for match in _MATCHES for v in facts[match] if v.startswith(base))


@cache
def _in_scheme(scheme: str) -> frozenset[str]:
    return frozenset(
        subject[len(_BODS) :] for subject, facts in _facts().items() if _BODS + scheme in facts[_SKOS + "inScheme"]
    )


@cache
def _facts() -> dict[str, defaultdict[str, list[str]]]:
    """By subject and predicate, the values of the file."""
    import pyoxigraph as ox

    found: dict[str, defaultdict[str, list[str]]] = {}
    for triple in ox.parse(path=str(knowledge.root() / _FILE), format=ox.RdfFormat.TURTLE):
        found.setdefault(triple.subject.value, defaultdict(list))[triple.predicate.value].append(triple.object.value)
    return found
