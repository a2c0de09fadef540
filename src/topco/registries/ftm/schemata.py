"""What the FollowTheMoney model says of its schemata, from `data/reference/ftm-schemata.ttl`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from topco import knowledge
from topco.namespaces import NAMESPACE, PREFIXES, local_name

_FILE = "data/reference/ftm-schemata.ttl"
_SKOS = PREFIXES["skos"]


@dataclass(frozen=True)
class Schemata:
    """The model as far as an importer needs it.

    `kinds` are the kinds of agent of the schemata that are parties; `listed` the topics that say that a party is on a
    list; `consolidation` the words in a role that tell of accounts instead of shares.
    """

    all: frozenset[str]
    kinds: dict[str, str]
    links: frozenset[str]
    ownership: frozenset[str]
    designation: frozenset[str]
    listed: frozenset[str]
    consolidation: frozenset[str]


@cache
def schemata() -> Schemata:
    """The model.

    >>> model = schemata()
    >>> model.kinds["PublicBody"], "Vessel" in model.kinds, "Directorship" in model.ownership
    ('StateBody', False, False)
    """
    import pyoxigraph as ox

    statements: dict[tuple[str, str], list[str]] = {}
    for triple in ox.parse(path=str(knowledge.root() / _FILE), format=ox.RdfFormat.TURTLE):
        if isinstance(triple.subject, ox.NamedNode) and triple.predicate.value.startswith(_SKOS):
            value = triple.object.value if isinstance(triple.object, ox.Literal | ox.NamedNode) else ""
            key = local_name(triple.subject.value), triple.predicate.value.removeprefix(_SKOS)
            statements.setdefault(key, []).append(value)
    collections = ("links", "ownership", "designation")
    members = {name: frozenset(local_name(iri) for iri in statements.get((name, "member"), ())) for name in collections}
    lists = {"listed", "consolidation"}
    names = frozenset(
        code
        for (name, predicate), codes in statements.items()
        if predicate == "notation"
        for code in codes
        if name not in lists
    )
    kinds = {name: kind for name in names if (kind := _kind(name, statements)) is not None}
    return Schemata(
        names,
        kinds,
        members["links"],
        members["ownership"],
        members["designation"],
        frozenset(statements.get(("listed", "notation"), ())),
        frozenset(statements.get(("consolidation", "hiddenLabel"), ())),
    )


def _kind(name: str, statements: dict[tuple[str, str], list[str]]) -> str | None:
    """The kind of agent that a schema, or the nearest one it builds on, stands for."""
    waiting = [name]
    while waiting:
        for schema in waiting:
            for iri in statements.get((schema, "broadMatch"), ()):
                return iri.removeprefix(NAMESPACE)
        waiting = [local_name(iri) for schema in waiting for iri in statements.get((schema, "broader"), ())]
    return None
