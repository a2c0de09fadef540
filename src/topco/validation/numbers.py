"""Numbers for the nodes of a store: identifiers and records keep theirs by sort, so that those of one sort are close.

A number is a sort and an index within it. An address has the number of its entity and a mark for its use. IRIs are
never built for whole columns: an identifier of plain characters stands for one IRI and that IRI for it, so the two are
numbered alike. What is less plain goes through its IRI, one by one, to the same number as whatever else has that IRI.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from rdflib import Literal, URIRef

from topco.compile.shapes_columns import TermTable
from topco.compile.shapes_conditions import Kind, canonical
from topco.namespaces import ENTITY_BASE, RECORD_BASE, iri_of_id
from topco.store.nodes import entity_iri, record_iri

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rdflib.term import Node

    from topco.compile.shapes_sets import Ids, Mask, Rows

_INDEX_BITS, _SORT_BITS = 40, 4
OTHER, ENTITY, RECORD, TEXT = range(4)
_INDEX = (1 << _INDEX_BITS) - 1
_NODE = (1 << (_INDEX_BITS + _SORT_BITS)) - 1
USES = ("headquarters", "registered")

_PLAIN_ID = r"^[A-Za-z][A-Za-z0-9-]*:[A-Za-z0-9_.~-]+$"
_PLAIN_RECORD = r"^[A-Za-z0-9_.~/-]*$"
_ENTITY = re.compile(re.escape(ENTITY_BASE) + r"([A-Za-z][A-Za-z0-9-]*)/([A-Za-z0-9_.~-]+)")
_RECORD = re.compile(re.escape(RECORD_BASE) + r"([A-Za-z0-9_.~/-]*)")
_USE = re.compile(rf"(.+)/({'|'.join(USES)})")


class Dictionary:
    """Texts numbered as they come, many at a time.

    >>> words = Dictionary()
    >>> words.codes(pl.Series(["b", "a", "b"])).tolist(), words.text(1)
    ([0, 1, 0], 'a')
    """

    def __init__(self) -> None:
        self._type = pl.Categorical(pl.Categories.random())
        self._count = 0
        # The engine forgets its numbers with the last column that has them: one is always kept.
        self._kept = pl.Series([], dtype=pl.String).cast(self._type)
        self._new: list[pl.Series] = []
        self._texts = pl.Series([], dtype=pl.String)

    def codes(self, texts: pl.Series) -> Ids:
        """The numbers of texts, none of which is null."""
        coded = texts.cast(self._type)
        codes = coded.to_physical().to_numpy().astype(np.int64)
        if len(codes) and codes.max() >= self._count:
            self._count = int(codes.max()) + 1
            self._new.append(coded)
        return codes

    def text(self, code: int) -> str:
        """The text with this number."""
        return str(self.texts()[code])

    def texts(self) -> pl.Series:
        """All texts, by their numbers."""
        if self._new:
            every = pl.concat([self._kept, *self._new]).unique()
            self._kept = every.gather(every.to_physical().arg_sort())
            self._texts = self._kept.cast(pl.String)
            self._new = []
        return self._texts


class StoreTerms:
    """The numbers of everything in a store, as `topco.compile.shapes_columns.Terms` asks for them.

    Args:
        records: reads the column of record names of each table.
    """

    def __init__(self, records: Sequence[Callable[[], pl.Series]]) -> None:
        self._entities = Dictionary()
        self._texts = Dictionary()
        self._others = TermTable()
        self._records = Dictionary()
        self._read = records
        self._names: dict[int, pl.Series] = {}
        self._ends: list[int] = []
        self.record_ids = self._number_records()

    def _number_records(self) -> list[Ids]:
        """The numbers of the records of each table. Where no name comes twice they are the places of the rows."""
        hashes = [_hashes(read()) for read in self._read]
        if any(one is None for one in hashes) or not _all_different([one for one in hashes if one is not None]):
            return [self.of_records(read()) for read in self._read]
        self._ends = np.cumsum([len(one) for one in hashes if one is not None]).tolist()
        first = RECORD << _INDEX_BITS
        return [np.arange(start, end) + first for start, end in pairwise([0, *self._ends])]

    def of_entities(self, identifiers: pl.Series) -> Ids:
        """The numbers of identifiers, none of which is null."""
        return self._of_plain(identifiers, _PLAIN_ID, ENTITY, self._entities, entity_iri)

    def of_records(self, records: pl.Series) -> Ids:
        """The numbers of records by their names, none of which is null."""
        return self._of_plain(records, _PLAIN_RECORD, RECORD, self._records, record_iri)

    def _of_plain(
        self, names: pl.Series, plain: str, sort: int, dictionary: Dictionary, iri_of: Callable[[str], str]
    ) -> Ids:
        regular = names.str.contains(plain)
        if regular.all():
            return dictionary.codes(names) + (sort << _INDEX_BITS)
        numbers = np.zeros(len(names), dtype=np.int64)
        mask = regular.to_numpy()
        numbers[mask] = dictionary.codes(names.filter(regular)) + (sort << _INDEX_BITS)
        odd = names.filter(~regular)
        known = {name: self.id_of(URIRef(iri_of(name))) for name in odd.unique()}
        numbers[~mask] = [known[name] for name in odd]
        return numbers

    def same_entities(self, some: pl.Series, others: pl.Series) -> Mask:
        """Which identifiers are the entity at the same place of another column; only odd ones have to be numbered."""
        alike = some == others
        odd = ~alike & ~(some.str.contains(_PLAIN_ID) & others.str.contains(_PLAIN_ID))
        same = alike.to_numpy().copy()
        if odd.any():
            rows = np.flatnonzero(odd.to_numpy())
            same[rows] = self.of_entities(some.gather(rows)) == self.of_entities(others.gather(rows))
        return same

    def of_texts(self, texts: pl.Series) -> Ids:
        """The numbers of plain texts, none of which is null."""
        return self._texts.codes(texts) + (TEXT << _INDEX_BITS)

    def of_addresses(self, entities: Ids, use: str) -> Ids:
        """The numbers of the addresses of entities."""
        mark = np.int64((USES.index(use) + 1) << (_INDEX_BITS + _SORT_BITS))
        sorts = entities >> _INDEX_BITS
        regular = (sorts == ENTITY) | (sorts == OTHER)
        if regular.all():
            return entities + mark
        numbers = entities + mark
        for place in np.flatnonzero(~regular).tolist():
            numbers[place] = self.id_of(URIRef(f"{self.term(int(entities[place]))}/{use}"))
        return numbers

    def id_of(self, term: Node) -> int:
        term = canonical(term)
        if isinstance(term, URIRef):
            return self._id_of_iri(str(term))
        if isinstance(term, Literal) and term.datatype is None and term.language is None:
            return int(self.of_texts(pl.Series([str(term)]))[0])
        return self._others.id_of(term)

    def _id_of_iri(self, iri: str) -> int:
        if entity := _ENTITY.fullmatch(iri):
            name = pl.Series([f"{entity[1]}:{entity[2]}"])
            return int(self._entities.codes(name)[0]) + (ENTITY << _INDEX_BITS)
        if record := _RECORD.fullmatch(iri):
            return self._record_code(record[1]) + (RECORD << _INDEX_BITS)
        if address := _USE.fullmatch(iri):
            owner = self._id_of_iri(address[1])
            if owner >> _INDEX_BITS in (ENTITY, OTHER):
                return owner + ((USES.index(address[2]) + 1) << (_INDEX_BITS + _SORT_BITS))
        return self._others.id_of(URIRef(iri))

    def term(self, number: int) -> Node:
        use, sort, index = number >> (_INDEX_BITS + _SORT_BITS), (number & _NODE) >> _INDEX_BITS, number & _INDEX
        if use:
            return URIRef(f"{self.term(number & _NODE)}/{USES[use - 1]}")
        if sort == ENTITY:
            return URIRef(iri_of_id(self._entities.text(index)))
        if sort == RECORD:
            return URIRef(RECORD_BASE + self._record_name(index))
        if sort == TEXT:
            return Literal(self._texts.text(index))
        return self._others.term(index)

    def _record_code(self, name: str) -> int:
        for table in range(len(self._ends)):
            place = self._names_of(table).index_of(name)
            if place is not None:
                return self._start(table) + place
        return self._start(len(self._ends)) + int(self._records.codes(pl.Series([name]))[0])

    def _record_name(self, code: int) -> str:
        table = bisect_right(self._ends, code)
        if table == len(self._ends):
            return self._records.text(code - self._start(table))
        return str(self._names_of(table)[code - self._start(table)])

    def _start(self, table: int) -> int:
        return self._ends[table - 1] if table else 0

    def _names_of(self, table: int) -> pl.Series:
        if table not in self._names:
            self._names[table] = self._read[table]()
        return self._names[table]

    def kind(self, ids: Ids) -> Kind | None:
        if not len(ids):
            return None
        sorts = np.flatnonzero(np.bincount(ids >> _INDEX_BITS)).tolist()
        kinds = set()
        for sort in sorts:
            if sort == OTHER:
                kinds.add(self._others.kind(ids[ids >> _INDEX_BITS == OTHER]))
            else:
                kinds.add(Kind.LITERAL if sort == TEXT else Kind.IRI)
        return kinds.pop() if len(kinds) == 1 else None

    def iris(self, numbers: Ids) -> pl.Series:
        """The IRIs, or texts, of many numbers."""
        found: list[pl.Series] = []
        places: list[Rows] = []
        for sort in np.unique(numbers >> _INDEX_BITS).tolist():
            rows = np.flatnonzero(numbers >> _INDEX_BITS == sort)
            places.append(rows)
            found.append(self._iris_of_sort(sort, numbers[rows] & _INDEX))
        if not found:
            return pl.Series([], dtype=pl.String)
        return pl.concat(found).gather(np.argsort(np.concatenate(places)))

    def _iris_of_sort(self, sort: int, indices: Ids) -> pl.Series:
        use, sort = sort >> _SORT_BITS, sort & ((1 << _SORT_BITS) - 1)
        if use:
            return self._iris_of_sort(sort, indices) + f"/{USES[use - 1]}"
        if sort == ENTITY:
            names = self._entities.texts().gather(indices)
            return ENTITY_BASE + names.str.replace(":", "/", literal=True)
        if sort == TEXT:
            return self._texts.texts().gather(indices)
        if sort == RECORD:
            return RECORD_BASE + self._record_names(indices)
        return pl.Series([str(self._others.term(index)) for index in indices.tolist()], dtype=pl.String)

    def _record_names(self, codes: Ids) -> pl.Series:
        tables = np.searchsorted(self._ends, codes, side="right")
        found, places = [], []
        for table in np.unique(tables).tolist():
            rows = np.flatnonzero(tables == table)
            names = self._records.texts() if table == len(self._ends) else self._names_of(table)
            places.append(rows)
            found.append(names.gather(codes[rows] - self._start(table)))
        return pl.concat(found).gather(np.argsort(np.concatenate(places)))


def _hashes(records: pl.Series) -> pl.Series | None:
    """A number for each record, unless one of them is not plain."""
    return records.hash() if records.str.contains(_PLAIN_RECORD).all() else None


def _all_different(hashes: Sequence[pl.Series]) -> bool:
    """Whether no two records are alike, as far as that can be told at once: different hashes prove it."""
    every = pl.concat(hashes) if hashes else pl.Series([], dtype=pl.UInt64)
    return every.n_unique() == len(every)
