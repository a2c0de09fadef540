"""The law as data, read once: every dated statement of `rules/` and `data/reference/`, and the days it changes on.

An *epoch* is a stretch of days on which nothing changes. `Law.slice_on(day)` gives the law of one epoch; rules see the
slice and never a date.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date
from functools import cache, cached_property

from pyoxigraph import Literal, NamedNode, RdfFormat, Store, Triple

from topco import knowledge
from topco.licensing.law.law_slice import LawSlice, build_slice
from topco.licensing.law.vocabulary import RDF_TYPE, node

FROM, TO = node("from"), node("to")


class Law:
    """Everything in force at some time, indexed for slicing."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._slices: dict[int, LawSlice] = {}

    def subjects(self, kind: str) -> Iterator[NamedNode]:
        """The things of one class (`Rule`, `GroupMembership` …), in the order of their IRIs."""
        found = [q.subject for q in self.store.quads_for_pattern(None, RDF_TYPE, node(kind), None)]
        return iter(sorted((s for s in found if isinstance(s, NamedNode)), key=lambda s: s.value))

    def objects(self, subject: NamedNode, predicate: NamedNode) -> list[NamedNode | Literal]:
        """The values of one property, sorted."""
        found = [q.object for q in self.store.quads_for_pattern(subject, predicate, None, None)]
        return sorted((o for o in found if isinstance(o, NamedNode | Literal)), key=lambda o: o.value)

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
