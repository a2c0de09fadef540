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

_LONG = 10.0  # seconds


class Failed(Exception):
    """A measured process ended with an error, or not in time."""


@dataclass(frozen=True)
class Measured:
    """Medians of several runs; memory is the largest peak of any run. `in_memory` is None where it has no meaning.

    `process` is the whole life of the process, start and imports included.
    """

    seconds: float
    in_memory: float | None
    peak_mib: int
    lines: tuple[str, ...] = ()
    process: float | None = None


def reported(arguments: Sequence[str], runs: int = 3, limit: float | None = None) -> Measured:
    """A module of ours that prints its own timings as a line of JSON. What takes longer than `_LONG` is run once.

    Raises:
        Failed: a run ended with an error, or took more than `limit` seconds.
    """
    found, lives = [], []
    for _ in range(runs):
        started = time.perf_counter()
        command = [sys.executable, "-m", *arguments]
        try:
            done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT, timeout=limit)
        except subprocess.TimeoutExpired as error:
            raise Failed(f"more than {limit:.0f} s") from error
        except subprocess.CalledProcessError as error:
            raise Failed(error.stderr.strip().splitlines()[-1] if error.stderr.strip() else str(error)) from error
        lives.append(time.perf_counter() - started)
        found.append(json.loads(done.stdout.splitlines()[-1]))
        if lives[-1] > _LONG:
            break
    return Measured(
        statistics.median(one["seconds"] for one in found),
        statistics.median(one["in_memory"] for one in found),
        max(one["peak_mib"] for one in found),
        process=statistics.median(lives),
    )


def from_the_shell(arguments: Sequence[str], runs: int = 3, accepted: Sequence[int] = (0, 1)) -> Measured:
    """A `topco` command as a user runs it: the whole process, start and imports included."""
    command = [str(Path(sys.executable).with_name("topco")), *arguments]
    seconds, peak, lines = [], 0, ()
    for _ in range(runs):
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=ROOT)
        assert process.stderr is not None
        lines = tuple(process.stderr.read().splitlines())
        _, status, usage = os.wait4(process.pid, 0)
        seconds.append(time.perf_counter() - started)
        peak = max(peak, usage.ru_maxrss // 1024)
        code = os.waitstatus_to_exitcode(status)
        if code not in accepted:
            raise Failed(f"{' '.join(command)} ended with {code}: {lines[-3:]}")
    return Measured(statistics.median(seconds), None, peak, lines)


def machine() -> str:
    """What the figures were measured on, in one paragraph."""
    packages = ("polars", "numpy", "numba", "duckdb", "pyoxigraph", "rdflib", "owlrl")
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    load = ", ".join(f"{one:.2f}" for one in os.getloadavg())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GiB, {platform.system()}, "
        f"Python {platform.python_version()}; {versions}. Load average at the start: {load}."
    )


def own_peak_mib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
