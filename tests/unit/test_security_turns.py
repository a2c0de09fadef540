"""Questions that take long: they keep no other from being answered, their line has an end, and whoever goes is gone."""

from __future__ import annotations

import asyncio
import inspect
import threading
import time
from typing import Any

import httpx
from fastapi import APIRouter, FastAPI

from topco.errors import TopcoError
from topco.server import problem
from topco.server.api import cases
from topco.server.turns import LONG_AT_ONCE, LONG_WAITING, Heavy, long
from topco.server.workbench import case

MANY = 50


class Held:
    """A server with a question that takes until it is let go, and a short one."""

    def __init__(self) -> None:
        self.free = threading.Event()
        self.asked = self.inside = 0
        self.app, router = FastAPI(), APIRouter(route_class=Heavy)
        self.app.add_exception_handler(TopcoError, problem.of_topco)

        @router.get("/long")
        @long
        def slow(number: int = 0) -> int:
            self.inside += 1
            assert self.free.wait(30)
            self.asked += 1
            return number

        @router.get("/short")
        def short() -> int:
            return 1

        self.app.include_router(router)

    async def begun(self) -> None:
        until = time.monotonic() + 30
        while self.inside < LONG_AT_ONCE and time.monotonic() < until:
            await asyncio.sleep(0.01)


def test_many_long_questions_keep_no_short_one_waiting() -> None:
    held = Held()

    async def run() -> tuple[httpx.Response, list[httpx.Response]]:
        transport = httpx.ASGITransport(held.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=30) as client:
            asked = [asyncio.ensure_future(client.get("/long", params={"number": one})) for one in range(MANY)]
            await held.begun()
            short = await client.get("/short")
            assert held.asked == 0
            held.free.set()
            return short, await asyncio.gather(*asked)

    short, answers = asyncio.run(run())
    assert short.status_code == 200
    answered = [one for one in answers if one.status_code == 200]
    refused = [one for one in answers if one.status_code == 503]
    assert len(answered) == LONG_AT_ONCE + LONG_WAITING
    assert len(refused) == MANY - len(answered)
    assert all(one.json()["remedy"] for one in refused)


def test_nothing_is_computed_for_a_client_that_has_gone() -> None:
    held = Held()
    sent: list[Any] = []

    async def leave(path: str) -> None:
        messages = [{"type": "http.request", "body": b"", "more_body": False}, {"type": "http.disconnect"}]

        async def receive() -> dict[str, Any]:
            return messages.pop(0) if len(messages) > 1 else messages[0]

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}
        await held.app({**scope, "http_version": "1.1", "scheme": "http", "server": ("127.0.0.1", 80)}, receive, send)

    async def run() -> None:
        transport = httpx.ASGITransport(held.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=30) as client:
            asked = [asyncio.ensure_future(client.get("/long")) for _ in range(LONG_AT_ONCE)]
            await held.begun()
            gone = asyncio.ensure_future(leave("/long"))
            await asyncio.sleep(0.05)
            held.free.set()
            await asyncio.gather(*asked, gone)

    asyncio.run(run())
    assert held.inside == held.asked == LONG_AT_ONCE
    assert sent[0]["status"] == 499


def test_what_takes_long_has_a_line_of_its_own() -> None:
    for handler in (cases.whatif, case.whatif):
        assert inspect.iscoroutinefunction(handler)
    assert all(isinstance(route, Heavy) for route in case.router.routes)
