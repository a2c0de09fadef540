"""Worlds: one complete set of facts for every way in which the open ones may turn out.

A world fixes an alternative for each open fact and a reading for each fact on which the law is silent. All worlds of a
case go into the engine at once, each as a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod

from pyoxigraph import Literal, NamedNode, Quad

from topco.errors import NotModelled
from topco.items.law import NONE
from topco.licensing.cases.facts import CountryFact, Facts, ItemOption, Place
from topco.licensing.law.vocabulary import RDF_TYPE, concept, node

MOST_WORLDS = 3_000
WORLD_BASE = "urn:topco:world:"
ITEM = "item.eccn"


@dataclass(frozen=True)
class Option:
    """One value that an open fact may take: its words, and its readings where the law is silent about it."""

    label: str
    readings: tuple[Place | ItemOption | bool, ...]


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
    """A complete set of facts: `alternative` and `reading` hold one index per open fact.

    `answers` say how a sum stands and whether a circumstance is given; None: it stays unknown to the rules. `facts` are
    those of its own case, where worlds of several cases are weighed together.
    """

    number: int
    alternative: tuple[int, ...]
    reading: tuple[int, ...]
    places: dict[str, Place]
    answers: Mapping[str, bool | None]
    item: ItemOption | None = None
    facts: Facts | None = None

    @cached_property
    def told(self) -> Hashable:
        """What its case says beside places, sums, circumstances and the item, as far as cases differ in it."""
        if self.facts is None:
            return None
        opened = tuple(fact.is_open for fact in self.facts.countries)
        return self.facts.designer, self.facts.end_use, opened


def open_facts(facts: Facts) -> tuple[OpenFact, ...]:
    """The facts that differ from world to world."""
    found = [_open_country(fact) for fact in facts.countries if fact.is_open or len(fact.alternatives[0]) > 1]
    found += [
        OpenFact(c.key, c.path, c.party, (Option("true", (True,)), Option("false", (False,))))
        for c in facts.circumstances
        if c.try_both and c.stated is None
    ]
    found += [
        OpenFact(a.key, " + ".join(one.path for one in a.addends), a.party, _EITHER_SIDE)
        for a in facts.amounts
        if a.try_both and a.over is None
    ]
    if len(facts.items) > 1:
        found.append(OpenFact(ITEM, ITEM, None, tuple(Option(one.label, (one,)) for one in facts.items)))
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
            places = dict(known)
            answers: dict[str, bool] = {}
            item = facts.items[0] if len(facts.items) == 1 else None
            for fact, option, index in zip(opened, chosen, reading, strict=True):
                value = option.readings[index]
                if isinstance(value, Place):
                    places[fact.key] = value
                elif isinstance(value, ItemOption):
                    item = value
                else:
                    answers[fact.key] = value
            found.append(World(len(found), alternative, reading, places, answers, item))
    return found


def world_quads(facts: Facts, world: World) -> Iterator[Quad]:
    """The facts of one world as the rules read them."""
    tx = NamedNode(f"{WORLD_BASE}{world.number}")
    parties = [NamedNode(f"{WORLD_BASE}{world.number}:party:{index}") for index in range(len(facts.parties))]

    def subject(party: int | None) -> NamedNode:
        return tx if party is None else parties[party]

    yield Quad(tx, RDF_TYPE, node("Transaction"))
    yield Quad(tx, node("activity"), Literal(facts.activity))
    yield from _item(tx, world.item)
    if facts.designer is not None:
        yield Quad(tx, node("designer"), Literal(facts.designer))
    for name, word in facts.asks:
        yield Quad(tx, node(name), Literal(word))
    if facts.end_use is None:
        yield Quad(tx, node("lacks"), node("endUse"))
    for end_use in facts.end_use or ():
        yield Quad(tx, node("endUse"), Literal(end_use))
    for party, stated in zip(parties, facts.parties, strict=True):
        yield Quad(tx, node("hasParty"), party)
        for role in stated.roles:
            yield Quad(party, node("role"), Literal(role))
    for fact in facts.countries:
        yield Quad(subject(fact.party), node(fact.name), NamedNode(world.places[fact.key].iri))
        if fact.is_open and fact.party is not None:
            yield Quad(subject(fact.party), node("lacks"), node(fact.name))
    for side in facts.side:
        yield Quad(subject(side.party), node(side.name), NamedNode(side.place.iri))
    for amount in facts.amounts:
        over = amount.over if amount.over is not None else world.answers.get(amount.key)
        relation = "undecidedOn" if over is None else "over" if over else "notOver"
        yield Quad(subject(amount.party), node(relation), NamedNode(amount.measure))
    for one in facts.circumstances:
        given = one.stated if one.stated is not None else world.answers.get(one.key)
        if given is not None:
            yield Quad(subject(one.party), node("states" if given else "denies"), NamedNode(one.iri))


def _item(tx: NamedNode, item: ItemOption | None) -> Iterator[Quad]:
    if item is None:
        return
    if item.item_class != NONE:
        yield Quad(tx, node("classifiedAs"), node(item.item_class))
    if item.nature is not None:
        yield Quad(tx, node("ofNature"), node(item.nature))
    if item.eccn:
        yield Quad(tx, node("entry"), concept("eccn", item.eccn))
    if item.target:
        yield Quad(tx, node("targetEntry"), concept("eccn", item.target))
