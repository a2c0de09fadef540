"""Keys of the decision space put to the engine: thousands at once, each a transaction of its own in one graph."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from decision_space import DESTINATION, LOCATED, PARENT, SEAT, Answers, Axes, Chapter, Key
from topco.licensing.cases.facts import Amount, Circumstance, CountryFact, Facts, PartyFact, Place, SideFact
from topco.licensing.cases.places import UNREAD
from topco.licensing.law.rule import Rule
from topco.licensing.weighing.engine import Finding
from topco.licensing.weighing.worlds import World

BATCH = 2_000


def run(chapter: Chapter, rules: tuple[Rule, ...], keys: Sequence[Key]) -> Iterator[tuple[Key, World, list[Finding]]]:
    """The findings of some rules for every key."""
    iris = {one.name: one.iri for one in (*chapter.ruleset.conditions, *chapter.ruleset.measures)}
    shapes: dict[object, list[Key]] = defaultdict(list)
    for key in keys:
        parties = tuple((party.roles, party.sides, party.lacks, said(party.answers)) for party in key.parties)
        shapes[key.activity, key.end_use, key.designer, key.asks, key.sides, said(key.answers), parties].append(key)
    with chapter.asking(rules) as engine:
        for alike in shapes.values():
            facts = facts_of(chapter, rules, alike[0])
            for start in range(0, len(alike), BATCH):
                batch = alike[start : start + BATCH]
                worlds = [_world(number, key, iris) for number, key in enumerate(batch)]
                yield from zip(batch, worlds, engine.run(facts, worlds), strict=True)


def said(answers: Answers) -> frozenset[str]:
    """Of what something is said; the worlds of one run are alike in that."""
    return frozenset(name for name, _ in answers)


def _world(number: int, key: Key, iris: Mapping[str, str]) -> World:
    places = {DESTINATION: Place(key.destination, "")}
    answers = {iris[name]: value for name, value in key.answers}
    for index, party in enumerate(key.parties):
        for name, iri in zip((LOCATED, SEAT, PARENT), party[1:4], strict=True):
            places[f"{name}#{index}"] = Place(iri, "")
        answers |= {f"{iris[name]}#{index}": value for name, value in party.answers}
    return World(number, (), (), places, answers, key.item)


def facts_of(chapter: Chapter, rules: tuple[Rule, ...], key: Key) -> Facts:
    """What all keys of a shape have in common; the rest is in their worlds."""
    axes = Axes(chapter, rules)
    known, opened = ((UNREAD,),), ((UNREAD,), (UNREAD,))
    parties = range(len(key.parties))
    countries = [CountryFact(DESTINATION, None, known, (), "stated")]
    for index, party in enumerate(key.parties):
        for name in (LOCATED, SEAT, PARENT):
            countries.append(CountryFact(name, index, opened if name in party.lacks else known, (), "stated"))
    sides = [(None, side) for side in key.sides] + [(i, side) for i in parties for side in key.parties[i].sides]
    return Facts(
        activity=key.activity,
        items=(),
        designer=key.designer,
        end_use=key.end_use,
        parties=tuple(PartyFact("P", party.roles, None, "stated") for party in key.parties),
        countries=tuple(countries),
        amounts=tuple(
            Amount(one.iri, (), None, True, party)
            for one in axes.measures
            for party in (parties if one.per_party else (None,))
        ),
        circumstances=tuple(
            Circumstance(one.iri, one.name, None, True, party)
            for one in axes.conditions
            for party in (parties if one.per_party else (None,))
        ),
        side=tuple(SideFact(name, party, Place(iri, "")) for party, (name, iri) in sides),
        asks=key.asks,
    )
