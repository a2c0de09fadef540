"""Invented records of the register of people with significant control, for its tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from topco.registries.companies_house import CompaniesHouse
from topco.registries.loading import Outcome, load
from topco.store.store import Store

COMPANY = "01234567"
SHARES, VOTES = "ownership-of-shares-75-to-100-percent", "voting-rights-75-to-100-percent"
PERSON = "individual-person-with-significant-control"
CORPORATE = "corporate-entity-person-with-significant-control"
LEGAL_PERSON = "legal-person-person-with-significant-control"
STATEMENT = "persons-with-significant-control-statement"
TOTALS = {
    "data": {
        "kind": "totals#persons-of-significant-control-snapshot",
        "persons_of_significant_control_count": 1,
        "statements_count": 0,
        "exemptions_count": 0,
        "generated_at": "2024-11-22T03:43:03Z",
    }
}
COMPANIES_HOUSE = {
    "legal_form": "Private Limited Company",
    "legal_authority": "Companies Act 2006",
    "place_registered": "Companies House",
    "country_registered": "England And Wales",
    "registration_number": "7654321",
}


def party(identifier: str = "one", kind: str = PERSON, company: str = COMPANY, **more: Any) -> dict[str, Any]:
    data = {
        "kind": kind,
        "name": "Ada Example",
        "natures_of_control": [SHARES],
        "notified_on": "2016-04-06",
        "address": {"country": "China", "locality": "Nowhere"},
        "links": {"self": f"/company/{company}/persons-with-significant-control/individual/{identifier}"},
    }
    return {"company_number": company, "data": {key: value for key, value in (data | more).items() if value != "drop"}}


def statement(code: str, identifier: str = "said", company: str = COMPANY, **more: Any) -> dict[str, Any]:
    link = f"/company/{company}/persons-with-significant-control-statements/{identifier}"
    data = {"kind": STATEMENT, "statement": code, "notified_on": "2017-01-01", "links": {"self": link}}
    return {"company_number": company, "data": data | more}


def lines(*records: Any) -> str:
    return "".join((record if isinstance(record, str) else json.dumps(record)) + "\n" for record in records)


def load_text(folder: Path, text: str, name: str = "snapshot.txt") -> tuple[Store, Outcome]:
    path = folder / "in" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return load_paths(folder, path)


def load_paths(folder: Path, *paths: Path) -> tuple[Store, Outcome]:
    store = Store.open(folder / "store", create=True)
    return store, load(store, CompaniesHouse(), list(paths), None, lambda *_: None)


def rows(store: Store, table: str) -> list[dict[str, Any]]:
    return store.table(table).sort("row", "record").collect().to_dicts()


def table(folder: Path, name: str, *records: Any) -> list[dict[str, Any]]:
    """The rows of one evidence table that a snapshot of these records gives."""
    store, _ = load_text(folder, lines(*records, TOTALS))
    return rows(store, name)


def warnings(outcome: Outcome) -> dict[str, int]:
    (loaded,) = outcome.loaded
    return loaded.load.warnings


def rejects(outcome: Outcome) -> str:
    (loaded,) = outcome.loaded
    return loaded.rejects.read_text(encoding="utf-8") if loaded.rejects else ""
