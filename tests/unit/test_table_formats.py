"""Tables as Parquet, as Excel workbooks, and as CSV with other separators; what is damaged is refused in words."""

from __future__ import annotations

import csv
import zipfile
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from topco.errors import BadInput
from topco.registries.loading import Outcome, load
from topco.registries.table import Tables, files
from topco.store.store import Store
from workbook import Rows, write_workbook

DAY = date(2026, 1, 31)


def load_file(folder: Path, path: Path, tables: Tables | None = None) -> tuple[Store, Outcome]:
    store = Store.open(folder / "store", create=True)
    return store, load(store, tables or Tables(), [path], DAY, lambda *_: None)


def rejects(outcome: Outcome) -> list[tuple[str, str, str]]:
    path = outcome.loaded[0].rejects
    if path is None:
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return [(line["row"], line["column"], line["value"]) for line in csv.DictReader(stream)]


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators_are_told_from_the_header(tmp_path: Path, separator: str) -> None:
    rows = [["Owner", "owned", "share_exact", "note"], ["a", "b", "62.5", 'x, "y"'], [], ["c", "d, e", "1", "z"]]
    path = tmp_path / "t.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream, delimiter=separator).writerows(rows)
    store, outcome = load_file(tmp_path, path)
    found = store.table("holdings").sort("row").collect()
    assert found.select("owner", "owned", "share_exact", "row").rows() == [
        ("X:a", "X:b", 625_000_000, 2),
        ("X:c", "X:d, e", 10_000_000, 4),
    ]
    assert outcome.loaded[0].load.files[0].records == 2


def test_a_row_with_other_cells_is_refused_whatever_parts_them(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("owner;owned\na;b\nc;d;e\nf;g\n")
    store, outcome = load_file(tmp_path, path)
    assert store.table("holdings").sort("row").collect()["row"].to_list() == [2, 4]
    assert rejects(outcome) == [("3", "(row)", "3")]


def test_parquet_keeps_exact_numbers_dates_and_truths(tmp_path: Path) -> None:
    path = tmp_path / "group.parquet"
    pl.DataFrame(
        {
            "Owner": ["a", "b", "c", None],
            "owned": [102498, 7, 7, 8],
            "share_exact": [62.5, None, 1e-7, 3.0],
            "share_min": [None, 25.0, None, None],
            "share_min_exclusive": [None, True, None, None],
            "valid_from": [date(2020, 1, 1), None, None, None],
            "valid_to": [datetime(2020, 12, 31), None, None, None],
            "nested": [[1], [2], [3], [4]],
        }
    ).write_parquet(path)
    store, outcome = load_file(tmp_path, path)
    first, second, third = store.table("holdings").sort("row").collect().to_dicts()
    assert (first["owned"], first["share_exact"], first["row"]) == ("X:102498", 625_000_000, 1)
    assert (first["valid_from"], first["valid_to"]) == (date(2020, 1, 1), date(2021, 1, 1))
    assert (second["share_min"], second["share_min_exclusive"]) == (250_000_000, True)
    assert third["share_exact"] == 1
    assert [row for row, _, _ in rejects(outcome)] == ["4"]
    assert "nested: the column is not known and was left out" in outcome.loaded[0].load.warnings


def test_parquet_with_nested_cells_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "group.parquet"
    pl.DataFrame({"owner": [["a"]], "owned": ["b"]}).write_parquet(path)
    with pytest.raises(BadInput, match="not simple values"):
        load_file(tmp_path, path)


@pytest.mark.parametrize("cut", [8, 200, -10])
def test_a_cut_off_parquet_stops_the_command(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "group.parquet"
    pl.DataFrame({"owner": [f"a{n}" for n in range(500)], "owned": ["b"] * 500}).write_parquet(path)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(BadInput, match="damaged"):
        load_file(tmp_path, path)


def test_a_workbook_keeps_the_rows_of_its_sheet(tmp_path: Path) -> None:
    rows: Rows = {3: ["Owner", "owned", "share_exact"], 4: ["a", 102498, 62.5], 6: ["b", "B", 0.5], 7: ["c", "B", 1]}
    path = write_workbook(tmp_path / "g.xlsx", {"Data": rows})
    store, outcome = load_file(tmp_path, path)
    assert store.table("holdings").collect().select("owner", "owned", "share_exact", "row").rows() == [
        ("X:a", "X:102498", 625_000_000, 4)
    ]
    found = rejects(outcome)
    assert [(row, column) for row, column, _ in found] == [("6", "share_exact"), ("7", "share_exact")]
    assert "say shares in a mapping" in found[0][2], "62.5 % may be stored as 0.625"


def test_a_mapping_settles_what_a_workbook_leaves_open(tmp_path: Path) -> None:
    rows: Rows = {1: ["Owner", "Company", "Stake"], 2: ["a", "B", 0.5], 3: ["b", "B", 0.125]}
    path = write_workbook(tmp_path / "g.xlsx", {"Notes": {1: ["nothing"]}, "Data": rows})
    declared = tmp_path / "m.toml"
    declared.write_text(
        'table = "holdings"\n[read]\nsheet = "Data"\nshares = "fraction"\n'
        '[columns]\nowner = "Owner"\nowned = "Company"\nshare_exact = "Stake"\n'
    )
    store, _ = load_file(tmp_path, path, Tables(mapping=declared))
    assert store.table("holdings").sort("row").collect()["share_exact"].to_list() == [500_000_000, 125_000_000]


def test_the_sheet_is_named_or_the_first(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "g.xlsx", {"One": {1: ["x"]}, "Two": {1: ["owner", "owned"], 2: ["a", "b"]}})
    store, _ = load_file(tmp_path, path, Tables(sheet="Two"))
    assert len(store.table("holdings").collect()) == 1
    _, outcome = load_file(tmp_path, path)
    assert "begin with x" in str(outcome.refused[0])
    _, outcome = load_file(tmp_path, path, Tables(sheet="Three"))
    assert "no sheet 'Three'" in str(outcome.refused[0])
    assert "One, Two" in str(outcome.refused[0])


def test_large_and_damaged_workbooks_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_workbook(tmp_path / "g.xlsx", {"One": {1: ["owner", "owned"], 2: ["a", "b"]}})
    monkeypatch.setattr(files, "LARGEST_WORKBOOK", 1_000)
    with pytest.raises(BadInput, match="Save the sheet as CSV"):
        load_file(tmp_path, path)
    monkeypatch.undo()
    broken = tmp_path / "broken.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(broken, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            new.writestr(info.filename, data[: len(data) // 2] if "sheet1" in info.filename else data)
    with pytest.raises(BadInput, match="damaged"):
        load_file(tmp_path, broken)


def test_an_empty_sheet_is_no_table(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "g.xlsx", {"One": {}})
    _, outcome = load_file(tmp_path, path)
    assert "begin with nothing" in str(outcome.refused[0])


def test_a_megabyte_in_one_cell_is_read(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('owner;owned;x\na;b;"' + "y" * 1_500_000 + '"\n')
    store, _ = load_file(tmp_path, path)
    assert len(store.table("holdings").collect()) == 1


def test_a_table_of_headquarters_without_a_mapping(tmp_path: Path) -> None:
    path = tmp_path / "hq.csv"
    path.write_text(
        "id,country,city,basis,citation,stated_on,valid_from,valid_to\n"
        "a,cn,Beijing,user statement,letter,2024-02-01,2020-01-01,2020-12-31\n"
        "a,SG,,,,,,\n"
        "a,SG,,,,,,\n"
        "b,CN,,rumour,,,,\n"
        "c,,,,,,,\n"
        "d,CN,,,,31.12.2020,,\n"
        "e,CN,,,,,2020-02-01,2020-01-01\n"
    )
    store, outcome = load_file(tmp_path, path)
    found = store.table("headquarters").sort("row").collect()
    assert found.select("id", "country", "city", "basis", "citation", "stated_on", "valid_to", "record").rows() == [
        ("X:a", "CN", "Beijing", "userStatement", "letter", date(2024, 2, 1), date(2021, 1, 1),
         "table/hq/headquarters/X:a"),
        ("X:a", "SG", None, "table", None, None, None, "table/hq/headquarters/X:a-2"),
    ]  # fmt: skip
    assert {(row, column) for row, column, _ in rejects(outcome)} == {
        ("5", "basis"), ("6", "country"), ("7", "stated_on"), ("8", "valid_to"),
    }  # fmt: skip
    assert outcome.loaded[0].load.warnings["citation: no source is cited"] == 2


def test_names_make_it_a_table_of_entities(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,name,country\na,A,CN\n")
    store, outcome = load_file(tmp_path, path)
    assert store.table("entities").collect()["hq_country"].to_list() == [None], "a country alone is no headquarters"
    assert "country: the column is not known and was left out" in outcome.loaded[0].load.warnings
