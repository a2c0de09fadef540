"""What statements of beneficial ownership become, statement by statement."""

from __future__ import annotations

import json
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes import rejects
from topco.registries.bods import Bods
from topco.registries.loading import Outcome, load
from topco.store.store import Store

DAY = date(2026, 1, 31)
PUBLICATION = {"publicationDate": "2025-01-31", "bodsVersion": "0.4", "publisher": {"name": "Acme Register"}}
Json = dict[str, Any]


def statement(kind: str, record: str, details: Json, **more: Any) -> Json:
    number = more.pop("number", 1)
    return {
        "statementId": f"{record}-{number}".ljust(32, "."),
        "declarationSubject": "a",
        "recordId": record,
        "recordType": kind,
        "recordStatus": "new",
        "statementDate": "2024-05-01",
        "publicationDetails": PUBLICATION,
        "recordDetails": {"isComponent": False, **details},
        **more,
    }


def entity(record: str, code: str = "registeredEntity", **details: Any) -> Json:
    subtype = {"subtype": details.pop("subtype")} if "subtype" in details else {}
    status = {name: details.pop(name) for name in ("recordStatus", "statementDate", "number") if name in details}
    return statement("entity", record, {"entityType": {"type": code, **subtype}, "name": record, **details}, **status)


def person(record: str, **details: Any) -> Json:
    return statement("person", record, {"personType": "knownPerson", "names": [{"fullName": record}], **details})


def held(record: str, owner: Any, owned: Any, *interests: Json, **more: Any) -> Json:
    details = {"subject": owned, "interestedParty": owner, "interests": list(interests)}
    details |= {name: more.pop(name) for name in ("isComponent", "componentRecords") if name in more}
    return statement("relationship", record, details, **more)


def stake(percent: float | None = None, code: str = "shareholding", **more: Any) -> Json:
    return {"type": code, **({} if percent is None else {"share": {"exact": percent}}), **more}


def load_statements(folder: Path, *files: Any, publisher: str | None = None) -> tuple[Store, Outcome]:
    paths = []
    for number, content in enumerate(files):
        path = folder / "in" / f"part{number}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        paths.append(path)
    store = Store.open(folder / "store", create=True)
    return store, load(store, Bods(publisher), paths, DAY, lambda *_: None)


def rows(store: Store, table: str) -> list[Json]:
    return store.table(table).sort("file", "row", "record").collect().to_dicts()


def warned(outcome: Outcome) -> str:
    return "\n".join(outcome.loaded[0].load.warnings)


def test_an_entity_with_addresses_names_and_identifiers(tmp_path: Path) -> None:
    addresses = [
        {"type": "business", "country": {"name": "China", "code": "CN"}},
        {"type": "registered", "country": {"name": "Cayman Islands (the)"}},
        {"type": "alternative", "country": {"name": "France", "code": "FR"}},
    ]
    identifiers = [
        {"scheme": "XI-LEI", "id": "5493001Z012YSB2A0K51"},
        {"scheme": "GB-COH", "id": "sc12345"},
        {"scheme": "GB-COH", "id": "102498"},
        {"scheme": "NL-KVK", "id": "24295332"},
        {"schemeName": "A list of ours", "id": "7"},
    ]
    acme = entity("a", addresses=addresses, identifiers=identifiers, alternateNames=["A & Sons"])
    acme["recordDetails"]["jurisdiction"] = {"name": "Delaware", "code": "US-DE"}
    store, outcome = load_statements(tmp_path, [acme])
    (row,) = rows(store, "entities")
    assert row["id"] == "BODS:acme-register/a"
    assert (row["hq_country"], row["registered_country"], row["jurisdiction"]) == ("CN", "KY", "US-DE")
    assert (row["kind"], row["category"], row["standing"]) == ("LegalEntity", "registeredEntity", "Current")
    assert row["last_update"] == date(2024, 5, 1)
    assert [other["other_id"] for other in rows(store, "identifiers")] == [
        *("LEI:5493001Z012YSB2A0K51", "GB-COH:00102498", "NL-KVK:24295332"),
    ]
    assert "a company number that is none" in warned(outcome)
    assert "a scheme that is no list of org-id.guide" in warned(outcome)
    assert [name["name"] for name in rows(store, "names")] == ["A & Sons"]
    (original,) = rows(store, "originals")
    assert json.loads(original["text"]) == acme
    assert row["record"] == original["record"] == f"bods/acme-register/{acme['statementId']}"


@pytest.mark.parametrize(
    ("addresses", "country", "warning"),
    [
        ([{"type": "registered", "country": {"name": "France", "code": "FR"}}], None, ""),
        ([{"type": "business", "address": "1 Rue de Rivoli, Paris"}], None, ""),
        ([{"type": "business", "country": {"name": "Atlantis"}}], None, "a country of an address is not known"),
        ([{"type": "business", "country": {"name": "France", "code": "CN"}}], "CN", "the code and the name"),
        (
            [{"type": "business", "country": {"name": "x", "code": code}} for code in ("CN", "FR")],
            None,
            "several addresses of one type",
        ),
    ],
)
def test_headquarters_are_the_one_business_address(
    tmp_path: Path, addresses: list[Json], country: str | None, warning: str
) -> None:
    store, outcome = load_statements(tmp_path, [entity("a", addresses=addresses)])
    assert rows(store, "entities")[0]["hq_country"] == country
    assert warning in warned(outcome)


@pytest.mark.parametrize(
    ("code", "subtype", "kind"),
    [
        ("legalEntity", None, "LegalEntity"),
        ("legalEntity", "trust", "Trust"),
        ("arrangement", None, "Arrangement"),
        ("arrangement", "trust", "Trust"),
        ("arrangement", "nomination", "Arrangement"),
        ("state", None, "State"),
        ("stateBody", "governmentDepartment", "StateBody"),
        ("anonymousEntity", None, "UnidentifiedParty"),
        ("unknownEntity", "other", "UnidentifiedParty"),
    ],
)
def test_kinds_of_entity(tmp_path: Path, code: str, subtype: str | None, kind: str) -> None:
    store, _ = load_statements(tmp_path, [entity("a", code, **({"subtype": subtype} if subtype else {}))])
    assert rows(store, "entities")[0]["kind"] == kind


def test_persons_known_and_unknown(tmp_path: Path) -> None:
    unknown = statement("person", "q", {"personType": "unknownPerson"})
    parts = person("r", names=[{"fullName": "", "givenName": "Ada", "familyName": "Byron"}, {"fullName": "A. King"}])
    store, _ = load_statements(tmp_path, [person("p"), unknown, parts])
    assert [(row["name"], row["kind"], row["hq_country"]) for row in rows(store, "entities")] == [
        ("p", "NaturalPerson", None),
        (None, "UnidentifiedParty", None),
        ("Ada Byron", "NaturalPerson", None),
    ]
    assert [row["name"] for row in rows(store, "names")] == ["A. King"]


def test_interests_become_holdings_with_bounds_and_periods(tmp_path: Path) -> None:
    relation = held(
        "r",
        "p",
        "a",
        stake(62.5, startDate="2020-01-01", endDate="2021-01-01"),
        stake(code="votingRights", share={"exclusiveMinimum": 25, "maximum": 50.0}),
        stake(code="appointmentOfBoard"),
        {},
    )
    store, _ = load_statements(tmp_path, [entity("a"), person("p"), relation])
    exact, band, board, nothing = rows(store, "holdings")
    assert (exact["owner"], exact["owned"]) == ("BODS:acme-register/p", "BODS:acme-register/a")
    assert (exact["interest"], exact["share_exact"], exact["share_min_exclusive"]) == (
        "shareholding",
        625_000_000,
        None,
    )
    # The end date is the day from which the interest ceased.
    assert (exact["valid_from"], exact["valid_to"]) == (date(2020, 1, 1), date(2021, 1, 1))
    assert (band["share_min"], band["share_min_exclusive"]) == (250_000_000, True)
    assert (band["share_max"], band["share_max_exclusive"]) == (500_000_000, False)
    assert (board["interest"], board["share_exact"], board["share_min"]) == ("appointmentOfBoard", None, None)
    assert nothing["interest"] == "unknownInterest"
    assert {row["standing"] for row in (exact, band, board, nothing)} == {"Current"}


@pytest.mark.parametrize(
    ("interest", "column", "reason"),
    [
        (stake(share={"minimum": 60, "maximum": 40}), "share", "the minimum is above the maximum"),
        (stake(share={"exclusiveMinimum": 40, "maximum": 40}), "share", "nothing lies between the bounds"),
        (stake(share={"exact": 10, "minimum": 20}), "share", "the exact share is outside the bounds beside it"),
        (stake(startDate="2021-01-01", endDate="2020-01-01"), "endDate", "the end is before the start"),
    ],
)
def test_an_impossible_interest_is_a_reject_and_the_others_load(
    tmp_path: Path, interest: Json, column: str, reason: str
) -> None:
    store, outcome = load_statements(tmp_path, [entity("a"), entity("b"), held("r", "b", "a", interest, stake(10))])
    assert [(row, where, why) for row, where, _, why in rejects(outcome)] == [
        ("3", f"recordDetails.interests[0].{column}", reason)
    ]
    assert [row["share_exact"] for row in rows(store, "holdings")] == [100_000_000]


def test_the_latest_statement_of_a_record_counts_and_a_closed_one_ends_it(tmp_path: Path) -> None:
    statements = [
        entity("a"),
        entity("b", name="newer", recordStatus="updated", statementDate="2024-07-01", number=2),
        entity("b", name="older"),
        held("r", "b", "a", stake(60, startDate="2020-01-01")),
        held(
            "r",
            "b",
            "a",
            stake(60, startDate="2020-01-01"),
            recordStatus="closed",
            statementDate="2024-09-01",
            number=2,
        ),
        held("s", "b", "a", stake(40, endDate="2023-01-01"), recordStatus="closed"),
        held("t", "b", "a", stake(10, startDate="2025-01-01"), recordStatus="closed"),
    ]
    store, outcome = load_statements(tmp_path, statements)
    assert [row["name"] for row in rows(store, "entities")] == ["a", "newer"]
    ended, early, void = rows(store, "holdings")
    assert (ended["standing"], ended["valid_from"], ended["valid_to"]) == ("Ended", date(2020, 1, 1), date(2024, 9, 1))
    assert (early["standing"], early["valid_to"]) == ("Ended", date(2023, 1, 1))
    assert void["standing"] == "Void"
    assert "2 statements are replaced by later ones" in warned(outcome)
    assert len(rows(store, "originals")) == 7


def test_a_later_statement_in_another_file_of_the_same_publisher_counts(tmp_path: Path) -> None:
    first = [entity("a"), entity("b"), held("r", "b", "a", stake(60))]
    second = [held("r", "b", "a", stake(60), recordStatus="closed", statementDate="2024-09-01", number=2)]
    store, outcome = load_statements(tmp_path, second, first)
    assert len(outcome.loaded) == 1
    assert [row["standing"] for row in rows(store, "holdings")] == ["Ended"]


def test_statements_with_the_same_id(tmp_path: Path) -> None:
    other = entity("a") | {"recordId": "b"}
    store, outcome = load_statements(tmp_path, [entity("a"), entity("a"), other])
    assert [row["id"] for row in rows(store, "entities")] == ["BODS:acme-register/a"]
    assert "an exact repeat of a statement was dropped" in warned(outcome)
    assert [(row, column) for row, column, _, _ in rejects(outcome)] == [("3", "statementId")]


def test_components_that_spell_a_relationship_out_count_instead_of_it(tmp_path: Path) -> None:
    whole = held("w", "p", "a", stake(30), componentRecords=["c1", "b", "c2"])
    parts = [
        entity("b", isComponent=True),
        held("c1", "p", "b", stake(60), isComponent=True),
        held("c2", "b", "a", stake(50), isComponent=True),
    ]
    store, _ = load_statements(tmp_path, [entity("a"), person("p"), *parts, whole])
    assert [(row["record"].split("/")[2].rstrip(".")[:-2], row["standing"]) for row in rows(store, "holdings")] == [
        ("c1", "Current"),
        ("c2", "Current"),
        ("w", "Summary"),
    ]


@pytest.mark.parametrize(
    "components",
    [
        [held("c1", "p", "b", stake(60), isComponent=True)],
        [
            held("c1", "p", "b", stake(code="unknownInterest"), isComponent=True),
            held("c2", "b", "a", stake(50), isComponent=True),
        ],
    ],
)
def test_a_relationship_that_its_components_do_not_spell_out_counts_itself(
    tmp_path: Path, components: list[Json]
) -> None:
    whole = held("w", "p", "a", stake(30), componentRecords=["c1", "b", "c2"])
    store, outcome = load_statements(tmp_path, [entity("a"), person("p"), entity("b"), *components, whole])
    assert {row["standing"] for row in rows(store, "holdings")} == {"Current"}
    assert "the components do not spell a relationship out" in warned(outcome)


def test_unspecified_parties(tmp_path: Path) -> None:
    nobody = held("r1", {"reason": "noBeneficialOwners"}, "a")
    silent = held(
        "r2", {"reason": "interestedPartyHasNotProvidedInformation", "description": "sent back"}, "b", stake(60)
    )
    over = held("r3", {"reason": "unknown"}, "b", stake(60, endDate="2020-01-01"))
    store, outcome = load_statements(tmp_path, [entity("a"), entity("b"), nobody, silent, over])
    assert [(row["subject"][-1], row["level"], row["reason"]) for row in rows(store, "absences")] == [
        ("a", "DirectLevel", "noBeneficialOwners"),
        ("a", "UltimateLevel", "noBeneficialOwners"),
        ("b", "DirectLevel", "interestedPartyHasNotProvidedInformation"),
        ("b", "UltimateLevel", "interestedPartyHasNotProvidedInformation"),
    ]
    unidentified = [row["id"] for row in rows(store, "entities") if row["kind"] == "UnidentifiedParty"]
    assert unidentified == ["BODS:acme-register/r2/interestedParty", "BODS:acme-register/r3/interestedParty"]
    assert [row["owner"] for row in rows(store, "holdings")] == unidentified
    assert "1 statements that a party is not named are over" in warned(outcome)


def test_joint_holdings_stay_as_stated(tmp_path: Path) -> None:
    statements = [
        *(entity("a"), entity("j", "arrangement"), person("p"), person("q")),
        *(held("r", "j", "a", stake(100)), held("s", "p", "j", stake(50)), held("t", "q", "j", stake(50))),
    ]
    store, _ = load_statements(tmp_path, statements)
    assert [row["share_exact"] // 10_000_000 for row in rows(store, "holdings")] == [100, 50, 50]


def test_gleif_in_free_text_becomes_consolidation_and_exceptions(tmp_path: Path) -> None:
    def other(details: str) -> Json:
        return stake(code="otherInfluenceOrControl", details=details, startDate="2021-05-13")

    unnamed = {
        "unspecifiedReason": "informationUnknownToPublisher",
        "description": "Exception Reason: NO KNOWN_PERSON. There is no known person(s) controlling the entity.",
    }
    statements = [
        *(entity("a"), entity("b"), entity("c")),
        held("d", "b", "a", other("Relationship Type: IS_DIRECTLY_CONSOLIDATED_BY")),
        held("u", "b", "a", other("Relationship Type: IS_ULTIMATELY_CONSOLIDATED_BY"), recordStatus="closed"),
        held("m", "c", "a", other("Relationship Type: IS_FUND-MANAGED_BY")),
        held("x", unnamed, "b", other("Exception Category: ULTIMATE_ACCOUNTING_CONSOLIDATION_PARENT")),
        held("y", {"reason": "unknown"}, "b", other("Exception Category: DIRECT_ACCOUNTING_CONSOLIDATION_PARENT")),
        held("z", "c", "b", other("Relationship Type: ['significant-influence-or-control']")),
    ]
    store, outcome = load_statements(tmp_path, statements)
    assert [
        (row["kind"], row["child"][-1], row["parent"][-1], row["standing"]) for row in rows(store, "relationships")
    ] == [
        ("DirectConsolidation", "a", "b", "Current"),
        ("UltimateConsolidation", "a", "b", "Ended"),
        ("FundManagement", "a", "c", "Current"),
    ]
    assert [(row["level"], row["reason"]) for row in rows(store, "absences")] == [
        ("UltimateLevel", "NO_KNOWN_PERSON"),
        ("DirectLevel", "unknown"),
    ]
    assert [(row["owner"][-1], row["interest"]) for row in rows(store, "holdings")] == [
        ("c", "otherInfluenceOrControl")
    ]
    assert "unspecifiedReason" in warned(outcome)


def test_deviations_of_published_files_are_read_with_a_warning(tmp_path: Path) -> None:
    a, b = entity("a"), entity("b")
    for each in (a, b):
        del each["declarationSubject"], each["recordDetails"]["isComponent"]
        each["recordDetails"]["addresses"] = [
            {"type": "business", "country": "CN"},
            {"type": "service", "country": None},
        ]
        each["recordDetails"]["incorporatedInJurisdiction"] = {"name": "United Kingdom", "code": "GB"}
        each["source"] = {"type": "officialRegister,verified", "url": "no address"}
    relation = held(
        "r",
        {"describedByEntityStatement": b["statementId"]},
        {"describedByEntityStatement": a["statementId"]},
        stake(code="voting-rights", share={"minimum": 25, "exclusiveMinimum": True, "maximum": ""}, endDate=""),
        stake(code="friendship"),
    )
    store, outcome = load_statements(tmp_path, [a, b, relation])
    assert rejects(outcome) == []
    assert {(row["hq_country"], row["jurisdiction"]) for row in rows(store, "entities")} == {("CN", "GB")}
    votes, unknown = rows(store, "holdings")
    assert (votes["owner"], votes["owned"]) == ("BODS:acme-register/b", "BODS:acme-register/a")
    assert (votes["interest"], votes["share_min"], votes["share_min_exclusive"]) == ("votingRights", 250_000_000, True)
    assert (votes["share_max"], votes["valid_to"]) == (None, None)
    assert unknown["interest"] == "unknownInterest"
    for words in (
        "incorporatedInJurisdiction",
        "a country is a text",
        "null",
        "empty text",
        "declarationSubject is missing",
        "isComponent is missing",
        "the types of a source are one text",
        "referred to by a statement",
        "an exclusive bound is a flag",
        "addresses.type",
        "interests.type",
        "in no code list",
    ):
        assert words in warned(outcome)


def test_what_is_wrong_otherwise_is_a_reject_with_path_value_and_reason(tmp_path: Path) -> None:
    bad = held("r", "a", "a", stake(share={"exact": 101}))
    dated = held("s", "a", "a", stake(10, startDate="31/12/2020"))
    store, outcome = load_statements(
        tmp_path, [entity("a"), bad, entity("b", "club"), 7, {"recordType": "entity"}, dated]
    )
    assert [row["name"] for row in rows(store, "entities")] == ["a"]
    found = rejects(outcome)
    assert ("2", "recordDetails.interests[0].share.exact", "101", "more than 100") in found
    assert ("3", "recordDetails.entityType.type", "club", "none of the codes that this field may have") in found
    assert ("4", "", "7", "not an object") in found
    assert [line[1:3] for line in found if line[0] == "6"] == [("recordDetails.interests[0].startDate", "31/12/2020")]
    assert {line[3] for line in found if line[0] == "5"} >= {"statementId is missing", "recordDetails is missing"}


def test_references_must_lead_to_parties(tmp_path: Path) -> None:
    statements = [
        *(entity("a"), person("p"), held("r", "p", "a", stake(10))),
        *(held("s", "r", "a", stake(10)), held("t", "a", "p", stake(10)), held("u", "elsewhere", "a", stake(10))),
    ]
    store, outcome = load_statements(tmp_path, statements)
    assert [(row, column, value) for row, column, value, _ in rejects(outcome)] == [
        ("4", "recordDetails.interestedParty", "r"),
        ("5", "recordDetails.subject", "p"),
    ]
    assert [row["owner"][-1] for row in rows(store, "holdings")] == ["p", "e"]
    assert "a party is described by no statement" in warned(outcome)


def old(kind: str, number: int, **fields: Any) -> Json:
    return {"statementID": f"statement-{number}".ljust(32, "."), "statementType": f"{kind}Statement", **fields}


def test_statements_before_04_and_what_replaces_them(tmp_path: Path) -> None:
    a, b = old("entity", 1, entityType="registeredEntity", name="a"), old("entity", 2, entityType="registeredEntity")
    newer = old("entity", 3, entityType="registeredEntity", name="b", replacesStatements=[b["statementID"]])
    relation = old(
        "ownershipOrControl",
        4,
        subject={"describedByEntityStatement": a["statementID"]},
        interestedParty={"describedByEntityStatement": b["statementID"]},
        interests=[
            {
                "type": "voting-rights",
                "share": {"minimum": 25, "maximum": 50, "exclusiveMinimum": True},
                "startDate": "2020-02",
                "endDate": "2021",
            },
            {"type": "rights-to-surplus-assets"},
        ],
    )
    absent = old(
        "ownershipOrControl",
        5,
        subject={"describedByEntityStatement": a["statementID"]},
        interestedParty={"unspecified": {"reason": "no-beneficial-owners"}},
    )
    store, outcome = load_statements(tmp_path, [a, b, relation, newer, absent], publisher="Old Register")
    assert [row["name"] for row in rows(store, "entities")] == ["a", "b"]
    votes, assets = rows(store, "holdings")
    assert votes["owner"] == f"BODS:old-register/{newer['statementID']}"
    assert (votes["interest"], votes["share_min_exclusive"], votes["share_max_exclusive"]) == (
        "votingRights",
        True,
        False,
    )
    assert (votes["valid_from"], votes["valid_to"]) == (date(2020, 2, 1), date(2022, 1, 1))
    assert assets["interest"] == "rightsToSurplusAssetsOnDissolution"
    assert [row["reason"] for row in rows(store, "absences")] == ["noBeneficialOwners"] * 2
    assert "1 statements are replaced by later ones" in warned(outcome)
    assert outcome.loaded[0].load.publisher == "Old Register"


def test_statements_that_replace_each_other_all_stay(tmp_path: Path) -> None:
    a = old("entity", 1, entityType="registeredEntity", replacesStatements=["statement-2".ljust(32, ".")])
    b = old("entity", 2, entityType="registeredEntity", replacesStatements=["statement-1".ljust(32, ".")])
    store, outcome = load_statements(tmp_path, [a, b])
    assert len(rows(store, "entities")) == 2
    assert "it replaces itself: it stays" in warned(outcome)


def test_the_publisher_is_the_one_of_the_file_else_its_name(tmp_path: Path) -> None:
    _, outcome = load_statements(tmp_path, [old("entity", 1, entityType="registeredEntity")])
    load_ = outcome.loaded[0].load
    assert (load_.publisher, load_.id) == ("part0", "bods-part0-statements-2026-01-31")
    assert outcome.loaded[0].load.file_kind == "statements"


def test_another_publisher_or_version_in_the_middle_is_remarked_on(tmp_path: Path) -> None:
    other = entity("b") | {"publicationDetails": PUBLICATION | {"bodsVersion": "0.2", "publisher": {"name": "Else"}}}
    _, outcome = load_statements(tmp_path, [entity("a"), other])
    assert "another publisher is named" in warned(outcome)
    assert "the tag names another version" in warned(outcome)


def test_a_dissolved_company_has_ended(tmp_path: Path) -> None:
    parties = [entity("a", dissolutionDate="2024-12-31"), entity("b", dissolutionDate="2025-06-30")]
    store, _ = load_statements(tmp_path, parties)
    assert [row["standing"] for row in rows(store, "entities")] == ["Ended", "Current"]


def test_an_interest_that_ends_on_its_first_day_counts_for_it(tmp_path: Path) -> None:
    relation = held("r", "p", "a", stake(10, startDate="2020-01-01", endDate="2020-01-01"))
    store, _ = load_statements(tmp_path, [entity("a"), person("p"), relation])
    assert [(row["valid_from"], row["valid_to"]) for row in rows(store, "holdings")] == [
        (date(2020, 1, 1), date(2020, 1, 2))
    ]


@pytest.mark.parametrize("known", [True, False])
def test_components_before_04_are_statements(tmp_path: Path, known: bool) -> None:
    def refer(number: int) -> Json:
        return {"describedByEntityStatement": f"statement-{number}".ljust(32, ".")}

    def relation(number: int, owner: int, owned: int, **more: Any) -> Json:
        interests = [{"type": "shareholding", "share": {"exact": 60}}]
        ends = {"subject": refer(owned), "interestedParty": refer(owner), "interests": interests}
        details = {"isComponent": False, "publicationDetails": PUBLICATION | {"bodsVersion": "0.3"}}
        return old("ownershipOrControl", number, **details | ends | more)

    whole = relation(6, 3, 1, componentStatementIDs=[f"statement-{n}".ljust(32, ".") for n in (4, 5)])
    components = [relation(4, 3, 2, isComponent=True), relation(5, 2, 1, isComponent=True)]
    parties = [
        old("entity", n, entityType="legalEntity", isComponent=False, publicationDetails=whole["publicationDetails"])
        for n in (1, 2, 3)
    ]
    store, outcome = load_statements(tmp_path, [*parties, *components[: 2 if known else 1], whole])
    assert rejects(outcome) == []
    assert [row["standing"] for row in rows(store, "holdings")][-1] == ("Summary" if known else "Current")


def test_a_record_that_is_stated_after_its_end_is_open(tmp_path: Path) -> None:
    closed = held("r", "p", "a", stake(60), recordStatus="closed", statementDate="2024-05-01")
    later = held("r", "p", "a", stake(60), recordStatus="updated", statementDate="2024-06-01", number=2)
    store, outcome = load_statements(tmp_path, [entity("a"), person("p"), later, closed])
    assert [row["standing"] for row in rows(store, "holdings")] == ["Current"]
    assert "stated later than the statement that closes it" in warned(outcome)


ANY_ORDER = [
    *(entity("a"), entity("b"), person("p"), entity("b", name="newer", statementDate="2024-06-01", number=2)),
    *(held("c1", "p", "b", stake(60), isComponent=True), held("c2", "b", "a", stake(50), isComponent=True)),
    held("w", "p", "a", stake(30), componentRecords=["c1", "c2"]),
    *(held("r", "b", "a", stake(10)), held("r", "b", "a", stake(20), statementDate="2024-06-01", number=2)),
    held("x", {"reason": "unknown"}, "b", stake(5)),
]


@settings(max_examples=40, deadline=None)
@given(st.permutations(ANY_ORDER), st.integers(0, len(ANY_ORDER)))
def test_the_order_of_statements_and_files_changes_nothing(order: list[Json], cut: int) -> None:
    def evidence(folder: Path, *files: list[Json]) -> dict[str, list[Json]]:
        store, _ = load_statements(folder, *(part for part in files if part))
        columns = {
            table: store.table(table).drop("file", "row", "load") for table in ("entities", "holdings", "absences")
        }
        return {table: frame.sort("record").collect().to_dicts() for table, frame in columns.items()}

    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        assert evidence(Path(one), order[:cut], order[cut:]) == evidence(Path(other), ANY_ORDER)
