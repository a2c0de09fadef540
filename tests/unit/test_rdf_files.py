"""`topco load rdf`: every syntax gives the same evidence, our own graphs come back, and what is unsound is refused."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pyoxigraph as ox
import pytest
from polars.testing import assert_frame_equal

from rdf_examples import BODS, GLEIF, KBODS
from topco import knowledge
from topco.errors import BadInput
from topco.registries.gleif import Gleif
from topco.registries.loading import Outcome, load
from topco.registries.rdf import Rdf, reading, registry
from topco.registries.table import Tables
from topco.store.quads import IN_GRAPH, evidence_quads
from topco.store.store import Store

DAY = date(2026, 1, 31)
LEI = "LEI:5493001Z012YSB2A0K51"
XML = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:t="https://w3id.org/topco/">
<t:LegalEntity rdf:about="urn:x:a"><t:name>A</t:name></t:LegalEntity></rdf:RDF>"""
OURS = "@prefix topco: <https://w3id.org/topco/> . @prefix country: <https://w3id.org/topco/country/> . "


def load_text(folder: Path, text: str | bytes, name: str = "graph.ttl") -> tuple[Store, Outcome]:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    store = Store.open(folder / f"store-{name}", create=True)
    return store, load(store, Rdf(), [path], DAY, lambda *_: None)


def rows(store: Store, table: str, *columns: str) -> list[tuple[Any, ...]]:
    return store.table(table).collect().select(columns).sort(columns).rows()


def rejects(outcome: Outcome) -> list[tuple[str, str, str]]:
    path = outcome.loaded[0].rejects
    if path is None:
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return [(line["column"], line["value"], line["reason"]) for line in csv.DictReader(stream)]


def test_gleif_becomes_evidence(tmp_path: Path) -> None:
    store, outcome = load_text(tmp_path, GLEIF)
    alpha, fund = store.table("entities").sort("id").collect().to_dicts()
    assert (alpha["id"], alpha["name"], alpha["name_language"], alpha["kind"]) == (
        LEI,
        "Alpha Ltd",
        "en",
        "LegalEntity",
    )
    assert (alpha["hq_country"], alpha["hq_city"], alpha["registered_country"]) == ("CN", "Beijing", "GB")
    assert (alpha["entity_status"], alpha["registration_status"], alpha["standing"]) == ("ACTIVE", "LAPSED", "Current")
    assert (alpha["registration_authority"], alpha["registration_number"]) == ("RA000585", "123456")
    assert (alpha["last_update"], alpha["next_renewal"]) == (date(2024, 5, 1), date(2025, 5, 1))
    assert alpha["record"] == "rdf/https://example.org/d/a-lei"
    assert (fund["id"], fund["kind"], fund["standing"]) == ("LEI:724500XNQMH47GDAZP43", "Fund", "Ended")
    assert (fund["jurisdiction"], fund["hq_country"]) == ("US-DE", None)
    (tie,) = store.table("relationships").collect().to_dicts()
    assert (tie["child"], tie["parent"], tie["kind"]) == (LEI, fund["id"], "DirectConsolidation")
    assert (tie["valid_from"], tie["valid_to"]) == (date(2016, 1, 1), date(2019, 1, 1))
    assert (tie["stale"], tie["standing"], tie["registration_status"]) == (True, "Current", "LAPSED")
    assert rows(store, "absences", "subject", "level", "reason", "reference") == [
        (LEI, "UltimateLevel", "NON_PUBLIC", "law")
    ]
    assert rows(store, "identifiers", "id", "other_id") == [(LEI, "GB-COH:00123456")]
    assert rows(store, "names", "name", "language", "record") == [
        ("Alfa", None, "rdf/https://example.org/d/a-lei/name/1"),
        ("Alpha Old", "en", "rdf/https://example.org/d/a-lei/name/2"),
    ]
    assert rejects(outcome) == []


def test_bods_becomes_evidence(tmp_path: Path) -> None:
    store, outcome = load_text(tmp_path, BODS, "graph.trig")
    base = "https://example.org/records/"
    found = {row["id"].removeprefix(base): row for row in store.table("entities").collect().to_dicts()}
    assert {name: row["kind"] for name, row in found.items()} == {
        "e": "LegalEntity", "p": "NaturalPerson", "u": "UnidentifiedParty", "q": "UnidentifiedParty",
    }  # fmt: skip
    entity = found["e"]
    assert (entity["name"], entity["hq_country"], entity["registered_country"]) == ("New Name Ltd", "GB", "JE")
    assert (entity["jurisdiction"], entity["record"]) == ("GB-SCT", "rdf/https://example.org/statements/2")
    assert rows(store, "identifiers", "other_id") == [("GB-COH:SC123456",), (LEI,)]
    columns = (
        "interest",
        "share_exact",
        "share_min",
        "share_min_exclusive",
        "share_max",
        "valid_from",
        "valid_to",
        "standing",
    )
    assert rows(store, "holdings", "record", *columns) == [
        ("rdf/" + base + "i1", "shareholding", 625_000_000, None, None, None, date(2016, 4, 6), None, "Current"),
        ("rdf/" + base + "i2", "votingRights", None, 500_000_000, True, 750_000_000, None, date(2020, 1, 1), "Current"),
        ("rdf/" + base + "i3", "shareholding", None, None, None, 400_000_000, None, None, "Current"),
        ("rdf/" + base + "r2", "unknownInterest", None, None, None, None, None, None, "Ended"),
    ]
    assert rejects(outcome) == []


def test_kbods_becomes_evidence(tmp_path: Path) -> None:
    store, outcome = load_text(tmp_path, KBODS)
    base = "http://bods.openownership.org/resource/"
    kinds = {row["id"].removeprefix(base): row["kind"] for row in store.table("entities").collect().to_dicts()}
    (blank,) = [identifier for identifier in kinds if identifier.startswith("https://w3id.org/.well-known/genid/")]
    assert kinds == {"e": "LegalEntity", "p": "NaturalPerson", "q": "UnidentifiedParty", blank: "UnidentifiedParty"}
    assert rows(store, "holdings", "record", "owner", "interest", "share_exact", "share_min", "share_max") == [
        (f"rdf/{base}s2", blank, "unknownInterest", None, None, None),
        (f"rdf/{base}s_0", f"{base}p", "shareholding", 255_000_000, None, None),
        (f"rdf/{base}s_1", f"{base}p", "votingRights", None, 250_000_000, 500_000_000),
    ]
    assert rows(store, "identifiers", "id", "other_id") == [(f"{base}e", "GB-COH:00123456")]
    (reason,) = [name for name in outcome.loaded[0].load.warnings if "does not know" in name]
    assert outcome.loaded[0].load.warnings[reason] == 1
    assert "nationalityCode (1)" in outcome.loaded[0].examples[reason]


SYNTAXES = {
    "graph.ttl": ox.RdfFormat.TURTLE,
    "graph.nt": ox.RdfFormat.N_TRIPLES,
    "graph.nq": ox.RdfFormat.N_QUADS,
    "graph.trig": ox.RdfFormat.TRIG,
    "graph.jsonld": ox.RdfFormat.JSON_LD,
    "graph.rdf": ox.RdfFormat.RDF_XML,
    "graph.owl": ox.RdfFormat.RDF_XML,
    "turtle.txt": ox.RdfFormat.TURTLE,
    "lines.txt": ox.RdfFormat.N_TRIPLES,
    "rdf.xml": ox.RdfFormat.RDF_XML,
    "linked.json": ox.RdfFormat.JSON_LD,
}


@pytest.fixture(scope="module")
def of_turtle(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return load_text(tmp_path_factory.mktemp("turtle"), GLEIF)[0]


@pytest.mark.parametrize("name", SYNTAXES)
def test_every_syntax_gives_the_same_evidence(tmp_path: Path, of_turtle: Store, name: str) -> None:
    triples = [quad.triple for quad in ox.parse(GLEIF.encode(), format=ox.RdfFormat.TURTLE)]
    data = ox.serialize(triples, format=SYNTAXES[name])
    assert data is not None
    store, _ = load_text(tmp_path, data, name)
    for table in ("entities", "names", "relationships", "absences", "identifiers"):
        frames = [given.table(table).collect().drop("file", "row", "load") for given in (store, of_turtle)]
        assert_frame_equal(*frames, check_row_order=False)


def test_rows_are_the_places_of_subjects(tmp_path: Path) -> None:
    store, _ = load_text(tmp_path, KBODS)
    base = "rdf/http://bods.openownership.org/resource/"
    assert rows(store, "entities", "row", "record")[1:] == [
        (1, f"{base}e#record"), (2, f"{base}p#record"), (3, f"{base}q#record"),
    ]  # fmt: skip


def test_our_own_terms_need_no_alignment(tmp_path: Path) -> None:
    text = (
        OURS
        + """
    <https://e.org/a> a topco:LegalEntity ; topco:name "A" ;
      topco:hasHeadquartersAddress [ topco:addressCountry country:CN ] .
    <https://e.org/h> topco:interestType topco:votes ; topco:interestedParty <https://w3id.org/topco/id/X/b> ;
      topco:subjectEntity <https://e.org/a> ; topco:shareMinimum 50 ; topco:shareMinimumExclusive true ;
      topco:validFrom "2020-01-01" .
    <https://e.org/s> a topco:HeadquartersStatement ; topco:headquartersOf <https://e.org/a> ;
      topco:statedCountry country:SG ;
      topco:headquartersBasis topco:filing ; topco:statedOn "2024-01-01T10:00:00Z" ; topco:citedSource "10-K" .
    """
    )
    store, outcome = load_text(tmp_path, text)
    assert rows(store, "entities", "id", "name", "hq_country") == [("https://e.org/a", "A", "CN")]
    assert rows(store, "holdings", "owner", "interest", "share_min", "share_min_exclusive", "valid_from") == [
        ("X:b", "votes", 500_000_000, True, date(2020, 1, 1))
    ]
    assert rows(store, "headquarters", "id", "country", "basis", "stated_on", "citation") == [
        ("https://e.org/a", "SG", "filing", date(2024, 1, 1), "10-K")
    ]
    assert rejects(outcome) == []


@pytest.mark.parametrize(
    ("terms", "column", "reason"),
    [
        ("topco:interestCode 'love' ; topco:shareExact 5", "interestType", "unknown type of interest"),
        ("topco:interestType topco:shares ; topco:shareExact 101", "shareExact", "between 0 and 100"),
        ("topco:interestType topco:shares ; topco:shareExact 'half'", "shareExact", "not a percentage"),
        ("topco:interestType topco:shares ; topco:shareExact 'NaN'", "shareExact", "between 0 and 100"),
        ("topco:interestType topco:shares ; topco:shareExact 1e999", "shareExact", "between 0 and 100"),
        ("topco:interestType topco:shares ; topco:shareExact 5, 6", "shareExact", "several values"),
        ("topco:interestType topco:shares ; topco:shareExact 5 ; topco:shareMinimum 4", "shareExact", "beside other"),
        ("topco:interestType topco:shares ; topco:shareMinimum 50 ; topco:shareMaximum 25", "shareMinimum", "no share"),
        ("topco:interestType topco:shares ; topco:statedStart '31.12.2020'", "statedStart", "not a date"),
        ("topco:interestType topco:shares ; topco:validTo '2020-02-30'", "validTo", "not a date"),
        (
            "topco:interestType topco:votes ; topco:validFrom '2020-01-02' ; topco:validTo '2020-01-01'",
            "validTo",
            "before",
        ),
        ("topco:interestType topco:shares , topco:votes", "interest", "several values"),
        ("topco:interestType topco:shares ; topco:interestedParty <urn:x:o2>", "owner", "several values"),
    ],
)
def test_a_tie_that_cannot_be_read_is_refused(tmp_path: Path, terms: str, column: str, reason: str) -> None:
    parties = "topco:subjectEntity <urn:x:c> ; topco:interestedParty <urn:x:o>"
    good = f"<urn:x:g> topco:interestType topco:shares ; {parties} . "
    bad = f"<urn:x:b> {parties} ; {terms} ."
    store, outcome = load_text(tmp_path, OURS + good + bad)
    assert len(store.table("holdings").collect()) == 1
    ((found, _, why),) = rejects(outcome)
    assert found == column
    assert reason in why


def test_ties_without_parties_are_refused_and_not_dropped(tmp_path: Path) -> None:
    text = (
        OURS
        + """
    <urn:x:g> topco:interestType topco:shares ; topco:subjectEntity <urn:x:c> ; topco:interestedParty <urn:x:o> .
    <urn:x:h> topco:interestType topco:shares ; topco:subjectEntity <urn:x:c> .
    <urn:x:i> a topco:ConsolidationStatement ; topco:interestedParty <urn:x:c> .
    <urn:x:j> a topco:AbsenceStatement ; topco:subjectEntity <urn:x:c> ; topco:absenceLevel topco:DirectLevel .
    """
    )
    _, outcome = load_text(tmp_path, text)
    found = sorted((value, reason.split(" (")[0]) for _, value, reason in rejects(outcome))
    assert ("urn:x:h", "the owner or parent is missing") in found
    assert ("urn:x:j", "a reason that is known is missing") in found
    assert any(value == "urn:x:i" for value, _ in found)


def test_contradictions_within_one_record_are_refused(tmp_path: Path) -> None:
    text = OURS + "<urn:x:a> a topco:Fund ; topco:name 'A' , 'B' . <urn:x:b> a topco:Fund ; topco:name 'C' ."
    store, outcome = load_text(tmp_path, text)
    assert rows(store, "entities", "id") == [("urn:x:b",)]
    assert rejects(outcome) == [("name", "A; B", "one record states several values")]


def test_publications_that_no_date_orders_contradict_each_other_in_the_open(tmp_path: Path) -> None:
    text = BODS.replace('bods:statementDate "2021-03-04T10:00:00Z"^^xsd:dateTime ;', "")
    store, outcome = load_text(tmp_path, text, "graph.trig")
    assert "https://example.org/records/e" not in store.table("entities").collect()["id"].to_list()
    assert {reason for _, _, reason in rejects(outcome)} == {"one record states several values"}


def test_a_country_that_nobody_knows_is_named(tmp_path: Path) -> None:
    store, outcome = load_text(tmp_path, GLEIF.replace("base:hasCountry adj:CN", "base:hasCountry adj:XX"))
    assert rows(store, "entities", "hq_country") == [(None,), (None,)]
    assert outcome.loaded[0].load.warnings["a country that is none of ISO 3166-1 was left out"] == 1


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.ttl", GLEIF[:-40], "malformed or cut off"),
        ("a.nt", "<urn:a> <urn:b> <urn:c> .\n<urn:a> <urn:b", "malformed or cut off"),
        ("a.jsonld", '{"@id": "urn:a", "urn:b": ', "malformed or cut off"),
        ("a.jsonld", '{"@context": "https://example.org/context", "@id": "urn:a"}', "context elsewhere"),
        ("a.rdf", "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>", "ends within"),
        ("a.rdf", '<!DOCTYPE r [<!ENTITY a "b">]><r/>', "declares entities"),
        ("a.xml", '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a SYSTEM "file:///x">]><rdf:RDF/>', "declares entities"),
        ("a.rdf", XML[:-12], "ends within"),
        ("a.rdf", XML[:-1], "ends within"),
        ("a.ttl", "<relative> <urn:b> 1 .", "malformed or cut off"),
        ("a.ttl", "<urn:a> <urn:b> <urn:c> .", "No record is usable"),
        ("a.ttl", "# nothing\n", "No record is usable"),
        ("a.ttl", b"<urn:a> <urn:b> '\xff' .", "not UTF-8"),
        ("a.ttl", "", "empty"),
        ("a.ttl", "<urn:a> <urn:b> " + "[ <urn:p> " * 50_000, "malformed or cut off"),
        ("a.jsonld", "[" * 200_000, "nested more than 200 levels"),
    ],
)
def test_unsound_files_stop_the_command(tmp_path: Path, name: str, text: str | bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        load_text(tmp_path, text, name)
    assert not (tmp_path / f"store-{name}" / "manifest.json").exists()


@pytest.mark.parametrize("text", ["a,b\n1,2\n", '{"a": 1}', "<?xml version='1.0'?><lei:LEIData/>", "hello"])
def test_other_files_are_refused(tmp_path: Path, text: str) -> None:
    _, outcome = load_text(tmp_path, text, "a.txt")
    assert "Not RDF" in str(outcome.refused[0])


@pytest.mark.parametrize("end", ["", "\n<!-- the end -->\n", "<?end of=file?>"])
def test_xml_that_ends_after_its_root_is_whole(tmp_path: Path, end: str) -> None:
    store, _ = load_text(tmp_path, XML + end, "a.rdf")
    assert rows(store, "entities", "id", "name") == [("urn:x:a", "A")]


def test_a_megabyte_in_one_literal_is_read(tmp_path: Path) -> None:
    name = "x" * 1_500_000
    store, _ = load_text(tmp_path, OURS + f"<urn:x:b> a topco:LegalEntity ; topco:name '{name}' .")
    assert store.table("entities").collect()["name"][0] == name


def test_blank_nodes_have_the_same_names_every_time(tmp_path: Path) -> None:
    found = []
    for part in ("one", "two"):
        folder = tmp_path / part
        folder.mkdir()
        found.append(rows(load_text(folder, KBODS)[0], "holdings", "record", "owner", "row"))
    assert found[0] == found[1]


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = knowledge.root() / "data" / "samples"
    store = Store.open(tmp_path_factory.mktemp("samples") / "store", create=True)
    load(store, Gleif(), [folder / "gleif"], None, lambda *_: None)
    load(store, Tables(), [folder / "holdings"], DAY, lambda *_: None)
    return store


@pytest.mark.parametrize("name", ["all.trig", "all.nq", "all.jsonld", "on-disk.trig"])
def test_what_we_export_comes_in_again(
    tmp_path: Path, samples: Store, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every table of every load of the samples, but for the place, which is the place in the new file."""
    quads = [
        quad
        for one in samples.current_loads()
        for table in IN_GRAPH
        if one.tables.get(table)
        for quad in evidence_quads(one.id, table, pl.read_parquet(samples.folder_of(one) / f"{table}.parquet"))
    ]
    if name.startswith("on-disk"):
        monkeypatch.setattr(registry, "LARGEST_IN_MEMORY", 0)
    stream = io.BytesIO()
    ox.serialize(quads, stream, format=SYNTAXES[f"graph.{name.partition('.')[2]}"])
    store, outcome = load_text(tmp_path, stream.getvalue(), name)
    assert rejects(outcome) == []
    assert outcome.loaded[0].load.tables.keys() >= {"entities", "names", "relationships", "absences", "holdings"}
    for table in outcome.loaded[0].load.tables:
        before, after = (
            given.table(table).collect().drop("file", "row", "load").sort("record") for given in (samples, store)
        )
        languages = [column for column in ("name_language", "language") if column in before.columns]
        assert_frame_equal(after, before.with_columns(pl.col(languages).str.to_lowercase()))


def test_a_value_that_no_column_holds_stops_the_command(tmp_path: Path) -> None:
    text = (
        OURS
        + """<https://w3id.org/topco/load/x> {
      <https://w3id.org/topco/record/h> topco:interestType topco:votes ; topco:interestedParty <urn:x:b> ;
        topco:subjectEntity <urn:x:a> ; topco:validFrom "yesterday" . }"""
    )
    with pytest.raises(BadInput, match="none that it can hold"):
        load_text(tmp_path, text, "own.trig")


def test_more_than_can_be_lifted_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_LIFTED", 10)
    with pytest.raises(BadInput, match="more than 10 statements"):
        load_text(tmp_path, KBODS)


def test_what_is_derived_is_left_out(tmp_path: Path) -> None:
    text = (
        OURS
        + """<urn:x:a> a topco:LegalEntity .
    <https://w3id.org/topco/graph/snapshot> { <urn:x:a> topco:hasDirectParent <urn:x:b> }"""
    )
    _, outcome = load_text(tmp_path, text, "own.trig")
    assert any("derived again" in reason for reason in outcome.loaded[0].load.warnings)
