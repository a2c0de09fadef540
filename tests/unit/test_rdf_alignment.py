"""GLEIF's and BODS's vocabularies are lifted by the alignment's axioms alone: no importer has a part in it.

What runs here is the compiled axioms over a graph, and nothing else; the assertions are in our terms. A second test
holds that the importer, the queries included, names no foreign vocabulary.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, cast

import pyoxigraph as ox
import pytest

from rdf_examples import BODS, GLEIF, KBODS
from topco import knowledge
from topco.compile.closure import close_store

PREFIXES = {
    "topco": "https://w3id.org/topco/",
    "d": "https://example.org/d/",
    "rec": "https://example.org/records/",
    "stmt": "https://example.org/statements/",
    "r": "http://bods.openownership.org/resource/",
}
GRAPHS: list[Any] = [ox.NamedNode("urn:data"), ox.NamedNode("urn:lifted")]


def lifted(text: str) -> ox.Store:
    store = ox.Store()
    for quad in ox.parse(text.encode(), format=ox.RdfFormat.TRIG):
        store.add(ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode("urn:data")))
    closure = close_store(store, "urn:lifted")
    assert closure.clashes == ()
    return store


@pytest.fixture(scope="module")
def stores() -> dict[str, ox.Store]:
    return {"gleif": lifted(GLEIF), "bods": lifted(BODS), "kbods": lifted(KBODS)}


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("gleif", "d:a a topco:LegalEntity ; topco:name 'Alpha Ltd'@en ; topco:furtherName 'Alfa'"),
        ("gleif", "d:a topco:hasHeadquartersAddress d:a-hq . d:a-hq topco:city 'Beijing' ; topco:addressCountry ?c"),
        ("gleif", "d:a-lei a topco:EntityRecord ; topco:describesEntity d:a ; topco:leiCode '5493001Z012YSB2A0K51'"),
        ("gleif", "d:a topco:hasIdentifierNode d:a-number . d:a-number topco:identifierValue '123456'"),
        ("gleif", "d:tie a topco:ConsolidationStatement ; topco:relationshipKind topco:DirectConsolidation"),
        ("gleif", "d:tie topco:subjectEntity d:a ; topco:interestedParty ?parent . ?parent a topco:Fund"),
        ("gleif", "d:tie topco:statedPeriod/topco:statedLastDay ?day . d:tie-rec topco:statementAbout d:tie"),
        ("gleif", "d:x a topco:AbsenceStatement ; topco:absenceReason topco:NON_PUBLIC"),
        ("gleif", "d:x topco:absenceLevel topco:UltimateLevel ; topco:subjectEntity d:a"),
        ("bods", "rec:e a topco:LegalEntity . rec:p a topco:NaturalPerson . rec:q a topco:UnidentifiedParty"),
        ("bods", "rec:i1 topco:interestType topco:shareholding"),
        ("bods", "rec:i1 topco:subjectEntity rec:e ; topco:interestedParty rec:p"),
        ("bods", "rec:i1 topco:shareExact ?share ; topco:statedStart ?day ; a topco:OwnershipStatement"),
        ("bods", "rec:i2 topco:interestType topco:votingRights ; topco:shareAbove 50.0 ; topco:statedEnd '2020-01-01'"),
        ("bods", "rec:u a topco:UnidentifiedParty . stmt:5 topco:standing topco:Ended"),
        ("bods", "rec:e topco:hasSite ?hq . ?hq a topco:HeadquartersSite"),
        ("bods", "?hq a topco:HeadquartersSite ; topco:addressCountry/topco:countryCode 'GB-SCT'"),
        ("bods", "rec:e topco:hasIdentifierNode ?n . ?n topco:identifierScheme 'GB-COH' ; topco:identifierValue ?v"),
        ("bods", "rec:p topco:hasNameNode ?other . ?other a topco:OtherName ; topco:nameText 'J. Example'"),
        ("kbods", "r:e a topco:LegalEntity ; topco:name 'Alpha Ltd' ; topco:jurisdiction 'GB'"),
        ("kbods", "r:s_0 topco:interestCode 'shareholding' ; topco:subjectEntity r:e ; topco:interestedParty r:p"),
        ("kbods", "r:s_1 topco:shareMinimum 25 ; topco:shareMaximum 50 ; topco:interestOf r:s"),
    ],
)
def test_the_axioms_lift(stores: dict[str, ox.Store], name: str, pattern: str) -> None:
    assert stores[name].query(f"ASK {{ {pattern} }}", prefixes=PREFIXES, default_graph=GRAPHS), pattern


def test_no_foreign_axiom_comes_along(stores: dict[str, ox.Store]) -> None:
    """An owner is a person or an entity, not both, although their vocabulary gives the property both domains."""
    both = "SELECT ?x { ?x a topco:NaturalPerson , topco:LegalEntity }"
    for store in stores.values():
        assert not list(cast("ox.QuerySolutions", store.query(both, prefixes=PREFIXES, default_graph=GRAPHS)))


def test_the_importer_and_its_queries_name_no_foreign_vocabulary() -> None:
    program = Path(knowledge.__file__).parent / "registries" / "rdf"
    texts = [*program.glob("*.py"), *(knowledge.root() / "queries" / "import").glob("*.rq")]
    assert len(texts) > 10
    ours = re.compile(r"https?://(www\.w3\.org/|w3id\.org/topco/|w3id\.org/\.well-known/genid/)")
    for path in texts:
        text = path.read_text(encoding="utf-8")
        assert [iri for iri in re.findall(r"https?://[^\s>\"']+", text) if not ours.match(iri)] == [], path.name
        assert not re.findall(r"\b(gleif|bods|fibo|foaf|openownership)\b(?!\s+import)", text, re.IGNORECASE) or (
            path.name == "columns.py"
        ), path.name
