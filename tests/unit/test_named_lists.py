"""Customer lists, orders and cases that hold names: matched by a person, proposed by likeness, or unmatched."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from commands import Run

from small_store import add_load, company, lei, relationship
from topco.errors import ANSWERED, BAD_INPUT

A, TOP = lei("A"), lei("T")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "store"
    parties = [company(A, "Beispiel Halbleiter GmbH", "DE"), company(TOP, "Alpine Top AG", "CN")]
    add_load(path, "lei2", date(2025, 3, 2), {"entities": parties})
    add_load(path, "rr", date(2025, 3, 2), {"relationships": [relationship("A", "T", "UltimateConsolidation")]})
    return path


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def judge(run: Run, folder: Path, name: str = "NAME:DE/Beispiel Halbleiter") -> None:
    assert run("judge", name, A, "same", "--author", "ann", "--store", folder)[0] == ANSWERED


@pytest.fixture
def customers(tmp_path: Path) -> Path:
    path = tmp_path / "customers.csv"
    path.write_text(
        f"customer,name,country,id\n1,Beispiel Halbleiter,DE,\n2,Nobody Knows Ltd,GB,\n3,,,{A}\n", encoding="utf-8"
    )
    return path


def resolved(run: Run, folder: Path, customers: Path) -> tuple[list[dict[str, str]], str]:
    code, out, err = run("resolve", "--file", customers, "--as-of", "2025-03-02", "--store", folder)
    assert code == ANSWERED
    return table(out), err


def test_a_name_is_proposed_until_somebody_judges_it(run: Run, folder: Path, customers: Path) -> None:
    rows, err = resolved(run, folder, customers)
    assert [row["customer"] for row in rows] == ["1", "2", "3"]
    assert rows[0]["match"].startswith(f"proposed: {A} (")
    assert (rows[0]["status"], rows[0]["notes"]) == ("", "not_in_store")
    assert [row["match"] for row in rows[1:]] == ["unmatched", "given"]
    assert "2 names: 0 matched by a judgement, 1 proposed, 1 unmatched" in err

    judge(run, folder)
    rows, _ = resolved(run, folder, customers)
    assert rows[0]["match"] == f"matched: {A}"
    assert (rows[0]["entity"], rows[0]["status"]) == (A, "resolved")
    assert rows[0]["ultimate_parent_hq_countries"] == "CN"


def test_documents_say_how_a_name_was_met(run: Run, folder: Path, customers: Path) -> None:
    judge(run, folder, "NAME:/Beispiel Halbleiter")
    _, out, _ = run("resolve", "--file", customers, "--as-of", "2025-03-02", "--store", folder, "--format", "json")
    documents = [json.loads(line) for line in out.splitlines()]
    assert [document["match"] for document in documents] == [f"matched: {A}", "unmatched", "given"]
    assert documents[0]["status"] == "resolved"


def matches(run: Run, folder: Path, customers: Path) -> str:
    return resolved(run, folder, customers)[0][0]["match"]


def test_what_is_said_of_a_name_in_a_country_goes_before_the_name_anywhere(
    run: Run, folder: Path, customers: Path
) -> None:
    judge(run, folder, "NAME:/Beispiel Halbleiter")
    assert matches(run, folder, customers) == f"matched: {A}"
    run("judge", "NAME:DE/Beispiel Halbleiter", A, "unsure", "--author", "ann", "--store", folder)
    assert matches(run, folder, customers).startswith(f"proposed: {A} (")
    run("judge", "NAME:DE/Beispiel Halbleiter", A, "different", "--author", "ann", "--store", folder)
    assert matches(run, folder, customers) == "unmatched"


def test_two_names_that_are_one_are_no_match(run: Run, folder: Path, customers: Path) -> None:
    run(
        *("judge", "NAME:DE/Beispiel Halbleiter", "NAME:DE/Beispiel"),
        *("same", "--author", "ann", "--store", folder),
    )
    assert matches(run, folder, customers).startswith(f"proposed: {A} (")


def test_a_name_is_written_as_lists_write_it(run: Run, folder: Path, customers: Path) -> None:
    judge(run, folder, "name:de/ Beispiel  Halbleiter")
    assert matches(run, folder, customers) == f"matched: {A}"
    code, _, err = run("judge", "NAME:Beispiel", A, "same", "--author", "ann", "--store", folder)
    assert code == BAD_INPUT
    assert "NAME:COUNTRY/NAME" in err


def test_a_name_never_stands_for_a_party_that_only_a_holding_names(run: Run, folder: Path, customers: Path) -> None:
    held = {
        "owner": "SRC:1",
        "owned": A,
        "interest": "shares",
        "share_exact": 10,
        "standing": "Current",
        "record": "test/h",
        "file": "h.csv",
        "row": 2,
    }
    add_load(folder, "holdings", date(2025, 3, 2), {"holdings": [held]})
    run(
        *("judge", "NAME:DE/Beispiel Halbleiter", "SRC:1"),
        *("same", "--author", "ann", "--store", folder),
    )
    assert matches(run, folder, customers) == "matched: SRC:1"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("country\nDE\n", "no column id and no column name"), ("name,match\nAcme,x\n", "already has a column match")],
)
def test_lists_that_cannot_be_used(run: Run, folder: Path, tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    code, out, err = run("resolve", "--file", path, "--store", folder)
    assert (code, out) == (BAD_INPUT, "")
    assert sentence in err


def screened(run: Run, folder: Path, tmp_path: Path) -> list[dict[str, str]]:
    orders = tmp_path / "orders.csv"
    orders.write_text(
        "order_id,date,activity,destination,consignee,eccn,quantity_tpp,consignee.located_in\n"
        "1,2025-06-01,export,DE,Beispiel Halbleiter,3A090.a,1000,DE\n"
        f"2,2025-06-01,export,DE,{A},3A090.a,1000,DE\n",
        encoding="utf-8",
    )
    code, out, _ = run("screen", orders, "--store", folder)
    assert code == ANSWERED
    return table(out)


def test_orders_may_name_their_consignee(run: Run, folder: Path, tmp_path: Path) -> None:
    rows = screened(run, folder, tmp_path)
    assert rows[0]["consignee_match"].startswith(f"proposed: {A} (")
    assert (rows[0]["status"], rows[0]["reason"]) == ("undetermined", "party_not_in_store")
    assert rows[1]["consignee_match"] == ""

    judge(run, folder)
    rows = screened(run, folder, tmp_path)
    assert rows[0]["consignee_match"] == f"matched: {A}"
    codes = ("status", "licence_required", "exceptions", "review_policy", "consignee_ultimate_parent_hq")
    assert [rows[0][code] for code in codes] == [rows[1][code] for code in codes]
    assert rows[0]["consignee"] == "Beispiel Halbleiter"


def test_a_case_may_name_its_party(run: Run, folder: Path, tmp_path: Path) -> None:
    party: dict[str, Any] = {"role": "ultimate_consignee", "name": "Beispiel Halbleiter", "located_in": "DE"}
    case = {
        "transaction": {"date": "2025-06-01", "activity": "export", "destination": "DE"},
        "item": {"eccn": "3A090.a"},
        "parties": [party],
    }
    path = tmp_path / "case.json"
    path.write_text(json.dumps(case), encoding="utf-8")
    _, out, err = run("determine", path, "--store", folder, "--format", "json")
    assert "topco judge" in err
    assert json.loads(out)["parties"][0]["entity"] is None

    judge(run, folder)
    _, out, err = run("determine", path, "--store", folder, "--format", "json")
    assert err == ""
    answer = json.loads(out)
    assert answer["parties"][0]["entity"] == A
    assert answer["parties"][0]["ultimate_parent_hq_in"] == "CN"
    assert answer["review_policy"] == "denial_presumption"
