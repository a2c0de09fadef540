"""GLEIF's own sample of its RDF, lifted by the axioms alone: no importer, and nothing of its own ontology loaded."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import RDF, Graph, Namespace, URIRef
from rdflib.namespace import OWL

from topco.compile.closure import Closure, close_store
from topco.compile.owl_profile import loaded_ontology
from topco.compile.owl_reference import close_neighbourhood, instance_triples

pytestmark = pytest.mark.shared

TOPCO = Namespace("https://w3id.org/topco/")
GLEIF = Namespace("https://www.gleif.org/ontology/")
DATA = Namespace("https://rdf.gleif.org/sample/L1/")
ADJUNCT = Namespace("https://www.omg.org/spec/LCC/Countries/ISO3166-1-CountryCodes-Adjunct/")
FILES = ("L1Data.ttl", "L2Data.ttl", "ReportingExceptionData.ttl")


@pytest.fixture(scope="module")
def sample(shared_data: Path) -> Graph:
    """The sample's instances; its three owl:sameAs links are left out, since identities are never merged here."""
    graph = Graph()
    for name in FILES:
        graph.parse(shared_data / "gleif-ontology" / "ontology" / "sample" / name)
    assert not list(graph.triples((None, None, TOPCO.LegalEntity)))
    graph.remove((None, OWL.sameAs, None))
    # Periods are blank nodes in the sample, and are lifted: as IRIs they stay the same in both closures.
    return graph.skolemize()


@pytest.fixture(scope="module")
def lifted(sample: Graph) -> tuple[Graph, Closure]:
    store = ox.Store()
    store.load(
        sample.serialize(format="nt").encode(), format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode("urn:gleif")
    )
    closure = close_store(store, "urn:lifted")
    text = store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.NamedNode("urn:lifted"))
    return Graph().parse(data=text, format="nt"), closure


def test_every_entity_becomes_one_of_ours(sample: Graph, lifted: tuple[Graph, Closure]) -> None:
    graph, closure = lifted
    companies = set(sample.subjects(RDF.type, GLEIF["L1/LegalEntity"]))
    assert len(companies) >= 5
    assert companies == set(graph.subjects(RDF.type, TOPCO.LegalEntity))
    assert set(graph.subjects(RDF.type, TOPCO.Branch)) == set(sample.subjects(RDF.type, GLEIF["L1/Branch"]))
    assert closure.clashes == ()


def test_headquarters_come_from_the_address_chain(sample: Graph, lifted: tuple[Graph, Closure]) -> None:
    graph, _ = lifted
    citicorp, gleif = DATA["L-549300PSHWOM1D1JVL23"], DATA["L-506700GE1G29325QX363"]
    assert list(graph.objects(citicorp, TOPCO.hasRecordedHeadquartersIn)) == [ADJUNCT.US]
    assert list(graph.objects(gleif, TOPCO.hasRecordedHeadquartersIn)) == [ADJUNCT.CH]
    path = GLEIF["L1/hasHeadquartersAddress"] / GLEIF["Base/hasCountry"]
    expected = {(entity, country) for entity, country in sample.subject_objects(path)}
    assert expected == set(graph.subject_objects(TOPCO.hasRecordedHeadquartersIn))
    assert not list(graph.triples((None, TOPCO.headquarteredIn, None)))


def test_relationships_become_statements_with_their_kind(sample: Graph, lifted: tuple[Graph, Closure]) -> None:
    graph, _ = lifted
    branch = URIRef("https://rdf.gleif.org/sample/L2/R-549300J43MRRHUL8JX64-549300RK1FB0VMTPD087-I")
    assert (branch, RDF.type, TOPCO.BranchStatement) in graph
    assert (branch, TOPCO.relationshipKind, TOPCO.InternationalBranch) in graph
    assert (branch, TOPCO.interestedParty, DATA["L-549300RK1FB0VMTPD087"]) in graph
    for theirs, ours in (
        ("DirectConsolidation", TOPCO.DirectConsolidation),
        ("UltimateConsolidation", TOPCO.UltimateConsolidation),
    ):
        records = set(sample.subjects(RDF.type, GLEIF[f"L2/{theirs}"]))
        assert records == set(graph.subjects(TOPCO.relationshipKind, ours))
        assert all((record, RDF.type, TOPCO.ConsolidationStatement) in graph for record in records)
    assert not list(graph.triples((None, TOPCO.hasDirectParent, None))), "a statement is no link before the snapshot"


def test_exceptions_become_absences_with_reasons_of_ours(sample: Graph, lifted: tuple[Graph, Closure]) -> None:
    graph, _ = lifted
    exception = URIRef("https://rdf.gleif.org/sample/ReportingException/X-506700GE1G29325QX363-D")
    assert (exception, RDF.type, TOPCO.AbsenceStatement) in graph
    assert list(graph.objects(exception, TOPCO.absenceReason)) == [TOPCO.NO_KNOWN_PERSON]
    assert list(graph.objects(exception, TOPCO.absenceLevel)) == [TOPCO.DirectLevel]
    assert list(graph.objects(exception, TOPCO.subjectEntity)) == [DATA["L-506700GE1G29325QX363"]]


def test_owlrl_lifts_the_same(sample: Graph, lifted: tuple[Graph, Closure]) -> None:
    graph, _ = lifted
    reference = close_neighbourhood(sample)
    ontology = loaded_ontology()
    assert reference.contradictions == ()
    assert set(instance_triples(graph + sample, ontology)) == set(instance_triples(reference.graph, ontology))
