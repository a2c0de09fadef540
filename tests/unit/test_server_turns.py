"""Handlers that compute take turns; what only waits does not stand in line, and nothing is answered otherwise."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from fastapi.staticfiles import StaticFiles
from fastapi.testclient import TestClient
from pydantic import BaseModel

from topco.server.api import cases, entities, proofs
from topco.server.reconcile.origins import route_class
from topco.server.turns import AT_ONCE, Heavy
from topco.server.workbench import entity, search

CLIENTS = 12


class Number(BaseModel):
    """An answer of one figure."""

    figure: int


class Gate:
    """Holds handlers back until it is opened, and counts how many are inside."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.inside = self.most = 0
        self._lock = threading.Lock()

    def passed(self) -> None:
        with self._lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        assert self.open.wait(30)
        with self._lock:
            self.inside -= 1


def server_of(gate: Gate, folder: Path) -> FastAPI:
    app, router = FastAPI(), APIRouter(route_class=Heavy)

    @router.get("/heavy/{figure}")
    def heavy(figure: int) -> Number:
        gate.passed()
        return Number(figure=figure)

    @router.get("/asleep")
    async def asleep() -> Number:
        return Number(figure=0)

    app.include_router(router)

    @app.get("/light")
    def light() -> Number:
        return Number(figure=1)

    app.mount("/static", StaticFiles(directory=folder))
    return app


def test_a_few_compute_at_once_and_others_answer_meanwhile(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    gate = Gate()

    async def run() -> tuple[list[httpx.Response], list[httpx.Response]]:
        transport = httpx.ASGITransport(server_of(gate, tmp_path))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=30) as client:
            waiting = [asyncio.ensure_future(client.get(f"/heavy/{number}")) for number in range(CLIENTS)]
            until = time.monotonic() + 30
            while gate.inside < AT_ONCE and time.monotonic() < until:
                await asyncio.sleep(0.01)
            beside = [await client.get(place) for place in ("/light", "/static/a.txt", "/asleep")]
            assert not any(one.done() for one in waiting)
            gate.open.set()
            return beside, await asyncio.gather(*waiting)

    beside, answers = asyncio.run(run())
    assert [one.status_code for one in beside] == [200, 200, 200]
    assert [one.json() for one in answers] == [{"figure": number} for number in range(CLIENTS)]
    assert gate.most == AT_ONCE


def test_parameters_are_still_checked(tmp_path: Path) -> None:
    gate = Gate()
    gate.open.set()
    with TestClient(server_of(gate, tmp_path)) as client:
        assert client.get("/heavy/no-number").status_code == 422
        assert (
            client.get("/openapi.json").json()["paths"]["/heavy/{figure}"]["get"]["parameters"][0]["name"] == "figure"
        )


def test_a_client_that_goes_gives_its_place_in_line_up(tmp_path: Path) -> None:
    gate = Gate()

    async def run() -> httpx.Response:
        transport = httpx.ASGITransport(server_of(gate, tmp_path))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=30) as client:
            first = [asyncio.ensure_future(client.get(f"/heavy/{number}")) for number in range(AT_ONCE)]
            while gate.inside < AT_ONCE:
                await asyncio.sleep(0.01)
            gone = asyncio.ensure_future(client.get("/heavy/99"))
            await asyncio.sleep(0.05)
            gone.cancel()
            last = asyncio.ensure_future(client.get("/heavy/100"))
            await asyncio.sleep(0.05)
            gate.open.set()
            await asyncio.gather(*first)
            return await last

    assert asyncio.run(run()).json() == {"figure": 100}


@pytest.mark.parametrize("router", [entities.router, cases.router, proofs.router, search.router, entity.router])
def test_what_computes_takes_turns(router: APIRouter) -> None:
    assert router.routes
    assert all(isinstance(route, Heavy) for route in router.routes)


def test_reconciliation_takes_turns() -> None:
    assert issubclass(route_class(frozenset()), Heavy)
