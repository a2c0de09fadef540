"""The benchmark of matching at a tiny size: what its generator means is found, and the page has its lines."""

from __future__ import annotations

import polars as pl
from bench.matching import WAYS, generate

from topco.matching import propose


def test_names_written_otherwise_are_found() -> None:
    left, right, meant = generate(300, 2_000)
    found = propose(left, right).select("first", "second", "score")
    hit = meant.join(found, on=["first", "second"], how="left")
    recall = dict(hit.group_by("way").agg(pl.col("score").is_not_null().mean()).iter_rows())
    assert set(recall) == set(WAYS)
    slips = {"a letter left out", "two letters exchanged", "a letter too many"}
    assert {way for way, share in recall.items() if share < 1} <= slips
    assert min(recall.values()) > 0.8


def test_the_generator_gives_the_same_again() -> None:
    assert all(one.equals(other) for one, other in zip(generate(20, 50), generate(20, 50), strict=True))
