"""The importer on real golden copies that nobody in this project wrote, against figures counted in the files."""

from __future__ import annotations

import csv
import gzip
import time
from collections import Counter
from typing import TYPE_CHECKING

import polars as pl
import pytest
from lxml import etree

from topco.registries.gleif import Gleif
from topco.registries.loading import load
from topco.store.coverage import parents_without_record
from topco.store.schema import TABLES
from topco.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.shared


def store_of(folder: Path, *paths: Path) -> Store:
    store = Store.open(folder, create=True)
    outcome = load(store, Gleif(), list(paths), None, lambda *progress: None)
    assert outcome.refused == []
    return store


def cells(path: Path) -> list[dict[str, str]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_bulk_files_keep_every_record_and_its_row(tmp_path: Path, shared_data: Path) -> None:
    folder = shared_data / "gleif-bulk-2025" / "recolumned"
    start = time.monotonic()
    store = store_of(tmp_path, folder)
    assert time.monotonic() - start < 30  # a loose bound: the bench measures
    entities = store.table("entities").sort("row").collect()
    edges = store.table("relationships").sort("row").collect()
    source = cells(folder / "lei2.csv.gz")
    assert entities["id"].to_list() == [f"LEI:{row['LEI']}" for row in source]
    assert entities["hq_country"].to_list() == [row["Entity.HeadquartersAddress.Country"] or None for row in source]
    assert entities["name"].to_list() == [row["Entity.LegalName"].strip() for row in source]
    assert entities["row"].to_list() == list(range(2, len(source) + 2))
    links = cells(folder / "rr.csv.gz")
    assert edges["parent"].to_list() == [f"LEI:{row['Relationship.EndNode.NodeID']}" for row in links]
    assert edges.filter(pl.col("child") == pl.col("parent")).height == 1
    assert parents_without_record(store) == 1_291


def test_golden_copy_csv_of_2019(tmp_path: Path, shared_data: Path) -> None:
    folder = shared_data / "gleif-golden-copy-csv"
    store = store_of(tmp_path, folder / "lei2-golden-copy.csv", folder / "rr-golden-copy.csv")
    entities, edges = store.table("entities").collect(), store.table("relationships").collect()
    assert entities.height == 239
    assert dict(entities["registration_status"].value_counts().iter_rows()) == {
        "ISSUED": 147, "LAPSED": 82, "RETIRED": 4, "ANNULLED": 4, "DUPLICATE": 2,
    }  # fmt: skip
    assert entities.filter(pl.col("hq_country") != pl.col("registered_country")).height == 10
    assert dict(edges["kind"].value_counts().iter_rows()) == {
        "UltimateConsolidation": 133, "DirectConsolidation": 117, "InternationalBranch": 1,
    }  # fmt: skip
    assert dict(edges["standing"].value_counts().iter_rows()) == {"Current": 247, "Ended": 4}
    source = cells(folder / "lei2-golden-copy.csv")
    names = [
        value for row in source for name, value in row.items() if "OtherEntityName." in name and name[-1].isdigit()
    ]
    assert store.table("names").collect().height == len([name for name in names if name])
    assert {load.vintage_source for load in store.loads()} == {"latest update in the file"}


def test_golden_copy_xml_of_2023(tmp_path: Path, shared_data: Path) -> None:
    folder = shared_data / "gleif-golden-copy-xml"
    store = store_of(tmp_path, folder)
    assert {load.id for load in store.loads()} == {
        "gleif-lei2-2023-06-05", "gleif-rr-2023-06-05", "gleif-repex-2023-06-09",
    }  # fmt: skip
    assert dict(store.table("entities").collect()["registration_status"].value_counts().iter_rows()) == {
        "ISSUED": 9, "LAPSED": 3, "RETIRED": 1,
    }  # fmt: skip
    edges = store.table("relationships").collect()
    assert dict(edges["kind"].value_counts().iter_rows()) == {
        "FundManagement": 5, "SubFund": 3, "DirectConsolidation": 1, "UltimateConsolidation": 1,
    }  # fmt: skip
    assert edges["stale"].sum() == 2
    assert dict(store.table("absences").collect()["reason"].value_counts().iter_rows()) == {
        "NON_CONSOLIDATING": 6, "NO_KNOWN_PERSON": 3, "NON_PUBLIC": 1,
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["lei", "rr", "repex"])
def test_the_same_records_as_csv_give_the_same_evidence(tmp_path: Path, shared_data: Path, kind: str) -> None:
    source = shared_data / "gleif-golden-copy-xml" / f"{kind}-data.xml"
    flat = tmp_path / f"{kind}.csv"
    rows = [dict(leaves(record, "")) for record in etree.parse(source).getroot()[1]]
    with flat.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(dict.fromkeys(name for row in rows for name in row)), restval="")
        writer.writeheader()
        writer.writerows(rows)
    from_xml, from_csv = store_of(tmp_path / "xml", source), store_of(tmp_path / "csv", flat)
    compared = 0
    for name in TABLES:
        tables = [store.table(name).drop("file", "row", "load").collect() for store in (from_xml, from_csv)]
        assert tables[0].sort(pl.all(), nulls_last=True).equals(tables[1].sort(pl.all(), nulls_last=True))
        compared += len(tables[0])
    assert compared >= 10


def leaves(element: etree._Element, path: str) -> Iterator[tuple[str, str]]:
    """The cells of a record's CSV row: the golden copy's column names from the paths of the XML."""
    numbers: Counter[str] = Counter()
    for child in element.iterchildren(etree.Element):
        name = etree.QName(child).localname
        numbers[name] += 1
        below = {
            "RelationshipPeriods": "Relationship",
            "RelationshipPeriod": f"Relationship.Period.{numbers[name]}",
            "ExceptionCategory": "Exception.Category",
            "ExceptionReason": f"Exception.Reason.{numbers[name]}",
            "ExceptionReference": f"Exception.Reference.{numbers[name]}",
            "StartDate": f"{path}.startDate",
            "EndDate": f"{path}.endDate",
            "PeriodType": f"{path}.periodType",
        }.get(name, f"{path}.{name}".strip("."))
        if name.endswith("OtherEntityName"):
            below += f".{numbers[name]}"
        if len(child):
            yield from leaves(child, below)
        else:
            yield below, child.text or ""
        for attribute, value in child.attrib.items():
            yield f"{below}.{'xmllang' if str(attribute).endswith('lang') else attribute}", str(value)


def test_files_of_other_layouts_are_refused_whole(tmp_path: Path, shared_data: Path) -> None:
    store = Store.open(tmp_path, create=True)
    strangers = [
        shared_data / "gleif-bulk-2025" / "lei-with-parents.csv.gz",
        shared_data / "gleif-code-lists" / "elf-codes-1.4.1.csv",
        shared_data / "countries" / "country-codes.csv",
    ]
    outcome = load(store, Gleif(), strangers, None, lambda *progress: None)
    assert len(outcome.refused) == len(strangers)
    assert store.loads() == []
