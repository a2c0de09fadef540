"""Columns of a store as columns of terms: identifiers, codes and literals, numbered only where it is needed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from rdflib import RDF, XSD, Literal, URIRef

from topco.compile.shapes_columns import Numbered, before, same
from topco.compile.shapes_conditions import InRange, Kind, Matching, OfDatatype, OfLength
from topco.store.nodes import language_tag
from topco.validation.terms import rdflib_term

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from numpy.typing import NDArray
    from rdflib.term import Node

    from topco.compile.shapes_columns import Column
    from topco.compile.shapes_conditions import Condition
    from topco.compile.shapes_sets import Ids, Mask, Rows
    from topco.validation.numbers import StoreTerms

    Make = Callable[[Any], Any]


class Entities:
    """Nodes of identifiers at some rows of a column, which is numbered when the numbers are asked for.

    Args:
        terms: the numbers of terms.
        rows: the rows.
        names: reads the column.
        numbers: the numbers of the whole column.
    """

    nodes_only, literals_only = True, False

    def __init__(
        self, terms: StoreTerms, rows: Rows, names: Callable[[], pl.Series], numbers: Callable[[], Ids]
    ) -> None:
        self._terms = terms
        self._rows = rows
        self._names = names
        self._numbers = numbers

    def __len__(self) -> int:
        return len(self._rows)

    def take(self, rows: Rows) -> Entities:
        return Entities(self._terms, self._rows[rows], self._names, self._numbers)

    def ids(self) -> Ids:
        return self._numbers()[self._rows]

    def same(self, other: Column) -> Mask:
        if not isinstance(other, Entities):
            return same(self, other)
        return self._terms.same_entities(self._names().gather(self._rows), other._names().gather(other._rows))

    def meets(self, condition: Condition) -> Mask:
        for_all = condition.of_kind(Kind.IRI)
        if for_all is not None:
            return np.full(len(self), for_all, dtype=np.bool_)
        return Numbered(self._terms, self.ids()).meets(condition)

    def before(self, other: Column, *, or_equal: bool) -> Mask:
        return before(self._terms, self.ids(), other.ids(), or_equal=or_equal)

    def languages(self) -> Sequence[str | None]:
        return [None] * len(self)


class Codes:
    """One of few nodes at each place: the place of each in a short table of numbers, in which -1 is no node."""

    nodes_only, literals_only = True, False

    def __init__(self, terms: StoreTerms, codes: NDArray[np.integer[Any]], table: Ids) -> None:
        self._terms = terms
        self._codes = codes
        self._table = table

    def __len__(self) -> int:
        return len(self._codes)

    def take(self, rows: Rows) -> Codes:
        return Codes(self._terms, self._codes[rows], self._table)

    def ids(self) -> Ids:
        ids: Ids = self._table[self._codes]
        return ids

    def meets(self, condition: Condition) -> Mask:
        nodes = self._table >= 0
        met = np.zeros(len(self._table), dtype=np.bool_)
        met[nodes] = Numbered(self._terms, self._table[nodes]).meets(condition)
        found: Mask = met[self._codes]
        return found

    def same(self, other: Column) -> Mask:
        return same(self, other)

    def before(self, other: Column, *, or_equal: bool) -> Mask:
        return before(self._terms, self.ids(), other.ids(), or_equal=or_equal)

    def languages(self) -> Sequence[str | None]:
        return [None] * len(self)


class Literals:
    """Literals of one column, all of one datatype; texts may have languages.

    Args:
        terms: the numbers of terms.
        values: the column, without nulls.
        make: writes a value as a literal.
        tags: the language tag of each text, null where it has none.
    """

    nodes_only, literals_only = False, True

    def __init__(self, terms: StoreTerms, values: pl.Series, make: Make, tags: pl.Series | None = None) -> None:
        self._terms = terms
        self._values = values
        self._make = make
        self._tags = tags

    def __len__(self) -> int:
        return len(self._values)

    def take(self, rows: Rows) -> Literals:
        tags = None if self._tags is None else self._tags.gather(rows)
        return Literals(self._terms, self._values.gather(rows), self._make, tags)

    @cached_property
    def _datatype(self) -> URIRef:
        """The datatype of the untagged ones."""
        if not len(self._values):
            return XSD.string
        term = rdflib_term(self._make(self._values[0]))
        assert isinstance(term, Literal)
        return term.datatype or XSD.string

    @property
    def _is_text(self) -> bool:
        return self._values.dtype == pl.String and self._datatype == XSD.string

    def ids(self) -> Ids:
        if self._is_text and self._tags is None:
            return self._terms.of_texts(self._values)
        different, places = self._different()
        return np.array([self._terms.id_of(term) for term in different], dtype=np.int64)[places]

    def _different(self) -> tuple[list[Node], Rows]:
        """The different literals, and which of them stands at each place."""
        tags = pl.Series([None], dtype=pl.String).new_from_index(0, len(self)) if self._tags is None else self._tags
        every = pl.DataFrame({"value": self._values, "tag": tags})
        different = every.unique(maintain_order=True).with_row_index("place")
        places = every.join(different, on=["value", "tag"], how="left", nulls_equal=True, maintain_order="left")
        terms: list[Node] = []
        for value, tag in different.select("value", "tag").iter_rows():
            terms.append(rdflib_term(self._make(value)) if tag is None else Literal(value, lang=tag))
        return terms, places["place"].to_numpy().astype(np.int64)

    def meets(self, condition: Condition) -> Mask:
        for_all = condition.of_kind(Kind.LITERAL)
        if for_all is None and self._tags is None:
            for_all = condition.of_datatype(self._datatype)
        if for_all is not None:
            return np.full(len(self), for_all, dtype=np.bool_)
        at_once = self._at_once(condition)
        if at_once is not None:
            return at_once
        different, places = self._different()
        return np.array([condition.of_term(term) for term in different], dtype=np.bool_)[places]

    def _at_once(self, condition: Condition) -> Mask | None:
        """The answer for the whole column, where the engine of the columns can tell."""
        values = self._values
        match condition:
            case OfDatatype() if self._tags is not None:
                tagged, plain = condition.of_datatype(RDF.langString), condition.of_datatype(self._datatype)
                return np.where(self._tags.is_not_null().to_numpy(), bool(tagged), bool(plain))
            case OfLength() if self._is_text:
                lengths = values.str.len_chars().to_numpy()
                return (lengths >= condition.least) & (condition.most is None or lengths <= condition.most)
            case Matching() if self._is_text:
                return self._matching(condition)
            case InRange() if values.dtype.is_integer() and self._datatype == XSD.integer:
                return _in_range(values, condition)
        return None

    def _matching(self, condition: Matching) -> Mask:
        found = np.zeros(len(self), dtype=np.bool_)
        if condition.is_plain:
            found = self._values.str.contains(condition.pattern, strict=False).fill_null(False).to_numpy().copy()
        rest = np.flatnonzero(~found)
        search = condition.expression.search
        found[rest] = [search(text) is not None for text in self._values.gather(rest)]
        return found

    def same(self, other: Column) -> Mask:
        return same(self, other)

    def before(self, other: Column, *, or_equal: bool) -> Mask:
        if isinstance(other, Literals) and self._compares_with(other):
            less = self._values <= other._values if or_equal else self._values < other._values
            return less.to_numpy()
        return before(self._terms, self.ids(), other.ids(), or_equal=or_equal)

    def _compares_with(self, other: Literals) -> bool:
        """Whether both are days, or whole numbers of one datatype, which the engine of the columns orders alike."""
        dtype = self._values.dtype
        alike = dtype == other._values.dtype and self._datatype == other._datatype
        return alike and (dtype == pl.Date or (dtype.is_integer() and self._datatype in (XSD.integer, XSD.decimal)))

    def languages(self) -> Sequence[str | None]:
        return [None] * len(self) if self._tags is None else self._tags.to_list()


def _in_range(values: pl.Series, condition: InRange) -> Mask | None:
    bound = condition.bound.value
    if not isinstance(bound, int) or isinstance(bound, bool) or abs(bound) >= 2**62:
        return None
    found = values > bound if condition.above else values < bound
    return ((found | (values == bound)) if condition.or_equal else found).to_numpy()


def tags_of(languages: pl.Series) -> pl.Series:
    """Language tags as RDF has them; null where there is none, or something that is none."""
    known = {language: language_tag(language) for language in languages.unique()}
    return languages.replace_strict(list(known), list(known.values()), return_dtype=pl.String)
