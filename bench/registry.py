"""Loading registry files and resolving all of them, as a user does it from the shell."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from bench.measure import ROOT, Measured, from_the_shell, medians, reported

Say = Callable[[str], None]

SHARED = ROOT.parent / "shared" / "data" / "gleif-bulk-2025" / "recolumned"
HEADER = ["| what | s | processor, s | peak, MiB | aim |", "|---|---:|---:|---:|---|"]


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
            runs.append(from_the_shell(["load", "gleif", str(SHARED), "--store", str(store), *option]))
        lines.append(_line(f"20,469 records and 16,570 relationships: {words}", medians(runs), aim))
    return lines


def measure_generated(records: int, folder: Path, say: Say, *, graph: bool) -> list[str]:
    """A generated golden copy of this many records with 338 columns, and its relationships and exceptions."""
    files, store = generated(records, folder, say), _store(records, folder)
    shutil.rmtree(store, ignore_errors=True)
    lines = list(HEADER)
    load = ["load", "gleif", "--store", str(store), "--defer-graph"]
    say(f"{records:,} generated records: evidence of Level 1")
    size = (files / "lei2.csv").stat().st_size / 1e9
    level_1 = from_the_shell([*load, str(files / "lei2.csv")])
    lines.append(_line(f"Level 1, {records:,} records, 338 columns, {size:.2f} GB: evidence", level_1, "20 s and 2 GB"))
    say("their relationships and exceptions")
    rest = from_the_shell([*load, str(files / "rr.csv"), str(files / "repex.csv")])
    lines.append(_line("its relationships and exceptions: evidence", rest, "–"))
    if graph:
        say("their graph")
        built = reported(["bench.build_graph", str(store)])
        lines.append(_line(f"its graph: {built.in_memory:,.0f} quads a second", built, "about 100,000 quads a second"))
    return lines


def measure_resolve(records: int, folder: Path, say: Say) -> list[str]:
    """Resolving all of a generated golden copy, loading it first where no run before this one has."""
    store, out = _store(records, folder), folder / f"resolved-{records}.csv"
    if not (store / "manifest.json").exists():
        measure_generated(records, folder, say, graph=False)
    say(f"{records:,} generated records: resolve --all")
    command = ["resolve", "--all", "--format", "csv", "--output", str(out), "--store", str(store)]
    every = medians([from_the_shell(command, accepted=(0,)) for _ in range(3)])
    return [*HEADER, _line(f"{records:,} records, to {out.stat().st_size / 1e6:.0f} MB of CSV", every, "5 s")]


def _line(words: str, found: Measured, aim: str) -> str:
    return f"| {words} | {found.seconds:.1f} | {found.processor:.1f} | {found.peak_mib:,} | {aim} |"


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
