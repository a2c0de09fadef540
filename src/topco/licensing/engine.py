"""The rules, stratum by stratum, over all worlds of a case at once.

1. The slice of the law and the facts of every world are one graph.
2. The queries of a stratum run; every row is a *finding* for its world (`?tx`), its other variables are the evidence.
3. What the findings conclude is added before the next stratum starts, so negation only sees finished strata.

Rules only add findings. Nothing here knows a country, a threshold or a paragraph.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby

from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, Store

from topco.licensing.facts import Facts
from topco.licensing.law_slice import LawSlice
from topco.licensing.ruleset import Rule, Ruleset
from topco.licensing.vocabulary import node
from topco.licensing.worlds import WORLD_BASE, World, world_quads
from topco.namespaces import NAMESPACE


@dataclass(frozen=True)
class Finding:
    """One row of one rule in one world: `evidence` maps variable names to the values they were bound to."""

    rule: Rule
    party: int | None
    evidence: dict[str, str]


class Engine:
    """Rules of one rule set over one slice of the law; the slice is loaded once."""

    def __init__(self, law_slice: LawSlice, ruleset: Ruleset) -> None:
        self.slice = law_slice
        self.ruleset = ruleset
        self._store = Store()
        self._store.bulk_extend(law_slice.facts)
        self._place_stand_ins()

    def run(self, facts: Facts, worlds: list[World]) -> list[list[Finding]]:
        """The findings of every world, in the order of the rules."""
        quads = [quad for world in worlds for quad in world_quads(facts, world)]
        self._store.extend(quads)
        concluded: list[Quad] = []
        findings: dict[int, list[Finding]] = defaultdict(list)
        try:
            for _, stratum in groupby(self.ruleset.rules, key=lambda rule: rule.stratum):
                fresh: list[Quad] = []
                for rule in stratum:
                    for world, finding, conclusions in self._rows(rule):
                        findings[world].append(finding)
                        fresh += conclusions
                self._store.extend(fresh)
                concluded += fresh
        finally:
            for quad in quads + concluded:
                self._store.remove(quad)
        return [findings[world.number] for world in worlds]

    def _rows(self, rule: Rule) -> list[tuple[int, Finding, list[Quad]]]:
        solutions = self._store.query(rule.query)
        assert isinstance(solutions, QuerySolutions)
        names = [variable.value for variable in solutions.variables]
        rows = []
        for solution in solutions:
            bound = {
                name: term for name, term in zip(names, solution, strict=True) if isinstance(term, NamedNode | Literal)
            }
            tx = bound.pop("tx")
            party = bound.pop("party", None)
            index = int(party.value.rpartition(":")[2]) if party is not None else None
            evidence = {name: term.value for name, term in bound.items()}
            conclusions = [Quad(NamedNode(tx.value), predicate, value) for predicate, value in _concludes(rule, bound)]
            rows.append((int(tx.value.removeprefix(WORLD_BASE)), Finding(rule, index, evidence), conclusions))
        return sorted(
            rows,
            key=lambda row: (row[0], -1 if row[1].party is None else row[1].party, sorted(row[1].evidence.items())),
        )

    def _place_stand_ins(self) -> None:
        """Stand-ins for unknown destinations belong to the groups of their signature."""
        for groups in set(self.ruleset.groups_read.values()):
            for signature in self.slice.signatures(groups):
                for group in signature.groups:
                    self._store.add(
                        Quad(NamedNode(signature.iri), node("memberOf"), NamedNode(f"{NAMESPACE}group/{group}"))
                    )


def _concludes(rule: Rule, bound: dict[str, NamedNode | Literal]) -> list[tuple[NamedNode, NamedNode | Literal]]:
    """What a row adds to the graph for higher strata."""
    if rule.kind == "ClassificationRule":
        placed = {"entry": "entry", "itemClass": "classifiedAs", "itemNature": "ofNature"}
        return [(node(predicate), bound[name]) for name, predicate in placed.items()]
    if rule.kind == "PolicyRule" and rule.concept is not None:
        return [(node("qualifiesFor"), NamedNode(f"{NAMESPACE}policy/{rule.concept}"))]
    return []
