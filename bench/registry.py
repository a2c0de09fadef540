"""Loading registry files and resolving all of them, as a user does it from the shell."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from bench.measure import ROOT, from_the_shell, reported

Say = Callable[[str], None]

SHARED = ROOT.parent / "shared" / "data" / "gleif-bulk-2025" / "recolumned"
HEADER = ["| what | s | peak, MiB | aim |", "|---|---:|---:|---|"]


def measure_real(folder: Path, say: Say) -> list[str]:
    """20,469 real records and 16,570 relationships, where they are at hand."""
    if not SHARED.is_dir():
        return ["Not measured: the real registry data, which are not part of this project, were absent."]
    store = folder / "real-store"
    lines = list(HEADER)
    for words, option, aim in (("evidence", ["--defer-graph"], "3 s"), ("evidence and graph", [], "15 s")):
        say(f"real records: {words}")
        runs = []
        for _ in range(3):
            shutil.rmtree(store, ignore_errors=True)
            runs.append(from_the_shell(["load", "gleif", str(SHARED), "--store", str(store), *option], runs=1))
        seconds, peak = statistics.median(one.seconds for one in runs), max(one.peak_mib for one in runs)
        lines.append(f"| 20,469 records and 16,570 relationships: {words} | {seconds:.1f} | {peak:,} | {aim} |")
    return lines


def measure_generated(records: int, folder: Path, say: Say, *, graph: bool) -> list[str]:
    """A generated golden copy of this many records with 338 columns, and its relationships and exceptions."""
    files, store = generated(records, folder, say), _store(records, folder)
    shutil.rmtree(store, ignore_errors=True)
    lines = list(HEADER)
    load = ["load", "gleif", "--store", str(store), "--defer-graph"]
    say(f"{records:,} generated records: evidence of Level 1")
    level_1 = from_the_shell([*load, str(files / "lei2.csv")], runs=1)
    size = (files / "lei2.csv").stat().st_size / 1e9
    lines.append(
        f"| Level 1, {records:,} records, 338 columns, {size:.2f} GB: evidence | {level_1.seconds:.1f} "
        f"| {level_1.peak_mib:,} | 20 s and 2 GB |"
    )
    say("their relationships and exceptions")
    rest = from_the_shell([*load, str(files / "rr.csv"), str(files / "repex.csv")], runs=1)
    lines.append(f"| its relationships and exceptions: evidence | {rest.seconds:.1f} | {rest.peak_mib:,} | – |")
    if graph:
        say("their graph")
        built = reported(["bench.build_graph", str(store)], runs=1)
        lines.append(
            f"| its graph: {built.in_memory or 0:,.0f} quads a second | {built.seconds:.0f} | {built.peak_mib:,} "
            "| about 100,000 quads a second |"
        )
    return lines


def measure_resolve(records: int, folder: Path, say: Say) -> list[str]:
    """Resolving all of a generated golden copy, loading it first where no run before this one has."""
    store, out = _store(records, folder), folder / f"resolved-{records}.csv"
    if not (store / "manifest.json").exists():
        measure_generated(records, folder, say, graph=False)
    say(f"{records:,} generated records: resolve --all")
    every = from_the_shell(
        ["resolve", "--all", "--format", "csv", "--output", str(out), "--store", str(store)], accepted=(0,)
    )
    return [
        *HEADER,
        f"| {records:,} records, to {out.stat().st_size / 1e6:.0f} MB of CSV | {every.seconds:.1f} "
        f"| {every.peak_mib:,} | 5 s |",
    ]


def generated(records: int, folder: Path, say: Say) -> Path:
    """The folder of the generated files, made by their seed where they are missing."""
    files = folder / f"gleif-{records}"
    if not (files / "complete").exists():
        say(f"(making files of {records:,} records)")
        command = [sys.executable, "-m", "bench.generate_gleif", "--records", str(records), "--columns", "338"]
        subprocess.run([*command, str(files)], check=True, cwd=ROOT)
        (files / "complete").touch()
    return files


def _store(records: int, folder: Path) -> Path:
    return folder / f"store-{records}"
