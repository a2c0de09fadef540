"""Model weights: operations, synthetic data, published and derived models, and the floating level."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from test_classify_figures import DAY, classified


def model(**figures: Any) -> dict[str, Any]:
    return {"kind": "model_weights", "published": False, "classified_under_note2": False, **figures}


@pytest.mark.parametrize(
    ("item", "item_class"),
    [
        (model(training_operations="1e26"), "MODEL_WEIGHTS"),
        (model(training_operations="9.999999e25"), "none"),
        (model(training_operations="2e26", published=True), "none"),
        (model(training_operations="2e26", classified_under_note2=True), "none"),
        (model(training_operations="2e26", classified_under_note2=None), "undetermined"),
        (model(training_operations="2e26", published=None), "undetermined"),
        (model(training_operations="2e26", classified_under_note2=None, note2_operations="2.1e26"), "none"),
        (model(training_operations="2e26", classified_under_note2=None, note2_operations="2e26"), "MODEL_WEIGHTS"),
        (model(training_operations="2e26", note2_operations="2.1e26"), "undetermined"),
        (model(), "undetermined"),
        (model(published=True), "none"),
    ],
)
def test_operations_publication_and_level(item: dict[str, Any], item_class: str) -> None:
    assert classified(item)["item_class"] == item_class


@pytest.mark.parametrize(
    ("additional", "level", "item_class"),
    [
        ("3e25", "2e26", "none"),
        ("5e25", "2e26", "none"),
        ("5.0000001e25", "2e26", "MODEL_WEIGHTS"),
        ("2.5e25", "5e25", "none"),
        ("2.6e25", "5e25", "MODEL_WEIGHTS"),
        ("2.5e25", None, "none"),
        ("2.6e25", None, "undetermined"),
        ("6e25", None, "MODEL_WEIGHTS"),
        (None, "2e26", "undetermined"),
    ],
)
def test_derived_models(additional: str | None, level: str | None, item_class: str) -> None:
    """With 2.3e26 operations that are not below the level, the level is at most 2.3e26 and a quarter of it 5.75e25."""
    derived = {"additional_operations": additional}
    item = model(training_operations="2.3e26", derived_from_published=derived, note2_operations=level)
    assert classified(item)["item_class"] == item_class


@pytest.mark.parametrize(
    ("as_of", "level", "item_class"),
    [
        ("2025-06-01", "1e26", "MODEL_WEIGHTS"),
        ("2025-02-01", "3e26", "none"),
        ("2025-02-01", "1e26", "undetermined"),
        ("2025-12-01", "1e26", "MODEL_WEIGHTS"),
        ("2025-12-01", "3e26", "undetermined"),
    ],
)
def test_the_level_floats_upwards_only(as_of: str, level: str, item_class: str) -> None:
    item = model(training_operations="2e26", classified_under_note2=None, note2_operations=level, note2_as_of=as_of)
    found = classified(item)
    assert found["item_class"] == item_class
    if item_class == "undetermined":
        assert {"fact": "item.note2_operations", "why": f"the level on {DAY}"} in found["missing"]


def test_without_a_word_of_derivation_the_stricter_reading_is_an_assumption() -> None:
    assert [one["fact"] for one in classified(model(training_operations="2e26"))["assumptions"]] == [
        "item.derived_from_published"
    ]
    denied = model(training_operations="2e26", derived_from_published=False)
    assert classified(denied)["assumptions"] == []


def synthetic(**facts: Any) -> dict[str, Any]:
    whole = {
        "operations_on_its_data": "1e25",
        "generation_operations": "1e24",
        "training_operations": "5e25",
        "weights_published": False,
        "data_published": False,
    }
    return {**whole, **facts}


@pytest.mark.parametrize(
    ("models", "total"),
    [
        ([synthetic()], "1.41E+26"),
        ([synthetic(weights_published=True)], "9.1E+25"),
        ([synthetic(data_published=True)], "9E+25"),
        ([synthetic(already_counted=True)], "9E+25"),
        ([synthetic(operations_on_its_data="9e24")], "9E+25"),
        ([synthetic(operations_on_its_data="9.000001e24")], "1.41E+26"),
        ([synthetic(), synthetic(training_operations="6e25")], "1.51E+26"),
        ([], "9E+25"),
    ],
)
def test_synthetic_data(models: list[dict[str, Any]], total: str) -> None:
    found = classified(model(training={"own_operations": "9e25", "synthetic_data": models}))
    line = [one for one in found["arithmetic"] if one["figure"] in ("training operations", "own operations")][-1]
    assert line["result"] == total
    assert found["item_class"] == ("MODEL_WEIGHTS" if total.endswith("26") else "none")


@pytest.mark.parametrize(
    "fact", ["operations_on_its_data", "training_operations", "weights_published", "data_published"]
)
def test_what_is_missing_about_synthetic_data_is_named(fact: str) -> None:
    found = classified(model(training={"own_operations": "9e25", "synthetic_data": [synthetic(**{fact: None})]}))
    assert found["item_class"] == "undetermined"
    assert [gap["fact"] for gap in found["missing"]] == [f"item.training.synthetic_data[0].{fact}"]


def test_size_and_tokens_give_operations() -> None:
    found = classified(model(training={"parameters": "1e12", "tokens": "2e13"}))
    assert found["arithmetic"][0]["formula"] == "6 x 1000000000000 x 20000000000000"
    assert found["arithmetic"][0]["result"] == "1.2E+26"
    assert found["item_class"] == "MODEL_WEIGHTS"


def test_before_the_entry_existed() -> None:
    assert classified(model(training_operations="9e26"), date(2025, 1, 12))["item_class"] == "none"


OPERATIONS = st.sampled_from(["1e25", "2.5e25", "2.6e25", "5e25", "1e26", "2e26", "4e26"])


@given(
    OPERATIONS,
    OPERATIONS,
    OPERATIONS,
    st.booleans(),
    st.sets(st.sampled_from(["training_operations", "published", "note2_operations", "additional_operations"])),
)
@settings(max_examples=150, deadline=None)
def test_what_is_unknown_keeps_the_class_of_every_completion(
    spent: str, more: str, level: str, published: bool, unknown: set[str]
) -> None:
    def item(without: set[str]) -> dict[str, Any]:
        facts = {"training_operations": spent, "published": published, "note2_operations": level}
        derived = {"additional_operations": None if "additional_operations" in without else more}
        kept = {key: value for key, value in facts.items() if key not in without}
        return {"kind": "model_weights", "derived_from_published": derived, **kept}

    complete, partial = classified(item(set())), classified(item(unknown))
    assert complete["status"] == "answered"
    assert complete["item_class"] in {one["item_class"] for one in partial["possible"]}
    if partial["status"] == "answered":
        assert partial["item_class"] == complete["item_class"]
    else:
        assert {gap["fact"].rpartition(".")[2] for gap in partial["missing"]} <= unknown
