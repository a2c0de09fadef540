"""Screening very many orders: generated orders to a store of a million companies, timed as a user runs it.

python -m bench screening                 writes docs/benchmarks-screening.md (needs bench/work/store-1000000)
python -m bench screening --orders 20000 --printed

The orders are drawn from a seed. An exporter sells sixty products in three years of days to the world; a third of the
orders go to two thousand regular customers. What a customer certifies and does with the goods is the customer's; what a
product is, the product's.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import NamedTuple

import click
import numpy as np
import polars as pl

from bench.measure import ROOT, Failed, load_average, machine

SEED = 20_261_127
PAGE = ROOT / "docs" / "benchmarks-screening.md"
PEER_SAMPLE = 150
FEW = 20_000
LONG = 60.0  # seconds; what takes longer is run once
DESTINATIONS = {
    "DE": 9, "GB": 9, "IN": 8, "NL": 6, "FR": 6, "CN": 3, "JP": 6, "SG": 6, "AE": 4, "SA": 3, "MY": 4, "TW": 4, "KR": 4,
    "BR": 3, "HK": 1, "VN": 2, "TH": 2, "IL": 2, "PL": 2, "CH": 2, "MX": 2,
}  # fmt: skip
ENTRIES = {"3A090.a": 16, "4A090.a": 14, "3A090.b": 8, "4A090.b": 4, "5A002.z.1.a": 2, "3A090.c": 2, "EAR99": 40,
           "5A992.c": 12, "3E001": 2}  # fmt: skip
DESIGNERS = {"approved": 2, "authorised": 8, "": 1}
USES = {"data_centre": 6, "resale": 2, "other": 1, "": 2}
BROKEN = ("date", "destination", "quantity_tpp", "activity")
HAND_WRITTEN = """
CASE WHEN regexp_matches(eccn, '^(3A090.a|4A090.a|5A002.z)') THEN
  CASE WHEN destination IN ('CN','MO','HK','RU','BY','IR') OR parent_hq IN ('CN','MO','HK') THEN
     'denial_presumption'
       WHEN parent_hq IS NULL THEN 'undetermined'
       WHEN quantity > 790000000 THEN 'denial_policy' ELSE 'approval_within_allocation' END
ELSE 'na' END
"""


def _draw(random: np.random.Generator, weights: dict[str, int], count: int) -> np.ndarray:
    total = sum(weights.values())
    return random.choice(np.array(list(weights), dtype=object), count, p=[one / total for one in weights.values()])


def generate(count: int, store: Path, path: Path, seed: int = SEED) -> None:
    """Write so many orders to parties of a store, one in a thousand of them broken."""
    random = np.random.default_rng(seed)
    entities = pl.concat(
        [pl.read_parquet(one, columns=["id", "hq_country"]) for one in store.glob("loads/*/entities.parquet")]
    )
    companies = len(entities)
    regular = random.integers(0, companies, 2_000)
    often = random.random(count) < 1 / 3
    customer = np.where(often, regular[random.integers(0, len(regular), count)], random.integers(0, companies, count))
    user = random.integers(0, companies, count)
    product = random.integers(0, 60, count)
    entry, designer = _draw(random, ENTRIES, 60), _draw(random, DESIGNERS, 60)
    use, certified = _draw(random, USES, companies), random.choice(np.array(["true", ""], object), companies)
    barred = random.choice(np.array(["false", ""], object), companies, p=[0.97, 0.03])
    days = np.datetime64("2023-12-01") + random.integers(0, 1_080, count)
    home = entities["hq_country"].gather(customer).fill_null("DE").to_numpy().astype(object)
    elsewhere = _draw(random, DESTINATIONS, count)
    number = np.arange(count)
    again = random.random(count) < 0.03
    number[1:][again[1:]] = number[:-1][again[1:]]
    orders = pl.DataFrame(
        {
            "order_id": pl.Series(number).cast(pl.String).str.zfill(8),
            "date": pl.Series(days.astype("datetime64[D]")).cast(pl.Date).cast(pl.String),
            "activity": pl.Series(_draw(random, {"export": 88, "reexport": 12}, count), dtype=pl.String),
            "destination": pl.Series(
                np.where((random.random(count) < 0.8) & (home != "US"), home, elsewhere), dtype=pl.String
            ),
            "consignee": entities["id"].gather(customer),
            "end_user": pl.Series(
                np.where(random.random(count) < 0.8, "", entities["id"].gather(user).to_numpy().astype(object)),
                dtype=pl.String,
            ),
            "eccn": pl.Series(entry[product], dtype=pl.String),
            "quantity_tpp": pl.Series(np.exp(random.normal(13, 2.5, count)).astype(np.int64)).cast(pl.String),
            "item.designer": pl.Series(designer[product], dtype=pl.String),
            "transaction.end_use": pl.Series(use[customer], dtype=pl.String),
            "conditions.part_744_746_bar": pl.Series(barred[customer], dtype=pl.String),
            "conditions.aia_certification": pl.Series(certified[customer], dtype=pl.String),
            "customer_note": pl.Series(np.char.add("note ", (number % 97).astype(str)), dtype=pl.String),
        }
    )
    for column, places in zip(
        BROKEN, np.array_split(random.choice(count, count // 1_000, replace=False), 4), strict=True
    ):
        orders = orders.with_columns(orders[column].scatter(np.sort(places), "?"))
    orders.write_csv(path, quote_style="never")


class Run(NamedTuple):
    """One run from the shell: seconds, processor seconds, peak memory in MiB, and what it said of its keys."""

    seconds: float
    processor: float
    peak_mib: int
    keys: str


def screened(orders: Path, store: Path, output: Path) -> Run:
    """One run as a user starts it, the output written anew."""
    output.unlink(missing_ok=True)
    command = [str(Path(sys.executable).with_name("topco")), "screen", str(orders), "--store", str(store)]
    with tempfile.TemporaryFile("w+") as said:
        started = time.perf_counter()
        process = subprocess.Popen([*command, "-o", str(output)], stdout=subprocess.DEVNULL, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        lines = said.read().splitlines()
    if process.returncode not in (0, 2):
        raise Failed(f"screening ended with {process.returncode}: {lines[-3:]}")
    keys = next(line for line in lines if "distinct" in line)
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024, keys)


def hand_written(orders: Path, answers: Path) -> float:
    """Seconds of the review policy alone as one would write it by hand in DuckDB, with parents resolved before."""
    import duckdb

    connection = duckdb.connect()
    connection.execute(f"SET threads = {os.cpu_count()}")
    started = time.perf_counter()
    connection.execute(
        f"COPY (WITH o AS (SELECT *, nullif(consignee_ultimate_parent_hq, '') AS parent_hq,"
        f" try_cast(quantity_tpp AS BIGINT) AS quantity FROM read_csv('{answers}', all_varchar = true))"
        f" SELECT *, {HAND_WRITTEN} AS policy FROM o) TO '{answers.with_suffix('.peer.csv')}'"
    )
    return time.perf_counter() - started


def row_by_row(orders: Path, store: Path) -> tuple[float, int]:
    """Processor seconds for an order whose rules run on pyoxigraph for it alone, and how many were tried."""
    from topco.cli.licensing_options import determiner
    from topco.errors import BadInput, NotModelled
    from topco.licensing.orders.files import read_table
    from topco.licensing.orders.rows import rows_of

    table = read_table(orders.read_bytes(), "orders")
    part = type(table)(table.columns, table.cells.head(PEER_SAMPLE), table.numbers[:PEER_SAMPLE])
    cases = [row.case for row in rows_of(part, "orders") if row.case is not None]
    settings = dict.fromkeys(("known_as_of", "rules_as_of", "reading"))
    engine = determiner(store, ["X:1"], as_of=date(2025, 6, 1), open_top="strict", documents=False, **settings)
    engine.resolve_parties(cases)
    started = time.process_time()
    tried = 0
    for case in cases:
        try:
            prepared = engine.prepare(case, engine.frame(case))
            engine.as_recorded(prepared, engine.weigh(prepared, "orders"), "orders")
        except (NotModelled, BadInput):
            pass
        tried += 1
    return (time.process_time() - started) / tried, tried


def without_identifiers(orders: Path, store: Path) -> tuple[float, float]:
    """Processor seconds of joining and writing back with identifiers and without, in one process."""
    from topco.application.screening.ready import bulk_of
    from topco.application.screening.run import CHUNK
    from topco.licensing.orders.files import read_table
    from topco.records.setting import Asked

    table = read_table(orders.read_bytes(), "orders")
    bulk = bulk_of(table, "orders", store, Asked())
    rows = len(table.cells)
    started = time.process_time()
    bulk.keyed.determine(bulk.columns.plain)
    before = time.process_time() - started

    def timed(identified: bool) -> float:
        bulk.identified = identified
        started = time.process_time()
        with tempfile.TemporaryFile() as stream:
            for start in range(0, rows, CHUNK):
                bulk.rows(start, min(start + CHUNK, rows)).write_csv(stream)
        return before + time.process_time() - started

    timed(False)
    return timed(True), timed(False)


def page(count: int, store: Path, folder: Path, say: Callable[[str], None]) -> str:
    """The page of figures."""
    before = load_average()
    orders = folder / f"orders-{count}.csv"
    if not orders.exists():
        say(f"generating {count:,} orders")
        generate(count, store, orders)
    output = folder / "answers.csv"
    say("screening, twice")
    runs = {"CSV to CSV, first": screened(orders, store, output)}
    if runs["CSV to CSV, first"].seconds < LONG:
        runs["CSV to CSV, again"] = screened(orders, store, output)
        runs["CSV to Parquet"] = screened(orders, store, output.with_suffix(".parquet"))
    again = list(runs.values())[min(1, len(runs) - 1)]
    say("peers")
    seconds, tried = row_by_row(orders, store)
    peer = hand_written(orders, output)
    few = folder / f"orders-{FEW}.csv"
    if not few.exists():
        generate(FEW, store, few)
    with_ids, without = without_identifiers(few, store)
    lines = [
        "| run, from the shell to the written file | seconds | processor, s | peak memory, MiB |",
        "|---|---:|---:|---:|",
        *(f"| {words} | {one.seconds:.1f} | {one.processor:.1f} | {one.peak_mib:,} |" for words, one in runs.items()),
        "",
        f"What the run says: {again.keys}.",
        "",
        "| against | figure |",
        "|---|---:|",
        f"| the same rules on pyoxigraph order by order, processor ms each ({tried} tried) | {seconds * 1000:.0f} |",
        f"| that for {count:,} orders, extrapolated, hours | {seconds * count / 3600:.1f} |",
        f"| times ours (processor against processor) | {seconds * count / again.processor:.0f} |",
        f"| the review policy alone by hand in DuckDB, parents given, CSV to CSV, s | {peer:.1f} |",
        f"| ours against that | {again.seconds / peer:.1f} |",
        f"| with identifiers against without, {FEW:,} orders in one process, processor | {with_ids / without:.2f} |",
    ]
    head = f"# Benchmarks of screening\n\n{date(2026, 11, 27)}, {machine()}\n\n{__doc__.partition('The orders')[1]}"
    about = __doc__.partition("The orders")[2]
    load = f"Load average before and after: {before}, {load_average()}. Orders: {count:,}, seed {SEED}."
    return f"{head}{about}\n" + "\n".join(lines) + f"\n\n{load}\n"


@click.command("screening")
@click.option("--orders", "count", default=1_000_000, show_default=True, help="How many orders.")
@click.option("--printed", is_flag=True, help="Print the page and write no file.")
def command(count: int, *, printed: bool) -> None:
    """Screening generated orders to the store of a million companies."""
    folder = ROOT / "bench" / "work" / "screening"
    folder.mkdir(parents=True, exist_ok=True)
    store = ROOT / "bench" / "work" / "store-1000000"
    if not store.is_dir():
        raise click.ClickException("run `python -m bench load --no-graph` first: it makes the store")
    text = page(count, store, folder, lambda words: click.echo(words, err=True))
    if printed:
        click.echo(text)
    else:
        PAGE.write_text(text, encoding="utf-8")
