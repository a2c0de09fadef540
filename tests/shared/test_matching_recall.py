"""Names against true links that nobody here made: GLEIF and Companies House by company number, parents of a list.

The bars have a margin below what is reached (all of both, `docs/matching.md`); what is proposed beyond the true links
is printed, so that a reader of the log sees what a person would have to judge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest
from bench.matching import gleif_and_companies_house, listed_parents, reached

from topco.matching import MINIMUM, propose

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.shared


def beyond(found: pl.DataFrame, links: set[tuple[str, str]]) -> list[str]:
    """The pairs that are proposed and no true link, in words."""
    return [
        f"{row['score']} {row['first_name']} ({row['first']}) | {row['second_name']} ({row['second']}): {row['reason']}"
        for row in found.to_dicts()
        if (row["first"], row["second"]) not in links
    ]


@pytest.mark.parametrize("country_known", [True, False])
def test_gleif_and_companies_house(shared_data: Path, *, country_known: bool) -> None:
    left, right, links = gleif_and_companies_house(shared_data)
    if not country_known:
        left = left.with_columns(country=pl.lit(None, dtype=pl.String))
    assert len(links) == 30
    found = propose(left, right)
    print("\nproposed beyond the true links:", *beyond(found, links), sep="\n")
    recall, precision, _ = reached(found, links, MINIMUM)
    assert recall >= 0.95
    assert precision >= 0.85


def test_parents_and_entries_of_the_1260h_list(shared_data: Path) -> None:
    left, right, links = listed_parents(shared_data)
    assert len(links) == 18
    found = propose(left, right)
    print("\nproposed beyond the true links:", *beyond(found, links), sep="\n")
    recall, precision, _ = reached(found, links, MINIMUM)
    assert recall >= 0.95
    assert precision >= 0.9


def test_two_spellings_of_one_parent_are_proposed(shared_data: Path) -> None:
    left, _, _ = listed_parents(shared_data)
    other = left.with_columns(id="2:" + pl.col("id"))
    found = propose(left, other).filter(pl.col("first") != pl.col("second").str.slice(2))
    spellings = {frozenset((row["first_name"], row["second_name"])) for row in found.to_dicts()}
    expected = frozenset({"Aviation Industry Corporation of China Ltd", "Aviation Industry Corporation of China, Ltd."})
    assert expected in spellings
