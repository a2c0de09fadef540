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
    "indirect",
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


def family() -> pl.Expr:
    """The family of a row's `interest`, as the number of a `Family`; `NONE` where no test counts the interest."""
    families = {interest: int(of) for interest, of in interest_families().items()}
    return pl.col("interest").replace_strict(families, default=int(Family.NONE), return_dtype=pl.Int8)


def holdings_of_rows(n: int, rows: pl.DataFrame) -> Holdings:
    """Rows with the numbers of owner (`owner_node`) and company (`owned_node`) as the arrays of control.

    What several loads say of one owner, company and family is one position: its rows then all carry what the loads say
    together (`docs/ownership.md`, section 1), for rows with a band are not added.
    """
    exact = pl.col("share_exact")
    columns = rows.select(
        "owner_node",
        "owned_node",
        "load",
        family=family(),
        exact=exact.fill_null(NO_SHARE),
        lower=pl.col("share_min").fill_null(0) + pl.col("share_min_exclusive").fill_null(value=False).cast(pl.Int64),
        upper=pl.col("share_max").fill_null(WHOLE)
        - pl.col("share_max_exclusive").fill_null(value=False).cast(pl.Int64),
    )
    columns = _of_several_loads(columns)
    return Holdings(
        n,
        columns["owner_node"].to_numpy().astype(np.int32),
        columns["owned_node"].to_numpy().astype(np.int32),
        columns["family"].to_numpy(),
        columns["exact"].to_numpy(),
        columns["lower"].to_numpy(),
        columns["upper"].to_numpy(),
    )


def _of_several_loads(columns: pl.DataFrame) -> pl.DataFrame:
    """The rows with those of a position that stands in several loads replaced by what these say together."""
    if columns["load"].n_unique() < 2:
        return columns
    position = ["owner_node", "owned_node", "family"]
    several = columns.group_by(position).agg(loads=pl.col("load").n_unique()).filter(pl.col("loads") > 1)
    if several.is_empty():
        return columns
    stated = pl.col("exact") != NO_SHARE
    added = pl.col("exact").filter(stated).sum()
    least = pl.max_horizontal(added, pl.col("lower").filter(~stated).max().fill_null(0))
    ceiling = pl.col("upper").filter(~stated).min()
    of_load = (
        columns.join(several, on=position, how="semi")
        .group_by(*position, "load")
        .agg(least=least, most=pl.when(ceiling.is_null()).then(added).otherwise(pl.max_horizontal(least, ceiling)))
    )
    agree = pl.col("least").max() <= pl.col("most").min()
    together = of_load.group_by(position).agg(
        together_lower=pl.when(agree).then(pl.col("least").max()).otherwise(pl.col("least").min()),
        together_upper=pl.when(agree).then(pl.col("most").min()).otherwise(pl.col("most").max()),
    )
    joined = columns.join(together, on=position, how="left", maintain_order="left")
    known = pl.col("together_lower").is_not_null()
    return joined.with_columns(
        pl.when(known).then(NO_SHARE).otherwise("exact").alias("exact"),
        pl.when(known).then("together_lower").otherwise("lower").alias("lower"),
        pl.when(known).then("together_upper").otherwise("upper").alias("upper"),
    )
