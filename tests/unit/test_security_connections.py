"""Connections that say nothing, or say it slowly, make room for others; other sites' pages ask nothing in passing."""

from __future__ import annotations

import asyncio
import resource
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from served_sample import client
from topco.server import connections, guard
from topco.server.guard import Guard
from topco.server.settings import Settings

SILENT = 0.3
WHOLE = b"GET /asleep?seconds=0 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(connections, "SILENT_SECONDS", SILENT)
    monkeypatch.setattr(guard, "PAUSE_SECONDS", SILENT)
    app = FastAPI()
    app.add_middleware(Guard, settings=Settings())

    @app.get("/asleep")
    async def asleep(seconds: float) -> float:
        await asyncio.sleep(seconds)
        return seconds

    @app.post("/body")
    async def body(given: dict[str, int]) -> int:
        return len(given)

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, http=connections.Patient, log_level="critical"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield listening.getsockname()[1]
        server.should_exit = True
        thread.join()


def said(port: int, *parts: bytes) -> bytes:
    """What comes back for what is sent, until the server closes; nothing more is sent."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        found = b""
        for part in parts:
            connection.sendall(part)
            time.sleep(0.05)
        while more := connection.recv(65_536):
            found += more
        return found


@pytest.mark.parametrize("begun", [b"", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: "])
def test_a_connection_without_a_request_is_closed(port: int, begun: bytes) -> None:
    assert said(port, *([begun] if begun else [])) == b""


def test_so_is_one_that_begins_a_second_request_and_goes_no_further(port: int) -> None:
    answer = said(port, WHOLE, b"GET / HTTP/1.1\r\nHost: ")
    assert answer.count(b"HTTP/1.1 200 OK") == 1


def test_an_answer_that_takes_long_is_waited_for(port: int) -> None:
    answer = said(port, WHOLE.replace(b"=0 ", b"=1.5 "))
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert answer.endswith(b"1.5")


def test_a_body_that_does_not_come_is_given_up(port: int) -> None:
    head = b"POST /body HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
    answer = said(port, head)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"nosniff" in answer


def test_as_many_files_as_the_system_allows_may_be_open() -> None:
    before = soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 512), hard))
        connections.as_many_as_allowed()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (hard, hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("path", ["/sparql?query=ASK{}", "/api/v1/search?q=x", "/case/whatif", "/reconcile"])
def test_a_page_of_another_site_asks_nothing_in_passing(tmp_path: Path, site: str, path: str) -> None:
    reader: TestClient = client(tmp_path / "store")
    for mode in ("no-cors", "cors"):
        assert reader.get(path, headers={"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode}).status_code == 403


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "none"}, {"Sec-Fetch-Site": "same-origin"}])
def test_links_and_own_pages_are_followed(tmp_path: Path, headers: dict[str, str]) -> None:
    reader = client(tmp_path / "store")
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert reader.get("/case", headers=link).status_code == reader.get("/case", headers=headers).status_code == 200
