"""The reading that an answer shows beside its own: where that one cannot be weighed, `determine` has no answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING

from topco.licensing.weighing.worlds import MOST_WORLDS, open_facts, worlds

if TYPE_CHECKING:
    from topco.licensing.cases.facts import Facts
    from topco.licensing.determine import Determiner, Prepared


def weighable_beside(determiner: Determiner, prepared: Prepared, facts_of: Callable[[Prepared], Facts]) -> None:
    """Make sure that a case can be weighed in the readings shown beside its own.

    Raises:
        NotModelled: one of them has no rules for the day, or leaves too many facts unknown at once.
    """
    for reading in prepared.ruleset.shown_beside:
        other = determiner.prepare(prepared.case, replace(prepared.frame, reading=reading))
        facts = facts_of(other)
        opened = open_facts(facts)
        if prod(sum(len(option.readings) for option in one.options) for one in opened) > MOST_WORLDS:
            worlds(facts, opened)
