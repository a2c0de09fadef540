"""`topco load table`: what tables may look like, what of them becomes evidence, and what is refused or remarked on."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from topco.cli.main import main
from topco.errors import BadInput
from topco.registries.loading import Outcome, load
from topco.registries.table import Tables
from topco.store.store import Store

DAY = date(2026, 1, 31)
HOLDINGS = (
    "owner,owned,interest,share_exact,share_min,share_min_exclusive,share_max,share_max_exclusive,valid_from,valid_to"
)
LEI = "5493001Z012YSB2A0K51"


def load_text(
    folder: Path, text: str, name: str = "holdings.csv", publisher: str | None = None, vintage: date | None = DAY
) -> tuple[Store, Outcome]:
    path = folder / "in" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    store = Store.open(folder / "store", create=True)
    return store, load(store, Tables(publisher), [path], vintage, lambda *_: None)


def holdings(folder: Path, *rows: str) -> list[dict[str, Any]]:
    store, _ = load_text(folder, "\n".join([HOLDINGS, *rows]) + "\n")
    return store.table("holdings").sort("row").collect().to_dicts()


def rejects(folder: Path, header: str, *rows: str, name: str = "holdings.csv") -> list[tuple[str, str, str, str]]:
    """The rejects of rows that stand below a good one."""
    good = ",".join(["good", "fine", *[""] * (header.count(",") - 1)])
    _, outcome = load_text(folder, "\n".join([header, good, *rows]) + "\n", name)
    path = outcome.loaded[0].rejects
    if path is None:
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return [(line["row"], line["column"], line["value"], line["reason"]) for line in csv.DictReader(stream)]


def warnings(outcome: Outcome) -> dict[str, int]:
    return outcome.loaded[0].load.warnings


def test_a_holding_becomes_a_row_in_exact_units(tmp_path: Path) -> None:
    exact, banded, bare = holdings(
        tmp_path,
        "alpha,GB-COH:00102498,Voting rights,62.5,,,,,2020-01-01,2020-12-31",
        f"{LEI.lower()},beta,share,,50,yes,75.0,,,",
        "lei:" + LEI + ",gamma,board,,,,,,,9999-12-31",
    )
    assert exact == {
        "owner": "X:alpha",
        "owned": "GB-COH:00102498",
        "interest": "votingRights",
        "share_exact": 625_000_000,
        "share_min": None,
        "share_min_exclusive": None,
        "share_max": None,
        "share_max_exclusive": None,
        "indirect": None,
        "standing": "Current",
        "stale": False,
        "valid_from": date(2020, 1, 1),
        "valid_to": date(2021, 1, 1),
        "last_update": None,
        "record": "table/holdings/holdings/X:alpha/GB-COH:00102498/votingRights",
        "file": "holdings.csv",
        "row": 2,
        "load": "table-holdings-2026-01-31",
    }
    assert (banded["owner"], banded["interest"]) == (f"LEI:{LEI}", "shares")
    assert (banded["share_exact"], banded["share_min"], banded["share_max"]) == (None, 500_000_000, 750_000_000)
    assert (banded["share_min_exclusive"], banded["share_max_exclusive"]) == (True, False)
    assert (bare["owner"], bare["share_exact"], bare["share_min"], bare["valid_to"]) == (f"LEI:{LEI}", None, None, None)


def test_a_share_finer_than_units_becomes_the_band_around_it(tmp_path: Path) -> None:
    text = f"{HOLDINGS}\na,b,shares,33.33333333,,,,,,\nc,b,shares,50.00000000,,,,,,\nd,b,shares,,25.00000001,true,,,,\n"
    store, outcome = load_text(tmp_path, text)
    thirds, half, bound = store.table("holdings").sort("row").collect().to_dicts()
    assert (thirds["share_exact"], thirds["share_min"], thirds["share_max"]) == (None, 333_333_333, 333_333_334)
    assert (thirds["share_min_exclusive"], thirds["share_max_exclusive"]) == (False, False)
    assert (half["share_exact"], half["share_min"]) == (500_000_000, None)
    assert (bound["share_min"], bound["share_min_exclusive"], bound["share_max"]) == (250_000_000, False, None)
    assert [count for reason, count in warnings(outcome).items() if "more than seven decimals" in reason] == [1, 1]


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("a,b,love,5,,,,,,", "interest", "unknown type of interest"),
        ("a,b,shares,-0.1,,,,,,", "share_exact", "below 0"),
        ("a,b,shares,100.0000001,,,,,,", "share_exact", "above 100"),
        ("a,b,shares,100.00000001,,,,,,", "share_exact", "above 100"),
        ("a,b,shares,,,,1000000000000,,,", "share_max", "above 100"),
        ('a,b,shares,"62,5",,,,,,', "share_exact", "not a percentage"),
        ("a,b,shares,,62.5%,,,,,", "share_min", "not a percentage"),
        ("a,b,shares,5,5,,,,,", "share_exact", "beside bounds"),
        ("a,b,shares,,50,,25,,,", "share_min", "above the maximum"),
        ("a,b,shares,,50,true,50,,,", "share_min", "leave no share"),
        ("a,b,shares,,,,0,true,,", "share_min", "leave no share"),
        ("a,b,shares,,100,true,,,,", "share_min", "leave no share"),
        ("a,b,shares,,50,perhaps,,,,", "share_min_exclusive", "neither true nor false"),
        ("a,b,shares,5,,,,,01/02/2020,", "valid_from", "not a date"),
        ("a,b,shares,5,,,,,,2020-02-30", "valid_to", "not a date"),
        ("a,b,shares,5,,,,,2020-02-01,2020-01-31", "valid_to", "before the first"),
        (",b,shares,5,,,,,,", "owner", "missing"),
        ("a,N/A,shares,5,,,,,,", "owned", "missing"),
        ("LEI:123,b,shares,5,,,,,,", "owner", "not an LEI"),
        ("a,b,shares,5", "(row)", "number of cells"),
    ],
)
def test_a_wrong_row_is_refused_with_its_column_and_reason(tmp_path: Path, row: str, column: str, reason: str) -> None:
    (line,) = rejects(tmp_path, HOLDINGS, row)
    assert line[:2] == ("3", column)
    assert reason in line[3]


def test_one_day_and_touching_bounds_are_fine(tmp_path: Path) -> None:
    rows = ["a,b,shares,0,,,,,2020-01-01,2020-01-01", "a,c,shares,,50,false,50,no,,", "a,d,shares,,,,100,true,,"]
    assert rejects(tmp_path, HOLDINGS, *rows) == []


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("a,A,robot,DE,DE", "kind", "unknown kind"),
        ("a,A,company,EU,DE", "hq_country", "not a country"),
        ("a,A,company,DE,Germany", "registered_country", "not a country"),
        (",A,company,DE,DE", "id", "missing"),
        ("good,Other name,company,DE,DE", "id", "row 2 of entities.csv"),
    ],
)
def test_a_wrong_entity_is_refused(tmp_path: Path, row: str, column: str, reason: str) -> None:
    (line,) = rejects(tmp_path, "id,name,kind,hq_country,registered_country", row, name="entities.csv")
    assert line[:2] == ("3", column)
    assert reason in line[3]


def test_entities_keep_their_kinds_in_any_spelling(tmp_path: Path) -> None:
    spellings = {
        "Company": "LegalEntity",
        "natural-person": "NaturalPerson",
        "PERSON": "NaturalPerson",
        "state body": "StateBody",
        "State": "State",
        "trust": "Trust",
        "Arrangement": "Arrangement",
        "unknown": "UnidentifiedParty",
        "SoleProprietor": "SoleProprietor",
        "International organisation": "InternationalOrganization",
        "branch": "Branch",
        "Fund": "Fund",
    }
    rows = [f"e{number},E {number},{kind},de,NA" for number, kind in enumerate(spellings)]
    store, outcome = load_text(tmp_path, "\n".join(["ID, Name ,kind,HQ_Country,registered_country", *rows]), "e.csv")
    found = store.table("entities").sort("row").collect()
    assert found["kind"].to_list() == list(spellings.values())
    assert set(found["hq_country"]) == {"DE"}
    assert set(found["registered_country"]) == {"NA"}, "Namibia is a country"
    assert found["record"][0] == "table/e/entities/X:e0"
    assert warnings(outcome) == {}


def test_what_is_missing_is_assumed_and_said(tmp_path: Path) -> None:
    store, outcome = load_text(tmp_path, "owned,owner,remark\nb,a,x\n")
    assert store.table("holdings").collect()["interest"].to_list() == ["shares"]
    assert warnings(outcome) == {
        "interest: no type of interest is given, so shares is assumed": 1,
        "remark: the column is not known and was left out": 1,
    }
    _, outcome = load_text(tmp_path, "id,name\na,A\nb,\n", "entities.csv")
    assert warnings(outcome) == {
        "kind: no kind is given, so LegalEntity is assumed": 2,
        "hq_country: no headquarters country": 2,
        "name: no name": 1,
    }


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("owner,interest", "holdings that lacks the column owned"),
        ("id,kind", "entities that lacks the column name"),
        ("a,b", "its columns begin with a, b"),
        ("owner;owned", "parted by commas"),
        ("id,name,owner,owned", "entities or of holdings"),
        ("owner,owned,Owner", "stands twice"),
    ],
)
def test_an_unknown_table_is_refused_and_the_columns_named(tmp_path: Path, header: str, words: str) -> None:
    _, outcome = load_text(tmp_path, f"{header}\n1,2\n")
    (refusal,) = outcome.refused
    assert words in str(refusal)
    assert not outcome.loaded


def test_a_table_without_any_good_row_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="No record is usable"):
        load_text(tmp_path, "owner,owned\n,b\n")


def test_tables_stand_beside_each_other_and_newer_ones_supersede(tmp_path: Path) -> None:
    load_text(tmp_path, "owner,owned\na,b\n", "acme-2025-01-31.csv", vintage=None)
    load_text(tmp_path, "owner,owned\na,c\n", "acme-2025-02-28.csv", vintage=None)
    store, _ = load_text(tmp_path, "owner,owned\na,d\n", "other.csv")
    assert [(load.id, load.publisher) for load in store.current_loads()] == [
        ("table-acme-holdings-2025-02-28", "table:acme"),
        ("table-other-holdings-2026-01-31", "table:other"),
    ]
    store, outcome = load_text(tmp_path, "owner,owned\na,d\n", "other.csv")
    assert [load.id for load in outcome.unchanged] == ["table-other-holdings-2026-01-31"]
    store, outcome = load_text(tmp_path, "owner,owned\na,d\n", "other.csv", publisher="Acme & Co")
    assert [loaded.load.publisher for loaded in outcome.loaded] == ["Acme & Co"]
    assert len(store.current_loads()) == 3


def test_tables_of_several_names_in_one_command_are_several_loads(tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    folder.mkdir()
    for name in ("one", "two", "One"):
        (folder / f"{name}.csv").write_text(f"owner,owned\n{name},b\n", encoding="utf-8")
    store = Store.open(tmp_path / "store", create=True)
    outcome = load(store, Tables(), [folder], DAY, lambda *_: None)
    assert len({loaded.load.id for loaded in outcome.loaded}) == 3
    assert sorted(store.table("holdings").collect()["owner"]) == ["X:One", "X:one", "X:two"]
    assert store.table("holdings").collect()["record"].n_unique() == 3


def test_holdings_of_one_owner_are_told_apart_and_repeats_dropped(tmp_path: Path) -> None:
    rows = ["a,b,shares,30,,,,,,", "a,b,shares,25,,,,,2020-01-01,", "a,b,shares,30,,,,,,", "a,b,shares,5,,,,,,"]
    text = "\n".join([HOLDINGS, *rows, "a/b,c,shares,1,,,,,,", "a,b/c,shares,1,,,,,,"]) + "\n"
    store, outcome = load_text(tmp_path, text)
    found = store.table("holdings").sort("row").collect()
    assert found["row"].to_list() == [2, 3, 5, 6, 7]
    assert [record.removeprefix("table/holdings/holdings/") for record in found["record"]] == [
        "X:a/X:b/shares",
        "X:a/X:b/shares-2020-01-01",
        "X:a/X:b/shares-2",
        "X:a%2Fb/X:c/shares",
        "X:a/X:b%2Fc/shares",
    ]
    assert [count for reason, count in warnings(outcome).items() if "repeat" in reason] == [1]


def test_rows_are_counted_as_a_spreadsheet_does(tmp_path: Path) -> None:
    text = '\ufeffowner,owned,interest\na,b,shares\n\n,,\n"c\nd",e,shares\nf,g,shares'
    store, outcome = load_text(tmp_path, text)
    found = store.table("holdings").sort("row").collect()
    assert found.select("owner", "row").rows() == [("X:a", 2), ("X:c\nd", 5), ("X:f", 6)]
    assert outcome.loaded[0].load.files[0].records == 3


def test_an_unclosed_quotation_mark_stops_the_command(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        load_text(tmp_path, 'owner,owned\na,"b\nc,d\n')


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as end:
        main([str(argument) for argument in arguments])
    return int(end.value.code or 0)


def test_the_command_and_its_summary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "group-2026-01-31.csv"
    path.write_text("owner,owned,interest,share_exact\na,b,shares,60\nc,b,votes,40\n", encoding="utf-8")
    store = tmp_path / "store"
    assert run("load", "table", path, "--store", store, "--format", "json") == 0
    out, err = capsys.readouterr()
    (loaded,) = json.loads(out)["loaded"]
    assert loaded["publisher"] == "table:group"
    assert loaded["tables"] == {"holdings": 2}
    assert loaded["counts"] == {"holdings by interest": {"shares": 1, "votes": 1}}
    assert "3 owners or companies that holdings name have no record" in err
    assert run("sources", "--store", store, "--format", "csv") == 0
    (row,) = csv.DictReader(capsys.readouterr().out.splitlines())
    assert (row["holdings"], row["state"]) == ("2", "current")
    assert run("query", "SELECT ?s { ?s a topco:OwnershipStatement ; topco:shareExact 60.0 }", "--store", store) == 0
    assert "table/group/holdings/X:a/X:b/shares" in capsys.readouterr().out
    assert run("load", "gleif", path, "--store", store, "--publisher", "me") == 2
    assert "--publisher is for table, bods, ftm" in capsys.readouterr().err
    assert run("load", "table", path, "--store", store, "--publisher", " ") == 2


def test_a_large_table_is_read_without_counting_its_cells_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slow pass over the cells is left to files with quotation marks or uneven rows."""
    from topco.registries import ragged

    def fail(*_: object) -> dict[int, int]:
        raise AssertionError("the slow pass ran")

    monkeypatch.setattr(ragged, "find", fail)
    store, _ = load_text(tmp_path, "owner,owned,share_exact\n" + "".join(f"a{n},b,\n" for n in range(1000)))
    assert store.table("holdings").select(pl.len()).collect().item() == 1000
