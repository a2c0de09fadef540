"""What is malformed, too much, or comes from a page of another site is refused in words, and nothing ends in a 500."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reconcile_service import HERE, A, client_of, store_in
from starlette.testclient import TestClient

from topco.errors import BadInput
from topco.server.reconcile.asked import MOST_CANDIDATES
from topco.server.reconcile.reading import LONGEST, MOST_IDS, MOST_QUERIES
from topco.store.store import Store

PAGE = "http://127.0.0.1:3333"
QUERIES = json.dumps({"q": {"query": "Alpine Top"}})


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return store_in(tmp_path_factory.mktemp("reconcile") / "store")


@pytest.fixture(scope="module")
def client(store: Store) -> TestClient:
    return client_of(store)


def refused(client: TestClient, field: str, text: str) -> dict[str, Any]:
    """The problem that both ways of sending give."""
    sent = client.post("/reconcile", data={field: text})
    assert (sent.status_code, sent.headers["content-type"]) == (400, "application/problem+json"), sent.text
    problem: dict[str, Any] = sent.json()
    assert problem["detail"]
    if len(text) < 10_000:
        assert client.get("/reconcile", params={field: text}).json() == problem
    return problem


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[]",
        '"x"',
        "{'q': {}}",
        '{"q": []}',
        '{"q": {}}',
        '{"q": {"limit": 1}}',
        '{"q": {"properties": []}}',
        '{"q": {"query": null}}',
        '{"q": {"query": 5}}',
        '{"q": {"query": "x", "limit": "5"}}',
        '{"q": {"query": "x", "limit": true}}',
        '{"q": {"query": "x", "limit": null}}',
        '{"q": {"query": "x", "limit": 0}}',
        '{"q": {"query": "x", "limit": -1e999}}',
        '{"q": {"query": "x", "limit": NaN}}',
        '{"q": {"query": "x", "type": 5}}',
        '{"q": {"query": "x", "type": [5]}}',
        '{"q": {"query": "x", "type_strict": "maybe"}}',
        '{"q": {"query": "x", "props": []}}',
        '{"q": {"query": "x", "properties": [{"pid": "country"}]}}',
        '{"q": {"query": "x", "properties": [{"pid": "country", "v": null}]}}',
        '{"q": {"query": "x", "properties": [{"pid": "country", "v": {"name": "Germany"}}]}}',
        '{"q": {"query": "x", "properties": [{"pid": "country", "v": [["DE"]]}]}}',
        '{"q": {"query": "x"}, "q": {"query": "y"}}',
        '{"q": {"query": "\\ud800"}}',
        '{"q": {"query": "x", "limit": ' + "9" * 5000 + "}}",
        json.dumps({"q": {"query": "x" * (LONGEST + 1)}}),
        json.dumps({str(number): {"query": "x"} for number in range(MOST_QUERIES + 1)}),
        json.dumps({"q": {"properties": [{"pid": "name", "v": ["x"] * 101}]}}),
        json.dumps({"q": {"properties": [{"pid": "name", "v": "x"}] * 51}}),
        "[" * 100_000,
        '{"q": ' * 100_000,
    ],
)
def test_malformed_queries_are_refused(client: TestClient, text: str) -> None:
    refused(client, "queries", text)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "{}",
        "[]",
        '{"ids": ["x"]}',
        '{"ids": "x", "properties": []}',
        '{"ids": [1], "properties": []}',
        '{"ids": [], "properties": ["name"]}',
        '{"ids": [], "properties": [{"id": 1}]}',
        '{"ids": [], "properties": [{"id": "name", "settings": []}]}',
        json.dumps({"ids": ["x"] * (MOST_IDS + 1), "properties": []}),
        json.dumps({"ids": [], "properties": [{"id": "name"}] * 51}),
        "[" * 100_000,
    ],
)
def test_malformed_extensions_are_refused(client: TestClient, text: str) -> None:
    refused(client, "extend", text)


def test_what_is_wrong_is_said_with_its_place(client: TestClient) -> None:
    problem = refused(client, "queries", '{"q7": {"query": "x", "limit": "5"}}')
    assert "q7" in problem["where"]
    assert "properties" in refused(client, "queries", '{"q7": {}}')["detail"].replace("property", "properties")


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/json", b"{}", 415),
        ("text/plain", QUERIES.encode(), 415),
        ("application/x-www-form-urlencoded", b"queries=%FF%FE", 400),
        ("application/x-www-form-urlencoded", b"\xff\xfe", 400),
        ("application/x-www-form-urlencoded", b"queries", 400),
        ("application/x-www-form-urlencoded", b"", 400),
        ("application/x-www-form-urlencoded", b"a=1&" * 20, 400),
        ("application/x-www-form-urlencoded", b"queries=%7B%7D&extend=%7B%7D", 400),
        ("application/x-www-form-urlencoded", b"query=Acme", 400),
    ],
)
def test_other_bodies_are_refused(client: TestClient, content_type: str, body: bytes, status: int) -> None:
    answer = client.post("/reconcile", content=body, headers={"content-type": content_type})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


@pytest.mark.parametrize(
    "path",
    [
        "/reconcile/suggest/entity?prefix=x&cursor=-1",
        "/reconcile/suggest/entity?prefix=x&cursor=many",
        "/reconcile/suggest/entity?prefix=x&cursor=1e9",
        f"/reconcile/suggest/entity?prefix={'x' * (LONGEST + 1)}",
        "/reconcile/flyout/painter?id=x",
        "/reconcile/flyout/entity",
        "/reconcile/preview?id=",
        "/reconcile/extend/propose?limit=0",
    ],
)
def test_wrong_parameters_are_refused(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


# --- pages of other sites ---


def test_a_page_of_another_site_reads_nothing(client: TestClient) -> None:
    for path in ("/reconcile", f"/reconcile?queries={QUERIES}", "/reconcile/suggest/entity?prefix=a"):
        answer = client.get(path, headers={"origin": "https://site.example"})
        assert answer.status_code == 403
        assert "access-control-allow-origin" not in answer.headers
    for site in ("cross-site", "same-site"):
        headers = {"sec-fetch-site": site, "sec-fetch-mode": "no-cors", "sec-fetch-dest": "script"}
        assert client.get("/reconcile", headers=headers).status_code == 403
    sent = client.post("/reconcile", data={"queries": QUERIES}, headers={"origin": "null"})
    assert sent.status_code == 403


def test_this_server_and_programs_are_let_in(client: TestClient) -> None:
    for headers in ({}, {"origin": HERE}, {"sec-fetch-site": "none", "sec-fetch-mode": "navigate"}):
        answer = client.get("/reconcile", headers=headers)
        assert answer.status_code == 200
        assert "access-control-allow-origin" not in answer.headers
        assert answer.headers["vary"] == "Origin"


def test_a_page_that_was_named_reads(store: Store) -> None:
    client = client_of(store, PAGE)
    for path in ("/reconcile", "/reconcile/suggest/property?prefix=name", "/reconcile?queries={"):
        answer = client.get(path, headers={"origin": PAGE})
        assert answer.headers["access-control-allow-origin"] == PAGE
        assert "access-control-allow-credentials" not in answer.headers
    assert client.options("/reconcile", headers={"origin": PAGE}).status_code == 204
    assert client.get("/reconcile", headers={"origin": "http://127.0.0.1:4444"}).status_code == 403
    policy = client.get("/reconcile/preview", params={"id": A}).headers["content-security-policy"]
    assert policy.endswith(f"frame-ancestors 'self' {PAGE}")


@pytest.mark.parametrize(
    "origin", ["*", "http://*", "null", "http://a.example/path", "a.example", "ftp://a", "http://a;b", "http://u@a"]
)
def test_only_single_origins_can_be_named(store: Store, origin: str) -> None:
    with pytest.raises(BadInput):
        client_of(store, origin)


def test_answers_are_never_wrapped_in_a_callback(client: TestClient) -> None:
    for path in ("/reconcile", "/reconcile/suggest/entity"):
        answer = client.get(path, params={"callback": "alert"})
        assert answer.status_code == 400
        assert "--cors" in answer.json()["remedy"]


# --- whatever is sent ---

TEXTS = st.text(max_size=30)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
SOME = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SOME
@given(document=st.dictionaries(TEXTS, JSON, max_size=3) | JSON, field=st.sampled_from(["queries", "extend"]))
def test_any_json_is_answered_or_refused(client: TestClient, document: Any, field: str) -> None:
    answer = client.post("/reconcile", data={field: json.dumps(document)})
    assert answer.status_code in (200, 400)


@SOME
@given(text=st.text(max_size=60))
def test_any_text_is_answered_or_refused(client: TestClient, text: str) -> None:
    for path, name in (("", "queries"), ("/suggest/entity", "prefix"), ("/suggest/type", "prefix"), ("/preview", "id")):
        assert client.get(f"/reconcile{path}", params={name: text}).status_code in (200, 400, 404, 422)


VALUES = st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
VALUES = VALUES | st.fixed_dictionaries({"id": TEXTS}, optional={"name": TEXTS})
NAMES = ["country", "LEI", "registrationNumber", "name", "jurisdiction", "colour"]
EVIDENCE = st.fixed_dictionaries({"pid": st.sampled_from(NAMES) | TEXTS, "v": VALUES | st.lists(VALUES, max_size=3)})
QUERY = st.fixed_dictionaries(
    {"query": st.sampled_from(["Nordic Technologies", "Beispiel", A, "00102498", "三星电子"]) | TEXTS},
    optional={
        "type": st.sampled_from(["Agent", "Fund", "Painter"]) | st.lists(st.sampled_from(["Fund", "Branch"])),
        "type_strict": st.sampled_from(["any", "should", "all"]),
        "limit": st.integers(1, 10**400) | st.floats(1, 1e300),
        "properties": st.lists(EVIDENCE, max_size=3),
    },
)


@SOME
@given(queries=st.dictionaries(TEXTS, QUERY, max_size=3))
def test_every_well_formed_query_is_answered(client: TestClient, queries: dict[str, Any]) -> None:
    answer = client.post("/reconcile", data={"queries": json.dumps(queries)})
    assert answer.status_code == 200, answer.text
    assert list(answer.json()) == list(queries)
    for key, one in answer.json().items():
        found = one["result"]
        assert len(found) <= min(queries[key].get("limit", 10), MOST_CANDIDATES)
        assert all(0 <= candidate["score"] <= 100 for candidate in found)
        assert sum(candidate["match"] for candidate in found) <= 1
        taken = [c for c in found if {"id": "identifier", "value": True} in c["features"]]
        judged = [c for c in found if {"id": "judged", "value": True} in c["features"]]
        assert all(candidate in taken + judged for candidate in found if candidate["match"])
