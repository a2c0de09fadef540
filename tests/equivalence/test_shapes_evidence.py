"""The compiled checks over the columns of a store find what pyshacl finds over its graph.

Tables are drawn so that things collide: few identifiers, records that come twice, several loads, values missing,
identifiers that are IRIs of ours or of others. The whole graph is what pyshacl is given; in the second test it is given
the batches that `topco validate --reference` makes, and the findings are compared in words, place by place.
"""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from ownership_store import add_load
from rdflib import Graph
from rdflib.term import Node

from shapes_reference import by_pyshacl, results
from topco.store.quads import evidence_quads
from topco.store.schema import TABLES
from topco.store.store import Store
from topco.validation import compiled, shapes
from topco.validation.findings import Severity
from topco.validation.neighbourhood import add_quads, subjects
from topco.validation.triples import StoreTriples
from topco.validation.validate import Outcome, close_report, new_report, validate_store

PLAIN = [f"LEI:{letter * 18}00" for letter in "ABCD"]
ODD = [
    *("LEI:123", "X:a b/ä", "GB-COH:00102498", "http://example.org/c 1", "http://example.org/c 1/headquarters"),
    "https://w3id.org/topco/id/LEI/AAAAAAAAAAAAAAAAAA00",
    "https://w3id.org/topco/record/r0",
    "https://w3id.org/topco/id/LEI/AAAAAAAAAAAAAAAAAA00/registered",
]
COLLIDING = st.sampled_from([*PLAIN, *PLAIN, *ODD])
# Of one entity the reference sees all only where one identifier is one IRI, and no address or record of another.
TAME = st.sampled_from([*PLAIN, *ODD[:3]])
DAYS = st.sampled_from([None, date(2018, 1, 1), date(2019, 1, 1), date(2024, 1, 1), date(1, 1, 1)])
TEXTS = st.sampled_from([None, "", "Alpha", "Beta\n", "北京"])
CODES: dict[str, list[str | None]] = {
    "kind": ["LegalEntity", "Branch", "Fund", "NaturalPerson", None],
    "standing": ["Current", "Current", "Ended", "Summary", "Odd one", None],
    "level": ["DirectLevel", "UltimateLevel", None],
    "reason": ["NO_LEI", "NATURAL_PERSONS", "BECAUSE", None],
    "interest": ["shares", "votes", "odd"],
    "verdict": ["Same", "Proposed", "Perhaps", None],
    "basis": ["filing", "hearsay", None],
    "language": ["en", "DE", "english language", None],
    "name_language": ["en", "DE", "english language", None],
    "country": ["DE", "CN", "QQ", None],
    "hq_country": ["DE", "CN", "QQ", None],
    "registered_country": ["DE", "QQ", None],
    "jurisdiction": ["DE", "US-DE", "EU", "nowhere", ""],
}
KINDS = ["DirectConsolidation", "DirectConsolidation", "UltimateConsolidation", "InternationalBranch", "SubFund"]
ENTITIES = {"id", "child", "parent", "subject", "owner", "owned", "other_id", "first", "second"}


def column(table: str, name: str, dtype: pl.DataType, ids: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    if name in ENTITIES:
        return ids
    if name == "successor":
        return st.none() | ids
    if name == "kind" and table == "relationships":
        return st.sampled_from(KINDS)
    if name in CODES:
        return st.sampled_from(CODES[name])
    if name == "row":
        return st.sampled_from([1, 2, 7, 0, -3])
    if name == "file":
        return st.sampled_from(["a.csv", "b.csv"])
    if dtype == pl.Date:
        return DAYS
    if dtype == pl.Boolean:
        return st.sampled_from([None, True, False])
    if dtype == pl.Int64:
        return st.sampled_from([None, 0, 50, 100, 193, 500_000_000, 10**9, 2 * 10**9])
    if isinstance(dtype, pl.Datetime):
        return st.sampled_from([None, datetime(2026, 1, 1, 10, tzinfo=UTC)])
    return TEXTS


@st.composite
def loads(draw: st.DrawFn, *, unique: bool) -> list[dict[str, list[dict[str, Any]]]]:
    """The tables of one or two loads; `unique`: no two records of one name."""
    found = []
    used = 0
    for _ in range(draw(st.integers(1, 2))):
        tables: dict[str, list[dict[str, Any]]] = {}
        for table, schema in TABLES.items():
            if table == "originals":
                continue
            rows = draw(st.integers(0, 5 if table in ("entities", "relationships") else 3))
            tables[table] = []
            for _ in range(rows):
                used += 1
                records = (
                    st.just(f"g/{used}") if unique else st.sampled_from([f"g/{used}", "r0", "r 1", "r0/registered"])
                )
                ids = TAME if unique else COLLIDING
                drawn = {name: draw(column(table, name, dtype, ids)) for name, dtype in schema.items()}
                if unique and drawn.get("verdict") == "Perhaps":  # no identity can be resolved by it
                    drawn["verdict"] = None
                tables[table].append({**drawn, "record": draw(records)})
        found.append(tables)
    return found


def store_of(folder: str, drawn: list[dict[str, list[dict[str, Any]]]]) -> Store:
    store = Store.open(Path(folder), create=True)
    for number, tables in enumerate(drawn):
        add_load(store, f"kind{number}", **{name: rows for name, rows in tables.items() if rows})
    return store


def whole_graph(store: Store) -> Graph:
    graph = Graph()
    graph += shapes.background()
    for load in store.current_loads():
        for table in load.tables:
            add_quads(graph, evidence_quads(load.id, table, store.table(table, loads=[load]).collect().drop("load")))
    return graph


def triples_of(store: Store) -> set[tuple[Node, Node, Node]]:
    """All triples of the view by columns."""
    view = StoreTriples(store, None, shapes.background())
    found = set()
    for predicate in view.predicates():
        for part in view.parts(predicate):
            numbers, objects = part.load()
            assert len(numbers) == len(objects)
            assert not len(numbers) or part.low <= numbers.min() <= numbers.max() <= part.high
            for subject, value in zip(numbers.tolist(), objects.ids().tolist(), strict=True):
                found.add((view.terms.term(subject), predicate, view.terms.term(value)))
    return found


# An example takes pyshacl half a second, so a failing one is shown as it was drawn.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
SLOW = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), phases=PHASES)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn=loads(unique=False))
def test_the_view_by_columns_is_the_graph(drawn: list[dict[str, list[dict[str, Any]]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = store_of(folder, drawn)
        assert triples_of(store) == set(whole_graph(store))


@SLOW
@given(drawn=loads(unique=False))
def test_columns_find_what_pyshacl_finds_in_the_whole_graph(drawn: list[dict[str, list[dict[str, Any]]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = store_of(folder, drawn)
        expected = by_pyshacl(whole_graph(store), shapes.shapes_graph())
        report = new_report()
        found = compiled.Found(store, None)
        told = list(found.findings(Severity.INFO, subjects(store), 2000, report))
        assert results(report) == expected
        assert len(told) == expected.total() == sum(count for _, count in found.counts())


@SLOW
@given(drawn=loads(unique=True), batch=st.sampled_from([2, 2000]), lowest=st.sampled_from(list(Severity)))
def test_findings_are_those_of_the_reference(
    drawn: list[dict[str, list[dict[str, Any]]]], batch: int, lowest: Severity
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = store_of(folder, drawn)
        answers = []
        for reference in (True, False):
            outcome, report = Outcome(), new_report()
            told = list(
                validate_store(store, outcome=outcome, report=report, lowest=lowest, batch=batch, reference=reference)
            )
            close_report(report, outcome)
            answers.append((told, outcome, results(report)))
        assert answers[0] == answers[1]
        some = subjects(store)[:2].to_list()
        by_ids = [list(validate_store(store, ids=some, reference=reference)) for reference in (True, False) if some]
        assert by_ids[:1] == by_ids[1:]


@pytest.mark.parametrize("reference", [True, False])
def test_an_empty_store_has_nothing_to_find(tmp_path: Path, reference: bool) -> None:
    assert list(validate_store(Store.open(tmp_path, create=True), reference=reference)) == []
