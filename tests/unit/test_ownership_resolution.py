"""Resolutions from a store: documents, proofs, periods, loads, headquarters."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from ownership_store import VINTAGE, absence, add_load, entity, make_store, relationship

from topco.explain.proof import read_proof
from topco.ownership.facts import bulk_party_facts, party_facts
from topco.ownership.resolution import resolve, resolve_every

if TYPE_CHECKING:
    from pathlib import Path

    from topco.store.store import Store


@pytest.fixture
def group(tmp_path: Path) -> Store:
    """A subsidiary, its parent and the top; a branch of the subsidiary; a fund; a company that says nothing."""
    return make_store(
        tmp_path / "store",
        entities=[
            entity("X:top", "Top Holding", "CN", registered_country="KY", jurisdiction="KY"),
            entity("X:mid", "Middle BV", "NL"),
            entity("X:sub", "Subsidiary GmbH", "DE", registration_status="LAPSED"),
            entity("X:branch", "Subsidiary, Paris branch", "FR", kind="Branch"),
            entity("X:fund", "A Fund", "LU", kind="Fund"),
            entity("X:alone", "Alone Ltd", None, standing="Void", registration_status="ANNULLED"),
            entity("X:lostbranch", "Branch of nobody", "FR", kind="Branch"),
        ],
        relationships=[
            relationship("X:sub", "X:mid", valid_from=date(2019, 1, 1)),
            relationship("X:mid", "X:top"),
            relationship("X:branch", "X:sub", "InternationalBranch"),
            relationship("X:fund", "X:sub", "FundManagement"),
            relationship("X:sub", "X:old", standing="Ended", valid_to=date(2018, 1, 1)),
        ],
        absences=[
            absence("X:top", "NO_KNOWN_PERSON", "DirectLevel"),
            absence("X:top", "NO_KNOWN_PERSON", "UltimateLevel"),
        ],
    )


def one(store: Store, identifier: str, as_of: date = VINTAGE, known_as_of: date | None = None) -> dict[str, Any]:
    (document,) = resolve(store, [identifier], as_of, known_as_of)
    assert document is not None
    return document


def test_a_document(group: Store) -> None:
    document = one(group, "X:sub")
    assert document["status"] == "resolved"
    assert document["entity"] == {"id": "X:sub", "name": "Subsidiary GmbH"}
    assert document["direct_parents"] == [{"id": "X:mid", "name": "Middle BV"}]
    (ultimate,) = document["ultimate_parents"]
    assert (ultimate["id"], ultimate["hq_country"]) == ("X:top", "CN")
    assert ultimate["hq_source"] == {
        "load": "gleif-lei2-2025-03-02",
        "file": "lei2.csv",
        "row": 2,
        "record": "gleif/lei2/X:top",
    }
    assert document["hq"]["country"] == "DE"
    assert document["notes"] == ["lapsed"]
    assert [(step["child"], step["parent"], step["kind"]) for step in document["chain"]] == [
        ("X:sub", "X:mid", "consolidation"),
        ("X:mid", "X:top", "consolidation"),
    ]
    assert document["chain"][0]["from"] == "2019-01-01"
    assert document["chain"][0]["source"]["row"] == 2


def test_the_id_is_a_hash_of_the_content(group: Store) -> None:
    assert one(group, "X:sub")["id"] == one(group, "X:sub")["id"]
    assert one(group, "X:sub")["id"] != one(group, "X:sub", date(2025, 3, 3))["id"]


def test_headquarters_and_registered_address_stay_apart(group: Store) -> None:
    document = one(group, "X:top")
    assert document["status"] == "own_top"
    assert document["hq"]["country"] == "CN"
    assert document["weaker"] == {"registered_in": "KY", "jurisdiction": "KY"}


def test_a_branch_is_its_head_office(group: Store) -> None:
    document = one(group, "X:branch")
    assert document["status"] == "resolved"
    assert document["hq"]["country"] == "DE"
    assert document["weaker"]["branch_address_in"] == "FR"
    assert document["direct_parents"] == [{"id": "X:mid", "name": "Middle BV"}]
    assert "branch" in document["notes"]


def test_a_branch_without_head_office_has_no_headquarters(group: Store) -> None:
    document = one(group, "X:lostbranch")
    assert document["hq"] == {"country": None, "source": None, "alternatives": []}
    assert document["weaker"]["branch_address_in"] == "FR"


def test_a_fund_manager_is_no_parent(group: Store) -> None:
    document = one(group, "X:fund")
    assert (document["status"], document["chain"], document["notes"]) == ("no_evidence", [], ["fund"])


def test_a_void_record_gives_no_headquarters(group: Store) -> None:
    document = one(group, "X:alone")
    assert (document["hq"]["country"], document["notes"]) == (None, ["annulled"])


def test_periods(group: Store) -> None:
    assert one(group, "X:sub", date(2017, 12, 31))["ultimate_parents"] == [
        {
            "id": "X:old",
            "name": None,
            "status": "no_evidence",
            "hq_country": None,
            "hq_source": None,
            "hq_alternatives": [],
        }
    ]
    assert one(group, "X:sub", date(2018, 1, 1))["status"] == "no_evidence"
    assert one(group, "X:sub", date(2019, 1, 1))["status"] == "resolved"


def test_an_open_period_past_its_vintage_is_stale(group: Store) -> None:
    assert "stale" not in one(group, "X:sub", VINTAGE)["notes"]
    assert "stale" in one(group, "X:sub", date(2025, 3, 3))["notes"]
    assert "stale" not in one(group, "X:top", date(2025, 3, 3))["notes"]


def test_known_as_of_picks_the_load_of_that_day(group: Store) -> None:
    add_load(group, "rr", date(2025, 4, 1), relationships=[relationship("X:sub", "X:top")])
    day = date(2025, 4, 1)
    assert len(one(group, "X:sub", day)["chain"]) == 1
    assert len(one(group, "X:sub", day, date(2025, 3, 31))["chain"]) == 2


def test_sources_that_differ_are_alternatives(group: Store) -> None:
    add_load(group, "other", entities=[entity("X:top", "Top Holding", "HK")])
    document = one(group, "X:top")
    assert document["hq"]["country"] is None
    assert [(found["country"], found["source"]["load"]) for found in document["hq"]["alternatives"]] == [
        ("CN", "gleif-lei2-2025-03-02"),
        ("HK", "gleif-other-2025-03-02"),
    ]
    facts = party_facts(group, ["X:top", "X:sub"], VINTAGE)
    assert facts["X:top"].hq_alternatives == ("CN", "HK")
    assert facts["X:sub"].ultimate_parents == (("X:top", "Top Holding", None),)


def test_unknown_is_none_and_absent_from_the_facts(group: Store) -> None:
    assert resolve(group, ["X:nobody", "X:top"], VINTAGE)[0] is None
    assert list(party_facts(group, ["X:nobody", "X:top"], VINTAGE)) == ["X:top"]


def test_bulk_facts_are_the_facts(group: Store) -> None:
    from dataclasses import replace

    ids = ["X:top", "X:mid", "X:sub", "X:branch", "X:fund", "X:alone", "X:old", "X:nobody"]
    single = party_facts(group, ids, VINTAGE)
    assert bulk_party_facts(group, ids, VINTAGE) == {
        identifier: replace(facts, resolution={}) for identifier, facts in single.items()
    }


def test_every_entity_in_the_order_of_identifiers(group: Store) -> None:
    documents = list(resolve_every(group, VINTAGE))
    ids = [document["entity"]["id"] for document in documents]
    assert ids == sorted(ids)
    assert "X:old" not in ids
    alone = resolve(group, ids, VINTAGE)
    for document in alone:
        assert document is not None
        assert document["proof"].pop("basis")["of"] == "resolution", "a single answer can be derived again"
    assert documents == alone


def test_proofs_end_in_rows_or_in_what_was_searched(group: Store) -> None:
    for identifier in ("X:sub", "X:top", "X:branch", "X:fund", "X:alone", "X:lostbranch"):
        nodes = read_proof(one(group, identifier)["proof"], identifier)
        assert nodes[0].kind == "inferred"
        assert identifier in nodes[0].text
        leaves = [node for node in nodes if not node.premises]
        assert leaves
        for leaf in leaves:
            assert leaf.kind in ("asserted", "absent")
            if leaf.kind == "asserted":
                assert leaf.source is not None
                assert set(leaf.source) == {"load", "file", "row", "record"}
            else:
                assert "gleif-" in leaf.text


def test_a_proof_cites_the_statement_of_the_top(group: Store) -> None:
    texts = [node.text for node in read_proof(one(group, "X:sub")["proof"], "")]
    assert any("NO_KNOWN_PERSON" in text and "X:top" in text for text in texts)
    assert any("no parent exists" in text for text in texts)


def test_chains_longer_than_the_scans(tmp_path: Path) -> None:
    links = 25
    store = make_store(
        tmp_path,
        entities=[entity(f"X:{place:03}", f"Company {place}") for place in range(links + 1)],
        relationships=[relationship(f"X:{place:03}", f"X:{place + 1:03}") for place in range(links)],
        absences=[absence(f"X:{links:03}", "NATURAL_PERSONS")],
    )
    document = one(store, "X:000")
    assert document["status"] == "resolved"
    assert len(document["chain"]) == links
    assert document["ultimate_parents"][0]["id"] == f"X:{links:03}"
