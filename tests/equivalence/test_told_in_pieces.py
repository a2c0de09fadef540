"""Holders of whom one source knows some and another one others settle nothing: they may be the same."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings

from resolution_cases import Entity, Evidence, Holding, by_arrays, by_oxigraph, with_holdings
from topco.ownership.parent_tests import parent_test

TESTS = ("headquarters", "majority", "control", "cascade")
quiet = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def case(*held: tuple[str, int, str]) -> Evidence:
    kinds = {"P": "NaturalPerson", "S": "NaturalPerson"}
    entities = tuple(Entity(f"X:{one}", kinds.get(one, "LegalEntity"), None, "Current", "late") for one in "acqPS")
    return Evidence(
        entities, (), (), tuple(Holding(f"X:{who}", "X:c", "shares", share, None, load) for who, share, load in held)
    )


HALVES = case(("P", 50, "early"), ("S", 50, "late"))
PARTS = case(("a", 40, "early"), ("P", 40, "late"), ("q", 20, "late"))
ONE_SOURCE = case(("a", 40, "early"), ("P", 40, "early"), ("q", 20, "early"), ("q", 20, "late"))
ITSELF = case(("c", 100, "early"))
MOSTLY_ITSELF = case(("c", 60, "early"), ("P", 40, "early"))
SOME_ITSELF = case(("c", 10, "early"), ("P", 90, "early"))
MAJORITY = case(("P", 60, "early"), ("a", 40, "late"))


@pytest.mark.parametrize("name", [*TESTS, "integrated"])
@pytest.mark.parametrize(
    ("given", "status"), [(HALVES, "open_top"), (PARTS, "open_top"), (ONE_SOURCE, "own_top"), (MAJORITY, "own_top")]
)
def test_only_one_source_can_say_that_nobody_is_missing(name: str, given: Evidence, status: str) -> None:
    answer = by_arrays(given, test=parent_test(name))["X:c"]
    if given is HALVES and name == "cascade":
        # Half is enough there: persons control, whoever they are.
        assert answer.status == "own_top"
    else:
        assert answer.status == status


@pytest.mark.parametrize("name", [*TESTS, "integrated"])
@pytest.mark.parametrize("given", [ITSELF, MOSTLY_ITSELF])
def test_a_parent_that_is_taken_for_its_child_is_not_lost(name: str, given: Evidence) -> None:
    """Two identifiers judged or numbered the same, of which one holds the other."""
    assert by_arrays(given, test=parent_test(name))["X:c"].status in ("no_evidence", "open_top")


def test_some_shares_of_its_own_say_nothing() -> None:
    assert by_arrays(SOME_ITSELF)["X:c"].status == "own_top"


@pytest.mark.parametrize("name", TESTS)
@settings(quiet, max_examples=150)
@given(given=with_holdings(most=12, recorded=1))
@example(given=HALVES)
@example(given=PARTS)
@example(given=ONE_SOURCE)
@example(given=MAJORITY)
@example(given=ITSELF)
@example(given=MOSTLY_ITSELF)
@example(given=SOME_ITSELF)
def test_the_definition_agrees(name: str, given: Evidence) -> None:
    test = parent_test(name)
    assert by_oxigraph(given, test) == by_arrays(given, test=test)
