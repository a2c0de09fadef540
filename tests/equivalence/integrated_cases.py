"""Random positions among a few companies, and their integrated shares by three slow and obvious ways."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st

from topco import knowledge
from topco.ownership.control import Test
from topco.ownership.integrated import IntegratedShares
from topco.ownership.integrated_graph import PositionGraph
from topco.ownership.shares import WHOLE

Shares = dict[tuple[int, int], Fraction]  # by (owner, company)


@dataclass(frozen=True)
class Position:
    owner: int
    owned: int
    lower: int
    upper: int


@dataclass(frozen=True)
class Case:
    """Positions whose lower bounds stay within the total of each company, and whose upper bounds are tightened."""

    n: int
    positions: tuple[Position, ...]
    totals: tuple[int, ...]
    least: tuple[int, ...]

    def graph(self) -> PositionGraph:
        columns = [[getattr(row, name) for row in self.positions] for name in ("owner", "owned", "lower", "upper")]
        owner, owned = (np.array(column, np.int32) for column in columns[:2])
        lower, upper = (np.array(column, np.int64) for column in columns[2:])
        totals = (np.array(units, np.int64) for units in (self.totals, self.least))
        return PositionGraph.of(self.n, owner, owned, lower, upper, *totals)

    def shares(self, bound: str) -> Shares:
        whole = self.totals if bound == "lower" else self.least
        return {
            (row.owner, row.owned): min(Fraction(units, whole[row.owned]), Fraction(1))
            for row in self.positions
            if (units := getattr(row, bound))
        }


@st.composite
def cases(draw: st.DrawFn, most: int = 7, exact: bool = False, fullest: int = 100, acyclic: bool = False) -> Case:
    """Positions of up to `fullest` percent of each company in all."""
    n = draw(st.integers(2, most))
    totals = [draw(st.sampled_from([WHOLE, WHOLE, 900_000_000, 333_333_333])) for _ in range(n)]
    positions: list[Position] = []
    least = list(totals)
    for owned in range(n):
        others = [node for node in range(n) if (node < owned if acyclic else node != owned)]
        owners = draw(st.lists(st.sampled_from(others), unique=True, max_size=3)) if others else []
        room = totals[owned] * fullest // 100
        lowers = []
        for _ in owners:
            part = draw(st.sampled_from([0, 1, 10, 25, 50, 50, 100]))
            units = room if part == 100 else min(room, WHOLE * part // 100)
            lowers.append(units)
            room -= units
        if not exact and draw(st.integers(0, 5)) == 0:
            least[owned] = max(totals[owned] * 9 // 10, sum(lowers))
        for owner, lower in zip(owners, lowers, strict=True):
            slack = 0 if exact else draw(st.sampled_from([0, 0, WHOLE // 10, WHOLE]))
            upper = min(lower + slack, totals[owned] * fullest // 100 - (sum(lowers) - lower))
            if upper:
                positions.append(Position(owner, owned, lower, upper))
    return Case(n, tuple(positions), tuple(totals), tuple(least))


def rings(shares: Shares, n: int) -> list[frozenset[int]]:
    reach = {node: {node} for node in range(n)}
    for _ in range(n):
        for owner, owned in shares:
            reach[owner] |= reach[owned]
    found = {frozenset(other for other in reach[node] if node in reach[other]) for node in range(n)}
    return [ring for ring in found if len(ring) > 1]


def within(shares: Shares, ring: frozenset[int], company: int) -> Fraction:
    return sum((part for (owner, owned), part in shares.items() if owned == company and owner in ring), Fraction())


def ordinary(shares: Shares, n: int) -> bool:
    """Whether the sum over all paths ends: no ring holds more than all, or all and somebody else some."""
    for ring in rings(shares, n):
        inside = [within(shares, ring, member) for member in ring]
        everything = [within(shares, frozenset(range(n)), member) for member in ring]
        if max(inside) > 1 or (min(inside) == 1 and inside != everything):
            return False
    return True


def exactly(shares: Shares, n: int, owner: int, company: int) -> Fraction:
    """What the owner has: a company has the weighted values of its owners, the owner himself has the value 1."""
    above = {company}
    for _ in range(n):
        above |= {holder for holder, owned in shares if owned in above and owned != owner}
    if owner not in above:
        return Fraction()
    leading = {owner}
    for _ in range(n):
        leading |= {owned for holder, owned in shares if holder in leading}
    unknown = sorted((above & leading) - {owner})
    place = {node: number for number, node in enumerate(unknown)}
    rows = [[Fraction(int(i == j)) for j in range(len(unknown))] + [Fraction()] for i in range(len(unknown))]
    for (holder, owned), part in shares.items():
        if owned in place:
            if holder == owner:
                rows[place[owned]][-1] += part
            elif holder in place:
                rows[place[owned]][place[holder]] -= part
    return min(_solved(rows)[place[company]], Fraction(1))


def _solved(rows: list[list[Fraction]]) -> list[Fraction]:
    for pivot in range(len(rows)):
        chosen = next(row for row in range(pivot, len(rows)) if rows[row][pivot])
        rows[pivot], rows[chosen] = rows[chosen], rows[pivot]
        rows[pivot] = [value / rows[pivot][pivot] for value in rows[pivot]]
        for row in range(len(rows)):
            if row != pivot and rows[row][pivot]:
                rows[row] = [a - rows[row][pivot] * b for a, b in zip(rows[row], rows[pivot], strict=True)]
    return [row[-1] for row in rows]


def by_linear_solve(shares: Shares, n: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """V = W + W·V, and V[h, y] / (1 + V[h, h]) of it; row h, column y."""
    direct = np.zeros((n, n))
    for (owner, owned), part in shares.items():
        direct[owner, owned] = float(part)
    everything = np.linalg.solve(np.eye(n) - direct, direct)
    return np.minimum(everything / (1 + np.diag(everything))[:, None], 1.0)


def by_oxigraph(case: Case, residual: float = 1e-12) -> dict[tuple[int, int, str], float]:
    """The definition: levels of paths until what still moves is small."""
    return _shares(_working_store(case), residual)


def parents_by_oxigraph(case: Case, test: Test, never: set[int], error: float = 1e-9) -> set[tuple[int, int]]:
    """The definition of the integrated test: companies and their parents."""
    import pyoxigraph as ox

    store = _working_store(case)
    shares = _shares(store, 1e-12)
    lines = [
        f"[] w:shareOf <urn:n:{owner}> ; w:shareIn <urn:n:{company}> ; w:fraction {part:.17e} ."
        for (owner, company, bound), part in shares.items()
        if bound == "lower" and part > error
    ]
    lines += [f"<urn:n:{one}> w:neverParent true ." for one in never]
    at_least = str(test.at_least).lower()
    lines.append(f"w:test w:threshold {test.threshold} ; w:atLeast {at_least} ; w:error 1.0e-9 .")
    prefix = "@prefix w: <urn:topco:working:> .\n"
    store.load((prefix + "\n".join(lines)).encode(), format=ox.RdfFormat.TURTLE)
    return {(_node(row["company"]), _node(row["party"])) for row in store.query(_text("parents.rq"))}


def _shares(store: Any, residual: float) -> dict[tuple[int, int, str], float]:
    for _ in range(2_000):
        greatest = [row["greatest"] for row in store.query(_text("residual.rq"))]
        if not greatest or greatest[0] is None or float(greatest[0].value) < residual:
            break
        store.update(_text("step.ru"))
    else:
        raise AssertionError("the levels do not die down")
    return {
        (_node(row["owner"]), _node(row["company"]), row["bound"].value.rpartition(":")[2]): float(row["share"].value)
        for row in store.query(_text("shares.rq"))
    }


def closed_by_oxigraph(case: Case) -> set[frozenset[int]]:
    found: dict[int, set[int]] = {}
    for row in _working_store(case).query(_text("closed-rings.rq")):
        found.setdefault(_node(row["member"]), set()).add(_node(row["other"]))
    return {frozenset({member, *others}) for member, others in found.items()}


def _working_store(case: Case) -> Any:
    import pyoxigraph as ox

    lines = [
        f"[] w:owner <urn:n:{row.owner}> ; w:owned <urn:n:{row.owned}> ; w:family t:SharesFamily ; "
        f"w:lower {row.lower} ; w:upper {row.upper} ."
        for row in case.positions
    ] + [
        f"[] w:sumOf <urn:n:{node}> ; w:family t:SharesFamily ; w:mostTotal {most} ; w:leastTotal {least} ."
        for node, (most, least) in enumerate(zip(case.totals, case.least, strict=True))
    ]
    prefixes = "@prefix w: <urn:topco:working:> . @prefix t: <https://w3id.org/topco/> .\n"
    store = ox.Store()
    store.load((prefixes + "\n".join(lines)).encode(), format=ox.RdfFormat.TURTLE)
    store.update(_text("start.ru"))
    return store


def _text(name: str) -> str:
    return knowledge.text(f"queries/resolution/integrated/{name}")


def _node(term: Any) -> int:
    return int(term.value.rpartition(":")[2])


def as_dict(found: IntegratedShares) -> dict[int, tuple[float, float]]:
    return {
        party: (low, high)
        for party, low, high in zip(found.party.tolist(), found.lower.tolist(), found.upper.tolist(), strict=True)
    }
