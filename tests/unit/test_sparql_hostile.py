"""Queries that mean harm: the process that runs them is ended, the others answer meanwhile."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from sparql_server import make_store, serving
from waiting import is_alive, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from httpx import Response
    from starlette.testclient import TestClient

    from topco.server.sparql.pool import Workers

CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
HOARD = "SELECT (COUNT(*) AS ?n) { SELECT DISTINCT ?a ?c ?d ?f { ?a ?b ?c . ?d ?e ?f } }"
EVERYTHING = "SELECT * { ?s ?p ?o }"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_store(tmp_path_factory.mktemp("hostile") / "store")


@pytest.fixture
def served(store: Path) -> Iterator[tuple[TestClient, Workers]]:
    with serving(store, workers=2, seconds=2, wait_seconds=10) as found:
        yield found


def get(client: TestClient, query: str) -> Response:
    return client.get("/sparql", params={"query": query})


def refused(response: Response, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    return problem


def test_a_cross_product_is_ended_in_time_while_others_answer(served: tuple[TestClient, Workers]) -> None:
    client, workers = served
    get(client, "ASK {}")
    before = set(workers.numbers())
    with ThreadPoolExecutor() as pool:
        began = time.monotonic()
        hostile = pool.submit(get, client, CROSS)
        time.sleep(0.2)
        answered = 0
        while not hostile.done():
            assert get(client, "ASK { ?s a topco:LegalEntity }").json()["boolean"] is True
            answered += 1
        problem = refused(hostile.result(), 504)
    assert 2 <= time.monotonic() - began < 4
    assert "2 seconds" in problem["detail"]
    assert answered > 20
    ended = before - set(workers.numbers())
    assert len(ended) == 1
    assert get(client, "ASK {}").status_code == 200
    until(lambda: not any(map(is_alive, ended)))  # the system may need a moment to take it away


def test_after_hostile_queries_on_all_processes_new_ones_answer(served: tuple[TestClient, Workers]) -> None:
    client, workers = served
    get(client, "ASK {}")
    before = set(workers.numbers())
    with ThreadPoolExecutor() as pool:
        for found in [pool.submit(get, client, CROSS) for _ in range(2)]:
            refused(found.result(), 504)
    assert get(client, "ASK {}").json()["boolean"] is True
    assert before.isdisjoint(workers.numbers())


def test_a_hoard_of_memory_ends_with_its_process(store: Path) -> None:
    with serving(store, seconds=240, memory_bytes=800 << 20) as (client, _):
        problem = refused(get(client, HOARD), 422)
        assert "800 MiB" in problem["detail"]
        assert get(client, "ASK {}").json()["boolean"] is True


def test_a_result_that_is_too_large_is_refused_whole(store: Path) -> None:
    with serving(store, rows=1000) as (client, _):
        for accept in ("text/csv", "application/json", "application/xml"):
            problem = refused(client.get("/sparql", params={"query": EVERYTHING}, headers={"Accept": accept}), 422)
            assert "1,000 rows" in problem["detail"]
        assert "1,000 triples" in refused(get(client, "CONSTRUCT WHERE { ?s ?p ?o }"), 422)["detail"]
        assert get(client, EVERYTHING + " LIMIT 1000").status_code == 200
    with serving(store, answer_bytes=10_000) as (client, _):
        assert "10,000 bytes" in refused(get(client, EVERYTHING), 422)["detail"]


def test_fifty_clients_at_once(served: tuple[TestClient, Workers]) -> None:
    client, workers = served
    queries = [f"SELECT ({number} AS ?n) {{ ?s topco:name 'A Holding'@en }}" for number in range(50)]
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda query: get(client, query).json(), queries))
    found = [answer["results"]["bindings"][0]["n"]["value"] for answer in answers]
    assert found == [str(number) for number in range(50)]
    assert len(workers.numbers()) == 2


def test_who_waits_too_long_is_told_when_to_come_again(store: Path) -> None:
    with serving(store, seconds=3, wait_seconds=0.3) as (client, _):
        while get(client, "ASK {}").status_code == 503:
            time.sleep(0.1)
        with ThreadPoolExecutor() as pool:
            hostile = pool.submit(get, client, CROSS)
            time.sleep(0.2)
            began = time.monotonic()
            response = get(client, "ASK {}")
            assert time.monotonic() - began < 2
            assert "busy" in refused(response, 503)["detail"]
            assert int(response.headers["retry-after"]) > 0
            refused(hostile.result(), 504)


DEEP = {
    "braces": lambda n: f"ASK {'{' * n}{'}' * n}",
    "brackets": lambda n: f"ASK {{ FILTER({'(' * n}1{')' * n}) }}",
    "unions": lambda n: f"ASK {{ {{}}{' UNION {}' * n} }}",
    "signs": lambda n: f"ASK {{ FILTER({'!' * n}true) }}",
    "paths": lambda n: f"ASK {{ ?s {'(' * n}a{')*' * n} ?o }}",
    "subqueries": lambda n: f"SELECT * {'{ SELECT * ' * n}{{}}{'}' * n}",
}


@pytest.mark.parametrize("kind", DEEP)
def test_deep_nesting_harms_one_process_at_most(served: tuple[TestClient, Workers], kind: str) -> None:
    client, _ = served
    response = client.post("/sparql", data={"query": DEEP[kind](20_000)})
    refused(response, response.status_code)
    assert response.status_code in (400, 504)
    assert get(client, "ASK {}").json()["boolean"] is True


SLOW_TO_PARSE = ["a.a" * 60_000, f"ASK {{ {'?s ?p ?o . ' * 2000} }}", f"ASK {{ ?s a{'/a' * 5000} ?o }}"]


@pytest.mark.parametrize("query", SLOW_TO_PARSE, ids=["names", "patterns", "path"])
def test_what_keeps_the_parser_busy_is_ended_as_well(served: tuple[TestClient, Workers], query: str) -> None:
    """Parsing happens in the process too: the server goes on meanwhile."""
    client, _ = served
    with ThreadPoolExecutor() as pool:
        hostile = pool.submit(client.post, "/sparql", data={"query": query})
        time.sleep(0.3)
        answered = 0
        while not hostile.done():
            assert get(client, "ASK {}").status_code == 200
            answered += not hostile.done()
    status = hostile.result().status_code
    assert status == 400 or (status == 504 and answered > 0)


SERVICES = [
    "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
    "SELECT * { service <http://127.0.0.1:1/> { ?s ?p ?o } }",
    "SELECT * { SeRvIcE SILENT <http://127.0.0.1:1/> { ?s ?p ?o } }",
    "SELECT * { SERVICE?x { ?s ?p ?o } }",
    "SELECT * { SERVICE<http://127.0.0.1:1/>{ ?s ?p ?o } }",
    "SELECT * { SERVICESILENT<http://127.0.0.1:1/>{ ?s ?p ?o } }",
    "PREFIX x: <http://127.0.0.1:1/> SELECT * { SERVICE x: { ?s ?p ?o } }",
    "PREFIX x: <http://127.0.0.1:1/> SELECT * { SERVICE:x { ?s ?p ?o } }",
    "SELECT * { FILTER(1=5SERVICE<http://127.0.0.1:1/>{}) }",
    "SELECT * { {} UNION { { SERVICE # hidden\n <http://127.0.0.1:1/> {} } } }",
    "SELECT * { OPTIONAL { SERVICE\t<http://127.0.0.1:1/> {} } }",
    "SELECT * { ?s ?p ?o MINUS { SERVICE\r\n<http://127.0.0.1:1/> {} } }",
    "SELECT * { { SELECT * { SERVICE <http://127.0.0.1:1/> {} } } }",
    "SELECT * { FILTER EXISTS { SERVICE <http://127.0.0.1:1/> {} } }",
    "SELECT * { \\u0053ERVICE <http://127.0.0.1:1/> {} }",
    "LOAD <http://127.0.0.1:1/>",
    "INSERT DATA { <a> <b> <c> }",
    "PREFIX a: <http://a/> DELETE WHERE { ?s ?p ?o }",
    "SELECT * FROM <http://127.0.0.1:1/> { ?s ?p ?o }",
    "SELECT * FROM NAMED <file:///etc/passwd> { ?s ?p ?o }",
]


@pytest.fixture(scope="module")
def quiet(store: Path) -> Iterator[TestClient]:
    with serving(store, query_bytes=20_000) as (client, _):
        yield client


@pytest.mark.parametrize("query", SERVICES)
def test_nothing_is_asked_elsewhere(quiet: TestClient, query: str) -> None:
    refused(get(quiet, query), 400)


HARMLESS = ["ASK { # SERVICE\n }", 'ASK { BIND("SERVICE <x> {}" AS ?x) }', "ASK { BIND(1 AS ?service) }"]


@pytest.mark.parametrize("query", HARMLESS)
def test_words_that_only_look_like_it_pass(quiet: TestClient, query: str) -> None:
    assert get(quiet, query).json()["boolean"] is True


def test_huge_bodies_are_not_taken_in(quiet: TestClient) -> None:
    direct = {"Content-Type": "application/sparql-query"}
    refused(quiet.post("/sparql", content=b"ASK {}" + b" " * 20_000, headers=direct), 413)
    refused(quiet.post("/sparql", content=b" " * 10_000_000, headers=direct), 413)
    refused(quiet.get("/sparql", params={"query": "ASK {}" + " " * 20_000}), 413)
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        while taken < 10_000_000:
            taken += 1000
            yield b" " * 1000

    refused(quiet.post("/sparql", content=endless(), headers=direct), 413)
    assert quiet.post("/sparql", content=b"ASK {}" + b" " * 19_994, headers=direct).status_code == 200


@pytest.mark.parametrize("body", [b"ASK { BIND('\xff' AS ?x) }", b"\xc0\xaf", b"ASK {}\xed\xa0\x80"])
def test_other_encodings_than_utf8_are_refused(quiet: TestClient, body: bytes) -> None:
    refused(quiet.post("/sparql", content=body, headers={"Content-Type": "application/sparql-query"}), 400)
    quoted = "".join(f"%{byte:02X}" for byte in body)
    refused(quiet.get(f"/sparql?query={quoted}"), 400)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    refused(quiet.post("/sparql", content=f"query={quoted}", headers=form), 400)


@pytest.mark.parametrize("query", ["ASK {}\x00", 'ASK { BIND("\x00" AS ?x) }', "ASK {} # \x00"])
def test_nul_is_refused(quiet: TestClient, query: str) -> None:
    assert "NUL" in refused(get(quiet, query), 400)["detail"]


def test_too_many_parameters_are_refused(quiet: TestClient) -> None:
    refused(quiet.post("/sparql", data={"query": "ASK {}", "a": ["x"] * 2000}), 400)


def test_a_killed_process_is_replaced(served: tuple[TestClient, Workers]) -> None:
    client, workers = served
    get(client, "ASK {}")
    time.sleep(0.5)
    for number in workers.numbers():
        os.kill(number, signal.SIGKILL)
    time.sleep(0.2)
    assert [get(client, "ASK {}").status_code for _ in range(4)] == [200] * 4
    assert len(workers.numbers()) == 2
