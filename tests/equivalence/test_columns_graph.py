"""Columns and graph hold the same evidence: columns to quads, then the queries of `queries/evidence/`, is the identity.

Frames are drawn at random: names in any script, with quotation marks, line breaks and control characters; identifiers
of any scheme with characters that an IRI forbids; any value missing that may be. Language tags are drawn as the graph
keeps them (lower case, well formed); what happens to others is tested in `tests/unit/test_quads.py`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from topco import knowledge
from topco.identity.policy import policy
from topco.ownership.shares import WHOLE
from topco.query.evidence import columns_of
from topco.registries.reference import known_agent_kinds, known_interests
from topco.store.quads import IN_GRAPH, STATEMENT_CLASSES, evidence_quads, load_node
from topco.store.schema import TABLES, schema_of

LOAD = "gleif-test-2025-03-02"
TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
CODE = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=8)
LEIS = st.from_regex(r"[0-9A-Z]{18}[0-9]{2}", fullmatch=True).map("LEI:".__add__)
OTHERS = st.builds("{}:{}".format, st.sampled_from(["GB-COH", "X", "de-HRB"]), TEXT)
IDS = LEIS | OTHERS | st.sampled_from(["https://example.org/company/1", "http://example.org/a?b=c#d"])
COUNTRIES = st.sampled_from(["CN", "DE", "KY", "XK", "US"])
LANGUAGES = st.sampled_from(["en", "zh-hans", "sr-latn-rs", "de-1996", "ja"])
DATES = st.dates(date(1, 1, 1), date(9999, 12, 31))
STANDINGS = st.sampled_from(["Current", "Ended", "Void"])
RECORDS = st.builds("gleif/test/{}".format, TEXT)


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


def source(row: int) -> dict[str, st.SearchStrategy[Any]]:
    return {"file": st.sampled_from(["lei2.csv", "archive.zip/member ä.csv"]), "row": st.integers(1, 2**40)}


ENTITY = st.fixed_dictionaries(
    {
        "id": IDS,
        "name": maybe(TEXT),
        "name_language": maybe(LANGUAGES),
        "kind": st.sampled_from(sorted(set(known_agent_kinds().values()))),
        "category": maybe(CODE),
        "hq_country": maybe(COUNTRIES),
        "hq_city": maybe(TEXT),
        "registered_country": maybe(COUNTRIES),
        "registered_city": maybe(TEXT),
        "jurisdiction": maybe(st.sampled_from(["DE", "US-DE", "KY"])),
        "registration_authority": maybe(CODE),
        "registration_number": maybe(CODE),
        "legal_form": maybe(CODE),
        "entity_status": maybe(CODE),
        "registration_status": maybe(CODE),
        "standing": STANDINGS,
        "successor": maybe(IDS),
        "last_update": maybe(DATES),
        "next_renewal": maybe(DATES),
        "record": RECORDS,
        **source(1),
    }
).map(lambda row: row | ({"name_language": None} if row["name"] is None else {}))
RELATIONSHIP = st.fixed_dictionaries(
    {
        "child": IDS,
        "parent": IDS,
        "kind": st.sampled_from(sorted(STATEMENT_CLASSES)),
        "standing": STANDINGS,
        "stale": st.booleans(),
        "relationship_status": maybe(CODE),
        "registration_status": maybe(CODE),
        "valid_from": maybe(DATES),
        "valid_to": maybe(DATES),
        "last_update": maybe(DATES),
        "record": RECORDS,
        **source(1),
    }
)
ABSENCE = st.fixed_dictionaries(
    {
        "subject": IDS,
        "level": st.sampled_from(["DirectLevel", "UltimateLevel"]),
        "reason": st.sampled_from(["NATURAL_PERSONS", "NO_LEI"]) | CODE.filter(lambda code: "/" not in code),
        "reference": maybe(TEXT),
        "record": RECORDS,
        **source(1),
    }
)
SHARES = st.integers(0, WHOLE) | st.sampled_from([0, 1, WHOLE // 2, WHOLE // 2 + 1, WHOLE - 1, WHOLE])
HOLDING = st.fixed_dictionaries(
    {
        "owner": IDS,
        "owned": IDS,
        "interest": st.sampled_from(sorted(set(known_interests().values()))),
        "share_exact": maybe(SHARES),
        "share_min": maybe(SHARES),
        "share_min_exclusive": maybe(st.booleans()),
        "share_max": maybe(SHARES),
        "share_max_exclusive": maybe(st.booleans()),
        "indirect": maybe(st.booleans()),
        "standing": STANDINGS,
        "stale": st.booleans(),
        "valid_from": maybe(DATES),
        "valid_to": maybe(DATES),
        "last_update": maybe(DATES),
        "record": RECORDS,
        **source(1),
    }
)
IDENTIFIER = st.fixed_dictionaries({"id": IDS, "other_id": IDS, "record": RECORDS, **source(1)})
HEADQUARTERS = st.fixed_dictionaries(
    {
        "id": IDS,
        "country": maybe(COUNTRIES),
        "city": maybe(TEXT),
        "basis": st.sampled_from(sorted(policy().bases)),
        "stated_by": maybe(TEXT),
        "stated_on": maybe(DATES),
        "citation": maybe(TEXT),
        "valid_from": maybe(DATES),
        "valid_to": maybe(DATES),
        "record": RECORDS,
        **source(1),
    }
)
JUDGEMENT = st.fixed_dictionaries(
    {
        "first": IDS,
        "second": IDS,
        "verdict": st.sampled_from(["Same", "Different", "Unsure", "Proposed"]),
        "score": maybe(st.integers(0, 100)),
        "author": maybe(TEXT),
        "judged_at": maybe(st.datetimes(datetime(1970, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC))),
        "reason": maybe(TEXT),
        "record": RECORDS,
        **source(1),
    }
)
LISTING = st.fixed_dictionaries(
    {
        "id": IDS,
        **{
            name: maybe(TEXT)
            for name in ("name", "list", "programme", "requirement", "policy", "countries", "citation", "url")
        },
        "valid_from": maybe(DATES),
        "valid_to": maybe(DATES),
        "record": RECORDS,
        **source(1),
    }
)
NAME = st.fixed_dictionaries({"name": TEXT, "language": maybe(LANGUAGES), "name_kind": maybe(CODE)})


def table_of(table: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    schema = schema_of(table)
    return pl.DataFrame([tuple(row[name] for name in schema) for row in rows], schema=schema, orient="row")


def database_of(tables: dict[str, pl.DataFrame]) -> ox.Store:
    database = ox.Store()
    for table, frame in tables.items():
        database.extend(evidence_quads(LOAD, table, frame))
    return database


def assert_same(database: ox.Store, table: str, frame: pl.DataFrame) -> None:
    found = columns_of(database, load_node(LOAD), table)
    assert_frame_equal(found, frame, check_row_order=False)


def rows_of(kind: st.SearchStrategy[dict[str, Any]], *unique: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(kind, max_size=4, unique_by=tuple((lambda row, key=key: row[key]) for key in unique))


@settings(deadline=None, max_examples=80)
@given(rows=rows_of(ENTITY, "id", "record"), names=st.lists(NAME, max_size=4))
def test_entities_and_their_other_names(rows: list[dict[str, Any]], names: list[dict[str, Any]]) -> None:
    entities = table_of("entities", rows)
    of_entities = [
        name
        | {key: rows[position % len(rows)][key] for key in ("id", "file", "row")}
        | {"record": f"{rows[position % len(rows)]['record']}/name/{position + 1}"}
        for position, name in enumerate(names)
        if rows
    ]
    other_names = table_of("names", of_entities)
    database = database_of({"entities": entities, "names": other_names})
    assert_same(database, "entities", entities)
    assert_same(database, "names", other_names)


@settings(deadline=None, max_examples=80)
@given(rows=rows_of(RELATIONSHIP, "record"), more=rows_of(ABSENCE, "record"))
def test_relationships_and_absences(rows: list[dict[str, Any]], more: list[dict[str, Any]]) -> None:
    relationships = table_of("relationships", rows)
    taken = {row["record"] for row in rows}
    absences = table_of("absences", [row for row in more if row["record"] not in taken])
    database = database_of({"relationships": relationships, "absences": absences})
    assert_same(database, "relationships", relationships)
    assert_same(database, "absences", absences)


@settings(deadline=None, max_examples=80)
@given(rows=rows_of(HOLDING, "record"), more=rows_of(RELATIONSHIP, "record"))
def test_holdings_beside_relationships(rows: list[dict[str, Any]], more: list[dict[str, Any]]) -> None:
    holdings = table_of("holdings", rows)
    taken = {row["record"] for row in rows}
    relationships = table_of("relationships", [row for row in more if row["record"] not in taken])
    database = database_of({"holdings": holdings, "relationships": relationships})
    assert_same(database, "holdings", holdings)
    assert_same(database, "relationships", relationships)


@settings(deadline=None, max_examples=60)
@given(rows=rows_of(IDENTIFIER, "record"), seats=rows_of(HEADQUARTERS, "record"))
def test_identifiers_and_headquarters(rows: list[dict[str, Any]], seats: list[dict[str, Any]]) -> None:
    for table, given_rows in (("identifiers", rows), ("headquarters", seats)):
        frame = table_of(table, given_rows)
        assert_same(database_of({table: frame}), table, frame)


@settings(deadline=None, max_examples=60)
@given(rows=rows_of(JUDGEMENT, "record"), listed=rows_of(LISTING, "record"))
def test_judgements_and_listings(rows: list[dict[str, Any]], listed: list[dict[str, Any]]) -> None:
    for table, given_rows in (("judgements", rows), ("listings", listed)):
        frame = table_of(table, given_rows)
        assert_same(database_of({table: frame}), table, frame)


def test_a_value_that_the_graph_loses_is_noticed() -> None:
    """The comparison itself can fail."""
    row = dict.fromkeys(schema_of("absences")) | {
        "subject": "LEI:AAAAAAAAAAAAAAAAAA00",
        "level": "DirectLevel",
        "reason": "NO_LEI",
        "reference": "section 3",
        "record": "gleif/repex/X",
        "file": "repex.csv",
        "row": 2,
    }
    frame = table_of("absences", [row])
    database = database_of({"absences": frame})
    lost = next(database.quads_for_pattern(None, ox.NamedNode("https://w3id.org/topco/reasonReference"), None, None))
    database.remove(lost)
    with pytest.raises(AssertionError):
        assert_same(database, "absences", frame)


@pytest.mark.parametrize("table", IN_GRAPH)
def test_rdflib_finds_the_same_cells_unbound(table: str) -> None:
    """The evidence queries are plain SPARQL 1.1: the other engine finds the same rows and the same unbound cells."""
    described = "entities" if table == "names" else table
    tables = {described: table_of(described, [example(number) for number in range(3)])}
    if table == "names":
        other = {"name": "ä", "language": None, "name_kind": "K"}
        rows = [
            {key: example(number).get(key) for key in schema_of("names")}
            | other
            | {"record": f"gleif/test/{number}/name/1"}
            for number in range(3)
        ]
        tables["names"] = table_of("names", rows)
    database = database_of(tables)
    content = database.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=load_node(LOAD))
    assert content is not None
    graph = rdflib.Graph().parse(data=content, format="nt")
    found = graph.query(knowledge.text(f"queries/evidence/{table}.rq"))
    ours = columns_of(database, load_node(LOAD), table)
    assert len(ours) == 3
    assert sorted(tuple(cell is None for cell in row) for row in found) == sorted(
        tuple(cell is None for cell in row) for row in ours.iter_rows()
    )


def example(number: int) -> dict[str, Any]:
    """A row for any of the tables, in which much is missing."""
    row: dict[str, Any] = {
        "id": f"LEI:{'ABC'[number] * 18}00",
        "child": f"LEI:{'ABC'[number] * 18}00",
        "parent": "GB-COH:0010 2498",
        "subject": f"LEI:{'ABC'[number] * 18}00",
        "owner": "X:owner",
        "owned": f"LEI:{'ABC'[number] * 18}00",
        "interest": "votingRights",
        "share_exact": WHOLE // 3 if number == 0 else None,
        "share_min": WHOLE // 4 if number == 1 else None,
        "share_min_exclusive": True if number == 1 else None,
        "kind": "DirectConsolidation",
        "level": "DirectLevel",
        "reason": "NO_LEI",
        "standing": "Current",
        "stale": number == 1,
        "record": f"gleif/test/{number}",
        "file": "a.csv",
        "row": number + 2,
        "name": None if number == 0 else 'Ä "quoted"\n甲',
        "name_language": "zh" if number == 2 else None,
        "hq_city": "Beijing" if number else None,
        "registered_country": "KY" if number == 2 else None,
        "valid_from": date(2019, 1, 1) if number else None,
        "reference": "section 3" if number == 1 else None,
        "other_id": "GB-COH:00102498",
        "country": "CN" if number else None,
        "basis": "filing",
        "first": f"LEI:{'ABC'[number] * 18}00",
        "second": "GB-COH:00102498",
        "verdict": "Same",
        "score": 93 if number == 1 else None,
        "judged_at": datetime(2026, 1, 1, 12, tzinfo=UTC) if number else None,
        "list": "EL",
        "policy": "Presumption of denial." if number == 2 else None,
    }
    names = {name for table in TABLES for name in schema_of(table)}
    return {name: row.get(name) for name in names}
