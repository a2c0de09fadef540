"""Generations of the graph: what is in them, who sees what, and what a crash or another process leaves."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import textwrap
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import pytest

from small_store import add_load, entity, lei, relationship
from topco.errors import StoreBusy, TopcoError
from topco.query.evidence import columns_of
from topco.query.run import evaluate
from topco.store import generation, graph
from topco.store.graph import SNAPSHOT, GraphView, build_graph, knowledge_version, knowledge_view, open_graph
from topco.store.quads import load_node, term_node
from topco.store.store import Store
from topco.store.today import today

if TYPE_CHECKING:
    from pathlib import Path

MARCH = datetime(2025, 3, 2, 12, tzinfo=UTC)
JUNE = datetime(2025, 6, 1, 12, tzinfo=UTC)
COUNTRY_OF_A = f"SELECT ?hq {{ <https://w3id.org/topco/id/LEI/{lei('A')[4:]}> topco:headquarteredIn ?hq }}"


def rows(view: GraphView, text: str) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in evaluate(view, text).plain_rows()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    store = tmp_path / "store"
    add_load(store, "lei2", date(2025, 3, 1), {"entities": [entity("A", "CN"), entity("B", "DE")]}, MARCH)
    add_load(store, "rr", date(2025, 3, 1), {"relationships": [relationship("B", "A")]}, MARCH)
    return store


def newer(path: Path) -> None:
    add_load(path, "lei2", date(2025, 5, 31), {"entities": [entity("A", "SG"), entity("B", "DE")]}, JUNE)


def test_a_deferred_graph_is_built_by_the_first_reader(path: Path) -> None:
    store = Store.open(path)
    assert store.manifest.graph is None
    view = open_graph(store)
    assert rows(view, "SELECT ?c ?p { ?c topco:hasDirectParent ?p }") == [(lei("B"), lei("A"))]
    assert store.graph_is_current(knowledge_version())
    assert {"loads", "ontology", "reference", "law", "snapshot"} == {
        name.rpartition("/")[2] for name in view.graphs if "/graph/" in name
    }
    assert rows(view, "SELECT ?label { country:CN rdfs:label ?label }") == [("China",)]
    assert rows(view, "SELECT ?n { ?l topco:fileKind 'rr' ; topco:publisher ?n }") == [("GLEIF",)]


def test_building_again_changes_nothing(path: Path) -> None:
    store = Store.open(path)
    build_graph(store)
    first = store.manifest.graph
    messages: list[str] = []
    build_graph(store, messages.append)
    assert store.manifest.graph == first
    assert messages == []


def test_a_new_load_is_added_to_a_copy_and_supersedes(path: Path) -> None:
    store = Store.open(path)
    before = open_graph(store)
    assert rows(before, COUNTRY_OF_A) == [("CN",)]
    newer(path)
    store = Store.open(path)
    messages: list[str] = []
    after = open_graph(store, report=messages.append)
    assert [message for message in messages if "rows" in message] == ["Graph: gleif-lei2-2025-05-31, 2 rows"]
    assert rows(after, COUNTRY_OF_A) == [("SG",)]
    generations = [entry.name for entry in (path / "graph").iterdir()]
    assert generations == [store.manifest.graph.generation]
    # The reader of the generation before keeps what it had opened.
    assert rows(before, COUNTRY_OF_A) == [("CN",)]


def test_a_copy_holds_the_same_as_a_graph_from_nothing(path: Path) -> None:
    build_graph(Store.open(path))
    newer(path)
    build_graph(grown := Store.open(path))
    grown_quads = without_blank_nodes(grown)
    with grown.writing():
        grown.commit(grown.manifest.with_graph(None))
    build_graph(fresh := Store.open(path))
    assert without_blank_nodes(fresh) == grown_quads


def without_blank_nodes(store: Store) -> set[ox.Quad]:
    quads = ox.Store.read_only(str(store.graph_folder(store.manifest.graph)))
    return {quad for quad in quads if not isinstance(quad.subject, ox.BlankNode | ox.Triple)} - {
        quad for quad in quads if isinstance(quad.object, ox.BlankNode)
    }


def test_a_superseded_load_answers_only_by_name(path: Path) -> None:
    newer(path)
    view = open_graph(Store.open(path))
    old = load_node("gleif-lei2-2025-03-01")
    assert old.value in view.graphs
    assert rows(view, "SELECT DISTINCT ?g { GRAPH ?g { ?r a topco:EntityRecord } }") == [("gleif-lei2-2025-05-31",)]
    hq = "topco:hasHeadquartersAddress/topco:addressCountry"
    named = f"SELECT ?hq {{ GRAPH load:gleif-lei2-2025-03-01 {{ ?e topco:name 'A Holding'@en ; {hq} ?hq }} }}"
    assert rows(view, named) == [("CN",)]
    chosen = f"SELECT ?hq FROM {old} {{ ?e topco:name 'A Holding'@en ; {hq} ?hq }}"
    assert rows(view, chosen) == [("CN",)]
    assert columns_of(view.database, old, "entities")["hq_country"].to_list() == ["CN", "DE"]


def test_known_as_of_sees_the_loads_of_that_day(path: Path) -> None:
    newer(path)
    store = Store.open(path)
    earlier = open_graph(store, known_as_of=date(2025, 4, 1))
    assert rows(earlier, COUNTRY_OF_A) == [("CN",)]
    assert load_node("gleif-lei2-2025-05-31").value not in earlier.graphs
    assert earlier.snapshot != SNAPSHOT
    assert rows(open_graph(store), COUNTRY_OF_A) == [("SG",)]
    # The second time the snapshot of those loads is there.
    kept = store.manifest.graph
    assert rows(open_graph(Store.open(path), known_as_of=date(2025, 4, 1)), COUNTRY_OF_A) == [("CN",)]
    assert Store.open(path).manifest.graph == kept
    assert rows(open_graph(store, known_as_of=date(2025, 1, 1)), COUNTRY_OF_A) == []


def test_changed_knowledge_is_replaced_without_reading_the_evidence_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store.open(path)
    build_graph(store)
    monkeypatch.setattr(graph, "knowledge_version", lambda: f"{graph.FORM}-another")
    messages: list[str] = []
    before = store.manifest.graph
    build_graph(store, messages.append)
    assert messages[0] == "Graph: ontology, reference data and law"
    assert store.manifest.graph != before
    assert rows(open_graph(store), "SELECT ?label { country:CN rdfs:label ?label }") == [("China",)]


def test_another_form_of_quads_starts_from_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store.open(path)
    build_graph(store)
    monkeypatch.setattr(graph, "FORM", graph.FORM + 1)
    messages: list[str] = []
    build_graph(store, messages.append)
    assert sum("rows" in message for message in messages) == 2


def test_derived_quads_come_from_the_functions_given_in_order(path: Path) -> None:
    mark, seen = term_node("resolutionStatus"), []

    def first(view: GraphView, as_of: date) -> list[ox.Quad]:
        return [ox.Quad(term_node("A"), mark, ox.Literal(as_of.isoformat()), view.snapshot)]

    def second(view: GraphView, as_of: date) -> list[ox.Quad]:
        seen.extend(view.database.quads_for_pattern(None, mark, None, view.snapshot))
        return []

    store = Store.open(path)
    build_graph(store, derived=[first, second])
    assert len(seen) == 1
    assert rows(open_graph(store), "SELECT ?when { topco:A topco:resolutionStatus ?when }") == [(today().isoformat(),)]


def test_the_snapshot_is_made_again_when_a_period_has_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "store"
    ending = relationship("B", "A", valid_to=today())
    add_load(path, "rr", date(2025, 3, 1), {"relationships": [ending]}, MARCH)
    parents = "SELECT ?p { ?c topco:hasDirectParent ?p }"

    yesterday = today() - timedelta(days=1)
    with monkeypatch.context() as patched:
        patched.setattr(graph, "today", lambda: yesterday)
        patched.setattr(generation, "today", lambda: yesterday)
        view = open_graph(Store.open(path))
        assert rows(view, parents) == [(lei("A"),)]
    assert rows(open_graph(Store.open(path)), parents) == []


def test_a_store_in_use_is_a_sentence(path: Path) -> None:
    descriptor = os.open(path / "lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        with pytest.raises(StoreBusy, match="Another topco"):
            open_graph(Store.open(path))
    finally:
        os.close(descriptor)


def test_a_killed_build_is_invisible_and_removed(path: Path) -> None:
    script = textwrap.dedent(
        f"""
        import os, signal
        from pathlib import Path
        from topco.store import generation
        from topco.store.graph import build_graph
        from topco.store.store import Store

        def killed(*_):
            os.kill(os.getpid(), signal.SIGKILL)

        generation._derive = killed
        build_graph(Store.open(Path({str(path)!r})))
        """
    )
    finished = subprocess.run([sys.executable, "-c", script], check=False, timeout=60)
    assert finished.returncode == -signal.SIGKILL
    assert (path / "staging" / "graph").is_dir()
    store = Store.open(path, notify=lambda _: None)
    assert store.manifest.graph is None
    assert not (path / "staging" / "graph").exists()
    assert rows(open_graph(store), COUNTRY_OF_A) == [("CN",)]


def test_a_broken_turtle_file_is_named(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "broken.ttl"
    broken.write_text("@prefix a: <a:> .\na:b a:c .\n")
    monkeypatch.setattr(generation.knowledge, "files", lambda folder: [broken])
    store = Store.open(path)
    with pytest.raises(TopcoError, match=r"broken\.ttl"):
        build_graph(store)
    assert store.manifest.graph is None


def test_a_graph_that_was_removed_is_built_again_or_named(path: Path) -> None:
    store = Store.open(path)
    build_graph(store)
    for file in store.graph_folder(store.manifest.graph).iterdir():
        file.unlink()
    with pytest.raises(TopcoError, match="Remove this folder"):
        open_graph(store)
    store.graph_folder(store.manifest.graph).rmdir()
    assert rows(open_graph(store), COUNTRY_OF_A) == [("CN",)]


def test_without_a_store_the_knowledge_answers() -> None:
    view = knowledge_view()
    assert rows(view, "SELECT ?label { country:CN rdfs:label ?label }") == [("China",)]
    assert rows(view, "SELECT ?r { ?r a topco:EntityRecord }") == []
