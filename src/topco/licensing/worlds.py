"""Worlds: one complete set of facts for every way in which the open ones may turn out.

A world fixes an alternative for each open fact and a reading for each fact on which the law is silent. All worlds of a
case go into the engine at once, each as a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import prod

from pyoxigraph import Literal, NamedNode, Quad

from topco.errors import NotModelled
from topco.licensing.facts import Circumstance, CountryFact, Facts, Place
from topco.licensing.vocabulary import RDF_TYPE, node

MOST_WORLDS = 20_000
WORLD_BASE = "urn:topco:world:"


@dataclass(frozen=True)
class Option:
    """One value that an open fact may take: its words, and its readings where the law is silent about it."""

    label: str
    readings: tuple[Place | bool, ...]


@dataclass(frozen=True)
class OpenFact:
    """A fact with several alternatives, or one with several readings."""

    key: str
    fact: str
    party: int | None
    options: tuple[Option, ...]

    @property
    def in_words(self) -> str:
        return self.fact if self.party is None else f"{self.fact} of party {self.party + 1}"


@dataclass(frozen=True)
class World:
    """A complete set of facts: `alternative` and `reading` hold one index per open fact."""

    number: int
    alternative: tuple[int, ...]
    reading: tuple[int, ...]
    places: dict[str, Place]
    answers: dict[str, bool]


def open_facts(facts: Facts) -> tuple[OpenFact, ...]:
    """The facts that differ from world to world."""
    found = [_open_country(fact) for fact in facts.countries if fact.is_open or len(fact.alternatives[0]) > 1]
    found += [
        OpenFact(c.iri, f"conditions.{c.name}", None, (Option("true", (True,)), Option("false", (False,))))
        for c in facts.circumstances
        if c.try_both and c.stated is None
    ]
    found += [
        OpenFact(a.measure, " + ".join(path for path, _ in a.addends), None, _EITHER_SIDE)
        for a in facts.amounts
        if a.try_both and a.over is None
    ]
    return tuple(found)


_EITHER_SIDE = (Option("below the limit", (False,)), Option("at the limit or above", (True,)))


def _open_country(fact: CountryFact) -> OpenFact:
    options = tuple(
        Option(" or ".join(place.label for place in readings), tuple(readings)) for readings in fact.alternatives
    )
    return OpenFact(fact.key, fact.name, fact.party, options)


def worlds(facts: Facts, opened: tuple[OpenFact, ...]) -> list[World]:
    """Every world of a case.

    Raises:
        NotModelled: so many facts are unknown that weighing them all would not end in good time.
    """
    count = prod(sum(len(option.readings) for option in fact.options) for fact in opened)
    if count > MOST_WORLDS:
        raise NotModelled(
            f"{len(opened)} facts are unknown at once, which leaves {count:,} cases to weigh.",
            remedy="State some of them: "
            + ", ".join(
                fact.fact + (f" of party {fact.party + 1}" if fact.party is not None else "") for fact in opened
            ),
        )
    known = {
        fact.key: fact.alternatives[0][0]
        for fact in facts.countries
        if not fact.is_open and len(fact.alternatives[0]) == 1
    }
    found: list[World] = []
    for alternative in product(*(range(len(fact.options)) for fact in opened)):
        chosen = [fact.options[index] for fact, index in zip(opened, alternative, strict=True)]
        for reading in product(*(range(len(option.readings)) for option in chosen)):
            places, answers = dict(known), {}
            for fact, option, index in zip(opened, chosen, reading, strict=True):
                value = option.readings[index]
                if isinstance(value, Place):
                    places[fact.key] = value
                else:
                    answers[fact.key] = value
            found.append(World(len(found), alternative, reading, places, answers))
    return found


def world_quads(facts: Facts, world: World) -> Iterator[Quad]:
    """The facts of one world as the rules read them."""
    tx = NamedNode(f"{WORLD_BASE}{world.number}")
    yield Quad(tx, RDF_TYPE, node("Transaction"))
    yield Quad(tx, node("activity"), Literal(facts.activity))
    yield Quad(tx, node("statedEccn"), Literal(facts.eccn))
    if facts.designer is not None:
        yield Quad(tx, node("designer"), Literal(facts.designer))
    if facts.end_use is None:
        yield Quad(tx, node("lacks"), node("endUse"))
    for end_use in facts.end_use or ():
        yield Quad(tx, node("endUse"), Literal(end_use))
    parties = [NamedNode(f"{WORLD_BASE}{world.number}:party:{index}") for index in range(len(facts.parties))]
    for party, stated in zip(parties, facts.parties, strict=True):
        yield Quad(tx, node("hasParty"), party)
        for role in stated.roles:
            yield Quad(party, node("role"), Literal(role))
    for fact in facts.countries:
        subject = tx if fact.party is None else parties[fact.party]
        yield Quad(subject, node(fact.name), NamedNode(world.places[fact.key].iri))
        if fact.is_open and fact.party is not None:
            yield Quad(subject, node("lacks"), node(fact.name))
    for amount in facts.amounts:
        over = amount.over if amount.over is not None else world.answers.get(amount.measure)
        relation = "undecidedOn" if over is None else "over" if over else "notOver"
        yield Quad(tx, node(relation), NamedNode(amount.measure))
    yield from _circumstances(tx, facts.circumstances, world)


def _circumstances(tx: NamedNode, circumstances: tuple[Circumstance, ...], world: World) -> Iterator[Quad]:
    for circumstance in circumstances:
        stated = circumstance.stated if circumstance.stated is not None else world.answers.get(circumstance.iri)
        if stated is not None:
            yield Quad(tx, node("states" if stated else "denies"), NamedNode(circumstance.iri))
