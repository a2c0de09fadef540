"""The constraints of one shape, parameter by parameter: which property of SHACL becomes which demand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rdflib import SH, Literal, URIRef

from topco.compile.shapes_conditions import (
    Condition,
    InLanguage,
    InRange,
    Kind,
    Matching,
    OfDatatype,
    OfKind,
    OfLength,
    OneOf,
    canonical,
)
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
    PropertyConforms,
    Qualified,
    UniqueLanguages,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rdflib.term import Node

    from topco.compile.shapes_model import Path
    from topco.compile.shapes_reader import ShapesReader

SH_IN, SH_NOT, SH_AND, SH_OR, SH_CLASS = SH["in"], SH["not"], SH["and"], SH["or"], SH["class"]
# Parameters whose values are shapes, and lists of shapes.
SHAPE_VALUES = (SH.property, SH.node, SH_NOT, SH.qualifiedValueShape)
SHAPE_LISTS = (SH_AND, SH_OR, SH.xone)

_KINDS = {
    SH.IRI: {Kind.IRI},
    SH.BlankNode: {Kind.BLANK},
    SH.Literal: {Kind.LITERAL},
    SH.BlankNodeOrIRI: {Kind.BLANK, Kind.IRI},
    SH.BlankNodeOrLiteral: {Kind.BLANK, Kind.LITERAL},
    SH.IRIOrLiteral: {Kind.IRI, Kind.LITERAL},
}
_RANGES = {
    SH.minInclusive: (True, True),
    SH.minExclusive: (True, False),
    SH.maxInclusive: (False, True),
    SH.maxExclusive: (False, False),
}
_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE}


def constraints_of(reader: ShapesReader, node: Node, path: Path | None) -> tuple[tuple[Constraint, ...], set[Node]]:
    """The constraints of a shape, and the parameters that they were read from."""
    found: list[Constraint] = []
    read: set[Node] = set()
    for parameters, of_path, make in _READERS:
        if not any((node, parameter, None) in reader.graph for parameter in parameters):
            continue
        if of_path and path is None:
            raise reader.refusal(node, f"sh:{parameters[0].fragment} at a node shape")
        read.update(parameters)
        found += make(reader, node)
    return tuple(found), read


def _component(parameter: URIRef) -> URIRef:
    name = parameter.fragment
    return SH[f"{name[0].upper()}{name[1:]}ConstraintComponent"]


def _each(parameter: URIRef, condition: Condition) -> EachValue:
    return EachValue(_component(parameter), condition)


def _classes(reader: ShapesReader, node: Node) -> Iterator[Constraint]:
    for cls in sorted(reader.graph.objects(node, SH_CLASS), key=str):
        yield InstanceOf(_component(SH_CLASS), cls)


def _datatype(reader: ShapesReader, node: Node) -> Iterator[Constraint]:
    datatype = reader.one(node, SH.datatype)
    if not isinstance(datatype, URIRef):
        raise reader.refusal(node, f"sh:datatype {datatype}")
    yield _each(SH.datatype, OfDatatype(datatype))


def _kind(reader: ShapesReader, node: Node) -> Iterator[Constraint]:
    kind = reader.one(node, SH.nodeKind)
    if kind not in _KINDS:
        raise reader.refusal(node, f"sh:nodeKind {kind}")
    yield _each(SH.nodeKind, OfKind(frozenset(_KINDS[URIRef(str(kind))])))


def _least(reader: ShapesReader, node: Node) -> Iterator[Constraint]:
    yield Count(_component(SH.minCount), least=reader.number(node, SH.minCount) or 0)


def _most(reader: ShapesReader, node: Node) -> Iterator[Constraint]:
    yield Count(_component(SH.maxCount), most=reader.number(node, SH.maxCount))


def _ranges(reader: ShapesReader, node: Node) -> Iterator[Constraint]:
    for parameter, (above, or_equal) in _RANGES.items():
        bound = reader.one(node, parameter)
        if bound is None:
            continue
        if not isinstance(bound, Literal):
            raise reader.refusal(node, f"sh:{parameter.fragment} {bound}")
        yield _each(parameter, InRange(bound, above, or_equal))


def _lengths(reader: ShapesReader, node: Node) -> Iterator[Constraint]:
    least, most = reader.number(node, SH.minLength), reader.number(node, SH.maxLength)
    if least is not None:
        yield _each(SH.minLength, OfLength(least=least))
    if most is not None:
        yield _each(SH.maxLength, OfLength(most=most))


def _pattern(reader: ShapesReader, node: Node) -> Iterator[Constraint]:
    pattern, flags = reader.one(node, SH.pattern), reader.one(node, SH.flags)
    if pattern is None:
        raise reader.refusal(node, "sh:flags without sh:pattern")
    if not isinstance(pattern, Literal):
        raise reader.refusal(node, f"sh:pattern {pattern}")
    unknown = set(str(flags or "")) - _FLAGS.keys()
    if unknown:
        raise reader.refusal(node, f'sh:flags "{flags}"')
    chosen = sum(_FLAGS[flag] for flag in set(str(flags or "")))
    try:
        yield _each(SH.pattern, Matching(str(pattern), int(chosen)))
    except re.error as error:
        raise reader.refusal(node, f'sh:pattern "{pattern}" ({error})') from error


def _languages(reader: ShapesReader, node: Node) -> Iterator[Constraint]:
    ranges = reader.members(node, reader.one(node, SH.languageIn) or node, SH.languageIn)
    yield _each(SH.languageIn, InLanguage(tuple(str(one).lower() for one in ranges)))


def _unique_languages(reader: ShapesReader, node: Node) -> Iterator[Constraint]:
    if reader.flag(node, SH.uniqueLang):
        yield UniqueLanguages(_component(SH.uniqueLang))


def _others(parameter: URIRef, make: Callable[[URIRef, URIRef], Constraint]) -> Callable[..., Iterator[Constraint]]:
    def constraints(reader: ShapesReader, node: Node) -> Iterator[Constraint]:
        for other in sorted(reader.graph.objects(node, parameter), key=str):
            if not isinstance(other, URIRef):
                raise reader.refusal(node, f"sh:{parameter.fragment} {other}")
            yield make(_component(parameter), other)

    return constraints


def _closed(reader: ShapesReader, node: Node) -> Iterator[Constraint]:
    ignored = reader.one(node, SH.ignoredProperties)
    if reader.one(node, SH.closed) is None:
        raise reader.refusal(node, "sh:ignoredProperties without sh:closed")
    if not reader.flag(node, SH.closed):
        return
    allowed = set() if ignored is None else set(reader.members(node, ignored, SH.ignoredProperties))
    for shape in reader.graph.objects(node, SH.property):
        allowed.update(path for path in reader.graph.objects(shape, SH.path) if isinstance(path, URIRef))
    yield Closed(_component(SH.closed), frozenset(allowed))


def _has_value(reader: ShapesReader, node: Node) -> Iterator[Constraint]:
    for value in sorted(reader.graph.objects(node, SH.hasValue), key=str):
        yield HasValue(_component(SH.hasValue), canonical(value))


def _in(reader: ShapesReader, node: Node) -> Iterator[Constraint]:
    members = reader.one(node, SH_IN)
    assert members is not None
    yield _each(SH_IN, OneOf(frozenset(canonical(one) for one in reader.members(node, members, SH_IN))))


def _not(reader: ShapesReader, node: Node) -> Iterator[Constraint]:
    for shape in sorted(reader.graph.objects(node, SH_NOT), key=str):
        yield Conforms(_component(SH_NOT), (reader.shape(shape),), 0, 0)


def _lists(parameter: URIRef, bounds: Callable[[int], tuple[int, int]]) -> Callable[..., Iterator[Constraint]]:
    def constraints(reader: ShapesReader, node: Node) -> Iterator[Constraint]:
        for members in sorted(reader.graph.objects(node, parameter), key=str):
            shapes = tuple(reader.shape(shape) for shape in reader.members(node, members, parameter))
            if not shapes:
                raise reader.refusal(node, f"sh:{parameter.fragment} with an empty list")
            yield Conforms(_component(parameter), shapes, *bounds(len(shapes)))

    return constraints


def _node(reader: ShapesReader, node: Node) -> Iterator[Constraint]:
    for shape in sorted(reader.graph.objects(node, SH.node), key=str):
        made = reader.shape(shape)
        if made.path is not None:
            raise reader.refusal(node, "sh:node with a property shape")
        yield NodeConforms(_component(SH.node), made)


def _property(reader: ShapesReader, node: Node) -> Iterator[Constraint]:
    for shape in sorted(reader.graph.objects(node, SH.property), key=str):
        made = reader.shape(shape)
        if made.path is None:
            raise reader.refusal(node, "sh:property with a node shape")
        yield PropertyConforms(_component(SH.property), made)


def _qualified(reader: ShapesReader, node: Node) -> Iterator[Constraint]:
    value = reader.one(node, SH.qualifiedValueShape)
    least, most = reader.number(node, SH.qualifiedMinCount), reader.number(node, SH.qualifiedMaxCount)
    if value is None or (least is None and most is None):
        raise reader.refusal(node, "sh:qualifiedValueShape without a count, or a count without it")
    siblings: set[Node] = set()
    if reader.flag(node, SH.qualifiedValueShapesDisjoint):
        for parent in reader.graph.subjects(SH.property, node):
            for sibling in reader.graph.objects(parent, SH.property):
                siblings.update(reader.graph.objects(sibling, SH.qualifiedValueShape))
    shape = reader.shape(value)
    others = tuple(reader.shape(other) for other in sorted(siblings - {value}, key=str))
    if most is not None:
        yield Qualified(SH.QualifiedMaxCountConstraintComponent, shape, others, most=most)
    if least is not None:
        yield Qualified(SH.QualifiedMinCountConstraintComponent, shape, others, least=least)


# Parameters that are read together, whether they need a path, and what reads them.
_READERS: tuple[tuple[tuple[URIRef, ...], bool, Callable[[ShapesReader, Node], Iterator[Constraint]]], ...] = (
    ((SH_CLASS,), False, _classes),
    ((SH.datatype,), False, _datatype),
    ((SH.nodeKind,), False, _kind),
    ((SH.minCount,), True, _least),
    ((SH.maxCount,), True, _most),
    (tuple(_RANGES), False, _ranges),
    ((SH.minLength, SH.maxLength), False, _lengths),
    ((SH.pattern, SH.flags), False, _pattern),
    ((SH.languageIn,), False, _languages),
    ((SH.uniqueLang,), True, _unique_languages),
    ((SH.lessThan,), True, _others(SH.lessThan, lambda component, other: Before(component, other, or_equal=False))),
    (
        (SH.lessThanOrEquals,),
        True,
        _others(SH.lessThanOrEquals, lambda component, other: Before(component, other, or_equal=True)),
    ),
    ((SH.disjoint,), False, _others(SH.disjoint, Apart)),
    ((SH.equals,), False, _others(SH.equals, Alike)),
    ((SH.closed, SH.ignoredProperties), False, _closed),
    ((SH.hasValue,), False, _has_value),
    ((SH_IN,), False, _in),
    ((SH_NOT,), False, _not),
    ((SH_AND,), False, _lists(SH_AND, lambda count: (count, count))),
    ((SH_OR,), False, _lists(SH_OR, lambda count: (1, count))),
    ((SH.xone,), False, _lists(SH.xone, lambda _: (1, 1))),
    ((SH.node,), False, _node),
    ((SH.property,), False, _property),
    (
        (
            SH.qualifiedValueShape,
            SH.qualifiedMinCount,
            SH.qualifiedMaxCount,
            SH.qualifiedValueShapesDisjoint,
        ),
        True,
        _qualified,
    ),
)
