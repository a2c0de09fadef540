"""The kinds of axiom that the ontology may use: a closed set, each with a meaning in OWL 2 RL and in SPARQL.

Class expressions on the left of an inclusion: a class, a value restriction, an existential restriction, an
intersection, a union. On the right: a class, a value restriction, an intersection. That is a part of OWL 2 RL: what the
profile allows besides (cardinality at most one, universal restrictions, keys, functional properties, equality) merges
things or acts only on full knowledge, and registers give neither.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Named:
    """A class by its IRI."""

    iri: str


@dataclass(frozen=True)
class HasValue:
    """Everything that has this value, an IRI, for an object property."""

    property: str
    value: str


@dataclass(frozen=True)
class Some:
    """Everything that has a value in the filler for a property; without a filler, any value."""

    property: str
    filler: ClassExpression | None


@dataclass(frozen=True)
class And:
    """What is in every member."""

    members: tuple[ClassExpression, ...]


@dataclass(frozen=True)
class Or:
    """What is in some member."""

    members: tuple[ClassExpression, ...]


ClassExpression = Named | HasValue | Some | And | Or


@dataclass(frozen=True)
class SubClass:
    sub: ClassExpression
    sup: ClassExpression


@dataclass(frozen=True)
class SubProperty:
    sub: str
    sup: str


@dataclass(frozen=True)
class Inverse:
    one: str
    other: str


@dataclass(frozen=True)
class Transitive:
    property: str


@dataclass(frozen=True)
class Symmetric:
    property: str


@dataclass(frozen=True)
class Chain:
    """A sequence of object properties that together are a sub-property of another."""

    steps: tuple[str, ...]
    sup: str


@dataclass(frozen=True)
class Domain:
    property: str
    iri: str


@dataclass(frozen=True)
class Range:
    property: str
    iri: str


@dataclass(frozen=True)
class DataRange:
    """The datatype of a data property. It adds no triple about an individual; the shapes check it."""

    property: str
    datatype: str


@dataclass(frozen=True)
class Disjoint:
    """Classes of which no two share a member; a clash is reported, never repaired."""

    classes: tuple[str, ...]


Axiom = SubClass | SubProperty | Inverse | Transitive | Symmetric | Chain | Domain | Range | DataRange | Disjoint


@dataclass(frozen=True)
class Ontology:
    """The axioms of a set of files, the facts about its own individuals, and the vocabulary it declares."""

    axioms: frozenset[Axiom]
    facts: frozenset[tuple[str, str, str]]
    classes: frozenset[str]
    properties: frozenset[str]

    def without_transitivity(self) -> Ontology:
        """The same for a large store, where ancestors are property paths and never written out pair by pair."""
        return replace(self, axioms=frozenset(a for a in self.axioms if not isinstance(a, Transitive)))
