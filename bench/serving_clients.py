"""Clients of a server: fifty of them, each asking one thing after another for a while, and how long each took."""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import httpx

CLIENTS = 50
_LONGEST = 60.0
_QUERY = (
    "PREFIX topco: <https://w3id.org/topco/>"
    " SELECT ?name ?hq {{ <https://w3id.org/topco/id/LEI/{lei}> topco:name ?name ; topco:headquarteredIn ?hq }}"
)
_HOSTILE = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@dataclass(frozen=True)
class Known:
    """What the clients know of the store: identifiers and names of entities."""

    ids: Sequence[str]
    names: Sequence[str]


@dataclass
class Outcome:
    """What a run came to: seconds of every answer by what was asked, and what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)
    memory_mib: list[int] = field(default_factory=list)
    lasted: float = 0.0

    def all(self) -> list[float]:
        return [one for many in self.seconds.values() for one in many]


def percentile(values: Sequence[float], percent: int) -> float:
    """A percentile of at least two values, in the unit of the values."""
    return statistics.quantiles(values, n=100)[percent - 1]


async def load(address: str, known: Known, seconds: float, server: int, *, hostile: bool = False) -> Outcome:
    """Ask for so many seconds.

    Args:
        server: the number of the server's process, whose memory is looked at every second.
        hostile: whether one more client keeps sending a query that cannot end.
    """
    outcome = Outcome()
    until = time.monotonic() + seconds
    limits = httpx.Limits(max_connections=CLIENTS + 2, max_keepalive_connections=CLIENTS + 2)
    async with httpx.AsyncClient(base_url=address, timeout=_LONGEST, limits=limits) as client:
        tasks = [_client(client, known, number, until, outcome) for number in range(CLIENTS)]
        tasks.append(_memory(server, until, outcome))
        if hostile:
            tasks.append(_hostile(client, until))
        began = time.monotonic()
        await asyncio.gather(*tasks)
        outcome.lasted = time.monotonic() - began
    return outcome


async def _client(client: httpx.AsyncClient, known: Known, number: int, until: float, outcome: Outcome) -> None:
    chance = random.Random(number)
    kinds: list[tuple[str, Callable[[], httpx.Request]]] = [
        ("search", lambda: client.build_request("GET", "/api/v1/search", params={"q": _words(known, chance)})),
        ("entity", lambda: client.build_request("GET", f"/api/v1/entities/{chance.choice(known.ids)}/resolution")),
        ("determine", lambda: client.build_request("POST", "/api/v1/determinations", json=_case(known, chance))),
        ("sparql", lambda: client.build_request("GET", "/sparql", params={"query": small_query(known, chance)})),
    ]
    while time.monotonic() < until:
        kind, make = chance.choice(kinds)
        began = time.perf_counter()
        try:
            answer = await client.send(make())
        except httpx.HTTPError as error:
            outcome.errors.append(f"{kind}: {error!r}")
            continue
        outcome.seconds[kind].append(time.perf_counter() - began)
        if answer.status_code != 200:
            outcome.errors.append(f"{kind}: {answer.status_code} {answer.text[:120]}")


async def _hostile(client: httpx.AsyncClient, until: float) -> None:
    while (left := until - time.monotonic()) > 0:
        try:
            await client.get("/sparql", params={"query": _HOSTILE}, timeout=left)
        except httpx.TimeoutException:
            return


async def _memory(server: int, until: float, outcome: Outcome) -> None:
    while time.monotonic() < until:
        outcome.memory_mib.append(sum(map(_resident_mib, [server, *_children(server)])))
        await asyncio.sleep(1)


def _resident_mib(process: int) -> int:
    try:
        with open(f"/proc/{process}/statm", encoding="ascii") as stream:
            return int(stream.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 2**20
    except OSError:  # ended at this moment
        return 0


def _children(process: int) -> list[int]:
    with open(f"/proc/{process}/task/{process}/children", encoding="ascii") as stream:
        return [int(one) for one in stream.read().split()]


def _words(known: Known, chance: random.Random) -> str:
    return " ".join(chance.choice(known.names).split()[:2])


def _case(known: Known, chance: random.Random) -> dict[str, object]:
    return {
        "transaction": {"date": "2025-06-01", "activity": "export", "destination": chance.choice(("DE", "SG", "AE"))},
        "item": {"eccn": "3A090.a", "tpp": str(chance.choice((5000, 80000)))},
        "parties": [{"role": "ultimate_consignee", "entity": chance.choice(known.ids)}],
    }


def small_query(known: Known, chance: random.Random) -> str:
    """The name and the headquarters of one entity."""
    return _QUERY.format(lei=chance.choice(known.ids).removeprefix("LEI:"))
