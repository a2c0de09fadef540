"""The parents under the integrated test are those that exact fractions give, cycles included."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrated_cases import Case, Shares, cases, exactly, ordinary, parents_by_oxigraph, rings, within
from topco.ownership.control import Family, Holdings, Test, positions
from topco.ownership.control_marks import Parties
from topco.ownership.integrated_parents import integrated_marks
from topco.ownership.shares import WHOLE
from topco.ownership.status import Kind

quiet = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


def above(shares: Shares, company: int) -> set[int]:
    """All that hold shares in a company through any path."""
    found: set[int] = set()
    waiting = [company]
    while waiting:
        here = waiting.pop()
        for owner, owned in shares:
            if owned == here and owner not in found:
                found.add(owner)
                waiting.append(owner)
    return found


def expected(
    shares: Shares, n: int, threshold: Fraction, *, at_least: bool, never: set[int]
) -> set[tuple[int, int, Kind]]:
    """Of every company: the highest companies over the threshold, else those level with it."""
    found = set()
    for company in range(n):
        figures = {one: exactly(shares, n, one, company) for one in range(n) if one != company}
        over = {one for one, part in figures.items() if part > threshold or (at_least and part == threshold)}
        level = {one for one, part in figures.items() if part == threshold} - over

        def highest(parties: set[int]) -> set[int]:
            return {
                one
                for one in parties
                if not any(other in above(shares, one) and one not in above(shares, other) for other in parties - {one})
            }

        if over:
            found |= {(company, one, Kind.CONTROL) for one in highest(over - never)}
        elif len(highest(level)) > 1:
            found |= {(company, one, Kind.TIE) for one in highest(level) - never}
    return found


@settings(quiet, max_examples=200)
@given(
    case=cases(exact=True),
    percent=st.sampled_from([25, 40, 50, 50]),
    at_least=st.booleans(),
    never=st.sets(st.integers(0, 1)),
)
def test_parents_are_those_of_fractions(case: Case, percent: int, at_least: bool, never: set[int]) -> None:
    shares: Shares = {}
    for row in case.positions:
        part = Fraction(row.lower, WHOLE)
        if row.owner != row.owned and part:
            shares[row.owner, row.owned] = shares.get((row.owner, row.owned), Fraction(0)) + part
    if not ordinary(shares, case.n):
        return
    rows = [(owner, owned, int(part * WHOLE)) for (owner, owned), part in shares.items()]
    units = np.array([units for _, _, units in rows], np.int64)
    made = positions(
        Holdings(
            case.n,
            np.array([owner for owner, _, _ in rows], np.int32),
            np.array([owned for _, owned, _ in rows], np.int32),
            np.full(len(rows), Family.SHARES, np.int8),
            units,
            np.zeros(len(rows), np.int64),
            np.zeros(len(rows), np.int64),
        )
    )
    flags = np.isin(np.arange(case.n), list(never))
    test = Test(percent * WHOLE // 100, at_least, frozenset((Family.SHARES,)), aggregated=False)
    found = integrated_marks(made, test, Parties(flags, np.zeros(case.n, np.bool_)))
    edges = {
        (int(company), int(party), Kind(kind))
        for company, party, kind in zip(found.source, found.target, found.kind, strict=True)
        if kind != Kind.CANDIDATE
    }
    assert edges == expected(shares, case.n, Fraction(percent, 100), at_least=at_least, never=never)
    controlling = {(company, party) for company, party, kind in edges if kind == Kind.CONTROL}
    if any(within(shares, ring, one) > Fraction(9, 10) for ring in rings(shares, case.n) for one in ring):
        return  # what goes round there dies down too slowly for the definition
    plain = Case(case.n, case.positions, (WHOLE,) * case.n, (WHOLE,) * case.n)
    assert parents_by_oxigraph(plain, test, never) == controlling
