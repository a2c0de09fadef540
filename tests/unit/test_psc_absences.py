"""Statements, protected persons and exemptions: why nobody is named, which is never that there is nobody."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from psc_records import COMPANY, TOTALS, lines, load_text, party, rejects, rows, statement, warnings
from topco.ownership.resolution import resolve
from topco.registries.companies_house import psc
from topco.registries.companies_house.meanings import reasons

NOBODY = "no-individual-or-entity-with-signficant-control"
PROTECTED = "super-secure-persons-with-significant-control"
MARKET = "psc-exempt-as-trading-on-uk-regulated-market"


def protected(**more: object) -> dict[str, object]:
    link = f"/company/{COMPANY}/persons-with-significant-control/super-secure/hidden"
    data = {"kind": "super-secure-person-with-significant-control", "description": PROTECTED, "links": {"self": link}}
    return {"company_number": COMPANY, "data": data | more}


def exempt(*periods: dict[str, str], code: str = MARKET) -> dict[str, object]:
    named = {code.replace("-", "_"): {"exemption_type": code, "items": list(periods)}}
    link = {"self": f"/company/{COMPANY}/exemptions"}
    return {"company_number": COMPANY, "data": {"kind": "exemptions", "exemptions": named, "links": link}}


@pytest.mark.parametrize(
    ("record", "reason", "name"),
    [
        (statement(NOBODY), NOBODY, "said"),
        (statement("psc-exists-but-not-identified"), "psc-exists-but-not-identified", "said"),
        (statement(NOBODY, ceased_on="2030-01-01"), NOBODY, "said"),
        (protected(), PROTECTED, "hidden"),
        (protected(ceased=False), PROTECTED, "hidden"),
        (exempt({"exempt_from": "2018-01-01"}), MARKET, f"exemptions/{MARKET}"),
        (exempt({"exempt_from": "2016-01-01", "exempt_to": "2017-01-01"}, {}), MARKET, f"exemptions/{MARKET}"),
    ],
)
def test_a_reason_in_force_is_an_absence(tmp_path: Path, record: object, reason: str, name: str) -> None:
    store, _ = load_text(tmp_path, lines(record, TOTALS))
    (found,) = rows(store, "absences")
    assert (found["subject"], found["reason"]) == (f"GB-COH:{COMPANY}", reason)
    assert found["record"] == f"psc/{COMPANY}/{name}"


@pytest.mark.parametrize(
    "record",
    [
        statement(NOBODY, ceased_on="2018-01-01"),
        statement(NOBODY, ceased=True),
        protected(ceased=True),
        exempt({"exempt_from": "2016-01-01", "exempt_to": "2017-01-01"}),
    ],
)
def test_what_is_over_is_left_out_and_counted(tmp_path: Path, record: object) -> None:
    store, outcome = load_text(tmp_path, lines(party(), record, TOTALS))
    assert rows(store, "absences") == []
    assert warnings(outcome)[psc.STATEMENT_OVER] == 1


def test_a_statement_about_nobody_missing_is_left_out_and_counted(tmp_path: Path) -> None:
    store, outcome = load_text(tmp_path, lines(party(), statement("all-beneficial-owners-identified"), TOTALS))
    assert rows(store, "absences") == []
    assert warnings(outcome)[psc.NOTHING_MISSING] == 1


def test_an_unknown_statement_counts_as_withheld(tmp_path: Path) -> None:
    store, outcome = load_text(tmp_path, lines(statement("psc-is-on-the-moon"), TOTALS))
    assert [row["reason"] for row in rows(store, "absences")] == ["psc-is-on-the-moon"]
    assert warnings(outcome)[psc.UNKNOWN_REASON] == 1


@pytest.mark.parametrize("record", [statement(""), {**exempt(), "data": {**exempt()["data"], "exemptions": {}}}])  # type: ignore[dict-item]
def test_a_statement_that_says_nothing_is_rejected(tmp_path: Path, record: object) -> None:
    _, outcome = load_text(tmp_path, lines(party(), record, TOTALS))
    assert "snapshot.txt,2," in rejects(outcome)


@pytest.mark.parametrize("record", [statement(code) for code in sorted(reasons())] + [protected(), exempt({})])
def test_no_reason_makes_a_company_its_own_top(tmp_path: Path, record: dict[str, object]) -> None:
    """Not even that nobody is registrable: an unlisted company abroad never is (Companies Act 2006, s. 790C)."""
    store, _ = load_text(tmp_path, lines(record, TOTALS))
    company = "CompanyName,CompanyNumber,CompanyCategory,CompanyStatus,CountryOfOrigin\n"
    load_text(tmp_path, company + f"Example Ltd,{COMPANY},Ltd,Active,United Kingdom\n", "companies.csv")
    (document,) = resolve(store, [f"GB-COH:{COMPANY}"], date(2024, 11, 22))
    assert document is not None
    assert document["status"] == "withheld"
