"""Integrated shares: arrays, the definition in SPARQL, exact fractions and a dense linear solve agree."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from integrated_cases import (
    Case,
    Position,
    Shares,
    as_dict,
    by_linear_solve,
    by_oxigraph,
    cases,
    closed_by_oxigraph,
    exactly,
    ordinary,
    rings,
    within,
)
from topco import knowledge
from topco.ownership import integrated_graph
from topco.ownership.integrated import holdings_of, owners_of
from topco.ownership.shares import WHOLE

quiet = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def within_error(found: float, true: Fraction | float, error: float) -> bool:
    return abs(Fraction(found) - Fraction(true)) <= Fraction(error)


@settings(quiet, max_examples=150)
@given(case=cases())
def test_owners_and_holdings_agree_with_fractions(case: Case) -> None:
    graph = case.graph()
    bounds = {name: case.shares(name) for name in ("lower", "upper")}
    assume(all(ordinary(shares, case.n) for shares in bounds.values()))
    held = [(holdings_of(graph, node), as_dict(holdings_of(graph, node))) for node in range(case.n)]
    for company in range(case.n):
        found = owners_of(graph, company)
        assert found.error < 2e-9
        shares = as_dict(found)
        for owner in set(range(case.n)) - {company}:
            true = [exactly(bounds[name], case.n, owner, company) for name in ("lower", "upper")]
            for side in range(2):
                assert within_error(shares.get(owner, (0.0, 0.0))[side], true[side], found.error)
                down, companies = held[owner]
                assert within_error(companies.get(company, (0.0, 0.0))[side], true[side], down.error)


@settings(quiet, max_examples=100)
@given(case=cases(fullest=90))
def test_iterated_rings_agree_with_fractions(case: Case) -> None:
    shares = case.shares("lower")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(integrated_graph, "SOLVED_UP_TO", 1)
        graph = case.graph()
        for company in range(case.n):
            up, down = owners_of(graph, company), holdings_of(graph, company)
            for found in (
                up,
                down,
            ):  # of a ring whose upper bounds leave nobody outside nothing is known, and it is said
                assert found.error < 2e-9 or any(ring.kind == "closed" for ring in found.rings)
            owners, companies = as_dict(up), as_dict(down)
            for other in set(range(case.n)) - {company}:
                assert within_error(owners.get(other, (0, 0))[0], exactly(shares, case.n, other, company), up.error)
                assert within_error(
                    companies.get(other, (0, 0))[0], exactly(shares, case.n, company, other), down.error
                )


@settings(quiet, max_examples=150)
@given(case=cases(most=14, exact=True, fullest=99))
def test_a_dense_linear_solve_agrees(case: Case) -> None:
    graph = case.graph()
    solved = by_linear_solve(case.shares("lower"), case.n)
    for company in range(case.n):
        found = owners_of(graph, company)
        figures = np.zeros(case.n)
        figures[found.party] = found.lower
        others = np.arange(case.n) != company
        assert np.allclose(figures[others], solved[others, company], rtol=0, atol=1e-9)


@settings(quiet, max_examples=60)
@given(case=cases(most=5, fullest=85))
def test_sparql_agrees(case: Case) -> None:
    assume(all(ordinary(case.shares(name), case.n) for name in ("lower", "upper")))
    assume(
        not any(
            within(case.shares("upper"), ring, one) > Fraction(9, 10)
            for ring in rings(case.shares("upper"), case.n)
            for one in ring
        )
    )
    graph, defined = case.graph(), by_oxigraph(case)
    for company in range(case.n):
        shares = as_dict(owners_of(graph, company))
        for owner in set(range(case.n)) - {company}:
            for side, bound in enumerate(("lower", "upper")):
                found = shares.get(owner, (0.0, 0.0))[side]
                assert found == pytest.approx(defined.get((owner, company, bound), 0.0), abs=1e-8)


@settings(quiet, max_examples=60)
@given(case=cases(most=5, exact=True))
def test_sparql_names_the_same_closed_rings(case: Case) -> None:
    graph = case.graph()
    found = {
        frozenset(ring.members)
        for company in range(case.n)
        for ring in owners_of(graph, company).rings
        if ring.kind == "closed"
    }
    assert closed_by_oxigraph(case) == found


def test_the_definition_of_a_closed_ring_ends_as_well() -> None:
    half = WHOLE // 2
    rows = [Position(0, 1, WHOLE, WHOLE), Position(1, 0, WHOLE, WHOLE), Position(0, 2, half, half)]
    case = Case(3, tuple(rows), (WHOLE,) * 3, (WHOLE,) * 3)
    assert closed_by_oxigraph(case) == {frozenset({0, 1})}
    assert by_oxigraph(case)[(1, 2, "lower")] == as_dict(owners_of(case.graph(), 2))[1][0] == 0.5


def test_evidence_leads_to_integrated_shares_by_queries_alone() -> None:
    """Holdings of a load, through the positions that define control: 0 has 45 of the 90 that 1 does not hold itself."""
    import pyoxigraph as ox

    store = ox.Store()
    rows = [(0, 1, "45", "45"), (1, 1, "10", "10"), (1, 2, "20", "40")]
    statements = "".join(
        f"<urn:s:{number}> t:interestType t:shareholding ; t:interestedParty <urn:n:{owner}> ; "
        f"t:subjectEntity <urn:n:{owned}> ; t:standing t:Current ; "
        + (f"t:shareExact {low}.0 . " if low == high else f"t:shareMinimum {low}.0 ; t:shareMaximum {high}.0 . ")
        for number, (owner, owned, low, high) in enumerate(rows)
    )
    given = f"@prefix t: <https://w3id.org/topco/> . <urn:load> {{ {statements} }}"
    store.load(given.encode(), format=ox.RdfFormat.TRIG)
    store.load(knowledge.text("ontology/holdings.ttl").encode(), format=ox.RdfFormat.TURTLE)
    day = '"2025-06-01"^^<http://www.w3.org/2001/XMLSchema#date>'
    for name in ("control/positions.ru", "control/totals.ru", "control/tightened.ru", "integrated/start.ru"):
        store.update(knowledge.text(f"queries/resolution/{name}").replace("?asOf", day))
    for _ in range(3):
        store.update(knowledge.text("queries/resolution/integrated/step.ru"))
    found = {
        tuple(row[name].value.rpartition(":")[2] for name in ("owner", "company", "bound")): float(row["share"].value)
        for row in store.query(knowledge.text("queries/resolution/integrated/shares.rq"))
    }
    assert found == {
        **{("0", "1", bound): 0.5 for bound in ("lower", "upper")},
        **{("1", "2", bound): share for bound, share in (("lower", 0.2), ("upper", 0.4))},
        **{("0", "2", bound): share for bound, share in (("lower", 0.1), ("upper", 0.2))},
    }


@settings(quiet, max_examples=150)
@given(case=cases(), epsilon=st.sampled_from([0.5, 0.2, 0.05, 1e-3]))
def test_the_error_bounds_what_is_left_out(case: Case, epsilon: float) -> None:
    graph, shares = case.graph(), case.shares("lower")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(integrated_graph, "SOLVED_UP_TO", 1)
        rough = case.graph()
        for company in range(case.n):
            for found in (owners_of(graph, company, epsilon), owners_of(rough, company, epsilon)):
                figures = as_dict(found)
                for owner in set(range(case.n)) - {company}:
                    true = exactly(shares, case.n, owner, company)
                    assert within_error(figures.get(owner, (0.0, 0.0))[0], true, found.error)


@settings(quiet, max_examples=200)
@given(case=cases(), data=st.data())
def test_whatever_is_true_lies_between_the_bounds(case: Case, data: st.DataObject) -> None:
    """Any shares within the bounds that leave nobody more than the whole: the figures lie between ours."""
    world: Shares = {}
    whole = [data.draw(st.sampled_from([least, most])) for least, most in zip(case.least, case.totals, strict=True)]
    room = dict(enumerate(whole))
    for row in case.positions:
        room[row.owned] -= row.lower
    for row in case.positions:
        more = data.draw(st.integers(0, 4)) * min(row.upper - row.lower, room[row.owned]) // 4
        room[row.owned] -= more
        if row.lower + more:
            world[(row.owner, row.owned)] = Fraction(row.lower + more, whole[row.owned])
    graph = case.graph()
    for company in range(case.n):
        found = owners_of(graph, company)
        figures = as_dict(found)
        for owner in set(range(case.n)) - {company}:
            true = exactly(world, case.n, owner, company)
            low, high = figures.get(owner, (0.0, 0.0))
            assert Fraction(low) - Fraction(found.error) <= true <= Fraction(high) + Fraction(found.error)


@settings(quiet, max_examples=100)
@given(case=cases(), data=st.data())
def test_order_names_and_unrelated_companies_change_nothing(case: Case, data: st.DataObject) -> None:
    renamed = data.draw(st.permutations(range(case.n)))
    rows = [
        Position(renamed[row.owner], renamed[row.owned], row.lower, row.upper)
        for row in data.draw(st.permutations(case.positions))
    ]
    totals, least = [0] * case.n, [0] * case.n
    for node in range(case.n):
        totals[renamed[node]], least[renamed[node]] = case.totals[node], case.least[node]
    other = Position(case.n, case.n + 1, WHOLE // 3, WHOLE // 2)
    moved = Case(case.n + 2, (*rows, other), (*totals, WHOLE, WHOLE), (*least, WHOLE, WHOLE))
    for company in range(case.n):
        before = owners_of(case.graph(), company)
        after = owners_of(moved.graph(), renamed[company])
        here, there = as_dict(before), as_dict(after)
        assert {renamed[owner] for owner in here} == set(there)
        for owner, figures in here.items():
            assert there[renamed[owner]] == pytest.approx(figures, abs=before.error + after.error)


@settings(quiet, max_examples=100)
@given(case=cases(exact=True), data=st.data())
def test_splitting_a_holding_changes_nothing(case: Case, data: st.DataObject) -> None:
    assume(case.positions)
    whole = data.draw(st.sampled_from(case.positions))
    part = data.draw(st.integers(1, whole.lower))
    rest = whole.lower - part
    rows = [row for row in case.positions if row != whole]
    rows += [replace(whole, lower=units, upper=units) for units in (part, rest)]
    split = replace(case, positions=tuple(rows))
    for company in range(case.n):
        assert as_dict(owners_of(split.graph(), company)) == as_dict(owners_of(case.graph(), company))


@settings(quiet, max_examples=100)
@given(case=cases(), data=st.data())
def test_knowing_more_never_widens_the_bounds(case: Case, data: st.DataObject) -> None:
    open_rows = [row for row in case.positions if row.lower < row.upper]
    assume(open_rows)
    chosen = data.draw(st.sampled_from(open_rows))
    narrower = replace(chosen, upper=(chosen.lower + chosen.upper) // 2)
    rows = tuple(narrower if row == chosen else row for row in case.positions if row != chosen or narrower.upper)
    closer = replace(case, positions=rows)
    for company in range(case.n):
        wide, narrow = owners_of(case.graph(), company), owners_of(closer.graph(), company)
        figures = as_dict(narrow)
        for owner, (low, high) in as_dict(wide).items():
            lower, upper = figures.get(owner, (0.0, 0.0))
            assert low <= lower + 1e-8
            assert upper <= high + 1e-8


def test_every_kind_of_ring_occurs() -> None:
    seen: Counter[str] = Counter()

    @settings(quiet, max_examples=300, database=None, derandomize=True)
    @given(case=cases())
    def look(case: Case) -> None:
        graph = case.graph()
        for company in range(case.n):
            seen.update(ring.kind for ring in owners_of(graph, company).rings)

    look()
    assert set(seen) == {"open", "closed", "overflowing"}
