"""Control on arrays, plain and compiled, and control straight from its definition."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from control_cases import Case, Definition, answered, cases, groups, run
from control_graph import by_queries
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
