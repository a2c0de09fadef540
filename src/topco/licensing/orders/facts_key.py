"""What rules can see of the facts of a case, as one key: cases of equal key have equal codes."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from topco.namespaces import local_name

if TYPE_CHECKING:
    from topco.licensing.cases.facts import Facts, Place
    from topco.licensing.determine import Prepared


def facts_key(prepared: Prepared, facts: Facts) -> Hashable:
    """Under one law: the item, the activity, for every country fact the groups (of those that rules read) of each
    alternative, the standing of every sum against its limit, circumstances.
    """
    law_slice, read = prepared.engine.slice, prepared.ruleset.groups_read

    def seen(name: str, place: Place) -> Hashable:
        if place.code is None:
            return place.iri
        return law_slice.groups_of.get(local_name(place.iri), frozenset()) & read[name]

    return (
        prepared.frame.reading,
        facts.activity,
        tuple(
            (
                one.item_class,
                one.nature,
                bool(one.eccn),
                law_slice.lists_of(one.eccn),
                law_slice.lists_of(one.target),
            )
            for one in facts.items
        ),
        facts.designer,
        None if facts.end_use is None else frozenset(facts.end_use),
        facts.asks,
        tuple(party.roles for party in facts.parties),
        tuple(
            (fact.key, tuple(tuple(seen(fact.name, place) for place in one) for one in fact.alternatives))
            for fact in facts.countries
        ),
        frozenset((one.name, one.party, seen(one.name, one.place)) for one in facts.side),
        tuple((amount.key, amount.over) for amount in facts.amounts),
        tuple((one.key, one.stated, one.try_both) for one in facts.circumstances),
    )
