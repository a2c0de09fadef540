"""Every day from the first of the law told here to the last of the rule sets: each figure has one number or a stated
gap, each rule a citation that is in force, each membership its source.

Nothing changes within an epoch, so an epoch is looked at once, on its first day, and that the epochs are made of every
day, and of nothing but days alike, is a test of its own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import groupby, pairwise

import pytest
from pyoxigraph import NamedNode

from topco.licensing.law.body import Law, load_law
from topco.licensing.law.ruleset import COMBINATION_CLASSES, RULE_CLASSES
from topco.licensing.law.vocabulary import node
from topco.namespaces import local_name

LAW = load_law()
FIRST, LAST = date(2023, 11, 17), date(2027, 12, 31)
DAYS = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]
EPOCHS = [list(days) for _, days in groupby(DAYS, key=LAW.epoch)]
DATED = sorted({quad.subject for quad in LAW.store.quads_for_pattern(None, node("from"), None, None)}, key=str)


def period(law: Law, subject: NamedNode) -> tuple[date, date]:
    """First day and the day after the last; what is open on a side reaches over the days walked here."""
    start, end = law.value(subject, node("from")), law.value(subject, node("to"))
    return (
        date.fromisoformat(start) if start else date.min,
        date.fromisoformat(end) if end else date.max,
    )


def in_force(law: Law, kind: str, day: date) -> list[NamedNode]:
    return [subject for subject in law.subjects(kind) if law.in_force(subject, day)]


@cache
def cited() -> dict[str, NamedNode]:
    """What can be cited: provisions and documents, by how they are cited."""
    return {
        cite: subject
        for kind in ("Provision", "SourceDocument")
        for subject in LAW.subjects(kind)
        if (cite := LAW.value(subject, node("cite"))) is not None
    }


def citations(subject: NamedNode) -> list[str]:
    return [value.value for name in ("cite", "citation") for value in LAW.objects(subject, node(name))]


def rules() -> Iterator[tuple[NamedNode, NamedNode]]:
    """Every rule set with each of its rules and of what combines their findings."""
    for ruleset in LAW.subjects("RuleSet"):
        for kind in (*RULE_CLASSES, *COMBINATION_CLASSES):
            for rule in LAW.subjects(kind):
                if ruleset in LAW.objects(rule, node("inRuleSet")):
                    yield ruleset, rule


RULES = list(rules())


def rule_name(value: object) -> str:
    return local_name(value.value) if isinstance(value, NamedNode) else str(value)


def test_the_epochs_are_every_day_and_nothing_else() -> None:
    assert [day for days in EPOCHS for day in days] == DAYS
    assert len(DAYS) == 1506
    assert len({LAW.epoch(days[0]) for days in EPOCHS}) == len(EPOCHS), "an epoch comes back"
    for days, after in pairwise(EPOCHS):
        assert days[-1] + timedelta(days=1) == after[0]
        assert after[0] in LAW.boundaries


def test_the_days_of_an_epoch_are_alike() -> None:
    """Whatever is dated is in force on all days of an epoch or on none."""
    for subject in DATED:
        assert isinstance(subject, NamedNode)
        start, end = period(LAW, subject)
        for days in EPOCHS:
            assert (start <= days[0] < end) is (start <= days[-1] < end), subject
            assert (start <= days[0] < end) is LAW.in_force(subject, days[0]), subject


@pytest.mark.parametrize("days", EPOCHS, ids=lambda days: str(days[0]))
def test_each_parameter_has_one_value_or_a_stated_gap(days: list[date]) -> None:
    """No day without either, no day with two values, and no gap where there is a value."""
    told = Counter(
        parameter.value
        for kind in ("ParameterValue", "ParameterGap")
        for subject in in_force(LAW, kind, days[0])
        for parameter in LAW.objects(subject, node("ofParameter"))
    )
    parameters = {parameter.value for parameter in LAW.subjects("Parameter")}
    assert len(parameters) > 30
    assert {local_name(name): told[name] for name in parameters if told[name] != 1} == {}, (
        "0: give it a value or a gap (rules/regulation/parameter-gaps.ttl); 2: values or gaps overlap"
    )
    assert set(told) <= parameters


def test_no_two_values_of_a_parameter_overlap() -> None:
    """Also outside the days walked here."""
    spans = defaultdict(list)
    for subject in LAW.subjects("ParameterValue"):
        spans[LAW.value(subject, node("ofParameter"))].append(period(LAW, subject))
    for parameter, held in spans.items():
        held.sort()
        assert all(end <= start for (_, end), (start, _) in pairwise(held)), parameter


@pytest.mark.parametrize(("ruleset", "rule"), RULES, ids=rule_name)
def test_each_rule_cites_what_is_in_force_on_each_of_its_days(ruleset: NamedNode, rule: NamedNode) -> None:
    names = citations(rule)
    assert names
    assert set(names) <= set(cited()), "what it cites is among neither the provisions nor the documents"
    days = [days[0] for days in EPOCHS if LAW.in_force(ruleset, days[0]) and LAW.in_force(rule, days[0])]
    assert days, "the rule is in force on no day of its rule set"
    without = [day for day in days if not any(LAW.in_force(cited()[name], day) for name in names)]
    assert without == [], f"{names} is not in force"


def test_every_rule_is_in_a_rule_set_and_every_rule_set_is_walked_whole() -> None:
    walked = {rule for _, rule in RULES}
    assert walked == {rule for kind in (*RULE_CLASSES, *COMBINATION_CLASSES) for rule in LAW.subjects(kind)}
    assert len(walked) > 20
    for ruleset, _ in RULES:
        start, end = period(LAW, ruleset)
        assert start >= FIRST, ruleset
        assert end <= LAST + timedelta(days=1), ruleset


@pytest.mark.parametrize("days", EPOCHS, ids=lambda days: str(days[0]))
def test_each_membership_in_force_has_its_source(days: list[date]) -> None:
    memberships = in_force(LAW, "GroupMembership", days[0])
    assert memberships
    for membership in memberships:
        names = citations(membership)
        assert names, membership
        assert set(names) <= set(cited()), membership
        assert any(LAW.in_force(cited()[name], days[0]) for name in names), membership


@pytest.mark.parametrize("days", EPOCHS, ids=lambda days: str(days[0]))
def test_what_is_in_force_is_part_of_what_is_in_force(days: list[date]) -> None:
    """No paragraph outlives the one that contains it, or comes before it."""
    for provision in in_force(LAW, "Provision", days[0]):
        for whole in LAW.objects(provision, node("partOf")):
            assert isinstance(whole, NamedNode)
            assert LAW.in_force(whole, days[0]), provision


def test_compliance_with_a_provision_begins_while_it_is_in_force() -> None:
    for provision in LAW.subjects("Provision"):
        asked = LAW.value(provision, node("appliesFrom"))
        start, end = period(LAW, provision)
        assert asked is None or start <= date.fromisoformat(asked) < end, provision


@pytest.mark.parametrize("days", EPOCHS, ids=lambda days: str(days[0]))
def test_what_uses_up_the_yearly_cap_is_the_cap(days: list[date]) -> None:
    """One figure of the law, compared in two ways: it stands twice in the data and changes in both or in neither."""
    held = LAW.slice_on(days[0]).parameters
    cap, used_up = held.get("lpp_group_year_cap_tpp"), held.get("lpp_group_year_used_up_tpp")
    assert (cap and cap.value) == (used_up and used_up.value)
