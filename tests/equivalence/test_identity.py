"""Identifiers to parties: the definition in SPARQL and the columns agree, and merged evidence resolves the same way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pyoxigraph as ox
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resolution_cases import Entity, Evidence, Holding, by_arrays, by_oxigraph, evidence, with_holdings
from topco import knowledge
from topco.identity.clusters import Clusters, clusters
from topco.identity.policy import FILE, policy
from topco.namespaces import NAMESPACE, id_of_iri, iri_of_id, term
from topco.store.quads import evidence_quads
from topco.store.schema import IDENTIFIERS, JUDGEMENTS

quiet = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
START = datetime(2026, 1, 1, tzinfo=UTC)
VERDICTS = ["Same", "Different", "Unsure", "Proposed", "Perhaps"]
POOL = [
    "X:a",
    "X:b",
    "X:c",
    "X:d",
    "LEI:AAAAAAAAAAAAAAAAAA00",
    "LEI:BBBBBBBBBBBBBBBBBB00",
    "GB-COH:00000001",
    "GB-COH:00000002",
    "NAME:DE/a b",
]


@dataclass(frozen=True)
class Links:
    identifiers: pl.DataFrame
    judgements: pl.DataFrame
    described: tuple[str, ...] = ()

    def found(self, described: tuple[str, ...] | None = None) -> Clusters:
        known = pl.LazyFrame({"id": pl.Series(described or self.described, dtype=pl.String)})
        return clusters(self.identifiers, self.judgements, policy(), known)


def links(pool: list[str]) -> st.SearchStrategy[Links]:
    one = st.sampled_from(pool)
    shared = st.tuples(one, one)
    judged = st.tuples(one, one, st.sampled_from(VERDICTS), st.integers(0, 2), st.integers(80, 82))

    def made(pairs: list[tuple[str, str]], verdicts: list[tuple[str, str, str, int, int]]) -> Links:
        rows = [
            {"id": a, "other_id": b, "record": f"test/i/{n}", "file": "f", "row": n} for n, (a, b) in enumerate(pairs)
        ]
        said = [
            {
                "first": a,
                "second": b,
                "verdict": verdict,
                "score": score,
                "author": "ann",
                "reason": None,
                "judged_at": START + timedelta(days=day),
                "record": f"test/j/{n}",
                "file": "f",
                "row": n,
            }
            for n, (a, b, verdict, day, score) in enumerate(verdicts)
        ]
        return Links(pl.DataFrame(rows, schema=IDENTIFIERS), pl.DataFrame(said, schema=JUDGEMENTS))

    described = st.lists(one, max_size=3, unique=True).map(tuple)
    return st.builds(
        lambda pairs, verdicts, known: replace(made(pairs, verdicts), described=known),
        st.lists(shared, max_size=6),
        st.lists(judged, max_size=5),
        described,
    )


def link(store: ox.Store, given: Links) -> None:
    """Evidence of identity into named graphs, the policy into the default graph, and the definition run."""
    for table, frame in (("identifiers", given.identifiers), ("judgements", given.judgements)):
        store.extend(evidence_quads(f"test-{table}", table, frame))
    for one in given.described:
        record = ox.NamedNode(f"{NAMESPACE}record/{iri_of_id(one).rpartition('/')[2]}")
        about = ox.NamedNode(term("describesEntity"))
        store.add(ox.Quad(record, about, ox.NamedNode(iri_of_id(one)), ox.NamedNode(f"{NAMESPACE}load/test-entities")))
    store.load(knowledge.text(FILE).encode(), format=ox.RdfFormat.TURTLE)
    store.update(knowledge.text("queries/resolution/identity/links.ru"))
    found: Any = store.query(knowledge.text("queries/resolution/identity/parties.rq"))
    store.extend([ox.Quad(*triple) for triple in found])


def parties_by_sparql(given: Links) -> dict[str, str]:
    store = ox.Store()
    link(store, given)
    found = store.quads_for_pattern(None, ox.NamedNode(term("sameParty")), None)
    return {id_of_iri(quad.subject.value): id_of_iri(quad.object.value) for quad in found}


def party_map(found: Clusters) -> dict[str, str]:
    return dict(found.parties.iter_rows())


@settings(quiet, max_examples=300)
@given(given=links(POOL))
def test_parties_agree(given: Links) -> None:
    assert party_map(given.found()) == parties_by_sparql(given)


@settings(quiet, max_examples=200)
@given(given=links(POOL))
def test_parties_are_groups_with_one_name_and_no_contradiction_by_rule(given: Links) -> None:
    found = given.found()
    parties = party_map(found)
    assert all(parties[party] == party for party in parties.values())
    judged = given.judgements.filter(pl.col("verdict") == "Same")
    if judged.is_empty():
        for scheme in ("LEI", "GB-COH"):
            numbers = [party for one, party in parties.items() if one.startswith(f"{scheme}:")]
            assert len(numbers) == len(set(numbers))
    for first, second in found.undecided.select("first", "second").iter_rows():
        assert parties.get(first, first) != parties.get(second, second)


def merged(case: Evidence, parties: dict[str, str]) -> Evidence:
    def of(one: str) -> str:
        return parties.get(one, one)

    return Evidence(
        tuple(replace(row, id=of(row.id)) for row in case.entities),
        tuple(replace(row, child=of(row.child), parent=of(row.parent)) for row in case.relationships),
        tuple(replace(row, subject=of(row.subject)) for row in case.absences),
        tuple(replace(row, owner=of(row.owner), owned=of(row.owned)) for row in case.holdings),
        tuple(replace(row, id=of(row.id)) for row in case.seats),
    )


@settings(quiet, max_examples=120)
@given(
    case=st.one_of(evidence(most=10), with_holdings()),
    given=links(["X:a", "X:b", "X:c", "X:d", "X:e", "LEI:A", "X:P", "X:S"]),
)
def test_merged_evidence_resolves_as_defined(case: Evidence, given: Links) -> None:
    given = replace(given, described=())
    parties = party_map(given.found(tuple(entity.id for entity in case.entities)))

    def prepare(store: ox.Store) -> None:
        link(store, given)
        store.update(knowledge.text("queries/resolution/identity/merge.ru"))
        for name in ("identifiers", "judgements"):
            store.remove_graph(ox.NamedNode(f"{NAMESPACE}load/test-{name}"))

    assert by_oxigraph(case, prepare=prepare) == by_arrays(merged(case, parties))


def test_a_number_joins_no_two_that_a_person_parts() -> None:
    """`Different` holds against a third identifier that both share."""
    rows = [{"id": one, "other_id": "LEI:AAAAAAAAAAAAAAAAAA00"} for one in ("X:a", "X:b")]
    shared = pl.DataFrame([{**dict.fromkeys(IDENTIFIERS), **row} for row in rows], schema=IDENTIFIERS)

    def found(*judged: tuple[str, str, str]) -> Clusters:
        said = [
            {**dict.fromkeys(JUDGEMENTS), "first": a, "second": b, "verdict": verdict, "judged_at": START}
            for a, b, verdict in judged
        ]
        return clusters(shared, pl.DataFrame(said, schema=JUDGEMENTS), policy())

    assert len(set(party_map(found()).values())) == 1
    parted = found(("X:b", "X:a", "Different"))
    assert parted.parties.is_empty()
    assert parted.undecided.select("first", "second", "why").rows() == [
        ("LEI:AAAAAAAAAAAAAAAAAA00", "X:a", "shared_number"),
        ("LEI:AAAAAAAAAAAAAAAAAA00", "X:b", "shared_number"),
    ]
    # Whose the number is, is then for a person to say.
    owned = found(("X:b", "X:a", "Different"), ("X:a", "LEI:AAAAAAAAAAAAAAAAAA00", "Same"))
    assert set(party_map(owned)) == {"X:a", "LEI:AAAAAAAAAAAAAAAAAA00"}


def test_a_person_that_another_record_calls_a_company_may_be_a_parent() -> None:
    """Else `X:b` would have no corporate parent by the word of one of two records."""
    entities = (
        Entity("X:a", "LegalEntity", None, "Current", "late"),
        Entity("X:P", "NaturalPerson", None, "Current", "early"),
    )
    case = Evidence(entities, (), (), (Holding("X:P", "X:b", "shares", 60, None, "early"),))
    assert by_arrays(case)["X:b"].status == "own_top"
    answer = by_arrays(merged(case, {"X:P": "X:a"}))["X:b"]
    assert (answer.status, answer.ultimate_parents) == ("open_top", {"X:a"})


def test_a_shared_number_of_two_lei_records_links_nothing() -> None:
    rows = [
        {"id": "LEI:AAAAAAAAAAAAAAAAAA00", "other_id": "GB-COH:00000001"},
        {"id": "LEI:BBBBBBBBBBBBBBBBBB00", "other_id": "GB-COH:00000001"},
        {"id": "X:a", "other_id": "GB-COH:00000001"},
    ]
    frame = pl.DataFrame([{**dict.fromkeys(IDENTIFIERS), **row} for row in rows], schema=IDENTIFIERS)
    found = clusters(frame, pl.DataFrame(schema=JUDGEMENTS), policy())
    assert found.parties.is_empty()
    assert found.undecided["why"].unique().to_list() == ["shared_number"]
    assert iri_of_id("X:a")
