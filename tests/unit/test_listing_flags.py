"""Screening lists raise red flags with list, entry and score, and decide nothing."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from commands import Run

from small_store import absence, add_load, company, lei, relationship

A, TOP = lei("A"), lei("T")


def listing(number: int, name: str, **more: Any) -> dict[str, Any]:
    return {
        "id": f"US-CSL:EL-{number}",
        "name": name,
        "list": "EL",
        "policy": "Presumption of denial.",
        "countries": "CN;HK",
        "citation": "88 FR 1",
        "record": f"csl/{number}",
        "file": "csl.json",
        "row": number,
        **more,
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "store"
    add_load(
        path,
        "lei2",
        date(2025, 3, 2),
        {"entities": [company(A, "Alpha Ltd", "GB"), company(TOP, "Zhongke Optics Holding Co., Ltd.", "CN")]},
    )
    add_load(
        path,
        "rr",
        date(2025, 3, 2),
        {
            "relationships": [relationship("A", "T")],
            "absences": [absence("T", "DirectLevel", "NATURAL_PERSONS")],
        },
    )
    add_load(
        path,
        "csl",
        date(2026, 7, 31),
        {
            "listings": [
                listing(1, "ZHONGKE OPTICS HOLDING COMPANY LIMITED"),
                listing(2, "Gamma Trading", valid_to=date(2024, 1, 1)),
                listing(3, "Delta Shipping"),
            ],
            "names": [
                {"id": "US-CSL:EL-3", "name": "Omega Freight", "record": "csl/3/name/1", "file": "csl.json", "row": 3}
            ],
        },
    )
    return path


def flags(run: Run, folder: Path, **party: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    case = {
        "id": "1",
        "transaction": {"date": "2025-06-01", "activity": "export", "destination": "GB"},
        "item": {"eccn": "3A090.a"},
        "parties": [{"role": "ultimate_consignee", **party}],
    }
    given = folder.parent / "case.json"
    given.write_text(json.dumps(case), encoding="utf-8")
    answer = json.loads(run("determine", given, "--store", folder, "--format", "json")[1])
    return answer, [flag for flag in answer["red_flags"] if flag["id"].startswith("list:")]


def test_a_listed_parent_is_a_question(run: Run, folder: Path) -> None:
    answer, (flag,) = flags(run, folder, entity=A)
    assert (flag["list"], flag["entry"], flag["score"] >= 90) == ("EL", "US-CSL:EL-1", True)
    assert "Zhongke Optics Holding Co., Ltd." in flag["question"]
    assert flag["policy"] == "Presumption of denial."
    assert flag["source"]["file"] == "csl.json"
    plain = {name: answer[name] for name in ("licence_required", "review_policy", "exceptions")}
    other, none = flags(run, folder.parent / "nowhere", name="Alpha Ltd", hq_in="GB", ultimate_parent_hq_in="CN")
    assert none == []
    assert {name: other[name] for name in ("licence_required", "review_policy")} == {
        name: plain[name] for name in ("licence_required", "review_policy")
    }


def test_a_name_alone_is_looked_up_aliases_too(run: Run, folder: Path) -> None:
    _, (flag,) = flags(run, folder, name="Omega Freight Ltd", hq_in="SG")
    assert (flag["entry"], flag["listed_name"]) == ("US-CSL:EL-3", "Delta Shipping")
    assert flag["score"] < 100
    assert flags(run, folder, name="Beta Bakery", hq_in="SG")[1] == []


def test_an_entry_that_was_over_is_none(run: Run, folder: Path) -> None:
    assert flags(run, folder, name="Gamma Trading", hq_in="CN")[1] == []


def test_a_judged_party_is_the_listed_one_whatever_its_name(run: Run, folder: Path) -> None:
    run("judge", A, "US-CSL:EL-3", "same", "--author", "ann", "--store", folder)
    found = {flag["entry"]: flag for flag in flags(run, folder, entity=A)[1]}
    assert found["US-CSL:EL-3"]["score"] == 100
    assert "one party" in found["US-CSL:EL-3"]["reason"]


def test_orders_get_a_column_of_flags(run: Run, folder: Path) -> None:
    orders = folder.parent / "orders.csv"
    orders.write_text(
        "order_id,date,activity,destination,consignee,eccn,quantity_tpp\n"
        f"1,2025-06-01,export,GB,{A},3A090.a,1000\n2,2025-06-01,export,GB,{lei('Q')},3A090.a,1000\n",
        encoding="utf-8",
    )
    header, first, second = run("screen", orders, "--store", folder)[1].splitlines()
    assert header.endswith(",determination_id,red_flags")
    assert first.rpartition(",")[2].startswith("EL US-CSL:EL-1 (9")
    assert second.endswith(",")
