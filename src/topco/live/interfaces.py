"""The public interfaces that can be asked, as `data/reference/interfaces.ttl` describes them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

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
    return {
        of[PREFIXES["skos"] + "notation"][0]: Interface(
            of[term("interfaceAddress")][0], int(of[term("requestsPerMinute")][0])
        )
        for of in knowledge.facts(FILE).values()
        if term("interfaceAddress") in of
    }
