"""A store as the graph that shapes are evaluated over, read column by column and never built.

Which columns are which triples `topco.store.mapping` declares. What stands beside them, the countries and the
descriptions of the loads, is a small graph. Columns are read when a shape asks for them; only numbers are kept.
"""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from topco.compile.shapes_columns import Numbered
from topco.compile.shapes_graph import graph_parts
from topco.namespaces import term
from topco.store.mapping import MAPPING, Form
from topco.store.nodes import TYPE
from topco.validation.columns import Codes, Entities, Literals, tags_of
from topco.validation.numbers import StoreTerms
from topco.validation.terms import rdflib_term

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray
    from rdflib import Graph, URIRef

    from topco.compile.shapes_columns import Column, Part
    from topco.compile.shapes_sets import Ids, Mask
    from topco.store.mapping import Subject, Value
    from topco.store.store import Store


class StoreTriples:
    """The evidence in force, with a small graph beside it.

    Args:
        store: the store.
        known_as_of: only loads that existed on this day count.
        beside: what else is known: countries, descriptions of loads.
    """

    def __init__(self, store: Store, known_as_of: date | None, beside: Graph) -> None:
        self._store = store
        self._known_as_of = known_as_of
        loads = store.current_loads(known_as_of)
        self.tables = [table for table in MAPPING if any(load.tables.get(table) for load in loads)]
        self.terms = StoreTerms([partial(self.column, table, "record") for table in self.tables])
        self._subjects: dict[tuple[str, Form, str, str], Ids] = {
            (table, Form.RECORD, "record", ""): ids
            for table, ids in zip(self.tables, self.terms.record_ids, strict=True)
        }
        self._there: dict[tuple[str, str], Mask] = {}
        self._parts: dict[str, list[Part]] = {}
        for table in self.tables:
            for subject in MAPPING[table]:
                for name, value in subject.properties:
                    predicate = TYPE.value if name == "a" else term(name)
                    self._parts.setdefault(predicate, []).append(EvidencePart(self, table, subject, value))
        for predicate, part in graph_parts(beside, self.terms).items():
            self._parts.setdefault(str(predicate), []).append(part)

    def parts(self, predicate: URIRef) -> Sequence[Part]:
        return self._parts.get(str(predicate), [])

    def predicates(self) -> Sequence[URIRef]:
        from rdflib import URIRef

        return [URIRef(predicate) for predicate in self._parts]

    def column(self, table: str, name: str) -> pl.Series:
        """One column of the evidence in force."""
        return self._store.table(table, [name], known_as_of=self._known_as_of).select(name).collect()[name]

    def loads(self, table: str) -> pl.Series:
        """Which load each row of a table is from."""
        return self._store.table(table, ["row"], known_as_of=self._known_as_of).collect()["load"]

    def records(self, table: str) -> Ids:
        """The numbers of the records of a table."""
        return self._subjects[table, Form.RECORD, "record", ""]

    def there(self, table: str, name: str) -> Mask:
        """In which rows of a table a column is not null."""
        key = (table, name)
        if key not in self._there:
            self._there[key] = self.column(table, name).is_not_null().to_numpy()
        return self._there[key]

    def nodes(self, table: str, value: Value) -> Ids:
        """The numbers of the nodes of a table that a value names, -1 where a row names none."""
        key = (table, value.form, value.column, value.use)
        if key not in self._subjects:
            self._subjects[key] = self._numbered(table, value)
        return self._subjects[key]

    def _numbered(self, table: str, value: Value) -> Ids:
        names = self.column(table, value.column)
        there = names.is_not_null().to_numpy()
        if value.if_any:
            there = there & np.any([self.there(table, name) for name in value.if_any], axis=0)
        rows = np.flatnonzero(there)
        numbers = np.full(len(names), -1, dtype=np.int64)
        if value.form is Form.RECORD:
            numbers[rows] = self.terms.of_records(names.gather(rows))
        elif value.form is Form.ADDRESS:
            owners = self.nodes(table, _owner(table, value))
            numbers[rows] = self.terms.of_addresses(owners[rows], value.use)
        else:
            numbers[rows] = self.terms.of_entities(names if len(rows) == len(names) else names.gather(rows))
        return numbers


def _owner(table: str, address: Value) -> Value:
    """The entity whose address it is."""
    return next(
        subject.node
        for subject in MAPPING[table]
        if subject.node.form is Form.ENTITY and subject.node.column == address.column
    )


class EvidencePart:
    """One property of one kind of node in one table."""

    def __init__(self, store: StoreTriples, table: str, subject: Subject, value: Value) -> None:
        self._store = store
        self._table = table
        self._subject = subject
        self._value = value

    @cached_property
    def _bounds(self) -> tuple[int, int]:
        numbers = self._store.nodes(self._table, self._subject.node)
        numbers = numbers[numbers >= 0]
        return (int(numbers.min()), int(numbers.max())) if len(numbers) else (0, -1)

    @property
    def low(self) -> int:
        return self._bounds[0]

    @property
    def high(self) -> int:
        return self._bounds[1]

    @cached_property
    def constant(self) -> int | None:
        if self._value.column:
            return None
        return self._store.terms.id_of(rdflib_term(self._value.make(None)))

    def load(self) -> tuple[Ids, Column]:
        subjects = self._store.nodes(self._table, self._subject.node)
        value, terms, there = self._value, self._store.terms, subjects >= 0
        if self.constant is not None:
            subjects = subjects if there.all() else subjects[there]
            return subjects, Numbered(terms, np.broadcast_to(np.int64(self.constant), len(subjects)))
        if value.form is Form.ENTITY:
            rows = np.flatnonzero(there & self._store.there(self._table, value.column))
            names = partial(self._store.column, self._table, value.column)
            return self._at(subjects, rows), Entities(
                terms, rows, names, partial(self._store.nodes, self._table, value)
            )
        if value.form is Form.LITERAL:
            values = self._store.column(self._table, value.column)
            rows = np.flatnonzero(there & values.is_not_null().to_numpy())
            kept = values if len(rows) == len(values) else values.gather(rows)
            tags = None
            if value.language is not None:
                tags = tags_of(self._store.column(self._table, value.language).gather(rows))
            return self._at(subjects, rows), Literals(terms, kept, value.make, tags)
        if value.form is Form.CODE:
            codes, table = self._codes
            rows = np.flatnonzero(there & (table >= 0)[codes])
            return self._at(subjects, rows), Codes(terms, codes if len(rows) == len(codes) else codes[rows], table)
        objects = self._store.nodes(self._table, value)
        rows = np.flatnonzero(there & (objects >= 0))
        return self._at(subjects, rows), Numbered(terms, objects[rows])

    @staticmethod
    def _at(numbers: Ids, rows: Ids) -> Ids:
        """The numbers at these rows; the same array if they are all of them."""
        return numbers if len(rows) == len(numbers) else numbers[rows]

    @cached_property
    def _codes(self) -> tuple[NDArray[np.int32], Ids]:
        """At each row the place in a table of numbers, in which -1 is no node."""
        words = self._store.column(self._table, self._value.column)
        different = words.unique().drop_nulls()
        nodes = [self._value.make(word) for word in different]
        numbers = [-1 if node is None else self._store.terms.id_of(rdflib_term(node)) for node in nodes]
        places = words.replace_strict(
            different, pl.Series(range(len(different)), dtype=pl.Int32), default=len(different)
        )
        return places.fill_null(len(different)).to_numpy().astype(np.int64), np.array([*numbers, -1], dtype=np.int64)
