"""Holding rows as the arrays of control: which count on a day, in which family, between which bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from topco.ownership.control import NO_SHARE, Family, Holdings
from topco.ownership.parent_tests import interest_families
from topco.ownership.shares import WHOLE

if TYPE_CHECKING:
    from datetime import date

COLUMNS = (
    "owner",
    "owned",
    "interest",
    "share_exact",
    "share_min",
    "share_min_exclusive",
    "share_max",
    "share_max_exclusive",
    "standing",
    "stale",
    "valid_from",
    "valid_to",
)


def counting(rows: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """The rows with columns `standing`, `valid_from` and `valid_to` that count on a day: `docs/resolution.md`, § 1."""
    begun = pl.col("valid_from").is_null() | (pl.col("valid_from") <= as_of)
    not_over = pl.col("valid_to") > as_of
    standing = pl.col("standing").fill_null("Current")
    holds = ((standing == "Current") & (pl.col("valid_to").is_null() | not_over)) | ((standing == "Ended") & not_over)
    return rows.filter(begun & holds)


def holdings_of_rows(n: int, rows: pl.DataFrame) -> Holdings:
    """Rows with the numbers of owner (`owner_node`) and company (`owned_node`) as the arrays of control."""
    families = {interest: int(family) for interest, family in interest_families().items()}
    exact = pl.col("share_exact")
    columns = rows.select(
        family=pl.col("interest").replace_strict(families, default=int(Family.NONE), return_dtype=pl.Int8),
        exact=exact.fill_null(NO_SHARE),
        lower=pl.col("share_min").fill_null(0) + pl.col("share_min_exclusive").fill_null(value=False).cast(pl.Int64),
        upper=pl.col("share_max").fill_null(WHOLE)
        - pl.col("share_max_exclusive").fill_null(value=False).cast(pl.Int64),
    )
    return Holdings(
        n,
        rows["owner_node"].to_numpy().astype(np.int32),
        rows["owned_node"].to_numpy().astype(np.int32),
        columns["family"].to_numpy(),
        columns["exact"].to_numpy(),
        columns["lower"].to_numpy(),
        columns["upper"].to_numpy(),
    )
