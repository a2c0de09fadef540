"""The rules, stratum by stratum, over all worlds of a case at once.

1. The slice of the law and the facts of every world are one graph.
2. The queries of a stratum run; every row is a *finding* for its world (`?tx`), its other variables are the evidence.
   A query is asked about one of the worlds that agree on all that it names, and its rows hold for all of them.
3. What the findings conclude is added before the next stratum starts, so negation only sees finished strata.

Rules only add findings. Nothing here knows a country, a threshold or a paragraph.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, Store

from topco.licensing.cases.facts import Facts
from topco.licensing.law.law_slice import LawSlice
from topco.licensing.law.rule import Rule
from topco.licensing.law.ruleset import Ruleset
from topco.licensing.law.vocabulary import concept, node
from topco.licensing.weighing.worlds import WORLD_BASE, World, world_quads
from topco.namespaces import local_name


@dataclass(frozen=True)
class Finding:
    """One row of one rule in one world: `evidence` maps variable names to the values they were bound to."""

    rule: Rule
    party: int | None
    evidence: dict[str, str]


class Engine:
    """Rules of one rule set over one slice of the law; the slice is loaded once, when a query is run."""

    def __init__(self, law_slice: LawSlice, ruleset: Ruleset) -> None:
        self.slice = law_slice
        self.ruleset = ruleset
        self._placed: set[str] = set()

    @cached_property
    def store(self) -> Store:
        """The slice as a graph, into which worlds are put while rules are asked about them."""
        store = Store()
        store.bulk_extend(self.slice.facts)
        return store

    def run(self, facts: Facts, worlds: list[World]) -> list[list[Finding]]:
        """The findings of every world, in the order of the rules.

        Worlds of other cases, which bring facts of their own, may differ from these in places, sums, circumstances, the
        item, its designer, the end use, and in what is open.
        """
        for one in {id(own): own for own in (world.facts or facts for world in worlds)}.values():
            self.place_stand_ins(one)
        quads = [quad for world in worlds for quad in world_quads(world.facts or facts, world)]
        self.store.extend(quads)
        quotient = _Quotient(worlds)
        added: list[Quad] = []
        findings: dict[int, list[Finding]] = defaultdict(list)
        try:
            for _, stratum in groupby(self.ruleset.rules, key=lambda rule: rule.stratum):
                fresh: list[tuple[int, NamedNode, NamedNode]] = []
                for rule in stratum:
                    alike = quotient.of(rule)
                    for world, finding in self.rows(rule, list(alike), len(worlds)):
                        conclusions = concludes(rule)
                        for number in alike[world]:
                            findings[number].append(finding)
                            fresh += [(number, predicate, value) for predicate, value in conclusions]
                quotient.finish(fresh)
                more = [Quad(NamedNode(f"{WORLD_BASE}{number}"), *one) for number, *one in fresh]
                self.store.extend(more)
                added += more
        finally:
            for quad in quads + added:
                self.store.remove(quad)
        return [findings[world.number] for world in worlds]

    def rows(self, rule: Rule, asked: list[int], of: int) -> list[tuple[int, Finding]]:
        """The findings of a rule in the worlds that are asked about, of so many."""
        query = rule.query if len(asked) == of else rule.query_for(f"<{WORLD_BASE}{number}>" for number in asked)
        solutions = self.store.query(query)
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
            rows.append((int(tx.value.removeprefix(WORLD_BASE)), Finding(rule, index, evidence)))
        return sorted(
            rows,
            key=lambda row: (row[0], -1 if row[1].party is None else row[1].party, sorted(row[1].evidence.items())),
        )

    def place_stand_ins(self, facts: Facts) -> None:
        """Stand-ins for unknown destinations belong to the groups of their signature."""
        for fact in facts.countries:
            for place in (place for readings in fact.alternatives for place in readings):
                if place.code is None and place.iri not in self._placed:
                    self._placed.add(place.iri)
                    for group in self.slice.groups_of_place(place):
                        self.store.add(Quad(NamedNode(place.iri), node("memberOf"), concept("group", group)))


# What a row of each kind of rule adds to the graph for higher strata, beside being a finding.
_ADDS = {
    "ScopeRule": ("subjectTo", None),
    "ExemptionRule": ("exemptUnder", "exemption"),
    "RequirementRule": ("requiredUnder", "requirement"),
    "PolicyRule": ("qualifiesFor", "qualification"),
}


def concludes(rule: Rule) -> list[tuple[NamedNode, NamedNode]]:
    """What a row adds to the graph for higher strata."""
    if rule.kind not in _ADDS:
        return []
    predicate, kind = _ADDS[rule.kind]
    if kind is None:
        return [(node(predicate), node("ExportAdministrationRegulations"))]
    name = rule.qualification if rule.kind == "PolicyRule" else rule.concept
    return [(node(predicate), concept(kind, name))] if name is not None else []


OF_ITEM = frozenset({"classifiedAs", "ofNature", "entry", "targetEntry"})
_TOLD = frozenset({"designer", "endUse", "lacks"})
CONCLUDED = frozenset(predicate for predicate, _ in _ADDS.values())


Alike = dict[int, list[int]]


class _Quotient:
    """The worlds that a rule cannot tell apart, by one of them: they agree on everything that its query names."""

    def __init__(self, worlds: list[World]) -> None:
        self._worlds = worlds
        self._known: dict[tuple[Any, ...], Alike] = {}
        self.concluded: dict[int, dict[str, set[NamedNode]]] = {world.number: defaultdict(set) for world in worlds}

    def finish(self, fresh: Iterable[tuple[int, NamedNode, NamedNode]]) -> None:
        """Take in what a stratum concluded; what was alike before may differ now."""
        for number, predicate, value in fresh:
            self.concluded[number][local_name(predicate.value)].add(value)
        self._known.clear()

    def of(self, rule: Rule) -> Alike:
        """The classes of worlds for one rule."""
        first = self._worlds[0]
        if len(self._worlds) == 1:
            return {first.number: [first.number]}
        read = rule.names_read("topco")
        sums = rule.names_read("condition") | rule.names_read("measure")
        places = tuple(key for key in first.places if key.partition("#")[0] in read)
        answers = tuple(key for key in first.answers if local_name(key.partition("#")[0]) in sums)
        seen = (places, answers, bool(OF_ITEM & read), bool(_TOLD & read), tuple(sorted(CONCLUDED & read)))
        if seen not in self._known:
            self._known[seen] = self._classes(*seen)
        return self._known[seen]

    def _classes(
        self, places: tuple[str, ...], answers: tuple[str, ...], item: bool, told: bool, strata: tuple[str, ...]
    ) -> Alike:
        found: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        for world in self._worlds:
            there = [world.places[key].iri for key in places]
            given = [world.answers[key] for key in answers]
            lower = [frozenset(self.concluded[world.number].get(name, ())) for name in strata]
            own = world.item if item else None, world.told if told else None
            found[*there, *given, *own, *lower].append(world.number)
        return {numbers[0]: numbers for numbers in found.values()}
