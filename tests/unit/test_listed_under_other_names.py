"""Every name of a party is compared with screening lists, each by itself, and an identifier needs no name."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from commands import Run

from small_store import add_load, company, lei
from topco.licensing.answers.listing_flags import ListingFlags
from topco.licensing.cases.case import Case
from topco.matching.listings import Listings
from topco.matching.proposals import NAMES
from topco.store.store import Store

A = lei("A")
DAY = date(2025, 6, 1)


def listing(number: int, name: str) -> dict[str, Any]:
    return {
        "id": f"US-CSL:EL-{number}",
        "name": name,
        "list": "EL",
        "record": f"csl/{number}",
        "file": "csl.json",
        "row": number,
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "store"
    add_load(
        path,
        "lei2",
        DAY,
        {
            "entities": [company(A, "Alpha Optics Ltd", "GB"), company("X:a", "Omicron Lenses")],
            "names": [{"id": A, "name": "Zhongke Optics", "record": "test/n", "file": "f.csv", "row": 2}],
            "identifiers": [{"id": "X:a", "other_id": A, "record": "test/i", "file": "f.csv", "row": 2}],
        },
    )
    entries = [listing(1, "ZHONGKE OPTICS"), listing(2, "Omicron Lenses Limited"), listing(3, "Delta Shipping")]
    add_load(path, "csl", DAY, {"listings": entries})
    return path


def flagged(run: Run, folder: Path, **party: Any) -> set[str]:
    case = {
        "transaction": {"date": "2025-06-01", "activity": "export", "destination": "GB"},
        "item": {"eccn": "3A090.a"},
        "parties": [{"role": "ultimate_consignee", **party}],
    }
    given = folder.parent / "case.json"
    given.write_text(json.dumps(case), encoding="utf-8")
    answer = json.loads(run("determine", given, "--store", folder, "--format", "json")[1])
    return {flag["entry"] for flag in answer["red_flags"] if flag["id"] == "list:EL"}


def test_other_names_and_the_names_of_other_identifiers_count(run: Run, folder: Path) -> None:
    assert flagged(run, folder, entity=A) == {"US-CSL:EL-1", "US-CSL:EL-2"}
    assert flagged(run, folder, entity="X:a") == {"US-CSL:EL-1", "US-CSL:EL-2"}


def test_the_identifier_of_an_entry_is_the_entry(run: Run, folder: Path) -> None:
    assert flagged(run, folder, entity="US-CSL:EL-3") == {"US-CSL:EL-3"}
    assert flagged(run, folder, entity="X:nobody") == set()


def test_each_name_of_a_party_has_its_own_hits(folder: Path) -> None:
    import polars as pl

    rows = [{"id": A, "name": name} for name in ("Zhongke Optics", "Zhongke Optics Co.", "Delta Shipping")]
    hits = Listings(Store.open(folder)).hits(pl.DataFrame(rows, schema=NAMES), DAY)
    assert {(hit.name, hit.listing["id"]) for hit in hits} == {
        ("Zhongke Optics", "US-CSL:EL-1"),
        ("Zhongke Optics Co.", "US-CSL:EL-1"),
        ("Delta Shipping", "US-CSL:EL-3"),
    }


def test_many_cases_at_once_are_flagged_like_each_alone(folder: Path) -> None:
    def case(name: str) -> Case:
        party = {"role": "ultimate_consignee", "entity": "US-CSL:EL-3", "name": name}
        return Case.model_validate(
            {
                "transaction": {"date": "2025-06-01", "activity": "export", "destination": "GB"},
                "item": {"eccn": "3A090.a"},
                "parties": [party],
            }
        )

    cases = [case("Delta One"), case("Other Two")]
    together = ListingFlags(Store.open(folder))
    together.prepare([(one, {}, DAY) for one in cases])
    for one in cases:
        alone = ListingFlags(Store.open(folder)).of(one, {}, DAY)
        assert [flag["entry"] for flag in alone] == ["US-CSL:EL-3"]
        assert together.of(one, {}, DAY) == alone
