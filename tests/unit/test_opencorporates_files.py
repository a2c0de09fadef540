"""OpenCorporates: what companies and statements become, and what is refused with path and reason."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from outcomes import rejected_cells
from topco.errors import BadInput
from topco.registries.loading import load
from topco.registries.opencorporates import OpenCorporates
from topco.registries.opencorporates.companies import HOMELESS, NO_PAIR
from topco.registries.opencorporates.holdings import INDIRECT, NONSENSE, NOT_A_MECHANISM, TOGETHER
from topco.registries.opencorporates.parties import NO_COUNTRY, SORT_UNKNOWN, TWO_COUNTRIES
from topco.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from topco.registries.loading import Outcome

LEI = "5493001Z012YSB2A0K51"
UNITS = 10_000_000


def company(number: str = "12345", code: str = "ie", **more: Any) -> dict[str, Any]:
    about = {
        "name": f"Alpha {number}",
        "company_number": number,
        "jurisdiction_code": code,
        "retrieved_at": "2025-03-09",
    }
    return {**about, **more}


def party(sort: str, **properties: Any) -> dict[str, Any]:
    return {"entity_type": sort, "entity_properties": properties}


def control(*mechanisms: Any, owners: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    owner = party("company", name="Holder", company_number="99", jurisdiction_code="us_de")
    return {
        "subject_entity": party("company", company_number="12345", jurisdiction_code="ie"),
        "controlling_entities": [owner] if owners is None else owners,
        "control_mechanisms": list(mechanisms),
        "control_level": "direct",
        "sample_date": "2025-01-01",
        "source_url": "https://example.org/",
        "retrieved_at": "2025-03-09T10:00:00Z",
        "confidence": "HIGH",
        **more,
    }


def shares(size: Any) -> dict[str, Any]:
    return {"mechanism_type": "share_ownership", "mechanism_properties": {"percentage_of_shares": size}}


def loaded(folder: Path, *records: Any, as_list: bool = False) -> tuple[Store, Outcome]:
    folder.mkdir(exist_ok=True)
    path = folder / "records.json"
    text = json.dumps(list(records)) if as_list else "\n".join(json.dumps(record) for record in records) + "\n"
    path.write_text(text, encoding="utf-8")
    store = Store.open(folder / "store", create=True)
    return store, load(store, OpenCorporates(), [path], None, lambda *_: None)


def rows(store: Store, table: str) -> list[dict[str, Any]]:
    return store.table(table).sort("row").collect().to_dicts()


def warnings(outcome: Outcome) -> set[str]:
    return set(outcome.loaded[0].load.warnings)


def size(row: dict[str, Any]) -> tuple[Any, ...]:
    names = ("share_exact", "share_min", "share_min_exclusive", "share_max", "share_max_exclusive")
    return tuple(row[name] for name in names)


@pytest.mark.parametrize("as_list", [True, False])
def test_a_company_becomes_an_entity(tmp_path: Path, as_list: bool) -> None:
    one = company(
        code="us_de",
        headquarters_address={"locality": "Shenzhen", "country": "China"},
        registered_address={"locality": "Wilmington", "country_code": "US"},
        current_status="Active",
        company_type="LLC",
        previous_names=[{"company_name": "Beta"}],
        alternative_names=[{"company_name": "Gamma", "type": "trading", "language": "en"}],
        identifiers=[
            {"uid": LEI.lower(), "identifier_system_code": "lei"},
            {"uid": "1", "identifier_system_code": "x"},
        ],
    )
    store, outcome = loaded(tmp_path, one, company("2"), as_list=as_list)
    entity = next(row for row in rows(store, "entities") if row["id"] == "OC:us_de/12345")
    assert (entity["hq_country"], entity["hq_city"]) == ("CN", "Shenzhen")
    assert (entity["registered_country"], entity["registered_city"]) == ("US", "Wilmington")
    assert (entity["jurisdiction"], entity["kind"], entity["standing"]) == ("US-DE", "LegalEntity", "Current")
    assert [(row["name"], row["name_kind"], row["language"]) for row in rows(store, "names")] == [
        ("Beta", "previous", None),
        ("Gamma", "trading", "en"),
    ]
    assert [row["other_id"] for row in rows(store, "identifiers")] == [f"LEI:{LEI}"]
    assert outcome.loaded[0].load.vintage == date(2025, 3, 9)


@pytest.mark.parametrize(
    ("address", "country", "warned"),
    [
        ("1 High Street, Beijing, China", None, NO_COUNTRY),
        ({"street_address": "1 High Street", "country": "Cathay"}, None, NO_COUNTRY),
        ({"locality": "Beijing", "country_code": "CN", "country": "China"}, "CN", None),
        ({"locality": "Beijing", "country_code": "CN", "country": "Japan"}, None, TWO_COUNTRIES),
        (None, None, None),
    ],
)
def test_headquarters_only_where_a_country_is_stated(
    tmp_path: Path, address: Any, country: str | None, warned: str | None
) -> None:
    store, outcome = loaded(
        tmp_path,
        company(headquarters_address=address, registered_address={"locality": "Dublin", "country": "Ireland"}),
        company("2"),
    )
    assert [row["hq_country"] for row in rows(store, "entities")] == [country, None]
    assert (warned in warnings(outcome)) is (warned is not None)


def test_a_british_number_is_that_of_companies_house(tmp_path: Path) -> None:
    store, _ = loaded(tmp_path, company("00102498", "gb"), company("sc123456", "gb"), company("77", "gb"))
    assert [(row["id"], row["other_id"]) for row in rows(store, "identifiers")] == [
        ("OC:gb/00102498", "GB-COH:00102498"),
        ("OC:gb/sc123456", "GB-COH:SC123456"),
    ]


def test_a_branch_hangs_on_its_home_company(tmp_path: Path) -> None:
    foreign = company("1", branch="F", all_attributes={"jurisdiction_of_origin": "us_de", "home_company_number": "9"})
    local = company("2", branch="L", all_attributes={"home_company_number": "8"})
    in_words = company(
        "3", branch="F", all_attributes={"jurisdiction_of_origin": "Delaware", "home_company_number": "9"}
    )
    store, outcome = loaded(tmp_path, foreign, local, in_words)
    assert {row["kind"] for row in rows(store, "entities")} == {"Branch"}
    assert [(row["child"], row["parent"], row["kind"]) for row in rows(store, "relationships")] == [
        ("OC:ie/1", "OC:us_de/9", "InternationalBranch"),
        ("OC:ie/2", "OC:ie/8", "InternationalBranch"),
    ]
    assert HOMELESS in warnings(outcome)


def test_a_dissolved_and_a_merged_company(tmp_path: Path) -> None:
    merged = {"merged_into": {"surviving_company": {"company_number": "9", "jurisdiction": "ie"}}}
    store, _ = loaded(
        tmp_path,
        company("1", dissolution_date="2020-01-01", all_attributes=merged),
        company("2", current_status="Dissolved"),
    )
    assert [(row["standing"], row["successor"]) for row in rows(store, "entities")] == [
        ("Ended", "OC:ie/9"),
        ("Current", None),
    ]


def test_share_parcels_of_a_company(tmp_path: Path) -> None:
    parcels = [
        {"percentage_of_shares": 62.5, "shareholders": [{"name": "H", "identifier": "us_de/9", "type": "Company"}]},
        {
            "percentage_of_shares_min": 50,
            "percentage_of_shares_max": 75,
            "shareholders": [{"name": "P", "type": "Person"}],
        },
        {"voting_percentage": 30, "shareholders": [{"name": "Q"}]},
        {
            "percentage_of_shares": 20,
            "shareholders": [{"name": "R", "type": "Person"}, {"name": "S", "type": "Person"}],
        },
        {"number_of_shares": 7, "start_date": "2020-01-01", "end_date": "2020-12-31", "shareholders": [{"name": "P"}]},
    ]
    store, outcome = loaded(tmp_path, company(share_parcels=parcels), company("9", "us_de"))
    holdings = rows(store, "holdings")
    assert [(row["interest"], size(row)) for row in holdings] == [
        ("shares", (625_000_000, None, None, None, None)),
        ("shares", (None, 50 * UNITS, False, 75 * UNITS, False)),
        ("shares", (None, None, None, None, None)),
        ("votes", (30 * UNITS, None, None, None, None)),
        ("shares", (None, None, None, 20 * UNITS, False)),
        ("shares", (None, None, None, 20 * UNITS, False)),
        ("shares", (None, None, None, None, None)),
    ]
    assert holdings[0]["owner"] == "OC:us_de/9"
    assert (holdings[-1]["valid_from"], holdings[-1]["valid_to"]) == (date(2020, 1, 1), date(2021, 1, 1))
    assert {TOGETHER, SORT_UNKNOWN} <= warnings(outcome)
    names = [row["name"] for row in rows(store, "entities") if row["id"] == "OC:us_de/9"]
    assert names == ["Alpha 9"], "the company's own record counts, and there is no second row for what others call it"
    assert rejected_cells(outcome) == []


def test_mechanisms_of_control_become_interests(tmp_path: Path) -> None:
    sizes = [
        shares({"minimum": 25, "maximum": 50, "exclusive_minimum": True, "exclusive_maximum": False}),
        {"mechanism_type": "voting_rights", "mechanism_properties": {"voting_percentage": 51}},
        {"mechanism_type": "right_to_appoint_and_remove_directors"},
        {"mechanism_type": "significant_influence_or_control", "mechanism_properties": {"exercised_via": "trust"}},
        shares({"minimum": 75, "maximum": 50}),
        "by agreement",
    ]
    store, outcome = loaded(tmp_path, control(*sizes), control(shares(1), control_level="indirect"))
    assert [(row["owner"], row["owned"]) for row in rows(store, "holdings")] == [("OC:us_de/99", "OC:ie/12345")] * 7
    assert [(row["interest"], size(row)) for row in rows(store, "holdings")] == [
        ("shares", (None, 25 * UNITS, True, 50 * UNITS, False)),
        ("votes", (51 * UNITS, None, None, None, None)),
        ("appointmentOfBoard", (None,) * 5),
        ("otherInfluenceOrControl", (None,) * 5),
        ("shares", (None,) * 5),
        ("unknownInterest", (None,) * 5),
        ("shares", (None, None, None, UNITS, False)),
    ]
    assert {NONSENSE, NOT_A_MECHANISM, INDIRECT} <= warnings(outcome)


def test_a_control_statement_without_means_is_still_one(tmp_path: Path) -> None:
    person = party("person", name={"given_name": "Ada", "family_name": "Example"})
    store, outcome = loaded(
        tmp_path,
        control(owners=[person], start_date="2020-01-01", start_date_type="before", end_date="2021-06-30"),
        control(owners=[], no_controlling_entities_reasons=["not yet known"], uid="a/b"),
    )
    (row,) = rows(store, "holdings")
    assert (row["interest"], row["valid_from"], row["valid_to"]) == ("unknownInterest", None, date(2021, 7, 1))
    kinds = {entity["name"]: entity["kind"] for entity in rows(store, "entities")}
    assert kinds["Ada Example"] == "NaturalPerson"
    (absence,) = rows(store, "absences")
    assert (absence["subject"], absence["reason"], absence["level"]) == ("OC:ie/12345", "not yet known", "DirectLevel")
    assert absence["record"] == "opencorporates/control/a%2Fb/absence/1"
    assert rejected_cells(outcome) == []


def test_the_same_party_in_many_statements_is_one_entity(tmp_path: Path) -> None:
    person = party("person", name="Ada Example", uid="7")
    statements = [control(shares(n), owners=[person]) for n in range(1, 6)]
    store, outcome = loaded(tmp_path, *statements)
    assert [row["name"] for row in rows(store, "entities")] == ["Ada Example"], "the company itself is only numbered"
    assert len(rows(store, "holdings")) == 5
    assert rejected_cells(outcome) == []


def test_subsidiaries_and_stated_share_parcels(tmp_path: Path) -> None:
    parent = {"name": "Widgets", "jurisdiction": "us_de", "company_number": "1"}
    items = [
        {"subsidiary": {"name": "A", "identifier": "ie/2"}, "percentage_controlled": "56.6"},
        {"subsidiary": {"name": "B", "identifier": "ie/3"}, "percentage_controlled": ">50", "direct": False},
        {"subsidiary": {"name": "C", "identifier": "ie/4"}},
        {"subsidiary": {"name": "D", "jurisdiction": "Ireland", "company_number": "5"}},
    ]
    data = [{"data_type": "subsidiary_relationship", "properties": item} for item in items]
    statement = {"company": parent, "sample_date": "2024-02-01", "data": data}
    store, outcome = loaded(tmp_path / "a", statement, {**statement, "data": []})
    assert [(row["owner"], row["owned"], size(row)) for row in rows(store, "holdings")] == [
        ("OC:us_de/1", "OC:ie/2", (566_000_000, None, None, None, None)),
        ("OC:us_de/1", "OC:ie/3", (None,) * 5),
        ("OC:us_de/1", "OC:ie/4", (None,) * 5),
    ]
    assert rejected_cells(outcome) == [("1", "data.3.properties.subsidiary")]
    held = {"percentage_of_shares": 40, "shareholders": [{"name": "H", "identifier": "ie/2"}]}
    parcels = {"company": parent, "data": [{"data_type": "share_parcel", "properties": held}]}
    store, _ = loaded(tmp_path / "b", parcels)
    (row,) = rows(store, "holdings")
    assert (row["owner"], row["owned"], row["share_exact"]) == ("OC:ie/2", "OC:us_de/1", 40 * UNITS)


def test_alternate_registrations_are_identifiers(tmp_path: Path) -> None:
    statement = {
        "data_type": "alternate-registration",
        "alternate_entities": [
            party("company", name="V", company_number="R1", jurisdiction_code="de"),
            party("company", name="V", company_number="R2", jurisdiction_code="de"),
        ],
        "retrieved_at": "2018-11-08",
        "sample_date": "2018-11-08",
        "confidence": "HIGH",
    }
    lone = {**statement, "alternate_entities": statement["alternate_entities"][:1]}
    store, outcome = loaded(tmp_path, statement, lone)
    assert [(row["id"], row["other_id"]) for row in rows(store, "identifiers")] == [("OC:de/R1", "OC:de/R2")]
    assert NO_PAIR in warnings(outcome)


def test_bad_records_are_rejects_with_their_path(tmp_path: Path) -> None:
    deep: Any = "x"
    for _ in range(200):
        deep = {"a": deep}
    store, outcome = loaded(
        tmp_path,
        company("1"),
        company("2", share_parcels=[{"percentage_of_shares": "0.42"}]),
        company("3", retrieved_at="09/03/2025"),
        company("4", officers=[{"position": "Director"}]),
        company("5", foo="bar"),
        company("6", "Ire"),
        company("7", all_attributes={"x": deep}),
        7,
    )
    assert [row["id"] for row in rows(store, "entities")] == ["OC:ie/1"]
    assert rejected_cells(outcome) == [
        ("2", "share_parcels.0.percentage_of_shares"),
        ("3", "retrieved_at"),
        ("4", "officers.0.name"),
        ("5", "foo"),
        ("6", "jurisdiction_code"),
        ("7", ""),
        ("8", ""),
    ]


def test_damaged_and_other_files_are_refused(tmp_path: Path) -> None:
    cut = tmp_path / "cut.json"
    cut.write_text(json.dumps([company("1"), company("2")])[:-20], encoding="utf-8")
    store = Store.open(tmp_path / "store", create=True)
    with pytest.raises(BadInput, match="cut off"):
        load(store, OpenCorporates(), [cut], None, lambda *_: None)
    assert store.manifest.loads == ()
    other = tmp_path / "other.json"
    other.write_text('{"parent_name": "A", "subsidiary_name": "B"}', encoding="utf-8")
    mixed = tmp_path / "mixed.json"
    mixed.write_text(json.dumps([company("1"), control()]), encoding="utf-8")
    outcome = load(store, OpenCorporates(), [other, mixed], None, lambda *_: None)
    assert {refusal.where for refusal in outcome.refused} == {"other.json", "mixed.json"}
