"""Runs the engine over keys: every key is a world, with the facts that its values stand for, in each frame."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from topco.licensing.cases.facts import Amount, Circumstance, CountryFact, Facts, PartyFact, Place, SideFact
from topco.licensing.cases.places import DESTINATION, HEADQUARTERS, LOCATED, PARENT, UNREAD
from topco.licensing.decision.frames import Frame
from topco.licensing.decision.items import some_item
from topco.licensing.decision.keys import SIDES, SUBJECT, VEU_WORDS, Keys
from topco.licensing.decision.values import NOT_ASKED, Dimension
from topco.licensing.law.rule import Rule
from topco.licensing.weighing.engine import Engine, Finding
from topco.licensing.weighing.worlds import World

PLACES = (DESTINATION, LOCATED, HEADQUARTERS, PARENT)
OF_PARTY = ("holderHeadquarteredIn", "ownerNationality")
WHOLE = ("activity", "party", "designer", "endUse", *VEU_WORDS, *SIDES)
MOST_AT_ONCE = 1_000
Evaluate = Callable[["Case"], Any]


@dataclass(frozen=True)
class Case:
    """One key in one frame: its world and what the rules found."""

    frame: Frame
    engine: Engine
    activity: str
    world: World
    findings: tuple[Finding, ...]


def answers(
    keys: Keys,
    dimensions: Sequence[Dimension],
    found: Sequence[tuple[int, ...]],
    of: Sequence[Evaluate],
    at_once: int = MOST_AT_ONCE,
) -> list[tuple[Any, ...]]:
    """What `of` makes of every key: one value for each frame."""
    columns = [_in_frame(number, keys, dimensions, found, one, at_once) for number, one in enumerate(of)]
    return list(zip(*columns, strict=True))


def _in_frame(
    number: int,
    keys: Keys,
    dimensions: Sequence[Dimension],
    found: Sequence[tuple[int, ...]],
    of: Evaluate,
    at_once: int,
) -> list[Any]:
    frame, rules = keys.frames[number], keys.rules[number]
    engine = Engine(frame.slice, replace(frame.ruleset, rules=rules))
    standard = some_item(keys.frames, keys.item_class)[number]
    chosen = [
        {
            dimension.name: dimension.values[index].settings[number]
            for dimension, index in zip(dimensions, key, strict=True)
            if index != NOT_ASKED
        }
        for key in found
    ]
    made_of = [dimension.name for dimension in dimensions]
    alike: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for position, one in enumerate(chosen):
        unknown = tuple(sorted(name for name, value in one.items() if value is None))
        alike[*(one.get(name) for name in WHOLE), unknown, *(name for name in made_of if name not in one)].append(
            position
        )
    results: list[Any] = [None] * len(found)
    for positions in alike.values():
        facts = _facts(frame, rules, chosen[positions[0]], keys)
        for start in range(0, len(positions), at_once):
            batch = positions[start : start + at_once]
            worlds = [_world(index, chosen[position], facts, standard) for index, position in enumerate(batch)]
            for position, world, findings in zip(batch, worlds, engine.run(facts, worlds), strict=True):
                results[position] = of(Case(frame, engine, facts.activity, world, tuple(findings)))
    return results


def _facts(frame: Frame, rules: Sequence[Rule], chosen: dict[str, Any], keys: Keys) -> Facts:
    """What is the same in every world of a run."""
    usual = next(code for code, one in sorted(frame.slice.activities.items()) if one.crosses_border and one.about_item)
    named = {pair for rule in rules for pair in rule.named}
    designer, end_use = chosen.get("designer"), chosen.get("endUse")
    return Facts(
        activity=chosen.get("activity", usual),
        items=(),
        designer=designer,
        end_use=(end_use,) if end_use else None,
        parties=(PartyFact("the party", chosen.get("party", ()), None, "stated"),),
        countries=tuple(
            CountryFact(
                name,
                None if name == DESTINATION else 0,
                ((UNREAD,), (UNREAD,)) if name in chosen and chosen[name] is None else ((UNREAD,),),
                (),
                "stated",
            )
            for name in PLACES
        ),
        amounts=tuple(
            Amount(one.iri, (), None, False, 0 if one.per_party else None)
            for one in frame.ruleset.measures
            if ("measure", one.name) in named
        ),
        circumstances=tuple(
            Circumstance(
                one.iri,
                one.name,
                True if one.name == SUBJECT and not keys.scope else None,
                False,
                0 if one.per_party else None,
            )
            for one in frame.ruleset.conditions
            if ("condition", one.name) in named
        ),
        side=tuple(
            SideFact(name, 0 if name in OF_PARTY else None, chosen[name])
            for name in SIDES
            if chosen.get(name) is not None
        ),
        asks=tuple((name, chosen[name]) for name in VEU_WORDS if name in chosen),
    )


def _world(number: int, chosen: dict[str, Any], facts: Facts, standard: Any) -> World:
    places: dict[str, Place] = {fact.key: chosen.get(fact.name) or UNREAD for fact in facts.countries}
    named = {f"measure:{one.measure.rpartition('/')[2]}": one.key for one in facts.amounts}
    named |= {f"condition:{one.name}": one.key for one in facts.circumstances}
    given = {key: chosen[name] for name, key in named.items() if chosen.get(name) is not None}
    return World(number, (), (), places, given, chosen.get("item", standard))
