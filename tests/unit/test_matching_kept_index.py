"""Names that are kept to be asked often meet the same names as those that are asked once."""

from __future__ import annotations

import random

import polars as pl
import pytest

from topco.matching import NAMES, blocking
from topco.matching.proposals import compare, prepared

WORDS = ["nordic", "technologies", "beispiel", "halbleiter", "fund", "2", "3", "三星", "电子", "o", "holding", "berg"]
FORMS = ["GmbH", "Ltd", "AG", "有限公司", ""]


def some_names(count: int, scheme: str, seed: int) -> pl.DataFrame:
    pick = random.Random(seed)
    rows = [
        (
            f"{scheme}:{number}",
            " ".join([*pick.sample(WORDS, pick.randint(1, 4)), pick.choice(FORMS)]),
            pick.choice(["DE", "SE", "DE;AT", None]),
            "LegalEntity",
        )
        for number in range(count)
    ]
    return prepared(pl.DataFrame(rows, NAMES, orient="row"))


@pytest.mark.parametrize("size", [1, 30, 400])
def test_the_same_pairs_and_the_same_crowds(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocking, "_AT_ONCE", 50)
    monkeypatch.setattr(blocking, "MOST_RAREST", 20)
    asked, asking = some_names(size, "X", 1), some_names(25, "Y", 2)
    once = blocking.Index(asked, across_countries=True)
    kept = blocking.KeptIndex(asked)
    for some in (asking, asking.head(1)):
        expected = once.candidates(some)
        for _ in range(2):
            found = kept.candidates(some)
            assert found.pairs.sort("asking", "asked").equals(expected.pairs.sort("asking", "asked"))
            assert found.crowded == expected.crowded
    assert size < 400 or (expected.pairs.height and once.candidates(asking).crowded)


def test_a_comparison_with_kept_names_gives_the_same() -> None:
    asked, asking = some_names(300, "X", 3), some_names(20, "Y", 4)
    expected = compare(asking, asked, 60, left_asks=True)
    assert expected.height > 20
    assert compare(asking, asked, 60, index=blocking.KeptIndex(asked)).equals(expected)
