"""What the codes of statements mean: kinds of party, interests, reasons, countries, identifiers of other registers."""

from __future__ import annotations

import re
from functools import cache

from topco import knowledge
from topco.namespaces import PREFIXES, local_name, term
from topco.registries import lei
from topco.registries.reference import code_meanings, folded, known_countries, known_interests

_CODES = "data/reference/bods-codes.ttl"
_COUNTRIES = ("data/reference/countries.ttl", "data/reference/country-spellings.ttl")
_SPELLINGS = tuple(
    PREFIXES[prefix] + name for prefix, name in (("rdfs", "label"), ("skos", "altLabel"), ("skos", "hiddenLabel"))
)
_ORG_ID = re.compile(r"([A-Z]{2})-[A-Z0-9]+")
_JURISDICTION = re.compile(r"([A-Z]{2})(?:-[A-Z0-9]{1,3})?")
_COMPANY_NUMBER = re.compile(r"[A-Z]{2}[0-9]{6}|[0-9]{1,8}")
# Prefixes that org-id.guide gives to lists of no country: international ones and those of the International Aid
# Transparency Initiative.
_INTERNATIONAL = frozenset(("XI", "XM", "XR"))
_EXCEPTION_REASON = re.compile(r"\s*Exception Reason: ([A-Z _]+)(?:\.|$)")


@cache
def meanings(scheme: str) -> dict[str, str]:
    """The codes of one list of `data/reference/bods-codes.ttl`, to the names of our terms.

    >>> meanings("entityType")["arrangement/trust"], meanings("personType")["knownPerson"]
    ('Trust', 'NaturalPerson')
    """
    return code_meanings(_CODES, scheme)


@cache
def reasons() -> dict[str, str]:
    """Why a party is not named: codes as `folded`, with those of GLEIF, to the name of the concept.

    >>> reasons()[folded("no-beneficial-owners")], reasons()[folded("NO_KNOWN_PERSON")]
    ('noBeneficialOwners', 'NO_KNOWN_PERSON')
    """
    return {
        folded(local_name(subject)): local_name(subject)
        for file in ("ontology/bods.ttl", "ontology/control.ttl")
        for subject, of in knowledge.facts(file).items()
        if term("parentReading") in of
    }


def told_in_text(description: str) -> str | None:
    """The exception reason that Open Ownership's conversion leaves in the description, if it is one of GLEIF's.

    >>> told_in_text("Exception Reason: NO KNOWN_PERSON. There is no known person(s) controlling the entity.")
    'NO_KNOWN_PERSON'
    """
    found = _EXCEPTION_REASON.match(description)
    return reasons().get(folded(found[1])) if found else None


@cache
def interest(code: str) -> str | None:
    """The concept of a type of interest in any version's spelling; None if no version has it.

    >>> interest("voting-rights"), interest("rights-to-surplus-assets"), interest("friendship")
    ('votingRights', 'rightsToSurplusAssetsOnDissolution', None)
    """
    return known_interests().get(folded(code)) or meanings("interestType").get(code)


@cache
def counts(code: str) -> bool:
    """Whether interests of a type are added up under some parent test, as shares, votes and seats are.

    >>> counts("shareholding"), counts("nominator"), counts("unknownInterest")
    (True, False, False)
    """
    families = (
        knowledge.facts("ontology/holdings.ttl").get(term(interest(code) or ""), {}).get(term("interestFamily"), ())
    )
    return any(local_name(family) != "NoFamily" for family in families)


@cache
def kind_of_entity(code: str, subtype: str) -> str | None:
    """The class of an entity's type and subtype; an unlisted subtype means what its type means."""
    known = meanings("entityType")
    return known.get(f"{code}/{subtype}") or known.get(code)


@cache
def _country_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for file in _COUNTRIES:
        for subject, of in knowledge.facts(file).items():
            code = local_name(subject)
            if code in known_countries():
                names.update((_plain(text), code) for spelling in _SPELLINGS for text in of.get(spelling, ()))
    return names


def _plain(name: str) -> str:
    """A name without capitals, and without an article where ISO writes one behind it."""
    return folded(re.sub(r"\s*\(the\)$", "", name.strip(), flags=re.IGNORECASE))


@cache
def country(code: str, name: str) -> str | None:
    """A country by its code, else by its name; None if neither is known.

    >>> country("GB", ""), country("", "United Kingdom"), country("", "Atlantis")
    ('GB', 'GB', None)
    """
    upper = code.strip().upper()
    return upper if upper in known_countries() else _country_names().get(_plain(name or code))


@cache
def jurisdiction(code: str, name: str) -> str | None:
    """The code of a country or of a part of one, such as `US-DE`; None if neither code nor name is known.

    >>> jurisdiction("us-de", "Delaware"), jurisdiction("", "France")
    ('US-DE', 'FR')
    """
    upper = code.strip().upper()
    found = _JURISDICTION.fullmatch(upper)
    return upper if found and found[1] in known_countries() else country("", name or code)


@cache
def _is_org_id(scheme: str) -> bool:
    found = _ORG_ID.fullmatch(scheme)
    return found is not None and (found[1] in known_countries() or found[1] in _INTERNATIONAL)


def other_id(scheme: str, value: str) -> tuple[str | None, str]:
    """The identifier of another register in our form; or None and what is wrong with it.

    >>> [other_id(scheme, "102498")[0] for scheme in ("GB-COH", "RU-INN", "XI-LEI")]
    ['GB-COH:00102498', 'RU-INN:102498', None]
    >>> other_id("OpenCorporates", "gb/1")
    (None, 'an identifier of a scheme that is no list of org-id.guide links nothing')
    """
    value = value.strip()
    if not value:
        return None, "an identifier without a value links nothing"
    if scheme == "XI-LEI":
        upper = value.upper()
        return (f"LEI:{upper}", "") if lei.is_well_formed(upper) else (None, "an LEI that is none links nothing")
    if scheme == "GB-COH":
        number = re.sub(r"\s", "", value).upper()
        if not _COMPANY_NUMBER.fullmatch(number):
            return None, "a company number that is none links nothing"
        return f"GB-COH:{number.zfill(8)}", ""
    if _is_org_id(scheme):
        return f"{scheme}:{value}", ""
    return None, "an identifier of a scheme that is no list of org-id.guide links nothing"
