"""Screening lists: every form gives a listing for each entry, and never a headquarters."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from rdflib import SKOS, Graph, Literal

from outcomes import rejected_cells
from topco import knowledge
from topco.errors import BadInput
from topco.registries.csl import ScreeningLists
from topco.registries.csl.entry import END_BEFORE_START, ODD_DATE, SORT_UNKNOWN, UNKNOWN_COUNTRY, UNKNOWN_LIST
from topco.registries.csl.military import NO_ROW, OTHER_SPELLING, OWN_PARENT, SEVERAL_ROWS
from topco.registries.loading import load
from topco.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from topco.registries.loading import Outcome

EL = "Entity List (EL) - Bureau of Industry and Security"
SDN = "Specially Designated Nationals (SDN) - Treasury Department"
COMPACT: dict[str, Any] = {
    "sourceGeneratedAt": "2026-07-31T13:15:00.015113+00:00",
    "fieldKey": {"n": "name"},
    "tables": {
        "sources": [EL, SDN],
        "licenceRequirements": ["For all items subject to the EAR."],
        "licencePolicies": ["Presumption of denial", "Presumption of denial."],
        "programmes": ["CUBA; SDGT"],
        "urls": ["https://example.org/list"],
    },
}
MILITARY = "Name,Clean Name,Alias,Previous Name,Parent Name,Note,Start date,End date,Source Url"


def loaded(folder: Path, text: str, name: str) -> tuple[Store, Outcome]:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    store = Store.open(folder / "store", create=True)
    return store, load(store, ScreeningLists(), [path], None, lambda *_: None)


def compact(folder: Path, *entries: Any) -> tuple[Store, Outcome]:
    return loaded(folder, json.dumps({**COMPACT, "entries": list(entries)}), "screening-list.json")


def military(folder: Path, *lines: str) -> tuple[Store, Outcome]:
    return loaded(folder, "\n".join([MILITARY, *lines]) + "\n", "sanctions.csv")


def rows(store: Store, table: str) -> list[dict[str, Any]]:
    return store.table(table).sort("row").collect().to_dicts()


def warnings(outcome: Outcome) -> dict[str, int]:
    return outcome.loaded[0].load.warnings


def test_an_entry_of_the_compact_form(tmp_path: Path) -> None:
    entry = {
        "n": "Acme",
        "a": ["Akme", "Acme"],
        "s": 0,
        "c": ["CN", "PRC", "HK"],
        "lr": 0,
        "lp": 1,
        "fr": "1 FR 2",
        "u": 0,
    }
    store, outcome = compact(tmp_path, entry)
    (listing,) = rows(store, "listings")
    assert {key: listing[key] for key in ("name", "list", "requirement", "policy", "countries", "citation", "url")} == {
        "name": "Acme",
        "list": "EL",
        "requirement": "For all items subject to the EAR.",
        "policy": "Presumption of denial.",
        "countries": "CN;HK",
        "citation": "1 FR 2",
        "url": "https://example.org/list",
    }
    (entity,) = rows(store, "entities")
    assert entity["id"] == listing["id"]
    assert entity["id"].startswith("US-CSL:EL-")
    assert [entity[name] for name in ("hq_country", "registered_country", "jurisdiction")] == [None, None, None]
    assert [row["name"] for row in rows(store, "names")] == ["Akme"]
    assert outcome.loaded[0].load.vintage == date(2026, 7, 31)
    assert outcome.loaded[0].load.vintage_source == "header"
    assert warnings(outcome) == {SORT_UNKNOWN: 1}


def test_vessels_and_aircraft_are_no_parties(tmp_path: Path) -> None:
    store, _ = compact(
        tmp_path,
        {"n": "SHIP", "s": 1, "t": "Vessel", "e": "1"},
        {"n": "PLANE", "s": 1, "t": "Aircraft", "e": "2"},
        {"n": "DOE, Jane", "s": 1, "t": "Individual", "e": "3", "pg": 0},
    )
    assert [row["id"] for row in rows(store, "listings")] == ["US-CSL:SDN-1", "US-CSL:SDN-2", "US-CSL:SDN-3"]
    assert [(row["id"], row["kind"]) for row in rows(store, "entities")] == [("US-CSL:SDN-3", "NaturalPerson")]
    assert rows(store, "listings")[2]["programme"] == "CUBA; SDGT"


def test_entries_of_one_name_without_a_number_stay_apart(tmp_path: Path) -> None:
    same = {"n": "Acme", "s": 0, "fr": "1 FR 2"}
    store, outcome = compact(tmp_path, same, same, {"n": "Acme", "s": 0, "fr": "3 FR 4"})
    ids = [row["id"] for row in rows(store, "listings")]
    assert len(set(ids)) == 3
    assert ids[1] == f"{ids[0]}-2"
    assert rejected_cells(outcome) == []


def test_bad_entries_of_the_compact_form_are_rejects(tmp_path: Path) -> None:
    store, outcome = compact(
        tmp_path,
        {"n": "Fine", "s": 0},
        {"n": "", "s": 0},
        {"n": "No list"},
        {"n": "Beyond", "s": 9},
        {"n": "True", "s": True},
        {"n": "Beyond", "s": 0, "lp": -1},
        "entry",
        {"n": "x" * 1_000_000, "s": 0},
    )
    assert [row["name"] for row in rows(store, "listings")] == ["Fine"]
    assert rejected_cells(outcome) == [
        ("2", "name"),
        ("3", "s"),
        ("4", "s"),
        ("5", "s"),
        ("6", "lp"),
        ("7", ""),
        ("8", "name"),
    ]


def test_a_region_is_no_country_and_a_new_list_keeps_its_code(tmp_path: Path) -> None:
    entry = {
        "source": "Brand New List (BNL) - Somebody",
        "name": "A",
        "country": ["Region: Iran", "Namibia", "NA"],
        "id": "7",
    }
    store, outcome = loaded(tmp_path, json.dumps([entry]), "list.json")
    (listing,) = rows(store, "listings")
    assert (listing["id"], listing["list"], listing["countries"]) == ("US-CSL:BNL-7", "BNL", "NA")
    assert {UNKNOWN_LIST, UNKNOWN_COUNTRY} <= set(warnings(outcome))


def test_the_raw_form(tmp_path: Path) -> None:
    entry = {
        "id": "abc",
        "source": SDN,
        "entity_number": 306,
        "type": "Entity",
        "programs": ["CUBA"],
        "name": "Acme",
        "addresses": [{"city": "X", "country": "DE"}, {"country": "FR"}, {"country": None}],
        "federal_register_notice": "1 FR 2",
        "start_date": "2020-01-31",
        "end_date": "2021-01-31",
        "license_policy": "Presumption of denial",
        "license_requirement": "All items",
        "alt_names": ["Akme"],
        "ids": [
            {"type": "UK Company Number", "number": "00102498", "country": "GB"},
            {"type": "Legal Entity Identifier", "number": "5493001Z012YSB2A0K51", "country": None},
            {"type": "Passport", "number": "1", "country": "GB"},
        ],
        "nationalities": ["RU"],
    }
    document = {"search_performed_at": "2026-07-30T01:00:00+00:00", "results": [entry, {"name": "no list"}]}
    store, outcome = loaded(tmp_path, json.dumps(document), "consolidated.json")
    (listing,) = rows(store, "listings")
    assert (listing["id"], listing["countries"], listing["programme"]) == ("US-CSL:SDN-306", "DE;FR", "CUBA")
    assert (listing["valid_from"], listing["valid_to"]) == (date(2020, 1, 31), date(2021, 2, 1))
    assert sorted(row["other_id"] for row in rows(store, "identifiers")) == [
        "GB-COH:00102498",
        "LEI:5493001Z012YSB2A0K51",
    ]
    assert outcome.loaded[0].load.vintage == date(2026, 7, 30)
    assert rejected_cells(outcome) == [("2", "source")]


def test_a_date_that_cannot_be_read_never_drops_an_entry(tmp_path: Path) -> None:
    lines = [
        "Name\tCountry\tEffective_Date\tExpiration_Date\tFR_Citation",
        "A\tDE\t1/31/2020\t1/31/2021\t1 FR 2",
        "B\tDE\t31/1/2020\t2021-01-31\t1 FR 2",
        '"C"\tDE\t31.1.2020\t\t1 FR 2\textra\tcells',
        "D\tDE\t1/31/2020\t1/31/2019",
        '""\t""',
        "\t\t1/31/2020",
    ]
    store, outcome = loaded(tmp_path, "\n".join(lines) + "\n", "dpl.txt")
    assert [(row["name"], row["valid_from"], row["valid_to"]) for row in rows(store, "listings")] == [
        ("A", date(2020, 1, 31), date(2021, 2, 1)),
        ("B", None, date(2021, 2, 1)),
        ("C", None, None),
        ("D", date(2020, 1, 31), None),
    ]
    assert (warnings(outcome)[ODD_DATE], warnings(outcome)[END_BEFORE_START]) == (2, 1)
    assert rejected_cells(outcome) == [("7", "name")]


XML = """<?xml version="1.0"?>
<sdnList xmlns="http://tempuri.org/sdnList.xsd"><publshInformation><Publish_Date>07/16/2014</Publish_Date></publshInformation>
{}</sdnList>"""
ENTRY = """<sdnEntry><uid>{}</uid><firstName>Jane</firstName><lastName>DOE</lastName><sdnType>Individual</sdnType>
<programList>{}</programList><akaList><aka><type>f.k.a.</type><lastName>ROE</lastName></aka></akaList>
<addressList><address><country>Korea, North</country></address></addressList></sdnEntry>"""


def test_the_treasury_s_files_are_told_apart_by_their_programmes(tmp_path: Path) -> None:
    one = XML.format(ENTRY.format(1, "<program>CUBA</program>"))
    store, outcome = loaded(tmp_path / "a", one, "sdn.xml")
    assert outcome.loaded[0].load.id == "csl-sdn-2014-07-16"
    (listing,) = rows(store, "listings")
    assert (listing["id"], listing["name"], listing["countries"]) == ("US-CSL:SDN-1", "DOE, Jane", "KP")
    assert [(row["name"], row["name_kind"]) for row in rows(store, "names")] == [("ROE", "f.k.a.")]
    both = "<program>FSE-IR</program><program>UKRAINE-EO13662</program>"
    store, outcome = loaded(tmp_path / "b", XML.format(ENTRY.format(2, both)), "consolidated.xml")
    assert outcome.loaded[0].load.id == "csl-treasury-consolidated-2014-07-16"
    assert sorted(row["id"] for row in rows(store, "listings")) == ["US-CSL:FSE-2", "US-CSL:SSI-2"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><sdnList>&a;</sdnList>', "entities"),
        (XML.format(ENTRY.format(1, "<program>CUBA</program>"))[:-40], "cut off"),
        (XML.format("<sdnEntry><uid>" + "<a>" * 5_000), "malformed"),
    ],
)
def test_bad_xml_is_refused(tmp_path: Path, text: str, said: str) -> None:
    store = Store.open(tmp_path / "store", create=True)
    path = tmp_path / "sdn.xml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=said):
        load(store, ScreeningLists(), [path], None, lambda *_: None)
    assert store.manifest.loads == ()


def test_a_table_of_nonproliferation_sanctions_joins_the_programmes_of_a_party(tmp_path: Path) -> None:
    header = "Source List,Programs,Name,Alternative Names,Country,Federal Register Notice,Effective Date,Web Link"
    lines = [
        "ISN,E.O. 1,Acme,Akme; Acmé,Iran,1 FR 2,6/28/2016,http://x",
        ",,,,,,,",
        "ISN,Act,Acme,,Iran,1 FR 2,6/28/2016,",
    ]
    store, _ = loaded(tmp_path, "\n".join([header, *lines]) + "\n", "isn.csv")
    (listing,) = rows(store, "listings")
    assert (listing["programme"], listing["countries"], listing["valid_from"]) == (
        "E.O. 1; Act",
        "IR",
        date(2016, 6, 28),
    )
    assert {row["name"] for row in rows(store, "names")} == {"Akme", "Acmé"}


def test_a_debarred_party_keeps_its_name_and_gets_its_aliases(tmp_path: Path) -> None:
    header = "Debarred Party Full Name And Alias,Notice,Notice Date,Corrected Notice"
    text = f'{header}\n"Doe, J. (a.k.a. B; C)",1 FR 2,2/2/1993,3 FR 4\n'
    store, _ = loaded(tmp_path, text, "dtc.csv")
    (listing,) = rows(store, "listings")
    assert (listing["name"], listing["citation"]) == ("Doe, J.", "3 FR 4 (corrects 1 FR 2)")
    assert [row["name"] for row in rows(store, "names")] == ["B", "C"]


def test_parents_of_the_1260h_list_are_holdings_of_unknown_size(tmp_path: Path) -> None:
    store, outcome = military(
        tmp_path,
        '"Head Co., Ltd. (HC)*","Head Co., Ltd.","HC,Hed",,,,2021-06-03,,',
        'Below One*,Below One,"One; Uno",Old One,"Head Co., Ltd.",why,2021-06-03,2026-02-17,http://x',
        "Below One,Below One,,,HEAD CO LIMITED,,2026-06-08,,",
        "Below Two,Below Two,,,Outside Group,,2026-06-08,,",
        'Below Three,Below Three,,,"Outside Group, Ltd.",,2026-06-08,,',
        "Below Three,Below Three,,,Below Three Inc.,,2025-01-07,,",
    )
    holdings = [(row["owner"], row["owned"]) for row in rows(store, "holdings")]
    assert holdings == [
        ("US-1260H:head-co-ltd", "US-1260H:below-one"),
        ("US-1260H:head-co-ltd", "US-1260H:below-one"),
        ("US-1260H:outside-group", "US-1260H:below-two"),
        ("US-1260H:outside-group", "US-1260H:below-three"),
    ]
    (row, *_) = rows(store, "holdings")
    assert (row["interest"], row["share_exact"], row["share_min"], row["share_max"]) == (
        "unknownInterest",
        None,
        None,
        None,
    )
    assert warnings(outcome) == {OTHER_SPELLING: 2, NO_ROW: 2, OWN_PARENT: 1}
    listings = [(row["id"], row["valid_from"], row["valid_to"]) for row in rows(store, "listings")]
    assert listings[1] == ("US-1260H:below-one", date(2021, 6, 3), date(2026, 2, 18))
    assert len(listings) == 6
    assert len(rows(store, "entities")) == 5
    names = {(row["id"], row["name"]) for row in rows(store, "names")}
    assert {("US-1260H:head-co-ltd", "HC"), ("US-1260H:head-co-ltd", "Hed"), ("US-1260H:below-one", "Old One")} <= names
    assert ("US-1260H:outside-group", "Outside Group, Ltd.") in names
    assert rejected_cells(outcome) == []


def test_a_parent_that_fits_two_rows_is_linked_to_neither(tmp_path: Path) -> None:
    store, outcome = military(
        tmp_path,
        "Head Inc.,Head Inc.,,,,,2021-06-03,,",
        "Head Ltd.,Head Ltd.,,,,,2021-06-03,,",
        "Below,Below,,,Head,,2021-06-03,,",
        ",,,,,,2021-06-03,,",
    )
    (row,) = rows(store, "holdings")
    assert row["owner"] == "US-1260H:head"
    assert warnings(outcome)[SEVERAL_ROWS] == 1
    assert rejected_cells(outcome) == [("5", "Clean Name")]


def test_other_and_damaged_files_are_refused(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "store", create=True)
    for name, text in (("a.csv", "a,b\n1,2\n"), ("b.json", "[]"), ("c.xml", "<a/>"), ("d.json", '{"results": [1]}')):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        outcome = load(store, ScreeningLists(), [path], None, lambda *_: None)
        assert [refusal.where for refusal in outcome.refused] == [name]
    whole = json.dumps({**COMPACT, "entries": [{"n": "A", "s": 0}]})
    for name, text, said in (
        ("cut.json", whole[:-15], "cut off"),
        ("long.csv", f"{MILITARY}\n{'x' * 1_000_000},a,,,,,,,\n", "row 1"),
        ("open.csv", f'{MILITARY}\n"never closed,a,,,,,,,\n', "row"),
    ):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        with pytest.raises(BadInput, match=said):
            load(store, ScreeningLists(), [path], None, lambda *_: None)
    windows = tmp_path / "uvl.csv"
    windows.write_bytes("Name,Country\nMüller,DE\n".encode("cp1252"))
    with pytest.raises(BadInput, match="UTF-8"):
        load(store, ScreeningLists(), [windows], None, lambda *_: None)
    assert store.manifest.loads == ()


def test_each_list_has_a_name_an_authority_a_citation_and_a_meaning() -> None:
    graph = Graph().parse(knowledge.root() / "data/reference/screening-lists.ttl")
    described = list(graph.subject_objects(SKOS.notation))
    assert len({code for _, code in described}) == len(described) == 16
    for subject, _ in described:
        about = {str(predicate).rpartition("/")[2] for predicate in graph.predicates(subject)}
        assert {"publisher", "bibliographicCitation", "source"} <= about
        (note,) = graph.objects(subject, SKOS.scopeNote)
        assert isinstance(note, Literal)
        assert "license" not in note.lower()
