"""`topco load table --describe`: what it proposes, and that it decides nothing that the first rows leave open."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from topco.errors import BadInput
from topco.registries.loading import load
from topco.registries.table import Tables
from topco.registries.table.describe import describe
from topco.store.store import Store
from workbook import write_workbook


def proposed(folder: Path, text: str, name: str = "t.csv") -> tuple[str, dict[str, object]]:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    found = describe(path)
    return found, tomllib.loads(found)


def test_a_proposal_can_be_loaded_as_it_is(tmp_path: Path) -> None:
    text = (
        "Gesellschafter;Firma;Beteiligung (%);seit;Bemerkung\nAlpha;Beta;62,5;31.12.2019;x\nGamma;Beta;25;1.2.2020;\n"
    )
    toml, mapping = proposed(tmp_path, text)
    assert mapping == {
        "table": "holdings",
        "read": {"separator": ";", "decimal": ",", "shares": "percent", "dates": "DMY"},
        "columns": {
            "owner": "Gesellschafter", "owned": "Firma", "share_exact": "Beteiligung (%)", "valid_from": "seit",
        },
    }  # fmt: skip
    assert '# not recognised: "Bemerkung" (first: x)' in toml
    assert "# id_scheme" in toml
    declared = tmp_path / "m.toml"
    declared.write_text(toml, encoding="utf-8")
    store = Store.open(tmp_path / "store", create=True)
    load(store, Tables(mapping=declared), [tmp_path / "t.csv"], date(2026, 1, 1), lambda *_: None)
    rows = store.table("holdings").sort("row").collect().select("owner", "share_exact", "valid_from").rows()
    assert rows == [("X:Alpha", 625_000_000, date(2019, 12, 31)), ("X:Gamma", 250_000_000, date(2020, 2, 1))]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("owner,owned,since\na,b,01/02/2020\n", 'dates = "?"'),
        ("owner,owned,since\na,b,31/02/2020\na,b,01/31/2020\n", 'dates = "?"'),
        ("owner,owned,since\na,b,31/12/2020\na,b,01/02/2020\n", 'dates = "DMY"'),
        ("owner,owned,since\na,b,12/31/2020\n", 'dates = "MDY"'),
        ("owner,owned,stake\na,b,0.5\na,c,1\n", 'shares = "?"'),
        ("owner,owned,stake\na,b,0.5%\n", 'shares = "percent"'),
        ("owner,owned,stake\na,b,0.5\nc,b,60\n", 'shares = "percent"  # 1 of 2 are 1 or less'),
        ("owner,owned,stake\na,b,1 of 3\nc,b,2/3\n", 'shares = "parts"'),
        ("owner;owned;stake\na;b;62,5\nc;b;62.5\n", 'decimal = "?"'),
        ("owner,owned,stake\na,b,25-50\nc,b,> 50\n", 'share = "stake"'),
        ("owner,stake\na,5\n", 'owned = "?"'),
        ("Company,Head office country\nAlpha,Russian Federation\nBeta,Atlantis\n", 'country = "Head office country"'),
        ("Company,Head office country\nAlpha,Russia\nBeta,Atlantis\n", "1 of 2 are not understood"),
        ("id,name,Type\na,A,company\nb,B,robot\n", "1 of 2 are not understood"),
        ('id,name,"a ""quoted"" column"\na,A,x\n', r'# not recognised: "a \"quoted\" column" (first: x)'),
    ],
)
def test_what_is_open_stays_open(tmp_path: Path, text: str, line: str) -> None:
    toml, _ = proposed(tmp_path, text)
    assert line in toml
    if '"?"' in line:
        declared = tmp_path / "m.toml"
        declared.write_text(toml, encoding="utf-8")
        with pytest.raises(BadInput):
            Tables(mapping=declared)


@pytest.mark.parametrize(
    ("header", "table"),
    [
        ("id,name,hq_country", "entities"),
        ("Kundennummer,Kunde,Land der Hauptverwaltung", "entities"),
        ("Company number,Headquarters country,Source", "headquarters"),
        ("Parent company,Subsidiary,Percentage", "holdings"),
        ("Aktionär,Gesellschaft,Anteil in Prozent", "holdings"),
    ],
)
def test_the_table_is_told_by_its_columns(tmp_path: Path, header: str, table: str) -> None:
    _, mapping = proposed(tmp_path, f"{header}\na,b,c\n")
    assert mapping["table"] == table
    assert "?" not in str(mapping["columns"])


def test_a_registered_country_is_no_headquarters(tmp_path: Path) -> None:
    _, mapping = proposed(tmp_path, "id,name,Country of incorporation,Country,Address\na,A,KY,CN,x\n")
    assert mapping["columns"] == {"id": "id", "name": "name", "registered_country": "Country of incorporation"}


def test_workbooks_and_parquet_are_described_too(tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path / "g.xlsx", {"A": {1: ["x"]}, "B": {1: ["Owner", "Firma", "Anteil"], 2: ["a", "b", 0.5]}}
    )
    found = tomllib.loads(describe(path, "B"))
    assert found["read"] == {"sheet": "B", "shares": "?"}
    pl.DataFrame({"parent": ["a"], "child": ["b"], "pct": [62.5]}).write_parquet(tmp_path / "g.parquet")
    found = tomllib.loads(describe(tmp_path / "g.parquet"))
    assert found["columns"] == {"owner": "parent", "owned": "child", "share_exact": "pct"}


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such file"):
        describe(tmp_path / "none.csv")
    (tmp_path / "e.csv").write_text("\n\n")
    with pytest.raises(BadInput, match="no header"):
        describe(tmp_path / "e.csv")
