"""The server under fifty clients, beside a hostile query, and its SPARQL beside the bare Oxigraph server."""

from __future__ import annotations

import asyncio
import random
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import click
import httpx
import polars as pl

from bench.measure import ROOT, WORK, load_average, machine, say
from bench.serving_clients import CLIENTS, Known, Outcome, load, percentile, small_query
from bench.serving_store import serving_store
from topco.store.store import Store

Say = Callable[[str], None]

INTRODUCTION = """# Benchmarks of serving

Written by `python -m bench serving` on {day}. `topco serve` over {entities:,} real entities (GLEIF, early 2025:
`gleif-bulk-2025` under the column names of the golden copy), on one machine with the clients, which take a good part of
its two cores: figures are what is left. Every client waits for its answer before it asks again, so that latencies grow
with the number of clients: fifty of them keep the server busy all the time. Memory is that of all processes together,
also of the one that works at the hostile query until it is ended.

{machine} Load average before and after: {before}, {after}.
"""
_PORT = re.compile(r"http://[^ ]+:(\d+)/")
_SMALL_SECONDS = 15.0
_SMALL_CLIENTS = 8
_ROUNDS = 3


@click.command("serving")
@click.option("--seconds", default=60.0, show_default=True, help="How long the fifty clients ask.")
@click.option("--printed", is_flag=True, help="Print the page, and leave docs/benchmarks-serving.md as it is.")
def command(seconds: float, printed: bool) -> None:
    """Fifty clients, a hostile query beside them, SPARQL beside the bare Oxigraph server."""
    WORK.mkdir(parents=True, exist_ok=True)
    text = page(seconds, WORK, say)
    if printed:
        click.echo(text)
    else:
        (ROOT / "docs" / "benchmarks-serving.md").write_text(text, encoding="utf-8")


def page(seconds: float, work: Path, say: Say) -> str:
    """The page of benchmarks."""
    before = load_average()
    say("making the store")
    store = serving_store(work)
    known = _known(store)
    lines: list[str] = []
    with _serving(store) as (address, process, started):
        say(f"{CLIENTS} clients, {seconds:.0f} s")
        plain = asyncio.run(load(address, known, seconds, process))
        say(f"{CLIENTS} clients and a hostile query, {seconds:.0f} s")
        hostile = asyncio.run(load(address, known, seconds, process, hostile=True))
        lines += [f"From the start of the process to the first answer: {started:.1f} s.", ""]
        lines += _table("Fifty clients", plain)
        lines += _table("The same with a client that sends nothing but a cross product", hostile)
        growth = percentile(hostile.all(), 95) / percentile(plain.all(), 95)
        lines += [
            f"95th percentile of all answers with the hostile query: {growth:.2f} times that without (at most 2).",
            "",
        ]
        say("SPARQL beside Oxigraph")
        lines += _beside_oxigraph(store, address, known)
    head = INTRODUCTION.format(
        day=date.today(), entities=len(known.ids), machine=machine(), before=before, after=load_average()
    )
    return head + "\n" + "\n".join(lines).rstrip() + "\n"


def _known(store: Path) -> Known:
    table = Store.open(store).table("entities", ["id", "name"]).filter(pl.col("name").is_not_null()).collect()
    return Known(table["id"].to_list(), table["name"].to_list())


@contextmanager
def _serving(store: Path) -> Iterator[tuple[str, int, float]]:
    """`topco serve`: its address, the number of its process, and how long it took to answer."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "topco.cli.main", "serve", "--store", str(store), "--port", "0"]
    process = subprocess.Popen([*command, "--query-seconds", "5"], stderr=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        assert process.stderr is not None
        found = next(found for line in process.stderr if (found := _PORT.search(line)))
        address = f"http://127.0.0.1:{found[1]}"
        _wait(f"{address}/api/v1/search?q=bank")
        yield address, process.pid, time.perf_counter() - began
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(address: str) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            httpx.get(address, timeout=60).raise_for_status()
            return
        except httpx.TransportError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)


def _table(title: str, outcome: Outcome) -> list[str]:
    memory = outcome.memory_mib
    early, late = memory[len(memory) // 4], memory[-1]
    lines = [
        f"## {title}",
        "",
        "| asked | answers | a second | median, ms | 95th percentile, ms | slowest, ms |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for kind, values in [*sorted(outcome.seconds.items()), ("**all**", outcome.all())]:
        median, high, most = percentile(values, 50), percentile(values, 95), max(values)
        rate = len(values) / outcome.lasted
        lines.append(
            f"| {kind} | {len(values):,} | {rate:.1f} | {1000 * median:.0f} | {1000 * high:.0f} | {1000 * most:.0f} |"
        )
    errors = f"Errors: {len(outcome.errors)}" + (f" (first: {outcome.errors[0]})" if outcome.errors else "")
    return [
        *lines,
        "",
        f"{errors}. Memory of all its processes: {early:,} MiB after a quarter, {late:,} MiB at the end.",
        "",
    ]


def _beside_oxigraph(store: Path, address: str, known: Known) -> list[str]:
    """Small queries to both servers on the same folder, in turn."""
    rates: dict[str, list[float]] = {"topco": [], "oxigraph": []}
    with _oxigraph(store) as other:
        for number in range(_ROUNDS):
            for name, endpoint in (("topco", f"{address}/sparql"), ("oxigraph", f"{other}/query")):
                rates[name].append(asyncio.run(_rate(endpoint, known, number)))
    ours, theirs = (sorted(rates[name])[_ROUNDS // 2] for name in ("topco", "oxigraph"))
    return [
        "## SPARQL beside the bare Oxigraph server",
        "",
        f"Name and headquarters of one entity, {_SMALL_CLIENTS} clients, {_SMALL_SECONDS:.0f} s in turn, medians of"
        f" {_ROUNDS}; both read the same generation of the graph. The bar is within 2 times.",
        "",
        "| server | answers a second |",
        "|---|---:|",
        f"| topco serve | {ours:,.0f} |",
        f"| oxigraph serve-read-only | {theirs:,.0f} |",
        "",
        f"Oxigraph answers {theirs / ours:.2f} times as many.",
    ]


async def _rate(endpoint: str, known: Known, seed: int) -> float:
    count = 0
    until = time.monotonic() + _SMALL_SECONDS

    async def ask(client: httpx.AsyncClient, chance: random.Random) -> None:
        nonlocal count
        while time.monotonic() < until:
            answer = await client.get(endpoint, params={"query": small_query(known, chance)}, headers=headers)
            answer.raise_for_status()
            count += 1

    headers = {"Accept": "application/sparql-results+json"}
    began = time.monotonic()
    async with httpx.AsyncClient(timeout=60) as client:
        await asyncio.gather(*(ask(client, random.Random(100 * seed + one)) for one in range(_SMALL_CLIENTS)))
    return count / (time.monotonic() - began)


@contextmanager
def _oxigraph(store: Path) -> Iterator[str]:
    opened = Store.open(store)
    assert opened.manifest.graph is not None
    program = shutil.which("oxigraph", path=str(Path(sys.executable).parent))
    if program is None:
        raise RuntimeError("the package oxigraph is not installed: pip install topco[bench]")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        bind = f"127.0.0.1:{free.getsockname()[1]}"
    folder = opened.graph_folder(opened.manifest.graph)
    command = [program, "serve-read-only", "--location", str(folder), "--bind", bind, "--union-default-graph"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(f"http://{bind}/")
        yield f"http://{bind}"
    finally:
        process.terminate()
        process.wait(timeout=30)
