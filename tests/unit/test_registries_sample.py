"""A folder with one file of every kind becomes one graph, and answers go across registries."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from commands import Run

from topco import knowledge
from topco.cli.main import main
from topco.errors import ANSWERED, FINDINGS
from topco.ownership.derived import derivations
from topco.query.library import library
from topco.query.parameters import bind
from topco.query.run import evaluate
from topco.store.graph import GraphView, open_graph
from topco.store.store import Store

SAMPLES = knowledge.root() / "data" / "samples" / "registries"
COMPUTE, JADE = "LEI:9999NORTHWINDCOMPU51", "LEI:9999JADEHARBOURGRO89"
DAY = ("--as-of", "2026-01-31")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("registries") / "store"
    with pytest.raises(SystemExit) as end:
        main(["load", str(SAMPLES), "--store", str(path)])
    assert end.value.code == FINDINGS
    return path


def test_every_file_is_a_load_of_its_registry(folder: Path) -> None:
    loads = {load.files[0].name: (load.publisher, load.vintage.isoformat()) for load in Store.open(folder).loads()}
    assert loads == {
        "20260131-gleif-lei2.csv": ("GLEIF", "2026-01-31"),
        "cloud-lab-2026-01-31.ttl": ("rdf:cloud-lab", "2026-01-31"),
        "consolidated-screening-list-20260131.json": ("US government", "2026-01-31"),
        "headquarters-2026-01-31.csv": ("table:headquarters", "2026-01-31"),
        "investigation-2026-01-31.ftm.json": ("ftm:investigation", "2026-01-31"),
        "northwind-2026-01-31.csv": ("table:northwind", "2026-01-31"),
        "opencorporates-2026-01-30.jsonl": ("OpenCorporates", "2026-01-30"),
        "psc-snapshot-2026-01-31.jsonl": ("Companies House", "2026-01-31"),
        "register-bods-2026-01-31.json": ("Example Ownership Register", "2026-01-31"),
    }
    assert {load.rejects for load in Store.open(folder).loads()} == {0}


def test_the_chain_runs_across_registries_with_a_source_on_every_edge(run: Run, folder: Path) -> None:
    code, out, _ = run("resolve", "X:northwind-lab", "--store", folder, "--format", "json", *DAY)
    document = json.loads(out)
    assert (code, document["status"]) == (ANSWERED, "resolved")
    (top,) = document["ultimate_parents"]
    assert (top["id"], top["hq_country"], top["hq_basis"]) == (JADE, "CN", "filing")
    edges = [(step["child"], step["parent"], step["source"]["file"]) for step in document["chain"]]
    assert list(dict.fromkeys(edges)) == [
        ("X:northwind-lab", "X:northwind-cloud", "cloud-lab-2026-01-31.ttl"),
        ("X:northwind-cloud", COMPUTE, "northwind-2026-01-31.csv"),
        (COMPUTE, "GB-COH:99990002", "psc-snapshot-2026-01-31.jsonl"),
        ("GB-COH:99990002", JADE, "register-bods-2026-01-31.json"),
    ]
    links = {(link["id"], link["other"], link["source"]["file"]) for link in document["identity"]}
    assert (COMPUTE, "GB-COH:99990001", "20260131-gleif-lei2.csv") in links
    assert ("GB-COH-PSC:99990001/northwind-1", "GB-COH:99990002", "psc-snapshot-2026-01-31.jsonl") in links
    texts = [node["text"] for node in document["proof"]["nodes"]]
    assert any(text.startswith(f"{COMPUTE} is the same party as GB-COH:99990001") for text in texts)


@pytest.mark.parametrize(
    "identifier", ["GB-COH:99990001", "OC:gb/99990001", COMPUTE.removeprefix("LEI:"), COMPUTE.lower()]
)
def test_any_identifier_of_a_party_asks_about_it(run: Run, folder: Path, identifier: str) -> None:
    document = json.loads(run("resolve", identifier, "--store", folder, "--format", "json", *DAY)[1])
    assert document["entity"]["id"] == COMPUTE
    assert document["entity"]["identifiers"] == ["GB-COH:99990001", COMPUTE, "OC:gb/99990001"]
    assert [one["source"]["file"] for one in document["hq"]["agreeing"]] == ["opencorporates-2026-01-30.jsonl"]


@pytest.mark.parametrize("command", ["owners", "timeline", "sensitivity"])
def test_questions_take_any_identifier(run: Run, folder: Path, command: str) -> None:
    day = () if command == "timeline" else DAY
    code, out, _ = run(command, "GB-COH:99990001", "--store", folder, "--format", "json", *day)
    assert code == ANSWERED
    assert json.loads(out)["entity"]["id"] == COMPUTE


def test_groups_and_paths_go_across_registries(run: Run, folder: Path) -> None:
    out = run("holdings", JADE, "--store", folder, "--format", "json", *DAY)[1]
    below = {company["id"] for company in json.loads(out)["holdings"]}
    assert below >= {"GB-COH:99990002", COMPUTE, "X:northwind-cloud", "X:northwind-lab"}
    out = run("chain", "BODS:example-ownership-register/jade", "X:northwind-lab", "--store", folder, *DAY)[1]
    assert "36" in out
    found = json.loads(run("search", "99990001", "--store", folder, "--format", "json")[1].splitlines()[0])
    assert found["id"] == COMPUTE


def test_an_order_to_the_laboratory_is_denied_by_the_chain(run: Run, folder: Path, tmp_path: Path) -> None:
    case = {
        "transaction": {"date": "2026-01-31", "activity": "export", "destination": "DE"},
        "item": {"eccn": "3A090.a"},
        "parties": [{"role": "ultimate_consignee", "entity": "X:northwind-lab", "hq_in": "DE"}],
    }
    path = tmp_path / "case.json"
    path.write_text(json.dumps(case), encoding="utf-8")
    answer = json.loads(run("determine", path, "--store", folder, "--format", "json")[1])
    assert answer["review_policy"] == "denial_presumption"
    assert {load["load"].split("-")[0] for load in answer["data"]} >= {"gleif", "psc", "bods", "table", "rdf", "ftm"}


@pytest.fixture(scope="module")
def view(folder: Path) -> GraphView:
    store = Store.open(folder)
    return open_graph(store, derived=derivations(store))


def rows(view: GraphView, name: str, **given: str) -> list[dict[str, Any]]:
    query = library()[name]
    answer = evaluate(view, query.text, bind(list(given.items()), query.parameters, closed=True))
    return [dict(zip(answer.columns, row.values(), strict=True)) for row in answer.plain_rows()]


def test_identity_links(view: GraphView) -> None:
    found = rows(view, "identity-links")
    assert len(found) == 7
    gleif = next(row for row in found if row["identifier"] == COMPUTE)
    assert (gleif["other"], gleif["says"], gleif["party"]) == ("GB-COH:99990001", "bears number", COMPUTE)


def test_stated_headquarters(view: GraphView) -> None:
    found = rows(view, "stated-headquarters", entity=JADE)
    assert [(row["country"], row["basis"], row["statedOn"]) for row in found] == [
        ("CN", "registerRecord", None),
        ("CN", "filing", "2025-12-31"),
    ]


def test_listed_parties(view: GraphView) -> None:
    (row,) = rows(view, "listed-parties", list="EL")
    assert (row["name"], row["policy"], row["countries"]) == (
        "Jade Harbour Optics Co., Ltd.",
        "Presumption of denial.",
        "CN",
    )
    assert rows(view, "listed-parties", list="SDN") == []
