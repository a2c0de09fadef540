"""Pages of the evidence: loads, findings in words, judgements and stated headquarters with their forms."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from commands import Run
from fastapi.testclient import TestClient
from html_pages import HTML, tables, text_of

from served_sample import TOKEN, client, writing_client
from small_store import add_load, lei, relationship, three_companies
from topco.identity.judgements import propose
from topco.store.store import Store
from workbench_pages import BROWSER, FORMULA, SCRIPT, hostile_store, link, page

JUDGEMENT = {"first": lei("A"), "second": lei("B"), "verdict": "same", "reason": SCRIPT}
STATEMENT = {"id": lei("A"), "country": "cn", "source": SCRIPT, "stated_on": "2025-12-31", "basis": "filing"}
WRITES = [
    ("/sources/judgements", JUDGEMENT),
    ("/sources/statements", STATEMENT),
    ("/sources/statements/withdraw", {"id": lei("A"), "author": "server"}),
]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return three_companies(tmp_path / "store")


@pytest.fixture
def writer(store: Path) -> TestClient:
    return writing_client(store)


def send(writer: TestClient, path: str, form: dict[str, str], **headers: str) -> Any:
    return writer.post(path, data=form, headers={**BROWSER, **headers}, follow_redirects=False)


def table(tree: Any, words: str) -> list[list[str]]:
    (found,) = [rows for caption, rows in tables(tree).items() if words in caption]
    return found[1:]


def test_loads_are_told_with_age_and_state(run: Run, store: Path) -> None:
    reader = client(store)
    tree = page(reader, "/sources")
    assert [row[0] for row in table(tree, "loads")] == ["gleif-lei2-2025-04-02", "gleif-rr-2025-03-02"]
    assert "1 superseded is not shown" in text_of(tree)
    everything = table(page(reader, link(tree, "1 superseded")), "loads")
    said = [json.loads(line) for line in run("sources", "--store", store, "--format", "json")[1].splitlines()]
    assert {row[0] for row in everything} == {one["load"] for one in said}
    ages = {row[0]: row[3] for row in everything}
    assert all(ages[one["load"]] == f"{one['age_days']} days {one['freshness']}" for one in said)
    assert "superseded by a newer load" in {row[4] for row in everything}
    assert "Nothing was loaded by 2020-01-01" in text_of(page(reader, "/sources?known_as_of=2020-01-01"))


def test_a_load_says_how_old_it_may_be_and_what_took_its_place(store: Path) -> None:
    tree = page(client(store), "/sources/gleif-lei2-2025-03-02")
    assert link(tree, "gleif-lei2-2025-04-02") == "/sources/gleif-lei2-2025-04-02"
    assert "is called stale; it counts all the same" in text_of(tree)
    page(client(store), "/sources/none", status=404)


def test_rejects_are_shown_with_reasons_and_as_text(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "acme-2026-01-31.csv"
    file.write_text(f"owner,owned,share_exact\nX:a,X:b,60\nX:a,X:c,160\nX:d,X:e,{SCRIPT}\n", encoding="utf-8")
    run("load", "table", file, "--store", tmp_path / "store")
    tree = page(client(tmp_path / "store"), "/sources/table-acme-holdings-2026-01-31")
    rejects = table(tree, "rows that were not loaded")
    assert {row[2] for row in rejects} == {"160", SCRIPT}
    assert all(row[3] for row in rejects)


def test_findings_are_those_of_validation(run: Run, sample: Path) -> None:
    reader = client(sample)
    said = json.loads(run("validate", "--store", sample, "--format", "json")[1])
    tree = page(reader, "/sources/findings")
    checks = table(tree, "Checks that found something")
    assert sum(int(row[2].replace(",", "")) for row in checks) == len(said["findings"])
    assert {row[3] for row in checks} == {" ".join(one["message"].split()) for one in said["findings"]}
    name = checks[-1][0]
    some = table(page(reader, link(tree, name)), "Each finding")
    assert {row[1] for row in some} == {name}
    entity_id = said["findings"][0]["entity"]
    about = table(page(reader, f"/sources/findings?entity={entity_id}&severity=&shape="), "Each finding")
    assert {row[0] for row in about} == {entity_id}
    page(reader, "/sources/findings?severity=grave", status=400)


def test_long_findings_are_paged(tmp_path: Path) -> None:
    path = tmp_path / "store"
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    many = [relationship(one, other) for one in letters for other in letters if one != other][:130]
    add_load(path, "rr", date(2025, 3, 2), {"relationships": many})
    reader = client(path)
    tree = page(reader, "/sources/findings")
    total = reader.get("/api/v1/findings").json()["total"]
    assert total > 100
    seen = len(table(tree, "Each finding"))
    while after := [one for one in tree.iter(f"{HTML}a") if one.get("rel") == "next"]:
        tree = page(reader, after[0].get("href") or "")
        seen += len(table(tree, "Each finding"))
    assert seen == total


@pytest.mark.parametrize(("path", "form"), WRITES)
def test_who_may_write(store: Path, path: str, form: dict[str, str]) -> None:
    before = client(store).get("/api/v1/sources").json()
    assert send(client(store, token=TOKEN), path, form, Authorization=f"Bearer {TOKEN}").status_code == 403
    assert send(client(store, write=True, token=TOKEN), path, form).status_code == 401
    assert send(writing_client(store), path, form, Origin="https://elsewhere.example").status_code == 403
    assert client(store).get("/api/v1/sources").json() == before


def test_a_judgement_is_entered(writer: TestClient) -> None:
    answer = send(writer, "/sources/judgements", JUDGEMENT)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sources/judgements#entered")
    (row,) = table(page(writer, "/sources/judgements"), "judgements")
    assert row[:4] == [lei("A"), lei("B"), "one party", "server"]
    assert row[5] == SCRIPT
    refused = send(writer, "/sources/judgements", {**JUDGEMENT, "second": lei("Z")})
    assert refused.status_code == 400
    assert "No loaded record names" in refused.text
    assert f'value="{lei("Z")}"' in refused.text


def test_a_proposal_leads_to_the_form_that_judges_it(writer: TestClient, store: Path) -> None:
    propose(Store.open(store), [{"first": lei("A"), "second": lei("B"), "score": 91, "reason": SCRIPT}])
    tree = page(writer, "/sources/judgements")
    assert table(tree, "proposed")[0][:4] == ["91", lei("A"), lei("B"), SCRIPT]
    filled = page(writer, link(tree, f"judge {lei('A')} and {lei('B')}").partition("#")[0])
    values = {one.get("name"): one.get("value") for one in filled.iter(f"{HTML}input")}
    assert (values["first"], values["second"]) == (lei("A"), lei("B"))
    send(writer, "/sources/judgements", JUDGEMENT)
    assert "Proposed by names" not in text_of(page(writer, "/sources/judgements"))


def test_a_headquarters_is_stated_and_taken_back(writer: TestClient) -> None:
    answer = send(writer, "/sources/statements", STATEMENT)
    assert answer.status_code == 303
    tree = page(writer, answer.headers["location"])
    (row,) = table(tree, "in force")
    assert (row[0], row[1], row[2]) == (lei("A"), "China (CN)", "server")
    assert SCRIPT in row[3]
    (form,) = [one for one in tree.iter(f"{HTML}form") if one.get("action") == "/sources/statements/withdraw"]
    given = {one.get("name"): one.get("value") or "" for one in form.iter(f"{HTML}input")}
    assert send(writer, "/sources/statements/withdraw", given).status_code == 303
    assert "Nothing is stated" in text_of(page(writer, "/sources/statements"))
    assert send(writer, "/sources/statements/withdraw", given).status_code == 404
    for change in ({"country": "XX"}, {"stated_on": ""}, {"stated_on": "soon"}, {"source": ""}, {"id": "<b>"}):
        refused = send(writer, "/sources/statements", {**STATEMENT, **change})
        assert refused.status_code == 400, change
        assert "<b>" not in refused.text
        assert SCRIPT not in refused.text


def test_forms_are_shown_to_whom_they_may_serve(store: Path, writer: TestClient) -> None:
    for path in ("/sources/judgements", "/sources/statements"):
        assert "topco serve --write" in text_of(page(client(store), path))
        assert "Sign in" in text_of(page(client(store, write=True, token=TOKEN), path))
        posts = [one.get("action") for one in page(writer, path).iter(f"{HTML}form") if one.get("method") == "post"]
        assert path in posts


def test_names_that_mean_harm_are_text(tmp_path: Path) -> None:
    hostile = writing_client(hostile_store(tmp_path / "store"))
    for path in ("/sources", "/sources/findings"):
        page(hostile, path)
    send(hostile, "/sources/statements", {**STATEMENT, "id": "X:formula", "source": FORMULA})
    page(hostile, "/sources/statements")
    text = hostile.get("/api/v1/statements", params={"format": "csv"}).text
    assert f"'{FORMULA}" in text


def test_a_store_without_loads(tmp_path: Path) -> None:
    empty = client(tmp_path / "store")
    assert "Nothing is loaded" in text_of(page(empty, "/sources"))
    page(empty, "/sources/findings", status=404)
    assert "Nothing was judged" in text_of(page(empty, "/sources/judgements"))
    assert not (tmp_path / "store").exists()
