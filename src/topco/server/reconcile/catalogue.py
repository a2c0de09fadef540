"""Types and properties: the kinds of agent of the ontology, and `data/reference/reconciliation.ttl`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from topco import knowledge
from topco.namespaces import NAMESPACE, PREFIXES, local_name, term

TOP = "Agent"
_DATA, _CORE = "data/reference/reconciliation.ttl", "ontology/core.ttl"
_PROPERTY, _SETTING = NAMESPACE + "reconciliation/property/", NAMESPACE + "reconciliation/setting/"
_LABEL, _SUBCLASS = PREFIXES["rdfs"] + "label", PREFIXES["rdfs"] + "subClassOf"
_NOTATION, _OTHER, _DEFINITION = (PREFIXES["skos"] + name for name in ("notation", "altLabel", "definition"))
_SOURCE, _FORMAT, _COMPARED = (f"http://purl.org/dc/terms/{name}" for name in ("source", "format", "type"))
_SIGNS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Type:
    """A kind of agent; `broader` are the kinds directly above it."""

    id: str
    name: str
    description: str
    broader: tuple[str, ...]


@dataclass(frozen=True)
class Property:
    """A property of an entity.

    Attributes:
        source: where its value stands: a table and a column, and maybe a column of the parties found there.
        format: `text`, `date` or `party`.
        compared: how a value of it in a query is compared; None if it is no evidence.
        spellings: names by which a query may mean it, folded.
    """

    id: str
    name: str
    description: str
    source: tuple[str, ...]
    format: str
    compared: str | None
    spellings: frozenset[str]


@dataclass(frozen=True)
class Setting:
    """Something that a user may set for a property."""

    id: str
    name: str
    description: str
    format: str


@cache
def types() -> dict[str, Type]:
    """The kinds of agent, the most general first.

    >>> types()["InternationalOrganization"].broader, types()["Fund"].name
    (('LegalEntity',), 'fund')
    """
    facts = knowledge.facts(_CORE)
    found: dict[str, Type] = {}
    waiting = [TOP]
    while waiting:
        one = waiting.pop(0)
        about = facts[term(one)]
        above = tuple(local_name(iri) for iri in about.get(_SUBCLASS, ()) if iri.startswith(NAMESPACE))
        found[one] = Type(one, about[_LABEL][0], about[_DEFINITION][0], above)
        waiting += [local_name(iri) for iri, of in facts.items() if term(one) in of.get(_SUBCLASS, ())]
    return found


def all_types_of(kind: str) -> frozenset[str]:
    """A kind and all above it; a code that is none stands alone.

    >>> sorted(all_types_of("InternationalOrganization"))
    ['Agent', 'InternationalOrganization', 'LegalEntity']
    """
    known = types().get(kind)
    return frozenset({kind}).union(*map(all_types_of, known.broader)) if known else frozenset({kind})


@cache
def properties() -> dict[str, Property]:
    """The properties, in the order of the file."""
    found = {}
    for iri, about in knowledge.facts(_DATA).items():
        if iri.startswith(_PROPERTY):
            identifier, label = about[_NOTATION][0], about[_LABEL][0]
            spellings = frozenset(folded(one) for one in (identifier, label, *about.get(_OTHER, ())))
            compared = about.get(_COMPARED, [None])[0]
            source = tuple(about[_SOURCE][0].split("/"))
            found[identifier] = Property(
                identifier, label, about[_DEFINITION][0], source, about[_FORMAT][0], compared, spellings
            )
    return found


def property_meant(text: str) -> Property | None:
    """The property that a query names by its identifier, its IRI or another of its names.

    >>> property_meant("LEI").id, property_meant("https://w3id.org/topco/registeredIn").id, property_meant("colour")
    ('identifier', 'registeredIn', None)
    """
    name = text.removeprefix(NAMESPACE)
    if name in properties():
        return properties()[name]
    return next((one for one in properties().values() if folded(name) in one.spellings), None)


@cache
def settings() -> tuple[Setting, ...]:
    """What may be set for each property."""
    return tuple(
        Setting(about[_NOTATION][0], about[_LABEL][0], about[_DEFINITION][0], about[_FORMAT][0])
        for iri, about in knowledge.facts(_DATA).items()
        if iri.startswith(_SETTING)
    )


def folded(text: str) -> str:
    """A name of a property without case, blanks and signs.

    >>> folded("Registered_Country ")
    'registeredcountry'
    """
    return _SIGNS.sub("", text.casefold())
