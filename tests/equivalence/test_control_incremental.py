"""One change after another gives what a full run over all holdings as they then are gives."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from control_cases import SHARES, Case, Row, answered, cases, edges, groups, holdings, rows, run
from topco.ownership.control import Test
from topco.ownership.control.bulk import COMPILED
from topco.ownership.control.incremental import Index


def changes(n: int) -> st.SearchStrategy[dict[int, list[Row]]]:
    """Companies with all holdings in them after a change."""
    return st.dictionaries(st.integers(0, n - 1), st.lists(rows(n), max_size=3), min_size=1, max_size=2)


@settings(deadline=None, max_examples=200)
@given(case=st.one_of(cases(least=4, most=9, much=24), groups()), data=st.data())
def test_changes_are_derived_as_a_full_run_would(case: Case, data: st.DataObject) -> None:
    before = run(case, COMPILED)
    natural = np.zeros(case.n, np.bool_)
    natural[sorted(case.natural)] = True
    index = Index(before, holdings(case), natural, COMPILED)
    standing = answered(before)
    for _ in range(3):
        change = data.draw(changes(case.n))
        new = tuple(replace(row, owned=company) for company, held in change.items() for row in held)
        case = replace(case, rows=(*(row for row in case.rows if row.owned not in change), *new))
        again = index.rederive(change, holdings(replace(case, rows=new)))
        now = run(case, COMPILED)
        full = answered(now)
        done = set(again.companies.tolist())

        for kind in ("immediate", "candidates", "tied"):
            kept = {edge for edge in getattr(standing, kind) if edge[0] not in done}
            assert kept | edges(getattr(again, kind)) == getattr(full, kind)
        for kind in ("steps", "candidate_steps"):
            assert edges(getattr(again, kind)) == {edge for edge in edges(getattr(now, kind)) if edge[0] in done}
        assert (standing.settled - done) | set(again.settled.tolist()) == full.settled
        standing = full


def test_a_change_leaves_companies_alone_that_it_cannot_matter_to() -> None:
    """0 has 60 percent of 1, 1 of 2, 3 of 4; 1 has 5 percent of 4, which decides nothing."""
    held = [(0, 1, 60), (1, 2, 60), (3, 4, 60), (1, 4, 5)]
    case = Case(5, tuple(Row(x, y, SHARES, exact=Fraction(p)) for x, y, p in held), frozenset(), frozenset(), Test())
    index = Index(run(case), holdings(case))
    again = index.rederive([1], holdings(replace(case, rows=(Row(3, 1, SHARES, exact=Fraction(51)),))))
    assert again.companies.tolist() == [1, 2]
    assert edges(again.immediate) == {(1, 3), (2, 1)}
    assert edges(again.steps) == {(1, 3), (2, 1)}
    assert again.nodes.tolist() == [1, 2, 3]


def test_a_change_that_leaves_the_controllers_is_not_followed_down() -> None:
    """Each of a chain has 60 percent of the next; 70 in its place decide nothing, 40 do, and 60 again do."""
    held = tuple(Row(x, x + 1, SHARES, exact=Fraction(60)) for x in range(5))
    case = Case(6, held, frozenset(), frozenset(), Test())
    index = Index(run(case), holdings(case))
    assert not len(index.rederive([], holdings(replace(case, rows=()))).companies)
    for percent, derived in ((70, [1]), (40, [1, 2, 3, 4, 5]), (45, [1]), (60, [1, 2, 3, 4, 5]), (80, [1])):
        change = replace(case, rows=(Row(0, 1, SHARES, exact=Fraction(percent)),))
        assert index.rederive([1], holdings(change)).companies.tolist() == derived


def test_a_change_in_a_circle_is_followed_to_what_the_circle_holds() -> None:
    """0 and 1 hold 60 percent of each other, 1 of 2: without the holding of 0 in 1 nobody is above 1."""
    held = tuple(Row(x, y, SHARES, exact=Fraction(60)) for x, y in ((0, 1), (1, 0), (1, 2), (2, 3)))
    case = Case(4, held, frozenset(), frozenset(), Test())
    index = Index(run(case, COMPILED), holdings(case), kernels=COMPILED)
    for percent, derived in ((70, [1]), (40, [0, 1, 2, 3]), (60, [0, 1, 2, 3])):
        change = replace(case, rows=(Row(0, 1, SHARES, exact=Fraction(percent)),))
        again = index.rederive([1], holdings(change))
        assert again.companies.tolist() == derived
    assert edges(again.immediate) == {(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1), (3, 2)}
