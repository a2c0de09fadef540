"""Country codes from what sources write: a code, a name of `data/reference/countries.ttl`, or another spelling."""

from __future__ import annotations

from functools import cache, lru_cache

from topco import knowledge
from topco.namespaces import COUNTRY_BASE, PREFIXES
from topco.registries.reference import known_countries

_FILES = ("data/reference/countries.ttl", "data/reference/country-spellings.ttl")
_NAMES = (PREFIXES["rdfs"] + "label", PREFIXES["skos"] + "altLabel", PREFIXES["skos"] + "hiddenLabel")


@lru_cache(maxsize=4096)
def country_of(text: str) -> str | None:
    """The code of a country, or None if nothing known is written so. Namibia's `NA` is a code.

    >>> country_of("se"), country_of("Republic of Korea"), country_of("UAE"), country_of("Region: Spain")
    ('SE', 'KR', 'AE', None)
    """
    code = text.strip().upper()
    return code if code in known_countries() else _names().get(_folded(text))


@lru_cache(maxsize=4096)
def jurisdiction_of(text: str) -> str | None:
    """A jurisdiction (`DE`, `US-DE`) from codes such as `us_de`; None if its country is unknown.

    >>> jurisdiction_of("us_de"), jurisdiction_of("GB"), jurisdiction_of("Bermuda"), jurisdiction_of("suhh")
    ('US-DE', 'GB', None, None)
    """
    code = text.strip().upper().replace("_", "-")
    country, dash, part = code.partition("-")
    if country not in known_countries() or (dash and not (part.isascii() and part.isalnum() and len(part) <= 3)):
        return None
    return code


def _folded(text: str) -> str:
    return " ".join(text.replace(",", " ").replace(".", " ").lower().split())


@cache
def _names() -> dict[str, str]:
    """Folded names to codes; a name that two countries bear is none."""
    import pyoxigraph as ox

    found: dict[str, set[str]] = {}
    for file in _FILES:
        for triple in ox.parse(path=str(knowledge.root() / file), format=ox.RdfFormat.TURTLE):
            subject, name = triple.subject, triple.object
            if triple.predicate.value not in _NAMES or not isinstance(name, ox.Literal):
                continue
            if isinstance(subject, ox.NamedNode) and subject.value.startswith(COUNTRY_BASE):
                found.setdefault(_folded(name.value), set()).add(subject.value.removeprefix(COUNTRY_BASE))
    return {name: next(iter(codes)) for name, codes in found.items() if len(codes) == 1}
