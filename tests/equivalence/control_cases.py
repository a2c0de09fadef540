"""Random holdings among a handful of parties; control in them straight from its definition, with fractions and sets."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

import numpy as np
from hypothesis import strategies as st

from topco.ownership.control import NO_SHARE, PLAIN, Control, ControlKernels, Family, Holdings, Test, control, positions
from topco.ownership.shares import PERCENT, WHOLE

SHARES, VOTES, BOARD, NONE = Family


@dataclass(frozen=True)
class Row:
    """A holding; shares in percent. Without `exact` a band, unknown where a bound is None."""

    owner: int
    owned: int
    family: Family
    exact: Fraction | None = None
    low: Fraction | None = None
    low_exclusive: bool = False
    high: Fraction | None = None
    high_exclusive: bool = False


@dataclass(frozen=True)
class Case:
    n: int
    rows: tuple[Row, ...]
    decisive: frozenset[tuple[int, int]]
    natural: frozenset[int]
    test: Test


PERCENTS = [Fraction(p) for p in (10, 20, 25, 30, 40, 49, 50, 51, 60, 75, 100)]
# Small sums of these reach, miss and cross a half often.
OFTEN = [Fraction(p) for p in (20, 25, 30, 30, 50, 50, 51, 60)]


def rows(n: int) -> st.SearchStrategy[Row]:
    node = st.integers(0, n - 1)
    family = st.sampled_from([SHARES] * 8 + [VOTES] * 4 + [BOARD, NONE])
    exact = st.builds(Row, node, node, family, exact=st.sampled_from(OFTEN + PERCENTS[:3]))
    bound = st.sampled_from([None, Fraction(0), *PERCENTS])
    band = st.builds(
        Row,
        node,
        node,
        family,
        low=bound,
        low_exclusive=st.booleans(),
        high=bound,
        high_exclusive=st.booleans(),
    ).filter(lambda row: (row.low or 0) < (100 if row.high is None else row.high))
    return st.one_of(exact, exact, exact, band)


def tests() -> st.SearchStrategy[Test]:
    return st.one_of(
        st.just(Test()),
        st.just(Test(at_least=True, families=frozenset({SHARES}))),
        st.just(Test(aggregated=False)),
        st.builds(
            Test,
            threshold=st.sampled_from([WHOLE // 4, WHOLE // 2, WHOLE * 3 // 4]),
            at_least=st.booleans(),
            families=st.sampled_from([frozenset({SHARES}), frozenset({SHARES, VOTES}), frozenset({SHARES, BOARD})]),
            aggregated=st.sampled_from([True, True, True, False]),
        ),
    )


@st.composite
def cases(draw: st.DrawFn, least: int = 2, most: int = 6, much: int = 12) -> Case:
    n = draw(st.integers(least, most))
    node = st.integers(0, n - 1)
    return Case(
        n,
        tuple(draw(st.lists(rows(n), max_size=much))),
        draw(st.one_of(st.just(frozenset()), st.frozensets(st.tuples(node, node), max_size=2))),
        draw(st.frozensets(node, max_size=2)),
        draw(tests()),
    )


@st.composite
def groups(draw: st.DrawFn, most: int = 12) -> Case:
    """Companies held by earlier ones, so that sums over deep groups decide; now and then in circles."""
    random = draw(st.randoms(use_true_random=False))
    n = random.randint(4, most)
    circles = random.choice([0, 0, 0.15, 1])
    made: list[Row] = []

    def holder(company: int) -> int:
        if random.random() < circles:
            return random.randrange(n)
        return random.randrange(max(0, company - 4), company) if random.random() < 0.7 else random.randrange(company)

    def exact(company: int, family: Family, *percents: int) -> None:
        made.extend(Row(holder(company), company, family, exact=Fraction(percent)) for percent in percents)

    for company in range(1, n):
        family = random.choice([SHARES] * 6 + [VOTES] * 3 + [BOARD])
        shape = random.random()
        if shape < 0.4:
            exact(company, family, random.choice([51, 60, 100]))
        elif shape < 0.5:
            exact(company, family, 50, 50)
        elif shape < 0.6:
            exact(company, family, 50, 30, 20)
        elif shape < 0.95:
            for _ in range(random.randint(2, 5)):
                percent = random.choice([10, 15, 20, 25, 26, 30, 40])
                if random.random() < 0.75:
                    exact(company, family, percent)
                else:
                    high = Fraction(percent + random.choice([1, 5, 20]))
                    made.append(
                        Row(holder(company), company, family, None, Fraction(percent), random.random() < 0.3, high)
                    )
        if random.random() < 0.1:
            made.append(Row(holder(company), company, VOTES))
        if random.random() < 0.1:
            made.append(Row(company, company, SHARES, exact=Fraction(random.choice([5, 20]))))
    decisive = [(random.randrange(n), random.randrange(n)) for _ in range(random.choice([0, 0, 1, 3]))]
    return Case(n, tuple(made), frozenset(decisive), frozenset(random.sample(range(n), 2)), draw(tests()))


@dataclass(frozen=True)
class Answer:
    """Pairs of controller and company; company and immediate controller, candidate, tied holder; companies."""

    must: frozenset[tuple[int, int]]
    may: frozenset[tuple[int, int]]
    immediate: frozenset[tuple[int, int]]
    candidates: frozenset[tuple[int, int]]
    tied: frozenset[tuple[int, int]]
    settled: frozenset[int]


# -- arrays


def units(percent: Fraction) -> int:
    made = percent * PERCENT
    assert made.denominator == 1
    return int(made)


def holdings(case: Case) -> Holdings:
    return Holdings(
        case.n,
        np.array([row.owner for row in case.rows], np.int32),
        np.array([row.owned for row in case.rows], np.int32),
        np.array([row.family for row in case.rows], np.int8),
        np.array([NO_SHARE if row.exact is None else units(row.exact) for row in case.rows], np.int64),
        np.array([0 if row.low is None else units(row.low) + row.low_exclusive for row in case.rows], np.int64),
        np.array([WHOLE if row.high is None else units(row.high) - row.high_exclusive for row in case.rows], np.int64),
    )


def run(case: Case, kernels: ControlKernels = PLAIN) -> Control:
    decisive = np.array(sorted(case.decisive), np.int32).reshape(-1, 2)
    natural = np.zeros(case.n, np.bool_)
    natural[sorted(case.natural)] = True
    return control(positions(holdings(case)), case.test, decisive[:, 0], decisive[:, 1], natural, kernels)


def edges(arrays: tuple[np.ndarray, np.ndarray]) -> frozenset[tuple[int, int]]:
    """Edges as pairs, none of them twice."""
    found = list(zip(arrays[0].tolist(), arrays[1].tolist(), strict=True))
    assert len(found) == len(set(found))
    return frozenset(found)


def answered(answer: Control) -> Answer:
    return Answer(
        edges(answer.must.pairs()),
        edges(answer.may.pairs()),
        edges(answer.immediate),
        edges(answer.candidates),
        edges(answer.tied),
        frozenset(np.flatnonzero(answer.settled).tolist()),
    )


# -- the definition


class Definition:
    """Sections 1 and 2 of docs/ownership.md, read aloud; shares as fractions of the whole."""

    def __init__(self, case: Case) -> None:
        self.case, self.test = case, case.test
        self.t = Fraction(case.test.threshold, WHOLE)
        unit = Fraction(1, WHOLE)
        rows: dict[tuple[int, int, Family], list[Row]] = defaultdict(list)
        for row in case.rows:
            rows[row.owner, row.owned, row.family].append(row)
        self.bounds: dict[tuple[int, int, Family], tuple[Fraction, Fraction]] = {}
        for key, held in rows.items():
            added = sum((row.exact / 100 for row in held if row.exact is not None), Fraction(0))
            banded = [row for row in held if row.exact is None]
            lows = [row.low / 100 + unit * row.low_exclusive for row in banded if row.low is not None]
            highs = [row.high / 100 - unit * row.high_exclusive for row in banded if row.high is not None]
            lower = max([added, *lows])
            self.bounds[key] = (lower, max(lower, min([Fraction(1), *highs])) if banded else added)
        self.total: dict[tuple[int, Family], tuple[Fraction, Fraction]] = {}
        self.over: set[tuple[int, Family]] = set()
        for y, f in product(range(case.n), (SHARES, VOTES)):
            own_low, own_high = self.bounds.get((y, y, f), (Fraction(0), Fraction(0)))
            declared = self.declared(y, f)
            most = max(Fraction(0), 1 - own_low)
            if declared > 1 - own_low or own_low > 1:
                self.over.add((y, f))
                self.total[y, f] = (most, most)
            else:
                self.total[y, f] = (max(1 - own_high, declared), most)
        self.held: dict[tuple[int, Family], dict[int, tuple[Fraction, Fraction]]] = defaultdict(dict)
        for (x, y, f), (lower, upper) in self.bounds.items():
            if x != y and f in (SHARES, VOTES):
                if (y, f) not in self.over:
                    upper = min(upper, self.total[y, f][1] - (self.declared(y, f) - lower))
                self.held[y, f][x] = (lower, upper)
        self.rights = {(y, x) for y, x in case.decisive if x != y}
        if BOARD in self.test.families:
            self.rights |= {
                (row.owned, row.owner) for row in case.rows if row.family == BOARD and row.owner != row.owned
            }

    def declared(self, y: int, f: Family) -> Fraction:
        return sum((low for (x, z, g), (low, _) in self.bounds.items() if z == y and g == f and x != y), Fraction(0))

    def exceeds(self, part: Fraction, total: Fraction) -> bool:
        return total > 0 and part > 0 and (part >= self.t * total if self.test.at_least else part > self.t * total)

    def families(self) -> list[Family]:
        return [f for f in (SHARES, VOTES) if f in self.test.families]

    def carries(self, group: set[int], y: int, f: Family, *, may: bool) -> bool:
        """Whether a group's positions in y exceed the threshold: certainly, or in some case that the bounds allow."""
        held = self.held[y, f]
        least = sum((held[x][0] for x in group if x in held), Fraction(0))
        most = sum((held[x][1] for x in group if x in held), Fraction(0))
        low, high = self.total[y, f]
        if not may:
            return self.exceeds(least, high)
        if (y, f) in self.over:
            return self.exceeds(most, high)
        rest = self.declared(y, f) - least
        # The part of the total is greatest at an end of the interval or where the group has all that it can have.
        return any(
            self.exceeds(min(most, total - rest), total) for total in (low, high, min(max(most + rest, low), high))
        )

    def relation(self, *, may: bool) -> set[tuple[int, int]]:
        found: set[tuple[int, int]] = set()
        while True:
            new = set()
            for x, y in product(range(self.case.n), repeat=2):
                group = {x} | {z for w, z in found if w == x}
                groups = [group] if self.test.aggregated else [{z} for z in group]
                if any((y, z) in self.rights for z in group) or any(
                    self.carries(g, y, f, may=may) for g in groups for f in self.families()
                ):
                    new.add((x, y))
            if new <= found:
                return found
            found |= new

    def immediate(self, relation: set[tuple[int, int]]) -> set[tuple[int, int]]:
        """Nobody stands strictly between: controlled by the one and controlling the other, and neither in return."""
        return {
            (y, x)
            for x, y in relation
            if not any(
                (x, z) in relation and (z, y) in relation and (z, x) not in relation and (y, z) not in relation
                for z in range(self.case.n)
            )
        }

    def answer(self) -> Answer:
        n = range(self.case.n)
        must, may = self.relation(may=False), self.relation(may=True)
        controlled, possible = {y for _, y in must}, {y for _, y in may}
        tied: set[tuple[int, int]] = set()
        for y, f in product(n, self.families()):
            if y in controlled or (y, f) in self.over:
                continue
            held = {x: low for x, (low, _) in self.held[y, f].items() if low > 0}
            half = {}
            for x in n:
                group = {x} | ({z for w, z in must if w == x} if self.test.aggregated else set())
                holders = frozenset(group & set(held))
                if holders and 2 * sum(held[z] for z in holders) == self.total[y, f][1]:
                    half[x] = holders
            half = {x: own for x, own in half.items() if any(not own & other for other in half.values())}
            lowest = {
                x for x in half if not any((x, z) in must and (z, x) not in must for z in half if half[z] == half[x])
            }
            tied |= {(y, x) for x in lowest}
        settled = set()
        for y in n:
            known = [f for f in self.families() if self.held[y, f] or (y, y, f) in self.bounds]
            arithmetic = (
                y not in possible
                and y not in {z for z, _ in tied}
                and bool(known)
                and all(self.declared(y, f) == self.total[y, f][1] and (y, f) not in self.over for f in known)
            )
            above = {x for x, z in must if z == y}
            if arithmetic or (above and above <= self.case.natural):
                settled.add(y)
        return Answer(
            frozenset(must),
            frozenset(may),
            frozenset(self.immediate(must)),
            frozenset((y, x) for y, x in self.immediate(may) if y not in controlled),
            frozenset(tied),
            frozenset(settled),
        )
