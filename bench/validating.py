"""Validating generated stores: the compiled shapes against the reference validator, from the shell."""

from __future__ import annotations

import filecmp
import shutil
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from bench.measure import LONG, Measured, from_the_shell, load_average, machine, medians
from bench.registry import generated

Say = Callable[[str], None]

SIZES = (10_000, 100_000, 1_000_000)
REFERENCE_UP_TO = 100_000
HEADER = [
    "| entities | records | findings | means | s | processor, s | times compiled | peak, MiB | same |",
    "|---:|---:|---:|---|---:|---:|---:|---:|---|",
]
INTRODUCTION = """# Benchmarks of validation

Written by `python -m bench validating` on {day}. `topco validate --format csv --output FILE` from the shell, process
start, reading the shapes and writing the findings included, over the evidence of a generated golden copy of GLEIF
(`bench/generate_gleif.py`); "reference" is the same command with `--reference`, which is pyshacl over batches of 2,000
entities. Medians of three runs, but one run of what takes longer than ten seconds. "Processor" is the time of both
cores together. "Times compiled": the processor time of the reference divided by that of the compiled checks, because
other programs may run beside. "Same": the two files of findings are the same byte for byte. The aim is ten seconds for
a million entities.

{machine} Load average before and after: {before}, {after}.
"""


def measure(sizes: Sequence[int], reference_up_to: int, folder: Path, say: Say) -> list[str]:
    """The lines of the table.

    Args:
        sizes: entities of each store.
        reference_up_to: the largest store that the reference is given.
        folder: where generated files and stores are kept.
        say: told what is being measured.
    """
    lines = list(HEADER)
    for size in sizes:
        store = _store(size, folder, say)
        found, expected = folder / f"validated-{size}.csv", folder / f"validated-{size}-reference.csv"
        say(f"{size:,} entities: compiled")
        ours = _validated(store, found)
        records, findings = _records(store), _rows(found)
        lines.append(_line(size, records, findings, "**compiled**", ours, 1.0, ""))
        if size <= reference_up_to:
            say(f"{size:,} entities: reference")
            theirs = _validated(store, expected, "--reference")
            same = "yes" if filecmp.cmp(found, expected, shallow=False) else "NO"
            times = theirs.processor / ours.processor
            lines.append(_line(size, records, findings, "reference, pyshacl", theirs, times, same))
    return lines


def page(sizes: Sequence[int], reference_up_to: int, folder: Path, say: Say) -> str:
    """The whole page."""
    before = load_average()
    lines = measure(sizes, reference_up_to, folder, say)
    head = INTRODUCTION.format(day=date.today(), machine=machine(), before=before, after=load_average())
    return "\n".join([head, *lines]) + "\n"


def _validated(store: Path, out: Path, *options: str) -> Measured:
    command = ["validate", "--store", str(store), "--format", "csv", "--output", str(out), *options]
    runs = [from_the_shell(command)]
    if runs[0].seconds < LONG:
        runs += [from_the_shell(command) for _ in range(2)]
    return medians(runs)


def _store(size: int, folder: Path, say: Say) -> Path:
    """The store of this many generated records, loaded where it is missing."""
    store = folder / f"store-{size}"
    if not (store / "manifest.json").exists():
        files = generated(size, folder, say)
        say(f"(loading {size:,} records)")
        shutil.rmtree(store, ignore_errors=True)
        from_the_shell(["load", "gleif", str(files), "--store", str(store), "--defer-graph"])
    return store


def _records(store: Path) -> int:
    from topco.store.manifest import read

    manifest = read(store)
    return 0 if manifest is None else sum(sum(load.tables.values()) for load in manifest.loads)


def _rows(path: Path) -> int:
    with path.open(encoding="utf-8") as stream:
        return sum(1 for _ in stream) - 1


def _line(size: int, records: int, findings: int, means: str, found: Measured, times: float, same: str) -> str:
    figures = f"{found.seconds:,.1f} | {found.processor:,.1f} | {times:,.1f} | {found.peak_mib:,}"
    return f"| {size:,} | {records:,} | {findings:,} | {means} | {figures} | {same} |"
