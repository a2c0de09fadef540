"""Control on arrays, plain and compiled, and control straight from its definition."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from control_cases import Case, Definition, answered, cases, groups, holdings, run
from control_graph import by_queries
from topco.ownership.control import PLAIN
from topco.ownership.control.bulk import COMPILED


@settings(deadline=None, max_examples=300)
@given(case=cases())
def test_plain_arrays_follow_the_definition(case: Case) -> None:
    assert answered(run(case)) == Definition(case).answer()


@settings(deadline=None, max_examples=300)
@given(case=st.one_of(groups(), cases(least=4, most=9, much=24)))
def test_compiled_arrays_follow_the_definition(case: Case) -> None:
    assert answered(run(case, COMPILED)) == Definition(case).answer()


@settings(deadline=None, max_examples=150)
@given(case=st.one_of(cases(), groups(most=8)))
def test_arrays_follow_the_queries(case: Case) -> None:
    assert answered(run(case)) == by_queries(case)


@settings(deadline=None, max_examples=300)
@given(case=st.one_of(groups(), cases(most=5, much=30)), repeat=st.sampled_from([1, 1, 12]))
def test_positions_are_the_same_plain_and_compiled(case: Case, repeat: int) -> None:
    """Bit for bit, and with so many rows that the rows of a company are sorted in another way."""
    given_rows = holdings(replace(case, rows=case.rows * repeat))
    for rows in (given_rows, given_rows.take(np.lexsort((given_rows.owner, given_rows.family, given_rows.owned)))):
        plain, compiled = PLAIN.positions(rows), COMPILED.positions(rows)
        for field in fields(plain):
            one, other = getattr(plain, field.name), getattr(compiled, field.name)
            assert np.array_equal(one, other), field.name
            assert np.asarray(one).dtype == np.asarray(other).dtype, field.name
