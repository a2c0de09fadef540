"""Running one measured thing in a process of its own, several times, and keeping the medians."""

from __future__ import annotations

import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "bench" / "work"

LONG = 10.0  # seconds; what takes longer is run once


class Failed(Exception):
    """A measured process ended with an error, or not in time."""


@dataclass(frozen=True)
class Measured:
    """One run, or medians of several; memory is the largest peak of any run.

    `process` is the whole life of the process, start and imports included; `processor` the time of all cores together.
    `in_memory` is what the measured module says it is.
    """

    seconds: float
    peak_mib: int
    in_memory: float = 0.0
    processor: float = 0.0
    process: float = 0.0


def medians(runs: Sequence[Measured]) -> Measured:
    """The medians of several runs of the same thing."""
    return Measured(
        statistics.median(run.seconds for run in runs),
        max(run.peak_mib for run in runs),
        statistics.median(run.in_memory for run in runs),
        statistics.median(run.processor for run in runs),
        statistics.median(run.process for run in runs),
    )


def reported(arguments: Sequence[str], limit: float | None = None) -> Measured:
    """One run of a module of ours that prints its own timings as a line of JSON.

    Raises:
        Failed: it ended with an error, or took more than `limit` seconds.
    """
    started = time.perf_counter()
    command = [sys.executable, "-m", *arguments]
    try:
        done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT, timeout=limit)
    except subprocess.TimeoutExpired as error:
        raise Failed(f"more than {limit:.0f} s") from error
    except subprocess.CalledProcessError as error:
        raise Failed(error.stderr.strip().splitlines()[-1] if error.stderr.strip() else str(error)) from error
    life = time.perf_counter() - started
    return Measured(**json.loads(done.stdout.splitlines()[-1]), process=life)


def from_the_shell(arguments: Sequence[str], accepted: Sequence[int] = (0, 1)) -> Measured:
    """One run of a `topco` command as a user runs it: the whole process, start and imports included.

    Raises:
        Failed: its exit code is not among the accepted ones.
    """
    command = [str(Path(sys.executable).with_name("topco")), *arguments]
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stderr is not None
    lines = process.stderr.read().splitlines()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.stderr.close()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in accepted:
        raise Failed(f"{' '.join(command)} ended with {process.returncode}: {lines[-3:]}")
    return Measured(seconds, usage.ru_maxrss // 1024, processor=usage.ru_utime + usage.ru_stime, process=seconds)


def machine() -> str:
    """What the figures were measured on, in one paragraph."""
    packages = ("polars", "numpy", "numba", "duckdb", "pyoxigraph", "rdflib", "owlrl")
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GiB, {platform.system()}, "
        f"Python {platform.python_version()}; {versions}."
    )


def own_peak_mib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def load_average() -> str:
    return f"{os.getloadavg()[0]:.1f}"


def say(words: str) -> None:
    """Tell on stderr what is being measured."""
    from rich.console import Console  # here, so that the measured processes do not pay for it

    Console(stderr=True).print(f"[dim]measuring[/dim] {words}", highlight=False)
