"""Every rule of every reading and epoch on two SPARQL engines: the same findings for the same random worlds.

The engine asks a rule about one of the worlds that it cannot tell apart; the twin asks it about every world.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from itertools import groupby
from random import Random

import pytest
from pyoxigraph import Quad, RdfFormat, Triple, serialize
from rdflib import Graph, URIRef
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query

from topco.choices import READINGS
from topco.licensing.cases.facts import Amount, Circumstance, CountryFact, Facts, ItemOption, PartyFact, Place, SideFact
from topco.licensing.law.body import load_law
from topco.licensing.law.rule import COUNTRY_PROPERTIES, ROLES, Rule
from topco.licensing.weighing.engine import Engine, Finding
from topco.licensing.weighing.worlds import WORLD_BASE, World, open_facts, world_quads, worlds
from topco.namespaces import NAMESPACE

LAW = load_law()
FIRST, LAST = date(2023, 11, 17), date(2027, 12, 31)
DAYS = [FIRST, *(day for day in LAW.boundaries if FIRST < day <= LAST)]
EPOCHS = [(reading, day) for reading in READINGS for day in DAYS if reading in LAW.slice_on(day).rulesets]
PLACES = ("CN", "MO", "RU", "KH", "AE", "VN", "IL", "DE", "JP", "US", "BR", "SG", "GB", "FR", "IN", "IR")
ALONE = ("AE", "DE", "CN")
OF_DEAL, OF_PARTY = ("shippedFrom", "origin", "installedIn"), ("holderHeadquarteredIn", "ownerNationality")
SIDES = (*((None, name) for name in OF_DEAL), *((0, name) for name in OF_PARTY))
TRUTH = (True, False, None)
ASKS = {"veuKind": ("uveu", "nveu"), "veuQuestion": ("limits", "country_allocation")}
CASES = 8
USES = [None, (), ("data_centre",), ("development",), ("training_4e091", "iaas_training_4e091")]
ITEMS = [
    ItemOption("a", "A_ITEM", "3A090.a", "Commodity"),
    ItemOption("a", "A_ITEM", "4A090.a", "Commodity"),
    ItemOption("a or b", "A_ITEM", "", "Commodity"),
    ItemOption("encryption", "A_ITEM", "5A002.z.1.a", "Commodity"),
    ItemOption("b", "B_ITEM", "3A090.b", "Commodity"),
    ItemOption("technology", "A_ITEM", "3E001", "Technology", "3A090.a"),
    ItemOption("technology", "B_ITEM", "4E001", "Technology", "4A090.b"),
    ItemOption("memory", "HBM", "3A090.c", "Commodity"),
    ItemOption("weights", "MODEL_WEIGHTS", "4E091", "ModelWeights"),
    ItemOption("other", "none", "", "Commodity"),
]
Row = tuple[int, str, str | None, int | None, tuple[tuple[str, str], ...]]


@cache
def engine_on(reading: str, day: date) -> Engine:
    law_slice = LAW.slice_on(day)
    return Engine(law_slice, law_slice.ruleset(reading, day))


@cache
def query_of(rule: Rule) -> Query:
    return prepareQuery(rule.query)


def random_facts(rng: Random, reading: str, day: date) -> Facts:
    """Facts of one case: few parties, every kind of circumstance, at most two open places and some other open facts."""
    engine = engine_on(reading, day)
    every = {name: engine.slice.signatures(engine.ruleset.groups_read[name]) for name in sorted(COUNTRY_PROPERTIES)}
    known = [Place(f"{NAMESPACE}country/{code}", code, code) for code in PLACES]
    # Some cases lie in one place altogether, and all is given of their parties: what asks for all of it fires as well.
    together = rng.choice([known[PLACES.index(code)] for code in ALONE]) if rng.random() < 0.3 else None

    def fact(name: str, party: int | None, is_open: bool) -> CountryFact:
        if together is not None and not is_open:
            return CountryFact(name, party, ((together,),), (), "stated")
        chosen = rng.sample(known + [Place(one.iri, one.label) for one in every[name]], 2 if is_open else 1)
        return CountryFact(name, party, tuple((place,) for place in chosen), (), "stated")

    parties = tuple(
        PartyFact(f"P{number}", tuple(rng.sample(sorted(ROLES), rng.randint(1, 2))), None, "stated")
        for number in range(rng.randint(1, 2))
    )
    keys: list[tuple[str, int | None]] = [("destination", None)]
    keys += [(name, index) for index in range(len(parties)) for name in every if name != "destination"]
    opened = rng.sample(keys, rng.randint(0, 2))
    of_whom: dict[bool, list[int | None]] = {True: [*range(len(parties))], False: [None]}
    return Facts(
        activity=rng.choice(["export", *sorted(engine.slice.activities)]),
        items=tuple(rng.sample(ITEMS, rng.choice([0, 1, 1, 1, 2]))),
        designer=rng.choice([None, "approved", "authorised", "neither"]),
        end_use=rng.choice(USES),
        parties=parties,
        countries=tuple(fact(name, party, (name, party) in opened) for name, party in keys),
        amounts=tuple(
            Amount(measure.iri, (), rng.choice(TRUTH), False, party)
            for measure in engine.ruleset.measures
            for party in of_whom[measure.per_party]
        ),
        circumstances=tuple(
            Circumstance(
                one.iri,
                one.name,
                True if together is not None and party is not None else rng.choice(TRUTH),
                one.try_both and rng.random() < 0.1,
                party,
            )
            for one in engine.ruleset.conditions
            for party in of_whom[one.per_party]
        ),
        side=tuple(SideFact(name, party, rng.choice(known)) for party, name in SIDES if rng.random() < 0.5),
        asks=tuple((name, rng.choice(words)) for name, words in ASKS.items()) if rng.random() < 0.5 else (),
    )


def as_rdflib(quads: Iterable[Quad]) -> Graph:
    triples = [Triple(quad.subject, quad.predicate, quad.object) for quad in quads]
    return Graph().parse(data=serialize(triples, format=RdfFormat.N_TRIPLES), format="nt")


def on_rdflib(facts: Facts, all_worlds: list[World], reading: str, day: date) -> list[Row]:
    """The findings of the rules by rdflib, what they conclude added after each stratum."""
    engine = engine_on(reading, day)
    graph = as_rdflib([*engine.store, *(quad for world in all_worlds for quad in world_quads(facts, world))])
    found: list[Row] = []
    for _, stratum in groupby(engine.ruleset.rules, key=lambda rule: rule.stratum):
        fresh = Graph()
        for rule in stratum:
            result = graph.query(query_of(rule))
            for bound in result.bindings:
                row = {str(name): value for name, value in bound.items()}
                subject = row.pop("tx")
                party = row.pop("party", None)
                index = int(str(party).rpartition(":")[2]) if party is not None else None
                evidence = tuple(sorted((name, str(value)) for name, value in row.items()))
                found.append((int(str(subject).removeprefix(WORLD_BASE)), rule.name, rule.exception, index, evidence))
                for predicate, value in conclusions(rule):
                    fresh.add((subject, predicate, value))
        graph += fresh
    return sorted(found, key=repr)


def conclusions(rule: Rule) -> list[tuple[URIRef, URIRef]]:
    """What a row adds, written out again and not taken from the engine."""
    if rule.kind == "ScopeRule":
        return [(URIRef(NAMESPACE + "subjectTo"), URIRef(NAMESPACE + "ExportAdministrationRegulations"))]
    if rule.kind == "ExemptionRule":
        return [(URIRef(NAMESPACE + "exemptUnder"), URIRef(f"{NAMESPACE}exemption/{rule.concept}"))]
    if rule.kind == "RequirementRule":
        return [(URIRef(NAMESPACE + "requiredUnder"), URIRef(f"{NAMESPACE}requirement/{rule.concept}"))]
    if rule.kind == "PolicyRule" and rule.qualification:
        return [(URIRef(NAMESPACE + "qualifiesFor"), URIRef(f"{NAMESPACE}qualification/{rule.qualification}"))]
    return []


def as_rows(findings: list[list[Finding]]) -> list[Row]:
    rows = [
        (number, finding.rule.name, finding.rule.exception, finding.party, tuple(sorted(finding.evidence.items())))
        for number, of_world in enumerate(findings)
        for finding in of_world
    ]
    return sorted(rows, key=repr)


def random_cases(reading: str, day: date) -> Iterator[tuple[Facts, list[World]]]:
    """The same cases on every run."""
    for number in range(CASES):
        facts = random_facts(Random(f"{reading} {day} {number}"), reading, day)
        yield facts, worlds(facts, open_facts(facts))


@pytest.mark.parametrize(("reading", "day"), EPOCHS, ids=str)
def test_two_engines_find_the_same(reading: str, day: date) -> None:
    engine = engine_on(reading, day)
    for facts, all_worlds in random_cases(reading, day):
        engine.place_stand_ins(facts)  # they stay: a stand-in is the same for every case
        before = len(engine.store)
        rows = as_rows(engine.run(facts, all_worlds))
        assert len(engine.store) == before, "a run leaves nothing behind"
        assert rows == on_rdflib(facts, all_worlds, reading, day)


def test_the_random_worlds_reach_nearly_all_rules_of_every_reading() -> None:
    kinds: dict[tuple[str, str], str] = {}
    fired: set[tuple[str, str]] = set()
    for reading, day in EPOCHS:
        engine = engine_on(reading, day)
        kinds |= {(reading, rule.name): rule.kind for rule in engine.ruleset.rules}
        for facts, all_worlds in random_cases(reading, day):
            fired |= {(reading, finding.rule.name) for found in engine.run(facts, all_worlds) for finding in found}
    assert {kinds[name] for name in fired} == set(kinds.values()), "a kind of rule never fires"
    assert len(fired) > 0.9 * len(kinds), sorted(set(kinds) - fired)
