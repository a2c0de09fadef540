"""The parts of the decision space against the whole: random keys under all rules at once, and facts that are unknown.

The sweeps of the other two files run a few rules over what these read. Here whole cases, with everything stated, run
through all rules of a law, and what a rule finds must be what it finds where everything that it does not read is taken
away. And of swept keys one fact after the other is made unknown, as a case would leave it out.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from itertools import pairwise, product

import pytest

from decision_changes import WORSE_IF_DENIED, WORSE_IF_GIVEN
from decision_review import KINDS, live_rules
from decision_run import run
from decision_space import (
    DESTINATION,
    END_USER,
    FULL,
    LAW,
    LOCATED,
    OTHER_ROLE,
    PARENT,
    SEAT,
    SIDES,
    WORDS,
    Answers,
    Axes,
    Chapter,
    Key,
    Profile,
    chapters,
)
from topco.licensing.cases.places import UNREAD
from topco.licensing.law.rule import Rule
from topco.licensing.law.vocabulary import node
from topco.licensing.weighing.outcome import AVAILABLE, NO, world_outcome

COMPLIANCE = date(2025, 5, 15)
Found = frozenset[tuple[str, str | None, int | None, str | None]]
SCOPE = "subject_to_ear"
PLACES = (LOCATED, SEAT, PARENT)
ROLES_OF_TWO = [
    (("ultimate_consignee", END_USER), (OTHER_ROLE,)),
    (("ultimate_consignee",), (END_USER,)),
    (("ultimate_consignee", END_USER), ("final_customer",)),
    (("employer", END_USER), ("service_customer",)),
]


def random_keys(chapter: Chapter, seed: int, many: int) -> list[Key]:
    """Keys that state everything, alike in their words and different in all else."""
    draw = random.Random(seed)
    countries = list(chapter.countries.values())
    first, second = draw.choice(ROLES_OF_TWO)
    activity = draw.choice(sorted(one.code for one in chapter.slice.activities.values() if one.is_question))

    def answers(per_party: bool) -> Answers:
        given = [*chapter.ruleset.conditions, *chapter.ruleset.measures]
        return frozenset((one.name, draw.random() < 0.5) for one in given if one.per_party == per_party)

    def party(roles: tuple[str, ...]) -> Profile:
        return Profile(roles, *draw.choices(countries, k=3), answers(True))

    end_use, designer = draw.choice([None, *sorted(WORDS["endUse"])]), draw.choice(sorted(WORDS["designer"]))
    return [
        Key(
            activity,
            replace(draw.choice(chapter.items), target=draw.choice(["3A001.z.1.a", "3A090.a", None])),
            draw.choice(countries),
            (party(first), party(second)),
            answers(False),
            (end_use,) if end_use else None,
            designer,
            (("veuKind", "uveu"), ("veuQuestion", "limits")),
            tuple((name, countries[seed % len(countries)]) for name in SIDES),
        )
        for _ in range(many)
    ]


def only_what_is_read(axes: Axes, key: Key) -> Key:
    """A key without anything that rules do not read, by what the axes of these rules hold."""
    item = key.item
    if item is not None:
        same = [one for one in axes.items() if axes.of_item(one) == axes.of_item(item)]
        lists = axes.chapter.slice.lists_of(item.target)
        item = replace(same[0], target=axes.targets().get(lists & axes.lists) if lists is not None else None)
    parties = tuple(
        party._replace(
            roles=tuple(role if role in axes.words("role") else OTHER_ROLE for role in party.roles),
            located=_place(axes, LOCATED, party.located, party.roles),
            seat=_place(axes, SEAT, party.seat, party.roles),
            parent=_place(axes, PARENT, party.parent, party.roles),
            answers=_told(axes, party.answers, party.roles, key.destination),
        )
        for party in key.parties
    )
    return key._replace(
        item=item,
        destination=_place(axes, DESTINATION, key.destination, ()),
        parties=parties if "hasParty" in axes.reads else (),
        answers=_told(axes, key.answers, None, key.destination),
        end_use=key.end_use if "endUse" in axes.reads else ("other",),
        designer=key.designer if "designer" in axes.reads else None,
        asks=key.asks if {"veuKind", "veuQuestion"} & axes.reads else (),
        sides=tuple((name, _place(axes, name, iri, ())) for name, iri in key.sides if name in axes.reads),
    )


def _place(axes: Axes, name: str, iri: str, roles: tuple[str, ...]) -> str:
    """The place that stands for all that rules cannot tell from this one."""
    of_roles = axes.ruleset.roles_read.get(name)
    if name not in axes.reads or (name in PLACES and of_roles is not None and not of_roles & set(roles)):
        return UNREAD.iri
    groups = axes.chapter.groups(iri) & axes.ruleset.groups_read[name]
    return next(one for one, held in axes.seen(name).items() if held == groups)


def _told(axes: Axes, answers: Answers, roles: tuple[str, ...] | None, destination: str) -> Answers:
    """What rules see of what is said; what they do not look for is one like any other."""
    axis = axes.axis_of_answers(roles, _place(axes, DESTINATION, destination, ()))
    told = [(name, value, axis[name]) for name, value in answers if name in axis]
    return frozenset((name, value) if (name, value) in values else values[-1] for name, value, values in told) - {None}


def found(chapter: Chapter, rules: tuple[Rule, ...], keys: list[Key]) -> list[Found]:
    """What rules find for each key, in the order of the keys."""
    by_key = {
        key: frozenset((one.rule.name, one.rule.exception, one.party, one.evidence.get("state")) for one in findings)
        for key, _, findings in run(chapter, rules, keys)
    }
    return [by_key[key] for key in keys]


def of_rules(whole: Found, rules: Iterable[Rule]) -> Found:
    named = {(rule.name, rule.exception) for rule in rules}
    return frozenset(one for one in whole if one[:2] in named)


@pytest.mark.parametrize("chapter", chapters(), ids=str)
def test_requirement_and_review_hang_on_nothing_that_their_axes_do_not_hold(chapter: Chapter) -> None:
    for seed in range(2 if not FULL else 20):
        keys = [
            key._replace(answers=(key.answers - {(SCOPE, False)}) | {(SCOPE, True)})
            for key in random_keys(chapter, seed + chapter.day.toordinal(), 12)
        ]
        for key, whole in zip(keys, found(chapter, chapter.ruleset.rules, keys), strict=True):
            assert key.item is not None
            live = live_rules(chapter, key.activity, key.item)
            (part,) = found(chapter, live, [only_what_is_read(Axes(chapter, live), key)])
            assert part == of_rules(whole, live)
            silent = {r for r in chapter.ruleset.rules if r.kind in KINDS[1:]} - set(live)
            assert not of_rules(whole, silent)


@pytest.mark.parametrize("chapter", chapters()[:: 1 if FULL else 4], ids=str)
def test_every_other_rule_hangs_on_nothing_that_its_axes_do_not_hold(chapter: Chapter) -> None:
    keys = random_keys(chapter, chapter.day.toordinal(), 12)
    whole = found(chapter, chapter.ruleset.rules, keys)
    for rule in chapter.ruleset.rules:
        if rule.kind == "ScopeRule" or rule.kind not in KINDS:
            axes = Axes(chapter, (rule,))
            part = found(chapter, (rule,), [only_what_is_read(axes, key) for key in keys])
            assert part == [of_rules(one, [rule]) for one in whole], rule.name
    assert found(chapter, chapter.ruleset.rules, keys[:1]) == whole[:1], "a key alone is not what it is among others"


def test_every_exception_is_there_for_somebody_in_every_law_that_has_it() -> None:
    for chapter in chapters():
        if not chapter.ruleset.of_kind("RequirementRule"):
            continue
        wanted = {rule.exception for rule in chapter.ruleset.of_kind("ConditionRule")}
        available: set[str] = set()
        for key, world, findings in run(chapter, chapter.ruleset.rules, _all_is_well(chapter)):
            one = world_outcome(findings, world, chapter.engine, key.activity, range(1))
            assert one.exceptions.keys() in (wanted, set()), chapter
            available |= {code for code, status in one.exceptions.items() if status == AVAILABLE}
        assert wanted - available == never_open(chapter) & wanted, chapter


@pytest.mark.parametrize(
    "chapter", [one for one in chapters() if one.reading == "codified" and one.day >= COMPLIANCE], ids=str
)
def test_the_authorisation_is_open_exactly_where_everything_lies_in_its_list(chapter: Chapter) -> None:
    """Chips under AIA: destination, place, head office and ultimate parent in supplement 5(a)."""
    chip = next(key for key in _all_is_well(chapter) if key.item is not None and key.item.eccn == "3A090.a")
    told = {"S5a", "MacauOrD5", "Gate"}
    iris = {groups & told: iri for groups, iri in chapter.countries.items()}.values()
    keys = [
        chip._replace(destination=there, parties=(chip.parties[0]._replace(located=at, seat=seat, parent=parent),))
        for there, at, seat, parent in product(iris, repeat=4)
    ]
    seen = 0
    for key, world, findings in run(chapter, chapter.ruleset.rules, keys):
        one = world_outcome(findings, world, chapter.engine, key.activity, range(1))
        places = (key.destination, *key.parties[0][1:4])
        inside = all("S5a" in chapter.groups(iri) for iri in places)
        assert one.exceptions["AIA"] == (AVAILABLE if inside else NO), key
        seen += inside
    assert seen == 1


def never_open(chapter: Chapter) -> set[str]:
    """Exceptions that the closed list of 740.2(a)(9)(ii) takes from everybody who needs a licence.

    Until compliance with the rule of January 2025 is asked, and where the rest of it is not enforced, a licence is
    required for destinations of that list and for companies of Macau and D:5: neither exception is there for these. The
    United Arab Emirates left the list on 2026-07-10 and stayed a destination of the requirement.
    """
    if any(rule.concept == "worldwide" for rule in chapter.ruleset.of_kind("RequirementRule")):
        return set()
    beyond = any("ListedDestination" in groups and "Gate" not in groups for groups in chapter.countries)
    return {"AIA"} if beyond else {"AIA", "LPP"}


def _all_is_well(chapter: Chapter) -> list[Key]:
    """Commodities for one party, with every paper and below every limit: a licence is required all the same."""
    per_party = {one.name for one in chapter.ruleset.conditions if one.per_party}
    best = {(name, False) for name in WORSE_IF_GIVEN - {SCOPE}} | {(name, True) for name in WORSE_IF_DENIED | {SCOPE}}
    of_party = frozenset(one for one in best if one[0] in per_party and one[0] != "supp8_approved")
    of_deal = frozenset(one for one in best if one[0] not in per_party)
    within = frozenset((one.name, False) for one in chapter.ruleset.measures if not one.per_party)
    roles = ("ultimate_consignee", END_USER)
    return [
        Key(activity, item, there, (party,), of_deal | within, ("production",), "approved")
        for activity in ("export", "transfer_in_country")
        for item in Axes(chapter, chapter.ruleset.rules).items()
        if item.nature == "Commodity" and item.eccn and item.target is None
        for there in chapter.countries.values()
        for party in [Profile(roles, there, there, there, of_party)]
    ]


def test_on_every_day_each_figure_that_rules_read_has_one_value() -> None:
    for chapter in chapters():
        for group in {group for groups in chapter.ruleset.groups_read.values() for group in groups} - {"S5b"}:
            assert any(held == group for held, _ in chapter.slice.memberships), (chapter, group)
        for measure in Axes(chapter, chapter.ruleset.rules).measures:
            parameter = node("parameter").value + "/" + measure.parameter
            values = [
                one
                for one in LAW.subjects("ParameterValue")
                if LAW.value(one, node("ofParameter")) == parameter and LAW.in_force(one, chapter.day)
            ]
            assert len(values) == 1, (chapter, measure.name)
            assert measure.parameter in chapter.slice.parameters


def test_days_of_one_epoch_have_one_law() -> None:
    for first, following in pairwise(LAW.boundaries):
        last = date.fromordinal(following.toordinal() - 1)
        assert LAW.epoch(first) == LAW.epoch(last)
        assert LAW.slice_on(first) is LAW.slice_on(last)
