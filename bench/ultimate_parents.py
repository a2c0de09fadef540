"""Ultimate parents of generated companies: ours against SQL, SPARQL on two engines, and OWL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from bench import company_graph
from bench.measure import LONG, Failed, Measured, medians, reported
from bench.peers import COLUMNS, PEERS

LIMIT = 180.0  # seconds that a peer may take
WARM = 1_000

HEADER = [
    "| companies | means | file to file, s | times ours | processor, s | times ours | in memory, s | whole process, s "
    "| peak, MiB | same |",
    "|---:|---|---:|---:|---:|---:|---:|---:|---:|---|",
]


def measure(
    sizes: Sequence[int], folder: Path, say: Callable[[str], None] = lambda _: None, runs: int = 3
) -> list[str]:
    """The lines of a Markdown table; the peers take turns, so that what else the machine does hits all alike.

    `same`: the answer is ours, pair by pair.
    """
    lines = list(HEADER)
    warm = _steps(WARM, folder)
    for size in sizes:
        steps = _steps(size, folder)
        peers = {name: peer for name, peer in PEERS.items() if size <= peer.largest}
        tops = {name: folder / f"tops-{name}-{size}.csv" for name in peers}
        found: dict[str, list[Measured]] = {name: [] for name in peers}
        failed: dict[str, str] = {}
        for turn in range(runs):
            for name, peer in peers.items():
                if name in failed or any(run.process > LONG for run in found[name]):
                    continue
                say(f"{size:,} companies: {peer.words.strip('*')}, run {turn + 1}")
                try:
                    found[name].append(reported(["bench.peers", name, str(steps), str(tops[name]), str(warm)], LIMIT))
                except Failed as failure:
                    failed[name] = str(failure)
        ours = medians(found["ours"])
        for name, peer in peers.items():
            if name in failed:
                lines.append(f"| {size:,} | {peer.words} | {failed[name]} | | | | | | | |")
                continue
            cold = reported(["bench.peers", name, str(steps), str(tops[name])], LIMIT)
            lines.append(_line(size, peer.words, medians(found[name]), cold, ours, _same(tops[name], tops["ours"])))
        for path in tops.values():
            path.unlink(missing_ok=True)
    return lines


def _line(size: int, words: str, found: Measured, cold: Measured, ours: Measured, same: bool) -> str:
    cells = (
        f"{size:,}",
        words,
        _seconds(found.seconds),
        f"{found.seconds / ours.seconds:.1f}",
        _seconds(found.processor),
        f"{found.processor / ours.processor:.1f}",
        _seconds(found.in_memory),
        _seconds(cold.process),
        f"{found.peak_mib:,}",
        "yes" if same else "**no**",
    )
    return f"| {' | '.join(cells)} |"


def _seconds(value: float) -> str:
    """Two figures that mean something.

    >>> _seconds(0.012345), _seconds(1.26), _seconds(41.8)
    ('0.012', '1.3', '42')
    """
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}" if value >= 1 else f"{value:.2g}"


def _steps(size: int, folder: Path) -> Path:
    path = folder / f"companies-{size}.parquet"
    if not path.exists():
        company_graph.write(size, path)
    return path


def _same(first: Path, second: Path) -> bool:
    answers = [pl.read_csv(path, has_header=True, new_columns=list(COLUMNS)).sort(COLUMNS) for path in (first, second)]
    return answers[0].equals(answers[1])
