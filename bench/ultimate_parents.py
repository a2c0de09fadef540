"""Ultimate parents of generated companies: ours against SQL, SPARQL on two engines, and OWL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from bench import company_graph
from bench.measure import Failed, Measured, reported
from bench.peers import COLUMNS, PEERS

LIMIT = 180.0  # seconds that a peer may take
WARM = 1_000

HEADER = [
    "| companies | means | file to file, s | times ours | in memory, s | times ours | whole process, s | peak, MiB "
    "| same |",
    "|---:|---|---:|---:|---:|---:|---:|---:|---|",
]


def measure(
    sizes: Sequence[int], folder: Path, say: Callable[[str], None] = lambda _: None, runs: int = 3
) -> list[str]:
    """The lines of a Markdown table. `same`: the answer is ours, pair by pair."""
    lines = list(HEADER)
    warm = _steps(WARM, folder)
    for size in sizes:
        steps = _steps(size, folder)
        ours = folder / f"tops-ours-{size}.csv"
        reference: Measured | None = None
        for name, peer in PEERS.items():
            if size > peer.largest:
                continue
            say(f"{size:,} companies: {peer.words}")
            tops = folder / f"tops-{name}-{size}.csv"
            try:
                found = reported(["bench.peers", name, str(steps), str(tops), str(warm)], runs, LIMIT)
                cold = reported(["bench.peers", name, str(steps), str(tops)], 1, LIMIT)
            except Failed as failure:
                lines.append(f"| {size:,} | {peer.words} | {failure} | | | | | | |")
                continue
            reference = reference or found
            lines.append(_line(size, peer.words, found, cold, reference, _same(tops, ours)))
            if tops != ours:
                tops.unlink()
    return lines


def _line(size: int, words: str, found: Measured, cold: Measured, ours: Measured, same: bool) -> str:
    assert found.in_memory is not None
    assert ours.in_memory is not None
    cells = (
        f"{size:,}",
        words,
        _seconds(found.seconds),
        f"{found.seconds / ours.seconds:.1f}",
        _seconds(found.in_memory),
        f"{found.in_memory / ours.in_memory:.0f}",
        _seconds(cold.process or 0),
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
