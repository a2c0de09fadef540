"""Many cases weighed at once: the worlds of all of them go into the engine together.

A run of the rules costs about the same for one world as for a hundred. So cases share a run that agree on the activity,
on the roles of their parties and on places aside: what one of them knows of a sum or a circumstance is there an answer
of its worlds. The outcome of each is the one that it has by itself; a test holds that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace

from topco.licensing.cases.facts import Facts
from topco.licensing.weighing.engine import Engine, Finding
from topco.licensing.weighing.outcome import Outcome, combined
from topco.licensing.weighing.worlds import OpenFact, World, open_facts, worlds

MOST_WORLDS = 1_000


@dataclass(frozen=True)
class _Waiting:
    """One case with its worlds, in which every sum and every circumstance is an answer, known or not."""

    facts: Facts
    opened: tuple[OpenFact, ...]
    own: list[World]
    answered: list[World]

    @classmethod
    def of(cls, facts: Facts) -> _Waiting:
        opened = open_facts(facts)
        own = worlds(facts, opened)
        known = {one.key: one.over for one in facts.amounts} | {one.key: one.stated for one in facts.circumstances}
        bare = replace(
            facts,
            amounts=tuple(replace(one, over=None) for one in facts.amounts),
            circumstances=tuple(replace(one, stated=None) for one in facts.circumstances),
        )
        answered = [replace(world, answers={**known, **world.answers}, facts=bare) for world in own]
        return cls(facts, opened, own, answered)

    @property
    def alike(self) -> Hashable:
        """What cases must have in common to share a run."""
        facts = self.facts
        return (
            *(facts.activity, facts.side, facts.asks),
            tuple(party.roles for party in facts.parties),
            tuple(fact.key for fact in facts.countries),
            frozenset(self.answered[0].answers),
        )


def weigh_together(cases: Sequence[Facts], engine: Engine) -> list[Outcome]:
    """The outcome of each of these cases, in their order.

    Raises:
        NotModelled: one of them has too many unknown facts.
    """
    waiting = [_Waiting.of(facts) for facts in cases]
    shared: dict[Hashable, list[int]] = defaultdict(list)
    for place, one in enumerate(waiting):
        shared[one.alike].append(place)
    found: dict[int, Outcome] = {}
    for places in shared.values():
        for batch in _batches(places, waiting):
            findings = iter(_run([waiting[place] for place in batch], engine))
            for place in batch:
                one = waiting[place]
                own = [next(findings) for _ in one.own]
                found[place] = combined(one.facts, one.opened, one.own, own, engine)
    return [found[place] for place in range(len(cases))]


def _batches(places: Sequence[int], waiting: Sequence[_Waiting]) -> Iterator[list[int]]:
    """Cases in portions that are not too large; one case by itself may be larger."""
    batch: list[int] = []
    size = 0
    for place in places:
        count = len(waiting[place].own)
        if batch and size + count > MOST_WORLDS:
            yield batch
            batch, size = [], 0
        batch.append(place)
        size += count
    if batch:
        yield batch


def _run(batch: Sequence[_Waiting], engine: Engine) -> list[list[Finding]]:
    every = [world for one in batch for world in one.answered]
    return engine.run(batch[0].facts, [replace(world, number=number) for number, world in enumerate(every)])
