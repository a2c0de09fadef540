"""The endpoint behind a real server: clients that go away, the end of the server, other processes that write."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import uvicorn

from small_store import add_load, entity
from sparql_server import make_app, make_store
from topco.server.sparql.limits import Limits
from topco.server.sparql.pool import Workers
from topco.store import manifest
from topco.store.graph import build_graph
from topco.store.manifest import FILE_NAME
from topco.store.store import Store
from waiting import is_alive, until

CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
COMPANIES = "SELECT (COUNT(DISTINCT ?e) AS ?n) { ?r a topco:EntityRecord ; topco:describesEntity ?e }"
SAMPLES = Path(__file__).resolve().parent.parent.parent / "data" / "samples" / "gleif"


@contextmanager
def server(path: Path, **limits: Any) -> Iterator[tuple[str, int, Workers]]:
    """A server in a thread: its host, its port, its processes."""
    workers = Workers(path, Limits(**{"workers": 2, "seconds": 20, **limits}))
    settings = uvicorn.Config(make_app(workers), port=0, log_level="warning", timeout_graceful_shutdown=1)
    running = uvicorn.Server(settings)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    until(lambda: running.started)
    host, port = running.servers[0].sockets[0].getsockname()[:2]
    try:
        yield host, port, workers
    finally:
        running.should_exit = True
        thread.join(20)
    assert not thread.is_alive()


def ask(host: str, port: int, query: str) -> httpx.Response:
    return httpx.get(f"http://{host}:{port}/sparql", params={"query": query}, timeout=300)


def hostile_request() -> bytes:
    return f"GET /sparql?{urlencode({'query': CROSS})} HTTP/1.1\r\nHost: h\r\n\r\n".encode()


def number(response: httpx.Response) -> int:
    assert response.status_code == 200, response.text
    return int(response.json()["results"]["bindings"][0]["n"]["value"])


def test_the_query_of_a_client_that_goes_is_ended(tmp_path: Path) -> None:
    with server(make_store(tmp_path / "store"), workers=1, wait_seconds=10) as (host, port, workers):
        ask(host, port, "ASK {}")
        before = workers.numbers()
        with socket.create_connection((host, port)) as connection:
            connection.sendall(hostile_request())
            time.sleep(0.5)
            assert workers.numbers() == before
        began = time.monotonic()
        assert ask(host, port, "ASK {}").json()["boolean"] is True
        assert time.monotonic() - began < 5
        until(lambda: not any(map(is_alive, before)))


def test_a_waiting_client_that_goes_costs_nothing(tmp_path: Path) -> None:
    with server(make_store(tmp_path / "store"), workers=1, seconds=3, wait_seconds=10) as (host, port, workers):
        ask(host, port, "ASK {}")
        hostile = threading.Thread(target=ask, args=(host, port, CROSS))
        hostile.start()
        time.sleep(0.3)
        for _ in range(10):
            with socket.create_connection((host, port)) as connection:
                connection.sendall(hostile_request())
                time.sleep(0.02)
        began = time.monotonic()
        assert ask(host, port, "ASK {}").json()["boolean"] is True
        assert time.monotonic() - began < 6
        hostile.join()
        assert len(workers.numbers()) == 1


def test_processes_end_with_the_server(tmp_path: Path) -> None:
    with server(make_store(tmp_path / "store")) as (host, port, workers):
        ask(host, port, "ASK {}")
        numbers = workers.numbers()
        connection = http.client.HTTPConnection(host, port, timeout=30)
        connection.request("GET", f"/sparql?{urlencode({'query': CROSS})}")
        time.sleep(0.3)
        assert all(map(is_alive, numbers))
    connection.close()
    assert not any(map(is_alive, numbers))


def test_processes_end_when_the_server_is_killed(tmp_path: Path) -> None:
    """Also one that is in the middle of a query: its alarm ends it."""
    program = (
        "import sys, uvicorn; sys.path[:0] = sys.argv[2:];"
        "from pathlib import Path; from sparql_server import make_app;"
        "from topco.server.sparql.pool import Workers; from topco.server.sparql.limits import Limits;"
        "workers = Workers(Path(sys.argv[1]), Limits(workers=2, seconds=2));"
        "uvicorn.run(make_app(workers), port=int(sys.argv[2]), log_level='warning')"
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    store = make_store(tmp_path / "store")
    folder = Path(__file__).parent
    running = subprocess.Popen([sys.executable, "-c", program, str(store), str(port), str(folder)])
    until(lambda: accepts(port))
    ask("127.0.0.1", port, "ASK {}")
    children = [int(pid) for pid in Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()]
    assert len([child for child in children if is_worker(child)]) == 2
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(hostile_request())
        time.sleep(0.3)
        running.kill()
        running.wait()
    until(lambda: not any(map(is_worker, children)), 10)


def accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def is_worker(number: int) -> bool:
    try:
        return "topco.server.sparql.worker" in Path(f"/proc/{number}/cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_workers_step_back_behind_everything_else(tmp_path: Path) -> None:
    with server(make_store(tmp_path / "store"), niceness=7) as (host, port, workers):
        ask(host, port, "ASK {}")
        until(lambda: {os.getpriority(os.PRIO_PROCESS, one) for one in workers.numbers()} == {7})


def test_a_long_query_steps_back_behind_the_short_ones(tmp_path: Path) -> None:
    """Its process is replaced afterwards: the system does not let it come forward again."""
    long = "SELECT (COUNT(*) AS ?n) { VALUES ?x { 1 2 3 4 5 6 7 8 } ?a a ?b . ?d rdfs:label ?f }"
    with server(make_store(tmp_path / "store"), workers=1, seconds=300, niceness=5) as (host, port, workers):
        ask(host, port, "ASK {}")
        (before,) = workers.numbers()
        asker = threading.Thread(target=ask, args=(host, port, long))
        assert os.getpriority(os.PRIO_PROCESS, before) == 5
        asker.start()
        until(lambda: os.getpriority(os.PRIO_PROCESS, before) == 19)
        asker.join()
        ask(host, port, "ASK {}")
        (after,) = workers.numbers()
        assert after != before
        assert os.getpriority(os.PRIO_PROCESS, after) == 5


def test_a_load_beside_disturbs_nobody(tmp_path: Path) -> None:
    """`topco load` in another process: no query fails, each sees one whole state, the old folder goes."""
    store = make_store(tmp_path / "store")
    seen: list[tuple[str, int]] = []
    failed: list[httpx.Response] = []
    done = threading.Event()

    def keep_asking(host: str, port: int) -> None:
        with httpx.Client() as client:
            while not done.is_set():
                found = client.get(f"http://{host}:{port}/sparql", params={"query": COMPANIES})
                if found.status_code == 200:
                    seen.append((found.headers["x-topco-generation"], number(found)))
                else:
                    failed.append(found)

    with server(store, wait_seconds=20) as (host, port, _):
        askers = [threading.Thread(target=keep_asking, args=(host, port)) for _ in range(3)]
        for asker in askers:
            asker.start()
        until(lambda: len(seen) > 20)
        command = [sys.executable, "-m", "topco.cli.main", "load", "gleif", *map(str, sorted(SAMPLES.glob("*lei2*")))]
        loaded = subprocess.run([*command, "--store", str(store)], capture_output=True, text=True, timeout=120)
        assert loaded.returncode == 0, loaded.stderr
        after = len(seen)
        until(lambda: len(seen) > after + 20)
        done.set()
        for asker in askers:
            asker.join()
        generation = manifest.read(store).graph.generation  # type: ignore[union-attr]
        last = number(ask(host, port, COMPANIES))
    assert failed == []
    assert last > 300
    assert generation != "1"
    assert set(seen) == {("1", 2), (generation, last)}
    assert [entry.name for entry in (store / "graph").iterdir()] == [generation]


def test_a_query_goes_on_while_its_generation_is_replaced(tmp_path: Path) -> None:
    """Its files stay until it has read them; the next query sees the next generation."""
    store = make_store(tmp_path / "store")
    slow = "SELECT (COUNT(*) AS ?n) { ?a a ?b . ?d ?e ?f }"
    with server(store, seconds=300) as (host, port, _):
        made = datetime(2025, 4, 2, 12, tzinfo=UTC)
        add_load(store, "lei2", date(2025, 4, 1), {"entities": [entity("A", "CN"), entity("C", "SE")]}, made)
        ask(host, port, "ASK {}")
        answers: list[httpx.Response] = []
        asker = threading.Thread(target=lambda: answers.append(ask(host, port, slow)))
        asker.start()
        time.sleep(0.3)
        build_graph(Store.open(store))
        assert not (store / "graph" / "1").exists()
        assert number(ask(host, port, COMPANIES)) == 3
        assert answers == []
        asker.join()
    assert number(answers[0]) > 10_000_000
    assert answers[0].headers["x-topco-generation"] == "1"


def test_a_deferred_graph_is_built_beside_and_the_state_before_answers(tmp_path: Path) -> None:
    store = make_store(tmp_path / "store")
    with server(store) as (host, port, _):
        assert number(ask(host, port, COMPANIES)) == 2
        made = datetime(2025, 4, 2, 12, tzinfo=UTC)
        add_load(store, "lei2", date(2025, 4, 1), {"entities": [entity("A", "CN"), entity("C", "SE")]}, made)
        before = ask(host, port, COMPANIES)
        assert number(before) == 2
        assert "x-topco-behind" in before.headers
        until(lambda: number(ask(host, port, COMPANIES)) == 3, 40)
        assert "x-topco-behind" not in ask(host, port, COMPANIES).headers


def test_a_graph_that_was_never_built_is_built_at_the_start(tmp_path: Path) -> None:
    store = tmp_path / "store"
    add_load(store, "lei2", date(2025, 3, 1), {"entities": [entity("A", "CN")]})
    with server(store) as (host, port, _):
        first = ask(host, port, COMPANIES)
        assert first.status_code == 503
        assert "being built" in first.json()["detail"]
        assert first.headers["retry-after"] == "5"
        until(lambda: ask(host, port, COMPANIES).status_code == 200, 40)
        assert number(ask(host, port, COMPANIES)) == 1


def test_a_graph_that_somebody_removed_is_built_again(tmp_path: Path) -> None:
    store = make_store(tmp_path / "store")
    shutil.rmtree(store / "graph")
    with server(store) as (host, port, _):
        refused = ask(host, port, COMPANIES)
        assert refused.status_code == 503
        assert "being built" in refused.json()["detail"]
        until(lambda: ask(host, port, COMPANIES).status_code == 200, 40)


def test_without_a_store_law_and_vocabulary_answer_until_there_is_one(tmp_path: Path) -> None:
    store = tmp_path / "store"
    with server(store) as (host, port, _):
        label = ask(host, port, "SELECT ?l { country:SE rdfs:label ?l }")
        assert label.json()["results"]["bindings"][0]["l"]["value"] == "Sweden"
        assert "x-topco-generation" not in label.headers
        assert number(ask(host, port, COMPANIES)) == 0
        assert not store.exists()
        make_store(store)
        assert number(ask(host, port, COMPANIES)) == 2
        shutil.rmtree(store)
        assert number(ask(host, port, COMPANIES)) == 0


def test_a_damaged_manifest_is_said_and_got_over(tmp_path: Path) -> None:
    store = make_store(tmp_path / "store")
    whole = (store / FILE_NAME).read_bytes()
    with server(store) as (host, port, _):
        (store / FILE_NAME).write_text("{")
        refused = ask(host, port, "ASK {}")
        assert refused.status_code == 500
        assert "damaged" in refused.json()["detail"]
        (store / FILE_NAME).write_bytes(whole)
        assert ask(host, port, "ASK {}").status_code == 200
