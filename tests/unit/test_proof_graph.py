"""Proofs as graphs in PROV-O, as pictures and as a page; the library queries over them, on both engines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
import rdflib
from commands import Run
from lxml import html

import answers_with_proofs as answers
from topco.errors import ANSWERED, BAD_INPUT
from topco.explain.drawing import mermaid, svg
from topco.explain.proof import ProofNode, read_proof
from topco.explain.prov import PROV, graph_of, quads, trig
from topco.explain.statements import form, templates
from topco.namespaces import PREFIXES, term
from topco.query.library import library
from topco.query.parameters import bind
from topco.query.run import evaluate
from topco.reports.proof_page import proof_page
from topco.store.graph import knowledge_view
from topco.store.proofs import add_proofs, identifier_of, record_iris
from topco.store.quads import record_iri

DENIAL = "LEI:391200PKEUF3Y2NUMW25"


@pytest.fixture(scope="module")
def every(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    first, _ = answers.stores(tmp_path_factory.mktemp("proofs"))
    return [*answers.answers(first, (DENIAL, "X:target", "LEI:254900EJYXXBBKDJT620")), *answers.balances(first)]


@pytest.fixture(scope="module")
def denial(every: list[dict[str, Any]]) -> dict[str, Any]:
    return next(one for one in every if one.get("case") == DENIAL)


def nodes_of(answer: dict[str, Any]) -> list[ProofNode]:
    return read_proof(answer["proof"], "test")


def test_a_graph_says_what_the_proof_says(every: list[dict[str, Any]]) -> None:
    for answer in every:
        nodes = nodes_of(answer)
        graph = graph_of(identifier_of(answer))
        found = list(quads(identifier_of(answer), nodes, record_iris(nodes)))
        assert {quad.graph_name for quad in found} == {graph}
        dataset = ox.Store()
        dataset.bulk_extend(ox.parse(trig(found), format=ox.RdfFormat.TRIG))
        assert set(dataset) == set(found), "TriG gives back every quad"
        for node in nodes:
            about = ox.NamedNode(f"{graph.value}#{node.id}")
            rests = {one.object for one in dataset.quads_for_pattern(about, ox.NamedNode(term("restsOn")), None)}
            assert rests == {ox.NamedNode(f"{graph.value}#{premise}") for premise in node.premises}
            (text,) = dataset.quads_for_pattern(about, ox.NamedNode(term("statementText")), None)
            assert text.object == ox.Literal(node.text)
            (of_form,) = dataset.quads_for_pattern(about, ox.NamedNode(term("hasForm")), None)
            assert of_form.object.value == form(node.predicate or "")  # type: ignore[union-attr]


def test_leaves_of_registers_name_the_record_of_the_evidence_graph(denial: dict[str, Any]) -> None:
    found = list(quads(denial["id"], nodes_of(denial), record_iris(nodes_of(denial))))
    sources = {quad.object.value for quad in found if quad.predicate.value == f"{PROV}hadPrimarySource"}  # type: ignore[union-attr]
    assert record_iri("gleif/lei2/253400JT3MQWNDKMJE44") in sources


def test_a_form_for_every_predicate_and_a_template_for_every_form(every: list[dict[str, Any]]) -> None:
    used = {node.predicate for answer in every for node in nodes_of(answer)}
    assert used <= set(templates())
    assert all(form(predicate) for predicate in templates())
    assert form("nothing") is None


def rows_on_both_engines(every: list[dict[str, Any]], name: str, given: list[tuple[str, str]]) -> list[dict[str, Any]]:
    query = library()[name]
    bindings = bind(given, query.parameters, closed=True)
    view = knowledge_view()
    asked = view.beside(add_proofs(view.database, every, "test"))
    rows = list(evaluate(asked, query.text, bindings).plain_rows())
    twin = rdflib.Dataset(default_union=True)
    for answer in every:
        nodes = nodes_of(answer)
        twin.parse(data=trig(quads(identifier_of(answer), nodes, record_iris(nodes))), format="trig")
    init = {
        variable: rdflib.URIRef(terms[0].value)
        if isinstance(terms[0], ox.NamedNode)
        else rdflib.Literal(terms[0].value)
        for variable, terms in bindings.items()
    }
    again = twin.query(query.text, initNs=PREFIXES, initBindings=init)
    assert len(list(again)) == len(rows), name
    return rows


def test_what_each_proof_concludes(every: list[dict[str, Any]]) -> None:
    rows = rows_on_both_engines(every, "proof-conclusions", [])
    assert sorted(row["conclusion"] for row in rows) == sorted(nodes_of(answer)[0].text for answer in every)
    assert sorted(row["statements"] for row in rows) == sorted(len(answer["proof"]["nodes"]) for answer in every)


def test_rows_provisions_and_open_points(denial: dict[str, Any]) -> None:
    rows = rows_on_both_engines([denial], "proof-rows", [])
    assert {(row["file"], row["row"]) for row in rows} == {
        (node["source"]["file"], node["source"]["row"]) for node in denial["proof"]["nodes"] if "source" in node
    }
    cites = {row["citation"]: row["statements"] for row in rows_on_both_engines([denial], "proof-provisions", [])}
    assert cites["742.6(a)(6)(iii)(A)"] == 1
    said = {row["says"] for row in rows_on_both_engines([denial], "proof-open-points", [])}
    assert said == {node["text"] for node in denial["proof"]["nodes"] if node["kind"] in ("absent", "assumed")}


def test_the_path_from_a_record_and_statements_of_a_form(denial: dict[str, Any]) -> None:
    record = next(iri for name, iri in record_iris(nodes_of(denial)).items() if name.endswith("253400JT3MQWNDKMJE44"))
    rows = rows_on_both_engines([denial], "proof-path", [("record", record)])
    top = nodes_of(denial)[0]
    assert top.text in {row["says"] for row in rows}, "the conclusion leads to the record"
    found = rows_on_both_engines([denial], "proof-by-form", [("form", "RuleFindingStatement")])
    rules = [node for node in denial["proof"]["nodes"] if node["predicate"] == "ruleFinding"]
    assert len(found) == len(rules)
    assert {json.loads(row["values"])["rule"] for row in found} == {node["values"]["rule"] for node in rules}


def test_pictures_and_page_hold_every_statement(every: list[dict[str, Any]]) -> None:
    for answer in every:
        nodes = nodes_of(answer)
        drawn = mermaid(nodes)
        assert drawn.startswith("flowchart TD\n")
        assert drawn.count(" --> ") == sum(len(node.premises) for node in nodes)
        root = ElementTree.fromstring(svg(nodes, "A proof"))
        assert root.attrib["role"] == "img"
        page = html.fromstring(proof_page([(answer, nodes, [nodes[0].text])]))
        text = " ".join(page.text_content().split())
        assert all(" ".join(node.text.split()) in text for node in nodes)


def test_names_that_are_markup_stay_text() -> None:
    evil = ProofNode("n1", "asserted", '<script>alert("x")</script> & "quotes" #1', predicate="classificationNote")
    assert "<script>" not in proof_page([({}, [evil], [])])
    assert "<script>" not in svg([evil], "t")
    assert '"quotes"' not in mermaid([evil])
    assert "#quot;quotes#quot;" in mermaid([evil])


def test_the_commands(run: Run, every: list[dict[str, Any]], denial: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "denial.json"
    path.write_text(json.dumps(denial), encoding="utf-8")
    for form_of_output, start in (
        ("trig", "@prefix"),
        ("mermaid", "flowchart TD"),
        ("svg", "<svg"),
        ("html", "<!doctype html>"),
        ("json", "{"),
    ):
        code, out, _ = run("explain", path, "--format", form_of_output)
        assert code == ANSWERED
        assert out.startswith(start)
    code, out, _ = run("query", "proof-conclusions", "--proofs", path, "--format", "csv")
    assert code == ANSWERED
    assert nodes_of(denial)[0].text in out
    path.write_text("".join(f"{json.dumps(one)}\n" for one in every), encoding="utf-8")
    assert run("explain", path, "--format", "svg")[0] == BAD_INPUT
    assert run("explain", path, "--format", "trig")[1].count("topco:Proof ") == len(every)


def test_every_way_is_shown_when_asked(run: Run, tmp_path: Path) -> None:
    proof = {
        "version": 1,
        "nodes": [
            {"id": "a", "kind": "inferred", "text": "so", "premises": ["c", "b", "d"], "ways": [["b"], ["d"]]},
            {"id": "b", "kind": "asserted", "text": "one"},
            {"id": "c", "kind": "asserted", "text": "both"},
            {"id": "d", "kind": "asserted", "text": "other"},
        ],
    }
    path = tmp_path / "proof.json"
    path.write_text(json.dumps(proof), encoding="utf-8")
    assert run("explain", path)[1].splitlines() == [
        "INFERRED   so",
        "├─ ASSERTED   both",
        "├─ ASSERTED   one",
        "└─ … and 1 more way to the same conclusion",
    ]
    assert run("explain", path, "--all")[1].splitlines() == [
        "INFERRED   so",
        "├─ ASSERTED   both",
        "├─ WAY 1 of 2",
        "│  └─ ASSERTED   one",
        "└─ WAY 2 of 2",
        "   └─ ASSERTED   other",
    ]


def test_a_balance_is_explained_by_the_name_of_its_account(run: Run, tmp_path: Path) -> None:
    first, _ = answers.stores(tmp_path)
    balance = answers.balances(first)[0]
    code, out, _ = run("explain", balance["account"], "--store", first.path, "--as-of", balance["as_of"])
    assert code == ANSWERED
    assert out.startswith(f"{balance['account']}: {balance['remaining_tpp']} TPP left on {balance['as_of']}")
    assert "AGGREGATED" in out
    assert run("explain", "lpp/LEI:NOBODY/-/2026", "--store", first.path)[0] == BAD_INPUT
