"""The derived graph from arrays holds what the queries of `queries/resolution/` derive, and resolutions besides."""

from __future__ import annotations

from pathlib import Path

import pytest

from topco import knowledge
from topco.cli.main import main
from topco.errors import FINDINGS
from topco.namespaces import term
from topco.ownership.derived import derivations
from topco.store.graph import GraphView, open_graph
from topco.store.store import Store

DEFINED = (
    "hasDirectParent",
    "branchOf",
    "hasRecordedUltimateParent",
    "statesNoParent",
    "withholdsParent",
    "hasRecord",
    "headquarteredIn",
)


def triples(view: GraphView) -> set[str]:
    wanted = " ".join(f"topco:{name}" for name in DEFINED)
    found = view.query(
        f"SELECT ?s ?p ?o {{ VALUES ?p {{ rdf:type {wanted} }} ?s ?p ?o }}", default_graph=[view.snapshot]
    )
    return {f"{row['s']} {row['p']} {row['o']}" for row in found}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("derived") / "store"
    arguments = ["load", "gleif", str(knowledge.root() / "data" / "samples" / "gleif"), "--store", str(path)]
    with pytest.raises(SystemExit) as end:
        main([*arguments, "--defer-graph"])
    assert end.value.code == FINDINGS
    return path


@pytest.fixture(scope="module")
def by_arrays(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> GraphView:
    store = Store.open(folder)
    return open_graph(store, derived=derivations(store))


def test_arrays_and_queries_derive_the_same(folder: Path, by_arrays: GraphView, tmp_path: Path) -> None:
    import shutil

    other = tmp_path / "store"
    shutil.copytree(folder, other, ignore=shutil.ignore_patterns("graph"))
    (other / "manifest.json").write_text((folder / "manifest.json").read_text(encoding="utf-8"), encoding="utf-8")
    by_queries = open_graph(Store.open(other))
    assert triples(by_queries) == triples(by_arrays)
    assert len(triples(by_arrays)) > 1000


def test_statuses_and_ultimate_parents_are_in_the_graph(by_arrays: GraphView) -> None:
    found = by_arrays.query(
        "SELECT ?status (COUNT(DISTINCT ?company) AS ?n) { ?company topco:resolutionStatus ?status } GROUP BY ?status"
    )
    counts = {row["status"].value.removeprefix(term("")): int(row["n"].value) for row in found}
    assert counts["Cyclic"] == 1
    assert counts["Withheld"] == 2
    rosneft = by_arrays.query(
        "SELECT ?top { <https://w3id.org/topco/id/LEI/391200PKEUF3Y2NUMW25> topco:hasUltimateParent ?top }"
    )
    assert {row["top"].value for row in rosneft} == {"https://w3id.org/topco/id/LEI/253400JT3MQWNDKMJE44"}
