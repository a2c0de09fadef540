"""Integrated shares of one company after the other, by several means, from the same Parquet file of holdings.

The share of h in y is V[h, y] / (1 + V[h, h]) with V = W + W·V over the shares W; lower and upper bounds are computed
separately. Each means builds what it asks from once, and is then asked for all owners of some companies, drawn by seed
from those that have a holder, with an error of at most 10⁻⁹.

    python -m bench.ownership_integrated ours HOLDINGS.parquet SHARES.csv TIMES.csv COMPANIES

writes company, owner, lower and upper share (fractions, from 10⁻⁶ on), and of each company the seconds and the error
that the means certifies, and prints one line of JSON: `seconds` from file to answers, `in_memory` those of building.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from bench.memory import own_peak_mib
from topco.ownership.shares import WHOLE

SEED = 20260316
ERROR = 1e-9
KEPT = 1e-6  # shares below are not compared
BUDGET = 12.0  # seconds after which a means is asked for no further company

Shares = tuple[np.ndarray, np.ndarray, np.ndarray, float | None]  # owners, lower and upper shares, certified error
Ask = Callable[[int], Shares]
TIMES = {"company": pl.String, "seconds": pl.Float64, "error": pl.Float64}
Matrix = Any  # csr_array; scipy has no types


class Built(NamedTuple):
    """A means that is ready: the identifiers by number, the number of each, and the question."""

    ids: pl.Series
    ask: Ask


def ours(path: Path) -> Built:
    """`owners_of` on a `PositionGraph` of the positions."""
    from bench import ownership_ours
    from topco.ownership.integrated import owners_of
    from topco.ownership.integrated_graph import PositionGraph

    found, _, made = ownership_ours.read(path)
    graph = PositionGraph.of(made.n, made.owner, made.owned, made.lower, made.upper)
    for weighted in (graph.below, graph.above):
        assert len(weighted.kind)  # built here, not with the first question

    def ask(company: int) -> Shares:
        shares = owners_of(graph, company, ERROR)
        return shares.party, shares.lower, shares.upper, shares.error

    return Built(found.ids, ask)


def scipy_lu(path: Path) -> Built:
    """The companies above the one asked about, by breadth first; then sparse LU of I - W over these alone."""
    from scipy.sparse.csgraph import breadth_first_order

    ids, bounds, ringed = _matrices(path)

    def one_bound(up: Matrix, company: int) -> tuple[np.ndarray, np.ndarray]:
        above = breadth_first_order(up, company, directed=True, return_predecessors=False)
        return above, _solved(up, above, ringed)

    return Built(ids, lambda company: _both(bounds, lambda up: one_bound(up, company)))


def scipy_power(path: Path) -> Built:
    """A sparse row vector times the matrix, again and again, until what is still under way is below the error.

    What goes round in rings is found in the same way, from each member of a ring that was met.
    """
    from scipy.sparse import csr_array

    ids, bounds, ringed = _matrices(path)

    def passed_up(up: Matrix, company: int) -> Matrix:
        vector = csr_array(([1.0], ([0], [company])), shape=(1, len(ids)))
        total = csr_array((1, len(ids)))
        while vector.nnz and vector.data.sum() > ERROR / 10:
            vector = vector @ up
            total = total + vector
        return total

    def one_bound(up: Matrix, company: int) -> tuple[np.ndarray, np.ndarray]:
        total = passed_up(up, company)
        party, share = total.indices, total.data
        for place in np.flatnonzero(ringed[party]):
            member = int(party[place])
            share[place] /= 1 + passed_up(up, member)[0, member]
        return party, share

    return Built(ids, lambda company: _both(bounds, lambda up: one_bound(up, company)))


def _matrices(path: Path) -> tuple[pl.Series, list[Matrix], np.ndarray]:
    """Identifiers; the matrices of lower and of upper bounds, companies in rows and owners in columns, one of them if
    all is exact; and which companies are in rings.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    rows = pl.read_parquet(path)
    count = rows.height
    text = pl.concat([rows["owner"], rows["owned"]]).rechunk()
    places = (
        text.to_frame("id").with_columns(number=pl.col("id").rank("dense") - 1)["number"].to_numpy().astype(np.int32)
    )
    ids = text.unique().sort()
    owner, owned = places[:count], places[count:]
    lower, upper = rows["lower"].to_numpy(), rows["upper"].to_numpy()
    declared = np.bincount(owned, lower, len(ids)).astype(np.int64)
    upper = np.minimum(upper, WHOLE - declared[owned] + lower)
    figures = [lower] if np.array_equal(lower, upper) else [lower, upper]
    bounds = [csr_array((units / WHOLE, (owned, owner)), shape=(len(ids), len(ids))) for units in figures]
    for one in bounds:
        one.eliminate_zeros()
    _, component = connected_components(bounds[-1], directed=True, connection="strong")
    return ids, bounds, (np.bincount(component) > 1)[component]


def _solved(up: Matrix, above: np.ndarray, ringed: np.ndarray) -> np.ndarray:
    """The share that each company of `above` has in the first of them."""
    from scipy.sparse import eye_array
    from scipy.sparse.linalg import splu

    inner = up[above][:, above]
    factors = splu((eye_array(len(above), format="csc") - inner.T).tocsc())
    first = np.zeros(len(above))
    first[0] = 1.0
    passed = factors.solve(first)
    passed[0] -= 1.0
    member = np.flatnonzero(ringed[above])
    if len(member):
        starts = np.zeros((len(above), len(member)))
        starts[member, np.arange(len(member))] = 1.0
        # 1 + V[h, h] is the diagonal of the inverse.
        passed[member] /= factors.solve(starts)[member, np.arange(len(member))]
    return np.asarray(passed)


def _both(bounds: list[Matrix], one_bound: Callable[[Matrix], tuple[np.ndarray, np.ndarray]]) -> Shares:
    party, lower = one_bound(bounds[0])
    if len(bounds) == 1:
        return party, np.minimum(lower, 1), np.minimum(lower, 1), None
    above, upper = one_bound(bounds[1])
    everybody, where = np.unique(np.concatenate([party, above]), return_inverse=True)
    figures = np.zeros((2, len(everybody)))
    figures[0, where[: len(party)]] = lower
    figures[1, where[len(party) :]] = upper
    return everybody, np.minimum(figures[0], 1), np.minimum(figures[1], 1), None


def drawn(path: Path, companies: int) -> list[str]:
    """The companies asked about: those with a holder, in the order of their identifiers, drawn by the seed."""
    held = pl.scan_parquet(path).select(pl.col("owned").unique()).collect()["owned"].sort()
    return held.sample(fraction=1.0, shuffle=True, seed=SEED).head(companies).to_list()


def ask_all(built: Built, asked: list[str], budget: float = BUDGET) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Shares from `KEPT` on, and seconds of each company, until the budget is spent."""
    wanted = pl.DataFrame({"id": asked, "order": range(len(asked))})
    numbers = built.ids.to_frame("id").with_row_index("number").join(wanted, on="id").sort("order")["number"].to_list()
    shares, times = [], []
    for name, number in zip(asked, numbers, strict=True):
        started = time.perf_counter()
        party, lower, upper, error = built.ask(number)
        times.append((name, time.perf_counter() - started, error))
        kept = (upper >= KEPT) & (party != number)
        names = built.ids.gather(party[kept])
        found = {"company": [name] * len(names), "owner": names, "lower": lower[kept], "upper": upper[kept]}
        shares.append(pl.DataFrame(found))
        if sum(seconds for _, seconds, _ in times) > budget:
            break
    return pl.concat(shares), pl.DataFrame(times, schema=TIMES, orient="row")


def same(first: pl.DataFrame, second: pl.DataFrame) -> bool:
    """Whether the shares agree within both errors, of the companies that both were asked for."""
    both = first.join(second, on=["company", "owner"], how="full", coalesce=True, suffix="_other").fill_null(0.0)
    asked = (
        pl.concat([first["company"].unique(), second["company"].unique()]).value_counts().filter(pl.col("count") == 2)
    )
    both = both.join(asked, on="company", how="semi")
    # One that is just below the least share written stands with 0 in one file.
    border = pl.max_horizontal("upper", "upper_other") < KEPT + 2 * ERROR
    wrong = pl.any_horizontal((pl.col(name) - pl.col(f"{name}_other")).abs() > 2 * ERROR for name in ("lower", "upper"))
    return len(asked) > 0 and both.filter(wrong & ~border).is_empty()


class Means(NamedTuple):
    build: Callable[[Path], Built]
    words: str
    imports: tuple[str, ...]


MEANS = {
    "ours": Means(ours, "**ours**", ("bench.ownership_ours", "topco.ownership.integrated_graph")),
    "lu": Means(scipy_lu, "scipy, LU of what is above", ("scipy.sparse.linalg", "scipy.sparse.csgraph")),
    "power": Means(scipy_power, "scipy, powers of a sparse vector", ("scipy.sparse", "scipy.sparse.csgraph")),
}


def main() -> None:
    name, path, out, times_out, companies, *warm = sys.argv[1:]
    means = MEANS[name]
    for module in means.imports:
        import_module(module)
    asked = drawn(Path(path), int(companies))
    for one in warm:
        ask_all(means.build(Path(one)), drawn(Path(one), 10))
    started, busy = time.perf_counter(), time.process_time()
    built = means.build(Path(path))
    building = time.perf_counter() - started
    shares, times = ask_all(built, asked)
    shares.write_csv(out)
    seconds, busy = time.perf_counter() - started, time.process_time() - busy
    times.write_csv(times_out)
    print(json.dumps({"seconds": seconds, "processor": busy, "peak_mib": own_peak_mib(), "in_memory": building}))


if __name__ == "__main__":
    main()
