"""The importer on real lines of the register and on the official lists of codes, which nobody in this project wrote."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from topco.registries.companies_house import CompaniesHouse
from topco.registries.companies_house.meanings import folded, natures, reasons, texts
from topco.registries.loading import load
from topco.store.store import Store

pytestmark = pytest.mark.shared
_CODE = re.compile(r"^    '([^']+)'\s*:\s*[\"'](.*)[\"']\s*$", re.M)


def section(path: Path, name: str) -> dict[str, str]:
    """The codes of one section of an enumeration file, and their descriptions."""
    text = path.read_text(encoding="utf-8")
    inside = re.search(rf"^{name}:\n((?:    .*(?:\n|\Z)|\n)*)", text, re.M)
    assert inside is not None, name
    return dict(_CODE.findall(inside[1]))


@pytest.fixture(scope="module")
def enumerations(shared_data: Path) -> Path:
    return shared_data / "uk-companies-house" / "enumerations"


def records(shared_data: Path) -> list[dict[str, Any]]:
    paths = sorted((shared_data / "uk-companies-house" / "psc").glob("*.json"))
    return [record for path in paths for record in json.loads(path.read_text(encoding="utf-8"))]


def test_all_natures_of_control_are_mapped(enumerations: Path) -> None:
    for name in ("description", "short_description"):
        codes = section(enumerations / "psc_descriptions.yml", name)
        assert set(codes) <= set(natures())
    assert len(section(enumerations / "psc_descriptions.yml", "description")) == len(natures()) == 86


def test_the_meaning_of_each_nature_agrees_with_its_official_description(enumerations: Path) -> None:
    for code, words in section(enumerations / "psc_descriptions.yml", "description").items():
        nature = natures()[code]
        assert (nature.minimum is not None) == ("%" in words), code
        if nature.minimum is not None:
            assert f"{nature.minimum // 10_000_000}%" in words, code
        through = {"of a trust": "Trust", "of a firm": "Arrangement", "another entity": "UnidentifiedParty"}
        kind = next((kind for phrase, kind in through.items() if phrase in words), None)
        assert (nature.between.kind if nature.between else None) == kind, code
        if nature.between and nature.between.interest == "trustee":
            assert "is a trustee" in words, code
        assert ("a majority" in words) == (nature.interest == "appointmentOfBoard"), code
        assert ("surplus assets" in words) == (nature.interest == "rightsToSurplusAssetsOnDissolution"), code
        assert ("of the voting rights" in words) == (nature.interest == "votingRights"), code
        assert ("of the shares" in words) == (nature.interest == "shareholding"), code


def test_every_statement_and_exemption_has_a_reading_or_is_known_to_say_nothing(enumerations: Path) -> None:
    statements = section(enumerations / "psc_descriptions.yml", "statement_description")
    assert len(statements) == 28
    silent = {code for code in statements if folded(code) in texts("no-absence")}
    assert set(statements) - silent <= reasons()
    protected = set(section(enumerations / "psc_descriptions.yml", "super_secure_description"))
    exempt = set(section(enumerations / "exemption_descriptions.yml", "exemption_type"))
    assert reasons() == (set(statements) - silent) | protected | exempt


def test_statuses_that_end_a_company_are_official(enumerations: Path) -> None:
    official = {folded(words) for words in section(enumerations / "constants.yml", "company_status").values()}
    assert texts("ended") <= official


def test_every_real_line_becomes_evidence(tmp_path: Path, shared_data: Path) -> None:
    store = Store.open(tmp_path, create=True)
    outcome = load(store, CompaniesHouse(), [shared_data / "uk-companies-house" / "psc"], None, lambda *_: None)
    (loaded,) = outcome.loaded
    assert outcome.refused == []
    assert (loaded.load.rejects, loaded.load.vintage) == (0, date(2024, 11, 22))
    source = records(shared_data)
    kinds = Counter(record["data"]["kind"].split("-")[0] for record in source)
    assert kinds == {"individual": 4, "corporate": 4, "legal": 2, "super": 1, "persons": 1, "totals#persons": 9}
    entities, holdings = store.table("entities").collect(), store.table("holdings").collect()
    assert entities["hq_country"].null_count() == entities.height
    stated = sum(len(record["data"].get("natures_of_control", [])) for record in source)
    between = entities.filter(entities["kind"].is_in(["Trust", "Arrangement"])).height
    assert (holdings.height, between) == (stated + between, 2)
    assert entities["kind"].value_counts().sort("kind").rows() == [
        ("Arrangement", 1), ("LegalEntity", 4), ("NaturalPerson", 4), ("StateBody", 2), ("Trust", 1)
    ]  # fmt: skip
    assert store.table("absences").collect().height == 1
    numbers = [
        record["data"]["identification"]["registration_number"]
        for record in source
        if "registration_number" in record["data"].get("identification", {})
    ]
    linked = store.table("identifiers").collect()["other_id"].to_list()
    assert sorted(linked) == sorted(f"GB-COH:{number}" for number in numbers)


def test_real_companies(tmp_path: Path, shared_data: Path) -> None:
    path = shared_data / "uk-companies-house" / "basic-company-data" / "company-data-1.json"
    store = Store.open(tmp_path, create=True)
    load(store, CompaniesHouse(), [path], None, lambda *_: None)
    found = store.table("entities").sort("row").collect()
    source = json.loads(path.read_text(encoding="utf-8"))
    assert len(source[0]) == 55
    assert found["id"].to_list() == [f"GB-COH:{row['CompanyNumber']}" for row in source]
    assert found["name"].to_list() == [row["CompanyName"] for row in source]
    assert found["registered_country"].to_list() == ["GB", "GB"]


def test_the_wrapped_csv_is_refused_with_a_sentence(tmp_path: Path, shared_data: Path) -> None:
    path = shared_data / "uk-companies-house" / "basic-company-data" / "basic-company-data-1.csv"
    store = Store.open(tmp_path, create=True)
    outcome = load(store, CompaniesHouse(), [path], None, lambda *_: None)
    assert "the lines of the file have been broken or cut" in str(outcome.refused[0])
    assert store.manifest.loads == ()
