"""Quads of single rows, written out as `docs/evidence.md` gives them; what a column may not say in RDF."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pyoxigraph import NamedNode

from small_store import entity, frame, relationship
from topco.store.manifest import Load
from topco.store.quads import evidence_quads, language_tag, load_description, term_node, text_literal

T = "https://w3id.org/topco/"
A = f"{T}id/LEI/AAAAAAAAAAAAAAAAAA00"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def triples(table: str, *rows: dict[str, Any]) -> set[tuple[str, str, str]]:
    quads = list(evidence_quads("gleif-x-2025-03-02", table, frame(table, list(rows))))
    assert {quad.graph_name for quad in quads} == {NamedNode(f"{T}load/gleif-x-2025-03-02")}
    found = [(quad.subject.value, quad.predicate.value.removeprefix(T), str(quad.object)) for quad in quads]
    assert len(found) == len(set(found))
    return set(found)


def test_an_entity_with_two_addresses_and_its_record() -> None:
    row = entity(
        "A",
        "CN",
        hq_city="北京",
        registered_country="KY",
        jurisdiction="US-DE",
        name='A "Quoted"\nHolding',
        last_update=date(2025, 1, 31),
    )
    record = f"{T}record/gleif/lei2/AAAAAAAAAAAAAAAAAA00"
    assert triples("entities", row) == {
        (A, RDF_TYPE, f"<{T}LegalEntity>"),
        (A, "identifier", '"LEI:AAAAAAAAAAAAAAAAAA00"'),
        (A, "name", '"A \\"Quoted\\"\\nHolding"@en'),
        (A, "category", '"GENERAL"'),
        (A, "hasHeadquartersAddress", f"<{A}/headquarters>"),
        (A, "hasRegisteredAddress", f"<{A}/registered>"),
        (A, "jurisdiction", '"US-DE"'),
        (A, "registeredIn", f"<{T}country/US>"),
        (f"{A}/headquarters", RDF_TYPE, f"<{T}Address>"),
        (f"{A}/headquarters", "addressCountry", f"<{T}country/CN>"),
        (f"{A}/headquarters", "city", '"北京"'),
        (f"{A}/registered", RDF_TYPE, f"<{T}Address>"),
        (f"{A}/registered", "addressCountry", f"<{T}country/KY>"),
        (record, RDF_TYPE, f"<{T}EntityRecord>"),
        (record, "describesEntity", f"<{A}>"),
        (record, "standing", f"<{T}Current>"),
        (record, "entityStatus", '"ACTIVE"'),
        (record, "registrationStatus", '"ISSUED"'),
        (record, "lastUpdated", '"2025-01-31"^^<http://www.w3.org/2001/XMLSchema#date>'),
        (record, "sourceFile", '"lei2.csv"'),
        (record, "sourceRow", '"2"^^<http://www.w3.org/2001/XMLSchema#integer>'),
    }


def test_no_address_node_without_an_address() -> None:
    found = triples("entities", entity("A", None, registered_country=None))
    assert not {predicate for _, predicate, _ in found} & {"hasHeadquartersAddress", "hasRegisteredAddress", "city"}


@pytest.mark.parametrize(
    ("kind", "statement"),
    [
        ("UltimateConsolidation", "ConsolidationStatement"),
        ("InternationalBranch", "BranchStatement"),
        ("FeederFund", "FundStatement"),
    ],
)
def test_the_class_of_a_relationship_depends_on_its_kind(kind: str, statement: str) -> None:
    found = triples("relationships", relationship("A", "B", kind, valid_to=date(2020, 1, 1), stale=True))
    assert {value for _, predicate, value in found if predicate == RDF_TYPE} == {f"<{T}{statement}>"}
    by_predicate = {predicate: value for _, predicate, value in found}
    assert by_predicate["relationshipKind"] == f"<{T}{kind}>"
    assert by_predicate["validTo"].startswith('"2020-01-01"^^')
    assert by_predicate["stale"].startswith('"true"^^')


def test_an_other_name_is_the_node_of_its_record() -> None:
    row = {
        "id": "LEI:AAAAAAAAAAAAAAAAAA00",
        "name": "甲",
        "language": "ZH",
        "name_kind": "TRADING",
        "record": "gleif/lei2/AAAAAAAAAAAAAAAAAA00/name/2",
    }
    node = f"{T}record/gleif/lei2/AAAAAAAAAAAAAAAAAA00/name/2"
    assert triples("names", row) == {
        (A, "otherName", f"<{node}>"),
        (node, RDF_TYPE, f"<{T}OtherName>"),
        (node, "nameText", '"甲"@zh'),
        (node, "nameKind", '"TRADING"'),
    }


def test_language_tags() -> None:
    assert str(text_literal("x", "ZH-Hant")) == '"x"@zh-hant'
    for invalid in ("en_US", "1", "", "toolongforatag", "a b"):
        assert language_tag(invalid) is None
        assert str(text_literal("x", invalid)) == '"x"'


def test_odd_source_codes_and_identifiers_stay_valid_iris() -> None:
    assert term_node("A <reason>").value == f"{T}A%20%3Creason%3E"
    found = triples("entities", entity("A", "CN", id="GB-COH:0010 2498/ä", record="psc/0010 2498"))
    subjects = {subject for subject, _, _ in found}
    company = f"{T}id/GB-COH/0010%202498%2F%C3%A4"
    addresses = {f"{company}/headquarters", f"{company}/registered"}
    assert subjects == {company, *addresses, f"{T}record/psc/0010%202498"}


def test_the_description_of_a_load() -> None:
    load = Load(
        id="gleif-rr-2025-03-02",
        folder="f",
        digest="d",
        publisher="GLEIF",
        file_kind="rr",
        vintage=date(2025, 3, 2),
        vintage_source="header",
        loaded_at=datetime(2025, 3, 3, 8, 30, tzinfo=UTC),
        licence="CC0-1.0",
    )
    quads = list(load_description(load, NamedNode(f"{T}graph/loads")))
    assert {quad.subject.value for quad in quads} == {f"{T}load/gleif-rr-2025-03-02"}
    assert {quad.predicate.value.removeprefix(T): quad.object.value for quad in quads} == {
        RDF_TYPE: f"{T}Load",
        "publisher": "GLEIF",
        "fileKind": "rr",
        "vintage": "2025-03-02",
        "loadedAt": "2025-03-03T08:30:00+00:00",
        "licence": "CC0-1.0",
    }
