"""`topco rules periods` and `topco rules coverage`: the law by date, and how each provision stands."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from click.testing import CliRunner
from pyoxigraph import NamedNode

from topco.choices import READINGS
from topco.cli.main import cli
from topco.errors import TopcoError
from topco.explain.published_law import LawPeriod, RulesCoverage
from topco.licensing.law.body import load_law
from topco.licensing.law.coverage import MODELLED, PARTIAL, POINTER, STANDINGS, coverage_of
from topco.licensing.law.periods import OVERLAY, RULE_SET, law_in_force, law_periods

LAW = load_law()
PERIODS = law_periods(LAW)
CITE = NamedNode("https://w3id.org/topco/cite")
FIRST, LAST = (
    {"codified": date(2023, 11, 17), "enforced": date(2023, 11, 17), "article": date(2025, 1, 13)},
    date(2027, 12, 31),
)


def run(*arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout, and stderr or the error's words."""
    result = CliRunner().invoke(cli, ["rules", *arguments], standalone_mode=False)
    if isinstance(result.exception, TopcoError):
        return result.exception.exit_code, result.stdout, str(result.exception)
    assert result.exception is None, result.exception
    return result.return_value, result.stdout, result.stderr


def overlays(day: str, reading: str = "codified") -> dict[str, dict[str, Any]]:
    return {one["id"]: one for one in law_in_force(LAW, date.fromisoformat(day), reading)["overlays"]}


@pytest.mark.parametrize("reading", READINGS)
def test_every_day_of_a_reading_has_one_rule_set(reading: str) -> None:
    day = FIRST[reading]
    while day <= LAST:
        held = [one for one in PERIODS if one.kind == RULE_SET and one.holds(day, reading)]
        assert len(held) == 1, day
        day += timedelta(days=1)


@pytest.mark.parametrize("reading", READINGS)
def test_periods_of_one_code_follow_each_other_without_overlap(reading: str) -> None:
    by_code = defaultdict(list)
    for one in PERIODS:
        if reading in one.readings:
            by_code[one.code].append(one)
    assert by_code
    for code, periods in by_code.items():
        for before, after in pairwise(sorted(periods, key=lambda one: one.since)):
            assert before.until == after.since, code


@pytest.mark.parametrize(
    ("day", "reading", "rule_set"),
    [
        ("2023-11-17", "codified", "pre_diffusion"),
        ("2025-01-12", "enforced", "pre_diffusion"),
        ("2025-01-13", "codified", "diffusion_effective_no_compliance"),
        ("2025-05-12", "article", "diffusion_effective_no_compliance"),
        ("2025-05-13", "enforced", "diffusion_not_enforced"),
        ("2025-05-14", "codified", "diffusion_not_enforced"),
        ("2025-05-15", "codified", "diffusion_not_enforced"),
        ("2025-05-13", "article", "diffusion_as_described"),
        ("2026-01-15", "codified", "diffusion_jan2026_review"),
        ("2026-07-09", "enforced", "diffusion_jan2026_review"),
        ("2026-07-10", "enforced", "diffusion_uae2026"),
        ("2023-11-16", "codified", None),
    ],
)
def test_the_rule_set_of_a_date(day: str, reading: str, rule_set: str | None) -> None:
    assert law_in_force(LAW, date.fromisoformat(day), reading)["rule_set"] == rule_set


def test_two_days_before_compliance_the_earlier_text_may_still_be_followed() -> None:
    statuses = [
        next(one.status for one in PERIODS if one.kind == RULE_SET and one.holds(day, "codified"))
        for day in (date(2025, 5, 14), date(2025, 5, 15))
    ]
    assert statuses == ["earlier_text_may_be_followed", "codified"]


def test_overlays_change_on_days_of_their_own() -> None:
    assert "affiliates" not in overlays("2025-09-28")
    assert overlays("2025-09-29")["affiliates"]["status"] == "in_force"
    assert overlays("2025-11-10")["affiliates"]["status"] == "stayed"
    back = overlays("2026-11-10")["affiliates"]
    assert (back["status"], back["verified"]) == ("returns_by_own_terms_unless_extended", False)
    assert "affiliates" not in overlays("2026-11-10", "article")
    assert overlays("2025-11-06")["cambodia_D5"]["status"] == "member"
    assert overlays("2025-11-07")["cambodia_D5"]["status"] == "in_table_only"
    assert overlays("2026-07-09")["uae_groups"]["status"] == "D4"
    assert overlays("2026-07-10")["uae_groups"]["status"] == "A5"
    assert overlays("2027-01-01")["foundry_designer_dates"]["status"] == "by_application"
    assert overlays("2026-01-14")["supp10_security_paragraphs"]["status"] == "not_yet_due"
    assert overlays("2026-05-30", "enforced")["headquarters_enforcement"]["status"] == "contested"
    assert "headquarters_enforcement" not in overlays("2026-05-30")


@pytest.mark.parametrize("group", ["cambodia_D5", "uae_groups"])
def test_an_overlay_of_a_group_says_what_the_groups_say(group: str) -> None:
    """The day on which a period changes is one on which somebody enters or leaves the group."""
    changes = [date.fromisoformat(one.since) for one in PERIODS if one.code == group][1:]
    assert changes
    moved = [
        LAW.slice_on(day - timedelta(days=1)).groups_of != LAW.slice_on(day).groups_of
        for day in changes
        if not (group == "cambodia_D5" and day == date(2026, 2, 3))  # only the table changes on this day
    ]
    assert all(moved)


def test_periods_are_listed_for_people_and_programs() -> None:
    code, stdout, _ = run("periods", "--format", "csv")
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(stdout)))
    assert len(rows) == len(PERIODS)
    assert {row["kind"] for row in rows} == {RULE_SET, OVERLAY}
    assert all(row["note"] and row["cite"] and row["verified"] in ("true", "false") for row in rows)
    held = [
        json.loads(line) for line in run("periods", "--rules-as-of", "2026-11-20", "--format", "json")[1].splitlines()
    ]
    assert {row["id"] for row in held if row["kind"] == RULE_SET} == {"diffusion_uae2026", "diffusion_as_described"}
    for row in held:
        LawPeriod.model_validate_json(json.dumps(row))
    only = run("periods", "--rules-as-of", "2026-11-20", "--reading", "article", "--format", "csv")[1]
    assert "diffusion_as_described" in only
    assert "diffusion_uae2026" not in only
    assert "affiliates" in run("periods")[1]


def standings(day: str, reading: str = "codified") -> dict[str, str]:
    when = date.fromisoformat(day)
    return {one.provision: one.standing for one in coverage_of(LAW, LAW.slice_on(when).ruleset(reading, when), when)}


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("day", ["2025-02-01", "2025-06-01", "2026-08-01", "2026-11-20", "2027-06-01"])
def test_every_provision_stands_in_exactly_one_way(day: str, reading: str) -> None:
    when = date.fromisoformat(day)
    ruleset = LAW.slice_on(when).ruleset(reading, when)
    rows = coverage_of(LAW, ruleset, when)
    assert max(Counter(one.provision for one in rows).values()) == 1, "nothing is both"
    assert {one.standing for one in rows} <= set(STANDINGS)
    named = {one.provision for one in rows}
    provisions = {
        q.object.value for one in LAW.subjects("Provision") for q in LAW.store.quads_for_pattern(one, CITE, None)
    }
    assert len(provisions) > 150
    assert provisions <= named
    cited = {rule.cite for rule in ruleset.rules}
    unused = {one.provision for one in rows if one.standing not in (MODELLED, PARTIAL, POINTER)}
    assert not cited & unused, "what rules cite is modelled, in part, or a pointer by its own words"


def test_nothing_is_listed_both_in_part_and_as_a_pointer() -> None:
    for reading in READINGS:
        ruleset = LAW.slice_on(date(2026, 8, 1)).ruleset(reading, date(2026, 8, 1))
        heads = [{text.partition(" (")[0] for text in listed} for listed in (ruleset.partial, ruleset.pointer_only)]
        assert not heads[0] & heads[1]


def test_how_provisions_stand() -> None:
    now = standings("2026-08-01")
    assert now["742.6(a)(6)(iii)(A)"] == "modelled"
    assert now["742.6(a)(6)(iii)"] == "modelled", "by its paragraphs"
    assert now["740.29"] == "partial", "some of its paragraphs are not used"
    assert now["740.28(b)"] == "partial"
    assert now["742.6(b)(7)"] == "pointer_only", "a red flag cites it, and the rule set says that it is no more"
    assert now["744.8"] == "pointer_only", "part of part 744"
    assert now["734.4(a)"] == "pointer_only"
    assert now["22 CFR parts 120-130"] == "pointer_only", "another regime"
    assert now["supp. 5(a) to part 740"] == "background"
    assert now["3A090.a.1"] == "background"
    assert now["750.7(g)"] == "not_used"
    assert now["742.6(b)(10)(iv)(A)"] == "not_in_force"
    assert standings("2025-06-01")["742.6(b)(10)(iv)(A)"] == "modelled"
    assert standings("2024-06-01")["742.6(a)(13)"] == "not_in_force"
    assert standings("2025-06-01", "article")["742.6(b)(14)"] == "not_used"


def test_coverage_is_shown_for_people_and_programs() -> None:
    code, stdout, _ = run("coverage", "--rules-as-of", "2026-08-01", "--format", "json")
    assert code == 0
    answer = json.loads(stdout)
    RulesCoverage.model_validate_json(stdout)
    assert answer["reading"] == "codified"
    assert answer["rules_as_of"] == "2026-08-01"
    listed = [cite for kind in STANDINGS for cite in answer[kind]]
    assert sorted(listed) == sorted(row["provision"] for row in answer["provisions"])
    rows = list(csv.DictReader(io.StringIO(run("coverage", "--rules-as-of", "2026-08-01", "--format", "csv")[1])))
    assert {row["provision"]: row["coverage"] for row in rows} == standings("2026-08-01")
    by_rule = next(row for row in rows if row["provision"] == "742.6(b)(14)")
    assert by_rule["rules"] == "codified/review-model-weights"
    assert "modelled 6" in run("coverage", "--rules-as-of", "2026-08-01")[1]
    assert run("coverage", "--rules-as-of", "2020-01-01")[0] == 3
