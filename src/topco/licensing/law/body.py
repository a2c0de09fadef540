"""The law as data, read once: every dated statement of `rules/` and `data/reference/`, and the days it changes on.

An *epoch* is a stretch of days on which nothing changes. `Law.slice_on(day)` gives the law of one epoch; rules see the
slice and never a date.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date
from functools import cache, cached_property
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, RdfFormat, Store, Triple

from topco import knowledge
from topco.licensing.law.law_slice import LawSlice, build_slice
from topco.licensing.law.vocabulary import RDF_TYPE, node

if TYPE_CHECKING:
    from topco.licensing.law.rule import Rule

FROM, TO = node("from"), node("to")


class Law:
    """Everything in force at some time, indexed for slicing."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._slices: dict[int, LawSlice] = {}
        self._said: dict[str, dict[str, list[NamedNode | Literal]]] = {}
        self._kinds: dict[str, list[NamedNode]] = {}
        self.rules_read: dict[NamedNode, list[Rule]] = {}
        """The rules that epochs have read so far: a rule is the same in all of them."""

    def subjects(self, kind: str) -> Iterator[NamedNode]:
        """The things of one class (`Rule`, `GroupMembership` …), in the order of their IRIs."""
        if kind not in self._kinds:
            found = [q.subject for q in self.store.quads_for_pattern(None, RDF_TYPE, node(kind), None)]
            self._kinds[kind] = sorted((s for s in found if isinstance(s, NamedNode)), key=lambda s: s.value)
        return iter(self._kinds[kind])

    def objects(self, subject: NamedNode, predicate: NamedNode) -> list[NamedNode | Literal]:
        """The values of one property, sorted."""
        if subject.value not in self._said:
            self._said[subject.value] = self._all_said(subject)
        return list(self._said[subject.value].get(predicate.value, ()))

    def _all_said(self, subject: NamedNode) -> dict[str, list[NamedNode | Literal]]:
        """Everything that is said of one thing, read once: every epoch asks for the same."""
        found: dict[str, list[NamedNode | Literal]] = {}
        for quad in self.store.quads_for_pattern(subject, None, None, None):
            if isinstance(quad.object, NamedNode | Literal):
                found.setdefault(quad.predicate.value, []).append(quad.object)
        for values in found.values():
            values.sort(key=lambda value: value.value)
        return found

    def value(self, subject: NamedNode, predicate: NamedNode) -> str | None:
        """The single value of a property as text, or None."""
        values = self.objects(subject, predicate)
        return values[0].value if values else None

    def in_force(self, subject: NamedNode, day: date) -> bool:
        """Whether the half-open period of a dated thing holds the day; what has no date is always in force."""
        start, end = self.value(subject, FROM), self.value(subject, TO)
        return (start is None or date.fromisoformat(start) <= day) and (end is None or day < date.fromisoformat(end))

    @cached_property
    def boundaries(self) -> list[date]:
        """The days on which anything changes, ascending: the first days of the epochs."""
        days = {
            date.fromisoformat(quad.object.value)
            for predicate in (FROM, TO)
            for quad in self.store.quads_for_pattern(None, predicate, None, None)
            if isinstance(quad.object, Literal)
        }
        return sorted(days)

    def epoch(self, day: date) -> int:
        """The number of the epoch of a day; days of one epoch have the same law."""
        return bisect_right(self.boundaries, day)

    def slice_on(self, day: date) -> LawSlice:
        """The law of the day's epoch, built once."""
        epoch = self.epoch(day)
        if epoch not in self._slices:
            self._slices[epoch] = build_slice(self, day)
        return self._slices[epoch]

    def triples_of(self, subject: NamedNode) -> list[Triple]:
        return [quad.triple for quad in self.store.quads_for_pattern(subject, None, None, None)]


@cache
def load_law() -> Law:
    """The law that ships with this version."""
    store = Store()
    for folder in ("rules", "data/reference", "ontology"):
        for path in knowledge.files(folder):
            store.bulk_load(path=str(path), format=RdfFormat.TURTLE)
    return Law(store)
