"""Screening lists raise red flags with list, entry and score, and decide nothing."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from small_store import add_load, lei
from topco.cli.main import main

A, TOP = lei("A"), lei("T")


def entity(identifier: str, name: str, country: str | None) -> dict[str, Any]:
    return {
        "id": identifier,
        "name": name,
        "kind": "LegalEntity",
        "hq_country": country,
        "standing": "Current",
        "record": f"test/{identifier}",
        "file": "f.csv",
        "row": 2,
    }


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
    steps = {
        "child": A,
        "parent": TOP,
        "kind": "DirectConsolidation",
        "standing": "Current",
        "stale": False,
        "record": "test/rr",
        "file": "rr.csv",
        "row": 2,
    }
    add_load(
        path,
        "lei2",
        date(2025, 3, 2),
        {"entities": [entity(A, "Alpha Ltd", "GB"), entity(TOP, "Zhongke Optics Holding Co., Ltd.", "CN")]},
    )
    said = {"subject": TOP, "level": "DirectLevel", "reason": "NATURAL_PERSONS", "record": "x", "file": "x", "row": 2}
    add_load(path, "rr", date(2025, 3, 2), {"relationships": [steps], "absences": [said]})
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


def flags(
    capsys: pytest.CaptureFixture[str], folder: Path, **party: Any
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    case = {
        "id": "1",
        "transaction": {"date": "2025-06-01", "activity": "export", "destination": "GB"},
        "item": {"eccn": "3A090.a"},
        "parties": [{"role": "ultimate_consignee", **party}],
    }
    given = folder.parent / "case.json"
    given.write_text(json.dumps(case), encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["determine", str(given), "--store", str(folder), "--format", "json"])
    answer = json.loads(capsys.readouterr().out)
    return answer, [flag for flag in answer["red_flags"] if flag["id"].startswith("list:")]


def test_a_listed_parent_is_a_question(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    answer, (flag,) = flags(capsys, folder, entity=A)
    assert (flag["list"], flag["entry"], flag["score"] >= 90) == ("EL", "US-CSL:EL-1", True)
    assert "Zhongke Optics Holding Co., Ltd." in flag["question"]
    assert flag["policy"] == "Presumption of denial."
    assert flag["source"]["file"] == "csl.json"
    plain = {name: answer[name] for name in ("licence_required", "review_policy", "exceptions")}
    other, none = flags(capsys, folder.parent / "nowhere", name="Alpha Ltd", hq_in="GB", ultimate_parent_hq_in="CN")
    assert none == []
    assert {name: other[name] for name in ("licence_required", "review_policy")} == {
        name: plain[name] for name in ("licence_required", "review_policy")
    }


def test_a_name_alone_is_looked_up_aliases_too(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    _, (flag,) = flags(capsys, folder, name="Omega Freight Ltd", hq_in="SG")
    assert (flag["entry"], flag["listed_name"]) == ("US-CSL:EL-3", "Delta Shipping")
    assert flag["score"] < 100
    assert flags(capsys, folder, name="Beta Bakery", hq_in="SG")[1] == []


def test_an_entry_that_was_over_is_none(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    assert flags(capsys, folder, name="Gamma Trading", hq_in="CN")[1] == []


def test_a_judged_party_is_the_listed_one_whatever_its_name(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    with pytest.raises(SystemExit):
        main(["judge", A, "US-CSL:EL-3", "same", "--author", "ann", "--store", str(folder)])
    capsys.readouterr()
    found = {flag["entry"]: flag for flag in flags(capsys, folder, entity=A)[1]}
    assert found["US-CSL:EL-3"]["score"] == 100
    assert "one party" in found["US-CSL:EL-3"]["reason"]


def test_orders_get_a_column_of_flags(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    orders = folder.parent / "orders.csv"
    orders.write_text(
        "order_id,date,activity,destination,consignee,eccn,quantity_tpp\n"
        f"1,2025-06-01,export,GB,{A},3A090.a,1000\n2,2025-06-01,export,GB,{lei('Q')},3A090.a,1000\n",
        encoding="utf-8",
    )
    with pytest.raises(SystemExit):
        main(["screen", str(orders), "--store", str(folder)])
    header, first, second = capsys.readouterr().out.splitlines()
    assert header.endswith(",determination_id,red_flags")
    assert first.rpartition(",")[2].startswith("EL US-CSL:EL-1 (9")
    assert second.endswith(",")
