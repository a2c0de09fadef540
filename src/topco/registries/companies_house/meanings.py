"""What the codes and words of Companies House mean, read once from the knowledge; none of it is written in Python.

Natures of control: `data/reference/natures-of-control.ttl`; words: `data/reference/companies-house.ttl`; reasons for
naming nobody: `ontology/psc.ttl`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from topco import knowledge
from topco.namespaces import PREFIXES, local_name, term
from topco.ownership.shares import units

_NATURES = "data/reference/natures-of-control.ttl"
_WORDS = "data/reference/companies-house.ttl"
_REASONS = "ontology/psc.ttl"
_NOTATION = PREFIXES["skos"] + "notation"
_NO_WORD = re.compile(r"[\W_]+")
UNKNOWN_INTEREST = "unknownInterest"


@dataclass(frozen=True)
class Between:
    """An unnamed agent that holds for the named party, and what the named party has in it."""

    kind: str
    name: str | None
    suffix: str
    interest: str


@dataclass(frozen=True)
class Nature:
    """What a nature of control says: an interest, a band in units of `topco.ownership.shares`, and who holds it.

    `between` is None where the named party holds by itself.
    """

    interest: str
    minimum: int | None = None
    minimum_exclusive: bool | None = None
    maximum: int | None = None
    maximum_exclusive: bool | None = None
    between: Between | None = None


@cache
def natures() -> dict[str, Nature]:
    """The natures of control by their codes.

    >>> nature = natures()["ownership-of-shares-50-to-75-percent-as-trust"]
    >>> nature.interest, nature.minimum, nature.maximum_exclusive, nature.between.kind
    ('shareholding', 500000000, True, 'Trust')
    """
    facts = knowledge.facts(_NATURES)
    described = [values for values in facts.values() if term("natureInterest") in values]
    return {_only(values, _NOTATION): _nature(values, facts) for values in described}


def _nature(values: Mapping[str, list[str]], facts: Mapping[str, Mapping[str, list[str]]]) -> Nature:
    interest = local_name(_only(values, term("natureInterest")))
    between = _between(facts.get(_only(values, term("holderForm")), {}))
    band = facts.get(_only(values, term("natureBand")))
    if band is None:
        return Nature(interest, between=between)
    return Nature(
        interest,
        units(_only(band, term("bandMinimum"))),
        _only(band, term("bandMinimumExclusive")) == "true",
        units(_only(band, term("bandMaximum"))),
        _only(band, term("bandMaximumExclusive")) == "true",
        between,
    )


def _between(form: Mapping[str, list[str]]) -> Between | None:
    if not form:
        return None
    return Between(
        _only(form, term("betweenKind")),
        _only(form, term("betweenName")) or None,
        _only(form, term("betweenSuffix")),
        local_name(_only(form, term("betweenInterest"))),
    )


@cache
def reasons() -> frozenset[str]:
    """The codes that say why nobody is named and that have a reading."""
    facts = knowledge.facts(_REASONS)
    return frozenset(_only(values, _NOTATION) for values in facts.values() if term("parentReading") in values)


@cache
def texts(sense: str) -> frozenset[str]:
    """The texts of one sense, as `folded`.

    >>> "ministry" in texts("government"), "government owned company" in texts("government")
    (True, False)
    """
    return frozenset(folded(text) for text, _ in _words(sense))


@cache
def kinds(sense: str) -> dict[str, str]:
    """The texts of one sense, as written, to the kind of agent that they stand for.

    >>> kinds("party")["individual-beneficial-owner"]
    'NaturalPerson'
    """
    return dict(_words(sense))


def folded(text: str) -> str:
    """A text without case and punctuation.

    >>> folded(" Non-Uk  Government.")
    'non uk government'
    """
    return _NO_WORD.sub(" ", text).strip().lower()


@lru_cache(maxsize=65_536)
def is_uk_register(place: str) -> bool:
    """Whether a place of registration, as people write it, is the register of Companies House.

    >>> [is_uk_register(p) for p in ("Companies House Cardiff", "Registrar of Companies, England & Wales", "UK")]
    [True, True, True]
    >>> [is_uk_register(p) for p in ("New South Wales", "Registrar of Companies", "Companies House, Gibraltar", "")]
    [False, False, False, False]
    """
    match = _tiling().fullmatch(folded(place) + " ")
    return match is not None and match["mark"] is not None


@cache
def _tiling() -> re.Pattern[str]:
    """Nothing but known phrases, longest first, one of which marks the register."""
    marks, fillers = (sorted(texts(sense), key=len, reverse=True) for sense in ("uk-register", "uk-register-filler"))
    return re.compile(f"(?:(?P<mark>(?:{'|'.join(marks)}) )|(?:{'|'.join(fillers)}) )+")


def _words(sense: str) -> list[tuple[str, str]]:
    sets = [values for values in knowledge.facts(_WORDS).values() if _only(values, term("wordSense")) == sense]
    return [(text, _only(values, term("wordKind"))) for values in sets for text in values.get(_NOTATION, ())]


def _only(values: Mapping[str, list[str]], predicate: str) -> str:
    """The value of a predicate; empty where there is none."""
    found = values.get(predicate, [])
    return found[0] if found else ""
