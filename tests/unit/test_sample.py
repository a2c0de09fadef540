"""The sample in data/samples: official columns, whole and consistent, as SOURCE.md says, and telling."""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import pytest

from topco import knowledge

if TYPE_CHECKING:
    from pathlib import Path

VINTAGE = "20250515"
LEI = re.compile(r"[0-9A-Z]{18}[0-9]{2}")
CONSOLIDATIONS = {"IS_DIRECTLY_CONSOLIDATED_BY", "IS_ULTIMATELY_CONSOLIDATED_BY"}
STRUCTURES = {"IS_INTERNATIONAL_BRANCH_OF", "IS_FUND-MANAGED_BY", "IS_SUBFUND_OF", "IS_FEEDER_TO"}
OWN_TOP, HIDDEN = {"NATURAL_PERSONS", "NO_KNOWN_PERSON"}, {"NON_CONSOLIDATING", "NON_PUBLIC", "NO_LEI"}


def folder() -> Path:
    return knowledge.root() / "data" / "samples" / "gleif"


def rows(kind: str) -> list[dict[str, str]]:
    with (folder() / f"{VINTAGE}-gleif-{kind}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def entities() -> dict[str, dict[str, str]]:
    return {row["LEI"]: row for row in rows("lei2")}


@pytest.fixture(scope="module")
def relationships() -> list[dict[str, str]]:
    return rows("rr")


@pytest.fixture(scope="module")
def source() -> str:
    return (folder() / "SOURCE.md").read_text(encoding="utf-8")


def pair(row: dict[str, str]) -> tuple[str, str]:
    return row["Relationship.StartNode.NodeID"], row["Relationship.EndNode.NodeID"]


def check_digits(lei: str) -> int:
    """ISO 7064 mod 97-10; 1 for a sound LEI."""
    return int("".join(str(int(character, 36)) for character in lei)) % 97


def dated_cells(row: dict[str, str]) -> list[str]:
    return [value for column, value in row.items() if value and re.search(r"Date$", column)]


def test_no_lei_occurs_twice_and_every_check_digit_is_sound(entities: dict[str, dict[str, str]]) -> None:
    listed = [row["LEI"] for row in rows("lei2")]
    assert len(listed) == len(entities) == 318
    assert listed == sorted(listed)
    assert [lei for lei in listed if not LEI.fullmatch(lei) or check_digits(lei) != 1] == []


def test_every_entity_has_a_name_and_both_countries(entities: dict[str, dict[str, str]]) -> None:
    for row in entities.values():
        assert row["Entity.LegalName"]
        assert re.fullmatch("[A-Z]{2}", row["Entity.HeadquartersAddress.Country"])
        assert re.fullmatch("[A-Z]{2}", row["Entity.LegalAddress.Country"])
        assert row["Entity.LegalJurisdiction"][:2].isalpha()


def test_no_relationship_is_recorded_twice(relationships: list[dict[str, str]]) -> None:
    keys = [(*pair(row), row["Relationship.RelationshipType"]) for row in relationships]
    assert len(keys) == len(set(keys))
    assert {key[2] for key in keys} <= CONSOLIDATIONS | STRUCTURES


def test_every_child_has_a_record_and_every_other_node_is_a_declared_stub(
    entities: dict[str, dict[str, str]], relationships: list[dict[str, str]], source: str
) -> None:
    assert {child for child, _ in map(pair, relationships)} <= set(entities)
    stubs = {parent for _, parent in map(pair, relationships)} - set(entities)
    chapter = source.split("## How it was chosen")[1].split("## Telling entities")[0]
    assert stubs == set(re.findall(r"`([0-9A-Z]{20})`", chapter))
    assert all(check_digits(lei) == 1 for lei in stubs)


def test_exceptions_are_of_entities_in_the_sample(entities: dict[str, dict[str, str]]) -> None:
    exceptions = rows("repex")
    keys = [(row["LEI"], row["Exception.Category"]) for row in exceptions]
    assert len(keys) == len(set(keys))
    assert {row["LEI"] for row in exceptions} <= set(entities)
    assert {row["Exception.Category"] for row in exceptions} == {
        "DIRECT_ACCOUNTING_CONSOLIDATION_PARENT",
        "ULTIMATE_ACCOUNTING_CONSOLIDATION_PARENT",
    }
    assert {row["Exception.Reason.1"] for row in exceptions} <= OWN_TOP | HIDDEN


def test_no_fact_is_younger_than_the_vintage() -> None:
    vintage = date(2025, 5, 15)
    for kind in ("lei2", "rr"):
        for row in rows(kind):
            known = [row.get("Registration.LastUpdateDate", ""), row.get("Registration.InitialRegistrationDate", "")]
            assert all(date.fromisoformat(value[:10]) <= vintage for value in known if value)
            for value in dated_cells(row):
                date.fromisoformat(value[:10])


def test_source_states_the_counts(source: str, relationships: list[dict[str, str]]) -> None:
    kinds = Counter(row["Relationship.RelationshipType"] for row in relationships)
    reasons = Counter(row["Exception.Reason.1"] for row in rows("repex"))
    table = {line.split("`")[1]: line for line in source.splitlines() if line.startswith(f"| `{VINTAGE}")}
    for kind in ("lei2", "rr", "repex"):
        assert f"| {len(rows(kind))} |" in table[f"{VINTAGE}-gleif-{kind}.csv"]
    assert f"{kinds['IS_DIRECTLY_CONSOLIDATED_BY']} direct, {kinds['IS_ULTIMATELY_CONSOLIDATED_BY']} ultimate" in source
    assert f"{kinds['IS_FUND-MANAGED_BY']} fund management, {kinds['IS_SUBFUND_OF']} sub-fund" in source
    assert all(f"{count} {reason}" in source for reason, count in reasons.items())


def test_source_names_every_part_of_the_sample_once(source: str) -> None:
    parts = [line.split("|") for line in source.splitlines() if re.match(r"\| 20\d\d-", line)]
    figures = [[int(cell) if cell.strip().isdigit() else 0 for cell in part[2:5]] for part in parts]
    assert [sum(column) for column in zip(*figures, strict=True)] == [
        len(rows(kind)) for kind in ("lei2", "rr", "repex")
    ]


def test_the_telling_entities_are_in_the_sample_under_the_names_given(
    source: str, entities: dict[str, dict[str, str]]
) -> None:
    chapter = source.split("## Telling entities")[1]
    told = re.findall(r"^\| `([0-9A-Z]{20})` \| (.+?) \| ", chapter, re.MULTILINE)
    assert len(told) > 20
    assert {lei: entities[lei]["Entity.LegalName"] for lei, _ in told} == dict(told)


def test_the_licence_is_stated(source: str) -> None:
    assert "CC0 1.0" in source


def test_the_sample_has_each_of_its_cases(
    entities: dict[str, dict[str, str]], relationships: list[dict[str, str]]
) -> None:
    def seats(lei: str) -> tuple[str, str]:
        row = entities[lei]
        return row["Entity.LegalAddress.Country"], row["Entity.HeadquartersAddress.Country"]

    edges = {(*pair(row), row["Relationship.RelationshipType"]) for row in relationships}
    assert sum(seats(lei) == ("KY", "CN") for lei in entities) >= 5, "Cayman Islands and China"
    assert any(seats(a)[1] == "DE" and b in entities and seats(b)[1] == "CN" for a, b, _ in edges), "German subsidiary"
    assert any(a == b for a, b, _ in edges), "ring"
    assert {kind for *_, kind in edges} >= {"IS_INTERNATIONAL_BRANCH_OF", "IS_FUND-MANAGED_BY", "IS_SUBFUND_OF"}
    assert {row["Exception.Reason.1"] for row in rows("repex")} & HIDDEN, "withheld"


@pytest.mark.shared
def test_columns_are_those_of_the_golden_copy(shared_data: Path) -> None:
    official = {
        kind: set(next(csv.reader((shared_data / "gleif-golden-copy-csv" / name).open(encoding="utf-8-sig"))))
        for kind, name in (("lei2", "lei2-golden-copy.csv"), ("rr", "rr-golden-copy.csv"))
    }
    for kind, columns in official.items():
        assert set(rows(kind)[0]) <= columns
    assert list(rows("repex")[0]) == ["LEI", "Exception.Category", "Exception.Reason.1"]


@pytest.mark.shared
def test_facts_are_those_of_the_registry(shared_data: Path, entities: dict[str, dict[str, str]]) -> None:
    checked = 0
    with gzip.open(shared_data / "gleif-bulk-2025" / "recolumned" / "lei2.csv.gz", "rt", encoding="utf-8") as stream:
        for published in csv.DictReader(stream):
            mine = entities.get(published["LEI"])
            # The records of other dates may differ; those that carry no status are of this source.
            if mine is None or mine["Registration.RegistrationStatus"]:
                continue
            checked += 1
            assert {column: mine[column] for column in mine if column in published} == {
                column: published[column] for column in mine if column in published
            }
    assert checked > 150


def orders() -> list[dict[str, str]]:
    with (folder().parent / "orders" / "orders.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_orders_name_companies_of_the_sample_but_for_the_one_announced(entities: dict[str, dict[str, str]]) -> None:
    named = {
        (row["order_id"], row[role].removeprefix("LEI:"))
        for row in orders()
        for role in ("consignee", "end_user")
        if row[role]
    }
    assert {order for order, lei in named if lei not in entities} == {"O-125"}
    assert [row["order_id"] for row in orders() if not row["quantity_tpp"].isdigit()] == ["O-126"]
    assert Counter(row["order_id"] for row in orders())["O-122"] == 2


def test_the_demo_cases_name_companies_of_the_sample(entities: dict[str, dict[str, str]]) -> None:
    lines = (folder().parent / "orders" / "demo-cases.jsonl").read_text(encoding="utf-8").splitlines()
    cases = [json.loads(line) for line in lines]
    assert [case["id"] for case in cases] == ["approval", "denial", "aia", "undetermined"]
    assert all(party["entity"].removeprefix("LEI:") in entities for case in cases for party in case["parties"])
    assert all(not {"hq_in", "ultimate_parent_hq_in"} & set(party) for case in cases for party in case["parties"])
