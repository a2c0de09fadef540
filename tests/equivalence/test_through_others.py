"""A person's holding that may go through others settles nothing, under any test and however far above it stands."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings

from resolution_cases import Entity, Evidence, Holding, by_arrays, by_oxigraph, with_holdings
from topco.ownership.parent_tests import parent_test

TESTS = ("headquarters", "majority", "control", "cascade")
quiet = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def company(name: str, kind: str = "LegalEntity") -> Entity:
    return Entity(f"X:{name}", kind, None, "Current", "late")


def holding(owner: str, owned: str, share: int, *, indirect: bool | None = None) -> Holding:
    return Holding(f"X:{owner}", f"X:{owned}", "shares", share, None, "late", indirect)


EVERYBODY = (*(company(name) for name in "abcde"), company("P", "NaturalPerson"), company("S", "StateBody"))


def case(*holdings: Holding) -> Evidence:
    return Evidence(EVERYBODY, (), (), holdings)


IN_PARTS = case(
    holding("P", "a", 100, indirect=True),
    holding("P", "b", 100, indirect=True),
    holding("a", "c", 30),
    holding("b", "c", 30),
    holding("S", "c", 40),
)
"""Whoever stands between P and both a and b has 60 percent of c."""
FARTHER = case(
    holding("P", "a", 100, indirect=True),
    holding("P", "b", 100, indirect=True),
    holding("a", "d", 100),
    holding("d", "c", 30),
    holding("b", "c", 30),
    holding("S", "c", 40),
)
HALF = case(
    holding("P", "a", 100, indirect=True),
    holding("P", "b", 100, indirect=True),
    holding("a", "c", 20),
    holding("b", "c", 30),
    holding("S", "c", 50),
)


@pytest.mark.parametrize("name", [*TESTS, "integrated"])
@pytest.mark.parametrize("given", [IN_PARTS, FARTHER, HALF])
def test_what_may_stand_between_is_not_ruled_out(name: str, given: Evidence) -> None:
    answers = by_arrays(given, test=parent_test(name))
    if name == "majority":
        # Each holder alone: nobody unknown has more than 30 percent by one position.
        assert answers["X:c"].status == "own_top"
        return
    for one in ("X:a", "X:b", "X:c"):
        assert answers[one].status not in ("own_top", "resolved"), (one, answers[one])


@pytest.mark.parametrize("name", [*TESTS, "integrated"])
def test_a_person_without_anybody_between_still_settles(name: str) -> None:
    given = case(holding("P", "a", 100, indirect=True), holding("a", "c", 5), holding("P", "c", 95))
    assert by_arrays(given, test=parent_test(name))["X:c"].status == "own_top"


def test_integrated_a_top_held_through_others_is_not_confirmed() -> None:
    given = case(holding("P", "a", 100, indirect=True), holding("a", "c", 100))
    answers = by_arrays(given, test=parent_test("integrated"))
    assert {answers[one].status for one in ("X:a", "X:c")} == {"open_top"}


@pytest.mark.parametrize("name", TESTS)
@settings(quiet, max_examples=150)
@given(given=with_holdings(most=14))
@example(given=IN_PARTS)
@example(given=FARTHER)
@example(given=HALF)
def test_the_definition_agrees(name: str, given: Evidence) -> None:
    test = parent_test(name)
    assert by_oxigraph(given, test) == by_arrays(given, test=test)


@pytest.mark.parametrize("name", [*TESTS, "integrated"])
@settings(quiet, max_examples=150)
@given(given=with_holdings(most=10))
def test_nobody_unknown_stands_above_what_is_confirmed(name: str, given: Evidence) -> None:
    """Put a company between a person and all that he may hold through others: what was `own_top` has no parent then."""
    test, given = parent_test(name), replace(given, absences=())
    if not any(row.indirect and row.owner == "X:P" for row in given.holdings):
        return
    hidden = tuple(
        Holding("X:n", row.owned, row.interest, row.low, row.high, row.load, None)
        if row.indirect and row.owner == "X:P"
        else row
        for row in given.holdings
    )
    entities = (*given.entities, Entity("X:n", "LegalEntity", None, "Current", "late"))
    truth = by_arrays(Evidence(entities, given.relationships, given.absences, hidden, given.seats), test=test)
    for one, answer in by_arrays(given, test=test).items():
        if answer.status == "own_top":
            assert "X:n" not in truth[one].ultimate_parents, (one, answer, truth[one])
