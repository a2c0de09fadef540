"""Ultimate parents by several means: all read the same Parquet file of steps and write a CSV of pairs.

The question, for all: a company's next step is its recorded ultimate parent, else its direct parent; its ultimate
parents are the companies without a next step that these steps reach, itself if it has none. What leads into a ring
alone has no answer. Every means must end on any graph, rings and several parents included, unless its name says
otherwise.

    python -m bench.peers ours STEPS.parquet TOPS.csv [WARM.parquet]

prints one line of JSON: seconds from file to file (imports excluded), processor time, peak memory, and seconds of the
step in memory alone. A second file of steps is answered first, so that what a program does once is over.
"""

from __future__ import annotations

import csv
import json
import resource
import sys
import time
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

NEXT = "https://example.org/next"
BASE = "https://example.org/"
COLUMNS = ("entity", "ultimate_parent")

_DUCKDB = """
  WITH RECURSIVE
    rows AS MATERIALIZED (SELECT child, parent, step FROM {steps}),
    recorded AS (SELECT child, parent FROM rows WHERE step = 'ultimate' AND parent IS NOT NULL),
    next AS MATERIALIZED (
      SELECT * FROM recorded
      UNION ALL SELECT child, parent FROM rows
                WHERE step = 'direct' AND parent IS NOT NULL AND child NOT IN (SELECT child FROM recorded)),
    tops AS (SELECT top FROM (SELECT child AS top FROM rows UNION ALL SELECT parent FROM next) AS named
             ANTI JOIN next ON next.child = top),
    {walk}
"""

# From the tops down, each company once: the quickest way we found. UNION lets it end on any graph.
DUCKDB_DOWN = """walk(entity, top) AS (
      SELECT top, top FROM tops
      UNION SELECT next.child, walk.top FROM walk JOIN next ON next.parent = walk.entity)
  SELECT entity, top AS ultimate_parent FROM walk"""

# As most write it: from every company up to its ancestors, of which the tops are kept. UNION stops in a ring.
DUCKDB_UP = """walk(entity, reached) AS (
      (SELECT child, child FROM rows UNION ALL SELECT parent, parent FROM next)
      UNION SELECT walk.entity, next.parent FROM walk JOIN next ON next.child = walk.reached)
  SELECT entity, reached AS ultimate_parent FROM walk WHERE reached NOT IN (SELECT child FROM next)"""

SPARQL = f"""
SELECT ?entity ?top WHERE {{
  {{ ?top a <{BASE}Company> FILTER NOT EXISTS {{ ?top <{NEXT}> ?above }} }}
  ?entity <{NEXT}>* ?top .
}}
"""


def ours(steps: Path, tops: Path) -> float:
    """`topco.ownership.tops`: numbers by hashes, then one walk over the array of next steps."""
    import polars as pl

    from topco.ownership import tops as bulk

    rows = pl.read_parquet(steps)
    started = time.perf_counter()
    answer = bulk.tops(rows)
    in_memory = time.perf_counter() - started
    answer.write_csv(tops)
    return in_memory


def whole_resolution(steps: Path, tops: Path) -> float:
    """What `topco resolve --all` does with the same rows: sorted identifiers, statuses, claims, notes."""
    from datetime import date

    import polars as pl

    from topco.ownership.bulk import COMPILED
    from topco.ownership.closure import close
    from topco.ownership.parent_tests import parent_test
    from topco.ownership.snapshot import Tables, build
    from topco.ownership.status import Kind
    from topco.store.schema import HOLDINGS

    rows = pl.read_parquet(steps)
    started = time.perf_counter()
    entities = rows.filter(pl.col("step") == "direct").select(id="child", standing=pl.lit("Current"))
    code = pl.when(pl.col("step") == "ultimate").then(int(Kind.ULTIMATE)).otherwise(int(Kind.DIRECT)).cast(pl.Int8)
    never = pl.lit(None, dtype=pl.Date)
    relationships = rows.drop_nulls("parent").select(
        "child", "parent", step=code, stale=pl.lit(False), valid_to=never, load=pl.lit("steps")
    )
    absences = pl.DataFrame(schema={"subject": pl.String, "reason": pl.String, "load": pl.String})
    holdings = pl.DataFrame(schema={**HOLDINGS, "load": pl.String()})
    tables = Tables(entities, relationships, absences, holdings)
    evidence = build(tables, date(2025, 1, 1), {}, parent_test("consolidation"))
    top = close(evidence.snapshot, COMPILED).top
    entity = (top >= 0).nonzero()[0]
    found = (evidence.ids.gather(entity), evidence.ids.gather(top[entity]))
    answer = pl.DataFrame(dict(zip(COLUMNS, found, strict=True)))
    in_memory = time.perf_counter() - started
    answer.write_csv(tops)
    return in_memory


def duckdb_down(steps: Path, tops: Path) -> Callable[[], float]:
    return _duckdb(DUCKDB_DOWN, steps, tops)


def duckdb_up(steps: Path, tops: Path) -> Callable[[], float]:
    return _duckdb(DUCKDB_UP, steps, tops)


def duckdb_unguarded(steps: Path, tops: Path) -> Callable[[], float]:
    """Without anything against cycles: it would not end on a ring that has a parent outside."""
    unguarded = DUCKDB_DOWN.replace("SELECT top, top", "SELECT DISTINCT top, top").replace(
        "UNION SELECT", "UNION ALL SELECT"
    )
    return _duckdb(unguarded, steps, tops)


def _duckdb(walk: str, steps: Path, tops: Path) -> Callable[[], float]:
    """The query in one go; what is given back asks it again of a table in memory, and for a table in memory."""
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET threads = 2; SET preserve_insertion_order = false; SET enable_progress_bar = false")
    query = _DUCKDB.format(walk=walk, steps=f"read_parquet('{steps}')")
    connection.execute(f"COPY ({query}) TO '{tops}' (FORMAT csv)")

    def in_memory() -> float:
        connection.execute(f"CREATE TABLE steps AS FROM read_parquet('{steps}')")
        started = time.perf_counter()
        connection.execute(f"CREATE TABLE answer AS {_DUCKDB.format(walk=walk, steps='steps')}")
        return time.perf_counter() - started

    return in_memory


def sparql_pyoxigraph(steps: Path, tops: Path) -> float:
    import pyoxigraph as ox

    store = ox.Store()
    rdf_type = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    company, following = ox.NamedNode(f"{BASE}Company"), ox.NamedNode(NEXT)
    companies, decisive = _decisive(steps)
    store.bulk_extend(ox.Quad(ox.NamedNode(BASE + name), rdf_type, company) for name in companies)
    store.bulk_extend(ox.Quad(ox.NamedNode(BASE + c), following, ox.NamedNode(BASE + p)) for c, p in decisive)
    started = time.perf_counter()
    solutions = store.query(SPARQL)
    assert isinstance(solutions, ox.QuerySolutions)
    pairs = [(row["entity"].value[len(BASE) :], row["top"].value[len(BASE) :]) for row in solutions]
    in_memory = time.perf_counter() - started
    _write(pairs, tops)
    return in_memory


def sparql_rdflib(steps: Path, tops: Path) -> float:
    from rdflib import RDF, Graph, URIRef

    graph = Graph()
    companies, decisive = _decisive(steps)
    for name in companies:
        graph.add((URIRef(BASE + name), RDF.type, URIRef(f"{BASE}Company")))
    for child, parent in decisive:
        graph.add((URIRef(BASE + child), URIRef(NEXT), URIRef(BASE + parent)))
    started = time.perf_counter()
    pairs = [(str(row.entity)[len(BASE) :], str(row.top)[len(BASE) :]) for row in graph.query(SPARQL)]
    in_memory = time.perf_counter() - started
    _write(pairs, tops)
    return in_memory


def owlrl_closure(steps: Path, tops: Path) -> float:
    """The transitive closure of OWL 2 RL, then the ancestors that have no next step."""
    import owlrl
    from rdflib import OWL, RDF, Graph, URIRef

    graph = Graph()
    ancestor = URIRef(f"{BASE}ancestor")
    companies, decisive = _decisive(steps)
    graph.add((ancestor, RDF.type, OWL.TransitiveProperty))
    for child, parent in decisive:
        graph.add((URIRef(BASE + child), ancestor, URIRef(BASE + parent)))
    started = time.perf_counter()
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    goes_on = {child for child, _ in decisive}
    pairs = [(name, name) for name in companies if name not in goes_on]
    pairs += [
        (str(child)[len(BASE) :], str(top)[len(BASE) :])
        for child, top in graph.subject_objects(ancestor)
        if str(top)[len(BASE) :] not in goes_on
    ]
    in_memory = time.perf_counter() - started
    _write(pairs, tops)
    return in_memory


def _decisive(steps: Path) -> tuple[list[str], list[tuple[str, str]]]:
    """The companies, and the next steps of each that has some; the same for the peers that are given triples."""
    import polars as pl

    rows = pl.read_parquet(steps)
    with_parent = rows.drop_nulls("parent")
    recorded = with_parent.filter(pl.col("step") == "ultimate")
    direct = with_parent.filter(pl.col("step") == "direct").join(recorded, on="child", how="anti")
    decisive = pl.concat([recorded, direct]).select("child", "parent")
    companies = pl.concat([rows["child"], with_parent["parent"].alias("child")]).unique()
    return companies.to_list(), decisive.rows()


def _write(pairs: Iterable[tuple[str, str]], tops: Path) -> None:
    with tops.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(pairs)


class Peer(NamedTuple):
    """A means, what it is called in the table, and the largest size at which it ends in good time.

    `run` gives the seconds of the step in memory, or what measures them afterwards.
    """

    run: Callable[[Path, Path], float | Callable[[], float]]
    words: str
    imports: tuple[str, ...]
    largest: int


PEERS = {
    "ours": Peer(ours, "**ours**", ("polars", "topco.ownership.tops"), 10**7),
    "whole": Peer(
        whole_resolution,
        "ours, with all statuses",
        ("polars", "topco.ownership.snapshot", "topco.ownership.bulk"),
        10**7,
    ),
    "duckdb-down": Peer(duckdb_down, "DuckDB, from the tops down", ("duckdb",), 10**7),
    "duckdb-up": Peer(duckdb_up, "DuckDB, from each company up", ("duckdb",), 10**6),
    "duckdb-unguarded": Peer(duckdb_unguarded, "DuckDB, down, unguarded", ("duckdb",), 10**7),
    "pyoxigraph": Peer(sparql_pyoxigraph, "SPARQL on pyoxigraph", ("polars", "pyoxigraph"), 10**6),
    "rdflib": Peer(sparql_rdflib, "SPARQL on rdflib", ("polars", "rdflib", "rdflib.plugins.sparql"), 10**5),
    "owlrl": Peer(owlrl_closure, "owlrl", ("polars", "rdflib", "owlrl"), 10**4),
}


def main() -> None:
    name, steps, tops, *warm = sys.argv[1:]
    peer = PEERS[name]
    for module in peer.imports:
        import_module(module)
    for one in warm:
        peer.run(Path(one), Path(tops))
    started, busy = time.perf_counter(), time.process_time()
    in_memory = peer.run(Path(steps), Path(tops))
    seconds, busy = time.perf_counter() - started, time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    alone = in_memory() if callable(in_memory) else in_memory
    print(json.dumps({"seconds": seconds, "processor": busy, "peak_mib": peak, "in_memory": alone}))


if __name__ == "__main__":
    main()
