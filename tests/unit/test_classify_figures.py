"""Figures to entries: thresholds, densities, units, chiplets, and that an unknown figure never softens an answer."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topco.errors import BadInput
from topco.items.answer import answer
from topco.items.law import item_law
from topco.items.statement import parse_item
from topco.licensing.law.body import load_law

DAY = date(2025, 6, 1)
STRICT = ["none", "B_ITEM", "A_ITEM"]


def classified(item: dict[str, Any], day: date = DAY) -> dict[str, Any]:
    return answer(parse_item(item, "test"), item_law(load_law(), day), day)


def chip(**figures: Any) -> dict[str, Any]:
    return {"kind": "ic", "datacentre": True, **figures}


def missing(item: dict[str, Any]) -> set[str]:
    return {gap["fact"] for gap in classified(item)["missing"]}


@pytest.mark.parametrize(
    ("tpp", "density", "datacentre", "eccn"),
    [
        (4800, "1.0", True, "3A090.a"),
        ("4799.999", "5.92", True, "3A090.a"),
        ("4799.999", "5.919", True, "3A090.b"),
        (1600, "5.92", True, "3A090.a"),
        (1600, "5.9199999", True, "3A090.b"),
        ("1599.9", "12", True, None),
        (1600, "3.2", True, "3A090.b"),
        (1600, "3.19", True, None),
        (2400, "1.6", True, "3A090.b"),
        (2400, "1.59", True, None),
        ("2399.9", "1.6", True, None),
        (2368, "2.9", True, None),
        (4800, "1.0", False, "3A090.a"),
        ("4799.9", "12", False, None),
        (1600, "5.92", False, None),
    ],
)
def test_every_limit_from_both_sides(tpp: Any, density: str, datacentre: bool, eccn: str | None) -> None:
    found = classified(chip(tpp=tpp, performance_density=density, datacentre=datacentre))
    assert found["status"] == "answered"
    assert found["eccn"] == eccn
    assert found["missing"] == []


@pytest.mark.parametrize(
    ("item", "status", "facts"),
    [
        (chip(tpp=4800), "answered", set()),
        ({"kind": "ic", "tpp": 4800}, "answered", set()),
        (chip(tpp=1599), "answered", set()),
        (chip(tpp=1600), "undetermined", {"item.performance_density"}),
        ({"kind": "ic", "tpp": 1600}, "undetermined", {"item.performance_density", "item.datacentre"}),
        ({"kind": "ic", "tpp": 4000, "datacentre": False}, "answered", set()),
        ({"kind": "ic", "tpp": 4000, "performance_density": 6}, "undetermined", {"item.datacentre"}),
        (chip(performance_density=6), "undetermined", {"item.tpp"}),
        ({"kind": "ic", "datacentre": False}, "undetermined", {"item.tpp"}),
    ],
)
def test_a_missing_figure_is_named_exactly_where_it_matters(item: dict[str, Any], status: str, facts: set[str]) -> None:
    assert classified(item)["status"] == status
    assert missing(item) == facts


def units(*operations: dict[str, Any], count: int = 1) -> list[dict[str, Any]]:
    return [{"count": count, "operations": list(operations)}]


def dense(rate: Any, bits: int) -> dict[str, Any]:
    return {"tera_ops": rate, "bit_length": bits, "sparse": False}


def test_the_worked_example_of_the_text() -> None:
    for operation in (dense(600, 8), dense(300, 16)):
        assert classified(chip(processing_units=units(operation)))["aggregate_tpp"] == "4800"


def test_the_highest_precision_counts_and_the_arithmetic_is_shown() -> None:
    item = chip(processing_units=units(dense("989.4", 16), dense("1978.9", 8)), applicable_die_area_mm2=814)
    found = classified(item)
    assert found["aggregate_tpp"] == "15831.2"
    density = next(line for line in found["arithmetic"] if line["figure"] == "performance density")
    assert density["formula"] == "15831.2 / 814"
    assert density["result"] == "about 19.448649"
    assert found["paragraphs"] == ["3A090.a.1", "3A090.a.2"]
    assert all(line["cite"] for line in found["arithmetic"] if line["threshold"])


def test_sparse_figures_only_bound() -> None:
    sparse = {"tera_ops": 600, "bit_length": 8, "sparse": True}
    assert missing(chip(processing_units=units(sparse), performance_density=1)) == {
        "item.processing_units[0].operations[0].tera_ops"
    }
    low = {"tera_ops": 150, "bit_length": 8, "sparse": True}
    assert classified(chip(processing_units=units(low)))["item_class"] == "none"
    halved = {**sparse, "tera_ops": 1200, "sparsity_factor": 2}
    assert classified(chip(processing_units=units(halved)))["aggregate_tpp"] == "4800"
    both = units(dense(600, 8), {**sparse, "tera_ops": 1200})
    assert classified(chip(processing_units=both))["aggregate_tpp"] == "4800"


def test_it_is_named_where_nobody_says_whether_a_figure_is_sparse() -> None:
    operation = {"tera_ops": 600, "bit_length": 8}
    assert missing(chip(processing_units=units(operation), performance_density=1)) == {
        "item.processing_units[0].operations[0].sparse"
    }


def test_chiplets_are_summed_and_planar_dies_give_no_area() -> None:
    die = {"area_mm2": 400, "logic": True, "transistors": "non_planar", "processing_units": units(dense(100, 8))}
    base = {"area_mm2": 700, "logic": True, "transistors": "planar"}
    memory = {"area_mm2": 110, "count": 6, "logic": False}
    found = classified(chip(dies=[{**die, "count": 2}, base, memory]))
    assert found["aggregate_tpp"] == "1600"
    line = [one for one in found["arithmetic"] if one["figure"] == "performance density"][-1]
    assert (line["formula"], line["result"]) == ("1600 / 800", "2")
    assert found["item_class"] == "none"


def test_only_planar_dies_leave_the_density_open() -> None:
    planar = {"area_mm2": 700, "logic": True, "transistors": "planar"}
    item = chip(tpp=2000, dies=[planar])
    assert classified(item)["status"] == "undetermined"
    assert missing(item) == {"item.performance_density"}
    assert classified(chip(tpp=4800, dies=[planar]))["eccn"] == "3A090.a"


def test_a_die_that_may_count_is_tried_both_ways() -> None:
    sure = {"area_mm2": 400, "logic": True, "transistors": "non_planar"}
    maybe = {"area_mm2": 100, "logic": True}
    assert classified(chip(tpp=3000, dies=[sure, maybe]))["eccn"] == "3A090.a"
    assert missing(chip(tpp=2400, dies=[sure, maybe])) == {"item.dies[1].transistors"}


def test_units_that_do_most_at_different_lengths_have_two_readings() -> None:
    first = units(dense(200, 8), dense(50, 16))
    second = units(dense(10, 8), dense(99, 16))
    found = classified(chip(processing_units=first + second, performance_density=1))
    assert found["item_class"] == "none"
    assert "do most at different bit lengths" in " ".join(found["notes"])
    found = classified(chip(processing_units=first + second, performance_density=4))
    assert found["status"] == "answered", "2384 and 3184 are both b.2"
    found = classified(chip(processing_units=first + second, performance_density=2))
    assert found["status"] == "undetermined", "3184 reaches b.1 and 2384 does not"


def test_statements_that_disagree_are_both_weighed() -> None:
    item = chip(tpp=4000, processing_units=units(dense(600, 8)), performance_density=1)
    found = classified(item)
    assert found["status"] == "undetermined"
    assert missing(item) == {"item.tpp"}
    assert classified(chip(tpp=4900, processing_units=units(dense(600, 8))))["eccn"] == "3A090.a"


@pytest.mark.parametrize("unit", ["TOPS", "TFLOPS", "tflop/s", "TOP/s", "TOPs"])
def test_names_of_the_same_unit(unit: str) -> None:
    operation = {"value": 300, "unit": unit, "bit_length": 16, "sparse": False}
    assert classified(chip(processing_units=units(operation)))["aggregate_tpp"] == "4800"


@pytest.mark.parametrize("unit", ["TB/s", "W", "XFLOPS", "", "TFLOPS/W"])
def test_other_units_are_refused(unit: str) -> None:
    operation = {"value": 300, "unit": unit, "bit_length": 16, "sparse": False}
    with pytest.raises(BadInput, match="unit"):
        classified(chip(processing_units=units(operation)))


@given(st.integers(1, 10**7), st.integers(1, 64))
@settings(max_examples=40, deadline=None)
def test_unit_conversions_are_equal(milli: int, bits: int) -> None:
    written = [
        {"tera_ops": str(milli / 1000) if milli % 1000 else milli // 1000},
        {"value": milli, "unit": "GFLOPS"},
        {"value": f"{milli}E-6", "unit": "PFLOPS"},
        {"value": f"{milli}E9", "unit": "OP/s"},
        {"value": f"{milli * 5}E-4", "unit": "MacTOPS"},
    ]
    totals = {
        classified(chip(processing_units=units({**one, "bit_length": bits, "sparse": False})))["aggregate_tpp"]
        for one in written
    }
    assert len(totals) == 1


PERFORMANCE = st.one_of(st.sampled_from([0, 1599, 1600, 2399, 2400, 4799, 4800, 9000]), st.integers(0, 9000))
DENSITY = st.one_of(st.sampled_from(["0", "1.59", "1.6", "3.19", "3.2", "5.91", "5.92", "9"]), st.integers(0, 12))


@given(PERFORMANCE, PERFORMANCE, st.integers(100, 1500), st.booleans())
@settings(max_examples=80, deadline=None)
def test_more_performance_on_one_area_is_never_a_lower_class(one: int, other: int, area: int, site: bool) -> None:
    low, high = (
        classified(chip(tpp=value, applicable_die_area_mm2=area, datacentre=site))["item_class"]
        for value in sorted((one, other))
    )
    assert STRICT.index(low) <= STRICT.index(high)


@given(st.permutations([dense(300, 16), dense(500, 8), dense(40, 32), {"tera_ops": 900, "bit_length": 4}]))
@settings(max_examples=24, deadline=None)
def test_the_order_of_precisions_is_irrelevant(operations: list[dict[str, Any]]) -> None:
    found = classified(chip(processing_units=units(*operations), performance_density=2))
    again = classified(chip(processing_units=units(*sorted(operations, key=str)), performance_density=2))
    assert [found[key] for key in ("status", "possible", "aggregate_tpp", "paragraphs")] == [
        again[key] for key in ("status", "possible", "aggregate_tpp", "paragraphs")
    ]


@given(PERFORMANCE, DENSITY, st.booleans(), st.sets(st.sampled_from(["tpp", "performance_density", "datacentre"])))
@settings(max_examples=150, deadline=None)
def test_an_unknown_figure_keeps_the_class_of_every_completion(
    tpp: int, density: Any, site: bool, unknown: set[str]
) -> None:
    whole = {"tpp": tpp, "performance_density": density, "datacentre": site}
    complete = classified({"kind": "ic", **whole})["item_class"]
    partial = classified({"kind": "ic", **{key: value for key, value in whole.items() if key not in unknown}})
    assert complete in {one["item_class"] for one in partial["possible"]}
    if partial["status"] == "answered":
        assert partial["item_class"] == complete
    else:
        assert partial["item_class"] == "undetermined"
        assert {gap["fact"].removeprefix("item.") for gap in partial["missing"]} <= unknown


@given(PERFORMANCE, st.integers(100, 1500), st.booleans())
@settings(max_examples=60, deadline=None)
def test_an_area_and_the_density_it_gives_are_alike(tpp: int, area: int, known: bool) -> None:
    die = {"area_mm2": area, "logic": True, "transistors": "non_planar" if known else None}
    by_area = classified(chip(tpp=tpp, dies=[die]))
    complete = classified(chip(tpp=tpp, applicable_die_area_mm2=area))
    assert complete["item_class"] in {one["item_class"] for one in by_area["possible"]}
    if known:
        assert by_area["item_class"] == complete["item_class"]


@pytest.mark.parametrize(
    ("density", "day", "eccn", "status"),
    [
        ("2.0000001", DAY, "3A090.c", "answered"),
        ("2", DAY, None, "answered"),
        (None, DAY, None, "undetermined"),
        ("9", date(2024, 12, 1), None, "answered"),
        ("9", date(2024, 12, 2), "3A090.c", "answered"),
    ],
)
def test_memory(density: str | None, day: date, eccn: str | None, status: str) -> None:
    found = classified({"kind": "hbm", "memory_bandwidth_density": density}, day)
    assert (found["eccn"], found["status"]) == (eccn, status)
    computed = classified({"kind": "hbm", "memory_bandwidth_gb_s": 221, "package_area_mm2": 110})
    assert computed["eccn"] == "3A090.c"


def test_a_day_before_the_list_that_was_read_is_not_answered() -> None:
    found = classified(chip(tpp=4800), date(2023, 11, 16))
    assert found["status"] == "undetermined"
    assert "was not read" in found["notes"][0]
    assert classified(chip(tpp=4800), date(2023, 11, 17))["eccn"] == "3A090.a"


def test_a_day_after_what_was_read_says_so() -> None:
    assert "later changes are not known" in classified(chip(tpp=4800), date(2027, 1, 1))["notes"][0]


@pytest.mark.parametrize(
    "item",
    [
        {"kind": "ic", "tpp": -1},
        {"kind": "ic", "tpp": True},
        {"kind": "ic", "tpp": "many"},
        {"kind": "ic", "tpp": "NaN"},
        {"kind": "ic", "tpp": "1e-1000000"},
        {"kind": "ic", "tpp": "1e1000000"},
        {"kind": "ic", "tops": 3},
        {"kind": "chip"},
        {"kind": "ic", "processing_units": [{"operations": []}]},
        {"kind": "ic", "processing_units": [{"operations": [{"tera_ops": 1, "value": 2, "unit": "TOPS"}]}]},
        {"kind": "ic", "dies": [{"area_mm2": 0}]},
        [],
    ],
)
def test_bad_input_is_refused_with_a_sentence(item: Any) -> None:
    with pytest.raises(BadInput):
        classified(item)


RATES = st.sampled_from([0, 50, 100, 200, 300, 600])
OPERATION = st.fixed_dictionaries(
    {"tera_ops": RATES, "bit_length": st.sampled_from([4, 8, 16]), "sparse": st.just(False)}
)
DIE = st.fixed_dictionaries(
    {
        "area_mm2": st.sampled_from([100, 400, 814]),
        "logic": st.booleans(),
        "transistors": st.sampled_from(["planar", "non_planar"]),
    }
)


@given(st.lists(OPERATION, min_size=1, max_size=3), st.lists(DIE, max_size=3), st.booleans(), st.randoms())
@settings(max_examples=200, deadline=None)
def test_any_fact_left_out_anywhere_keeps_what_was_possible(
    operations: list[dict[str, Any]], dies: list[dict[str, Any]], site: bool, random: Any
) -> None:
    def without(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{key: value for key, value in row.items() if random.random() > 0.25} for row in rows]

    whole = chip(datacentre=site, processing_units=units(*operations), dies=dies)
    partial = chip(processing_units=units(*without(operations)), dies=without(dies))
    partial["datacentre"] = site if random.random() > 0.5 else None
    complete, found = classified(whole), classified(partial)
    classes = {one["item_class"] for one in found["possible"]}
    assert {one["item_class"] for one in complete["possible"]} <= classes
    assert (found["status"] == "answered") == (len(classes) == 1)
