"""Runs compiled rules over a store until nothing new follows.

The data are the named graphs given (or all of them) and the target graph; facts about the ontology's own individuals
are closed first, join the data for the run and are not written to the target.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import pyoxigraph as ox

from topco.compile.owl_profile import loaded_ontology
from topco.compile.owl_sparql import DELTA, RDF_TYPE, Clash, Rule, compile_axioms

if TYPE_CHECKING:
    from topco.compile.axioms import Ontology

_FACTS = ox.NamedNode("urn:topco:closure:facts")
_DELTA = ox.NamedNode(DELTA)


@dataclass(frozen=True)
class Closure:
    """What a run did: triples added to the target, rounds, and individuals found in two disjoint classes."""

    added: int
    rounds: int
    clashes: tuple[tuple[str, str, str], ...]


def close_store(
    store: ox.Store, target_graph: str, *, sources: Sequence[str] | None = None, ontology: Ontology | None = None
) -> Closure:
    """Adds to `target_graph` every triple that the axioms conclude from the data.

    Args:
        sources: the IRIs of the named graphs to reason over; all of the store's if left out.
        ontology: the axioms; those of this version if left out.
    """
    ontology = ontology or loaded_ontology()
    rules, clashes = compile_axioms(ontology.axioms)
    graphs = list(sources) if sources is not None else [str(g.value) for g in store.named_graphs() if _is_named(g)]
    facts = [ox.Quad(ox.NamedNode(s), ox.NamedNode(p), ox.NamedNode(o), _FACTS) for s, p, o in sorted(ontology.facts)]
    try:
        store.extend(facts)
        _Run(store, _FACTS, ()).to_fixpoint(rules)
        run = _Run(store, ox.NamedNode(target_graph), graphs)
        added, rounds = run.to_fixpoint(rules)
        return Closure(added, rounds, run.find(clashes))
    finally:
        store.remove_graph(_FACTS)
        store.remove_graph(_DELTA)


def _is_named(graph: object) -> bool:
    return isinstance(graph, ox.NamedNode) and graph not in (_FACTS, _DELTA)


class _Run:
    def __init__(self, store: ox.Store, target: ox.NamedNode, sources: Sequence[str]) -> None:
        self._store = store
        self._target = target
        self._data: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph]
        self._data = [*(ox.NamedNode(s) for s in dict.fromkeys(sources) if s != target.value), target, _FACTS]

    def to_fixpoint(self, rules: Sequence[Rule]) -> tuple[int, int]:
        """The number of triples added, and of rounds."""
        new = self._concluded([rule.query() for rule in rules])
        added, rounds = 0, 0
        while new:
            added, rounds = added + len(new), rounds + 1
            self._store.extend(ox.Quad(t.subject, t.predicate, t.object, self._target) for t in new)
            self._store.clear_graph(_DELTA)
            self._store.extend(ox.Quad(t.subject, t.predicate, t.object, _DELTA) for t in new)
            keys = {_key(triple) for triple in new}
            new = self._concluded(
                [rule.query(i) for rule in rules for i, atom in enumerate(rule.body) if atom.key in keys]
            )
        return added, rounds

    def _concluded(self, queries: Sequence[str]) -> set[ox.Triple]:
        found: set[ox.Triple] = set()
        for query in queries:
            answer = self._store.query(query, default_graph=self._data, named_graphs=[_DELTA])
            found.update(cast("ox.QueryTriples", answer))
        return found

    def find(self, clashes: Sequence[Clash]) -> tuple[tuple[str, str, str], ...]:
        rows = (
            (row["x"].value, clash.one, clash.other)
            for clash in clashes
            for row in cast("ox.QuerySolutions", self._store.query(clash.query, default_graph=self._data))
        )
        return tuple(sorted(rows))


def _key(triple: ox.Triple) -> str:
    if triple.predicate.value == RDF_TYPE and isinstance(triple.object, ox.NamedNode):
        return triple.object.value
    return triple.predicate.value
