"""What a rule found is kept whole for every world that says the same to it: the findings are those of asking each time.

The memories are kept over all examples, so that what one case leaves behind could mislead the next.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from random import Random
from threading import Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from test_rules_two_engines import EPOCHS, engine_on, random_facts
from test_worlds_alike import DETERMINER, cases
from topco.errors import NotModelled
from topco.licensing.cases.case import parse_case
from topco.licensing.determine import Determiner, Options
from topco.licensing.weighing import recalling
from topco.licensing.weighing.engine import Finding
from topco.licensing.weighing.recalling import Memories, RecallingEngine
from topco.licensing.weighing.worlds import open_facts, worlds

MEMORIES = Memories()
RECALLING = Determiner(Options(), None, [], date(2026, 11, 24), engines=MEMORIES.engine)
CASES = 12
MOST = 300


def told(findings: list[list[Finding]]) -> list[list[tuple[str, int | None, dict[str, str]]]]:
    return [[(one.rule.name, one.party, one.evidence) for one in found] for found in findings]


@cache
def recalling_on(reading: str, day: date) -> RecallingEngine:
    engine = engine_on(reading, day)
    return Memories().engine(engine.slice, engine.ruleset)


@pytest.mark.parametrize(("reading", "day"), EPOCHS)
def test_what_is_recalled_is_what_is_found_with_all_its_evidence(reading: str, day: date) -> None:
    rng, plain, recalled = Random(f"{reading} {day} recalled"), engine_on(reading, day), recalling_on(reading, day)
    for _ in range(CASES):
        facts = random_facts(rng, reading, day)
        every = worlds(facts, open_facts(facts))[:60]
        expected = told(plain.run(facts, every))
        assert told(recalled.run(facts, every)) == expected
        assert told(recalled.run(facts, every)) == expected
        recalled.memory.worlds.clear()  # the views of rules alone
        assert told(recalled.run(facts, every[::-1])) == expected[::-1]
    assert any(readers.found for readers in recalled.memory.readers())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=cases())
def test_a_determination_from_memory_is_the_same_document(data: dict[str, Any]) -> None:
    case = parse_case(data, "case")
    prepared = DETERMINER.prepare(case, DETERMINER.frame(case))
    facts = DETERMINER.builder(prepared).build(case, {}, "case")
    try:
        many = len(worlds(facts, open_facts(facts))) > MOST
    except NotModelled:  # so many that neither weighs them
        many = True
    if not many:
        assert RECALLING.determine([case]) == DETERMINER.determine([case])


def test_a_run_leaves_nothing_behind() -> None:
    reading, day = EPOCHS[-1]
    engine = recalling_on(reading, day)
    facts = random_facts(Random(3), reading, day)
    engine.place_stand_ins(facts)  # they stay: a stand-in is the same for every case
    before = set(engine.store)
    engine.run(facts, worlds(facts, open_facts(facts)))
    assert set(engine.store) == before


def test_a_full_memory_forgets_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recalling, "MOST_VIEWS", 50)
    monkeypatch.setattr(recalling, "MOST_WORLDS", 30)
    reading, day = EPOCHS[0]
    plain = engine_on(reading, day)
    engine = Memories().engine(plain.slice, plain.ruleset)
    rng = Random(5)
    for _ in range(10):
        facts = random_facts(rng, reading, day)
        every = worlds(facts, open_facts(facts))[:20]
        assert told(engine.run(facts, every)) == told(plain.run(facts, every))
        assert sum(len(one.found) for one in engine.memory.readers()) <= 50
        assert len(engine.memory.worlds) <= 30


def test_only_so_many_sets_of_rules_are_remembered() -> None:
    memories = Memories()
    for reading, day in EPOCHS:
        engine = engine_on(reading, day)
        first = memories.engine(engine.slice, engine.ruleset)
        assert memories.engine(engine.slice, engine.ruleset).memory is first.memory
        assert len(memories) <= recalling.MOST_MEMORIES


def test_threads_that_share_a_memory_find_what_one_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recalling, "MOST_VIEWS", 400)
    monkeypatch.setattr(recalling, "MOST_WORLDS", 60)
    reading, day = EPOCHS[-1]
    plain, memories = engine_on(reading, day), Memories()
    rng = Random(11)
    asked = [random_facts(rng, reading, day) for _ in range(12)]
    every = [worlds(facts, open_facts(facts))[:20] for facts in asked]
    expected = [told(plain.run(facts, some)) for facts, some in zip(asked, every, strict=True)]
    found: dict[int, list[Any]] = {}

    def ask(number: int) -> None:
        engine = memories.engine(plain.slice, plain.ruleset)
        found[number] = [told(engine.run(facts, some)) for facts, some in zip(asked, every, strict=True)]

    threads = [Thread(target=ask, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[number] for number in range(6)] == [expected] * 6
