"""Basic Company Data: rows of companies, and what is wrong with them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from psc_records import load_text, rejects, rows, warnings
from topco.errors import BadInput
from topco.registries.companies_house import companies

# As published: blanks before some names.
HEADER = [
    *("CompanyName", " CompanyNumber", "RegAddress.PostTown", "RegAddress.Country", "CompanyCategory"),
    *("CompanyStatus", "CountryOfOrigin", "DissolutionDate", "IncorporationDate", "PreviousName_1.CONDATE"),
    *(" PreviousName_1.CompanyName", "PreviousName_2.CONDATE", " PreviousName_2.CompanyName"),
]
COMPANY = {
    "CompanyName": "EXAMPLE LTD",
    " CompanyNumber": "01234567",
    "RegAddress.PostTown": "TOWN",
    "RegAddress.Country": "ENGLAND",
    "CompanyCategory": "Private Limited Company",
    "CompanyStatus": "Active",
    "CountryOfOrigin": "United Kingdom",
    "IncorporationDate": "11/09/2012",
}


def text(*rows_: dict[str, str], header: list[str] = HEADER) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, header, restval="", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows_)
    return out.getvalue()


def one(folder: Path, **more: str) -> dict[str, Any]:
    store, _ = load_text(folder, text(COMPANY | more), "companies.csv")
    (row,) = rows(store, "entities")
    return row


def test_a_company_has_its_registration_and_no_headquarters(tmp_path: Path) -> None:
    row = one(tmp_path)
    assert (row["id"], row["name"], row["kind"]) == ("GB-COH:01234567", "EXAMPLE LTD", "LegalEntity")
    assert (row["registered_country"], row["registered_city"], row["jurisdiction"]) == ("GB", "TOWN", "GB")
    assert (row["hq_country"], row["hq_city"]) == (None, None)
    assert (row["standing"], row["entity_status"]) == ("Current", "Active")
    assert (row["legal_form"], row["record"]) == ("Private Limited Company", "psc/companies/01234567")
    assert row["row"] == 2


def test_a_json_list_says_the_same(tmp_path: Path) -> None:
    named = {key.strip(): value for key, value in COMPANY.items()}
    store, _ = load_text(tmp_path, json.dumps([named, named | {"CompanyNumber": "SC000001"}]), "companies.json")
    assert [row["id"] for row in rows(store, "entities")] == ["GB-COH:01234567", "GB-COH:SC000001"]


def test_former_names_are_kept(tmp_path: Path) -> None:
    store, _ = load_text(tmp_path, text(COMPANY | {" PreviousName_2.CompanyName": "OLD LTD"}), "companies.csv")
    (name,) = rows(store, "names")
    assert (name["name"], name["record"]) == ("OLD LTD", "psc/companies/01234567/name/2")


@pytest.mark.parametrize(
    ("change", "standing"),
    [
        ({"CompanyStatus": "Dissolved"}, "Ended"),
        ({"DissolutionDate": "01/02/2020"}, "Ended"),
        ({"CompanyStatus": "Liquidation"}, "Current"),
    ],
)
def test_standings(tmp_path: Path, change: dict[str, str], standing: str) -> None:
    assert one(tmp_path, **change)["standing"] == standing


def test_an_overseas_company_is_of_its_country_and_an_establishment_a_branch(tmp_path: Path) -> None:
    row = one(tmp_path, CompanyCategory="UK establishment company", CountryOfOrigin="CAYMAN ISLANDS")
    assert (row["kind"], row["jurisdiction"]) == ("Branch", "KY")


def test_an_unknown_country_is_left_empty_and_told(tmp_path: Path) -> None:
    store, outcome = load_text(tmp_path, text(COMPANY | {"RegAddress.Country": "ATLANTIS"}), "companies.csv")
    assert rows(store, "entities")[0]["registered_country"] is None
    assert warnings(outcome)[companies.NO_COUNTRY] == 1


@pytest.mark.parametrize("written", ["2012-09-11", "09/31/2012", "11-09-2012", "1/9/2012", "yesterday"])
def test_a_date_in_another_order_is_rejected(tmp_path: Path, written: str) -> None:
    sound = COMPANY | {" CompanyNumber": "07654321"}
    _, outcome = load_text(tmp_path, text(COMPANY | {"IncorporationDate": written}, sound), "companies.csv")
    assert f"companies.csv,2,IncorporationDate,{written},not a date" in rejects(outcome)


def test_rows_that_are_no_rows_are_rejected_and_the_rest_is_kept(tmp_path: Path) -> None:
    head, row = text(COMPANY).splitlines()
    huge = row.replace("EXAMPLE", "X" * 1_000_000)
    store, outcome = load_text(
        tmp_path,
        "\n".join([head, '"SHORT","07654321"', huge, row, row.replace("01234567", "?")]) + "\n",
        "companies.csv",
    )
    assert [(found["id"], found["row"]) for found in rows(store, "entities")] == [("GB-COH:01234567", 4)]
    lost = rejects(outcome)
    assert 'companies.csv,2,row,SHORT,"the row has 2 cells, and the header 13"' in lost
    assert "companies.csv,3,row,,the row cannot be read" in lost
    assert "companies.csv,5,CompanyNumber,?,no company number" in lost


def test_a_file_that_ends_within_a_cell_loses_that_row_and_says_so(tmp_path: Path) -> None:
    whole = text(COMPANY, COMPANY | {" CompanyNumber": "07654321"})
    _, outcome = load_text(tmp_path, whole[: whole.index("07654321") + 4], "companies.csv")
    assert "companies.csv,3,row,,the row cannot be read: unexpected end of data" in rejects(outcome)


def test_a_file_with_wrapped_lines_is_refused_with_a_sentence(tmp_path: Path) -> None:
    plain = text(COMPANY)
    wrapped = "\n".join(plain[place : place + 60] for place in range(0, len(plain), 60))
    store, outcome = load_text(tmp_path, wrapped, "companies.csv")
    (refusal,) = outcome.refused
    assert "the lines of the file have been broken or cut" in str(refusal)
    assert store.manifest.loads == ()


def test_a_header_that_does_not_end_is_refused(tmp_path: Path) -> None:
    plain = text(COMPANY).replace('PreviousName_2.CompanyName"', "PreviousName_2.CompanyName", 1)
    with pytest.raises(BadInput, match="goes on beyond the first line"):
        load_text(tmp_path, plain, "companies.csv")


def test_of_two_rows_of_one_company_the_first_counts(tmp_path: Path) -> None:
    store, outcome = load_text(tmp_path, text(COMPANY, COMPANY | {"CompanyName": "OTHER LTD"}), "companies.csv")
    assert [row["name"] for row in rows(store, "entities")] == ["EXAMPLE LTD"]
    assert outcome.loaded[0].load.rejects == 1


@pytest.mark.parametrize("first", ["﻿", '"CompanyName,CompanyNumber', "x" * 300_000, "\n"])
def test_a_first_line_that_is_no_header_is_refused(tmp_path: Path, first: str) -> None:
    _, outcome = load_text(tmp_path, first + "\n", "companies.csv")
    assert "Not a file of Companies House" in str(outcome.refused[0])
