"""Classification against what nobody in this project wrote: worked cases, and chips with published figures."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from topco.items.answer import answer
from topco.items.files import read_items
from topco.items.law import item_law
from topco.items.statement import Item, parse_item
from topco.licensing.cases.case import Case
from topco.licensing.cases.case_files import read_cases
from topco.licensing.law.body import load_law

pytestmark = pytest.mark.shared

DAY = date(2025, 6, 1)
COUNTS = {"A_ITEM": 33, "none": 50, "undetermined": 20}
TPP = "Total processing performance (bit-OP/s)"
# TF32 has 19 bits of input; it never decides, because FP16 on the same units is twice as fast.
BITS = {"FP64": 64, "FP32": 32, "TF32": 19, "FP16": 16, "INT16": 16, "FP8": 8, "INT8": 8, "FP4": 4, "INT4": 4}

# Where the published total is not the highest product of the row's own columns, per edition of the file.
DIFFERENT = {
    "ml_hardware.csv": {
        "Meta MTIA 300": "published 2832, but its 16-bit and 8-bit columns both give 9600",
        "AMD Instinct MI355X": "published 37440 is the vector column; the matrix columns give 40265.6",
        "NVIDIA A800 SXM": "published 4988.8 from the 16-bit column; the rounded 8-bit column gives 4992",
    },
    "ml_hardware_2025-12.csv": {
        "AMD Instinct MI355X": "published 37440 is the vector column; the matrix columns give 40265.6",
    },
}


def classified(item: Item, day: date = DAY) -> dict[str, Any]:
    return answer(item, item_law(load_law(), day), day)


def test_every_case_with_an_item_has_the_expected_class_and_entry(shared_reference: Path) -> None:
    text = (shared_reference / "regulation-cases.jsonl").read_text(encoding="utf-8")
    wanted = [json.loads(line) for line in text.splitlines()]
    tested = 0
    for read, case in zip(read_items(text, "cases"), wanted, strict=True):
        assert isinstance(read.item, Item), case["id"]
        day = read.day or DAY
        found = answer(read.item, item_law(load_law(), day), day, name=read.name)
        for key in {"item_class", "eccn"} & set(case["expect"]):
            assert found[key] == case["expect"][key], case["id"]
            tested += 1
    assert tested >= 50


def test_items_read_as_parts_of_cases_are_classified_alike(shared_reference: Path) -> None:
    text = (shared_reference / "regulation-cases.jsonl").read_text(encoding="utf-8")
    for read, direct in zip(read_cases(text, "cases"), read_items(text, "cases"), strict=True):
        assert isinstance(read.case, Case)
        assert isinstance(direct.item, Item)
        one, other = classified(read.case.item), classified(direct.item)
        assert (one["item_class"], one["eccn"]) == (other["item_class"], other["eccn"]), read.case.id


def chips(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "chips-epoch" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def bits_of(column: str) -> int | None:
    """The bit length of a column of rates; None for other columns."""
    if "performance (" not in column or column == TPP:
        return None
    return next(bits for name, bits in BITS.items() if name in column)


def item_of(row: dict[str, str]) -> Item | None:
    """A chip with the figures of its row as dense ones; None without a figure."""
    operations = [
        {"value": row[column], "unit": "OP/s", "bit_length": bits, "sparse": False}
        for column in row
        if (bits := bits_of(column)) and row[column]
    ]
    if not operations:
        return None
    data = {"kind": "ic", "processing_units": [{"operations": operations}]}
    return parse_item(data, row["Hardware name"])


@pytest.mark.parametrize("edition", DIFFERENT)
def test_processing_performance_equals_the_published_one(shared_data: Path, edition: str) -> None:
    compared, different = 0, set()
    for row in chips(shared_data, edition):
        item = item_of(row)
        if item is None or not row[TPP]:
            continue
        compared += 1
        published = Fraction(Decimal(row[TPP])) / 10**12
        computed = Fraction(Decimal(classified(item)["aggregate_tpp"]))
        if computed != published:
            assert computed > published, "the highest claimed value is never below the published one"
            different.add(row["Hardware name"])
    assert different == set(DIFFERENT[edition])
    assert compared == 98


def with_die(item: Item, row: dict[str, str]) -> Item:
    """The chip with the area of its row; processes of 16 nm and finer have non-planar transistors, others planar."""
    size, node = row["Die Size (mm^2)"], row["Process size (nm)"]
    if not size or not node:
        return item
    transistors = "non_planar" if Decimal(node) <= 16 else "planar"
    die = {"area_mm2": size, "logic": True, "transistors": transistors}
    return item.model_copy(update={"dies": parse_item({"dies": [die]}, "die").dies})


def test_every_chip_with_figures_is_classified_or_says_what_is_missing(shared_data: Path) -> None:
    outcomes: Counter[str] = Counter()
    for row in chips(shared_data, "ml_hardware.csv"):
        item = item_of(row)
        if item is None:
            assert not row[TPP]
            continue
        found = classified(with_die(item, row))
        outcomes[found["item_class"]] += 1
        if found["status"] == "undetermined":
            facts = {gap["fact"] for gap in found["missing"]}
            assert facts in ({"item.datacentre"}, {"item.performance_density", "item.datacentre"})
    assert outcomes == COUNTS


def test_what_is_for_data_centres_and_has_a_die_area_is_always_classified(shared_data: Path) -> None:
    tested = 0
    for row in chips(shared_data, "ml_hardware.csv"):
        item = item_of(row)
        if item is None or not row["Die Size (mm^2)"] or not row["Process size (nm)"]:
            continue
        for datacentre in (True, False):
            found = classified(with_die(item.model_copy(update={"datacentre": datacentre}), row))
            assert found["status"] == "answered", row["Hardware name"]
        tested += 1
    assert tested > 50


@pytest.mark.parametrize(
    ("name", "die", "datacentre", "eccn"),
    [
        ("NVIDIA H100 SXM5 80GB", 814, True, "3A090.a"),
        ("NVIDIA H800 SXM5", 814, True, "3A090.a"),
        ("NVIDIA A100", 826, True, "3A090.a"),
        ("NVIDIA A800 PCIe 40 GB", 826, True, "3A090.a"),
        ("NVIDIA HGX H20", 814, True, None),
        ("NVIDIA L2 PCle", 295, True, None),
        ("NVIDIA A10 PCIe", 628, True, None),
        ("NVIDIA A40 PCIe", 628, True, "3A090.b"),
        ("Google TPU v4i", 400, True, "3A090.b"),
        ("NVIDIA GeForce RTX 4070", 295, False, None),
        ("NVIDIA GeForce RTX 4070", 295, True, "3A090.a"),
    ],
)
def test_well_known_chips(shared_data: Path, name: str, die: int, datacentre: bool, eccn: str | None) -> None:
    """Die areas are the published ones; all these processes have non-planar transistors."""
    row = next(row for row in chips(shared_data, "ml_hardware.csv") if row["Hardware name"] == name)
    item = item_of(row)
    assert item is not None
    found = classified(item.model_copy(update={"applicable_die_area_mm2": Decimal(die), "datacentre": datacentre}))
    assert found["status"] == "answered"
    assert found["eccn"] == eccn
