"""The definition in SPARQL, the arrays, the compiled arrays and plain sets give the same resolutions."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from resolution_cases import (
    Absence,
    Entity,
    Evidence,
    Holding,
    Relationship,
    by_arrays,
    by_oxigraph,
    by_rdflib,
    by_sets,
    evidence,
    with_holdings,
    with_notes,
)
from topco.ownership.parent_tests import parent_test
from topco.ownership.shares import PERCENT
from topco.ownership.status import Status

REACHABLE = {status.word for status in Status} - {"joint", "possible"}
quiet = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@pytest.fixture(scope="module")
def seen() -> Counter[str]:
    return Counter()


@settings(quiet, max_examples=250)
@given(case=evidence(most=12))
def test_sparql_and_arrays_agree(seen: Counter[str], case: Evidence) -> None:
    answers = by_arrays(case)
    assert by_oxigraph(case) == answers
    seen.update(answer.status for answer in answers.values())


@settings(quiet, max_examples=500)
@given(case=evidence(most=12))
def test_sets_and_arrays_agree_notes_included(seen: Counter[str], case: Evidence) -> None:
    answers = with_notes(case)
    assert by_sets(case) == answers
    seen.update(note for _, notes in answers.values() for note in notes)


def test_every_status_and_note_occurred(seen: Counter[str]) -> None:
    from topco.ownership.status import Note

    assert set(seen) >= REACHABLE | {note.word for note in Note} - {"declared_over_100"}, seen


@settings(quiet, max_examples=25)
@given(case=evidence(names="abcd", most=6))
def test_rdflib_agrees(case: Evidence) -> None:
    assert by_rdflib(case) == by_arrays(case)


@settings(quiet, max_examples=150)
@given(case=evidence(most=12))
def test_compiled_arrays_agree(case: Evidence) -> None:
    from topco.ownership.bulk import COMPILED

    assert with_notes(case, COMPILED) == with_notes(case)


@settings(quiet, max_examples=80)
@given(case=evidence(), data=st.data())
def test_order_of_rows_changes_nothing(case: Evidence, data: st.DataObject) -> None:
    shuffled = Evidence(
        tuple(data.draw(st.permutations(case.entities))),
        tuple(data.draw(st.permutations(case.relationships))),
        tuple(data.draw(st.permutations(case.absences))),
        seats=tuple(data.draw(st.permutations(case.seats))),
    )
    assert with_notes(shuffled) == with_notes(case)


@settings(quiet, max_examples=80)
@given(case=evidence())
def test_a_statement_given_twice_changes_nothing(case: Evidence) -> None:
    twice = Evidence(case.entities * 2, case.relationships * 2, case.absences * 2, seats=case.seats * 2)
    assert with_notes(twice) == with_notes(case)


@settings(quiet, max_examples=80)
@given(case=evidence())
def test_an_unrelated_company_changes_nothing(case: Evidence) -> None:
    more = replace(
        case,
        entities=(*case.entities, Entity("X:a0", "LegalEntity", "DE", "Current", "late")),
        relationships=(
            *case.relationships,
            Relationship("X:a0", "X:z0", "DirectConsolidation", "Current", None, None, False, "late"),
        ),
        absences=(*case.absences, Absence("X:z0", "NATURAL_PERSONS", "late")),
    )
    answers = with_notes(more)
    assert {company: answers[company] for company in answers if company not in ("X:a0", "X:z0")} == with_notes(case)


TESTS = ("headquarters", "majority", "control", "cascade")
SAID = Evidence(
    tuple(Entity(f"X:{name}", "LegalEntity", None, "Current", "early") for name in "abcde"),
    (Relationship("X:a", "X:b", "DirectConsolidation", "Current", None, None, False, "early"),),
    (Absence("X:b", "NATURAL_PERSONS", "early"),),
    (
        Holding("X:b", "X:c", "shares", 60, None, "early"),
        Holding("X:c", "X:d", "shares", 50, None, "early"),
        Holding("X:e", "X:d", "shares", 50, None, "early"),
        Holding("X:b", "X:e", "shares", 25, 60, "early"),
    ),
)
"""Resolved, joint, possible and own top at once, which random evidence seldom gives."""


@pytest.fixture(scope="module")
def seen_with_holdings() -> Counter[str]:
    return Counter()


@pytest.mark.parametrize("name", TESTS)
@settings(quiet, max_examples=150)
@given(case=with_holdings())
@example(case=SAID)
@example(
    case=Evidence(
        (Entity("X:a", "LegalEntity", None, "Current", "early"),),
        (),
        (),
        (
            *(Holding("X:a", "X:a", "shares", 5, None, "early"),) * 5,
            Holding("X:a", "X:b", "shares", 60, None, "early"),
            Holding("X:b", "X:c", "shares", 60, None, "early"),
            Holding("X:c", "X:a", "shares", 5, 50, "early"),
        ),
    )
)
def test_sparql_and_arrays_agree_on_holdings(seen_with_holdings: Counter[str], name: str, case: Evidence) -> None:
    test = parent_test(name)
    answers = by_arrays(case, test=test)
    assert by_oxigraph(case, test) == answers
    seen_with_holdings.update(answer.status for answer in answers.values())


@settings(quiet, max_examples=100)
@given(case=with_holdings(), threshold=st.sampled_from([25, 50]))
def test_sparql_and_arrays_agree_where_parents_may_be_equal(case: Evidence, threshold: int) -> None:
    test = parent_test().at(threshold * PERCENT, at_least=True)
    assert by_oxigraph(case, test) == by_arrays(case, test=test)


def test_every_status_occurred_with_holdings(seen_with_holdings: Counter[str]) -> None:
    assert set(seen_with_holdings) >= {status.word for status in Status}, seen_with_holdings


@settings(quiet, max_examples=60)
@given(case=with_holdings(most=14), name=st.sampled_from([*TESTS, "integrated"]))
def test_compiled_arrays_agree_on_holdings(case: Evidence, name: str) -> None:
    from topco.ownership.bulk import COMPILED

    test = parent_test(name)
    assert with_notes(case, COMPILED, test) == with_notes(case, test=test)


@settings(quiet, max_examples=80)
@given(case=with_holdings(), name=st.sampled_from([*TESTS, "integrated"]), data=st.data())
def test_order_of_holdings_changes_nothing(case: Evidence, name: str, data: st.DataObject) -> None:
    shuffled = replace(case, holdings=tuple(data.draw(st.permutations(case.holdings))))
    test = parent_test(name)
    assert with_notes(shuffled, test=test) == with_notes(case, test=test)


@settings(quiet, max_examples=80)
@given(case=with_holdings(), name=st.sampled_from([*TESTS, "integrated"]), data=st.data())
def test_a_holding_split_over_two_records_changes_nothing(case: Evidence, name: str, data: st.DataObject) -> None:
    row = data.draw(st.sampled_from(case.holdings))
    assume(row.high is None and row.interest in ("shares", "votes"))
    part = data.draw(st.integers(1, row.low - 1))
    rest = tuple(one for one in case.holdings if one is not row)
    split = replace(case, holdings=(*rest, replace(row, low=part), replace(row, low=row.low - part)))
    test = parent_test(name)
    assert by_arrays(split, test=test) == by_arrays(case, test=test)


@settings(quiet, max_examples=80)
@given(case=with_holdings(), name=st.sampled_from([*TESTS, "integrated"]))
def test_an_unrelated_holding_changes_nothing(case: Evidence, name: str) -> None:
    more = replace(case, holdings=(*case.holdings, Holding("X:z0", "X:z1", "shares", 60, None, "late")))
    test = parent_test(name)
    answers = with_notes(more, test=test)
    assert {one: answers[one] for one in answers if one not in ("X:z0", "X:z1")} == with_notes(case, test=test)
    assert answers["X:z1"][0].ultimate_parents == {"X:z0"}
