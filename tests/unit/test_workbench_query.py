"""The page for SPARQL: what is asked is a link, what comes back is shown as text, nothing is changed or fetched."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pyoxigraph as ox
import pytest
from fastapi.testclient import TestClient
from html_pages import HTML, SVG, parsed, tables, text_of

from served_sample import GERMAN, client
from topco.application.completions import completions
from topco.namespaces import PREFIXES
from topco.query.library import library
from topco.server.workbench.query import FIRST, LONGEST, editor_folder
from topco.server.workbench.query_answer import MOST_ROWS, of_results, of_triples

IRI = "https://w3id.org/topco/id/LEI/391200PKEUF3Y2NUMW25"


@pytest.fixture(scope="module")
def reader(sample: Path) -> Iterator[TestClient]:
    with client(sample) as running:
        yield running


def address(text: str) -> str:
    return f"/query?{urlencode({'query': text})}"


def rows(page: str) -> list[list[str]]:
    ((_, found),) = tables(parsed(page)).items()
    return list(found[1:])


def test_the_page_offers_a_query_and_the_whole_library(reader: TestClient) -> None:
    tree = parsed(reader.get("/query").text)
    (field,) = list(tree.iter(f"{HTML}textarea"))
    assert (field.text or "").strip() == FIRST
    assert field.get("name") == "query"
    names = {one.get("value") for one in tree.iter(f"{HTML}input") if one.get("name") == "name"}
    assert names == set(library())
    shown = text_of(tree)
    assert all(" ".join(one.title.split()) in shown for one in library().values())


def test_a_select_is_a_table_whose_entities_are_links(reader: TestClient) -> None:
    page = reader.get(
        address(f"SELECT ?c ?n ?p {{ VALUES ?c {{ <{IRI}> }} ?c topco:name ?n ; topco:headquarteredIn ?p }}")
    )
    assert page.status_code == 200
    assert rows(page.text) == [[GERMAN, "Rosneft Deutschland GmbH", "Germany (DE)"]]
    links = [one.get("href") or "" for one in parsed(page.text).iter(f"{HTML}a")]
    assert f"/entity/{GERMAN}" in links
    described = [one for one in links if one.startswith("/query?query=DESCRIBE")]
    assert dict(parse_qsl(urlsplit(described[0]).query))["query"] == "DESCRIBE <https://w3id.org/topco/country/DE>"


def test_an_ask_is_a_word(reader: TestClient) -> None:
    assert "Yes" in text_of(parsed(reader.get(address("ASK { ?s topco:name ?n }")).text))
    assert "(false)" in text_of(parsed(reader.get(address("ASK { ?s topco:name 5 }")).text))


def test_a_small_graph_is_drawn_and_a_large_one_says_why_not(reader: TestClient) -> None:
    page = reader.get(address(f"DESCRIBE <{IRI}>"))
    tree = parsed(page.text)
    (picture,) = list(tree.iter(f"{SVG}svg"))
    assert "Rosneft Deutschland GmbH" in text_of(picture)
    assert "hasDirectParent" in text_of(picture)
    assert [GERMAN, "name", "Rosneft Deutschland GmbH"] in rows(page.text)
    large = reader.get(address("CONSTRUCT { ?s topco:name ?n } WHERE { ?s topco:name ?n }"))
    assert not list(parsed(large.text).iter(f"{SVG}svg"))
    assert "too many for a picture" in large.text


def test_library_queries_have_forms_and_answer_by_link(reader: TestClient) -> None:
    page = reader.get("/query?name=direct-children")
    assert page.status_code == 200
    assert "needs a value" in text_of(parsed(page.text))
    parent = reader.get(address(f"SELECT ?p {{ <{IRI}> topco:hasDirectParent ?p }}"))
    ((top,),) = rows(parent.text)
    answered = reader.get("/query", params={"name": "direct-children", "param.entity": top, "param.on": "2025-06-01"})
    assert answered.status_code == 200
    assert GERMAN in {row[0] for row in rows(answered.text)}


def test_every_library_query_that_needs_no_value_answers(reader: TestClient) -> None:
    asked = 0
    for name, one in library().items():
        if all(parameter.default != "required" for parameter in one.parameters):
            page = reader.get(f"/query?name={name}")
            assert page.status_code == 200, name
            parsed(page.text)
            asked += 1
    assert asked > 15


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SELECT {", "not valid SPARQL"),
        ("SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }", "another server"),
        ("LOAD <http://example.org/>", "change the store"),
        ("DELETE WHERE { ?s ?p ?o }", "change the store"),
        ("SELECT * FROM <http://example.org/> { ?s ?p ?o }", "no graph of this store"),
        ("nonsense", "no library query"),
        ("SELECT * { ?s ?p '<script>alert(1)</script>", "unexpected character"),
    ],
)
def test_what_is_refused_is_said_on_the_page(reader: TestClient, text: str, said: str) -> None:
    page = reader.get(address(text))
    assert page.status_code in (400, 422)
    tree = parsed(page.text)
    (error,) = [one for one in tree.iter(f"{HTML}div") if one.get("class") == "error"]
    assert said in text_of(error)
    (field,) = list(tree.iter(f"{HTML}textarea"))
    assert (field.text or "").strip() == text
    assert "<script>alert" not in page.text


def test_unknown_names_and_huge_links_are_refused(reader: TestClient) -> None:
    assert reader.get("/query?name=no-such-query").status_code == 404
    assert reader.get("/query?name=direct-children&param.entity=LEI:A&param.nothing=1").status_code == 400
    assert reader.get(f"/query?query={'x' * (LONGEST + 1)}").status_code == 414
    assert reader.get("/query/download?form=PDF&query=ASK{}").status_code == 400


def test_scripts_in_answers_are_text(reader: TestClient) -> None:
    evil = "<script>alert(1)</script>"
    page = reader.get(address(f'SELECT ("{evil}" AS ?x) (<http://x.example/?a="> AS ?y) {{}}'))
    if page.status_code != 200:  # an IRI that the engine does not take
        page = reader.get(address(f'SELECT ("{evil}" AS ?x) {{}}'))
    assert evil not in page.text
    assert rows(page.text)[0][0] == evil
    drawn = reader.get(
        address(f'CONSTRUCT {{ <http://x.example/{"a" * 5}> rdfs:label "{evil}" ; topco:name "&<b>" }} {{}}')
    )
    assert drawn.status_code == 200
    assert evil not in drawn.text
    assert len(list(parsed(drawn.text).iter(f"{SVG}svg"))) == 1


@pytest.mark.parametrize("form", ["JSON", "XML", "CSV", "TSV"])
def test_results_come_as_files(reader: TestClient, form: str) -> None:
    query = f"SELECT ?n {{ <{IRI}> topco:name ?n }}"
    answer = reader.get("/query/download", params={"form": form, "query": query})
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith('attachment; filename="answer.')
    assert "Rosneft Deutschland GmbH" in answer.text


@pytest.mark.parametrize("form", ["TURTLE", "N_TRIPLES", "JSON_LD", "RDF_XML"])
def test_graphs_come_as_files(reader: TestClient, form: str) -> None:
    answer = reader.get("/query/download", params={"form": form, "query": f"DESCRIBE <{IRI}>"})
    assert answer.status_code == 200
    kinds = {"TURTLE": "TURTLE", "N_TRIPLES": "N_TRIPLES", "JSON_LD": "JSON_LD", "RDF_XML": "RDF_XML"}
    found = list(ox.parse(answer.content, format=getattr(ox.RdfFormat, kinds[form])))
    assert any(one.subject == ox.NamedNode(IRI) for one in found)
    wrong = reader.get("/query/download", params={"form": "CSV", "query": f"DESCRIBE <{IRI}>"})
    assert wrong.status_code == 406


def test_a_table_file_holds_no_formula(reader: TestClient) -> None:
    query = 'SELECT ("=1+1" AS ?x) ("-5" AS ?y) {}'
    answer = reader.get("/query/download", params={"form": "CSV", "query": query})
    (row,) = list(csv.DictReader(io.StringIO(answer.text)))
    assert row["x"].startswith("'=")
    assert row["y"] == "-5"


def test_a_page_shows_so_many_rows_and_says_so() -> None:
    bindings = [{"x": {"type": "literal", "value": str(n)}} for n in range(MOST_ROWS + 1)]
    shown = of_results(json.dumps({"head": {"vars": ["x"]}, "results": {"bindings": bindings}}).encode())
    assert (len(shown.rows), shown.count) == (MOST_ROWS, MOST_ROWS + 1)
    empty = of_triples(b"")
    assert (empty.count, empty.picture) == (0, None)


def test_terms_of_every_kind_are_shown() -> None:
    body = b'<http://a/b> <http://p/q> _:n1 .\n_:n1 <http://p/q> "x"@de .\n<http://a/b> <http://p/q> "5" .\n'
    shown = of_triples(body)
    assert shown.nodes == 2
    assert shown.picture is not None
    quoted = {
        "type": "triple",
        "value": {k: {"type": "uri", "value": "http://a/b"} for k in ("subject", "predicate", "object")},
    }
    one = {
        "head": {"vars": ["a", "b"]},
        "results": {"bindings": [{"a": quoted}, {"b": {"type": "bnode", "value": "x"}}]},
    }
    assert of_results(json.dumps(one).encode()).rows[0][0].text == "http://a/b http://a/b http://a/b"


def test_completion_knows_the_vocabulary_and_the_prefixes(reader: TestClient) -> None:
    words = reader.get("/query/completions.json").json()
    assert words == [dict(one) for one in completions()]
    by_label = {one["label"]: one for one in words}
    assert len(by_label) == len(words)
    assert by_label["topco:hasDirectParent"]["type"] == "property"
    assert by_label["topco:LegalEntity"]["type"] == "class"
    assert by_label["topco:LegalEntity"]["info"]
    assert {f"{name}:" for name in PREFIXES} <= set(by_label)
    assert "group:D5" in by_label


def test_the_editor_comes_from_the_installed_package_and_nothing_else_does(reader: TestClient) -> None:
    folder = editor_folder()
    assert folder is not None
    answer = reader.get("/query/editor/index.js")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "unsafe-eval" not in answer.headers["content-security-policy"]
    for name in ("..%2Findex.js", "%2e%2e/%2e%2e/nicegui.py", "index.js.map", "none.js", "a/b.js", "index.js%00"):
        assert reader.get(f"/query/editor/{name}").status_code == 404, name


def test_without_the_editor_the_page_is_a_plain_form(reader: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from topco.server.workbench import query

    monkeypatch.setattr(query, "editor_folder", lambda: None)
    page = reader.get("/query").text
    assert "/static/query.js" not in page
    assert "data-editor" not in page.replace("data-editor-hint", "")
    assert reader.get("/query/editor/index.js").status_code == 404


def test_every_state_parses_strictly(reader: TestClient) -> None:
    for link in ("/query", "/query?name=loads", address(f"DESCRIBE <{IRI}>"), address("SELECT {")):
        tree = parsed(reader.get(link).text)
        assert len(list(tree.iter(f"{HTML}h1"))) == 1
        ids = [one.get("id") for one in tree.iter() if one.get("id")]
        assert len(ids) == len(set(ids))


def test_programs_and_pages_see_the_same(reader: TestClient) -> None:
    text = f"SELECT ?n {{ <{IRI}> topco:name ?n }}"
    direct = reader.get("/sparql", params={"query": text}, headers={"Accept": "application/sparql-results+json"}).json()
    assert [[row["n"]["value"]] for row in direct["results"]["bindings"]] == rows(reader.get(address(text)).text)
    sent = reader.get("/sparql", params={"query": text}, headers={"Accept": "text/html"}, follow_redirects=False)
    assert sent.status_code == 303
    assert dict(parse_qsl(urlsplit(sent.headers["location"]).query))["query"] == text


def test_store_is_left_alone(reader: TestClient, tmp_path: Path) -> None:
    assert reader.post("/query", data={"query": "ASK {}"}).status_code == 405
