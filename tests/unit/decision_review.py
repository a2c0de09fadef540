"""The space of requirement and review: one *cell* for each activity and kind of item, under each law that differs.

A cell is swept over one party, and over two: whoever the activity is about, and another in each role. Three add
nothing: a query holds one party at a time against what it asks, so what it finds hangs on the set of profiles, and any
change of one party meets any other single party somewhere in the sweep.

Two parties are thinned where facts are independent; `TOPCO_FULL_SPACE=1` takes the whole product, and many minutes:

* Whether the item is in scope reaches the other rules as one fact, so one rule that switches it stands for all
  (`ScopeRule`s have a sweep of their own), and with two parties it is switched on: out of scope nothing is required.
* What is said of a party reaches the others as one fact where no rule reads it together with a place: then two parties
  have either all places, or all that may be said of them.
* Profiles that no setting and no destination's rules tell apart are one: every query tests parties one by one.
* Facts that one and the same rules read, all of them together in one condition, are all given or none.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import product
from typing import NamedTuple

from decision_run import run
from decision_space import (
    DESTINATION,
    END_USER,
    FULL,
    LOCATED,
    OTHER_ROLE,
    PARENT,
    SEAT,
    Answers,
    Axes,
    Chapter,
    Key,
    Profile,
    chapters,
    identity,
    speaks,
    words_of,
)
from topco.licensing.cases.facts import ItemOption
from topco.licensing.law.rule import ROLES, Rule
from topco.licensing.weighing.outcome import world_outcome

KINDS = ("ScopeRule", "ExemptionRule", "RequirementRule", "PolicyRule")


class Answer(NamedTuple):
    """What a key comes to, and which rules found something for whom."""

    required: str
    policy: str
    strictest: str
    fired: frozenset[tuple[str, int | None]]


class Met(NamedTuple):
    """The limbs that a key met, of which not all have one policy, and what became of them."""

    limbs: frozenset[tuple[str, str]]
    policy: str
    strictest: str


@dataclass(eq=False, repr=False)
class Cell:
    """Requirement and review for one activity and one kind of item, under every law that is the same for them."""

    chapters: list[Chapter]
    activity: str
    item: ItemOption
    rules: tuple[Rule, ...]
    answers: dict[Key, Answer] = field(default_factory=dict)
    met: Counter[Met] = field(default_factory=Counter)
    stands_for: dict[tuple[str, Profile], Profile] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.chapters[0]}, {self.activity}, {self.item.label or self.item.item_class}"

    @cached_property
    def axes(self) -> Axes:
        return Axes(self.chapters[0], self.rules)


def switch(rules: Iterable[Rule]) -> Rule | None:
    """The scope rule that reads nothing but one condition."""
    return next(
        (r for r in rules if r.kind == "ScopeRule" and r.names_read("topco") == {"states"} and len(r.named) == 2), None
    )


def live_rules(chapter: Chapter, activity: str, item: ItemOption) -> tuple[Rule, ...]:
    """The rules that decide requirement and review for an activity and an item, one of scope among them."""
    of_kind = [one for one in chapter.ruleset.rules if one.kind in KINDS]
    only = switch(of_kind)
    assert only is not None, f"no rule of {chapter} switches the scope"
    return tuple(
        one for one in of_kind if speaks(one, item, activity=activity) and (one.kind != "ScopeRule" or one is only)
    )


@cache
def cells() -> tuple[Cell, ...]:
    """Every cell, swept."""
    found: dict[object, Cell] = {}
    for chapter in chapters():
        for activity in (one for one in chapter.slice.activities.values() if one.is_question):
            of_kind = tuple(one for one in chapter.ruleset.rules if one.kind in KINDS)
            for item in Axes(chapter, of_kind).items():
                rules = live_rules(chapter, activity.code, item)
                law = identity(chapter, rules), Axes(chapter, rules).of_item(item), activity.principal
                found.setdefault(law, Cell([], activity.code, item, rules)).chapters.append(chapter)
    for cell in found.values():
        cell.chapters = list(dict.fromkeys(cell.chapters))
        _sweep(cell)
    return tuple(found.values())


def principal_roles(cell: Cell) -> tuple[tuple[str, ...], ...]:
    """The roles of whoever the activity is about: end user as well, unless another is."""
    principal = cell.chapters[0].slice.activities[cell.activity].principal or OTHER_ROLE
    return (principal, END_USER), (principal,)


def other_roles(cell: Cell) -> list[str]:
    """The roles that rules name, and one that they do not."""
    named = {word for rule in cell.rules for word in words_of(rule)} & ROLES
    return sorted({END_USER, OTHER_ROLE, *named} - {principal_roles(cell)[1][0]})


def pairs(cell: Cell) -> Iterator[tuple[tuple[str, ...], str]]:
    """The roles of two parties at once."""
    both, principal = principal_roles(cell)
    yield principal, END_USER
    yield from ((both, role) for role in other_roles(cell))


def _sweep(cell: Cell) -> None:
    axes = cell.axes
    requires = any(rule.kind == "RequirementRule" for rule in cell.rules)
    for there in axes.seen(DESTINATION):
        lean = _lean_settings(cell, there)
        rich = axes.settings(None, there) if requires else lean
        both, principal = principal_roles(cell)
        alone = [(both, rich), (principal, lean), *(((role,), lean) for role in other_roles(cell))]
        for roles, settings in alone:
            _answer(cell, [_key(cell, there, (one,), s) for one, s in product(axes.profiles(roles, there), settings)])
        for roles in [roles for roles, _ in alone]:
            _merge(cell, there, axes.profiles(roles, there), lean)
        if requires:
            _answer(
                cell,
                [
                    _key(cell, there, two, setting)
                    for roles, role in pairs(cell)
                    for two in product(representatives(cell, there, roles), representatives(cell, there, (role,)))
                    for setting in lean
                ],
            )


def _key(cell: Cell, there: str, parties: tuple[Profile, ...], setting: Answers) -> Key:
    return Key(cell.activity, cell.item, there, parties, setting)


def _lean_settings(cell: Cell, there: str) -> list[Answers]:
    """Settings with the scope switched on, and facts that the same rules read all given or none."""
    axes = cell.axes
    only = switch(cell.rules)
    values = axes.axis_of_answers(None, there)
    if FULL:
        return axes.settings(None, there)
    bundles: dict[object, list[str]] = defaultdict(list)
    for name in values:
        prefix = "condition" if any(one.name == name for one in axes.conditions) else "measure"
        bundles[axes.ruleset.readers(prefix, name)].append(name)
    choices = []
    for readers, names in bundles.items():
        if readers == (only,):
            choices.append([tuple(values[name][0] for name in names)])
        elif len(names) == 1:
            choices.append([(value,) for value in values[names[0]]])
        else:
            choices.append([tuple(values[name][end] for name in names) for end in (0, -1)])
    return [frozenset(one for part in chosen for one in part if one) for chosen in product(*choices)]


def _answer(cell: Cell, keys: list[Key]) -> None:
    chapter = cell.chapters[0]
    fresh = [key for key in dict.fromkeys(keys) if key not in cell.answers]
    for key, world, found in run(chapter, cell.rules, fresh):
        one = world_outcome(found, world, chapter.engine, key.activity, range(len(key.parties)))
        fired = frozenset((finding.rule.name, finding.party) for finding in found)
        cell.answers[key] = Answer(one.licence_required, one.review.policy, one.review.strictest, fired)
        if len({limb.policy for limb in one.limbs}) > 1:
            limbs = frozenset((limb.branch, limb.policy) for limb in one.limbs)
            cell.met[Met(limbs, one.review.policy, one.review.strictest)] += 1


def _merge(cell: Cell, there: str, profiles: list[Profile], settings: list[Answers]) -> None:
    """Of profiles that no setting tells apart, the first stands for all."""
    first: dict[object, Profile] = {}
    for profile in profiles:
        seen = tuple(cell.answers[_key(cell, there, (profile,), setting)].fired for setting in settings)
        cell.stands_for[there, profile] = first.setdefault(profile if FULL else seen, profile)


def representatives(cell: Cell, there: str, roles: tuple[str, ...]) -> list[Profile]:
    """The profiles that stand for all in these roles."""
    profiles = [p for (place, p), rep in cell.stands_for.items() if place == there and p.roles == roles and p == rep]
    if FULL or not profiles or not said_apart(cell):
        return profiles
    axis = cell.axes.axis_of_answers(roles, there)
    plain, nothing = profiles[0], frozenset(one for values in axis.values() for one in values[-1:] if one)
    return [p for p in profiles if p.answers == nothing or p[1:4] == plain[1:4]]


def said_apart(cell: Cell) -> bool:
    """Whether no rule reads what is said of a party together with a place of it."""
    of_parties = {one.name for one in (*cell.axes.conditions, *cell.axes.measures) if one.per_party}
    places = {LOCATED, SEAT, PARENT}
    return not any(rule.names_read("topco") & places and of_parties & {n for _, n in rule.named} for rule in cell.rules)
