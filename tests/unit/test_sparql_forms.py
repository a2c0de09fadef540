"""Answers in every form, negotiated, whole or refused."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
import rdflib

from sparql_server import GRAPHS, RESOURCES, make_store, serving
from topco.query.run import evaluate
from topco.server.sparql.answering import answer
from topco.server.sparql.limits import Limits
from topco.server.sparql.media import GRAPHS as RDF_FORMS
from topco.server.sparql.media import RESULTS, chosen, prefers_a_page
from topco.server.sparql.refusals import Declined
from topco.store.graph import GraphView, open_graph
from topco.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.testclient import TestClient

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
NAMES = "SELECT * { ?z topco:name ?a } ORDER BY ?a"
TYPES = "CONSTRUCT { ?s a ?t } { GRAPH load:gleif-lei2-2025-03-01 { ?s a ?t } }"


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> GraphView:
    return open_graph(Store.open(make_store(tmp_path_factory.mktemp("forms") / "store")))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with serving(make_store(tmp_path_factory.mktemp("forms") / "store")) as (client, _):
        yield client


def ask(view: GraphView, text: str, accept: str | None = None, **limits: int) -> tuple[str, str]:
    request = {"text": text, "base": "http://h/sparql", "accept": accept, "default_graphs": None, "named_graphs": None}
    media_type, body = answer(view, request, Limits(**limits))  # type: ignore[arg-type]
    return media_type, body.decode()


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "application/sparql-results+json"),
        ("", "application/sparql-results+json"),
        ("nonsense", "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        ("text/csv", "text/csv"),
        ("TEXT/CSV;Q=1", "text/csv"),
        ("text/*", "text/xml"),
        ("text/*;q=0.3, text/csv;q=0.4, application/xml;q=0.1", "text/csv"),
        ("application/json;q=0.9, application/sparql-results+xml", "application/sparql-results+xml"),
        ("*/*;q=0.1, application/sparql-results+json;q=0", "application/json"),
        ("text/csv;q=oops, text/tab-separated-values;q=0.2", "text/tab-separated-values"),
        ("image/png", None),
        ("text/csv;q=0", None),
    ],
)
def test_the_accepted_form_is_chosen(accept: str | None, expected: str | None) -> None:
    found = chosen(accept, RESULTS)
    assert (found and found[0]) == expected


def test_a_browser_prefers_a_page_and_a_program_does_not() -> None:
    forms = (*RESULTS, *RDF_FORMS)
    assert prefers_a_page(BROWSER, forms)
    assert prefers_a_page("text/html, */*", forms)
    assert not prefers_a_page("text/turtle, text/html;q=0.5", forms)
    assert not prefers_a_page(None, forms)
    assert not prefers_a_page("*/*", forms)


def test_a_select_says_the_same_in_all_forms(view: GraphView) -> None:
    expected = [(RESOURCES[1], "A Holding"), (RESOURCES[2], "B Holding")]
    _, as_json = ask(view, NAMES)
    rows = json.loads(as_json)["results"]["bindings"]
    assert [(row["z"]["value"], row["a"]["value"]) for row in rows] == expected
    assert json.loads(as_json)["head"]["vars"] == ["z", "a"]
    media_type, as_csv = ask(view, NAMES, "text/csv")
    assert media_type == "text/csv; charset=utf-8"
    assert [tuple(row) for row in csv.reader(io.StringIO(as_csv))] == [("z", "a"), *expected]
    _, as_tsv = ask(view, NAMES, "text/tab-separated-values")
    assert as_tsv.splitlines() == ["?z\t?a", *(f'<{company}>\t"{name}"@en' for company, name in expected)]
    media_type, as_xml = ask(view, NAMES, "text/xml")
    assert media_type == "text/xml"
    results = [one for one in ElementTree.fromstring(as_xml).iter() if one.tag.endswith("}result")]
    assert [tuple("".join(cell.itertext()) for cell in row) for row in results] == expected


STARS = [NAMES, "SELECT ?a $z { ?z topco:name ?a }", "SELECT DISTINCT*{?z a ?a}", "SELECT * {}"]


@pytest.mark.parametrize("text", STARS)
def test_columns_and_rows_are_those_of_the_command(view: GraphView, text: str) -> None:
    command = evaluate(view, text)
    served = json.loads(ask(view, text)[1])
    assert tuple(served["head"]["vars"]) == command.columns
    plain = json.loads(json.dumps(command.sparql_json()))
    assert sorted(map(str, served["results"]["bindings"])) == sorted(map(str, plain["results"]["bindings"]))


def test_a_superseded_or_other_graph_answers_where_it_is_named(view: GraphView) -> None:
    text = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"
    command = {row["g"] for row in evaluate(view, text).plain_rows()}
    assert len(json.loads(ask(view, text)[1])["results"]["bindings"]) == len(command)
    assert json.loads(ask(view, f"ASK FROM <{GRAPHS[2]}> {{ <{RESOURCES[1]}> ?p ?o }}")[1])["boolean"] is False


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("text/turtle", "turtle"),
        ("application/n-triples", "nt"),
        ("application/ld+json", "json-ld"),
        ("application/rdf+xml", "xml"),
    ],
)
def test_a_graph_says_the_same_in_all_forms(view: GraphView, accept: str, form: str) -> None:
    """Read back by another library than the one that wrote it."""
    media_type, body = ask(view, TYPES, accept)
    assert media_type.partition(";")[0] == accept
    graph = rdflib.Graph().parse(data=body, format=form)
    expected = {(str(t.subject), str(t.object)) for t in evaluate(view, TYPES).triples}  # type: ignore[union-attr]
    found = {(f"<{subject}>", f"<{thing}>") for subject, _, thing in graph}
    assert len(found) > 1
    assert found == expected


def test_typed_and_foreign_literals_survive_json_ld(view: GraphView) -> None:
    text = 'CONSTRUCT { <s> <p> 1.50, "ä"@de, true, "2025-01-01"^^xsd:date, "a\\nb" } {}'
    _, body = ask(view, text, "application/ld+json")
    graph = rdflib.Graph().parse(data=body, format="json-ld")
    assert {thing.n3() for thing in graph.objects()} == {
        '"1.50"^^<http://www.w3.org/2001/XMLSchema#decimal>',
        '"ä"@de',
        '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>',
        '"2025-01-01"^^<http://www.w3.org/2001/XMLSchema#date>',
        '"""a\nb"""',
    }


def test_what_a_form_cannot_say_is_refused(view: GraphView) -> None:
    with pytest.raises(Declined, match="RDF/XML cannot say <http://x/1>") as refusal:
        ask(view, "CONSTRUCT { <s> <http://x/1> 1 } {}", "application/rdf+xml")
    assert refusal.value.status == 406
    with pytest.raises(Declined, match="XML cannot say") as refusal:
        ask(view, 'SELECT ("\\u0001" AS ?x) {}', "application/sparql-results+xml")
    assert refusal.value.status == 406
    assert json.loads(ask(view, 'SELECT ("\\u0001" AS ?x) {}')[1])["results"]["bindings"][0]["x"]["value"] == "\x01"


@pytest.mark.parametrize("form", RESULTS, ids=lambda form: form.name)
@pytest.mark.parametrize("value", ['"a\\r\\nb,{\\"c\\":1}},{<result>"', "?i", "UNDEF"])
def test_rows_are_counted_exactly(view: GraphView, form: object, value: str) -> None:
    """Ten rows pass a limit of ten and not one of nine, whatever stands in them."""
    bound = "" if value == "UNDEF" else f"BIND({value} AS ?x)"
    text = f"SELECT ?x {{ VALUES ?i {{ {' '.join(map(str, range(10)))} }} {bound} }}"
    accept = form.media_types[0]  # type: ignore[attr-defined]
    assert ask(view, text, accept, rows=10)[1]
    with pytest.raises(Declined, match="more than 9 rows") as refusal:
        ask(view, text, accept, rows=9)
    assert refusal.value.status == 422


def test_triples_and_bytes_are_counted_exactly(view: GraphView) -> None:
    text = "CONSTRUCT { ?i <p> ?i } { VALUES ?i { <a> <b> <c> } }"
    whole = ask(view, text, "application/n-triples", rows=3)[1]
    assert whole.count("\n") == 3
    with pytest.raises(Declined, match="more than 2 triples"):
        ask(view, text, rows=2)
    assert ask(view, text, "application/n-triples", answer_bytes=len(whole))[1] == whole
    with pytest.raises(Declined, match=f"more than {len(whole) - 1} bytes"):
        ask(view, text, "application/n-triples", answer_bytes=len(whole) - 1)
    with pytest.raises(Declined, match="more than 1,000 bytes") as refusal:
        ask(view, "SELECT * { ?s ?p ?o }", answer_bytes=1000)
    assert refusal.value.status == 422


def test_nothing_acceptable_is_said_with_what_there_is(client: TestClient) -> None:
    response = client.get("/sparql", params={"query": "ASK {}"}, headers={"Accept": "image/png"})
    assert response.status_code == 406
    assert "text/csv" in response.json()["remedy"]
    response = client.get("/sparql", params={"query": TYPES}, headers={"Accept": "text/csv"})
    assert response.status_code == 406
    assert "text/turtle" in response.json()["remedy"]


def test_a_browser_is_led_to_the_page(client: TestClient) -> None:
    response = client.get("/sparql", params={"query": 'ASK { ?s ?p "é&=" }'}, headers={"Accept": BROWSER})
    assert response.status_code == 303
    assert response.headers["location"] == "/query?query=ASK%20%7B%20%3Fs%20%3Fp%20%22%C3%A9%26%3D%22%20%7D"
    assert client.get("/sparql", headers={"Accept": BROWSER}).headers["location"] == "/query"
    posted = client.post("/sparql", data={"query": "ASK {}"}, headers={"Accept": BROWSER})
    assert posted.headers["content-type"] == "application/xml"


def test_the_answer_says_what_it_rests_on(client: TestClient, view: GraphView) -> None:
    headers = client.get("/sparql", params={"query": "ASK {}"}).headers
    assert headers["x-topco-generation"] == "1"
    assert len(headers["x-topco-evidence"]) == 16
    assert "x-topco-behind" not in headers
    marks = list(view.database.quads_for_pattern(None, ox.NamedNode("https://w3id.org/topco/asOf"), None, None))
    assert headers["x-topco-as-of"] == marks[0].object.value
