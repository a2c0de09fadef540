"""REST on sources, findings, judgements and stated headquarters."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from commands import Run
from fastapi.testclient import TestClient

from served_sample import TOKEN, client, writing_client
from small_store import add_load, entity, lei, three_companies
from topco.application.application import Application
from topco.identity.judgements import propose
from topco.store.store import Store

STATEMENT = {
    "id": lei("A"),
    "country": "cn",
    "source": "annual report 2025, page 2",
    "stated_on": "2025-12-31",
    "author": "ann",
}
JUDGEMENT = {"first": lei("A"), "second": lei("B"), "verdict": "same", "author": "ann", "reason": "one address"}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Three companies; one of them is its own parent."""
    return three_companies(tmp_path / "store")


@pytest.fixture
def writer(store: Path) -> TestClient:
    return writing_client(store)


def get(reader: TestClient, path: str, **asked: Any) -> Any:
    answer = reader.get(f"/api/v1/{path}", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def lines(run: Run, *arguments: object) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run(*arguments, "--format", "json")[1].splitlines()]


def test_loads_are_those_of_the_command(run: Run, store: Path, sample: Path) -> None:
    for path in (store, sample):
        assert get(client(path), "sources") == lines(run, "sources", "--store", path)
    before = get(client(store), "sources", known_as_of="2025-03-01")
    assert before == lines(run, "sources", "--store", store, "--known-as-of", "2025-03-01") == []
    states = {row["load"]: (row["state"], row["freshness"]) for row in get(client(store), "sources")}
    assert states["gleif-lei2-2025-03-02"] == ("superseded", "stale")
    assert states["gleif-lei2-2025-04-02"][0] == "current"


def test_nothing_loaded(tmp_path: Path) -> None:
    empty = client(tmp_path / "store")
    assert get(empty, "sources") == []
    assert get(empty, "judgements") == []
    assert get(empty, "statements") == []
    assert empty.get("/api/v1/findings").status_code == 404
    assert not (tmp_path / "store").exists()


def test_a_load_says_what_took_its_place(store: Path) -> None:
    reader = client(store)
    old = get(reader, "sources/gleif-lei2-2025-03-02")
    assert (old["superseded_by"], old["state"]) == ("gleif-lei2-2025-04-02", "superseded")
    assert get(reader, "sources/gleif-lei2-2025-04-02")["superseded_by"] is None
    assert reader.get("/api/v1/sources/none").status_code == 404


def test_a_load_gives_its_warnings_and_rejects_with_reasons(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "acme-2026-01-31.csv"
    table.write_text(
        "owner,owned,share_exact\nX:a,X:b,60\nX:a,X:c,160\n=X:d,X:e,many\nX:a,X:f,12.123456789\n", encoding="utf-8"
    )
    run("load", "table", table, "--store", tmp_path / "store")
    (row,) = get(client(tmp_path / "store"), "sources")
    assert row["rejects"] == 2
    load = get(client(tmp_path / "store"), f"sources/{row['load']}")
    assert {(one["row"], one["value"]) for one in load["rejected"]} == {("3", "160"), ("4", "many")}
    assert all(one["reason"] for one in load["rejected"])
    assert sum(one["count"] for one in load["warned"]) == row["warnings"] > 0
    assert [file["name"] for file in load["files"]] == ["acme-2026-01-31.csv"]


def test_findings_are_those_of_validation(run: Run, store: Path, sample: Path) -> None:
    for path in (store, sample):
        said = json.loads(run("validate", "--store", path, "--format", "json")[1])
        found = get(client(path), "findings", limit=100_000)
        assert {name: found[name] for name in said} == said
        assert found["total"] == len(said["findings"]) == sum(one["count"] for one in found["shapes"])
    violations = get(client(store), "findings", severity="violation")
    assert violations["findings"]
    assert {one["severity"] for one in violations["findings"]} == {"violation"}
    about = get(client(store), "findings", entity=lei("C"))
    assert {one["entity"] for one in about["findings"]} == {lei("C")}
    shape = about["findings"][0]["shape"]
    assert {one["shape"] for one in get(client(store), "findings", shape=shape)["findings"]} == {shape}


def test_findings_are_paged_in_their_order(sample: Path) -> None:
    reader = client(sample)
    whole = get(reader, "findings", limit=100_000)["findings"]
    assert len(whole) > 4
    paged = [
        one for first in range(0, len(whole), 3) for one in get(reader, "findings", first=first, limit=3)["findings"]
    ]
    assert paged == whole


def test_findings_are_made_once_for_a_state_of_the_store(store: Path) -> None:
    findings = Application(store).findings
    first = findings.all()
    assert findings.all() is first
    add_load(store, "lei2", date(2025, 5, 2), {"entities": [entity("A", "DE"), entity("B", "FR"), entity("C", "US")]})
    assert findings.all().outcome.counts != first.outcome.counts


WRITES = [("POST", "judgements", JUDGEMENT), ("POST", "statements", STATEMENT), ("DELETE", "statements", None)]


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
def test_who_may_write(store: Path, method: str, path: str, body: dict[str, Any] | None) -> None:
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    asked: dict[str, Any] = {"json": body} if body else {"params": {"entity": lei("A")}}
    loads = get(client(store), "sources")
    address = f"/api/v1/{path}"
    assert client(store, token=TOKEN).request(method, address, headers=bearer, **asked).status_code == 403
    writing = client(store, write=True, token=TOKEN)
    assert writing.request(method, address, **asked).status_code == 401
    cross = {**bearer, "Origin": "https://elsewhere.example"}
    assert writing.request(method, address, headers=cross, **asked).status_code == 403
    assert get(client(store), "sources") == loads
    if body:
        assert writing.request(method, address, headers=bearer, **asked).status_code == 201


def test_a_judgement_is_entered_and_seen_at_once(run: Run, store: Path, writer: TestClient) -> None:
    entered = writer.post("/api/v1/judgements", json=JUDGEMENT).json()
    assert (entered["parties"], entered["other_links_decide"]) == ([lei("A")], False)
    assert get(writer, "judgements") == lines(run, "judge", "--list", "--store", store)
    identifiers = get(writer, f"entities/{lei('B')}/resolution")["entity"]["id"]
    assert identifiers == lei("A")
    writer.post("/api/v1/judgements", json={**JUDGEMENT, "verdict": "different"})
    assert [row["verdict"] for row in get(writer, "judgements")] == ["different", "same"]


def test_proposals_wait_until_they_are_judged(writer: TestClient, store: Path) -> None:
    pairs = [(lei("A"), lei("B"), 86), (lei("B"), lei("C"), 97), (lei("A"), lei("C"), 86)]
    rows = [{"first": one, "second": other, "score": score, "reason": "alike"} for one, other, score in pairs]
    propose(Store.open(store), rows)
    found = get(writer, "proposals")
    assert [(row["first"], row["second"], row["score"]) for row in found] == [pairs[1], pairs[0], pairs[2]]
    writer.post("/api/v1/judgements", json={**JUDGEMENT, "first": lei("C"), "second": lei("B"), "verdict": "different"})
    assert get(writer, "proposals") == found[1:]
    assert len(get(writer, "judgements")) == 1


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"second": lei("Z")}, 400),
        ({"second": lei("A")}, 400),
        ({"second": "NAME:Beispiel"}, 400),
        ({"verdict": "perhaps"}, 422),
        ({"author": " "}, 400),
    ],
)
def test_judgements_that_are_refused(writer: TestClient, change: dict[str, Any], status: int) -> None:
    answer = writer.post("/api/v1/judgements", json={**JUDGEMENT, **change})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert get(writer, "judgements") == []


def test_a_name_of_a_list_is_judged(writer: TestClient) -> None:
    named = {**JUDGEMENT, "first": "NAME:DE/A Holding GmbH"}
    assert writer.post("/api/v1/judgements", json={**named, "second": lei("A")}).status_code == 201


def test_a_headquarters_is_stated_and_taken_back(run: Run, store: Path, writer: TestClient) -> None:
    entered = writer.post("/api/v1/statements", json=STATEMENT).json()
    assert entered["known"]
    assert entered["statements"] == lines(run, "state", "--list", "--store", store)
    assert entered["statements"][0]["country"] == "CN"
    alternatives = get(writer, f"entities/{lei('A')}/resolution")["hq"]["alternatives"]
    assert "CN" in json.dumps(alternatives)
    other = {**STATEMENT, "author": "ben", "country": "US"}
    assert len(writer.post("/api/v1/statements", json=other).json()["statements"]) == 2
    left = writer.delete("/api/v1/statements", params={"entity": lei("A"), "author": "ann"}).json()
    assert [row["stated_by"] for row in left] == ["ben"]
    assert writer.delete("/api/v1/statements", params={"entity": lei("A"), "author": "ann"}).status_code == 404
    unknown = writer.post("/api/v1/statements", json={**STATEMENT, "id": "X:nobody"}).json()
    assert not unknown["known"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"country": "XX"}, 400),
        ({"source": " "}, 400),
        ({"basis": "rumour"}, 400),
        ({"basis": "registerRecord"}, 400),
        ({"valid_from": "2025-02-01", "valid_to": "2025-01-01"}, 400),
        ({"stated_on": None}, 422),
        ({"id": "two\nlines"}, 400),
        ({"id": "<javascript:alert(1)>"}, 400),
        ({"id": "http://not an iri"}, 400),
        ({"id": ""}, 400),
        ({"id": "alpha"}, 400),
    ],
)
def test_statements_that_are_refused(store: Path, writer: TestClient, change: dict[str, Any], status: int) -> None:
    answer = writer.post("/api/v1/statements", json={**STATEMENT, **change})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    assert get(writer, "statements") == []


def test_what_is_stated_and_judged_is_no_violation(writer: TestClient) -> None:
    before = get(writer, "findings", severity="violation")["total"]
    for basis in ("filing", "website", "userStatement", "otherSource"):
        assert writer.post("/api/v1/statements", json={**STATEMENT, "basis": basis}).status_code == 201
    assert writer.post("/api/v1/judgements", json=JUDGEMENT).status_code == 201
    assert get(writer, "findings", severity="violation")["total"] == before


def test_formula_cells_are_neutral_in_csv(writer: TestClient) -> None:
    writer.post("/api/v1/statements", json={**STATEMENT, "source": "=HYPERLINK(A1)"})
    (row,) = csv.DictReader(io.StringIO(writer.get("/api/v1/statements", params={"format": "csv"}).text))
    assert row["citation"] == "'=HYPERLINK(A1)"
