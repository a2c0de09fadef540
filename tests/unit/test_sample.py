"""The sample in data/samples: official columns, whole and consistent, as SOURCE.md says, and telling."""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from topco import knowledge
from topco.cli.demo import Step, run
from topco.errors import ANSWERED, FINDINGS

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


@pytest.fixture(scope="module")
def resolutions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Every entity of the sample as `topco load` and `topco resolve --all` see it on the day of the demo's orders."""
    place = tmp_path_factory.mktemp("sample")
    store, answer = str(place / "store"), place / "all.jsonl"
    assert run(Step("", ("load", "gleif", str(folder()), "--store", store))) == FINDINGS
    asked = ("resolve", "--all", "--as-of", "2025-06-01", "--format", "json", "--store", store)
    assert run(Step("", (*asked, "--output", str(answer)))) == ANSWERED
    found = [json.loads(line) for line in answer.read_text(encoding="utf-8").splitlines()]
    return {one["entity"]["id"].removeprefix("LEI:"): one for one in found}


def test_every_record_is_loaded(
    resolutions: dict[str, dict[str, Any]], entities: dict[str, dict[str, str]], relationships: list[dict[str, str]]
) -> None:
    stubs = {parent for _, parent in map(pair, relationships)} - set(entities)
    assert set(entities) <= set(resolutions) <= set(entities) | stubs


@pytest.mark.parametrize(
    ("lei", "status", "parents", "noted"),
    [
        ("391200PKEUF3Y2NUMW25", "resolved", [("253400JT3MQWNDKMJE44", "RU")], set()),
        ("724500NMPK4BBMMMD571", "resolved", [("213800UNJSVQFNUYYW03", "AE")], {"chain_incomplete"}),
        ("724500HW9I3CIW5B8N93", "resolved", [("529900GRZ2BQY5ZM9N49", "DE")], set()),
        ("254900LNRYNOQ9YPU758", "resolved", [("ZXTILKJKG63JELOEG630", "US")], set()),
        ("254900BCHAHIH6LIMH46", "resolved", [("549300I2A60VQH7OB113", "US")], set()),
        ("549300XGTG5OWOTI9S89", "resolved", [("213800LH1BZH3DI6G760", "GB")], set()),
        ("010CMKZ3VON21WF2ZD45", "resolved", [("3C7474T6CDKPR9K6YT90", "US")], {"chain_incomplete", "stale"}),
        ("549300H667FIK5PZPV54", "resolved", [("213800LH1BZH3DI6G760", "GB")], {"branch", "chain_incomplete"}),
        ("851WYGNLUQLFZBSYGB56", "own_top", [("851WYGNLUQLFZBSYGB56", "DE")], set()),
        ("213800BC4TEGCCQH9V07", "own_top", [("213800BC4TEGCCQH9V07", "GB")], set()),
        ("00KLB2PFTM3060S2N216", "own_top", [("00KLB2PFTM3060S2N216", "US")], {"fund"}),
        ("335800CCCPHKUOXPC332", "own_top", [("335800CCCPHKUOXPC332", "IN")], {"lapsed"}),
        ("529900AU1BEUE818PS78", "open_top", [("529900WHVV4GODE91T37", "CN")], set()),
        ("549300KHX9BFWCB8FN52", "open_top", [("254900AL64IANZYI1E02", "CN")], set()),
        ("254900DAMUCSD78BV326", "no_evidence", [], set()),
        ("00GBW0Z2GYIER7DHDS71", "withheld", [], set()),
        ("254900EJYXXBBKDJT620", "cyclic", [], {"self_parent"}),
        ("254900RY093KA1842148", "outside_data", [("984500BAEC8SBBDD5F15", None)], set()),
    ],
)
def test_the_telling_entities_resolve_as_told(
    resolutions: dict[str, dict[str, Any]],
    lei: str,
    status: str,
    parents: list[tuple[str, str | None]],
    noted: set[str],
) -> None:
    found = resolutions[lei]
    assert found["status"] == status
    tops = [(one["id"].removeprefix("LEI:"), one["hq_country"]) for one in found["ultimate_parents"]]
    assert tops == parents
    assert noted <= set(found["notes"])


def test_the_headquarters_of_a_dutch_company_may_be_in_china(resolutions: dict[str, dict[str, Any]]) -> None:
    found = resolutions["254900DAMUCSD78BV326"]
    assert (found["hq"]["country"], found["weaker"]["registered_in"]) == ("CN", "NL")


def test_the_country_code_of_namibia_is_a_value(resolutions: dict[str, dict[str, Any]]) -> None:
    assert resolutions["254900RY093KA1842148"]["hq"]["country"] == "NA"
