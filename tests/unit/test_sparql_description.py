"""What the service says of itself: service description, VoID, examples; read by another RDF library."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import rdflib
from rdflib.namespace import DCTERMS, RDF, RDFS, SH, VOID
from rdflib.term import Node

from sparql_server import GRAPHS, make_store, serving
from topco.query.library import library
from topco.server.sparql.description import VOCABULARIES
from topco.server.sparql.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.testclient import TestClient

SD = rdflib.Namespace(VOCABULARIES["sd"])
ENDPOINT = rdflib.URIRef("http://testserver/sparql")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with serving(make_store(tmp_path_factory.mktemp("described") / "store"), seconds=30) as (client, _):
        yield client


@pytest.fixture(scope="module")
def description(client: TestClient) -> rdflib.Graph:
    response = client.get("/sparql")
    assert response.headers["content-type"] == "text/turtle; charset=utf-8"
    return rdflib.Graph().parse(data=response.text, format="turtle")


def one(graph: rdflib.Graph, subject: Node | None, predicate: Node) -> Node:
    found = graph.value(subject, predicate, any=False)
    assert found is not None, (subject, predicate)
    return found


def test_the_service_names_its_endpoint_and_what_it_can_do(description: rdflib.Graph) -> None:
    """The W3C's tests of service descriptions: returns-rdf, has-endpoint-triple, conforms-to-schema."""
    service = description.value(predicate=RDF.type, object=SD.Service, any=False)
    assert one(description, service, SD.endpoint) == ENDPOINT
    assert one(description, service, SD.supportedLanguage) == SD.SPARQL11Query
    assert set(description.objects(service, SD.feature)) == {SD.UnionDefaultGraph}
    assert len(set(description.objects(service, SD.resultFormat))) == 8
    dataset = one(description, service, SD.defaultDataset)
    assert (dataset, RDF.type, SD.Dataset) in description
    assert (one(description, dataset, SD.defaultGraph), RDF.type, SD.Graph) in description
    for named in description.objects(dataset, SD.namedGraph):
        assert (named, RDF.type, SD.NamedGraph) in description
        assert (one(description, named, SD.graph), RDF.type, SD.Graph) in description


@pytest.mark.parametrize(
    ("accept", "form"),
    [("application/ld+json", "json-ld"), ("application/rdf+xml", "xml"), ("application/n-triples", "nt")],
)
def test_it_is_the_same_in_every_form(client: TestClient, description: rdflib.Graph, accept: str, form: str) -> None:
    response = client.get("/sparql", headers={"Accept": accept})
    found = rdflib.Graph().parse(data=response.text, format=form)
    assert len(description) > 300
    assert set(found) == set(description)


def test_void_is_where_clients_look_for_it(client: TestClient, description: rdflib.Graph) -> None:
    response = client.get("/.well-known/void")
    assert set(rdflib.Graph().parse(data=response.text, format="turtle")) == set(description)
    document = description.value(predicate=RDF.type, object=VOID.DatasetDescription, any=False)
    dataset = one(description, document, rdflib.FOAF.primaryTopic)
    assert one(description, dataset, VOID.sparqlEndpoint) == ENDPOINT
    assert rdflib.URIRef("https://w3id.org/topco/") in set(description.objects(dataset, VOID.vocabulary))
    assert client.get("/.well-known/void", headers={"Accept": "image/png"}).status_code == 406


def test_graphs_are_counted_as_queries_count_them(client: TestClient, description: rdflib.Graph) -> None:
    names = {str(one(description, named, SD.name)): named for named in description.subjects(SD.name)}
    assert set(GRAPHS.values()) < set(names)
    for name, named in names.items():
        query = f"SELECT (COUNT(*) AS ?n) (COUNT(DISTINCT ?p) AS ?m) {{ GRAPH <{name}> {{ ?s ?p ?o }} }}"
        row = client.get("/sparql", params={"query": query}).json()["results"]["bindings"][0]
        graph = one(description, named, SD.graph)
        assert int(row["n"]["value"]) == one(description, graph, VOID.triples).toPython()  # type: ignore[attr-defined]
        assert int(row["m"]["value"]) == one(description, graph, VOID.properties).toPython()  # type: ignore[attr-defined]
        assert int(row["n"]["value"]) > 0


def test_loads_have_publisher_vintage_and_licence(description: rdflib.Graph) -> None:
    named = description.value(predicate=SD.name, object=rdflib.URIRef(GRAPHS[1]), any=False)
    graph = one(description, named, SD.graph)
    assert str(one(description, graph, DCTERMS.creator)) == "GLEIF"
    assert str(one(description, graph, DCTERMS.issued)) == "2025-03-01"
    assert str(one(description, graph, DCTERMS.rights)) == "CC0-1.0"
    assert str(one(description, graph, DCTERMS.license)).startswith("https://creativecommons.org/publicdomain/zero/")


def test_every_library_query_about_the_store_is_an_example_that_runs(
    client: TestClient, description: rdflib.Graph
) -> None:
    found = set(description.subjects(RDF.type, SH.SPARQLExecutable))
    assert len(found) == len([name for name in library() if not name.startswith("proof-")]) > 20
    answered = 0
    for example in found:
        assert (example, RDF.type, SH.SPARQLSelectExecutable) in description
        assert str(one(description, example, RDFS.label))
        assert str(one(description, example, RDFS.comment))
        response = client.get("/sparql", params={"query": str(one(description, example, SH.select))})
        assert response.status_code == 200, example
        answered += bool(response.json()["results"]["bindings"])
    assert answered > 5


def test_prefixes_are_declared_as_shacl_does(description: rdflib.Graph) -> None:
    prefixes = {
        one(description, example, SH.prefixes) for example in description.subjects(RDF.type, SH.SPARQLExecutable)
    }
    declared = {
        str(one(description, declaration, SH.prefix)): str(one(description, declaration, SH.namespace))
        for node in prefixes
        for declaration in description.objects(node, SH.declare)
    }
    assert declared["topco"] == "https://w3id.org/topco/"
    assert declared["xsd"] == "http://www.w3.org/2001/XMLSchema#"


def test_without_a_store_there_is_a_description_as_well(tmp_path_factory: pytest.TempPathFactory) -> None:
    with serving(tmp_path_factory.mktemp("nothing") / "store") as (client, _):
        graph = rdflib.Graph().parse(data=client.get("/sparql").text, format="turtle")
    assert len(set(graph.subjects(RDF.type, SD.NamedGraph))) == 3


def test_a_store_too_large_to_count_is_described_without_counts(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Counting that is past its time is given up, and the description says so."""
    with serving(make_store(tmp_path_factory.mktemp("large") / "store"), seconds=20) as (client, workers):
        client.get("/sparql", params={"query": "ASK {}"})
        asked = workers.ask
        questions = []

        async def slow(request: dict[str, object]) -> object:
            questions.append(request)
            if request["counts"]:
                cross = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
                nothing = {"default_graphs": None, "named_graphs": None}
                return await asked({"operation": "query", "text": cross, "base": "x:y", "accept": None, **nothing})
            return await asked(request)

        monkeypatch.setattr(workers, "ask", slow)
        for process in workers._alive:
            monkeypatch.setattr(process, "_limits", Limits(seconds=1))
        graph = rdflib.Graph().parse(data=client.get("/sparql").text, format="turtle")
    assert [question["counts"] for question in questions] == [True, False]
    assert not list(graph.objects(None, VOID.triples))
    assert any("not counted" in str(comment) for comment in graph.objects(None, RDFS.comment))
    assert len(set(graph.subjects(RDF.type, SD.NamedGraph))) > 3
