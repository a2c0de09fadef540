"""Real screening lists: every entry is there, policy texts are whole, agencies' files say what ITA read in them."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from topco.registries.csl import ScreeningLists
from topco.registries.csl.lists import lists
from topco.registries.loading import load
from topco.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from topco.registries.loading import Outcome

pytestmark = pytest.mark.shared
_WORDS = re.compile(r"\w+")


def load_list(path: Path, folder: Path) -> tuple[Store, Outcome]:
    store = Store.open(folder / "store", create=True)
    return store, load(store, ScreeningLists(), [path], None, lambda *_: None)


@pytest.fixture(scope="module")
def compact(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Outcome, dict[str, Any]]:
    path = shared_data / "us-csl-2026" / "screening-list.json"
    store, outcome = load_list(path, tmp_path_factory.mktemp("csl"))
    return store, outcome, json.loads(path.read_text(encoding="utf-8"))


def test_every_entry_of_2026_is_a_listing(compact: tuple[Store, Outcome, dict[str, Any]]) -> None:
    store, outcome, published = compact
    (one,) = outcome.loaded
    assert (one.load.vintage, one.load.rejects) == (date(2026, 7, 31), 0)
    listings = store.table("listings").collect()
    assert len(listings) == len(published["entries"]) == 15_622
    assert listings["id"].n_unique() == 15_622
    codes = {source: about["code"] for source, about in published["listAuthority"].items()}
    expected = Counter(codes[published["tables"]["sources"][entry["s"]]] for entry in published["entries"])
    assert dict(listings["list"].value_counts().iter_rows()) == expected
    assert expected["EL"] == 2_044
    assert set(expected) <= lists().codes


def test_vessels_and_aircraft_are_listed_and_no_parties(compact: tuple[Store, Outcome, dict[str, Any]]) -> None:
    store, _, published = compact
    things = sum(entry.get("t") in ("Vessel", "Aircraft") for entry in published["entries"])
    entities = store.table("entities").collect()
    assert things == 1_119
    assert len(entities) == 15_622 - things
    for column in ("hq_country", "registered_country", "jurisdiction"):
        assert entities[column].null_count() == len(entities)


def test_every_entry_of_the_entity_list_keeps_requirement_and_policy(
    compact: tuple[Store, Outcome, dict[str, Any]],
) -> None:
    store, _, published = compact
    el = store.table("listings").filter(pl.col("list") == "EL").collect()
    assert el["policy"].null_count() == el["requirement"].null_count() == 0
    assert el["countries"].null_count() == 1
    tables = published["tables"]
    source = tables["sources"].index("Entity List (EL) - Bureau of Industry and Security")
    entries = [entry for entry in published["entries"] if entry["s"] == source]
    assert Counter(el["policy"]) == Counter(tables["licencePolicies"][entry["lp"]].strip() for entry in entries)
    policies = Counter(el["policy"])
    assert policies["Presumption of denial"] == 686
    assert policies["Presumption of denial."] == 562
    assert policies["Presumption for denial"] + policies["Presumption for denial."] == 21
    assert el["policy"].str.contains(r"(?i)presumption (of|for) denial").sum() == sum(
        "presumption of denial" in text.lower() or "presumption for denial" in text.lower()
        for entry in entries
        for text in [tables["licencePolicies"][entry["lp"]]]
    )


def test_regions_are_no_countries(compact: tuple[Store, Outcome, dict[str, Any]]) -> None:
    store, outcome, _ = compact
    codes = set(store.table("listings").select(pl.col("countries").str.split(";").explode()).collect()["countries"])
    assert all(code is None or len(code) == 2 for code in codes)
    (one,) = outcome.loaded
    assert one.load.warnings["the country of an address is none that the reference data know, and is left out"] == 16


@pytest.mark.parametrize(
    ("file", "lists_of", "entries"),
    [
        ("sdn/sdn.xml", ("sdn",), 4),
        ("treasury_consolidated/consolidated.xml", ("eo13599", "fse", "part561", "plc", "ssi"), 16),
        ("dpl/dpl.txt", ("dpl",), 9),
        ("isn/isn.csv", ("isn",), 3),
        ("dtc/itar_debarred_parties.csv", ("dtc",), 4),
    ],
)
def test_an_agency_s_file_says_what_ita_read_in_it(
    shared_data: Path, tmp_path: Path, file: str, lists_of: tuple[str, ...], entries: int
) -> None:
    folder = shared_data / "us-csl-2019-source-formats"
    store, outcome = load_list(folder / file, tmp_path)
    (one,) = outcome.loaded
    assert one.load.rejects == 0
    found = store.table("listings").collect().to_dicts()
    assert len(found) == entries
    expected = [
        entry for name in lists_of for entry in json.loads((folder / name / "expected_results.json").read_text("utf-8"))
    ]
    by_name = {words(row["name"]): row for row in found}
    names = names_of(store)
    assert {words(entry["name"]) for entry in expected} <= set(by_name)
    for entry in expected:
        row = by_name[words(entry["name"])]
        assert lists().by_name[entry["source"].lower()] == row["list"]
        if "start_date" in entry:
            assert str(row["valid_from"]) == entry["start_date"]
        if entry.get("end_date"):
            assert (row["valid_to"] - date.fromisoformat(entry["end_date"])).days == 1
        if entry.get("federal_register_notice"):
            assert row["citation"].startswith(entry["federal_register_notice"])
        if entry.get("entity_number"):
            assert row["id"] == f"US-CSL:{row['list']}-{entry['entity_number']}"
        if row["list"] not in ("13599",) and entry.get("type") not in ("Vessel",):
            aliases = {words(name) for name in entry.get("alt_names") or ()} - {words(entry["name"])}
            assert aliases <= names.get(row["id"], set())
        assert set((row["programme"] or "").split("; ")) >= set(entry.get("programs") or ())
        countries = [one["country"] for one in entry.get("addresses") or () if one["country"]]
        known = [code for code in countries if code and len(code) == 2]
        assert set(known) <= set((row["countries"] or "").split(";"))


def test_the_records_of_ita_are_themselves_the_raw_form(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "us-csl-2019-source-formats"
    for number, path in enumerate(sorted(folder.glob("*/expected_results.json"))):
        expected = json.loads(path.read_text(encoding="utf-8"))
        store, outcome = load_list(path, tmp_path / str(number))
        assert outcome.loaded[0].load.rejects == 0
        assert len(store.table("listings").collect()) == len(expected), path


def test_parents_of_the_1260h_list(shared_data: Path, tmp_path: Path) -> None:
    path = shared_data / "us-1260h-list" / "sanctions.csv"
    store, outcome = load_list(path, tmp_path)
    (one,) = outcome.loaded
    assert (one.load.vintage, one.load.rejects) == (date(2026, 6, 8), 0)
    with path.open(encoding="utf-8", newline="") as stream:
        published = list(csv.DictReader(stream))
    listings = store.table("listings").collect()
    assert len(listings) == len(published) == 185
    assert listings["valid_to"].null_count() == 173
    holdings = store.table("holdings").collect()
    assert len(holdings) == sum(bool(row["Parent Name"]) for row in published) == 88
    assert set(holdings["interest"]) == {"unknownInterest"}
    assert all(holdings[column].null_count() == 88 for column in ("share_exact", "share_min", "share_max"))
    rows = {row["Clean Name"] for row in published}
    without = [row["Parent Name"] for row in published if row["Parent Name"] and row["Parent Name"] not in rows]
    (reason,) = [reason for reason in one.load.warnings if reason.startswith("a parent has no row")]
    assert one.load.warnings[reason] == len(without) == 29
    entities = store.table("entities").collect()
    assert set(holdings["owner"]) | set(holdings["owned"]) <= set(entities["id"])
    named = dict(entities.select("id", "name").iter_rows())
    plain = {(words(named[h["owner"]]), words(named[h["owned"]])) for h in holdings.to_dicts()}
    exact = [row for row in published if row["Parent Name"] in rows]
    assert {(words(row["Parent Name"]), words(row["Clean Name"])) for row in exact} <= plain


def words(name: str) -> frozenset[str]:
    return frozenset(_WORDS.findall(name.lower()))


def names_of(store: Store) -> dict[str, set[frozenset[str]]]:
    found: dict[str, set[frozenset[str]]] = {}
    if not any("names" in load.tables for load in store.manifest.loads):
        return found
    for row in store.table("names").collect().to_dicts():
        found.setdefault(row["id"], set()).add(words(row["name"]))
    return found
