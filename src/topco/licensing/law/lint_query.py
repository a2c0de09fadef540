"""Checks of one rule query, on its parsed form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyparsing import ParseBaseException
from rdflib import BNode, Literal, URIRef, Variable
from rdflib.namespace import RDF, XSD
from rdflib.paths import Path
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue

from topco.licensing.law.vocabulary import node

EVIDENCE = frozenset(
    {"tx", "party", "because", "state", "destination", "located", "headquarters", "ultimateParentHeadquarters"}
    | {"group", "notGroup", "otherNotGroup", "measure", "otherMeasure", "condition", "designer", "entry"}
    | {"itemClass", "activity", "endUse", "lacking", "partyMeasure", "partyCondition"}
    | {"shippedFrom", "origin", "holder", "nationality", "installed"}
)
NEVER = {
    "ServiceGraphPattern": "asks another service",
    "Graph": "reads a named graph",
    "Builtin_NOW": "asks what time it is",
    "Builtin_RAND": "draws a random number",
    "Builtin_UUID": "draws a random identifier",
    "Builtin_STRUUID": "draws a random identifier",
    "Builtin_BNODE": "makes a node of its own",
}
NEEDED = {
    "ConditionRule": ("state",),
    "PolicyRule": ("because",),
    "AuthorisationRule": ("state",),
    "ValidatedEndUserRule": ("state",),
}
MEMBER_OF, ROLE, DESTINATION = (URIRef(node(name).value) for name in ("memberOf", "role", "destination"))


@dataclass(frozen=True)
class Declared:
    """What queries may name: properties to read, declared things, country groups, properties that hold places."""

    readable: frozenset[str]
    things: frozenset[str]
    groups: frozenset[str]
    country_properties: frozenset[str]


def query_problems(text: str, kind: str, declared: Declared, becauses: frozenset[str]) -> Iterator[str]:
    """What is wrong with a query, given the kind of its rule."""
    try:
        query = translateQuery(parseQuery(text)).algebra
    except ParseBaseException as error:
        yield f"it is no SPARQL query: {error}"
        return
    if query.name != "SelectQuery":
        yield "it is no SELECT"
        return
    yield from _projection([str(variable) for variable in query.PV], kind)
    if query.datasetClause:
        yield "it names a data set (FROM)"
    parts = list(_walk(query))
    nodes = [part for part in parts if isinstance(part, CompValue)]
    yield from (f"it {words}" for name, words in NEVER.items() if any(part.name == name for part in nodes))
    yield from _sums(nodes)
    yield from _sub_selects(query)
    triples = [triple for part in nodes if part.name == "BGP" for triple in part.triples]
    yield from _properties(triples, declared)
    yield from _names(parts, triples, declared)
    yield from _literals(parts)
    yield from _places(nodes, triples, declared)
    if kind == "PolicyRule":
        bound = [p.expr for p in nodes if p.name == "Extend" and p.var == Variable("because")]
        if not bound or any(str(value) not in becauses for value in bound):
            yield f"it binds ?because to none of {', '.join(sorted(becauses))}"


def _walk(part: Any) -> Iterator[Any]:
    yield part
    if isinstance(part, CompValue):
        for name, value in part.items():
            if name not in ("_vars", "lazy"):
                yield from _walk(value)
    elif isinstance(part, dict):
        for key, value in part.items():
            yield from _walk(key)
            yield from _walk(value)
    elif isinstance(part, list | tuple | set):
        for value in part:
            yield from _walk(value)


def _projection(names: list[str], kind: str) -> Iterator[str]:
    for name in ("tx", *NEEDED.get(kind, ())):
        if name not in names:
            yield f"it does not project ?{name}"
    unknown = sorted(set(names) - EVIDENCE)
    if unknown:
        yield f"it projects ?{', ?'.join(unknown)}, which no proof knows how to show"


def _sums(nodes: list[CompValue]) -> Iterator[str]:
    for part in nodes:
        if part.name == "Aggregate_Sum":
            inner = [one.name for one in _walk(part.vars) if isinstance(one, CompValue)]
            if "Builtin_COALESCE" not in inner:
                yield "it adds up without COALESCE: one missing number would empty the sum"


def _sub_selects(query: CompValue) -> Iterator[str]:
    for sub in _walk(query.p):
        if not isinstance(sub, CompValue) or sub.name != "ToMultiSet" or sub.p.name == "values":
            continue
        within = {part for part in _walk(sub.p) if isinstance(part, Variable)}
        projected = {variable for part in _walk(sub.p) if isinstance(part, CompValue) for variable in part.PV or ()}
        outside = {part for part in _without(query, sub) if isinstance(part, Variable)}
        for variable in sorted(within & outside - projected):
            yield f"a sub-select reuses the outer name ?{variable}"


def _without(part: Any, left_out: CompValue) -> Iterator[Any]:
    if part is left_out:
        return
    yield part
    if isinstance(part, CompValue):
        for name, value in part.items():
            if name != "_vars":
                yield from _without(value, left_out)
    elif isinstance(part, list | tuple | set):
        for value in part:
            yield from _without(value, left_out)


def _properties(triples: list[Any], declared: Declared) -> Iterator[str]:
    for predicate in sorted({triple[1] for triple in triples}, key=str):
        if isinstance(predicate, Variable):
            yield f"it reads any property (?{predicate})"
        elif isinstance(predicate, Path) or not isinstance(predicate, URIRef):
            yield "it follows a property path"
        elif str(predicate) not in declared.readable:
            yield f"it reads {predicate}, which the key of screening does not hold"


def _names(parts: list[Any], triples: list[Any], declared: Declared) -> Iterator[str]:
    types = {triple[2] for triple in triples if triple[1] == RDF.type}
    predicates = {triple[1] for triple in triples if isinstance(triple[1], URIRef)}
    for name in sorted({part for part in parts if isinstance(part, URIRef)} - predicates - types):
        if str(name) not in declared.things:
            yield f"it names {name}, which is not declared"
    if any(isinstance(part, BNode) for part in parts):
        yield "it has a blank node; give it a variable"


def _literals(parts: list[Any]) -> Iterator[str]:
    for literal in sorted({part for part in parts if isinstance(part, Literal)}, key=str):
        if literal.datatype not in (None, XSD.string, XSD.boolean):
            yield f"it holds the value {literal}; numbers and dates of the law are parameters and periods"


def _places(nodes: list[CompValue], triples: list[Any], declared: Declared) -> Iterator[str]:
    """Places are seen through their groups only, and the groups are named."""
    held = [(s, p, o) for s, p, o in triples if isinstance(p, URIRef) and str(p) in declared.country_properties]
    places = {o for _, _, o in held if isinstance(o, Variable)}
    if any(isinstance(o, URIRef) for _, _, o in held):
        yield "it compares a place with a country; put the country into a group"
    for place in sorted(places):
        if len({(s, p) for s, p, o in held if o == place}) > 1:
            yield f"it compares two places (?{place})"
    named = _named_groups(nodes)
    for s, p, o in triples:
        if p != MEMBER_OF and (s in places or (o in places and str(p) not in declared.country_properties)):
            yield f"it reads more of ?{s} than its groups"
        if p == MEMBER_OF and str(o) not in declared.groups and not named.get(o, set()) & declared.groups:
            yield f"it reads every group of ?{s}; name the groups"
    for part in nodes:
        sides = [part.expr, part.other] if part.name == "RelationalExpression" else []
        if any(isinstance(side, Variable) and side in places for side in sides):
            yield "it compares places; compare their groups"
    has_role = {s for s, p, _ in triples if p == ROLE}
    if has_role and any(s not in has_role for s, p, _ in held if p != DESTINATION):
        yield "it names roles for one party and reads the places of another; write two rules"


def _named_groups(nodes: list[CompValue]) -> dict[Any, set[str]]:
    """For each variable, what VALUES or an equality in a filter allows it to be."""
    named: dict[Any, set[str]] = {}
    for part in nodes:
        if part.name == "values":
            for row in part.res:
                for variable, value in row.items():
                    named.setdefault(variable, set()).add(str(value))
        elif part.name == "RelationalExpression" and part.op == "=" and isinstance(part.expr, Variable):
            named.setdefault(part.expr, set()).add(str(part.other))
    return named
