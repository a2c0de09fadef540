"""Determinations and the ledger: rules per case, milliseconds per determination with proof, reservations per second.

python -m bench.licensing            writes docs/benchmarks-licensing.md (about five minutes)
python -m bench.licensing --printed  prints the page

Cases are those of `tests/scenarios`. The peer of the rules is the same rules, one query after the other, on rdflib; the
peer of the ledger is SQLite with one durable insert per reservation and nothing checked.
"""

from __future__ import annotations

import json
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import click
from rdflib import Graph

from bench.measure import ROOT, load_average, machine

TODAY = date(2026, 11, 27)
PAGE = ROOT / "docs" / "benchmarks-licensing.md"
UNKNOWN_PARTY: dict[str, Any] = {"role": "ultimate_consignee"}
KNOWN_PARTY = {**UNKNOWN_PARTY, "located_in": "IN", "hq_in": "IN", "ultimate_parent_hq_in": "IN"}
SPENDER = """
import sys, time
from pathlib import Path
sys.path[:0] = ["tests/unit"]
from ledger_books import book, order
folder, name, attempts = sys.argv[1:]
with book(Path(folder)) as ledger:
    print("ready", flush=True); sys.stdin.readline(); started = time.perf_counter()
    for number in range(int(attempts)):
        ledger.reserve(order("lpp", 1, key=f"{name}-{number}"))
    print(time.perf_counter() - started, flush=True)
"""


def scenario_cases() -> list[dict[str, Any]]:
    """The cases of the scenarios."""
    sys.path.insert(0, str(ROOT / "tests" / "unit"))
    from scenario_files import load_scenarios

    return [json.loads(json.dumps(dict(one.case), default=str)) for one in load_scenarios()]


def timed(work: Callable[[], object], times: int) -> list[float]:
    """Milliseconds of each run."""
    found = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        found.append((time.perf_counter() - started) * 1000)
    return found


def row(*cells: object) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def cold() -> list[str]:
    """One case from the shell."""
    with tempfile.TemporaryDirectory() as folder:
        case = Path(folder) / "case.json"
        case.write_text(json.dumps(plain("2025-06-01", [KNOWN_PARTY])), encoding="utf-8")
        command = [sys.executable, "-m", "topco.cli.main", "--help"]
        help_alone = timed(lambda: subprocess.run(command, capture_output=True, check=False), 5)
        command = [sys.executable, "-m", "topco.cli.main", "determine", str(case), "--format", "json"]
        whole = timed(lambda: subprocess.run(command, capture_output=True, check=False), 5)
    return [
        "| from the shell, process start included | ms |",
        "|---|---:|",
        row("`topco --help`", f"{statistics.median(help_alone):.0f}"),
        row("`topco determine` of one case, both readings, with proof", f"{statistics.median(whole):.0f}"),
    ]


def plain(day: str, parties: list[dict[str, Any]], destination: str = "IN") -> dict[str, Any]:
    """A plain order of data-centre chips."""
    deal = {"date": day, "activity": "export", "destination": destination, "quantity_tpp": 1000000}
    item = {"eccn": entry_of_scenarios(), "designer": "authorised", "datacentre": True}
    conditions = {"part_744_746_bar": False, "knowledge_of_parent": True}
    transaction = {**deal, "end_use": ["data_centre"]}
    return {"transaction": transaction, "item": item, "parties": parties, "conditions": conditions}


def entry_of_scenarios() -> str:
    """The entry that most scenarios state."""
    entries = Counter(case["item"]["eccn"] for case in scenario_cases() if case.get("item", {}).get("eccn"))
    return entries.most_common(1)[0][0]


def warm() -> list[str]:
    """All scenarios in one process, then orders with more and more unknown."""
    from topco.licensing.cases.case import parse_case
    from topco.licensing.determine import Determiner, Options

    determiner = Determiner(Options(), None, [], TODAY)
    cases = [parse_case(data, "scenario") for data in scenario_cases()]
    determiner.determine(cases)
    each = [ms for case in cases for ms in timed(partial(determiner.determine, [case]), 3)]
    lines = [
        "| in one process, with proof and both readings | cases | median, ms | 95 percent below, ms | longest, ms |",
        "|---|---:|---:|---:|---:|",
        row("the scenarios", len(cases), *(f"{one:.1f}" for one in spread(each))),
    ]
    asked = {
        "one party, everything known": plain("2026-08-01", [KNOWN_PARTY]),
        "headquarters and parent unknown": plain("2026-08-01", [UNKNOWN_PARTY]),
        "the same of two parties": plain("2026-08-01", [UNKNOWN_PARTY, {"role": "end_user"}]),
    }
    for words, data in asked.items():
        case = parse_case(data, words)
        determiner.determine([case])
        runs = timed(partial(determiner.determine, [case]), 10)
        lines.append(row(words, 1, *(f"{one:.1f}" for one in spread(runs))))
    return lines


def spread(runs: Iterable[float]) -> tuple[float, float, float]:
    """Median, 95th percentile, maximum."""
    found = sorted(runs)
    return statistics.median(found), found[min(len(found) - 1, int(len(found) * 0.95))], found[-1]


def rules() -> list[str]:
    """Rules in force and rules that find something, and the same rules on rdflib."""
    from topco.licensing.cases.case import parse_case
    from topco.licensing.determine import Determiner, Options
    from topco.licensing.weighing.worlds import open_facts, world_quads, worlds

    determiner = Determiner(Options(), None, [], TODAY)
    lines = [
        "| reading, date | rules in force | that find something | engine, ms | rdflib, ms | times |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for reading, day in (("codified", "2024-06-01"), ("codified", "2026-08-01"), ("enforced", "2026-08-01")):
        case = parse_case({**plain(day, [KNOWN_PARTY]), "reading": reading}, reading)
        prepared = determiner.prepare(case, determiner.frame(case))
        facts = determiner.builder(prepared).build(case, {}, reading)
        every = worlds(facts, open_facts(facts))
        (found,) = prepared.engine.run(facts, every)
        ours = statistics.median(timed(partial(prepared.engine.run, facts, every), 20))
        graph = Graph()
        text = "".join(f"{quad.triple} .\n" for quad in (*prepared.engine.slice.facts, *world_quads(facts, every[0])))
        graph.parse(data=text, format="nt")
        queries = [rule.query for rule in prepared.ruleset.rules]
        theirs = statistics.median(timed(partial(answered, graph, queries), 3))
        fired = len({finding.rule.name for finding in found})
        inside = row(f"{reading}, {day}", len(queries), fired, f"{ours:.1f}", f"{theirs:.0f}", f"{theirs / ours:.0f}")
        lines.append(inside)
    return lines


def answered(graph: Graph, queries: list[str]) -> int:
    """How many rows all queries give."""
    return sum(len(list(graph.query(query))) for query in queries)


def ledger(attempts: int = 1500) -> list[str]:
    """Reservations per second, one writer and two, against bare durable inserts."""
    lines = ["| writers | reservations a second | bare inserts a second | times |", "|---|---:|---:|---:|"]
    for writers in (1, 2):
        with tempfile.TemporaryDirectory() as folder:
            ours = (
                writers
                * attempts
                / together([[sys.executable, "-c", SPENDER, folder, str(one), str(attempts)] for one in range(writers)])
            )
        with tempfile.TemporaryDirectory() as folder:
            bare = (
                writers
                * attempts
                / together(
                    [
                        [sys.executable, "-m", "bench.licensing", "--insert", folder, str(attempts)]
                        for _ in range(writers)
                    ]
                )
            )
        lines.append(row(writers, f"{ours:,.0f}", f"{bare:,.0f}", f"{bare / ours:.1f}"))
    return lines


def together(commands: list[list[str]]) -> float:
    """The longest time of programs that start their work at once; each says how long its work took."""
    running = [
        subprocess.Popen(one, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) for one in commands
    ]
    for one in running:
        assert one.stdout is not None
        one.stdout.readline()
    for one in running:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    return max(float((one.communicate()[0] or "nan").splitlines()[-1]) for one in running)


def insert(folder: str, attempts: int) -> None:
    """Durable inserts of one row each, nothing checked."""
    with sqlite3.connect(Path(folder) / "bare.sqlite", isolation_level=None, timeout=60) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("CREATE TABLE IF NOT EXISTS entry (id INTEGER PRIMARY KEY, amount INTEGER)")
        print("ready", flush=True)
        sys.stdin.readline()
        started = time.perf_counter()
        for number in range(attempts):
            database.execute("INSERT INTO entry (amount) VALUES (?)", (number,))
        print(time.perf_counter() - started, flush=True)


@click.command()
@click.option("--printed", is_flag=True, help="Print the page instead of writing it.")
@click.option("--insert", "inserting", type=(str, int), default=None, hidden=True)
def main(printed: bool, inserting: tuple[str, int] | None) -> None:
    """Measure determinations and the ledger."""
    if inserting is not None:
        insert(*inserting)
        return
    before = load_average()
    parts = {
        "Cold": cold(),
        "Warm": warm(),
        "Rules": rules(),
        "Ledger": ledger(),
    }
    head = f"# Benchmarks of determinations\n\n{TODAY}, {machine()}. Aim: 30 ms warm with the proof, in one process."
    text = "\n\n".join([head, *(f"## {title}\n\n" + "\n".join(lines) for title, lines in parts.items())])
    text += f"\n\nLoad average before and after: {before}, {load_average()}.\n"
    if printed:
        click.echo(text)
    else:
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
