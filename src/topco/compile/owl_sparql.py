"""Axioms as SPARQL: each becomes rules that construct one triple from a few, and the rules run to their fixpoint.

1. Every axiom gives rules `body → head`; an axiom about disjoint classes gives queries for clashes instead.
2. First round: every rule over all the data. Later rounds: for each triple pattern of a body, one variant of the rule
   in which that pattern is matched against the triples of the last round only (semi-naive evaluation). A variant whose
   pattern names a property or class that the last round did not produce is left out.
3. What a rule constructs and the data lack goes into the target graph. Nothing else in the store changes.

Invariants: the result does not depend on the order of rules; running it again adds nothing; it equals what a general
OWL 2 RL reasoner finds for the same vocabulary (tests/equivalence/test_owl_closure.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from topco.compile.axioms import (
    And,
    Axiom,
    Chain,
    ClassExpression,
    DataRange,
    Disjoint,
    Domain,
    HasValue,
    Inverse,
    Named,
    Or,
    Range,
    Some,
    SubClass,
    SubProperty,
    Symmetric,
    Transitive,
)

RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
DELTA = "urn:topco:closure:delta"


@dataclass(frozen=True)
class Atom:
    """A triple pattern: variables start with `?`, everything else is an IRI."""

    subject: str
    predicate: str
    object: str

    @property
    def key(self) -> str:
        """What tells whether a triple can match: the class of a type pattern, else the property."""
        return self.object if self.predicate == RDF_TYPE else self.predicate

    def __str__(self) -> str:
        return " ".join(t if t.startswith("?") else f"<{t}>" for t in (self.subject, self.predicate, self.object))


@dataclass(frozen=True)
class Rule:
    """One conclusion from a conjunction of patterns."""

    body: tuple[Atom, ...]
    head: Atom

    def query(self, changed: int | None = None) -> str:
        """The CONSTRUCT query; with `changed`, that pattern of the body is matched in the delta graph only.

        >>> print(Rule((Atom("?x", "e:p", "?y"),), Atom("?y", "e:q", "?x")).query())
        CONSTRUCT { ?y <e:q> ?x } WHERE { ?x <e:p> ?y . FILTER NOT EXISTS { ?y <e:q> ?x } }
        """
        patterns = [f"GRAPH <{DELTA}> {{ {a} }}" if i == changed else f"{a} ." for i, a in enumerate(self.body)]
        if changed is not None:
            patterns.insert(0, patterns.pop(changed))
        return f"CONSTRUCT {{ {self.head} }} WHERE {{ {' '.join(patterns)} FILTER NOT EXISTS {{ {self.head} }} }}"


@dataclass(frozen=True)
class Clash:
    """Two disjoint classes; `query` finds what is in both."""

    one: str
    other: str

    @property
    def query(self) -> str:
        return f"SELECT DISTINCT ?x WHERE {{ {Atom('?x', RDF_TYPE, self.one)} . {Atom('?x', RDF_TYPE, self.other)} }}"


def compile_axioms(axioms: Iterable[Axiom]) -> tuple[tuple[Rule, ...], tuple[Clash, ...]]:
    """All rules and all clash queries, in a stable order and without tautologies."""
    listed = list(axioms)
    rules = {rule for axiom in listed for rule in _rules(axiom) if rule.head not in rule.body}
    clashes = {
        Clash(one, other)
        for axiom in listed
        if isinstance(axiom, Disjoint)
        for one, other in combinations(sorted(axiom.classes), 2)
    }
    return tuple(sorted(rules, key=repr)), tuple(sorted(clashes, key=repr))


def _rules(axiom: Axiom) -> Iterator[Rule]:
    """The rules of one axiom.

    Raises:
        TypeError: the kind is unknown; an axiom is never passed over in silence.
    """
    match axiom:
        case SubClass(sub, sup):
            for body in _bodies(sub, "?x"):
                yield from (Rule(body, head) for head in _heads(sup, "?x"))
        case SubProperty(sub, sup):
            yield Rule((Atom("?x", sub, "?y"),), Atom("?x", sup, "?y"))
        case Inverse(one, other):
            yield Rule((Atom("?x", one, "?y"),), Atom("?y", other, "?x"))
            yield Rule((Atom("?x", other, "?y"),), Atom("?y", one, "?x"))
        case Symmetric(prop):
            yield Rule((Atom("?x", prop, "?y"),), Atom("?y", prop, "?x"))
        case Transitive(prop):
            yield Rule((Atom("?x", prop, "?y"), Atom("?y", prop, "?z")), Atom("?x", prop, "?z"))
        case Chain(steps, sup):
            body = tuple(Atom(f"?v{i}", step, f"?v{i + 1}") for i, step in enumerate(steps))
            yield Rule(body, Atom("?v0", sup, f"?v{len(steps)}"))
        case Domain(prop, iri):
            yield Rule((Atom("?x", prop, "?y"),), Atom("?x", RDF_TYPE, iri))
        case Range(prop, iri):
            yield Rule((Atom("?x", prop, "?y"),), Atom("?y", RDF_TYPE, iri))
        case Disjoint() | DataRange():
            return
        case _:
            raise TypeError(f"no translation for {axiom!r}")


def _bodies(expression: ClassExpression, variable: str) -> Iterator[tuple[Atom, ...]]:
    """The conjunctions any of which puts the variable's value into the class."""
    match expression:
        case Named(iri):
            yield (Atom(variable, RDF_TYPE, iri),)
        case HasValue(prop, value):
            yield (Atom(variable, prop, value),)
        case Some(prop, filler):
            inner = f"{variable}f"
            step = Atom(variable, prop, inner)
            yield from ((step, *rest) for rest in (_bodies(filler, inner) if filler else [()]))
        case And(members):
            yield from _conjunctions(members, variable)
        case Or(members):
            for member in members:
                yield from _bodies(member, variable)


def _conjunctions(members: tuple[ClassExpression, ...], variable: str) -> Iterator[tuple[Atom, ...]]:
    """The bodies of an intersection; members get variables of their own for what they quantify over."""
    bodies: list[tuple[Atom, ...]] = [()]
    for number, member in enumerate(members):
        found = [_renamed(body, variable, number) for body in _bodies(member, variable)]
        bodies = [first + second for first in bodies for second in found]
    yield from bodies


def _renamed(body: tuple[Atom, ...], kept: str, number: int) -> tuple[Atom, ...]:
    def name(term: str) -> str:
        return f"{term}{number}" if term.startswith("?") and term != kept else term

    return tuple(Atom(name(a.subject), a.predicate, name(a.object)) for a in body)


def _heads(expression: ClassExpression, variable: str) -> Iterator[Atom]:
    match expression:
        case Named(iri):
            yield Atom(variable, RDF_TYPE, iri)
        case HasValue(prop, value):
            yield Atom(variable, prop, value)
        case And(members):
            for member in members:
                yield from _heads(member, variable)
        case _:
            raise TypeError(f"no translation for {expression!r} on the right of an inclusion")
