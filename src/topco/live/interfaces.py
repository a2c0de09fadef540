"""The public interfaces that can be asked, as `data/reference/interfaces.ttl` describes them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pyoxigraph as ox

from topco import knowledge
from topco.namespaces import PREFIXES, term

FILE = "data/reference/interfaces.ttl"


@dataclass(frozen=True)
class Interface:
    """A register's interface: the URL that questions begin with, and how many are asked in a minute at most."""

    address: str
    per_minute: int


@cache
def interfaces() -> dict[str, Interface]:
    """The known interfaces by the names that `topco fetch` takes.

    >>> sorted(interfaces()), interfaces()["gleif"].address
    (['companies-house', 'gleif'], 'https://api.gleif.org/api/v1')
    """
    facts: dict[str, dict[str, str]] = {}
    for triple in ox.parse(path=str(knowledge.root() / FILE), format=ox.RdfFormat.TURTLE):
        if isinstance(triple.subject, ox.NamedNode) and isinstance(triple.object, ox.Literal):
            facts.setdefault(triple.subject.value, {})[triple.predicate.value] = triple.object.value
    return {
        fact[PREFIXES["skos"] + "notation"]: Interface(
            fact[term("interfaceAddress")], int(fact[term("requestsPerMinute")])
        )
        for fact in facts.values()
        if term("interfaceAddress") in fact
    }
