"""Evidence as BODS 0.4 statements, and statements as published made valid under 0.4.

The checks here are our own: fields, codes, references. `tests/shared/test_export_shared.py` uses the official schema.
"""

from __future__ import annotations

import io
import json
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ownership_store import absence, add_load, entity, relationship

from topco.exchange.bods import statements, write_bods
from topco.exchange.bods_upgrade import References, first_of_chains, valid
from topco.exchange.selection import selection
from topco.ownership.parent_tests import interest_families
from topco.ownership.shares import PERCENT, WHOLE
from topco.store.store import Store

PUBLISHED = date(2026, 11, 27)
VINTAGE = date(2025, 3, 2)
ENTITY_TYPES = {
    "registeredEntity",
    "legalEntity",
    "arrangement",
    "anonymousEntity",
    "unknownEntity",
    "state",
    "stateBody",
}
REASONS = {
    "noBeneficialOwners",
    "subjectUnableToConfirmOrIdentifyBeneficialOwner",
    "interestedPartyHasNotProvidedInformation",
    "subjectExemptFromDisclosure",
    "interestedPartyExemptFromDisclosure",
    "unknown",
    "informationUnknownToPublisher",
}
INTERESTS = set(interest_families()) - {"shares", "votes", "board"}
KINDS = (
    "LegalEntity",
    "NaturalPerson",
    "State",
    "StateBody",
    "Trust",
    "Arrangement",
    "UnidentifiedParty",
    "Fund",
    "Branch",
    "SoleProprietor",
    "InternationalOrganization",
)


def exported(store: Store, *asked: str, **more: Any) -> list[dict[str, Any]]:
    return [json.loads(text) for text in statements(selection(store, asked, **more), PUBLISHED)]


def holding(owner: str, owned: str, **more: Any) -> dict[str, Any]:
    return {
        "owner": owner,
        "owned": owned,
        "interest": "shares",
        "standing": "Current",
        "stale": False,
        "record": f"table/t/holdings/{owner}/{owned}",
        **more,
    }


def check(found: list[dict[str, Any]]) -> None:
    """What must be true of every export made from rows."""
    described = {one["recordId"] for one in found if one["recordType"] != "relationship"}
    assert len({one["statementId"] for one in found}) == len(found)
    for one in found:
        assert 32 <= len(one["statementId"]) <= 64
        date.fromisoformat(one["statementDate"])
        assert one["publicationDetails"]["bodsVersion"] == "0.4"
        assert one["publicationDetails"]["publisher"] == {"name": "topco"}
        assert one["recordStatus"] in {"new", "updated", "closed"}
        assert one["declarationSubject"] in described
        details = one["recordDetails"]
        assert details["isComponent"] is False
        if one["recordType"] == "entity":
            assert details["entityType"]["type"] in ENTITY_TYPES
        elif one["recordType"] == "person":
            assert details["personType"] in {"knownPerson", "anonymousPerson", "unknownPerson"}
        else:
            assert details["subject"] in described
            party = details["interestedParty"]
            assert party in described if isinstance(party, str) else party["reason"] in REASONS
            for interest in details["interests"]:
                assert interest["type"] in INTERESTS
                assert interest["directOrIndirect"] == "unknown"
                assert all(0 <= bound <= 100 for bound in interest.get("share", {}).values())


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path / "store", create=True)


def one(found: list[dict[str, Any]], record: str) -> dict[str, Any]:
    (only,) = [statement for statement in found if statement["recordId"] == record]
    return only


def test_an_entity_with_names_identifiers_and_addresses(store: Store) -> None:
    add_load(
        store,
        "lei2",
        entities=[
            entity(
                "GB-COH:00000001",
                "Alpha",
                "CN",
                hq_city="Beijing",
                registered_country="KY",
                jurisdiction="US-DE",
                registration_authority="RA000585",
                registration_number="00000001",
                last_update=date(2025, 1, 31),
                category="GENERAL",
            )
        ],
        names=[{"id": "GB-COH:00000001", "name": "Алфа", "record": "n"}],
        identifiers=[{"id": "GB-COH:00000001", "other_id": "LEI:5493001Z012YSB2A0K51", "record": "i"}],
    )
    found = exported(store)
    check(found)
    (statement,) = found
    assert statement["recordId"] == statement["declarationSubject"] == "GB-COH:00000001"
    assert statement["statementDate"] == "2025-01-31"
    assert statement["publicationDetails"]["license"] == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert statement["source"]["retrievedAt"] == "2025-03-02"
    assert statement["source"]["assertedBy"] == [{"name": "GLEIF"}]
    details = statement["recordDetails"]
    assert details["entityType"] == {"type": "registeredEntity", "details": "LegalEntity"}
    assert details["alternateNames"] == ["Алфа"]
    assert details["jurisdiction"] == {"name": "US-DE", "code": "US-DE"}
    assert details["identifiers"] == [
        {"id": "00000001", "scheme": "GB-COH"},
        {
            "id": "5493001Z012YSB2A0K51",
            "scheme": "XI-LEI",
            "schemeName": "Global Legal Entity Identifier Index",
        },
        {"id": "00000001", "schemeName": "RA000585"},
    ]
    assert details["addresses"] == [
        {"type": "registered", "country": {"name": "Cayman Islands", "code": "KY"}},
        {"type": "business", "address": "Beijing", "country": {"name": "China", "code": "CN"}},
    ]
    assert "category GENERAL" in statement["annotations"][0]["description"]


def test_shares_and_bounds(store: Store) -> None:
    add_load(
        store,
        "table",
        entities=[entity("X:a", "A"), entity("X:b", "B", kind="NaturalPerson")],
        holdings=[
            holding("X:b", "X:a", share_exact=333_333_333, valid_from=date(2020, 1, 1), record="t/1"),
            holding(
                "X:b",
                "X:a",
                interest="votes",
                share_min=25 * PERCENT,
                share_min_exclusive=True,
                share_max=50 * PERCENT,
                share_max_exclusive=False,
                record="t/2",
            ),
            holding("X:b", "X:a", interest="nominee", record="t/3"),
        ],
    )
    found = exported(store)
    check(found)
    first, second, third = (one(found, f"t/{n}")["recordDetails"]["interests"][0] for n in (1, 2, 3))
    assert first["share"] == {"exact": 33.3333333}
    assert first["startDate"] == "2020-01-01"
    assert (first["type"], second["type"], third["type"]) == ("shareholding", "votingRights", "nominee")
    assert second["share"] == {"exclusiveMinimum": 25, "maximum": 50}
    assert "share" not in third
    assert one(found, "X:b")["recordDetails"]["names"] == [{"type": "legal", "fullName": "B"}]


def test_nothing_is_counted_twice_or_after_its_end(store: Store) -> None:
    add_load(
        store,
        "table",
        entities=[entity("X:a", "A"), entity("X:b", "B")],
        holdings=[
            holding("X:b", "X:a", standing="Ended", valid_to=date(2021, 1, 1), record="t/ended"),
            holding("X:b", "X:a", standing="Void", record="t/void"),
            holding("X:b", "X:a", standing="Summary", record="t/summary"),
            holding("X:b", "X:a", record="t/current"),
        ],
    )
    found = exported(store)
    check(found)
    status = {name: one(found, f"t/{name}")["recordStatus"] for name in ("ended", "void", "summary", "current")}
    assert status == {"ended": "closed", "void": "closed", "summary": "closed", "current": "new"}
    assert one(found, "t/ended")["recordDetails"]["interests"][0]["endDate"] == "2021-01-01"
    assert [s["recordId"] for s in exported(store, as_of=date(2020, 6, 1)) if s["recordType"] == "relationship"] == [
        "t/ended",
        "t/current",
    ]


def test_consolidation_absences_and_stubs(store: Store) -> None:
    add_load(store, "lei2", entities=[entity("LEI:A", "A")])
    add_load(store, "rr", relationships=[relationship("LEI:A", "LEI:B"), relationship("LEI:A", "LEI:M", "SubFund")])
    add_load(store, "repex", absences=[absence("LEI:A", "NATURAL_PERSONS", reference="law")])
    found = exported(store)
    check(found)
    interest = one(found, "gleif/rr/R-LEI:A-LEI:B-D")["recordDetails"]["interests"][0]
    assert interest["type"] == "otherInfluenceOrControl"
    assert interest["details"] == "Relationship Type: IS_DIRECTLY_CONSOLIDATED_BY"
    # A tie of funds is no control.
    assert one(found, "gleif/rr/R-LEI:A-LEI:M-S")["recordDetails"]["interests"][0]["type"] == "unknownInterest"
    unnamed = one(found, "gleif/repex/X-LEI:A")["recordDetails"]
    # That natural persons control it does not mean that there is no beneficial owner.
    assert unnamed["interestedParty"] == {
        "reason": "informationUnknownToPublisher",
        "description": "Exception Reason: NATURAL_PERSONS. law",
    }
    assert unnamed["interests"][0]["details"] == "Exception Category: ULTIMATE_ACCOUNTING_CONSOLIDATION_PARENT"
    assert one(found, "LEI:B")["recordDetails"]["entityType"] == {"type": "unknownEntity"}


def test_a_reason_of_bods_keeps_its_name(store: Store) -> None:
    add_load(store, "bods", entities=[entity("X:a", "A")], absences=[absence("X:a", "noBeneficialOwners")])
    (unnamed,) = [s for s in exported(store) if s["recordType"] == "relationship"]
    assert unnamed["recordDetails"]["interestedParty"]["reason"] == "noBeneficialOwners"


def test_two_records_about_one_party_are_updates_of_one_record(store: Store) -> None:
    add_load(store, "lei2", date(2025, 3, 2), entities=[entity("LEI:A", "New", record="n")])
    add_load(store, "other", date(2024, 1, 1), entities=[entity("LEI:A", "Old", record="o")])
    add_load(store, "third", date(2026, 1, 1), entities=[entity("LEI:A", "Never", standing="Void", record="v")])
    found = exported(store)
    check(found)
    assert [(s["recordDetails"]["name"], s["recordStatus"]) for s in found] == [
        ("Never", "closed"),
        ("Old", "updated"),
        ("New", "updated"),
    ]


def test_headquarters_stated_elsewhere_is_a_comment_and_no_address(store: Store) -> None:
    stated = {"id": "LEI:A", "country": "CN", "basis": "filing", "stated_on": date(2025, 1, 1), "record": "h"}
    add_load(store, "lei2", entities=[entity("LEI:A", "A", None)], headquarters=[stated])
    (statement,) = exported(store)
    assert "addresses" not in statement["recordDetails"]
    comments = [annotation["description"] for annotation in statement["annotations"]]
    assert "Headquarters stated elsewhere: CN; basis filing; on 2025-01-01." in comments


def test_array_and_lines_hold_the_same(store: Store) -> None:
    add_load(store, "lei2", entities=[entity("LEI:A", "A"), entity("LEI:B", "B")])
    texts = []
    for lines in (False, True):
        stream = io.StringIO()
        assert write_bods(selection(store), stream, PUBLISHED, lambda _: None, lines=lines) == 2
        texts.append(stream.getvalue())
    assert json.loads(texts[0]) == [json.loads(line) for line in texts[1].splitlines()]


PARTIES = st.sampled_from(["X:a", "X:b", "GB-COH:1", "LEI:5493001Z012YSB2A0K51", "http://example.org/c d"])
SHARE = st.none() | st.integers(0, WHOLE)
ROWS = st.fixed_dictionaries(
    {
        "owner": PARTIES,
        "owned": PARTIES,
        "interest": st.sampled_from(sorted(interest_families())),
        "share_exact": SHARE,
        "standing": st.sampled_from(["Current", "Ended", "Void", "Summary"]),
        "stale": st.booleans(),
        "valid_from": st.none() | st.dates(),
        "valid_to": st.none() | st.dates(),
    }
)


@settings(max_examples=40, deadline=None)
@given(st.lists(ROWS, max_size=6), st.dictionaries(PARTIES, st.sampled_from(KINDS), max_size=5))
def test_every_export_refers_only_to_what_it_describes(rows: list[dict[str, Any]], kinds: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "store", create=True)
        add_load(
            store,
            "table",
            entities=[entity(one, "Ä \x07 name", kind=kind, record=f"e/{one}") for one, kind in kinds.items()],
            holdings=[{**row, "record": f"h/{place}"} for place, row in enumerate(rows)],
        )
        found = exported(store)
    check(found)
    assert sum(one["recordType"] == "relationship" for one in found) == len(rows)
    named = {row[side] for row in rows for side in ("owner", "owned")} | set(kinds)
    assert {one["recordId"] for one in found if one["recordType"] != "relationship"} == named


# --- statements as published

NEW = {
    "statementId": "a" * 32,
    "recordId": "rel",
    "recordType": "relationship",
    "declarationSubject": "e1",
    "statementDate": "2025-01-01",
    "recordDetails": {"isComponent": False, "subject": "e1", "interestedParty": "p1", "interests": []},
    "publicationDetails": {"publicationDate": "2025-02-01", "bodsVersion": "0.4", "publisher": {"name": "R"}},
}


def made_valid(statement: dict[str, Any], references: References | None = None) -> dict[str, Any]:
    return valid(statement, references or References(), VINTAGE, "Register")


def test_a_sound_statement_stays_as_it_is() -> None:
    assert made_valid(NEW) == NEW


def test_known_deviations_are_made_valid() -> None:
    details = {
        "entityType": {"type": "registeredEntity"},
        "incorporatedInJurisdiction": {"code": "GB"},
        "foundingDate": "",
        "addresses": [{"type": "service", "country": "GB"}, {"type": "business", "country": "Somewhere Else"}],
    }
    found = made_valid(
        {
            "statementId": "b" * 32,
            "recordId": "e1",
            "recordType": "entity",
            "recordDetails": details,
            "source": {"type": "officialRegister,verified"},
        }
    )
    assert found["recordDetails"] == {
        "isComponent": False,
        "entityType": {"type": "registeredEntity"},
        "jurisdiction": {"code": "GB", "name": "United Kingdom"},
        "addresses": [
            {"type": "alternative", "country": {"name": "United Kingdom", "code": "GB"}},
            {"type": "business", "country": {"name": "Somewhere Else"}},
        ],
    }
    assert found["source"] == {"type": ["officialRegister", "verified"]}
    assert found["declarationSubject"] == "e1"
    assert found["statementDate"] == "2025-03-02"
    assert "publicationDetails" not in found


def test_references_of_earlier_versions_and_unspecified_parties() -> None:
    statement = json.loads(json.dumps(NEW))
    statement["recordDetails"] |= {
        "subject": {"describedByEntityStatement": "s" * 32},
        "interestedParty": {"unspecifiedReason": "informationUnknownToPublisher", "description": "why"},
        "interests": [{"type": "shareholding", "endDate": ""}],
    }
    details = made_valid(statement, References(records={"s" * 32: "e9"}))["recordDetails"]
    assert details["subject"] == "e9"
    assert details["interestedParty"] == {"reason": "informationUnknownToPublisher", "description": "why"}
    assert details["interests"] == [{"type": "shareholding"}]


def test_an_old_relationship_is_rewritten() -> None:
    old = {
        "statementID": "o" * 32,
        "statementType": "ownershipOrControlStatement",
        "subject": {"describedByEntityStatement": "s" * 32},
        "interestedParty": {"unspecified": {"reason": "no-beneficial-owners"}},
        "interests": [
            {
                "type": "voting-rights",
                "interestLevel": "direct",
                "share": {"minimum": 25, "maximum": 50, "exclusiveMinimum": True, "exclusiveMaximum": False},
            }
        ],
        "replacesStatements": ["r" * 32],
    }
    found = made_valid(old, References(first=first_of_chains({"o" * 32: ["r" * 32]})))
    assert found["statementId"] == "o" * 32
    assert found["recordId"] == "r" * 32
    assert (found["recordType"], found["recordStatus"]) == ("relationship", "updated")
    assert found["declarationSubject"] == "s" * 32
    assert found["publicationDetails"] == {
        "publicationDate": "2025-03-02",
        "bodsVersion": "0.4",
        "publisher": {"name": "Register"},
    }
    assert found["recordDetails"] == {
        "isComponent": False,
        "subject": "s" * 32,
        "interestedParty": {"reason": "noBeneficialOwners"},
        "interests": [
            {"type": "votingRights", "directOrIndirect": "direct", "share": {"exclusiveMinimum": 25, "maximum": 50}}
        ],
    }
    assert any("r" * 32 in annotation["description"] for annotation in found["annotations"])


def test_an_old_person_is_rewritten() -> None:
    old = {
        "statementID": "p" * 32,
        "statementType": "personStatement",
        "names": [{"type": "individual", "fullName": "A B"}, {"type": "aka", "givenName": "C", "familyName": "D"}],
        "nationalities": [{"code": "DE"}],
        "placeOfResidence": {"country": "FR"},
        "hasPepStatus": True,
        "pepStatusDetails": [{"reason": "minister", "jurisdiction": {"code": "FR"}}],
    }
    details = made_valid(old)["recordDetails"]
    assert details == {
        "isComponent": False,
        "personType": "knownPerson",
        "names": [
            {"type": "legal", "fullName": "A B"},
            {"type": "alternative", "givenName": "C", "familyName": "D", "fullName": "C D"},
        ],
        "nationalities": [{"code": "DE", "name": "Germany"}],
        "addresses": [{"type": "residence", "country": {"name": "France", "code": "FR"}}],
        "politicalExposure": {
            "status": "isPep",
            "details": [{"reason": "minister", "jurisdiction": {"code": "FR", "name": "France"}}],
        },
    }


def test_a_load_that_keeps_its_statements_gives_them_back(store: Store) -> None:
    texts = [json.dumps({**NEW, "statementId": letter * 32, "recordId": f"rel/{letter}"}, indent=1) for letter in "xyz"]
    texts[0] = json.dumps(json.loads(texts[0]))
    add_load(
        store,
        "bods",
        holdings=[holding("B:p1", "B:e1", record="bods/r/x/1"), holding("B:p2", "B:e2", record="bods/r/y")],
        entities=[entity("B:e1", "E1", record="bods/r/e1")],
        originals=[{"record": f"bods/r/{letter}", "text": text} for letter, text in zip("xyz", texts, strict=True)],
    )
    found = list(statements(selection(store), PUBLISHED))
    assert [json.loads(text) for text in found] == [json.loads(text) for text in texts]
    assert found[0] == texts[0]
    assert not any("\n" in text for text in found)
    around = list(statements(selection(store, ["B:e1"]), PUBLISHED))
    assert [json.loads(text)["recordId"] for text in around] == ["rel/x"]
