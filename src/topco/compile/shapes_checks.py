"""Constraints as operations on sets: each takes all focus nodes with their values, and says which of them fail."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
from rdflib import RDF, RDFS

from topco.compile.shapes_columns import Numbered
from topco.compile.shapes_conditions import OneOf
from topco.compile.shapes_model import (
    Alike,
    Apart,
    Before,
    Closed,
    Conforms,
    Constraint,
    Count,
    EachValue,
    HasValue,
    InstanceOf,
    NodeConforms,
    Property,
    PropertyConforms,
    Qualified,
    UniqueLanguages,
)
from topco.compile.shapes_results import Results
from topco.compile.shapes_sets import Members, joined
from topco.compile.shapes_values import instances, numbered, several, value_nodes, with_subclasses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from topco.compile.shapes_columns import Column, Triples
    from topco.compile.shapes_model import Shape
    from topco.compile.shapes_results import Outcome
    from topco.compile.shapes_sets import Ids, Mask, Rows
    from topco.compile.shapes_values import Values


class Evaluate(Protocol):
    def __call__(self, triples: Triples, shape: Shape, focus: Members, *, tell: bool) -> Outcome: ...


class Asked(NamedTuple):
    """What a constraint is asked of: the focus nodes of a shape and their values; `tell`: results are wanted.

    `evaluate` evaluates another shape, which a constraint refers to.
    """

    triples: Triples
    shape: Shape
    focus: Members
    groups: list[Values]
    tell: bool
    evaluate: Evaluate


class Failures(NamedTuple):
    """Positions of focus nodes that fail, place by place with the value that offends, if the constraint names it."""

    positions: Rows
    values: Column | None = None
    path: Property | None = None
    details: tuple[Results, ...] = ()


def check(constraint: Constraint, asked: Asked) -> tuple[Mask, list[Results]]:
    """Which focus nodes fail a constraint, and the results if they are wanted."""
    shape, focus, tell = asked.shape, asked.focus, asked.tell
    failed = np.zeros(len(focus), dtype=np.bool_)
    results: list[Results] = []
    for found in _failures(constraint, asked):
        if isinstance(found, Results):
            results.append(found)
            continue
        failed[found.positions] = True
        if tell and len(found.positions) and not isinstance(constraint, PropertyConforms):
            path = None if found.path is None else found.path.iri
            ids = focus.ids[found.positions]
            results.append(Results(shape, constraint.component, ids, found.values, path, list(found.details)))
    return failed, results


@singledispatch
def _failures(constraint: Constraint, asked: Asked) -> Iterator[Failures | Results]:
    raise NotImplementedError(type(constraint).__name__)


def _each(groups: list[Values], passes: Callable[[Column], Mask]) -> Iterator[Failures]:
    for group in groups:
        rows = np.flatnonzero(~passes(group.column))
        if len(rows):
            yield Failures(group.positions[rows], group.column.take(rows))


@_failures.register(EachValue)
def _each_value(constraint: EachValue, asked: Asked) -> Iterator[Failures]:
    yield from _each(asked.groups, lambda column: column.meets(constraint.condition))


@_failures.register(InstanceOf)
def _instance_of(constraint: InstanceOf, asked: Asked) -> Iterator[Failures]:
    members = instances(asked.triples, with_subclasses(asked.triples, [constraint.cls]))

    def passes(column: Column) -> Mask:
        return np.zeros(len(column), dtype=np.bool_) if column.literals_only else members.has(column.ids())

    yield from _each(asked.groups, passes)


@_failures.register(Count)
def _count(constraint: Count, asked: Asked) -> Iterator[Failures]:
    if constraint.least == 0 and constraint.most is None:
        return
    counts = several(asked.groups, len(asked.focus))
    wrong = counts < constraint.least
    if constraint.most is not None:
        wrong |= counts > constraint.most
    yield Failures(np.flatnonzero(wrong))


@_failures.register(HasValue)
def _has_value(constraint: HasValue, asked: Asked) -> Iterator[Failures]:
    there = np.zeros(len(asked.focus), dtype=np.bool_)
    for group in asked.groups:
        there[group.positions[group.column.meets(OneOf(frozenset([constraint.value])))]] = True
    yield Failures(np.flatnonzero(~there))


@_failures.register(UniqueLanguages)
def _unique_languages(constraint: UniqueLanguages, asked: Asked) -> Iterator[Failures]:
    crowded = several(asked.groups, len(asked.focus)) > 1
    seen: dict[tuple[int, str], int] = {}
    for group in asked.groups:
        rows = np.flatnonzero(crowded[group.positions])
        if not len(rows) or group.column.nodes_only:
            continue
        for position, language in zip(group.positions[rows], group.column.take(rows).languages(), strict=True):
            if language is not None:
                seen[position, language] = seen.get((position, language), 0) + 1
    yield Failures(np.array([position for (position, _), count in seen.items() if count > 1], dtype=np.int64))


@_failures.register(Before)
def _before(constraint: Before, asked: Asked) -> Iterator[Failures]:
    others = value_nodes(asked.triples, Property(constraint.other), asked.focus)
    for group in asked.groups:
        for other in others:
            left, right = joined(group.positions, other.positions)
            column = group.column.take(left)
            rows = np.flatnonzero(~column.before(other.column.take(right), or_equal=constraint.or_equal))
            yield Failures(group.positions[left][rows], column.take(rows))


@_failures.register(Apart)
def _apart(constraint: Apart, asked: Asked) -> Iterator[Failures]:
    others = value_nodes(asked.triples, Property(constraint.other), asked.focus)
    for group in asked.groups:
        for other in others:
            left, right = joined(group.positions, other.positions)
            column = group.column.take(left)
            rows = np.flatnonzero(column.same(other.column.take(right)))
            yield Failures(group.positions[left][rows], column.take(rows))


@_failures.register(Alike)
def _alike(constraint: Alike, asked: Asked) -> Iterator[Failures]:
    own = numbered(asked.triples, asked.groups)
    other = numbered(asked.triples, value_nodes(asked.triples, Property(constraint.other), asked.focus))
    for some, others in ((own, other), (other, own)):
        missing = some.take(np.flatnonzero(~_among(some, others)))
        yield Failures(missing.positions, missing.column)


def _among(some: Values, others: Values) -> Mask:
    """Which pairs of focus node and value are also among others; each side has no pair twice."""
    terms = Members(np.concatenate([some.column.ids(), others.column.ids()]))
    width = len(terms)
    there = Members(others.positions * width + terms.positions(others.column.ids()))
    return there.has(some.positions * width + terms.positions(some.column.ids()))


@_failures.register(Closed)
def _closed(constraint: Closed, asked: Asked) -> Iterator[Failures]:
    rows, places, nodes = _value_set(asked)
    for predicate in asked.triples.predicates():
        if predicate in constraint.allowed:
            continue
        path = Property(predicate)
        for group in value_nodes(asked.triples, path, nodes):
            left, right = joined(places, group.positions)
            column = group.column.take(right)
            if predicate == RDF.type:
                kept = np.flatnonzero(~column.meets(OneOf(frozenset([RDFS.Resource]))))
                left, column = left[kept], column.take(kept)
            yield Failures(rows[left], column, path)


def _value_set(asked: Asked) -> tuple[Rows, Rows, Members]:
    """Place by place the position of the focus node and of the value in the set of all values, and that set."""
    positions = np.concatenate([group.positions for group in asked.groups] or [_NOTHING])
    ids = np.concatenate([group.column.ids() for group in asked.groups] or [_NOTHING])
    nodes = Members(ids)
    return positions, nodes.positions(ids), nodes


_NOTHING: Ids = np.zeros(0, dtype=np.int64)


def _conforming(asked: Asked, shape: Shape, nodes: Members) -> Mask:
    return ~asked.evaluate(asked.triples, shape, nodes, tell=False).failed


@_failures.register(Conforms)
def _conforms(constraint: Conforms, asked: Asked) -> Iterator[Failures]:
    positions, places, nodes = _value_set(asked)
    counts = np.zeros(len(nodes), dtype=np.int64)
    undecided = np.arange(len(nodes))
    for done, shape in enumerate(constraint.shapes, start=1):
        some = Members(nodes.ids[undecided])
        counts[undecided] += _conforming(asked, shape, some)
        left = len(constraint.shapes) - done
        open_ones = (counts <= constraint.most) & (counts + left >= constraint.least)
        open_ones &= (counts < constraint.least) | (counts + left > constraint.most)
        undecided = undecided[open_ones[undecided]]
    wrong = (counts < constraint.least) | (counts > constraint.most)
    rows = np.flatnonzero(wrong[places])
    yield Failures(positions[rows], Numbered(asked.triples.terms, nodes.ids[places[rows]]))


@_failures.register(NodeConforms)
def _node_conforms(constraint: NodeConforms, asked: Asked) -> Iterator[Failures]:
    positions, places, nodes = _value_set(asked)
    outcome = asked.evaluate(asked.triples, constraint.shape, nodes, tell=asked.tell)
    rows = np.flatnonzero(outcome.failed[places])
    values = Numbered(asked.triples.terms, nodes.ids[places[rows]])
    yield Failures(positions[rows], values, details=tuple(outcome.results))


@_failures.register(PropertyConforms)
def _property_conforms(constraint: PropertyConforms, asked: Asked) -> Iterator[Failures | Results]:
    positions, places, nodes = _value_set(asked)
    outcome = asked.evaluate(asked.triples, constraint.shape, nodes, tell=asked.tell)
    yield Failures(positions[outcome.failed[places]])
    times = np.bincount(places, minlength=len(nodes))
    for one in outcome.results:
        again = np.repeat(np.arange(len(one.focus)), times[nodes.positions(one.focus)])
        values = None if one.values is None else one.values.take(again)
        yield Results(one.shape, one.component, one.focus[again], values, one.path, one.details)


@_failures.register(Qualified)
def _qualified(constraint: Qualified, asked: Asked) -> Iterator[Failures]:
    positions, places, nodes = _value_set(asked)
    counted = _conforming(asked, constraint.shape, nodes)
    for sibling in constraint.siblings:
        some = np.flatnonzero(counted)
        counted[some] = ~_conforming(asked, sibling, Members(nodes.ids[some]))
    counts = np.bincount(positions[counted[places]], minlength=len(asked.focus))
    wrong = counts < constraint.least
    if constraint.most is not None:
        wrong |= counts > constraint.most
    yield Failures(np.flatnonzero(wrong))
