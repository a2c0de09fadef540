"""`topco rules table`: every key in one row, every rule in some row, and the same answers as `topco determine`."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import product

import pytest
from click.testing import CliRunner

from licensing_cases import TODAY
from topco.cli.main import cli
from topco.explain.published_law import DecisionRow
from topco.licensing.cases.case import parse_case
from topco.licensing.decision.frames import Frame
from topco.licensing.decision.rows import Merged, merge
from topco.licensing.decision.table import COLUMNS, Row, ask, decision_table
from topco.licensing.decision.topics import Answer, Topic, topics
from topco.licensing.decision.values import Dimension, Value, keys
from topco.licensing.determine import Determiner, Options
from topco.licensing.law.body import load_law

LAW = load_law()
FRAMES = [("codified", "2025-06-01"), ("enforced", "2026-02-01"), ("article", "2025-06-01"), ("codified", "2026-11-20")]
PLACES = ("DE", "FR", "IN", "VN", "CN", "MO", "AE", "KH")
FACTS = ("destination", "headquarteredIn", "ultimateParentHeadquarteredIn")


@cache
def frame(reading: str, day: str) -> Frame:
    return Frame.of(LAW, reading, date.fromisoformat(day))


@cache
def table(reading: str, day: str) -> tuple[Row, ...]:
    return tuple(decision_table(frame(reading, day)))


def topic(of: Frame, section: str, code: str) -> Topic:
    return next(one for one in topics(of) if (one.section, one.code) == (section, code))


def holds(row: Merged[tuple[Answer, ...]], key: Sequence[int]) -> bool:
    return all(cell is None or value in cell for cell, value in zip(row.cells, key, strict=True))


@pytest.mark.parametrize(
    ("section", "code"),
    [
        ("requirement", "B_ITEM"),
        ("review policy", "A_ITEM"),
        ("exception LPP", "status"),
        ("exception AIA", "no_training_for_outsiders"),
    ],
)
def test_every_key_is_in_exactly_one_row_and_has_its_code(section: str, code: str) -> None:
    dimensions, found, answers = ask((frame(*FRAMES[0]),), (topic(frame(*FRAMES[0]), section, code),))
    assert len(dimensions) > 2
    turned = list(range(len(dimensions)))[::-1]
    for orders in ([], [turned]):
        rows = merge(found, answers, lambda one: one[0].code, orders)
        assert len(rows) < len(found)
        for key, (answer,) in zip(found, answers, strict=True):
            (row,) = [row for row in rows if holds(row, key)]
            assert row.code == answer.code
            assert any(one[0].cites == answer.cites for one in row.answers)


@pytest.mark.parametrize(("reading", "day"), FRAMES)
def test_every_rule_in_force_leads_to_some_row(reading: str, day: str) -> None:
    """An exemption from a requirement that is not in force leads nowhere."""
    rows = table(reading, day)
    assert 100 < len(rows) < 600
    shown = {name for row in rows for name in row.answers[0].rules}
    rules = frame(reading, day).ruleset.rules
    required = any(rule.kind == "RequirementRule" and "exemptUnder" in rule.names_read("topco") for rule in rules)
    assert required
    weights = any("requirement-model-weights" in rule.name for rule in rules)
    missing = {rule.name for rule in rules} - shown
    assert missing <= (set() if weights else {"codified/permanent-regular-employee"})


@pytest.mark.parametrize(("reading", "day"), FRAMES)
def test_rows_are_in_words_and_cited(reading: str, day: str) -> None:
    for row in table(reading, day):
        (answer,) = row.answers
        assert answer.code
        assert row.when
        assert answer.rules or answer.code in ("no", "na", "none_stated", "available", "undetermined"), row
        assert bool(answer.cites) == bool(answer.rules)
        assert "None" not in row.when


def test_the_table_is_the_same_every_time() -> None:
    again = tuple(decision_table(frame(*FRAMES[2])))
    assert again == table(*FRAMES[2])


def chosen(dimensions: Sequence[Dimension], found: Sequence[tuple[int, ...]], wanted: dict[str, str]) -> int:
    """The key at which every dimension has the value of this label, or holds this country."""

    def fits(one: Dimension, index: int) -> bool:
        if one.name not in wanted or index < 0:
            return True
        value: Value = one.values[index]
        return wanted[one.name] in (value.label, value.settings[0], *value.members)

    return next(
        number
        for number, key in enumerate(found)
        if all(fits(one, index) for one, index in zip(dimensions, key, strict=True))
    )


def cases(day: str) -> Iterator[tuple[dict[str, str], dict[str, object]]]:
    for destination, seat, parent in product(PLACES, repeat=3):
        if hash_of(destination, seat, parent) % 7 == 0:
            yield dict(zip(FACTS, (destination, seat, parent), strict=True)), case_of(day, destination, seat, parent)


def hash_of(*codes: str) -> int:
    return sum(ord(letter) * place for place, letter in enumerate("".join(codes), 1))


def case_of(day: str, destination: str, seat: str, parent: str) -> dict[str, object]:
    party = {"role": "ultimate_consignee", "name": "P", "hq_in": seat, "ultimate_parent_hq_in": parent}
    return {
        "transaction": {"date": day, "activity": "export", "destination": destination, "end_use": ["other"]},
        "item": {"eccn": "3A090.a", "designer": "authorised", "datacentre": True},
        "parties": [{**party, "located_in": destination, "private_sector": True, "supp8_approved": False}],
        "conditions": {
            **dict.fromkeys(("aia_certification", "lpp_certification", "knowledge_of_parent"), True),
            **dict.fromkeys(("part_744_746_bar", "dd_certifications"), False),
        },
        "tallies": {"lpp_group_year_tpp": 0},
    }


@pytest.mark.parametrize(("reading", "day"), FRAMES[:3])
def test_the_table_answers_as_a_determination_does(reading: str, day: str) -> None:
    of = frame(reading, day)
    labels = of.slice.countries
    determiner = Determiner(Options(reading=reading), None, [], TODAY)
    asked = {
        name: ask((of,), (replace(topic(of, section, code), by_role=False),))
        for name, section, code in (
            ("licence", "requirement", "A_ITEM"),
            ("policy", "review policy", "A_ITEM"),
            ("AIA", "exception AIA", "status"),
        )
    }
    compared = 0
    for places, case in cases(day):
        answer = determiner.determine([parse_case(case, "case")])[0]
        facts = {name: labels[code] for name, code in places.items()}
        facts |= {
            "locatedIn": facts["destination"],
            "activity": "export",
            "measure:country_allocation": "not known",
            "condition:dd_certifications": "not given",
            "condition:supp8_approved": "not given",
            "condition:knowledge_of_parent": "given",
        }
        found = {}
        for name, (dimensions, every, answers) in asked.items():
            item = next((one for one in dimensions if one.name == "item"), None)
            entry = "3A090.a" if item is not None else ""
            number = chosen(dimensions, every, {**facts, **({"item": entry} if entry else {})})
            found[name] = answers[number][0].code
        assert found["licence"] == answer["licence_required"], places
        if answer["licence_required"] == "yes":
            assert found["policy"] == answer["review_policy"], places
            (status,) = [one["status"] for one in answer["exceptions"] if one["code"] == "AIA"]
            assert found["AIA"] == status, places
            compared += 1
    assert compared > 20


def test_keys_leave_out_what_cannot_matter() -> None:
    places = tuple(Value(name, (name,)) for name in "ab")
    answers = tuple(Value(name, (name,)) for name in ("given", "not given"))
    dimensions = [
        Dimension("destination", "destination", "", places),
        Dimension("condition:x", "circumstances", "x", answers, only_for=frozenset({1})),
    ]
    assert keys(dimensions) == [(0, -1), (1, 0), (1, 1)]


def test_values_are_described_by_the_shortest_combination_of_marks() -> None:
    marks = [frozenset(one) for one in ({"x"}, {"x", "y"}, {"y"}, set())]
    values = tuple(Value(str(number), (number,), held, (str(number),)) for number, held in enumerate(marks))
    dimension = Dimension("destination", "destination", "", values, mark_words={"x": "in X", "y": "in Y"})
    told = {
        frozenset(some): dimension.describe(frozenset(some)) for some in ([0, 1], [2, 3], [1], [0, 1, 2], [0, 1, 2, 3])
    }
    assert [text.partition(" (")[0] for text in told.values()] == [
        "in X",
        "not in X",
        "in X and in Y",
        "in X or in Y",
        "",
    ]


def run(*arguments: str) -> str:
    result = CliRunner().invoke(cli, ["rules", "table", *arguments], standalone_mode=False)
    assert result.exception is None, result.exception
    assert result.return_value == 0
    return result.stdout


def test_the_table_as_csv_and_json() -> None:
    rows = list(
        csv.DictReader(io.StringIO(run("--reading", "article", "--rules-as-of", "2025-06-01", "--format", "csv")))
    )
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == len(table("article", "2025-06-01"))
    sections = list(dict.fromkeys(row["section"] for row in rows))
    assert sections[:3] == ["scope", "requirement", "review policy"]
    assert {"exception AIA", "validated end users", "documents", "red flags"} <= set(sections)
    lines = run("--reading", "article", "--rules-as-of", "2025-06-01", "--format", "json").splitlines()
    parsed = [json.loads(line) for line in lines]
    assert [row["outcome"] for row in parsed] == [row["outcome"] for row in rows]
    assert [DecisionRow.model_validate_json(line).outcome for line in lines] == [row["outcome"] for row in rows]
    assert all(isinstance(row["cites"], list) and row["when"] for row in parsed)
