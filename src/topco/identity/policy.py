"""What `rules/source-policy.ttl` says: numbers that link, which source goes first, what counts when sources differ."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from topco import knowledge
from topco.namespaces import local_name, term

FILE = "rules/source-policy.ttl"
UNRANKED = 1_000
NAME_SCHEME = "NAME:"
"""Identifiers of names in lists and orders: no register gives them, so that one stands for a party of names alone."""
OF_NAMES = UNRANKED + 1
_NOTATION = "http://www.w3.org/2004/02/skos/core#notation"


@dataclass(frozen=True)
class Scheme:
    """A list of numbers that link: `prefix` of its IRIs, its place, and whether two of its numbers mean two parties."""

    code: str
    prefix: str
    order: int
    one_per_party: bool


@dataclass(frozen=True)
class SourcePolicy:
    """The policy: places are small numbers, the smallest first; what has none comes last (`UNRANKED`).

    Attributes:
        schemes: the lists of numbers that link, in their order.
        publishers: beginnings of publishers' names and their places for names and kinds.
        bases: places of headquarters bases.
        freshness: beginnings of publishers' names and the days after which their loads are called stale.
        all_headquarters_stand: differing headquarters are alternatives; else those of the best basis count.
    """

    schemes: tuple[Scheme, ...]
    publishers: tuple[tuple[str, int], ...]
    bases: dict[str, int]
    all_headquarters_stand: bool
    freshness: tuple[tuple[str, int], ...]

    def stale_after(self, publisher: str) -> int:
        """How many days old the loads of a publisher may be; of several limits that of the longest beginning.

        >>> policy().stale_after("GLEIF API") < policy().stale_after("table:acme")
        True
        """
        return max((len(name), days) for name, days in self.freshness if publisher.startswith(name))[1]

    def publisher_order(self, publisher: str) -> int:
        """The place of a publisher among the sources of names.

        >>> policy().publisher_order("table:acme") > policy().publisher_order("GLEIF")
        True
        """
        return min((order for name, order in self.publishers if publisher.startswith(name)), default=UNRANKED // 2)

    def scheme_order(self, identifier: str) -> int:
        """The place of an identifier among those of one party.

        >>> policy().scheme_order("LEI:5493001Z012YSB2A0K51") < policy().scheme_order("GB-COH:00102498")
        True
        """
        code = identifier.partition(":")[0]
        unranked = OF_NAMES if identifier.startswith(NAME_SCHEME) else UNRANKED
        return next((scheme.order for scheme in self.schemes if scheme.code == code), unranked)


@cache
def policy() -> SourcePolicy:
    """The policy in force."""
    import pyoxigraph as ox

    kind_of = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    store = ox.Store()
    store.load(knowledge.text(FILE).encode(), format=ox.RdfFormat.TURTLE)

    def value(subject: Any, name: str) -> str:
        found = next(store.quads_for_pattern(subject, ox.NamedNode(name if "://" in name else term(name)), None))
        return str(found.object.value)  # type: ignore[union-attr]

    def all_of(kind: str) -> list[Any]:
        return [quad.subject for quad in store.quads_for_pattern(None, kind_of, ox.NamedNode(term(kind)))]

    schemes = sorted(
        (int(value(one, "sourceOrder")), value(one, _NOTATION), value(one, "idPrefix"), value(one, "onePerParty"))
        for one in all_of("IdentifierScheme")
    )
    ranks = [(local_name(value(one, "forFact")), one, int(value(one, "sourceOrder"))) for one in all_of("SourceRank")]
    headquarters = ox.NamedNode(term("HeadquartersFact"))
    return SourcePolicy(
        tuple(Scheme(code, prefix, order, one == "true") for order, code, prefix, one in schemes),
        tuple((value(one, "forPublisher"), order) for fact, one, order in ranks if fact == "NameFact"),
        {local_name(value(one, "forBasis")): order for fact, one, order in ranks if fact == "HeadquartersFact"},
        value(headquarters, "onDisagreement") == term("AllStand"),
        tuple((value(one, "forPublisher"), int(value(one, "staleAfterDays"))) for one in all_of("FreshnessLimit")),
    )
