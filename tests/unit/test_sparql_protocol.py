"""The W3C's tests of the SPARQL 1.1 Protocol for queries, by their names.

The tests ask graphs called data1.rdf to data3.rdf, which hold a typed resource each; here the graphs of three loads
play them (`sparql_server.GRAPHS`), and records in them the resources. The address is `/sparql`, without a slash.
Nothing is updated here: each `bad_update_…` is refused as it should be, and so is every update that would be good.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest

from sparql_server import GRAPHS, RESOURCES, make_store, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from httpx import Response
    from starlette.testclient import TestClient

DIRECT = {"Content-Type": "application/sparql-query"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
RESULTS = ("application/sparql-results+xml", "application/sparql-results+json")
TABLES = (*RESULTS, "text/tab-separated-values", "text/csv")
RDF = ("application/rdf+xml", "application/rdf+json", "text/turtle")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with serving(make_store(tmp_path_factory.mktemp("protocol") / "store")) as (client, _):
        yield client


def media_type(response: Response) -> str:
    return response.headers["content-type"].partition(";")[0]


def says_true(response: Response) -> None:
    assert response.status_code == 200, response.text
    assert media_type(response) in RESULTS
    if media_type(response) == RESULTS[0]:
        assert ElementTree.fromstring(response.text).findtext("{*}boolean") == "true"
    else:
        assert response.json()["boolean"] is True


def is_refused(response: Response, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert media_type(response) == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert problem["status"] == status
    assert problem["detail"]
    return problem


def both(*numbers: int) -> str:
    """A query that is true where all these resources are typed."""
    return "ASK { " + " . ".join(f"<{RESOURCES[number]}> a ?type{number}" for number in numbers) + " }"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_bad_query_method(client: TestClient, method: str) -> None:
    response = client.request(method, "/sparql", params={"query": "ASK {}"})
    is_refused(response, 405)
    assert response.headers["allow"] == "GET, HEAD, POST, OPTIONS"


def test_bad_multiple_queries(client: TestClient) -> None:
    is_refused(client.get("/sparql", params=[("query", "ASK {}"), ("query", "SELECT * {}")]), 400)
    is_refused(client.post("/sparql", content=b"query=ASK%20%7B%7D&query=SELECT%20%2A%20%7B%7D", headers=FORM), 400)
    is_refused(client.post("/sparql?query=ASK%20%7B%7D", content=b"ASK {}", headers=DIRECT), 400)


def test_bad_query_wrong_media_type(client: TestClient) -> None:
    problem = is_refused(client.post("/sparql", content=b"ASK {}", headers={"Content-Type": "text/plain"}), 415)
    assert "application/sparql-query" in problem["remedy"]


def test_bad_query_missing_form_type(client: TestClient) -> None:
    is_refused(client.post("/sparql", content=b"query=ASK%20%7B%7D"), 415)


def test_bad_query_missing_direct_type(client: TestClient) -> None:
    is_refused(client.post("/sparql", content=b"ASK {}"), 415)


def test_bad_query_non_utf8(client: TestClient) -> None:
    announced = {"Content-Type": "application/sparql-query; charset=UTF-16"}
    is_refused(client.post("/sparql", content="ASK {}".encode("utf-16"), headers=announced), 415)
    is_refused(client.post("/sparql", content="ASK {}".encode("utf-16"), headers=DIRECT), 400)


def test_bad_query_syntax(client: TestClient) -> None:
    problem = is_refused(client.get("/sparql", params={"query": "ASK {"}), 400)
    assert problem["where"] == "line 1, column 6"


def test_query_get(client: TestClient) -> None:
    says_true(client.get("/sparql", params={"query": "ASK {}"}))


def test_query_post_form(client: TestClient) -> None:
    says_true(client.post("/sparql", content=b"query=ASK%20%7B%7D", headers=FORM))


def test_query_post_direct(client: TestClient) -> None:
    says_true(client.post("/sparql", content=b"ASK {}", headers=DIRECT))


def test_query_dataset_default_graph(client: TestClient) -> None:
    parameters = [("default-graph-uri", GRAPHS[1])]
    says_true(client.post("/sparql", params=parameters, content=both(1), headers=DIRECT))
    assert client.post("/sparql", params=parameters, content=both(2), headers=DIRECT).json()["boolean"] is False


@pytest.mark.parametrize("way", ["get", "post", "form"])
def test_query_dataset_default_graphs(client: TestClient, way: str) -> None:
    graphs = [("default-graph-uri", GRAPHS[1]), ("default-graph-uri", GRAPHS[2])]
    says_true(send(client, way, both(1, 2), graphs))
    assert send(client, way, both(1, 2), graphs[:1]).json()["boolean"] is False


@pytest.mark.parametrize("way", ["get", "post", "form"])
def test_query_dataset_named_graphs(client: TestClient, way: str) -> None:
    graphs = [("named-graph-uri", GRAPHS[1]), ("named-graph-uri", GRAPHS[2])]
    query = f"ASK {{ GRAPH ?g1 {{ <{RESOURCES[1]}> a ?x }} GRAPH ?g2 {{ <{RESOURCES[2]}> a ?y }} }}"
    says_true(send(client, way, query, graphs))
    assert send(client, way, query, graphs[:1]).json()["boolean"] is False
    # The default graph of a dataset of named graphs alone is empty.
    assert send(client, way, "ASK { ?s ?p ?o }", graphs).json()["boolean"] is False


def test_query_dataset_full(client: TestClient) -> None:
    graphs = [("default-graph-uri", GRAPHS[3]), ("named-graph-uri", GRAPHS[1]), ("named-graph-uri", GRAPHS[2])]
    one, two, three = (RESOURCES[number] for number in (1, 2, 3))
    query = f"ASK {{ <{three}> a ?t GRAPH ?g1 {{ <{one}> a ?x }} GRAPH ?g2 {{ <{two}> a ?y }} }}"
    says_true(send(client, "post", query, graphs))
    found = send(client, "post", "SELECT DISTINCT ?g { ?x ?y ?o GRAPH ?g { ?s ?p ?z } }", graphs)
    assert {row["g"]["value"] for row in found.json()["results"]["bindings"]} == {GRAPHS[1], GRAPHS[2]}


def test_query_multiple_dataset(client: TestClient) -> None:
    """The protocol's dataset counts, not the one of FROM."""
    one, two = both(1).replace("ASK", f"ASK FROM <{GRAPHS[1]}>"), both(2).replace("ASK", f"ASK FROM <{GRAPHS[1]}>")
    says_true(send(client, "post", two, [("default-graph-uri", GRAPHS[2])]))
    assert send(client, "post", one, [("default-graph-uri", GRAPHS[2])]).json()["boolean"] is False
    named = f"ASK FROM <{GRAPHS[3]}> {{ GRAPH ?g1 {{ <{RESOURCES[1]}> a ?x }} }}"
    says_true(send(client, "post", named, [("named-graph-uri", GRAPHS[1])]))
    assert send(client, "post", named, []).json()["boolean"] is False


@pytest.mark.parametrize(
    ("name", "query", "expected"),
    [
        ("select", "SELECT (1 AS ?value) {}", TABLES),
        ("ask", "ASK {}", RESULTS),
        ("describe", "DESCRIBE <http://example.org/>", RDF),
        ("construct", "CONSTRUCT { <s> <p> 1 } WHERE {}", RDF),
    ],
)
def test_query_content_type(client: TestClient, name: str, query: str, expected: tuple[str, ...]) -> None:
    response = client.post("/sparql", content=query, headers=DIRECT)
    assert response.status_code == 200
    assert media_type(response) in expected, name
    assert "Accept" in response.headers["vary"]


UPDATES = {
    "bad_update_get": ("GET", "?update=CLEAR%20ALL", b"", None, 400),
    "bad_multiple_updates": ("POST", "", b"update=CLEAR%20NAMED&update=CLEAR%20DEFAULT", FORM, 400),
    "bad_update_wrong_media_type": ("POST", "", b"CLEAR NAMED", {"Content-Type": "text/plain"}, 415),
    "bad_update_missing_form_type": ("POST", "", b"update=CLEAR%20NAMED", None, 415),
    "bad_update_non_utf8": (
        "POST",
        "",
        "CLEAR NAMED".encode("utf-16"),
        {"Content-Type": "application/sparql-update; charset=UTF-16"},
        415,
    ),
    "bad_update_syntax": ("POST", "", b"update=CLEAR%20XYZ", FORM, 400),
    "bad_update_dataset_conflict": (
        "POST",
        "",
        b"using-named-graph-uri=http%3A%2F%2Fexample%2Fpeople&update=WITH%20%3Chttp%3A%2F%2Fe%2F%3E%20DELETE%20%7B%7D",
        FORM,
        400,
    ),
    "update_post_form": ("POST", "", b"update=CLEAR%20ALL", FORM, 400),
    "update_post_direct": ("POST", "", b"CLEAR ALL", {"Content-Type": "application/sparql-update"}, 415),
    "update sent as a query": ("POST", "", b"CLEAR ALL", DIRECT, 400),
    "update beside a query": ("POST", "", b"query=ASK%20%7B%7D&update=CLEAR%20ALL", FORM, 400),
}


@pytest.mark.parametrize("name", UPDATES)
def test_updates_are_refused(client: TestClient, name: str) -> None:
    method, query, body, headers, status = UPDATES[name]
    is_refused(client.request(method, f"/sparql{query}", content=body, headers=headers), status)


def test_nothing_was_updated(client: TestClient) -> None:
    says_true(client.get("/sparql", params={"query": both(1, 2, 3)}))


def test_a_query_is_missing(client: TestClient) -> None:
    is_refused(client.post("/sparql", content=b"", headers=FORM), 400)
    is_refused(client.post("/sparql", content=b"", headers=DIRECT), 400)
    is_refused(client.get("/sparql", params={"query": ""}), 400)


@pytest.mark.parametrize("graph", ["http://127.0.0.1:1/x.ttl", "file:///etc/passwd", "not an iri", ""])
@pytest.mark.parametrize("name", ["default-graph-uri", "named-graph-uri"])
def test_graphs_from_elsewhere_are_not_fetched(client: TestClient, name: str, graph: str) -> None:
    problem = is_refused(client.get("/sparql", params={"query": "ASK {}", name: graph}), 400)
    assert "nothing is fetched" in problem["detail"]


def test_from_elsewhere_is_not_fetched(client: TestClient) -> None:
    query = "ASK FROM <http://127.0.0.1:1/x.ttl> {}"
    assert "nothing is fetched" in is_refused(client.get("/sparql", params={"query": query}), 400)["detail"]
    overridden = {"query": query, "default-graph-uri": GRAPHS[1]}
    is_refused(client.get("/sparql", params=overridden), 400)


def test_head_and_options(client: TestClient) -> None:
    head = client.head("/sparql", params={"query": "ASK {}"})
    assert head.status_code == 200
    assert media_type(head) == "application/sparql-results+json"
    options = client.options("/sparql", headers={"Origin": "https://elsewhere.example"})
    assert options.status_code == 204
    assert options.headers["allow"] == "GET, HEAD, POST, OPTIONS"
    assert not [name for name in options.headers if name.startswith("access-control")]


def send(client: TestClient, way: str, query: str, graphs: list[tuple[str, str]]) -> Response:
    """A query with a dataset: in the address, in the address beside a direct body, or all in a form."""
    if way == "get":
        return client.get("/sparql", params=[("query", query), *graphs])
    if way == "post":
        return client.post("/sparql", params=graphs, content=query, headers=DIRECT)
    fields: dict[str, Any] = {"query": query}
    for name, value in graphs:
        fields.setdefault(name, []).append(value)
    return client.post("/sparql", data=fields)
