"""Records of controlling parties: who they are, what they hold, through whom, and from when to when."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psc_records import (
    COMPANIES_HOUSE,
    COMPANY,
    CORPORATE,
    LEGAL_PERSON,
    SHARES,
    TOTALS,
    VOTES,
    lines,
    load_text,
    party,
    rejects,
    rows,
    statement,
    table,
    warnings,
)
from topco.ownership.resolution import resolve
from topco.registries.companies_house import parties
from topco.registries.companies_house.meanings import is_uk_register, kinds, natures, texts
from topco.registries.companies_house.numbers import own_number, stated_number
from topco.registries.reference import known_agent_kinds, known_interests

ID = f"GB-COH-PSC:{COMPANY}/one"
OWNED = f"GB-COH:{COMPANY}"
BAND = ("share_min", "share_min_exclusive", "share_max", "share_max_exclusive")


def test_a_person_with_two_natures_has_two_holdings_and_no_headquarters(tmp_path: Path) -> None:
    store, outcome = load_text(tmp_path, lines(party(natures_of_control=[SHARES, VOTES]), TOTALS))
    (entity,) = rows(store, "entities")
    assert (entity["id"], entity["name"], entity["kind"]) == (ID, "Ada Example", "NaturalPerson")
    assert [entity[key] for key in ("hq_country", "hq_city", "registered_country", "registered_city")] == [None] * 4
    shares, votes = rows(store, "holdings")
    assert (shares["owner"], shares["owned"], shares["interest"]) == (ID, OWNED, "shareholding")
    assert votes["interest"] == "votingRights"
    assert [shares[key] for key in BAND] == [750_000_000, False, 1_000_000_000, False]
    assert (shares["valid_from"], shares["valid_to"], shares["standing"]) == (date(2016, 4, 6), None, "Current")
    assert shares["record"] == f"psc/{COMPANY}/one/{SHARES}"
    assert warnings(outcome) == {}
    assert outcome.loaded[0].load.vintage == date(2024, 11, 22)


@pytest.mark.parametrize(
    ("code", "interest", "band"),
    [
        ("ownership-of-shares-25-to-50-percent", "shareholding", (250_000_000, True, 500_000_000, False)),
        ("voting-rights-50-to-75-percent", "votingRights", (500_000_000, True, 750_000_000, True)),
        (
            "right-to-share-surplus-assets-75-to-100-percent-limited-liability-partnership",
            "rightsToSurplusAssetsOnDissolution",
            (750_000_000, False, 1_000_000_000, False),
        ),
        (
            "ownership-of-shares-more-than-25-percent-registered-overseas-entity",
            "shareholding",
            (250_000_000, True, 1_000_000_000, False),
        ),
        ("right-to-appoint-and-remove-directors", "appointmentOfBoard", (None,) * 4),
        ("right-to-appoint-and-remove-members-limited-liability-partnership", "appointmentOfBoard", (None,) * 4),
        ("right-to-appoint-and-remove-person", "appointmentOfBoard", (None,) * 4),
        ("significant-influence-or-control", "otherInfluenceOrControl", (None,) * 4),
        ("registered-owner-as-nominee-person-scotland-registered-overseas-entity", "nominator", (None,) * 4),
    ],
)
def test_a_nature_has_its_interest_and_band(tmp_path: Path, code: str, interest: str, band: tuple[Any, ...]) -> None:
    (holding,) = table(tmp_path, "holdings", party(natures_of_control=[code]))
    assert holding["interest"] == interest
    assert tuple(holding[key] for key in BAND) == band


@pytest.mark.parametrize(
    ("code", "suffix", "kind", "interest"),
    [
        ("ownership-of-shares-75-to-100-percent-as-trust", "trust", "Trust", "otherInfluenceOrControl"),
        ("voting-rights-75-to-100-percent-as-firm", "firm", "Arrangement", "otherInfluenceOrControl"),
        (
            "ownership-of-shares-more-than-25-percent-as-trust-registered-overseas-entity",
            *("trustees", "Trust", "trustee"),
        ),
        (
            "voting-rights-more-than-25-percent-as-firm-registered-overseas-entity",
            *("members", "Arrangement", "unknownInterest"),
        ),
        (
            "right-to-appoint-and-remove-directors-as-control-over-trust-registered-overseas-entity",
            *("trust", "Trust", "otherInfluenceOrControl"),
        ),
        (
            "registered-owner-as-nominee-another-entity-scotland-registered-overseas-entity",
            *("entity", "UnidentifiedParty", "unknownInterest"),
        ),
    ],
)
def test_an_unnamed_agent_holds_for_the_named_party(
    tmp_path: Path, code: str, suffix: str, kind: str, interest: str
) -> None:
    store, _ = load_text(tmp_path, lines(party(natures_of_control=[code]), TOTALS))
    entities = {row["id"]: row for row in rows(store, "entities")}
    between = f"{ID}/{suffix}"
    assert entities[between]["kind"] == kind
    holdings = {(row["owner"], row["owned"]): row for row in rows(store, "holdings")}
    assert set(holdings) == {(between, OWNED), (ID, between)}
    assert holdings[ID, between]["interest"] == interest
    assert holdings[between, OWNED]["interest"] == natures()[code].interest


def test_several_natures_through_a_trust_are_one_trust(tmp_path: Path) -> None:
    codes = [f"{SHARES}-as-trust", f"{VOTES}-as-trust", SHARES]
    store, _ = load_text(tmp_path, lines(party(natures_of_control=codes), TOTALS))
    assert [row["kind"] for row in rows(store, "entities")] == ["NaturalPerson", "Trust"]
    assert len(rows(store, "holdings")) == 4


def test_what_a_trust_holds_is_neither_resolved_nor_nobody(tmp_path: Path) -> None:
    company = "CompanyName,CompanyNumber,CompanyCategory,CompanyStatus,CountryOfOrigin\n"
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "companies.csv").write_text(
        company + f"Example Ltd,{COMPANY},Private Limited Company,Active,United Kingdom\n", encoding="utf-8"
    )
    load_text(tmp_path, (tmp_path / "in" / "companies.csv").read_text(encoding="utf-8"), "companies.csv")
    store, _ = load_text(tmp_path, lines(party(natures_of_control=[f"{SHARES}-as-trust"]), TOTALS))
    (document,) = resolve(store, [OWNED], date(2024, 11, 22))
    assert document is not None
    assert document["status"] == "open_top"
    assert [parent["id"] for parent in document["ultimate_parents"]] == [f"{ID}/trust"]


def test_unknown_and_missing_natures_stay_as_unknown_interests(tmp_path: Path) -> None:
    records = [party(natures_of_control=["ownership-of-moons"]), party("two", natures_of_control="drop")]
    store, outcome = load_text(tmp_path, lines(*records, TOTALS))
    first, second = rows(store, "holdings")
    assert first["interest"] == second["interest"] == "unknownInterest"
    assert first["record"].endswith("/ownership-of-moons")
    assert warnings(outcome) == {parties.UNKNOWN_NATURE: 1, parties.NO_NATURE: 1}


def test_a_company_of_the_register_is_linked(tmp_path: Path) -> None:
    store, _ = load_text(tmp_path, lines(party(kind=CORPORATE, identification=COMPANIES_HOUSE), TOTALS))
    (entity,) = rows(store, "entities")
    assert (entity["kind"], entity["registered_country"], entity["jurisdiction"]) == ("LegalEntity", "GB", "GB")
    assert (entity["registration_authority"], entity["registration_number"]) == ("Companies House", "7654321")
    assert entity["hq_country"] is None
    (identifier,) = rows(store, "identifiers")
    assert (identifier["id"], identifier["other_id"]) == (ID, "GB-COH:07654321")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"place_registered": "New South Wales"}, parties.NO_PLACE),
        ({"place_registered": "Registrar Of Companies"}, parties.NO_PLACE),
        ({"place_registered": "Charity Commission England"}, parties.NO_PLACE),
        ({"place_registered": None}, parties.NO_PLACE),
        ({"country_registered": "Gibraltar"}, parties.ELSEWHERE),
        ({"registration_number": "GB 765432"}, parties.NO_NUMBER),
        ({"registration_number": "01234567 and others"}, parties.NO_NUMBER),
        ({"registration_number": "1234567"}, parties.ITSELF),
    ],
)
def test_a_company_is_not_linked_where_doubt_is_left(tmp_path: Path, change: dict[str, Any], why: str) -> None:
    record = party(kind=CORPORATE, identification=COMPANIES_HOUSE | change)
    store, outcome = load_text(tmp_path, lines(record, TOTALS))
    assert rows(store, "identifiers") == []
    assert warnings(outcome)[why] == 1
    assert len(rows(store, "holdings")) == 1


def test_only_a_legal_person_with_a_form_of_government_is_a_state_body(tmp_path: Path) -> None:
    forms = {"Government Department": "StateBody", "government-owned company": "LegalEntity", "": "LegalEntity"}
    records = [
        party(f"p{place}", LEGAL_PERSON, identification={"legal_form": form}) for place, form in enumerate(forms)
    ]
    company = party("company", CORPORATE, identification={"legal_form": "Government Department"})
    found = table(tmp_path, "entities", *records, company)
    assert [row["kind"] for row in found] == [*forms.values(), "LegalEntity"]


def test_periods_and_standings(tmp_path: Path) -> None:
    records = [
        party("over", ceased_on="2020-05-01"),
        party("undated", ceased=True),
        party("no-day", ceased_on="2016-04-06"),
        party("going", ceased=False),
    ]
    store, outcome = load_text(tmp_path, lines(*records, TOTALS))
    found = [(row["standing"], row["valid_from"], row["valid_to"]) for row in rows(store, "holdings")]
    start = date(2016, 4, 6)
    assert found == [
        ("Current", start, date(2020, 5, 1)),
        ("Ended", start, None),
        ("Void", start, None),
        ("Current", start, None),
    ]
    assert warnings(outcome) == {parties.CEASED_UNDATED: 1, parties.NO_DAYS: 1}


@pytest.mark.parametrize(
    ("record", "column", "reason"),
    [
        (party(name="drop"), "name", "a party without a name"),
        (party(name=7), "name", "not a text"),
        (party(name="x" * 1_000_000), "name", "longer than 4000 characters"),
        (party(name="half \ud800"), "name", "half a character"),
        (party(notified_on="06/04/2016"), "notified_on", "not a date"),
        (party(notified_on="2016-W15-3"), "notified_on", "not a date"),
        (party(ceased_on="2015-01-01"), "ceased_on", "before notified_on"),
        (party(natures_of_control="all"), "natures_of_control", "not a list of texts"),
        (party(natures_of_control=[["x"]]), "natures_of_control", "not a list of texts"),
        (party(identification=[1]), "identification", "not an object"),
        (party(links="drop"), "links.self", "no link that identifies the record"),
        (party(links={"self": "/officers/1"}), "links.self", "no link that identifies the record"),
        (party() | {"company_number": "99999999"}, "links.self", "the link is of another company"),
        (party() | {"company_number": "???"}, "company_number", "no company number"),
        (party(kind="officer"), "kind", "not a kind of record that is known"),
        ([1, 2], "record", "not an object"),
        ('{"company_number": "0123', "record", "the line is no JSON"),
        ('{"data": ' * 5_000 + "1" + "}" * 5_000, "record", ""),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 60 else "",
)
def test_what_cannot_be_used_is_rejected_and_the_rest_is_kept(
    tmp_path: Path, record: Any, column: str, reason: str
) -> None:
    store, outcome = load_text(tmp_path, lines(party("sound"), record, TOTALS))
    assert [row["id"] for row in rows(store, "entities")] == [f"GB-COH-PSC:{COMPANY}/sound"]
    lost = rejects(outcome)
    assert f"snapshot.txt,2,{column}," in lost
    assert reason in lost


def test_an_owner_under_sanctions_is_told(tmp_path: Path) -> None:
    _, outcome = load_text(tmp_path, lines(party(is_sanctioned=True), TOTALS))
    assert warnings(outcome) == {parties.SANCTIONED: 1}


def test_a_statement_beside_a_party_is_kept(tmp_path: Path) -> None:
    store, _ = load_text(tmp_path, lines(party(), statement("psc-details-not-confirmed"), TOTALS))
    assert len(rows(store, "absences")) == len(rows(store, "holdings")) == 1


def test_the_knowledge_names_known_interests_and_kinds() -> None:
    interests, agents = set(known_interests().values()), set(known_agent_kinds().values())
    for code, nature in natures().items():
        assert nature.interest in interests, code
        if nature.between is not None:
            assert nature.between.kind in agents
            assert nature.between.interest in interests
    for sense in ("party", "government", "category"):
        assert set(kinds(sense).values()) <= agents


@given(st.text(max_size=12))
def test_a_stated_number_is_eight_characters_or_none(text: str) -> None:
    number = stated_number(text)
    assert number is None or (len(number) == 8 and stated_number(number) == number == own_number(number))


@given(st.lists(st.sampled_from(["England", "Wales", "and", "the", "Companies", "House", "Jersey", "x"]), max_size=200))
def test_a_place_with_an_unknown_word_is_never_the_register(words: list[str]) -> None:
    found = is_uk_register(" ".join(words))
    assert not (found and {"Jersey", "x"} & set(words))
    assert texts("uk-register")
