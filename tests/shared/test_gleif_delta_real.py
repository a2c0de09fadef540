"""Deltas made of real golden copy records: what they delete is gone, what they retire is marked, the rest stays."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import polars as pl
import pytest
from lxml import etree

from topco.registries.gleif import Gleif
from topco.registries.loading import Outcome, load
from topco.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.shared

EXTENSIONS = "http://www.gleif.org/data/schema/golden-copy/extensions/1.0"
NEW_DAY = "2023-06-10T08:00:00Z"


def loaded(store: Path, *paths: Path) -> Outcome:
    outcome = load(Store.open(store, create=True), Gleif(), list(paths), None, lambda *progress: None)
    assert outcome.refused == []
    return outcome


def changed_xml(source: Path, target: Path, kept: slice, *, deletes: int | None, delta: bool) -> None:
    """Some records of an XML file under a later header; one of them marked as deleted, entities as retired."""
    tree = etree.parse(str(source))
    root = tree.getroot()
    header, records = root[0], root[1]
    space = etree.QName(root).namespace
    header.find(f"{{{space}}}ContentDate").text = NEW_DAY
    if delta:
        header.find(f"{{{space}}}FileContent").text = "GLEIF_DELTA_PUBLISHED"
        etree.SubElement(header, f"{{{space}}}DeltaStart").text = "2023-06-05T00:00:00Z"
    every = list(records)
    for record in every:
        if record not in every[kept]:
            records.remove(record)
    for status in records.iter(f"{{{space}}}RegistrationStatus"):
        if etree.QName(root).localname == "LEIData":
            status.text = "RETIRED"
    if deletes is not None:
        extension = etree.SubElement(every[deletes], f"{{{space}}}Extension")
        mark = etree.SubElement(extension, f"{{{EXTENSIONS}}}Deletion")
        etree.SubElement(mark, f"{{{EXTENSIONS}}}DeletedAt").text = "2023-06-09T01:39:19Z"
    tree.write(str(target), encoding="UTF-8", xml_declaration=True)


def counted(store: Path) -> dict[str, int]:
    opened = Store.open(store)
    return {name: opened.table(name).collect().height for name in ("entities", "names", "relationships", "absences")}


@pytest.mark.parametrize("delta", [True, False])
def test_update_pairs_in_xml(tmp_path: Path, shared_data: Path, delta: bool) -> None:
    folder = shared_data / "gleif-golden-copy-xml"
    store = tmp_path / "store"
    loaded(store, folder)
    before = Store.open(store)
    sizes = counted(store)
    assert (sizes["entities"], sizes["relationships"], sizes["absences"]) == (13, 10, 10)
    gone_tie = before.table("relationships").sort("row").collect().row(9, named=True)
    gone_reason = before.table("absences").sort("row").collect().row(2, named=True)
    kept = slice(8, 10) if delta else slice(0, 10)
    changed_xml(folder / "rr-data.xml", tmp_path / "rr-new.xml", kept, deletes=9, delta=delta)
    kept = slice(2, 4) if delta else slice(0, 10)
    changed_xml(folder / "repex-data.xml", tmp_path / "repex-new.xml", kept, deletes=2, delta=delta)
    outcome = loaded(store, tmp_path / "rr-new.xml", tmp_path / "repex-new.xml")
    assert {item.load.vintage.isoformat() for item in outcome.loaded} == {"2023-06-10"}
    after = Store.open(store)
    assert gone_tie["record"] not in after.table("relationships").collect()["record"].to_list()
    absences = after.table("absences").collect()
    assert (gone_reason["subject"], gone_reason["level"]) not in absences.select("subject", "level").rows()
    assert counted(store) == {**sizes, "relationships": 9, "absences": 9}
    if delta:
        changes = {item.load.file_kind: item.load.counts["changes"] for item in outcome.loaded}
        assert changes["rr"] == {"added": 0, "replaced": 1, "deleted": 1}
        assert all(not item.load.warnings for item in outcome.loaded)
    assert len([item for item in after.loads() if item.file_kind == "rr"]) == 2  # the earlier one stays


def test_a_retired_lei_is_marked(tmp_path: Path, shared_data: Path) -> None:
    folder = shared_data / "gleif-golden-copy-xml"
    store = tmp_path / "store"
    loaded(store, folder / "lei-data.xml")
    first = Store.open(store).table("entities").sort("row").collect().row(0, named=True)
    assert first["standing"] == "Current"
    changed_xml(folder / "lei-data.xml", tmp_path / "lei-new.xml", slice(0, 1), deletes=None, delta=True)
    loaded(store, tmp_path / "lei-new.xml")
    entities = Store.open(store).table("entities")
    assert entities.collect().height == 13
    row = entities.filter(pl.col("id") == first["id"]).collect().row(0, named=True)
    assert (row["standing"], row["registration_status"], row["file"]) == ("Ended", "RETIRED", "lei-new.xml")


def test_a_delta_in_csv(tmp_path: Path, shared_data: Path) -> None:
    folder = shared_data / "gleif-golden-copy-csv"
    store = tmp_path / "store"
    loaded(store, folder / "lei2-golden-copy.csv", folder / "rr-golden-copy.csv")
    sizes = counted(store)
    for kind, mark in (("lei2", {"Registration.RegistrationStatus": "RETIRED"}), ("rr", {})):
        with (folder / f"{kind}-golden-copy.csv").open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))[:3]
        columns = [*rows[0], "Extension.gleif:Deletion.gleif:DeletedAt"]
        if kind == "rr":
            rows[0]["Extension.gleif:Deletion.gleif:DeletedAt"] = "2019-12-01T00:00:00Z"
        path = tmp_path / f"20191201-0000-gleif-goldencopy-{kind}-delta.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, columns, restval="", quoting=csv.QUOTE_ALL)
            writer.writeheader()
            writer.writerows({**row, **mark} for row in rows)
        changes = loaded(store, path).loaded[0].load.counts["changes"]
        assert (
            changes
            == {"lei2": {"added": 0, "replaced": 3, "deleted": 0}, "rr": {"added": 0, "replaced": 2, "deleted": 1}}[
                kind
            ]
        )
    assert counted(store) == {**sizes, "relationships": sizes["relationships"] - 1}
    entities = Store.open(store).table("entities").collect()
    assert entities.filter(pl.col("registration_status") == "RETIRED").height >= 3
