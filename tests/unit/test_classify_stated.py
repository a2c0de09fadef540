"""Stated entries beside figures, content, `.z` paragraphs, software and technology."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from test_classify_figures import classified
from topco.errors import BadInput

HIGH = {"kind": "ic", "tpp": 15824, "datacentre": True}
LOW = {"kind": "ic", "tpp": 2400, "performance_density": 2, "datacentre": True}
OPEN = {"kind": "ic", "tpp": 2400, "datacentre": True}
SMALL = {"kind": "ic", "tpp": 100}


def outcome(item: dict[str, Any]) -> tuple[str, str | None]:
    found = classified(item)
    return found["item_class"], found["eccn"]


@pytest.mark.parametrize("kind", ["computer", "assembly", "component"])
@pytest.mark.parametrize(
    ("contains", "expected"),
    [
        ([HIGH], ("A_ITEM", "4A090.a")),
        ([SMALL, LOW, HIGH], ("A_ITEM", "4A090.a")),
        ([SMALL, LOW], ("B_ITEM", "4A090.b")),
        ([SMALL, OPEN], ("undetermined", None)),
        ([HIGH, OPEN, {"kind": "ic"}], ("A_ITEM", "4A090.a")),
        ([SMALL, {"kind": "hbm", "memory_bandwidth_density": 9}], ("none", None)),
        ([{"eccn": "3A090.a"}], ("A_ITEM", "4A090.a")),
        ([{"eccn": "5A002.z.1.b"}], ("B_ITEM", "4A090.b")),
        ([{"eccn": "EAR99"}], ("none", None)),
        ([{"kind": "assembly", "contains": [SMALL, HIGH]}], ("A_ITEM", "4A090.a")),
        ([{**LOW, "datacentre": False}], ("none", None)),
        ([], ("none", None)),
    ],
)
def test_what_contains_circuits(kind: str, contains: list[dict[str, Any]], expected: tuple[str, str | None]) -> None:
    assert outcome({"kind": kind, "contains": contains}) == expected


def test_what_a_computer_contains_is_asked_for() -> None:
    found = classified({"kind": "computer"})
    assert found["status"] == "undetermined"
    assert [gap["fact"] for gap in found["missing"]] == ["item.contains"]


def test_figures_of_a_computer_are_read_as_those_of_its_circuit() -> None:
    found = classified({"kind": "computer", "tpp": 15824, "datacentre": True})
    assert found["eccn"] == "4A090.a"
    assert [one["fact"] for one in found["assumptions"]] == ["item.tpp"]


def test_everything_in_a_shipment_is_added_up() -> None:
    found = classified({"kind": "computer", "count": 3, "contains": [{**HIGH, "count": 8}, {**SMALL, "count": 2}]})
    assert found["aggregate_tpp"] == str(3 * (8 * 15824 + 2 * 100))
    assert classified({"kind": "computer", "contains": [HIGH, {"kind": "ic"}]})["aggregate_tpp"] is None


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({**HIGH, "eccn": "4A004"}, ("A_ITEM", "4A004.z.1")),
        ({**LOW, "eccn": "4A004"}, ("B_ITEM", "4A004.z.2")),
        ({**HIGH, "eccn": "5A992.c"}, ("A_ITEM", "5A992.z.1")),
        ({**HIGH, "eccn": "5A002.a.1"}, ("A_ITEM", None)),
        ({**HIGH, "eccn": "5A002.z.4"}, ("A_ITEM", "5A002.z.4.a")),
        ({**SMALL, "eccn": "5A002.a.1"}, ("none", "5A002.a.1")),
        ({**OPEN, "eccn": "5A002.a.1"}, ("undetermined", None)),
        ({"eccn": "5A002.a.1"}, ("none", "5A002.a.1")),
        ({"eccn": "5A002"}, ("undetermined", None)),
        ({"eccn": "5A002.z.4"}, ("undetermined", None)),
        ({"eccn": "5a002.Z.4.B"}, ("B_ITEM", "5A002.z.4.b")),
        ({**SMALL, "eccn": "5A002.z.4"}, ("undetermined", None)),
        ({"kind": "computer", "eccn": "4A003.b", "contains": [HIGH]}, ("A_ITEM", None)),
    ],
)
def test_an_item_of_another_entry_that_reaches_a_level(item: dict[str, Any], expected: tuple[str, str | None]) -> None:
    assert outcome(item) == expected


def test_paragraphs_that_stay_possible_are_listed() -> None:
    found = classified({**HIGH, "eccn": "3A001"})
    assert [one["eccn"] for one in found["possible"]] == [f"3A001.z.{number}.a" for number in (1, 2, 3, 4)]
    assert [gap["fact"] for gap in found["missing"]] == ["item.eccn"]


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"eccn": "3A090.a"}, ("A_ITEM", "3A090.a")),
        ({**OPEN, "eccn": "3A090.b"}, ("B_ITEM", "3A090.b")),
        ({**SMALL, "eccn": "3A090.a"}, ("undetermined", None)),
        ({**HIGH, "eccn": "3A090.b"}, ("undetermined", None)),
        ({**HIGH, "eccn": "EAR99"}, ("undetermined", None)),
        ({**HIGH, "eccn": "3A991.p"}, ("undetermined", None)),
        ({**SMALL, "eccn": "3A991.p"}, ("none", "3A991.p")),
        ({"eccn": "ear99"}, ("none", "EAR99")),
        ({**HIGH, "eccn": "3A090"}, ("A_ITEM", "3A090.a")),
        ({"eccn": "3A090"}, ("undetermined", None)),
        ({**SMALL, "eccn": "3A090"}, ("undetermined", None)),
    ],
)
def test_a_stated_entry_stands_unless_the_figures_contradict_it(
    item: dict[str, Any], expected: tuple[str, str | None]
) -> None:
    assert outcome(item) == expected


def test_a_stated_entry_with_open_figures_says_what_they_do_not_exclude() -> None:
    found = classified({**OPEN, "eccn": "EAR99"})
    assert found["item_class"] == "none"
    assert any("do not exclude" in note and "A_ITEM" in note for note in found["notes"])


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"eccn": "3E001", "for_eccn": "3A090.a"}, ("A_ITEM", "3E001")),
        ({"eccn": "4D090", "for_eccn": "4A090.b"}, ("B_ITEM", "4D090")),
        ({"eccn": "3E001", "for_eccn": "EAR99"}, ("none", "3E001")),
        ({"eccn": "3E001", "for_item": HIGH}, ("A_ITEM", "3E001")),
        ({"eccn": "3E001", "for_item": OPEN}, ("undetermined", None)),
        ({"eccn": "3E001"}, ("undetermined", None)),
        ({"eccn": "5D992.z.1"}, ("A_ITEM", "5D992.z.1")),
        ({"eccn": "5D992", "for_eccn": "5A992.z.2"}, ("B_ITEM", "5D992.z.2")),
        ({"eccn": "5D002.z.9", "for_eccn": "5A002.z.5.a"}, ("A_ITEM", "5D002.z.9.a")),
        ({"eccn": "5D002.c.1", "for_eccn": "5A002.a.1"}, ("none", "5D002.c.1")),
        ({"eccn": "5D002"}, ("undetermined", None)),
        ({"kind": "technology", "for_eccn": "3A090.a"}, ("A_ITEM", None)),
        ({"kind": "software", "for_item": SMALL}, ("none", None)),
    ],
)
def test_software_and_technology_take_the_class_of_what_they_are_for(
    item: dict[str, Any], expected: tuple[str, str | None]
) -> None:
    assert outcome(item) == expected


def test_a_kind_that_nobody_states() -> None:
    assert outcome({"tpp": 4800}) == ("A_ITEM", None)
    assert outcome({"tpp": 100}) == ("none", None)
    assert outcome({"training_operations": "9e25"}) == ("none", None)
    assert outcome({"memory_bandwidth_density": 3}) == ("HBM", "3A090.c")
    assert [gap["fact"] for gap in classified({})["missing"]] == ["item.kind"]


@pytest.mark.parametrize("eccn", ["3A09O.a", "3A090a", "3A090.d", "A090", "", "3A090..a", "4E091.a"])
def test_a_number_that_the_list_does_not_have_is_refused(eccn: str) -> None:
    with pytest.raises(BadInput):
        classified({"eccn": eccn})


def test_an_entry_that_comes_later_is_not_on_the_list_yet() -> None:
    found = classified({"eccn": "4E091"}, date(2025, 1, 12))
    assert (found["item_class"], found["eccn"]) == ("none", "4E091")
    assert "has no entry 4E091" in found["notes"][0]
    found = classified({"eccn": "4E091"}, date(2025, 1, 13))
    assert found["item_class"] == "MODEL_WEIGHTS"
    assert any("compliance is asked from 2025-05-15" in note for note in found["notes"])


@pytest.mark.parametrize(
    "item",
    [
        {"kind": "ic", "contains": [HIGH]},
        {"kind": "computer", "tpp": 100, "contains": [HIGH]},
        {"kind": "computer", "contains": [{"eccn": "3A090"}]},
        {"kind": "computer", "contains": [{"eccn": "nonsense"}]},
    ],
)
def test_content_that_says_two_things_is_refused(item: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        classified(item)


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ({**HIGH, "eccn": "3A090.a"}, "A_ITEM"),
        ({**OPEN, "eccn": "3A090.b"}, "B_ITEM"),
        ({**SMALL, "eccn": "3A090.a"}, "undetermined"),
        ({**HIGH, "eccn": "3A090.b"}, "undetermined"),
        ({**HIGH, "eccn": "EAR99"}, "A_ITEM"),
        ({**HIGH, "eccn": "5A002.a.1"}, "A_ITEM"),
    ],
)
def test_a_part_with_entry_and_figures(part: dict[str, Any], expected: str) -> None:
    assert classified({"kind": "computer", "contains": [part]})["item_class"] == expected


PARTS = st.lists(st.sampled_from([HIGH, LOW, OPEN, SMALL, {"kind": "ic"}, {"eccn": "3A090.b"}]), max_size=4)


@given(PARTS, PARTS)
@settings(max_examples=60, deadline=None)
def test_a_part_more_never_gives_a_lower_class(parts: list[dict[str, Any]], more: list[dict[str, Any]]) -> None:
    order = ["none", "B_ITEM", "A_ITEM"]
    few = classified({"kind": "computer", "contains": parts})["possible"]
    many = classified({"kind": "computer", "contains": parts + more})["possible"]
    for pick in (min, max):
        assert pick(order.index(one["item_class"]) for one in few) <= pick(
            order.index(one["item_class"]) for one in many
        )


def test_figures_of_another_kind_are_not_passed_over_in_silence() -> None:
    found = classified({"kind": "hbm", "memory_bandwidth_density": 1, "tpp": 9000})
    assert found["item_class"] == "undetermined"
    assert found["notes"] == ["item: figures of circuits are stated, and none are read for this kind."]
    assert [gap["fact"] for gap in found["missing"]] == ["item.kind"]
    found = classified({"kind": "ic", "tpp": 100, "training_operations": "2e26"})
    assert found["item_class"] == "undetermined"
    found = classified({"kind": "software", "for_eccn": "3A090.a", "tpp": 100})
    assert (found["item_class"], len(found["notes"])) == ("A_ITEM", 3)
