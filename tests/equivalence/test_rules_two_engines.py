"""Every rule of every epoch on two SPARQL engines: the same findings for the same random worlds, stratum by stratum."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from itertools import groupby
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Quad, RdfFormat, Triple, serialize
from rdflib import Graph
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query

from topco.licensing.engine import Engine, Finding
from topco.licensing.facts import Amount, Circumstance, CountryFact, Facts, PartyFact, Place
from topco.licensing.law import load_law
from topco.licensing.ruleset import ROLES, Rule
from topco.licensing.worlds import WORLD_BASE, World, open_facts, world_quads, worlds
from topco.namespaces import NAMESPACE

LAW = load_law()
FIRST, LAST = date(2025, 5, 15), date(2027, 12, 31)
EPOCHS = [FIRST, *(day for day in LAW.boundaries if FIRST < day <= LAST)]
PLACES = ("CN", "MO", "RU", "KH", "AE", "VN", "IL", "DE", "JP", "US", "BR", "SG", "GB")
Row = tuple[int, str, int | None, tuple[tuple[str, str], ...]]


@cache
def engine_on(day: date) -> Engine:
    law_slice = LAW.slice_on(day)
    return Engine(law_slice, law_slice.ruleset("codified", day))


@cache
def query_of(rule: Rule) -> Query:
    return prepareQuery(rule.query)


@st.composite
def random_facts(draw: st.DrawFn, day: date) -> Facts:
    """Facts of one case: few parties, every kind of circumstance, at most two open facts."""
    engine = engine_on(day)
    every = {name: engine.slice.signatures(groups) for name, groups in engine.ruleset.groups_read.items()}

    def fact(name: str, party: int | None, is_open: bool) -> CountryFact:
        known = [Place(f"{NAMESPACE}country/{code}", code, code) for code in PLACES]
        stand_ins = [Place(one.iri, one.label) for one in every[name]]
        size = 2 if is_open else 1
        chosen = draw(st.lists(st.sampled_from(known + stand_ins), min_size=size, max_size=size, unique=True))
        return CountryFact(name, party, tuple((place,) for place in chosen), (), "stated")

    roles = st.lists(st.sampled_from(sorted(ROLES)), min_size=1, max_size=2, unique=True)
    parties = tuple(PartyFact(f"P{n}", tuple(draw(roles)), None, "stated") for n in range(draw(st.integers(1, 3))))
    keys = [("destination", None)] + [
        (name, index) for index in range(len(parties)) for name in every if name != "destination"
    ]
    opened = draw(st.lists(st.sampled_from(keys), max_size=2, unique=True))
    truth = st.sampled_from([True, False, None])
    return Facts(
        activity=draw(st.sampled_from(["export", "reexport", "transfer_in_country", "service"])),
        eccn=draw(st.sampled_from(["3A090.a", "4A090.a", "3A090.b", "EAR99"])),
        designer=draw(st.sampled_from([None, "approved", "authorised", "neither"])),
        end_use=draw(st.sampled_from([None, (), ("data_centre",), ("training_4e091", "iaas_training_4e091")])),
        parties=parties,
        countries=tuple(fact(name, party, (name, party) in opened) for name, party in keys),
        amounts=tuple(Amount(measure.iri, (), draw(truth), False) for measure in engine.ruleset.measures),
        circumstances=tuple(Circumstance(one.iri, one.name, draw(truth), False) for one in engine.ruleset.conditions),
    )


def as_rdflib(quads: Iterable[Quad]) -> Graph:
    triples = [Triple(quad.subject, quad.predicate, quad.object) for quad in quads]
    return Graph().parse(data=serialize(triples, format=RdfFormat.N_TRIPLES), format="nt")


@cache
def law_graph(day: date) -> Graph:
    """The slice with the stand-ins, taken from the engine before any world is in it."""
    return as_rdflib(engine_on(day)._store)


def on_rdflib(facts: Facts, all_worlds: list[World], day: date) -> list[Row]:
    """The findings of the rules by rdflib, what they conclude added after each stratum."""
    graph = law_graph(day) + as_rdflib(quad for world in all_worlds for quad in world_quads(facts, world))
    found: list[Row] = []
    for _, stratum in groupby(engine_on(day).ruleset.rules, key=lambda rule: rule.stratum):
        fresh = Graph()
        for rule in stratum:
            result = graph.query(query_of(rule))
            for bound in result.bindings:
                row = {str(name): value for name, value in bound.items()}
                subject = row.pop("tx")
                party = row.pop("party", None)
                index = int(str(party).rpartition(":")[2]) if party is not None else None
                evidence = tuple(sorted((name, str(value)) for name, value in row.items()))
                found.append((int(str(subject).removeprefix(WORLD_BASE)), rule.name, index, evidence))
                for predicate, value in conclusions(rule, row):
                    fresh.add((subject, predicate, value))
        graph += fresh
    return sorted(found, key=repr)


def conclusions(rule: Rule, row: dict[str, Any]) -> list[tuple[Any, Any]]:
    """What a row adds, written out again and not taken from the engine."""
    from rdflib import URIRef

    if rule.kind == "ClassificationRule":
        return [
            (URIRef(NAMESPACE + "entry"), row["entry"]),
            (URIRef(NAMESPACE + "classifiedAs"), row["itemClass"]),
            (URIRef(NAMESPACE + "ofNature"), row["itemNature"]),
        ]
    if rule.kind == "PolicyRule":
        return [(URIRef(NAMESPACE + "qualifiesFor"), URIRef(f"{NAMESPACE}policy/{rule.concept}"))]
    return []


def as_rows(findings: list[list[Finding]]) -> list[Row]:
    rows = [
        (number, finding.rule.name, finding.party, tuple(sorted(finding.evidence.items())))
        for number, of_world in enumerate(findings)
        for finding in of_world
    ]
    return sorted(rows, key=repr)


@pytest.mark.parametrize("day", EPOCHS, ids=str)
def test_two_engines_find_the_same(day: date) -> None:
    fired: set[str] = set()

    @settings(max_examples=8, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(random_facts(day))
    def compare(facts: Facts) -> None:
        all_worlds = worlds(facts, open_facts(facts))
        engine = engine_on(day)
        before = len(engine._store)
        rows = as_rows(engine.run(facts, all_worlds))
        assert len(engine._store) == before, "a run leaves nothing behind"
        assert rows == on_rdflib(facts, all_worlds, day)
        fired.update(rule for _, rule, _, _ in rows)

    compare()
    assert len(fired) > len(engine_on(day).ruleset.rules) // 2, "the random worlds reach most of the rules"
