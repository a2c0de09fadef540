"""Ultimate parents and pairs of control by several means: all read one Parquet file of holdings and write a CSV.

The questions are in `bench/ownership_questions.py`. Under `majority` each holder counts alone; else a party controls a
company if what it and all that it controls have together exceeds the threshold. An ultimate parent of a company is a
party that controls it and that nobody controls; what rings alone control has none. Every means must be right on any
graph of exact shares without treasury shares, and for pairs that may control, on any bounds.

    python -m bench.ownership_peers ours pairs HOLDINGS.parquet PAIRS.csv [WARM.parquet]

prints one line of JSON: seconds from file to file (imports excluded), processor time, peak memory, and seconds from
rows to answers in memory. A second file is answered first, so that what a program does once is over.
"""

from __future__ import annotations

import csv
import json
import sys
import time
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from bench.memory import own_peak_mib
from bench.ownership_questions import QUESTIONS, Question
from topco.ownership.shares import WHOLE

InMemory = float | Callable[[], float]

# Each company that exceeding holders lead to from the tops down; UNION lets it end on any graph.
_MAJORITY = """
  WITH RECURSIVE
    steps AS MATERIALIZED (SELECT owned AS company, owner AS holder FROM {rows} WHERE lower >= {needed}),
    named AS (SELECT owner AS party FROM {rows} UNION SELECT owned FROM {rows}),
    walk(entity, top) AS (
      SELECT party, party FROM named ANTI JOIN steps ON steps.company = party
      UNION SELECT steps.company, walk.top FROM walk JOIN steps ON steps.holder = walk.entity)
  SELECT entity, top AS ultimate_parent FROM walk"""

# Sums grow with the group, so a pair is added up again when the group has: only pairs that the last round's companies
# lead to, over all holders of the company. USING KEY lets the recursion see all that it has found (`recurring`).
_CONTROLS = """
    rows AS MATERIALIZED (SELECT owner, owned, lower FROM {rows}),
    {starts}
    controls(controller, company) USING KEY (controller, company) AS (
      SELECT owner, owned FROM rows {semi} WHERE lower >= {needed}
      UNION
      SELECT asked.controller, asked.company
      FROM (SELECT DISTINCT controls.controller, rows.owned AS company
            FROM controls JOIN rows ON rows.owner = controls.company) AS asked
      ANTI JOIN recurring.controls AS known
        ON known.controller = asked.controller AND known.company = asked.company
      JOIN rows ON rows.owned = asked.company
      LEFT JOIN recurring.controls AS held ON held.controller = asked.controller AND held.company = rows.owner
      WHERE held.controller IS NOT NULL OR rows.owner = asked.controller
      GROUP BY asked.controller, asked.company HAVING sum(rows.lower) >= {needed})"""

_PAIRS = "WITH RECURSIVE" + _CONTROLS.replace("{starts}", "").replace("{semi}", "") + "\n  FROM controls"

# Whoever a single holder controls, and his holder, and so on to somebody who is not, finds nothing that the last one
# does not find: he need not be asked. Those in and below rings must be.
_STARTS = """single AS MATERIALIZED (SELECT owner, owned FROM rows WHERE lower >= {needed}),
    free AS MATERIALIZED (SELECT DISTINCT owner AS party FROM rows ANTI JOIN single ON single.owned = rows.owner),
    below(party) AS (SELECT party FROM free UNION SELECT owned FROM below JOIN single ON owner = party),
    starts AS MATERIALIZED (
      FROM free UNION SELECT owner FROM rows ANTI JOIN below ON below.party = rows.owner),"""

_TOPS = (
    "WITH RECURSIVE"
    + _CONTROLS.replace("{starts}", _STARTS).replace("{semi}", "SEMI JOIN starts ON starts.party = rows.owner")
    + """,
    found AS MATERIALIZED (FROM controls),
    controlled AS MATERIALIZED (SELECT company FROM found UNION SELECT owned FROM single),
    named AS (SELECT owner AS party FROM rows UNION SELECT owned FROM rows)
  SELECT company AS entity, controller AS ultimate_parent FROM found
    ANTI JOIN controlled ON controlled.company = found.controller
  UNION ALL SELECT party, party FROM named ANTI JOIN controlled ON controlled.company = party"""
)


def duckdb_recursive(path: Path, out: Path, question: Question) -> Callable[[], float]:
    """One query; what is given back asks it again of a table in memory, and for a table in memory."""
    import duckdb

    text = _PAIRS if question.pairs else _TOPS if question.test.aggregated else _MAJORITY
    connection = duckdb.connect()
    connection.execute("SET threads = 2; SET preserve_insertion_order = false; SET enable_progress_bar = false")
    query = text.format(rows=f"read_parquet('{path}')", needed=question.needed)
    connection.execute(f"COPY ({query}) TO '{out}' (FORMAT csv, HEADER true)")

    def in_memory() -> float:
        connection.execute(f"CREATE TABLE holdings AS FROM read_parquet('{path}')")
        started = time.perf_counter()
        connection.execute(f"CREATE TABLE answer AS {text.format(rows='holdings', needed=question.needed)}")
        return time.perf_counter() - started

    return in_memory


Portfolios = list[list[tuple[int, int, int]]]


def worklist(path: Path, out: Path, question: Question) -> float:
    """Plain Python: of each party all that it controls, from its own holdings on; identifiers numbered by a dict."""
    import polars as pl

    rows = pl.read_parquet(path)
    columns = [rows[name].to_list() for name in ("owner", "owned", "lower", "upper")]
    started = time.perf_counter()
    number: dict[str, int] = {}
    for column in columns[:2]:
        for name in column:
            number.setdefault(name, len(number))
    names = list(number)
    portfolios: Portfolios = [[] for _ in names]
    declared = [0] * len(names)
    for _, owned, lower, _ in zip(*columns, strict=True):
        declared[number[owned]] += lower
    for owner, owned, lower, upper in zip(*columns, strict=True):
        company = number[owned]
        # What others certainly have cannot be his.
        portfolios[number[owner]].append((company, lower, min(upper, WHOLE - declared[company] + lower)))
    pairs: Iterable[tuple[int, int]]
    if question.pairs:
        pairs = [
            (party, company)
            for party in range(len(names))
            if portfolios[party]
            for company in _group(portfolios, declared, party, question.needed, may=question.may)
        ]
    elif question.test.aggregated:
        pairs = _aggregated_tops(portfolios, declared, question.needed)
    else:
        pairs = _majority_tops(portfolios, question.needed)
    answer = [(names[one], names[other]) for one, other in pairs]
    in_memory = time.perf_counter() - started
    _write(answer, question.columns, out)
    return in_memory


def _group(portfolios: Portfolios, declared: list[int], party: int, needed: int, *, may: bool = False) -> list[int]:
    """All that a party controls."""
    found: list[int] = []
    members = {party}
    controlled = set()
    certain: dict[int, int] = {}
    possible: dict[int, int] = {}
    frontier = [party]
    while frontier:
        for company, lower, upper in portfolios[frontier.pop()]:
            if company in controlled:
                continue
            have = certain[company] = certain.get(company, 0) + lower
            if may:
                most = possible[company] = possible.get(company, 0) + upper
                have = min(most, WHOLE - declared[company] + have)
            if have >= needed:
                controlled.add(company)
                found.append(company)
                if company not in members:
                    members.add(company)
                    frontier.append(company)
    return found


def _aggregated_tops(portfolios: Portfolios, declared: list[int], needed: int) -> list[tuple[int, int]]:
    """Only those are asked whom no single holder controls, and those in and below rings of single holders."""
    controlled = [False] * len(portfolios)
    for portfolio in portfolios:
        for company, lower, _ in portfolio:
            if lower >= needed:
                controlled[company] = True
    below = [not held for held in controlled]
    frontier = [party for party, free in enumerate(below) if free]
    starts = frontier.copy()
    while frontier:
        for company, lower, _ in portfolios[frontier.pop()]:
            if lower >= needed and not below[company]:
                below[company] = True
                frontier.append(company)
    starts += [party for party, reached in enumerate(below) if not reached]
    groups = [(party, _group(portfolios, declared, party, needed)) for party in starts if portfolios[party]]
    for _, group in groups:
        for company in group:
            controlled[company] = True
    pairs = [(company, party) for party, group in groups if not controlled[party] for company in group]
    return pairs + [(party, party) for party, held in enumerate(controlled) if not held]


def _majority_tops(portfolios: Portfolios, needed: int) -> list[tuple[int, int]]:
    """At most one holder exceeds half: from the tops down, each company once."""
    held = [False] * len(portfolios)
    for portfolio in portfolios:
        for company, lower, _ in portfolio:
            if lower >= needed:
                held[company] = True
    pairs = [(party, party) for party in range(len(portfolios)) if not held[party]]
    for party, top in pairs:
        pairs.extend((company, top) for company, lower, _ in portfolios[party] if lower >= needed)
    return pairs


def sparql_pyoxigraph(path: Path, out: Path, question: Question) -> float:
    """The queries that define control (`queries/resolution/control/`), from positions on."""
    import polars as pl
    import pyoxigraph as ox

    from topco import knowledge

    working, shares = "urn:topco:working:", ox.NamedNode("https://w3id.org/topco/SharesFamily")

    def term(name: str) -> ox.NamedNode:
        return ox.NamedNode(working + name)

    rows = pl.read_parquet(path)
    store = ox.Store()
    test = question.test
    literals: dict[str, int | bool] = {
        "threshold": test.threshold,
        "atLeast": test.at_least,
        "aggregated": test.aggregated,
    }
    store.extend(ox.Quad(term("test"), term(name), ox.Literal(value)) for name, value in literals.items())
    store.add(ox.Quad(term("test"), term("counts"), shares))
    for owner, owned, lower, upper in rows.iter_rows():
        position, party, company = ox.BlankNode(), ox.NamedNode(owner), ox.NamedNode(owned)
        figures = (("lower", ox.Literal(lower)), ("stated", ox.Literal(upper)))
        objects = (("owner", party), ("owned", company), ("family", shares), *figures)
        store.extend(ox.Quad(position, term(name), value) for name, value in objects)
        store.extend(ox.Quad(one, term("itself"), one) for one in (party, company))
    started = time.perf_counter()
    for name in ("totals.ru", "tightened.ru"):
        store.update(knowledge.text(f"queries/resolution/control/{name}"))
    for name in ("must.ru", "may.ru") if question.may else ("must.ru",):
        update, size = knowledge.text(f"queries/resolution/control/{name}"), -1
        while size != len(store):
            size = len(store)
            store.update(update)
    relation = "mayControl" if question.may else "mustControl"
    solutions = store.query(f"SELECT ?party ?company {{ ?party <{working}{relation}> ?company }}")
    assert isinstance(solutions, ox.QuerySolutions)
    pairs = [(row["party"].value, row["company"].value) for row in solutions]
    in_memory = time.perf_counter() - started
    _write(pairs, question.columns, out)
    return in_memory


def _write(pairs: Iterable[tuple[str, str]], columns: tuple[str, str], out: Path) -> None:
    with out.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(pairs)


def ours(path: Path, out: Path, question: Question) -> float:
    from bench import ownership_ours

    return ownership_ours.ours(path, out, question)


def ours_with_everything(path: Path, out: Path, question: Question) -> float:
    from bench import ownership_ours

    return ownership_ours.ours_with_everything(path, out, question)


class Peer(NamedTuple):
    """A means, what it is called in the table, and what it answers up to which number of companies."""

    run: Callable[[Path, Path, Question], InMemory]
    words: str
    imports: tuple[str, ...]
    questions: tuple[str, ...]
    largest: int = 10**7


_SINGLE_PARENT = ("majority", "control", "cascade")
PEERS = {
    "ours": Peer(ours, "**ours**", ("bench.ownership_ours",), tuple(QUESTIONS)),
    "everything": Peer(ours_with_everything, "ours, with all values", ("bench.ownership_ours",), _SINGLE_PARENT),
    "duckdb": Peer(duckdb_recursive, "DuckDB, recursive", ("duckdb",), (*_SINGLE_PARENT, "pairs"), 10**6),
    "worklist": Peer(worklist, "plain Python worklist", ("polars",), tuple(QUESTIONS), 10**6),
    "pyoxigraph": Peer(
        sparql_pyoxigraph, "SPARQL on pyoxigraph", ("polars", "pyoxigraph"), ("pairs", "may-pairs"), 10**4
    ),
}


def main() -> None:
    name, asked, path, out, *warm = sys.argv[1:]
    peer, question = PEERS[name], QUESTIONS[asked]
    for module in peer.imports:
        import_module(module)
    for one in warm:
        peer.run(Path(one), Path(out), question)
    started, busy = time.perf_counter(), time.process_time()
    in_memory = peer.run(Path(path), Path(out), question)
    seconds, busy = time.perf_counter() - started, time.process_time() - busy
    peak = own_peak_mib()
    alone = in_memory() if callable(in_memory) else in_memory
    print(json.dumps({"seconds": seconds, "processor": busy, "peak_mib": peak, "in_memory": alone}))


if __name__ == "__main__":
    main()
