"""The measured runs of the ownership benchmarks: which means answers which question on which graph.

Each run is a record in `records.jsonl` of the working folder, with the day and the load average. What has a record is
not measured again, so a long series may be broken off and gone on with; the page is written from the records
(`bench/ownership_page.py`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from bench import ownership_graph, ownership_integrated
from bench.measure import Failed, Measured, load_average, medians, reported
from bench.ownership_graph import FAMILIES
from bench.ownership_peers import PEERS

Say = Callable[[str], None]

LIMIT = 120.0  # seconds that a run may take
LARGE_LIMIT = 600.0  # the same at ten million companies, where ours alone is asked
SHORT = 5.0  # seconds of a process; what takes longer is run once
MANY = 12.0  # seconds at a size after which a means is left out at the next, ten times as large
WARM = 1_000
RUNS = 3
MILLION, TEN_MILLION = 10**6, 10**7
LARGEST = ("trees", "scale-free")  # measured at ten million too
CHAIN_PAIRS = 10_000  # a chain of 10,000 links has 50 million pairs: only one is asked for them, and not by queries
COMPANIES = {"ours": 200, "lu": 50, "power": 50}
CHANGES = 200


@dataclass(frozen=True)
class Record:
    """One means, one question, one graph.

    `numbers` holds what is particular to a question: quantiles of seconds, rows of the answer.
    """

    kind: str
    family: str
    companies: int
    question: str
    means: str
    measured: Measured | None
    failed: str = ""
    same: bool | None = None
    numbers: dict[str, float] = field(default_factory=dict)
    load: str = ""
    day: str = ""

    @property
    def key(self) -> tuple[str, str, int, str, str]:
        return self.kind, self.family, self.companies, self.question, self.means


@dataclass
class Series:
    """Records, in a folder."""

    folder: Path
    say: Say
    records: dict[tuple[str, str, int, str, str], Record] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        return self.folder / "records.jsonl"

    @classmethod
    def at(cls, folder: Path, say: Say, *, fresh: bool = False) -> Series:
        """The records that there are; none of them if the series is to be a fresh one."""
        folder.mkdir(parents=True, exist_ok=True)
        series = cls(folder, say)
        if fresh:
            series.path.unlink(missing_ok=True)
        if series.path.exists():
            for line in series.path.read_text(encoding="utf-8").splitlines():
                found = json.loads(line)
                found["measured"] = Measured(**found["measured"]) if found["measured"] else None
                series.records[Record(**found).key] = Record(**found)
        return series

    def add(self, record: Record) -> Record:
        self.records[record.key] = record
        with self.path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(asdict(record)) + "\n")
        return record

    def graph(self, family: str, companies: int) -> Path:
        path = self.folder / f"holdings-{family}-{companies}.parquet"
        if not path.exists():
            self.say(f"(making {family}, {companies:,} companies)")
            ownership_graph.write(family, companies, path)
        return path


def measure(series: Series, sizes: tuple[int, ...], families: tuple[str, ...] = tuple(FAMILIES)) -> None:
    """Whatever has no record yet."""
    for companies in sizes:
        for family in families:
            if companies > MILLION and family not in LARGEST:
                continue
            for question in questions(family, companies):
                answers(series, family, companies, question)
            if companies <= MILLION:
                integrated(series, family, companies)
                changes(series, family, companies)


def questions(family: str, companies: int) -> Iterator[str]:
    """What is asked of a graph: of small and of very large ones the control test only, since the others are alike."""
    yield "control"
    if family != "chains" or companies <= CHAIN_PAIRS:
        yield "pairs"
    if family == "bands":
        yield "may-pairs"
    if companies == MILLION:
        yield from ("majority", "cascade")


def means_of(series: Series, family: str, companies: int, question: str) -> Iterator[str]:
    """Who is asked: nobody who needed long for a tenth of it, and plain Python not for every parent test."""
    for name, peer in PEERS.items():
        if question not in peer.questions or companies > peer.largest:
            continue
        if (companies > MILLION and name != "ours") or (question in ("majority", "cascade") and name == "worklist"):
            continue
        if name == "everything" and question != "control":
            continue
        if family == "chains" and question == "pairs" and name not in ("ours", "worklist"):
            continue
        before = series.records.get(("answer", family, companies // 10, question, name))
        if before and (before.measured is None or before.measured.seconds > MANY):
            continue
        yield name


def answers(series: Series, family: str, companies: int, question: str) -> None:
    """Ultimate parents or pairs, from file to file."""
    means = list(means_of(series, family, companies, question))
    if all(("answer", family, companies, question, name) in series.records for name in means):
        return
    path, warm = series.graph(family, companies), series.graph(family, WARM)
    outs = {name: series.folder / f"answer-{name}-{family}-{companies}-{question}.csv" for name in means}
    first: tuple[int, int, int] | None = None
    for name in means:
        series.say(f"{family}, {companies:,}, {question}: {PEERS[name].words.strip('*')}")
        arguments = ["bench.ownership_peers", name, question, str(path), str(outs[name]), str(warm)]
        record = _begun("answer", family, companies, question, name)
        try:
            runs = [reported(arguments, LARGE_LIMIT if companies > MILLION else LIMIT)]
            while runs[-1].process < SHORT and len(runs) < RUNS and companies >= MILLION:
                runs.append(reported(arguments, LIMIT))
        except Failed as failure:
            series.add(replace(record, failed=str(failure)))
            continue
        found = fingerprint(outs[name])
        first = first or found
        numbers = {"rows": float(found[0]), "runs": float(len(runs))}
        series.add(replace(record, measured=medians(runs), same=found == first, numbers=numbers))
        outs[name].unlink()


def _begun(kind: str, family: str, companies: int, question: str, means: str) -> Record:
    return Record(kind, family, companies, question, means, None, load=load_average(), day=str(date.today()))


def fingerprint(path: Path) -> tuple[int, int, int]:
    """How many rows a CSV of two columns has, and two sums of hashes over them, whatever their order."""
    columns = "{'a': 'VARCHAR', 'b': 'VARCHAR'}"
    rows = f"read_csv('{path}', header = true, delim = ',', auto_detect = false, columns = {columns})"
    query = f"SELECT count(*), sum(hash(a, b)::HUGEINT), sum(hash(b, 'other', a)::HUGEINT) FROM {rows}"
    count, one, other = duckdb.connect().execute(query).fetchall()[0]
    return int(count), int(one or 0), int(other or 0)


def integrated(series: Series, family: str, companies: int) -> None:
    """Owners of single companies with their integrated shares."""
    if all(("integrated", family, companies, "owners", name) in series.records for name in ownership_integrated.MEANS):
        return
    path, warm = series.graph(family, companies), series.graph(family, WARM)
    out = {name: series.folder / f"shares-{name}.csv" for name in ownership_integrated.MEANS}
    times_out = series.folder / "times.csv"
    for name, means in ownership_integrated.MEANS.items():
        if name != "ours" and ("integrated", family, companies, "owners", name) in series.records:
            continue
        series.say(f"{family}, {companies:,}, integrated: {means.words.strip('*')}")
        arguments = [
            "bench.ownership_integrated",
            *(name, str(path), str(out[name]), str(times_out), str(COMPANIES[name]), str(warm)),
        ]
        record = _begun("integrated", family, companies, "owners", name)
        try:
            measured = reported(arguments, LIMIT)
        except Failed as failure:
            series.add(replace(record, failed=str(failure)))
            continue
        same = ownership_integrated.same(pl.read_csv(out["ours"]), pl.read_csv(out[name]))
        times = pl.read_csv(times_out, schema=ownership_integrated.TIMES)
        numbers = _quantiles(times["seconds"])
        certified = times["error"].drop_nulls().to_numpy()
        if len(certified):
            numbers["error"] = float(certified.max())
        series.add(replace(record, measured=measured, same=same, numbers=numbers))


def changes(series: Series, family: str, companies: int) -> None:
    """Single holdings that change."""
    if ("change", family, companies, "rederive", "ours") in series.records:
        return
    path, warm = series.graph(family, companies), series.graph(family, WARM)
    times_out = series.folder / "times.csv"
    series.say(f"{family}, {companies:,}: changed holdings")
    record = _begun("change", family, companies, "rederive", "ours")
    try:
        measured = reported(["bench.ownership_changes", str(path), str(times_out), str(CHANGES), str(warm)], LIMIT)
    except Failed as failure:
        series.add(replace(record, failed=str(failure)))
        return
    times = pl.read_csv(times_out)
    derived = times["companies"].to_numpy()
    numbers = {
        **_quantiles(times["seconds"]),
        "companies": float(np.median(derived)),
        "most_companies": float(derived.max()),
    }
    series.add(replace(record, measured=measured, same=True, numbers=numbers))


def _quantiles(seconds: pl.Series) -> dict[str, float]:
    taken = seconds.to_numpy()
    median, ninth_decile = np.quantile(taken, (0.5, 0.9))
    return {
        "asked": float(len(taken)),
        "median": float(median),
        "ninth_decile": float(ninth_decile),
        "most": float(taken.max()),
    }
