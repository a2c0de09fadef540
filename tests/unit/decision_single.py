"""The space of a single rule, for rules that decide by themselves: what scopes, conditions, duties, papers, flags read.

What an exception comes to is the worst state among its conditions, so an exception is checked condition by condition,
over everything that the condition reads and nothing else; that the worst one decides is checked apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import product

from decision_review import KINDS, Answer, Cell, other_roles, principal_roles
from decision_run import run
from decision_space import DESTINATION, Key, Profile, chapters, closure, identity, speaks
from topco.licensing.law.rule import Rule
from topco.licensing.weighing.outcome import STATES

NOTHING, ROW = "nothing", "a row"


@cache
def singles() -> tuple[Cell, ...]:
    """One cell for each query, and each law under which it sees something else; all its rules are in `queries`."""
    found: dict[object, Cell] = {}
    for chapter in chapters():
        for rule in chapter.ruleset.rules:
            if rule.kind == "ScopeRule" or rule.kind not in KINDS:
                bare = bare_of(rule)
                needed = closure(rule, chapter.ruleset)
                assert needed == (rule,), f"{rule.name} reads what lower strata conclude"
                law = identity(chapter, (bare,))
                cell = found.setdefault(law, Cell([], "", chapter.items[0], (bare,)))
                cell.chapters = list(dict.fromkeys([*cell.chapters, chapter]))
    for cell in found.values():
        _sweep(cell)
    return tuple(found.values())


def bare_of(rule: Rule) -> Rule:
    """A rule as far as its query goes: rules of one kind that share a query find the same."""
    return replace(
        rule,
        name=rule.path,
        exception=None,
        condition=None,
        concept=None,
        limb=None,
        label="",
        cite="",
        since=None,
        until=None,
    )


def _sweep(cell: Cell) -> None:
    axes = cell.axes
    keys = [
        Key(activity, item, there, parties, setting, end_use, designer, asks, sides)
        for activity in (axes.words("activity") if "activity" in axes.reads else ["export"])
        for item in axes.items()
        for there in axes.seen(DESTINATION)
        for parties in _parties(cell, activity, there)
        if speaks(cell.rules[0], item, activity=activity)
        for setting, end_use, designer, asks, sides in product(
            axes.settings(None, there),
            axes.end_uses(),
            axes.designers(),
            axes.asks(),
            axes.sides(("installedIn", "origin", "shippedFrom")),
        )
    ]
    for key, _, found in run(cell.chapters[0], cell.rules, keys):
        states = [finding.evidence.get("state", ROW) for finding in found]
        worst = max(states, key=lambda s: STATES.index(s) if s in STATES else 0, default=NOTHING)
        cell.answers[key] = Answer("", worst, worst, frozenset((f.rule.name, f.party) for f in found))


def _parties(cell: Cell, activity: str, there: str) -> Iterator[tuple[Profile, ...]]:
    axes = cell.axes
    cell.activity = activity
    both, principal = principal_roles(cell)
    others = [(role,) for role in other_roles(cell)]
    for roles in [both, principal, *others] if "hasParty" in axes.reads else [both]:
        for profile in axes.profiles(roles, there):
            cell.stands_for[there, profile] = profile
    first = axes.profiles(both, there)
    yield from ((one,) for one in first)
    if "hasParty" in axes.reads:
        for roles in others:
            yield from product(first, axes.profiles(roles, there))
        yield from product(axes.profiles(principal, there), axes.profiles(("end_user",), there))
