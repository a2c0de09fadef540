"""Codes of answers in words, all from data: the ontology's labels, the countries, and `data/reports/words.ttl`."""

from __future__ import annotations

import re
from functools import cache

from topco import knowledge
from topco.namespaces import COUNTRY_BASE, NAMESPACE, PREFIXES, term

_CAPITAL = re.compile("(?<=[a-z])([A-Z])")
_LABEL = PREFIXES["rdfs"] + "label"
_TEMPLATE = term("template")
_WORDS = "data/reports/words.ttl"
_COUNTRIES = "data/reference/countries.ttl"
_CODE = 2
_TESTS = "rules/parent-tests.ttl"
_NOTATION = PREFIXES["skos"] + "notation"

# Where the ontology labels the codes of a kind: the file, and what precedes the code in the IRI.
_LABELLED = {
    "policy": ("ontology/licensing.ttl", f"{NAMESPACE}policy/"),
    "item_class": ("ontology/items.ttl", NAMESPACE),
}


def word(kind: str, code: str | None) -> str:
    """A code in words; one that no data knows is shown as it is, with spaces.

    >>> word("policy", "denial_presumption"), word("condition_state", "missing"), word("policy", "not_heard_of")
    ('presumption of denial', 'not established', 'not heard of')
    """
    if code is None:
        return ""
    found = knowledge.facts(_WORDS).get(f"{NAMESPACE}report/{kind}/{code}", {}).get(_TEMPLATE)
    if found is None and kind in _LABELLED:
        file, base = _LABELLED[kind]
        found = knowledge.facts(file).get(base + code, {}).get(_LABEL)
    return found[0] if found else spaced(code)


def country(code: str | None) -> str:
    """A country by its name and its code.

    >>> country("DE"), country(None), country("ZZ")
    ('Germany (DE)', 'not known', 'ZZ')
    """
    if code is None:
        return word("note", "unknown_country")
    name = country_name(code)
    return f"{name} ({code})" if name else code


def country_name(code: str) -> str | None:
    """The name of a country; None for a code that is in no list."""
    names = knowledge.facts(_COUNTRIES).get(COUNTRY_BASE + code, {}).get(_LABEL)
    return names[0] if names else None


@cache
def country_names() -> tuple[tuple[str, str], ...]:
    """All countries by code, with their names.

    >>> dict(country_names())["DE"]
    'Germany'
    """
    codes = [iri.removeprefix(COUNTRY_BASE) for iri in knowledge.facts(_COUNTRIES) if iri.startswith(COUNTRY_BASE)]
    return tuple((code, name) for code in sorted(codes) if len(code) == _CODE and (name := country_name(code)))


def countries(codes: str | list[str] | None) -> str:
    """Several countries that a fact may be or is at once."""
    return " / ".join(map(country, codes)) if isinstance(codes, list) else country(codes)


def status(code: str) -> str:
    """The status of a resolution as the ontology labels it, or where else the facts about a party come from."""
    from topco.ownership.vocabulary import vocabulary

    return vocabulary().labels.get(code) or spaced(code)


def labelled(code: str) -> str:
    """A code as the ontology labels it, else with its words apart.

    >>> labelled("registerRecord"), labelled("votingRights"), labelled("NaturalPerson"), labelled("DirectLevel")
    ('register record', 'voting rights', 'natural person', 'direct level')
    """
    from topco.ownership.vocabulary import vocabulary

    return vocabulary().labels.get(code) or spaced(_CAPITAL.sub(r" \1", code)).lower()


def status_sentence(code: str) -> str:
    """What a status or a note of a resolution means."""
    from topco.ownership.vocabulary import vocabulary

    own = knowledge.facts(_WORDS).get(f"{NAMESPACE}report/party_status/{code}", {}).get(_TEMPLATE)
    return own[0] if own else vocabulary().sentences.get(code, "")


def parent_test(name: str) -> str:
    """What a parent test looks at.

    >>> parent_test("consolidation"), parent_test("not a test")
    ('recorded accounting consolidation alone', 'not a test')
    """
    named = (of for of in knowledge.facts(_TESTS).values() if name in of.get(_NOTATION, ()))
    return next((of[_LABEL][0] for of in named if of.get(_LABEL)), name)


def spaced(code: str) -> str:
    """A code with spaces for its underscores."""
    return code.replace("_", " ")


def grouped(figure: str | None) -> str:
    """A figure with its thousands apart; what is no plain number stays as it is.

    >>> grouped("12345678"), grouped("-1234567.5"), grouped("about 5")
    ('12,345,678', '-1,234,567.5', 'about 5')
    """
    whole, point, rest = (figure or "").partition(".")
    return f"{int(whole):,}{point}{rest}" if whole.lstrip("-").isdecimal() else figure or ""


@cache
def strictness() -> dict[str, int]:
    """How strict each review policy is, by its code; what has no rank is no decided policy."""
    file, base = _LABELLED["policy"]
    ranks = {iri: of.get(term("strictness")) for iri, of in knowledge.facts(file).items() if iri.startswith(base)}
    return {iri[len(base) :]: int(rank[0]) for iri, rank in ranks.items() if rank}
