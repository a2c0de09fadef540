"""Tables by a declared mapping: what it says is done, what it leaves open is refused, and nothing is guessed."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes import rejects
from topco.errors import BadInput
from topco.ownership.shares import around
from topco.registries.loading import Outcome, load
from topco.registries.table import Tables
from topco.registries.table.mapping import Mapping
from topco.registries.table.transform import date_text, share_text
from topco.store.store import Store

DAY = date(2026, 1, 31)
GERMAN = """
table = "holdings"
[read]
separator = ";"
decimal = ","
dates = "DMY"
shares = "percent"
id_scheme = "DE-HRB"
[columns]
owner = "Gesellschafter"
owned = "Firma"
share_exact = "Anteil"
valid_from = "seit"
[constants]
interest = "votes"
"""


def load_mapped(folder: Path, mapping: str, text: str, name: str = "acme.csv") -> tuple[Store, Outcome]:
    declared = folder / "acme.mapping.toml"
    declared.write_text(mapping, encoding="utf-8")
    path = folder / name
    path.write_text(text, encoding="utf-8")
    store = Store.open(folder / "store", create=True)
    return store, load(store, Tables(mapping=declared), [path], DAY, lambda *_: None)


def test_a_german_table_is_read_as_declared(tmp_path: Path) -> None:
    text = 'Firma;Gesellschafter;Anteil;seit;Notiz\nB 1;"LEI:5493001Z012YSB2A0K51";62,5 %;31.12.2019;x\n'
    store, outcome = load_mapped(tmp_path, GERMAN, text)
    (row,) = store.table("holdings").collect().to_dicts()
    assert (row["owner"], row["owned"]) == ("LEI:5493001Z012YSB2A0K51", "DE-HRB:B 1")
    assert (row["interest"], row["share_exact"], row["valid_from"]) == ("votes", 625_000_000, date(2019, 12, 31))
    assert row["row"] == 2
    assert "Notiz: the column is not known and was left out" in outcome.loaded[0].load.warnings


def test_dates_in_three_orders_and_wrong_decimals_are_refused_row_by_row(tmp_path: Path) -> None:
    rows = [
        "B;a;10;31.12.2019",
        "B;b;10;2019-12-31",
        "B;c;10;12/31/2019",
        "B;d;10.5;31.12.2019",
        "B;e;1.234,5;",
        "B;f;x;",
    ]
    store, outcome = load_mapped(tmp_path, GERMAN, "\n".join(["Firma;Gesellschafter;Anteil;seit", *rows]) + "\n")
    assert store.table("holdings").collect()["valid_from"].to_list() == [date(2019, 12, 31)] * 2
    found = rejects(outcome)
    assert [(row, column) for row, column, _, _ in found] == [
        ("5", "share_exact"),
        ("6", "share_exact"),
        ("7", "share_exact"),
        ("4", "valid_from"),
    ]
    assert found[3][2:] == ("12/31/2019", "not a date")
    assert "10.5: not a number with a decimal comma" in found[0][2]


def test_an_ambiguous_date_is_never_guessed(tmp_path: Path) -> None:
    mapping = GERMAN.replace('dates = "DMY"\n', "")
    store, outcome = load_mapped(tmp_path, mapping, "Firma;Gesellschafter;Anteil;seit\nB;a;1;\nB;b;1;01.02.2020\n")
    assert len(store.table("holdings").collect()) == 1
    assert rejects(outcome) == [("3", "valid_from", "01.02.2020", "not a date")]


def test_countries_by_name_and_statements_of_headquarters(tmp_path: Path) -> None:
    mapping = """
table = "headquarters"
publisher = "desk research"
[columns]
id = "Company"
country = "Head office"
citation = "Source"
stated_on = "As of"
[constants]
basis = "filing"
stated_by = "J. Doe"
"""
    text = "Company,Head office,Source,As of\nalpha,Russian Federation,20-F,2024-05-01\nbeta,Atlantis,x,\ngamma,,x,\n"
    store, outcome = load_mapped(tmp_path, mapping, text)
    (row,) = store.table("headquarters").collect().to_dicts()
    series = outcome.loaded[0].load.id.split("-headquarters")[0].removeprefix("table-")
    assert {**row, "file": None, "load": None} == {
        "id": "X:alpha", "country": "RU", "city": None, "basis": "filing", "stated_by": "J. Doe",
        "stated_on": date(2024, 5, 1), "citation": "20-F", "valid_from": None, "valid_to": None,
        "record": f"table/{series}/headquarters/X:alpha",
        "file": None, "row": 2, "load": None,
    }  # fmt: skip
    assert outcome.loaded[0].load.publisher == "desk research"
    assert [(row, column) for row, column, _, _ in rejects(outcome)] == [("4", "country"), ("3", "country")]


def test_shares_in_words_become_bands(tmp_path: Path) -> None:
    mapping = 'table = "holdings"\n[columns]\nowner = "o"\nowned = "c"\nshare = "stake"\n'
    rows = ["a,B,62.5%", "b,B,25-50 %", "c,B,> 75", "d,B,a majority", "e,B,", "f,B,0.5"]
    store, outcome = load_mapped(tmp_path, mapping, "\n".join(["o,c,stake", *rows]) + "\n")
    columns = ("share_exact", "share_min", "share_min_exclusive", "share_max")
    found = {row["owner"]: tuple(row[name] for name in columns) for row in store.table("holdings").collect().to_dicts()}
    assert found == {
        "X:a": (625_000_000, None, None, None),
        "X:b": (None, 250_000_000, False, 500_000_000),
        "X:c": (None, 750_000_000, True, None),
        "X:e": (None, None, None, None),
        "X:f": (None, 5_000_000, False, 500_000_000),
    }, "half a percent or a half: the band holds both, unless the mapping says which"
    assert [(row, column) for row, column, _, _ in rejects(outcome)] == [("5", "share_exact")]


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ("table = ", "no TOML"),
        ('table = "persons"', "no table that there is"),
        ("", "no table that there is"),
        ('table = "holdings"\ncolour = "red"', "'colour'"),
        ('table = "holdings"\n[read]\ndates = "?"', "Decide it"),
        ('table = "holdings"\n[read]\nshares = "per mille"', "'per mille'"),
        ('table = "holdings"\n[columns]\nowner = "?"', "undecided"),
        ('table = "holdings"\n[columns]\nname = "x"', "'name'"),
        ('table = "holdings"\n[columns]\nowner = "x"\nowned = "X "', "declared twice"),
        ('table = "holdings"\n[columns]\nowner = "x"\n[constants]\nowner = "y"', "declared twice"),
        ('table = "holdings"\n[columns]\nowner = 5', "something else than texts"),
        ('table = "holdings"\ncolumns = "all"', "something else than texts"),
        ('table = "holdings"\npublisher = " "', "no name"),
    ],
)
def test_a_wrong_mapping_is_refused(tmp_path: Path, mapping: str, words: str) -> None:
    path = tmp_path / "m.toml"
    path.write_text(mapping, encoding="utf-8")
    with pytest.raises(BadInput) as refusal:
        Tables(mapping=path)
    assert words in str(refusal.value)


def test_a_mapping_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        Tables(mapping=tmp_path / "none.toml")
    path = tmp_path / "m.toml"
    path.write_bytes(b"table = \xff")
    with pytest.raises(BadInput, match="no TOML"):
        Tables(mapping=path)


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ('table = "holdings"\n[columns]\nowner = "Inhaber"\nowned = "c"', "no column Inhaber"),
        ('table = "holdings"\n[columns]\nowner = "o"', "says nothing of owned"),
    ],
)
def test_a_table_that_does_not_fit_its_mapping_is_refused(tmp_path: Path, mapping: str, words: str) -> None:
    _, outcome = load_mapped(tmp_path, mapping, "o,c\na,b\n")
    assert words in str(outcome.refused[0])


def test_two_mappings_are_two_variants(tmp_path: Path) -> None:
    variants = set()
    for number in (1, 2):
        path = tmp_path / f"{number}.toml"
        path.write_text(f'table = "holdings"\n[constants]\nowner = "o{number}"\n[columns]\nowned = "c"\n')
        variants.add(Tables(mapping=path).variant)
    assert len(variants | {Tables().variant}) == 3


@given(st.integers(0, 10**15 - 1), st.integers(1, 10**15 - 1))
def test_parts_of_a_whole_lie_between_the_units_around_them(part: int, whole: int) -> None:
    below, above = around(share_text(f"{part} of {whole}", Mapping("holdings", shares="parts")))
    exact = Fraction(part, whole) * 10**9
    assert below <= exact <= above
    assert above - below == (exact.denominator != 1)


@given(st.dates(date(1900, 1, 1)), st.sampled_from(["DMY", "MDY"]), st.sampled_from("./-"))
def test_dates_come_back_in_their_order(day: date, order: str, sign: str) -> None:
    first, second = (day.day, day.month) if order == "DMY" else (day.month, day.day)
    assert date_text(f"{first}{sign}{second}{sign}{day.year:04}", order) == day.isoformat()


def test_other_names_and_numbers_of_entities(tmp_path: Path) -> None:
    path = tmp_path / "entities.csv"
    path.write_text(
        "id,name,kind,lei,gb_coh,identifiers,other_names\n"
        "a,Alpha,company,5493001z012ysb2a0k51,123456,DE-HRB:B 1; gb-coh:99 ;XI-LEI:x,Alfa; Alpha Old ;\n"
        "b,Beta,company,,,,\n"
        "c,Gamma,company,5493,,,\n"
        "d,Delta,company,,GB1,,\n"
        "e,Epsilon,company,,,12 34,\n"
        "GB-COH:00123456,Zeta,company,,123456,,\n",
        encoding="utf-8",
    )
    store = Store.open(tmp_path / "store", create=True)
    outcome = load(store, Tables(), [path], DAY, lambda *_: None)
    identifiers: list[dict[str, Any]] = store.table("identifiers").collect().to_dicts()
    assert [(row["id"], row["other_id"], row["record"], row["row"]) for row in identifiers] == [
        ("X:a", "LEI:5493001Z012YSB2A0K51", "table/entities/entities/X:a/identifier/1", 2),
        ("X:a", "GB-COH:00123456", "table/entities/entities/X:a/identifier/2", 2),
        ("X:a", "DE-HRB:B 1", "table/entities/entities/X:a/identifier/3", 2),
        ("X:a", "GB-COH:00000099", "table/entities/entities/X:a/identifier/4", 2),
        ("X:a", "LEI:X", "table/entities/entities/X:a/identifier/5", 2),
    ]
    names = store.table("names").collect().to_dicts()
    assert [(row["id"], row["name"], row["record"]) for row in names] == [
        ("X:a", "Alfa", "table/entities/entities/X:a/name/1"),
        ("X:a", "Alpha Old", "table/entities/entities/X:a/name/2"),
    ]
    assert [(row, column) for row, column, _, _ in rejects(outcome)] == [
        ("4", "lei"),
        ("5", "gb_coh"),
        ("6", "identifiers"),
    ]
