"""One changed holding, and control derived again where that can matter; no peer does this but by a full run.

    python -m bench.ownership_changes HOLDINGS.parquet TIMES.csv CHANGES

changes the shares of so many holdings, drawn by seed, one after the other, each to one that the company's other holders
leave room for. It writes for each the seconds, and how many companies were derived again, and prints one line of JSON:
`seconds` from the file to the index, `in_memory` the seconds of a full run with all changes. The full run must say of
the companies derived last what was derived: else it ends with an error.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl

from bench import ownership_ours
from bench.memory import own_peak_mib
from topco.ownership.control import NO_SHARE, Holdings, Test, control
from topco.ownership.control.bulk import COMPILED
from topco.ownership.control.incremental import Index
from topco.ownership.graph import Nodes
from topco.ownership.shares import WHOLE

SEED = 20260317
BUDGET = 12.0  # seconds after which nothing further is changed


class Differs(Exception):
    """What was derived again is not what a full run says."""


def changed(held: Holdings, row: int, random: np.random.Generator) -> Holdings:
    """A company's holdings with another, exact share in one row; at most what the others certainly leave."""
    least = np.where(held.exact != NO_SHARE, held.exact, held.lower)
    room = WHOLE - int(least.sum() - least[row])
    exact = held.exact.copy()
    exact[row] = random.integers(1, max(room, 1) + 1)
    return Holdings(held.n, held.owner, held.owned, held.family, exact, held.lower, held.upper)


def change_all(path: Path, changes: int, budget: float = BUDGET) -> tuple[pl.DataFrame, float, float]:
    """Seconds and companies of each change; seconds from the file to the index, and of a full run afterwards.

    Raises:
        Differs: the full run says something else.
    """
    started = time.perf_counter()
    _, given, made = ownership_ours.read(path)
    test = Test()
    index = Index(control(made, test, kernels=COMPILED), given, kernels=COMPILED)
    building = time.perf_counter() - started
    offsets, rows_of = COMPILED.adjacency(made.n, given.owned, np.arange(len(given), dtype=np.int32))
    random = np.random.default_rng(SEED)
    exact = given.exact.copy()
    taken = []
    for row in random.choice(len(given), min(changes, len(given)), replace=False).tolist():
        company = int(given.owned[row])
        rows = rows_of[offsets[company] : offsets[company + 1]]
        now = Holdings(given.n, given.owner, given.owned, given.family, exact, given.lower, given.upper).take(rows)
        new = changed(now, int(np.flatnonzero(rows == row)[0]), random)
        exact[rows] = new.exact
        started = time.perf_counter()
        derived = index.rederive([company], new)
        edges = derived.immediate, derived.candidates
        taken.append((time.perf_counter() - started, len(derived.companies)))
        if sum(seconds for seconds, _ in taken) > budget:
            break
    after = Holdings(given.n, given.owner, given.owned, given.family, exact, given.lower, given.upper)
    started = time.perf_counter()
    full = control(COMPILED.positions(after), test, kernels=COMPILED)
    again = time.perf_counter() - started
    for mine, theirs in zip(edges, (full.immediate, full.candidates), strict=True):
        if _edges(mine, made.n).tolist() != _edges(_of(theirs, derived.companies), made.n).tolist():
            raise Differs(f"{path.name}: the companies derived last")
    return pl.DataFrame(taken, schema=["seconds", "companies"], orient="row"), building, again


def _of(edges: tuple[Nodes, Nodes], companies: Nodes) -> tuple[Nodes, Nodes]:
    chosen = np.isin(edges[0], companies)
    return edges[0][chosen], edges[1][chosen]


def _edges(edges: tuple[Nodes, Nodes], n: int) -> np.ndarray:
    """Edges as numbers, in order."""
    return np.sort(edges[0].astype(np.int64) * n + edges[1])


def main() -> None:
    path, out, changes, *warm = sys.argv[1:]
    for one in warm:
        change_all(Path(one), 10)
    busy = time.process_time()
    times, building, again = change_all(Path(path), int(changes))
    times.write_csv(out)
    busy = time.process_time() - busy
    print(json.dumps({"seconds": building, "processor": busy, "peak_mib": own_peak_mib(), "in_memory": again}))


if __name__ == "__main__":
    main()
