"""Records: kept a second, verified, exported, determined again.

python -m bench.recording [--rows 100000] [--asked 20000]     prints the table of docs/records.md (about two minutes)

The orders are made from a seed: parties of the sample of real LEI records, destinations and days at random. The peer of
keeping is SQLite with the same bytes in one transaction and no chain, no hash and no column for the search.
"""

from __future__ import annotations

import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click

from bench.licensing import entry_of_scenarios, row
from bench.measure import ROOT, load_average, machine
from topco.store.today import today

SEED = 762
TODAY = today()
FIRST = date(2025, 2, 1)


def orders(count: int, entities: list[str], countries: list[str]) -> Iterator[dict[str, Any]]:
    """Cases of that many orders."""
    chance = random.Random(SEED)
    entry = entry_of_scenarios()
    for number in range(count):
        day = FIRST + timedelta(days=chance.randrange(600))
        yield {
            "id": f"order-{number}",
            "transaction": {
                "date": day.isoformat(),
                "activity": "export",
                "destination": chance.choice(countries),
                "quantity_tpp": str(chance.randrange(1, 10**7)),
            },
            "item": {"eccn": entry, "designer": "authorised", "datacentre": True},
            "parties": [{"role": "ultimate_consignee", "entity": chance.choice(entities)}],
            "conditions": {"part_744_746_bar": False},
        }


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds, and seconds of processor."""
    started, before = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - started, time.process_time() - before


@click.command()
@click.option("--rows", "kept_rows", default=100_000, show_default=True, help="Slim records to keep and to verify.")
@click.option("--asked", default=20_000, show_default=True, help="Records to determine again.")
def main(kept_rows: int, asked: int) -> None:
    """Measure records on the sample store, and print the table."""
    click.echo(f"{date.today()}, {machine()}\n")
    click.echo("| what | records | seconds | of processor | a second of processor |\n|---|---:|---:|---:|---:|")
    before = load_average()
    with tempfile.TemporaryDirectory() as folder:
        for line in measure(Path(folder), kept_rows, asked):
            click.echo(line)
    click.echo(f"\nLoad average before and after: {before}, {load_average()}. Seed {SEED}.")


def measure(folder: Path, kept_rows: int, asked: int) -> Iterator[str]:
    """The lines of the table."""
    from topco.licensing.cases.case import parse_case
    from topco.licensing.determine import Determiner, Options
    from topco.licensing.store_determiner import store_determiner
    from topco.records.again import again
    from topco.records.book import RecordBook
    from topco.records.content import frame_document, kept_determinations
    from topco.records.export import export, verify_export
    from topco.records.filters import EVERYTHING
    from topco.records.recheck import Dates, Recheck
    from topco.records.screening import ScreeningRun, kept_screening, record_screening
    from topco.records.setting import Asked, FileRead, Setting
    from topco.records.verify import verify

    def line(what: str, count: int, took: tuple[float, float]) -> str:
        return row(what, f"{count:,}", f"{took[0]:.1f}", f"{took[1]:.1f}", f"{count / took[1]:,.0f}")

    store = folder / "store"
    entities, countries = sample(store)
    cases = [parse_case(one, "orders") for one in orders(asked, entities, countries)]
    dates = Determiner(Options(), None, [], TODAY)
    determiner = again(store, cases, TODAY, test=None, reading=None, documents=False)
    for case in cases:
        determiner.tell(case, frame_document(dates.frame(case)), TODAY)
    setting = Setting.of_store(store, Asked())
    loads = [load["load"] for load in setting.loads]
    run = ScreeningRun(setting, FileRead.of_bytes("orders.csv", b""), loads=loads)
    answered = list(screened(determiner, cases))
    many = (answered * (kept_rows // len(answered) + 1))[:kept_rows]

    kept = folder / "many"
    yield line("slim records kept", kept_rows, timed(lambda: record_screening(kept, run, many, author="bench")))
    yield line("the same bytes in SQLite, no chain", kept_rows, timed(lambda: bare(folder / "bare.sqlite", many)))
    yield line("verified", kept_rows, timed(lambda: sound(verify(RecordBook(kept)).findings)))
    file = folder / "export.jsonl"
    lines = (f"{one}\n".encode() for one in export(RecordBook(kept), EVERYTHING))
    yield line("exported", kept_rows, timed(lambda: file.write_bytes(b"".join(lines))))
    with file.open("rb") as stream:
        yield line("an export verified", kept_rows, timed(lambda: sound(verify_export(stream).findings)))

    proving = store_determiner(Determiner, store, entities, Options(), TODAY)
    some = cases[: max(asked // 100, 1)]
    answers = proving.determine(some)
    places = [(one, one, "orders") for one in some]
    whole = list(kept_determinations(answers, places, proving, setting, author="bench"))
    yield line("determinations with proof kept", len(whole), timed(lambda: RecordBook(folder / "whole").append(whole)))

    RecordBook(store).append_many(kept_screening(run, answered, author="bench"))
    same = Recheck(store, TODAY)
    yield line("determined again, nothing flipped", asked, timed(lambda: sound(list(same.flips(EVERYTHING)))))
    few = folder / "few"
    sample(few)
    RecordBook(few).append_many(kept_screening(run, answered[: asked // 20], author="bench"))
    earlier = Recheck(few, TODAY, Dates(rules_as_of=FIRST - timedelta(days=60)))
    found: list[object] = []
    took = timed(lambda: found.extend(earlier.flips(EVERYTHING)))
    yield line("flipped, with both proofs compared", len(found), took)


def sample(store: Path) -> tuple[list[str], list[str]]:
    """A store of the real LEI records: its entities, and the countries that there are."""
    from topco.cli.main import cli
    from topco.knowledge import facts
    from topco.namespaces import term
    from topco.store.store import Store

    arguments = ["load", "gleif", str(ROOT / "data" / "samples" / "gleif"), "--store", str(store), "--defer-graph"]
    cli.main(args=arguments, standalone_mode=False)
    table = Store.open(store).table("entities").select("id").collect()
    codes = {
        code for about in facts("data/reference/countries.ttl").values() for code in about.get(term("isoCode"), ())
    }
    return sorted(table["id"].to_list()), sorted(codes)


def screened(determiner: Any, cases: list[Any]) -> Iterator[Any]:
    """Rows as a screening run answers them."""
    from topco.licensing.answers.determination import determination_id
    from topco.records.content import case_document, frame_document
    from topco.records.screening import ScreenedRow

    for case, codes in zip(cases, determiner.codes(cases, "orders"), strict=True):
        frame = determiner.frame(case)
        yield ScreenedRow(case_document(case), frame_document(frame), codes, determination_id(case, frame))


def bare(path: Path, rows: list[Any]) -> None:
    """The contents of rows as SQLite takes them."""
    from topco.store.chain import canonical

    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE records (number INTEGER PRIMARY KEY, content BLOB)")
    contents = ((canonical({"case": one.case, "frame": one.frame, "codes": one.codes}).encode(),) for one in rows)
    connection.executemany("INSERT INTO records (content) VALUES (?)", contents)
    connection.commit()
    connection.close()


def sound(findings: Any) -> None:
    """Nothing was found.

    Raises:
        SystemExit: something was.
    """
    if findings:
        raise SystemExit(f"not sound: {findings[0]}")


if __name__ == "__main__":
    main()
