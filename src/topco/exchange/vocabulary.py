"""What our codes become in other models: `data/reference/exchange.ttl`, read once.

A match is the nearest code of the other model. Which code list a code belongs to is said by its `skos:inScheme`, and
how earlier versions wrote types of names and addresses by `skos:hiddenLabel`; their interests and reasons, and GLEIF's
codes, are read as importers read them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from topco import knowledge
from topco.namespaces import PREFIXES, local_name, term
from topco.registries.reference import GLEIF_CODES, code_meanings, folded

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
    """All spellings of the types of names or addresses, those of earlier versions included, to the codes of 0.4.

    >>> bods_spellings("nameType")["individual"], bods_spellings("personAddressType")["home"]
    ('legal', 'residence')
    """
    facts = _facts()
    return {
        spelling: code
        for code in sorted(_in_scheme(scheme))
        for spelling in (code, *facts[_BODS + code].get(_SKOS + "hiddenLabel", ()))
    }


@cache
def bods_interest(spelling: str) -> str | None:
    """The interest type of 0.4 that a type of any version is, read as the importer reads it; None if it is none.

    >>> bods_interest("settlor-of-trust"), bods_interest("friendship")
    ('settlor', None)
    """
    from topco.registries.bods.codes import interest

    name = interest(spelling)
    return bods_code(name, "interestType") or name if name else None


@cache
def bods_reason(spelling: str) -> str | None:
    """The reason of 0.4 that a reason of any version is, read as the importer reads it; None if it is none.

    >>> bods_reason("no-beneficial-owners"), bods_reason("NO_KNOWN_PERSON")
    ('noBeneficialOwners', None)
    """
    from topco.registries.bods.codes import reasons

    name = reasons().get(folded(spelling))
    return name if name in _in_scheme("unspecifiedReason") else None


@cache
def source_code(name: str) -> str:
    """GLEIF's code for a tie or a level, as published statements carry it in free text; without one our own.

    >>> source_code("DirectConsolidation"), source_code("Something")
    ('IS_DIRECTLY_CONSOLIDATED_BY', 'Something')
    """
    lists = (code_meanings(GLEIF_CODES, scheme) for scheme in ("relationshipType", "exceptionCategory"))
    return next((code for meanings in lists for code, meaning in meanings.items() if meaning == name), name)


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
    found = [subject for subject, facts in _facts().items() if licence in facts.get(_IDENTIFIER, ())]
    return found[0] if found else None


@cache
def forbids_commerce(licence: str) -> bool:
    """Whether a listed licence forbids commercial use.

    >>> forbids_commerce("CC-BY-NC-4.0"), forbids_commerce("CC0-1.0")
    (True, False)
    """
    address = licence_address(licence)
    return address is not None and _PROHIBITS in _facts()[address]


@cache
def country_name(code: str) -> str | None:
    """The English name of a country or territory.

    >>> country_name("DE"), country_name("ZZ")
    ('Germany', None)
    """
    return _country_names().get(code)


@cache
def _country_names() -> dict[str, str]:
    label, facts = PREFIXES["rdfs"] + "label", knowledge.facts("data/reference/countries.ttl")
    return {
        local_name(subject): name
        for subject, of in facts.items()
        if subject.startswith(PREFIXES["country"])
        for name in of.get(label, ())
    }


def _matches(name: str, base: str) -> list[str]:
    facts = _facts().get(term(name), {})
    return sorted(v[len(base) :] for match in _MATCHES for v in facts.get(match, ()) if v.startswith(base))


@cache
def _in_scheme(scheme: str) -> frozenset[str]:
    return frozenset(
        subject[len(_BODS) :]
        for subject, facts in _facts().items()
        if _BODS + scheme in facts.get(_SKOS + "inScheme", ())
    )


def _facts() -> Mapping[str, Mapping[str, list[str]]]:
    return knowledge.facts(_FILE)
