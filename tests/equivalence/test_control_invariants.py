"""What may change in the evidence without changing who controls whom, and what may change in one direction only."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from control_cases import SHARES, Case, Row, answered, cases, groups, holdings, rows, run
from topco.ownership.control import Test, positions
from topco.ownership.control.bulk import COMPILED

quiet = settings(deadline=None, max_examples=150)
any_case = st.one_of(cases(most=8, much=20), groups())


@quiet
@given(case=any_case, data=st.data())
def test_numbers_of_companies_and_order_of_rows_mean_nothing(case: Case, data: st.DataObject) -> None:
    new = data.draw(st.permutations(range(case.n)))
    moved = replace(
        case,
        rows=tuple(
            replace(row, owner=new[row.owner], owned=new[row.owned]) for row in data.draw(st.permutations(case.rows))
        ),
        decisive=frozenset((new[y], new[x]) for y, x in case.decisive),
        natural=frozenset(new[x] for x in case.natural),
    )
    before, after = answered(run(case, COMPILED)), answered(run(moved, COMPILED))
    for kind in ("must", "may", "immediate", "candidates", "tied"):
        assert {(new[x], new[y]) for x, y in getattr(before, kind)} == getattr(after, kind)
    assert {new[y] for y in before.settled} == after.settled


@quiet
@given(case=any_case, data=st.data())
def test_an_exact_holding_in_two_rows_is_the_same_holding(case: Case, data: st.DataObject) -> None:
    exact = [place for place, row in enumerate(case.rows) if row.exact is not None]
    assume(exact)
    place = data.draw(st.sampled_from(exact))
    row = case.rows[place]
    assert row.exact is not None
    part = Fraction(data.draw(st.integers(0, int(row.exact))))
    split = (replace(row, exact=part), replace(row, exact=row.exact - part))
    halved = replace(case, rows=case.rows[:place] + split + case.rows[place + 1 :])
    assert answered(run(case, COMPILED)) == answered(run(halved, COMPILED))


@quiet
@given(case=any_case, data=st.data())
def test_a_company_more_changes_nothing_for_others(case: Case, data: st.DataObject) -> None:
    held = data.draw(st.lists(rows(case.n), max_size=3))
    more = replace(case, n=case.n + 1, rows=case.rows + tuple(replace(row, owned=case.n) for row in held))
    before, after = answered(run(case, COMPILED)), answered(run(more, COMPILED))
    assert before.must == {(x, y) for x, y in after.must if y != case.n}
    assert before.may == {(x, y) for x, y in after.may if y != case.n}
    for kind in ("immediate", "candidates", "tied"):
        assert getattr(before, kind) == {(y, x) for y, x in getattr(after, kind) if y != case.n}
    assert before.settled == after.settled - {case.n}


def _once(case: Case) -> Case:
    """The case with one row for each owner, company and family: rows that contradict each other are left out."""
    return replace(case, rows=tuple({(row.owner, row.owned, row.family): row for row in case.rows}.values()))


@quiet
@given(case=any_case.map(_once), data=st.data())
def test_narrower_bands_only_decide_what_was_open(case: Case, data: st.DataObject) -> None:
    bands = [place for place, row in enumerate(case.rows) if row.exact is None]
    assume(bands)
    place = data.draw(st.sampled_from(bands))
    row = case.rows[place]
    low, high = row.low or Fraction(0), Fraction(100) if row.high is None else row.high
    inside = sorted({p for p in (low, high, *map(Fraction, (10, 25, 30, 45, 50, 51, 60, 80))) if low <= p <= high})
    least = data.draw(st.sampled_from(inside))
    most = data.draw(st.sampled_from([p for p in inside if p > least] or [high]))
    assume(least < most or not (row.low_exclusive or row.high_exclusive))  # more than 50 and at most 50 is nothing
    narrow: Row = replace(row, low=least, high=most)
    narrowed = replace(case, rows=(*case.rows[:place], narrow, *case.rows[place + 1 :]))
    for one in (case, narrowed):
        assume(not positions(holdings(one)).over.any())
    before, after = answered(run(case, COMPILED)), answered(run(narrowed, COMPILED))
    assert before.must <= after.must
    assert after.may <= before.may


@quiet
@given(case=any_case)
def test_must_is_within_may_and_both_reach_through_controllers(case: Case) -> None:
    found = answered(run(case, COMPILED))
    assert found.must <= found.may
    for pairs in (found.must, found.may):
        assert all((x, z) in pairs for x, y in pairs for w, z in pairs if w == y)


@quiet
@given(case=any_case, aggregated=st.booleans())
def test_at_least_half_is_more_than_more_than_half(case: Case, aggregated: bool) -> None:
    family = frozenset({SHARES})
    more = replace(case, test=Test(families=family, aggregated=aggregated))
    cascade = replace(case, test=Test(at_least=True, families=family, aggregated=aggregated))
    strict, wide = answered(run(more, COMPILED)), answered(run(cascade, COMPILED))
    assert strict.must <= wide.must
    assert strict.may <= wide.may
    if aggregated:
        majority = answered(run(replace(more, test=Test(families=family, aggregated=False)), COMPILED))
        assert majority.must <= strict.must


@quiet
@given(case=any_case)
def test_fewest_edges_lead_to_the_same_ends_as_all(case: Case) -> None:
    answer = run(case, COMPILED)
    for relation in (answer.must, answer.may):
        every, fewest = (_reach(case.n, *arrays) for arrays in (relation.immediate, relation.steps))
        assert every == fewest


def _reach(n: int, source: np.ndarray, target: np.ndarray) -> list[set[int]]:
    found = [set() for _ in range(n)]
    edges = list(zip(source.tolist(), target.tolist(), strict=True))
    while True:
        before = [set(one) for one in found]
        for one, other in edges:
            found[one] |= {other} | found[other]
        if before == found:
            return found
