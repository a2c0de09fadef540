"""Measuring how a registry loads generated records: rate, memory, and growth with their number.

A program of one registry says what its records are and hands them to `main`, which makes of it the commands

    python -m bench.NAME                       10,000, 100,000 and 1,000,000 records: a table
    python -m bench.NAME generate 1000000 FILE the records alone
    python -m bench.NAME load FILE STORE       one measured load on one core, as a line of JSON
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bench.measure import ROOT, Measured, machine, reported
from bench.memory import own_peak_mib

if TYPE_CHECKING:
    from topco.registries.interface import Registry

SIZES = (10_000, 100_000, 1_000_000)
RATE, MEMORY_MIB = 20_000, 1_024


class Importing(NamedTuple):
    """What is loaded.

    Attributes:
        module: the program, as `python -m` takes it; its last part begins the names of its files.
        records: what the records are called.
        generate: writes this many of them into a file.
        registry: that reads them; called in the measured process alone.
    """

    module: str
    records: str
    generate: Callable[[int, Path], None]
    registry: Callable[[], Registry]


def measure(what: Importing, sizes: Sequence[int], folder: Path, say: Callable[[str], None]) -> list[str]:
    """Load generated records of each number into an empty store, on one core; the lines of a table."""
    name = what.module.rpartition(".")[2]
    lines = [
        f"| {what.records} | MB | s | processor, s | {what.records} a second of processor | peak, MiB | aim |",
        "|---:|---:|---:|---:|---:|---:|---|",
    ]
    for records in sizes:
        path, store = folder / f"{name}-{records}.jsonl", folder / f"{name}-store-{records}"
        if not path.exists():
            say(f"(making {records:,} {what.records})")
            what.generate(records, path.with_suffix(".making"))
            path.with_suffix(".making").rename(path)
        say(f"{records:,} {what.records}")
        shutil.rmtree(store, ignore_errors=True)
        found = reported([what.module, "load", str(path), str(store)])
        lines.append(_line(records, path.stat().st_size / 1e6, found))
        shutil.rmtree(store, ignore_errors=True)
    return lines


def _line(records: int, megabytes: float, found: Measured) -> str:
    aim = f"{RATE:,} a second, {MEMORY_MIB:,} MiB"
    figures = f"{found.seconds:.1f} | {found.processor:.1f} | {records / found.processor:,.0f} | {found.peak_mib:,}"
    return f"| {records:,} | {megabytes:,.1f} | {figures} | {aim} |"


def _load(registry: Callable[[], Registry], path: Path, store: Path) -> None:
    """Measure one load without the graph, with one core for everything."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    from topco.registries.loading import load
    from topco.store.store import Store

    reader, opened = registry(), Store.open(store, create=True)
    started, busy = time.perf_counter(), time.process_time()
    outcome = load(opened, reader, [path], None, lambda *_: None)
    seconds, busy = time.perf_counter() - started, time.process_time() - busy
    assert outcome.loaded, outcome.refused
    print(json.dumps({"seconds": seconds, "processor": busy, "peak_mib": own_peak_mib()}))


def main(what: Importing, arguments: Sequence[str]) -> None:
    """Do what the command line says."""
    match list(arguments):
        case ["generate", records, path]:
            what.generate(int(records), Path(path))
        case ["load", path, store]:
            _load(what.registry, Path(path), Path(store))
        case sizes:
            work = ROOT / "bench" / "work"
            work.mkdir(parents=True, exist_ok=True)
            numbers = [int(size) for size in sizes] or SIZES
            lines = measure(what, numbers, work, lambda words: print(words, file=sys.stderr))
            print("\n".join([machine(), "", *lines]))
