"""What shapes are evaluated over: for each property, parts that give subjects as numbers beside a column of objects.

A graph of rdflib is one such view (`shapes_graph`), the columns of a store are another (`topco.validation.triples`).
Nodes and literals are numbers of a `Terms`; a column of literals is given numbers only where they have to be compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from topco.compile.shapes_conditions import Kind, canonical, is_before, kind_of
from topco.compile.shapes_sets import distinct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rdflib import URIRef
    from rdflib.term import Node

    from topco.compile.shapes_conditions import Condition
    from topco.compile.shapes_sets import Ids, Mask, Rows


class Terms(Protocol):
    """The numbers of nodes and literals; equal terms have equal numbers."""

    def id_of(self, term: Node) -> int:
        """The number of a term, a new one if it has none."""
        ...

    def term(self, number: int) -> Node:
        """The term with this number."""
        ...

    def kind(self, ids: Ids) -> Kind | None:
        """The kind that all of these have, or None if they differ or are not known to be of one kind."""
        ...


class Column(Protocol):
    """Terms, one for each place."""

    def __len__(self) -> int: ...

    def take(self, rows: Rows) -> Column:
        """Those at these places."""
        ...

    def ids(self) -> Ids:
        """Their numbers."""
        ...

    def meets(self, condition: Condition) -> Mask:
        """Which of them meet a condition."""
        ...

    def same(self, other: Column) -> Mask:
        """Which of them are the term at the same place of another column."""
        ...

    def before(self, other: Column, *, or_equal: bool) -> Mask:
        """Which of them lie before the one at the same place of another column."""
        ...

    def languages(self) -> Sequence[str | None]:
        """The language tag of each, lower-cased; None where there is none."""
        ...

    @property
    def nodes_only(self) -> bool:
        """Whether none of them is a literal."""
        ...

    @property
    def literals_only(self) -> bool:
        """Whether all of them are literals."""
        ...


class Part(Protocol):
    """Some of the triples of one property."""

    @property
    def low(self) -> int:
        """No subject has a lower number."""
        ...

    @property
    def high(self) -> int:
        """No subject has a higher number."""
        ...

    @property
    def constant(self) -> int | None:
        """The number of the object, if all have the same and it is known beforehand."""
        ...

    def load(self) -> tuple[Ids, Column]:
        """Subjects and objects, place by place; no pair twice within a subject that occurs once."""
        ...


class Triples(Protocol):
    """A graph, property by property. The same triple may stand in several parts."""

    @property
    def terms(self) -> Terms:
        """The numbers that its parts use."""
        ...

    def parts(self, predicate: URIRef) -> Sequence[Part]:
        """The triples of one property."""
        ...

    def predicates(self) -> Sequence[URIRef]:
        """All properties."""
        ...


class Numbered:
    """Terms by their numbers."""

    def __init__(self, terms: Terms, numbers: Ids) -> None:
        self._terms = terms
        self._numbers = np.asarray(numbers, dtype=np.int64)

    def __len__(self) -> int:
        return len(self._numbers)

    def take(self, rows: Rows) -> Numbered:
        return Numbered(self._terms, self._numbers[rows])

    def ids(self) -> Ids:
        return self._numbers

    @property
    def nodes_only(self) -> bool:
        return self._terms.kind(self._numbers) in (Kind.IRI, Kind.BLANK)

    @property
    def literals_only(self) -> bool:
        return self._terms.kind(self._numbers) is Kind.LITERAL

    def meets(self, condition: Condition) -> Mask:
        kind = self._terms.kind(self._numbers)
        for_all = None if kind is None else condition.of_kind(kind)
        if for_all is not None:
            return np.full(len(self), for_all, dtype=np.bool_)
        different = distinct(self._numbers)
        answers = [condition.of_term(self._terms.term(number)) for number in different.tolist()]
        return np.array(answers, dtype=np.bool_)[np.searchsorted(different, self._numbers)]

    def same(self, other: Column) -> Mask:
        return same(self, other)

    def before(self, other: Column, *, or_equal: bool) -> Mask:
        return before(self._terms, self.ids(), other.ids(), or_equal=or_equal)

    def languages(self) -> Sequence[str | None]:
        return [language_of(self._terms.term(number)) for number in self._numbers.tolist()]


def language_of(term: Node) -> str | None:
    """The language tag of a literal, lower-cased."""
    language = getattr(term, "language", None)
    return str(language).lower() if language else None


def same(some: Column, others: Column) -> Mask:
    """Which terms are those at the same place, by their numbers."""
    found: Mask = some.ids() == others.ids()
    return found


def before(terms: Terms, left: Ids, right: Ids, *, or_equal: bool) -> Mask:
    """Which terms lie before their counterparts, each different pair asked once."""
    answers: dict[tuple[int, int], bool] = {}
    found = np.zeros(len(left), dtype=np.bool_)
    for place, pair in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        if pair not in answers:
            answers[pair] = is_before(terms.term(pair[0]), terms.term(pair[1]), or_equal=or_equal)
        found[place] = answers[pair]
    return found


class TermTable:
    """Terms numbered as they come."""

    def __init__(self) -> None:
        self._terms: list[Node] = []
        self._numbers: dict[Node, int] = {}
        self._kinds: list[Kind] = []

    def __len__(self) -> int:
        return len(self._terms)

    def id_of(self, term: Node) -> int:
        term = canonical(term)
        number = self._numbers.setdefault(term, len(self._terms))
        if number == len(self._terms):
            self._terms.append(term)
            self._kinds.append(kind_of(term))
        return number

    def term(self, number: int) -> Node:
        return self._terms[number]

    def kind(self, ids: Ids) -> Kind | None:
        if len(ids) > len(self._terms):
            ids = np.unique(ids)
        kinds = {self._kinds[number] for number in ids.tolist()}
        return kinds.pop() if len(kinds) == 1 else None
