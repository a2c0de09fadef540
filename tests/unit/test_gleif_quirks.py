"""What GLEIF's files do that a naive importer gets wrong, one test each."""

from __future__ import annotations

import csv
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from gleif_files import (
    ULTIMATE,
    as_csv,
    company,
    exception,
    lei,
    load_files,
    load_texts,
    open_store,
    relationship,
)

if TYPE_CHECKING:
    from pathlib import Path

    from topco.store.store import Store

BAD_CHECK_DIGITS = lei(1)[:18] + "00"


def rows(store: Store, table: str) -> list[dict[str, Any]]:
    return store.table(table).sort("row").collect().to_dicts()


def entities(folder: Path, *records: dict[str, Any]) -> list[dict[str, Any]]:
    return rows(load_texts(folder, {"lei2.csv": as_csv("lei2", list(records))}), "entities")


def relationships(folder: Path, *records: dict[str, Any]) -> list[dict[str, Any]]:
    return rows(load_texts(folder, {"rr.csv": as_csv("rr", list(records))}), "relationships")


def rejects(folder: Path) -> list[dict[str, str]]:
    store = open_store(folder / "store")
    path = store.folder_of(store.loads()[0]) / "rejects.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def warnings(folder: Path) -> dict[str, int]:
    return open_store(folder / "store").loads()[0].warnings


def test_entity_row_follows_the_evidence_tables(tmp_path: Path) -> None:
    [row] = entities(
        tmp_path,
        company(
            1,
            **{"Entity.LegalName.xmllang": "de"},
            Entity__EntityCategory="GENERAL",
            Entity__HeadquartersAddress__Country="CN",
            Entity__HeadquartersAddress__City="Beijing",
            Entity__LegalAddress__Country="KY",
            Entity__LegalAddress__City="George Town",
            Entity__LegalJurisdiction="KY",
            Entity__RegistrationAuthority__RegistrationAuthorityID="RA000087",
            Entity__RegistrationAuthority__RegistrationAuthorityEntityID="00102498",
            Entity__LegalForm__EntityLegalFormCode="8888",
            Registration__NextRenewalDate="2026-01-31",
        ),
    )
    assert row == {
        "id": f"LEI:{lei(1)}", "name": "Company 1", "name_language": "de", "kind": "LegalEntity", "category": "GENERAL",
        "hq_country": "CN", "hq_city": "Beijing", "registered_country": "KY", "registered_city": "George Town",
        "jurisdiction": "KY", "registration_authority": "RA000087", "registration_number": "00102498",
        "legal_form": "8888", "entity_status": "ACTIVE", "registration_status": "ISSUED", "standing": "Current",
        "successor": None, "last_update": date(2025, 1, 31), "next_renewal": date(2026, 1, 31),
        "record": f"gleif/lei2/{lei(1)}", "file": "lei2.csv", "row": 2, "load": "gleif-lei2-2025-03-02",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("entity", "registration", "standing"),
    [
        ("ACTIVE", "ISSUED", "Current"),
        ("ACTIVE", "LAPSED", "Current"),
        ("ACTIVE", "PENDING_ARCHIVAL", "Current"),
        ("ACTIVE", None, "Current"),
        ("INACTIVE", "ISSUED", "Ended"),
        ("INACTIVE", "RETIRED", "Ended"),
        ("ACTIVE", "MERGED", "Ended"),
        ("NULL", "DUPLICATE", "Ended"),
        ("ACTIVE", "ANNULLED", "Void"),
        ("INACTIVE", "CANCELLED", "Void"),
        ("NULL", None, "Void"),
    ],
)
def test_standing_of_an_entity(tmp_path: Path, entity: str, registration: str | None, standing: str) -> None:
    [row] = entities(
        tmp_path, company(1, Entity__EntityStatus=entity, Registration__RegistrationStatus=registration or "")
    )
    assert (row["standing"], row["entity_status"]) == (standing, entity)


@pytest.mark.parametrize(
    ("status", "registration", "standing", "stale"),
    [
        ("ACTIVE", "PUBLISHED", "Current", False),
        ("ACTIVE", "LAPSED", "Current", True),
        ("ACTIVE", None, "Current", False),
        ("INACTIVE", "PUBLISHED", "Ended", False),
        ("ACTIVE", "RETIRED", "Ended", False),
        ("NULL", "PUBLISHED", "Void", False),
        ("ACTIVE", "ANNULLED", "Void", False),
    ],
)
def test_standing_of_a_relationship(
    tmp_path: Path, status: str, registration: str | None, standing: str, stale: bool
) -> None:
    [row] = relationships(
        tmp_path,
        relationship(1, 2, Relationship__RelationshipStatus=status, Registration__RegistrationStatus=registration),
    )
    assert (row["standing"], row["stale"]) == (standing, stale)


def test_namibia_is_a_country_and_nothing_is_nothing(tmp_path: Path) -> None:
    found = entities(
        tmp_path,
        company(1, Entity__HeadquartersAddress__Country="NA"),
        company(2, Entity__HeadquartersAddress__Country="N/A"),
        company(3, Entity__HeadquartersAddress__Country="None", Entity__LegalName="None"),
        company(4, Entity__HeadquartersAddress__Country=" "),
    )
    assert [row["hq_country"] for row in found] == ["NA", None, None, None]
    assert found[2]["name"] == "None"
    assert warnings(tmp_path) == {"Entity.HeadquartersAddress.Country: no headquarters country": 3}


def test_unknown_country_malformed_lei_and_date_are_rejected_with_their_place(tmp_path: Path) -> None:
    kept = entities(
        tmp_path,
        company(1),
        company(2, Entity__HeadquartersAddress__Country="ZZ"),
        company(3, LEI="123"),
        company(4, Registration__LastUpdateDate="31.01.2025"),
        company(5, LEI=""),
    )
    assert [row["row"] for row in kept] == [2]
    assert [(line["row"], line["column"], line["value"]) for line in rejects(tmp_path)] == [
        ("6", "LEI", ""),
        ("4", "LEI", "123"),
        ("3", "Entity.HeadquartersAddress.Country", "ZZ"),
        ("5", "Registration.LastUpdateDate", "31.01.2025"),
    ]
    assert all(line["file"] == "lei2.csv" and line["reason"] for line in rejects(tmp_path))


def test_wrong_check_digits_warn_and_keep(tmp_path: Path) -> None:
    [row] = entities(tmp_path, company(1, LEI=BAD_CHECK_DIGITS))
    assert row["id"] == f"LEI:{BAD_CHECK_DIGITS}"
    assert warnings(tmp_path) == {"LEI: the LEI's check digits are wrong": 1}


def test_lower_case_lei_is_the_same_company(tmp_path: Path) -> None:
    [row] = entities(tmp_path, company(1, LEI=lei(1).lower()))
    assert row["id"] == f"LEI:{lei(1)}"


def test_unknown_codes_warn_and_keep(tmp_path: Path) -> None:
    [row] = entities(
        tmp_path,
        company(1, Entity__EntityCategory="GUILD", Entity__EntityStatus="ASLEEP", Registration__RegistrationStatus="?"),
    )
    assert (row["kind"], row["category"], row["standing"]) == ("LegalEntity", "GUILD", "Current")
    assert len(warnings(tmp_path)) == 3


def test_merged_company_names_its_successor_in_old_and_new_columns(tmp_path: Path) -> None:
    found = entities(
        tmp_path,
        company(1, **{"Entity.SuccessorEntity.SuccessorLEI": lei(8)}),
        company(2, **{"Entity.SuccessorEntity.1.SuccessorLEI": lei(9)}),
    )
    assert [row["successor"] for row in found] == [f"LEI:{lei(8)}", f"LEI:{lei(9)}"]


def test_row_counts_records_where_a_cell_has_line_breaks(tmp_path: Path) -> None:
    found = entities(tmp_path, company(1, Entity__LegalName='Line\none "and"\ntwo'), company(2))
    assert [(row["name"], row["row"]) for row in found] == [('Line\none "and"\ntwo', 2), ("Company 2", 3)]


def test_columns_are_read_by_name_wherever_they_stand(tmp_path: Path) -> None:
    few = load_texts(tmp_path, {"lei2.csv": as_csv("lei2", [company(1)])})
    many = tmp_path / "many.csv"
    many.write_text(as_csv("lei2", [company(1)], extra_columns=331), encoding="utf-8")
    load_files(tmp_path / "other", many)
    other = rows(open_store(tmp_path / "other"), "entities")
    assert other == [{**row, "file": "many.csv"} for row in rows(few, "entities")]


def test_newest_record_of_a_company_counts_and_the_other_is_rejected(tmp_path: Path) -> None:
    found = entities(
        tmp_path,
        company(1, Entity__LegalName="Old", Registration__LastUpdateDate="2024-01-01"),
        company(1, Entity__LegalName="New", Registration__LastUpdateDate="2025-01-01", names=[("Nu", None, "X")]),
        company(2),
        company(2),
    )
    assert [(row["name"], row["row"]) for row in found] == [("New", 3), ("Company 2", 4)]
    [line] = rejects(tmp_path)
    assert line["row"] == "2"
    assert "row 3 of lei2.csv" in line["reason"]
    assert warnings(tmp_path) == {"an exact repeat of a record, or of a period in it, was dropped": 1}
    assert [row["row"] for row in rows(open_store(tmp_path / "store"), "names")] == [3]


def test_only_the_relationship_period_dates_a_relationship(tmp_path: Path) -> None:
    periods = [
        ("2018-01-01", "2018-12-31", "ACCOUNTING_PERIOD"),
        ("2016-05-01", "2020-06-30", "RELATIONSHIP_PERIOD"),
        ("2019-02-01", "2019-02-01", "DOCUMENT_FILING_PERIOD"),
    ]
    [dated, undated] = relationships(
        tmp_path, relationship(1, 2, periods=periods), relationship(3, 2, periods=periods[:1])
    )
    assert (dated["valid_from"], dated["valid_to"]) == (date(2016, 5, 1), date(2020, 7, 1))
    assert (undated["valid_from"], undated["valid_to"]) == (None, None)


@pytest.mark.parametrize(
    ("start", "day"),
    [
        ("2016-01-01", date(2016, 1, 1)),
        ("2016-01-01T00:00:00.000Z", date(2016, 1, 1)),
        ("1451602800000", date(2016, 1, 1)),  # 2015-12-31T23:00:00Z: midnight in Berlin
        ("2015-12-31T23:00:00Z", date(2016, 1, 1)),
        ("2015-12-31T16:00:00.000Z", date(2016, 1, 1)),  # midnight in Beijing
        ("2016-01-01T05:00:00Z", date(2016, 1, 1)),  # midnight in New York
        ("2015-12-31T22:17:29Z", date(2015, 12, 31)),  # a time of day
        ("2016-01-01T23:00:00+01:00", date(2016, 1, 1)),
    ],
)
def test_local_midnight_in_utc_does_not_move_the_start(tmp_path: Path, start: str, day: date) -> None:
    [row] = relationships(tmp_path, relationship(1, 2, periods=[(start, None, "RELATIONSHIP_PERIOD")]))
    assert row["valid_from"] == day


def test_a_record_with_two_relationship_periods_gives_two_rows(tmp_path: Path) -> None:
    periods = [("2010-01-01", "2011-12-31", "RELATIONSHIP_PERIOD"), ("2015-01-01", None, "RELATIONSHIP_PERIOD")]
    found = relationships(tmp_path, relationship(1, 2, periods=periods))
    name = f"gleif/rr/R-{lei(1)}-{lei(2)}-D"
    assert {(row["record"], row["valid_from"], row["valid_to"]) for row in found} == {
        (name, date(2010, 1, 1), date(2012, 1, 1)),
        (f"{name}-2015-01-01", date(2015, 1, 1), None),
    }


def test_second_record_about_the_same_gets_a_name_of_its_own(tmp_path: Path) -> None:
    found = relationships(
        tmp_path,
        relationship(1, 2),
        relationship(1, 2, Relationship__RelationshipStatus="INACTIVE"),
        relationship(1, 2),
        relationship(1, 2, ULTIMATE),
    )
    direct, ultimate = f"gleif/rr/R-{lei(1)}-{lei(2)}-D", f"gleif/rr/R-{lei(1)}-{lei(2)}-U"
    assert [(row["record"], row["row"]) for row in found] == [(direct, 2), (f"{direct}-2", 3), (ultimate, 5)]
    assert len({row["record"] for row in found}) == len(found)


@pytest.mark.parametrize(
    ("code", "kind", "letter"),
    [
        ("IS_DIRECTLY_CONSOLIDATED_BY", "DirectConsolidation", "D"),
        ("IS_ULTIMATELY_CONSOLIDATED_BY", "UltimateConsolidation", "U"),
        ("IS_INTERNATIONAL_BRANCH_OF", "InternationalBranch", "B"),
        ("IS_FUND-MANAGED_BY", "FundManagement", "M"),
        ("IS_SUBFUND_OF", "SubFund", "S"),
        ("IS_FEEDER_TO", "FeederFund", "F"),
    ],
)
def test_kinds_of_relationship(tmp_path: Path, code: str, kind: str, letter: str) -> None:
    [row] = relationships(tmp_path, relationship(1, 2, code))
    assert (row["kind"], row["record"]) == (kind, f"gleif/rr/R-{lei(1)}-{lei(2)}-{letter}")


def test_relationships_that_are_none_are_rejected(tmp_path: Path) -> None:
    kept = relationships(
        tmp_path,
        relationship(1, 2),
        relationship(1, 2, "IS_FRIEND_OF"),
        relationship(1, 2, Relationship__EndNode__NodeIDType="PNI"),
        relationship(1, 2, ULTIMATE, periods=[("2019-02-30", None, "RELATIONSHIP_PERIOD")]),
    )
    assert [row["row"] for row in kept] == [2]
    assert sorted(line["value"] for line in rejects(tmp_path)) == ["2019-02-30", "IS_FRIEND_OF", "PNI"]


def test_own_parent_is_kept_with_a_warning(tmp_path: Path) -> None:
    [row] = relationships(tmp_path, relationship(1, 1))
    assert row["child"] == row["parent"]
    assert list(warnings(tmp_path)) == ["Relationship.EndNode.NodeID: the entity is recorded as its own parent"]


def test_exceptions_give_one_absence_for_each_reason(tmp_path: Path) -> None:
    store = load_texts(
        tmp_path,
        {
            "repex.csv": as_csv(
                "repex",
                [
                    exception(1, "NATURAL_PERSONS"),
                    exception(1, "NO_LEI", "CONSENT_NOT_OBTAINED", level="ULTIMATE", references=["a", "b"]),
                    exception(2, "WHO_KNOWS"),
                    exception(3),
                ],
            )
        },
    )
    found = store.table("absences").sort("row", "reason").collect().to_dicts()
    assert [(row["level"], row["reason"], row["reference"]) for row in found] == [
        ("DirectLevel", "NATURAL_PERSONS", None),
        ("UltimateLevel", "CONSENT_NOT_OBTAINED", "a; b"),
        ("UltimateLevel", "NO_LEI", "a; b"),
        ("DirectLevel", "WHO_KNOWS", None),
    ]
    assert found[2]["record"] == f"gleif/repex/X-{lei(1)}-U-NO_LEI"
    assert warnings(tmp_path) == {"Exception.Reason: unknown reason": 1}
    assert [line["reason"] for line in rejects(tmp_path)] == ["the reason is missing"]


def test_other_names_keep_script_language_and_kind(tmp_path: Path) -> None:
    store = load_texts(
        tmp_path,
        {
            "lei2.csv": as_csv(
                "lei2",
                [
                    company(1, names=[("株式会社", "ja", "PREVIOUS_LEGAL_NAME")], ascii_names=[("KK", None, "AUTO")]),
                    company(2),
                ],
            )
        },
    )
    found = [(row["record"], row["name"], row["language"], row["name_kind"]) for row in rows(store, "names")]
    assert sorted(found) == [
        (f"gleif/lei2/{lei(1)}/name/1", "株式会社", "ja", "PREVIOUS_LEGAL_NAME"),
        (f"gleif/lei2/{lei(1)}/name/2", "KK", None, "AUTO"),
    ]
