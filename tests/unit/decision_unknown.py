"""Facts of a swept key that a case leaves out: every place, and both answers, are then weighed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

from decision_review import Cell
from decision_run import facts_of
from decision_space import DESTINATION, LOCATED, PARENT, SEAT, Key
from topco.licensing.cases.facts import Facts, Place
from topco.licensing.cases.places import UNREAD
from topco.namespaces import local_name

T = TypeVar("T")
PLACES = (LOCATED, SEAT, PARENT)


def stated(cell: Cell, key: Key) -> Facts:
    """The facts of a case that states everything of a swept key."""
    chapter = cell.chapters[0]
    facts = facts_of(chapter, cell.rules, key)
    said = {None: dict(key.answers), **{index: dict(party.answers) for index, party in enumerate(key.parties)}}
    at = {DESTINATION: key.destination}
    at |= {f"{n}#{i}": iri for i, p in enumerate(key.parties) for n, iri in zip(PLACES, p[1:4], strict=True)}
    return replace(
        facts,
        items=(key.item,) if key.item else (),
        countries=tuple(
            replace(one, alternatives=((Place(at[one.key], at[one.key], "-"),),)) for one in facts.countries
        ),
        amounts=tuple(
            replace(one, over=said[one.party].get(local_name(one.measure)), try_both=False) for one in facts.amounts
        ),
        circumstances=tuple(
            replace(one, stated=said[one.party].get(one.name), try_both=False) for one in facts.circumstances
        ),
    )


def left_out(cell: Cell, facts: Facts) -> Iterator[tuple[str, Facts]]:
    """The same facts without one of them, each in turn; every place and both answers are then weighed."""
    axes = cell.axes
    both = {one.iri for one in (*axes.conditions, *axes.measures) if one.try_both}
    for index, country in enumerate(facts.countries):
        every = tuple((Place(iri, iri, "-"),) for iri in axes.seen(country.name))
        if len(every) > 1 and country.alternatives[0][0].iri != UNREAD.iri:
            opened = replace(country, alternatives=every, origin="unknown")
            yield country.key, replace(facts, countries=_with(facts.countries, index, opened))
    for index, one in enumerate(facts.circumstances):
        if one.iri in both and one.stated is not None:
            unsaid = replace(one, stated=None, try_both=True)
            yield one.key, replace(facts, circumstances=_with(facts.circumstances, index, unsaid))
    for index, amount in enumerate(facts.amounts):
        if amount.measure in both and amount.over is not None:
            unmeasured = replace(amount, over=None, try_both=True)
            yield amount.key, replace(facts, amounts=_with(facts.amounts, index, unmeasured))
    others = [one for one in axes.items() if one.item_class != facts.items[0].item_class]
    yield "item.eccn", replace(facts, items=(*facts.items, *others[:1]))


def _with(of: tuple[T, ...], index: int, one: T) -> tuple[T, ...]:
    return (*of[:index], one, *of[index + 1 :])
