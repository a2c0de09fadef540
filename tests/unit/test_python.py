"""Topco in Python: the names it offers, answers equal to the commands', shown in a notebook, turned to frames."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from commands import Run
from lxml import etree, html
from ownership_store import add_load, entity

import topco
from served_sample import GERMAN
from topco import knowledge
from topco.store.store import Store

CASE = {
    "id": "C",
    "transaction": {"date": "2025-06-01", "activity": "export", "destination": "DE"},
    "item": {"eccn": "3A090.a"},
    "parties": [{"role": "ultimate_consignee", "entity": GERMAN}],
}


@pytest.fixture(scope="module")
def graph(sample: Path) -> topco.KnowledgeGraph:
    return topco.open_store(sample)


def test_every_name_that_is_offered_is_there_and_says_what_it_is() -> None:
    for name in topco.__all__:
        assert getattr(topco, name).__doc__
    with pytest.raises(AttributeError):
        _ = topco.no_such_name  # type: ignore[attr-defined]


def test_importing_it_loads_no_engine() -> None:
    code = "import sys, topco; print([m for m in ('polars', 'pyoxigraph', 'rdflib', 'fastapi') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"


def test_a_resolution_is_the_document_of_the_command(graph: topco.KnowledgeGraph, sample: Path, run: Run) -> None:
    found = graph.resolve(GERMAN, as_of="2025-06-01")
    _, out, _ = run("resolve", GERMAN, "--as-of", "2025-06-01", "--store", sample, "--format", "json")
    assert dict(found) == json.loads(out)
    assert (found.status, found.headquarters) == ("resolved", "DE")
    assert found.ultimate_parents[0]["hq_country"] == "RU"
    assert found.chain.polars().height == len(found["chain"])
    assert "Rosneft" in repr(found)


def test_a_determination_is_the_document_of_the_command(
    graph: topco.KnowledgeGraph, sample: Path, run: Run, tmp_path: Path
) -> None:
    found = graph.determine(CASE)
    (tmp_path / "case.json").write_text(json.dumps(CASE), encoding="utf-8")
    _, out, _ = run("determine", tmp_path / "case.json", "--store", sample, "--format", "json")
    assert dict(found) == json.loads(out)
    assert found.licence_required == found["licence_required"]
    assert {row["code"] for row in found.exceptions} == {one["code"] for one in found["exceptions"]}
    assert found.proof.verify(against_store=True).holds
    assert len(found.proof) == len(found["proof"]["nodes"])
    assert "742.6" in found.proof.text()
    assert found.not_tested


def test_answers_show_themselves_as_well_formed_html(graph: topco.KnowledgeGraph) -> None:
    answers = (
        graph.search("rosneft"),
        graph.sources(),
        graph.resolve(GERMAN),
        graph.owners(GERMAN),
        graph.determine(CASE),
        graph.determine(CASE).proof,
        graph.resolve_all(),
    )
    for answer in answers:
        shown = answer._repr_html_()
        assert len(html.fragments_fromstring(shown)) > 0
        assert repr(answer)


def test_pictures_are_svg(graph: topco.KnowledgeGraph, tmp_path: Path) -> None:
    pictures = (
        graph.chart(GERMAN),
        graph.resolve(GERMAN).proof.picture(),
        graph.resolve_all().chart("status"),
    )
    for place, picture in enumerate(pictures):
        path = picture.save(tmp_path / f"{place}.svg")
        assert etree.parse(str(path)).getroot().tag.endswith("svg")
        assert picture.svg in picture._repr_html_()


def test_tables_become_frames_with_all_rows(graph: topco.KnowledgeGraph) -> None:
    table = graph.resolve_all()
    frame = table.polars()
    assert isinstance(frame, pl.DataFrame)
    assert frame.height == len(table) > 300
    assert frame.columns == list(table.columns)
    counted = table.counted("status")
    assert sum(row["count"] for row in counted) == len(table)
    assert f"and {len(table) - 25:,} more rows" in table._repr_html_()
    assert len(table[:10]) == 10


def test_queries_give_tables_truths_and_turtle(graph: topco.KnowledgeGraph) -> None:
    table = graph.query("headquartered-elsewhere", country="CN")
    assert isinstance(table, topco.Table)
    assert graph.query("ASK { ?s ?p ?o }") is True
    assert "topco:Country" in str(graph.query("CONSTRUCT { ?c a topco:Country } { VALUES ?c { country:CN } }"))


def test_names_that_are_script_are_text(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "store", create=True)
    add_load(store, "lei2", entities=[entity("X:a", "<script>alert(1)</script>")])
    graph = topco.open_store(tmp_path / "store")
    for shown in (graph.search("alert")._repr_html_(), graph.resolve("X:a")._repr_html_(), graph.chart("X:a").svg):
        assert "<script" not in shown
        assert "alert(1)" in shown


def test_loading_from_python(tmp_path: Path) -> None:
    (tmp_path / "entities.csv").write_text("id,name,hq_country\nX:a,A Ltd,DE\n", encoding="utf-8")
    graph = topco.open_store(tmp_path / "store")
    loaded = graph.load("table", tmp_path / "entities.csv", vintage="2026-01-31")
    assert loaded[0]["entities"] == 1
    assert graph.resolve("X:a").headquarters == "DE"
    assert [row["load"] for row in graph.sources()] == [loaded[0]["load"]]


def test_errors_are_sentences(graph: topco.KnowledgeGraph, tmp_path: Path) -> None:
    with pytest.raises(topco.NotFound, match="No loaded record names"):
        graph.resolve("LEI:NOBODY")
    with pytest.raises(topco.BadInput, match="YYYY-MM-DD"):
        graph.resolve(GERMAN, as_of="yesterday")
    with pytest.raises(topco.BadInput, match="no column"):
        graph.search("rosneft").counted("nothing")
    with pytest.raises(topco.TopcoError):
        topco.open_store(tmp_path / "empty").resolve(GERMAN)


def test_a_screening_has_the_rows_of_the_command(
    graph: topco.KnowledgeGraph, sample: Path, run: Run, tmp_path: Path
) -> None:
    orders = knowledge.root() / "data" / "samples" / "orders" / "orders.csv"
    screened = graph.screen(orders).polars()
    run("screen", orders, "--store", sample, "--output", tmp_path / "screened.csv")
    expected = pl.read_csv(tmp_path / "screened.csv", infer_schema=False)
    assert screened.select(pl.all().cast(pl.String).replace("", None)).equals(
        expected.select(pl.all().replace("", None))
    )
    again = graph.screen(pl.read_csv(orders, infer_schema=False)).polars()
    assert again["status"].to_list() == screened["status"].to_list()
    with pytest.raises(topco.BadInput, match="cannot be read"):
        graph.screen(tmp_path / "nothing.csv")
