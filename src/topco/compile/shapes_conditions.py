"""Conditions on single RDF terms, as SHACL core defines them and pyshacl decides them: datatype, kind, pattern, range.

A condition is asked of each distinct term once. Columns that know more about all their values at once (that they are
IRIs, or well-formed dates) ask `of_kind` and `of_datatype` first, which answer for a whole column or not at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any

from rdflib import RDF, RDFS, XSD, BNode, Literal, URIRef

if TYPE_CHECKING:
    from collections.abc import Callable

    from rdflib.term import Node


class Kind(Enum):
    IRI = "IRI"
    BLANK = "BlankNode"
    LITERAL = "Literal"


_PYTHON_TYPES: dict[URIRef, type | tuple[type, ...]] = {
    XSD.string: (str, bytes),
    RDF.langString: (str, bytes),
    XSD.integer: int,
    XSD.float: float,
    XSD.decimal: Decimal,
    XSD.boolean: bool,
    XSD.date: date,
    XSD.time: time,
    XSD.dateTime: datetime,
}
# What means the same in Python's regular expressions and in those of the column engine, where `$` only asks for more:
# no escapes, no look-around, no possessive repetition, no set operations inside brackets.
_PLAIN_PATTERN = re.compile(
    r"(?:[A-Za-z0-9 :_/,;=@%&'\"<>^$.|)-]|\((?!\?)|\[\^?(?:[A-Za-z0-9_:./ ]|-(?!-))+\]"
    r"|(?:[*+?]|\{\d+(?:,\d*)?\})(?!\+))*"
)


class Condition:
    """What a value node must be. `of_term` decides; the two others may decide for many terms at once."""

    def of_term(self, term: Node) -> bool:
        raise NotImplementedError

    def of_kind(self, kind: Kind) -> bool | None:
        """The answer for all terms of a kind, or None if it depends on the term."""
        return None

    def of_datatype(self, datatype: URIRef) -> bool | None:
        """The answer for all well-formed literals of a datatype, or None if it depends on the literal."""
        return None


def canonical(term: Node) -> Node:
    """The term as it is compared: a text without a datatype is an `xsd:string`, whether or not it says so.

    >>> canonical(Literal("a", datatype=XSD.string)) == Literal("a")
    True
    """
    if isinstance(term, Literal) and term.datatype == XSD.string:
        return Literal(str(term))
    return term


def text_of(term: Node) -> str:
    """The text of an IRI or literal, as SPARQL's STR gives it."""
    return str(term)


@dataclass(frozen=True)
class OfDatatype(Condition):
    """A literal of a datatype, and well-formed.

    >>> OfDatatype(XSD.date).of_term(Literal("soon", datatype=XSD.date))
    False
    """

    datatype: URIRef

    def of_term(self, term: Node) -> bool:
        if not isinstance(term, Literal):
            return False
        wanted = self.datatype
        if wanted == RDFS.Literal:
            return True
        actual = RDF.langString if term.language else term.datatype or XSD.string
        if actual != wanted:
            return False
        if term.ill_typed:
            return False
        expected = _PYTHON_TYPES.get(wanted)
        return expected is None or isinstance(term.value, expected)

    def of_kind(self, kind: Kind) -> bool | None:
        return None if kind is Kind.LITERAL else False

    def of_datatype(self, datatype: URIRef) -> bool | None:
        return self.datatype in (datatype, RDFS.Literal)


@dataclass(frozen=True)
class OfKind(Condition):
    """A node of one of these kinds."""

    kinds: frozenset[Kind]

    def of_term(self, term: Node) -> bool:
        return kind_of(term) in self.kinds

    def of_kind(self, kind: Kind) -> bool | None:
        return kind in self.kinds


def kind_of(term: Node) -> Kind:
    """The kind of a term.

    >>> kind_of(BNode()), kind_of(Literal(1))
    (<Kind.BLANK: 'BlankNode'>, <Kind.LITERAL: 'Literal'>)
    """
    if isinstance(term, Literal):
        return Kind.LITERAL
    return Kind.BLANK if isinstance(term, BNode) else Kind.IRI


@dataclass(frozen=True)
class OneOf(Condition):
    """One of these terms."""

    terms: frozenset[Node]

    def of_term(self, term: Node) -> bool:
        return canonical(term) in self.terms

    def of_kind(self, kind: Kind) -> bool | None:
        return None if any(kind_of(term) is kind for term in self.terms) else False


@dataclass(frozen=True)
class Matching(Condition):
    """An IRI or literal in whose text a regular expression is found."""

    pattern: str
    flags: int = 0
    expression: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "expression", re.compile(self.pattern, self.flags))

    def of_term(self, term: Node) -> bool:
        return not isinstance(term, BNode) and self.expression.search(text_of(term)) is not None

    def of_kind(self, kind: Kind) -> bool | None:
        return False if kind is Kind.BLANK else None

    @property
    def is_plain(self) -> bool:
        """Whether what the column engine finds with it, Python finds too.

        >>> Matching("^[A-Z]{2}$").is_plain, Matching(r"^\\w+$").is_plain
        (True, False)
        """
        return not self.flags and _PLAIN_PATTERN.fullmatch(self.pattern) is not None


@dataclass(frozen=True)
class OfLength(Condition):
    """An IRI or literal whose text has so many characters."""

    least: int = 0
    most: int | None = None

    def of_term(self, term: Node) -> bool:
        if isinstance(term, BNode):
            return self.most is None and self.least == 0
        length = len(text_of(term))
        return length >= self.least and (self.most is None or length <= self.most)


@dataclass(frozen=True)
class InRange(Condition):
    """A literal that is more, or less, than a bound, or equal to it."""

    bound: Literal
    above: bool
    or_equal: bool

    def of_term(self, term: Node) -> bool:
        if not isinstance(term, Literal):
            return False
        if isinstance(term.value, str) != isinstance(self.bound.value, str):
            return False
        order = _order(term, self.bound)
        return order is not None and (self.or_equal if order == 0 else (order > 0) == self.above)

    def of_kind(self, kind: Kind) -> bool | None:
        return None if kind is Kind.LITERAL else False


@dataclass(frozen=True)
class InLanguage(Condition):
    """A literal with a language tag that is one of these, or a finer one below them."""

    ranges: tuple[str, ...]

    def of_term(self, term: Node) -> bool:
        if not isinstance(term, Literal) or not term.language:
            return False
        tag = str(term.language).lower()
        return any(tag == one or tag.startswith(f"{one}-") for one in self.ranges)

    def of_kind(self, kind: Kind) -> bool | None:
        return None if kind is Kind.LITERAL else False


def _order(one: Literal, other: Literal) -> int | None:
    """How two literals compare: negative, zero, positive, or None if they do not."""
    try:
        if one.eq(other):
            return 0
        if isinstance(one.value, datetime | time):  # rdflib would force an order on what has none
            return 1 if one.value > other.value else -1
        return 1 if one > other else -1
    except (TypeError, NotImplementedError):
        return None


def is_before(one: Node, other: Node, *, or_equal: bool) -> bool:
    """Whether a value lies before another one, as `sh:lessThan` asks; what cannot be compared does not.

    >>> is_before(Literal("2020-01-01", datatype=XSD.date), Literal("2021-01-01", datatype=XSD.date), or_equal=False)
    True
    >>> is_before(Literal(1), Literal("a"), or_equal=True)
    False
    """
    if isinstance(one, BNode) or isinstance(other, BNode):
        return False
    left, right = _comparable(one), _comparable(other)
    if isinstance(left, str) and not isinstance(left, Literal):
        if not isinstance(right, str) or isinstance(right, Literal):
            return False
    elif isinstance(right, str) and not isinstance(right, Literal):
        return False
    compare: Callable[[Any, Any], bool] = (lambda a, b: a <= b) if or_equal else (lambda a, b: a < b)
    try:
        return bool(compare(left, right))
    except (TypeError, NotImplementedError):
        return False


def _comparable(term: Node) -> Any:
    if isinstance(term, Literal):
        return term.value if isinstance(term.value, str) else term
    return str(term)
