"""Value nodes: what a path leads to, for a whole set of focus nodes at once.

The answer is in groups, each with the position of the focus node beside a column of values. No pair of focus node and
value comes twice. Only focus nodes with several values are looked at for that, so that columns stay as they are read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from rdflib import RDF, RDFS

from topco.compile.shapes_columns import Numbered
from topco.compile.shapes_conditions import OneOf
from topco.compile.shapes_model import Chain, Choice, Property, Repeat
from topco.compile.shapes_sets import Members, joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rdflib.term import Node

    from topco.compile.shapes_columns import Column, Triples
    from topco.compile.shapes_model import Path
    from topco.compile.shapes_sets import Ids, Rows


class Values(NamedTuple):
    """Values of focus nodes: place by place the position of the focus node, and the value."""

    positions: Rows
    column: Column

    def take(self, rows: Rows) -> Values:
        return Values(self.positions[rows], self.column.take(rows))


def value_nodes(triples: Triples, path: Path | None, focus: Members) -> list[Values]:
    """The values of a path; of no path, the focus nodes themselves."""
    if path is None:
        return [Values(np.arange(len(focus)), Numbered(triples.terms, focus.ids))]
    if not len(focus):
        return []
    match path:
        case Property():
            return _step(triples, path, focus)
        case Chain():
            found = value_nodes(triples, path.steps[0], focus)
            for step in path.steps[1:]:
                found = _further(triples, step, found, len(focus))
            return found
        case Choice():
            groups = [group for option in path.options for group in value_nodes(triples, option, focus)]
            return _without_doubles(triples, groups, len(focus))
        case Repeat():
            return _repeated(triples, path, focus)


def several(groups: Iterable[Values], focus: int) -> Rows:
    """How many values each focus node has."""
    counts = np.zeros(focus, dtype=np.int64)
    for group in groups:
        counts += np.bincount(group.positions, minlength=focus)
    return counts


def instances(triples: Triples, classes: Ids) -> Members:
    """The nodes whose class is one of these."""
    wanted = OneOf(frozenset(triples.terms.term(number) for number in classes.tolist()))
    found = [np.zeros(0, dtype=np.int64)]
    for part in triples.parts(RDF.type):
        if part.constant is not None:
            if part.constant in classes:
                found.append(part.load()[0])
            continue
        subjects, column = part.load()
        chosen = column.meets(wanted)
        if chosen.any():
            found.append(subjects[chosen])
    return Members(np.concatenate(found))


def _step(triples: Triples, step: Property, focus: Members) -> list[Values]:
    groups = []
    for part in triples.parts(step.iri):
        if not step.inverse and (part.high < focus.low or part.low > focus.high):
            continue
        subjects, column = part.load()
        if step.inverse:
            found = Values(focus.positions(column.ids()), Numbered(triples.terms, subjects))
        else:
            found = Values(focus.positions(subjects), column)
        there = found.positions >= 0
        if there.all():
            groups.append(found)
        elif there.any():
            groups.append(found.take(np.flatnonzero(there)))
    return _without_doubles(triples, groups, len(focus))


def _without_doubles(triples: Triples, groups: list[Values], focus: int) -> list[Values]:
    counts = several(groups, focus)
    if not len(counts) or counts.max() <= 1:
        return groups
    alone = counts <= 1
    single, others = [], []
    for group in groups:
        chosen = alone[group.positions]
        if chosen.any():
            single.append(group if chosen.all() else group.take(np.flatnonzero(chosen)))
        if not chosen.all():
            others.append(group.take(np.flatnonzero(~chosen)))
    return [*single, numbered(triples, others)]


def numbered(triples: Triples, groups: Iterable[Values]) -> Values:
    """All groups as one, by the numbers of the values, and no pair twice."""
    parts = [(group.positions, group.column.ids()) for group in groups]
    if not parts:
        return Values(np.zeros(0, dtype=np.int64), Numbered(triples.terms, np.zeros(0, dtype=np.int64)))
    positions, ids = (
        parts[0] if len(parts) == 1 else (np.concatenate([part[side] for part in parts]) for side in (0, 1))
    )
    if bool(np.all(positions[1:] > positions[:-1])):
        return Values(positions, Numbered(triples.terms, ids))
    order = np.lexsort((ids, positions))
    positions, ids = positions[order], ids[order]
    first = np.ones(len(ids), dtype=np.bool_)
    first[1:] = (positions[1:] != positions[:-1]) | (ids[1:] != ids[:-1])
    return Values(positions[first], Numbered(triples.terms, ids[first]))


def _further(triples: Triples, step: Path, reached: list[Values], focus: int) -> list[Values]:
    """One step more from where a path has led."""
    positions = np.concatenate([group.positions for group in reached] or [np.zeros(0, dtype=np.int64)])
    ids = np.concatenate([group.column.ids() for group in reached] or [np.zeros(0, dtype=np.int64)])
    between = Members(ids)
    places = between.positions(ids)
    groups = []
    for group in value_nodes(triples, step, between):
        left, right = joined(places, group.positions)
        groups.append(Values(positions[left], group.column.take(right)))
    return _without_doubles(triples, groups, focus)


def _repeated(triples: Triples, path: Repeat, focus: Members) -> list[Values]:
    here = Values(np.arange(len(focus)), Numbered(triples.terms, focus.ids))
    found = numbered(triples, [here] if path.least == 0 else value_nodes(triples, path.path, focus))
    latest = found
    while len(latest.positions):
        further = _further(triples, path.path, [latest], len(focus))
        every = numbered(triples, [found, *further])
        if len(every.positions) == len(found.positions):
            break
        latest = _new(found, every)
        found = every
        if not path.many:
            break
    return [found]


def _new(known: Values, every: Values) -> Values:
    """The pairs of `every` that are not in `known`; both are sorted and without doubles."""
    old = set(zip(known.positions.tolist(), known.column.ids().tolist(), strict=True))
    pairs = zip(every.positions.tolist(), every.column.ids().tolist(), strict=True)
    return every.take(np.array([place for place, pair in enumerate(pairs) if pair not in old], dtype=np.int64))


def with_subclasses(triples: Triples, classes: Sequence[Node]) -> Ids:
    """The numbers of classes and of all that the data put below them."""
    known = Members(np.array([triples.terms.id_of(cls) for cls in classes], dtype=np.int64))
    while True:
        below = value_nodes(triples, Property(RDFS.subClassOf, inverse=True), known)
        every = Members(np.concatenate([known.ids, *(group.column.ids() for group in below)]))
        if len(every) == len(known):
            return known.ids
        known = every
