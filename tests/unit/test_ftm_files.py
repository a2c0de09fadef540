"""FollowTheMoney: which links become holdings of which size, and what of a party is taken over."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes import rejects
from topco.errors import BadInput
from topco.registries.ftm import FollowTheMoney
from topco.registries.ftm.designations import END_BEFORE_START, ODD_DATE
from topco.registries.ftm.ownership import CONSOLIDATED, JOINT, NOT_UNDERSTOOD, PART_OR_PERCENT, PARTIAL_DATE, SEVERAL
from topco.registries.loading import load
from topco.registries.percentages import UNKNOWN, Share, of_text
from topco.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from topco.registries.loading import Outcome

LEI = "5493001Z012YSB2A0K51"
UNITS = 10_000_000


def entity(name: str, schema: str = "Company", /, **properties: Any) -> dict[str, Any]:
    more = {key: value if isinstance(value, list) else [value] for key, value in properties.items()}
    return {"id": name, "schema": schema, "properties": more, "datasets": ["invented"], "referents": []}


def owned(name: str = "own", /, **properties: Any) -> dict[str, Any]:
    return entity(name, "Ownership", **{"owner": "a", "asset": "b", **properties})


def loaded(folder: Path, *records: Any, name: str = "entities.ftm.json") -> tuple[Store, Outcome]:
    folder.joinpath("in").mkdir(exist_ok=True)
    path = folder / "in" / name
    lines = [record if isinstance(record, str) else json.dumps(record) for record in records]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    store = Store.open(folder / "store", create=True)
    return store, load(store, FollowTheMoney(), [path], date(2026, 1, 31), lambda *_: None)


def rows(store: Store, table: str) -> list[dict[str, Any]]:
    return store.table(table).sort("row").collect().to_dicts()


def warnings(outcome: Outcome) -> dict[str, int]:
    return outcome.loaded[0].load.warnings


def holding(folder: Path, **properties: Any) -> tuple[dict[str, Any], dict[str, int]]:
    store, outcome = loaded(folder, entity("b", name="B"), owned(**properties))
    (row,) = rows(store, "holdings")
    return row, warnings(outcome)


EXACT = {"share_min": None, "share_min_exclusive": None, "share_max": None, "share_max_exclusive": None}


@pytest.mark.parametrize(
    ("written", "cells"),
    [
        ("75", {"share_exact": 75 * UNITS, **EXACT}),
        ("75%", {"share_exact": 75 * UNITS, **EXACT}),
        (" 62.5 percent", {"share_exact": 625_000_000, **EXACT}),
        ("1", {"share_exact": UNITS, **EXACT}),
        ("0.5%", {"share_exact": UNITS // 2, **EXACT}),
        ("50-75", {"share_exact": None, "share_min": 50 * UNITS, "share_max": 75 * UNITS}),
        ("50 % – 75 %", {"share_min": 50 * UNITS, "share_min_exclusive": False, "share_max_exclusive": False}),
        (">25", {"share_min": 25 * UNITS, "share_min_exclusive": True, "share_max": None}),
        ("≥ 25%", {"share_min": 25 * UNITS, "share_min_exclusive": False, "share_max": None}),
        ("<5", {"share_min": None, "share_max": 5 * UNITS, "share_max_exclusive": True}),
        ("33.33333333", {"share_exact": None, "share_min": 333_333_333, "share_max": 333_333_334}),
    ],
)
def test_a_percentage_with_one_reading_is_read(tmp_path: Path, written: str, cells: dict[str, Any]) -> None:
    row, noted = holding(tmp_path, percentage=written)
    assert {name: row[name] for name in cells} == cells
    assert noted == {}


@pytest.mark.parametrize(
    "written", ["33,3", "1,000", "101", "-5", "75-50", "majority", "75 shares", "50/50", "~75", "75%%%", "9" * 100]
)
def test_a_percentage_without_a_single_reading_is_an_unknown_share(tmp_path: Path, written: str) -> None:
    row, noted = holding(tmp_path, percentage=written)
    assert Share(**{name: row[name] for name in UNKNOWN.cells()}) == UNKNOWN
    assert noted == {NOT_UNDERSTOOD: 1}


def test_a_number_below_one_keeps_both_readings(tmp_path: Path) -> None:
    row, noted = holding(tmp_path, percentage="0.51")
    assert (row["share_exact"], row["share_min"], row["share_max"]) == (None, 5_100_000, 51 * UNITS)
    assert noted == {PART_OR_PERCENT: 1}


@given(st.integers(0, 100 * UNITS), st.sampled_from(["{}", "{}%", " {} ", "{} percent"]))
def test_every_share_in_digits_comes_back_exactly_or_within_its_band(units: int, form: str) -> None:
    share = of_text(form.format(f"{units // UNITS}.{units % UNITS:07d}"))
    assert share is not None
    if share.share_exact is None:
        assert share.share_min is not None
        assert share.share_max is not None
        assert share.share_min <= units <= share.share_max
    else:
        assert share.share_exact == units


@given(st.text(max_size=80))
def test_no_text_makes_a_share_outside_0_to_100(text: str) -> None:
    share = of_text(text)
    bounds = [] if share is None else [share.share_exact, share.share_min, share.share_max]
    assert all(0 <= bound <= 100 * UNITS for bound in bounds if bound is not None)


def test_no_percentage_is_an_unknown_share_without_a_warning(tmp_path: Path) -> None:
    row, noted = holding(tmp_path, sharesCount="7500")
    assert (row["interest"], row["share_exact"], row["share_min"], row["share_max"]) == ("shares", None, None, None)
    assert noted == {}


def test_several_percentages_or_parties_are_an_unknown_share(tmp_path: Path) -> None:
    row, noted = holding(tmp_path, percentage=["60", "40"])
    assert (row["share_exact"], noted) == (None, {SEVERAL: 1})
    store, outcome = loaded(tmp_path / "store", entity("b", name="B"), owned(owner=["a", "c"], percentage="60"))
    assert [(one["owner"], one["share_exact"]) for one in rows(store, "holdings")] == [("FTM:a", None), ("FTM:c", None)]
    assert warnings(outcome) == {JOINT: 1}


def test_consolidation_in_accounts_never_gives_a_share(tmp_path: Path) -> None:
    row, noted = holding(tmp_path, role="IS_DIRECTLY_CONSOLIDATED_BY", percentage="100")
    assert (row["owner"], row["share_exact"], row["share_min"]) == ("FTM:a", None, None)
    assert noted == {CONSOLIDATED: 1}


def test_only_ownership_makes_holdings(tmp_path: Path) -> None:
    links = [
        entity("d", "Directorship", director="a", organization="b", role="fund management"),
        entity("u", "UnknownLink", subject="a", object="b"),
        entity("f", "Family", person="a", relative="b"),
        entity("s", "Succession", predecessor="a", successor="b"),
    ]
    store, outcome = loaded(tmp_path, entity("a", name="A"), entity("b", name="B"), *links, entity("z", "Novelty"))
    (one,) = outcome.loaded
    assert set(one.load.tables) == {"entities"}
    assert set(warnings(outcome)) == {
        "links that are no ownership are left out: Directorship 1, Family 1, Succession 1, UnknownLink 1",
        "entities of schemata that the model does not know are left out: Novelty 1",
    }
    assert store.table("entities").collect()["id"].sort().to_list() == ["FTM:a", "FTM:b"]


@pytest.mark.parametrize(
    ("start", "end", "period"),
    [
        ("2019-05-31", "2020-05-30", (date(2019, 5, 31), date(2020, 5, 31))),
        ("2019", "2020", (date(2019, 1, 1), date(2021, 1, 1))),
        ("2019-05", "2020-02", (date(2019, 5, 1), date(2020, 3, 1))),
        ("2019-05-31T23:00:00", None, (date(2019, 5, 31), None)),
    ],
)
def test_a_partial_date_gives_the_widest_period(
    tmp_path: Path, start: str, end: str | None, period: tuple[date, date | None]
) -> None:
    row, noted = holding(tmp_path, startDate=start, endDate=[end] if end else [])
    assert (row["valid_from"], row["valid_to"]) == period
    assert set(noted) <= {PARTIAL_DATE}
    assert bool(noted) is (len(start) < 10)


def test_dates_in_other_orders_are_rejects(tmp_path: Path) -> None:
    store, outcome = loaded(
        tmp_path,
        entity("b", name="B"),
        owned("x", startDate="31.05.2019"),
        owned("y", endDate="05/31/2019"),
        owned("z", startDate="2020-01-01", endDate="2019-01-01"),
        owned("w", startDate="2019-02-30"),
    )
    assert "holdings" not in outcome.loaded[0].load.tables
    assert [(row, column) for row, column, *_ in rejects(outcome)] == [
        ("2", "startDate"),
        ("3", "endDate"),
        ("4", "endDate"),
        ("5", "startDate"),
    ]
    assert len(rows(store, "entities")) == 1


def test_headquarters_never_come_from_countries(tmp_path: Path) -> None:
    store, _ = loaded(tmp_path, entity("b", name="B", country="cn", mainCountry="cn", jurisdiction="ky"))
    (row,) = rows(store, "entities")
    assert (row["hq_country"], row["registered_country"], row["jurisdiction"]) == (None, None, "KY")


def test_an_uncertain_jurisdiction_is_left_out(tmp_path: Path) -> None:
    store, outcome = loaded(
        tmp_path, entity("a", name="A", jurisdiction=["ky", "vg"]), entity("b", name="B", jurisdiction="suhh")
    )
    assert [row["jurisdiction"] for row in rows(store, "entities")] == [None, None]
    assert sum(warnings(outcome).values()) == 2


def test_kinds_follow_the_schema(tmp_path: Path) -> None:
    schemas = ("Company", "Organization", "LegalEntity", "Person", "PublicBody")
    store, _ = loaded(tmp_path, *(entity(one, one, name=one) for one in schemas), entity("v", "Vessel", name="V"))
    assert [row["kind"] for row in rows(store, "entities")] == [
        *("LegalEntity", "LegalEntity", "LegalEntity", "NaturalPerson", "StateBody")
    ]


def test_identifiers_only_where_the_scheme_is_certain(tmp_path: Path) -> None:
    store, outcome = loaded(
        tmp_path,
        {
            **entity(
                "a",
                name="A",
                jurisdiction="gb",
                leiCode=[LEI.lower(), "5493"],
                registrationNumber=["00102498", "102498"],
                opencorporatesUrl="https://opencorporates.com/companies/gb/SC123456",
            ),
            "referents": ["old-1", "a"],
        },
        entity("b", name="B", jurisdiction="de", registrationNumber="00102498"),
        entity("c", "Organization", name="C", jurisdiction="gb", registrationNumber="12345678"),
    )
    assert sorted((row["id"], row["other_id"]) for row in rows(store, "identifiers")) == [
        ("FTM:a", "FTM:old-1"),
        ("FTM:a", "GB-COH:00102498"),
        ("FTM:a", "GB-COH:SC123456"),
        ("FTM:a", f"LEI:{LEI}"),
        ("FTM:a", "OC:gb/SC123456"),
    ]
    assert sum(warnings(outcome).values()) == 2


def test_names_beside_the_caption(tmp_path: Path) -> None:
    store, _ = loaded(tmp_path, {**entity("a", name=["Alpha", "ALPHA"], alias="Al"), "caption": "ALPHA"})
    assert [row["name"] for row in rows(store, "entities")] == ["ALPHA"]
    assert [(row["name"], row["name_kind"]) for row in rows(store, "names")] == [("Alpha", "name"), ("Al", "alias")]


def test_topics_and_sanctions_are_listings(tmp_path: Path) -> None:
    sanction = {"program": "X-1", "startDate": "2019", "endDate": "2020-01-31", "sourceUrl": "http://example.org"}
    store, _ = loaded(
        tmp_path,
        entity("a", name="A", topics=["sanction", "poi"]),
        entity("b", name="B", topics="sanction.linked"),
        entity("s", "Sanction", entity=["a", "v"], **sanction),
        entity("v", "Vessel", name="Ship", topics="sanction"),
    )
    first, second, third, fourth = rows(store, "listings")
    assert (first["id"], first["list"], first["programme"]) == ("FTM:a", "invented", "sanction")
    assert (second["id"], second["name"], second["programme"]) == ("FTM:a", "A", "X-1")
    assert (second["valid_from"], second["valid_to"]) == (date(2019, 1, 1), date(2020, 2, 1))
    assert (third["id"], third["name"]) == ("FTM:v", "Ship")
    assert (fourth["id"], fourth["programme"]) == ("FTM:v", "sanction")
    assert [row["id"] for row in rows(store, "entities")] == ["FTM:a", "FTM:b"]


def test_a_list_date_that_cannot_be_read_never_ends_an_entry(tmp_path: Path) -> None:
    store, outcome = loaded(
        tmp_path,
        entity("a", name="A", topics="sanction"),
        entity("s", "Sanction", entity="a", startDate="31.1.2019", endDate=["2020-01-31", "soon"]),
        entity("t", "Sanction", entity="a", startDate="2019-01-31", endDate="2018-01-31"),
    )
    _, second, third = rows(store, "listings")
    assert (second["valid_from"], second["valid_to"]) == (None, None)
    assert (third["valid_from"], third["valid_to"]) == (date(2019, 1, 31), None)
    assert warnings(outcome) == {ODD_DATE: 2, END_BEFORE_START: 1}


def test_bad_records_are_rejects_with_their_reason(tmp_path: Path) -> None:
    good = entity("a", name="A")
    store, outcome = loaded(
        tmp_path,
        good,
        '{"id": "b", "schema": "Comp',
        [1],
        {"id": "", "schema": "Company", "properties": {}},
        {"id": "c", "schema": 5, "properties": {}},
        {"id": "d", "schema": "Company", "properties": []},
        entity("e", name="x" * 1_000_000),
        '{"id": ' + "[" * 50_000,
        owned("f", owner=[]),
    )
    assert [row["id"] for row in rows(store, "entities")] == ["FTM:a"]
    assert [(row, column) for row, column, *_ in rejects(outcome)] == [
        *(("2", ""), ("3", ""), ("4", "id"), ("5", "schema"), ("6", "properties"), ("7", "name"), ("8", "")),
        ("9", "owner"),
    ]
    assert max(len(value) for _, _, value, _ in rejects(outcome)) <= 200


def test_other_files_are_refused(tmp_path: Path) -> None:
    for name, text in (("a.json", '{"name": "x"}'), ("b.csv", "a,b\n1,2\n"), ("c.json", "[1, 2]")):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        outcome = load(Store.open(tmp_path / "s", create=True), FollowTheMoney(), [path], None, lambda *_: None)
        assert [refusal.where for refusal in outcome.refused] == [name]
    empty = tmp_path / "empty.json"
    empty.write_text("", encoding="utf-8")
    with pytest.raises(BadInput, match="empty"):
        load(Store.open(tmp_path / "s", create=True), FollowTheMoney(), [empty], None, lambda *_: None)


def test_files_of_different_names_stand_beside_each_other(tmp_path: Path) -> None:
    loaded(tmp_path, entity("a", name="A"), name="first.ftm.json")
    store, _ = loaded(tmp_path, entity("b", name="B"), name="second.ftm.json")
    assert store.table("entities").select(pl.col("id").sort()).collect()["id"].to_list() == ["FTM:a", "FTM:b"]
