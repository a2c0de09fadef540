"""Shares: exact in units, the same in bulk as one by one, and never lost on the way to text and back."""

from __future__ import annotations

from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topco.errors import BadInput
from topco.ownership.shares import PERCENT, WHOLE, around, band, percent, units, written
from topco.registries.table import cells

DIGITS = st.text("0123456789", max_size=9)
NUMBERS = st.builds(
    lambda sign, whole, decimals: sign + whole + decimals,
    st.sampled_from(["", "-"]),
    st.text("0123456789", max_size=6),
    st.just("") | DIGITS.map(".".__add__),
).filter(lambda text: any(character.isdigit() for character in text))


@settings(deadline=None)
@given(text=NUMBERS)
def test_units_are_the_neighbours_of_the_fraction(text: str) -> None:
    below, above = around(text)
    value = Fraction(text.replace("-.", "-0.").rstrip(".") if not text.startswith(".") else f"0{text}") * PERCENT
    assert below <= value <= above
    assert above - below == (0 if value.denominator == 1 else 1)


@settings(deadline=None, max_examples=60)
@given(texts=st.lists(NUMBERS, min_size=1, max_size=30))
def test_columns_of_shares_are_read_like_single_ones(texts: list[str]) -> None:
    text = pl.col("text")
    frame = pl.DataFrame({"text": texts}).select(
        cells.is_number(text).alias("number"), cells.units_below(text), cells.units_above(text).alias("above")
    )
    assert frame["number"].all()
    assert list(zip(frame.to_series(1), frame["above"], strict=True)) == [around(each) for each in texts]


@given(count=st.integers(-2 * WHOLE, 2 * WHOLE))
def test_text_and_back(count: int) -> None:
    assert units(percent(count)) == count


@pytest.mark.parametrize("text", ["", ".", "-", "1,5", "62.5%", "1e2", "half", "+5", "1.2.3", " 5", "5\n", "٣"])
def test_what_is_no_percentage_is_refused_one_by_one_and_in_columns(text: str) -> None:
    with pytest.raises(BadInput, match="no percentage"):
        around(text)
    assert pl.DataFrame({"text": [text.strip("\n")]}).select(cells.is_number(pl.col("text"))).item() is (text == "5\n")


def test_a_share_finer_than_units_is_no_number_of_units() -> None:
    with pytest.raises(BadInput, match="more than 7 decimals"):
        units("33.33333333")


def test_bands_and_words() -> None:
    assert band(None, 500_000_000, True, None, None) == (500_000_001, WHOLE)
    assert band(None, None, None, 500_000_000, True) == (0, 499_999_999)
    assert written(None, 500_000_000, True, 500_000_002, True) == "more than 50 to less than 50.0000002"
