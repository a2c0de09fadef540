"""CSV, XML and JSON of the same records give the same evidence, but for the file's name and the row."""

from __future__ import annotations

import string
import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gleif_files import DIRECT, ULTIMATE, WRITERS, Record, company, exception, load_texts, relationship
from topco.store.schema import TABLES

RECORDS = {
    "lei2": [
        company(
            1,
            Entity__LegalName="Größe & Söhne <GmbH>",
            **{"Entity.LegalName.xmllang": "de"},
            names=[("Alt AG", "de", "PREVIOUS_LEGAL_NAME"), ("旧名", "zh", "TRADING_OR_OPERATING_NAME")],
            ascii_names=[("Groesse & Soehne GMBH", None, "AUTO_ASCII_TRANSLITERATED_LEGAL_NAME")],
        ),
        company(2, Entity__HeadquartersAddress__Country="NA", Entity__EntityCategory="FUND"),
        company(3, Entity__SuccessorEntity__SuccessorLEI=company(1)["LEI"], Registration__RegistrationStatus="MERGED"),
        company(4, Entity__HeadquartersAddress__Country=None),
        company(5, Entity__HeadquartersAddress__Country="Q9"),
        company(
            6,
            Entity__RegistrationAuthority__RegistrationAuthorityID="RA000585",
            Entity__RegistrationAuthority__RegistrationAuthorityEntityID="102498",
        ),
    ],
    "rr": [
        relationship(
            1,
            2,
            periods=[
                ("2018-01-01T00:00:00Z", "2018-12-31T00:00:00Z", "ACCOUNTING_PERIOD"),
                ("2015-12-31T23:00:00.000Z", None, "RELATIONSHIP_PERIOD"),
                ("2010-01-01", "2012-12-31", "RELATIONSHIP_PERIOD"),
            ],
        ),
        relationship(1, 3, ULTIMATE, Registration__RegistrationStatus="LAPSED"),
        relationship(4, 4),
        relationship(2, 3, DIRECT, periods=[("2019-02-30", None, "RELATIONSHIP_PERIOD")]),
    ],
    "repex": [
        exception(2, "NATURAL_PERSONS"),
        exception(2, "NO_LEI", "NON_PUBLIC", level="ULTIMATE", references=["§ 1", "§ 2"]),
    ],
}

PUBLISHED = ("entities", "names", "identifiers", "relationships", "absences")


def evidence(folder: Path, file_format: str, records: dict[str, list[Record]]) -> dict[str, pl.DataFrame]:
    folder.mkdir()
    write = WRITERS[file_format]
    store = load_texts(folder, {f"{kind}.{file_format}": write(kind, records[kind]) for kind in records})
    return {
        name: store.table(name).collect().drop("file", "row", "load").sort(pl.all(), nulls_last=True) for name in TABLES
    }


@pytest.mark.parametrize("file_format", ["xml", "json"])
def test_formats_agree(tmp_path: Path, file_format: str) -> None:
    from_csv = evidence(tmp_path / "csv", "csv", RECORDS)
    other = evidence(tmp_path / "other", file_format, RECORDS)
    for name, table in from_csv.items():
        assert bool(len(table)) == (name in PUBLISHED), name
        assert table.equals(other[name]), name


TEXT = st.text(string.ascii_letters + " &<>\"'éß株", min_size=1, max_size=8).filter(lambda text: text.strip())
CODE = st.sampled_from(["", "NULL", "N/A", "DE", "NA", "XK", "Q9", "ACTIVE"])
NAME = st.tuples(TEXT, st.sampled_from([None, "en"]), st.sampled_from([None, "PREVIOUS_LEGAL_NAME"]))
DAY = st.sampled_from([None, "2019-01-01", "2018-12-31T23:00:00.000Z", "1514764800000", "2019-13-01"])
PERIOD = st.tuples(DAY, DAY, st.sampled_from(["RELATIONSHIP_PERIOD", "ACCOUNTING_PERIOD"]))
COMPANIES = st.lists(
    st.builds(
        lambda number, name, hq, status, update, names, ascii_names: company(
            number,
            Entity__LegalName=name,
            Entity__HeadquartersAddress__Country=hq,
            Entity__EntityStatus=status,
            Registration__LastUpdateDate=update,
            names=names,
            ascii_names=ascii_names,
        ),
        st.integers(1, 6), TEXT, CODE, CODE, DAY, st.lists(NAME, max_size=3), st.lists(NAME, max_size=2),
    ),
    min_size=1,
    max_size=8,
)  # fmt: skip
RELATIONSHIPS = st.lists(
    st.builds(
        lambda child, parent, kind, periods: relationship(child, parent, kind, periods=periods),
        st.integers(1, 3), st.integers(1, 3), st.sampled_from([DIRECT, ULTIMATE, "?"]), st.lists(PERIOD, max_size=3),
    ),
    min_size=1,
    max_size=8,
)  # fmt: skip


@settings(max_examples=10, deadline=None)
@given(companies=COMPANIES, relationships=RELATIONSHIPS)
def test_formats_agree_on_any_records(companies: list[Record], relationships: list[Record]) -> None:
    records = {"lei2": [company(9), *companies], "rr": [relationship(8, 9), *relationships]}
    with tempfile.TemporaryDirectory() as folder:
        found = [evidence(Path(folder) / name, name, records) for name in WRITERS]
    for name in TABLES:
        assert found[0][name].equals(found[1][name])
        assert found[0][name].equals(found[2][name])
