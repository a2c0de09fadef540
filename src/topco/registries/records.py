"""Several records about the same thing: all are kept under names of their own, or one alone counts."""

from __future__ import annotations

import polars as pl

from topco.registries.interface import Settled

_PLACE = ("file", "row")


def keep_all(duplicates: pl.DataFrame, suffix: str | None) -> Settled:
    """Keep every content once; the first keeps the record's name, the others get a suffix.

    Args:
        duplicates: canonical rows in the order of files and rows, with equal records among them.
        suffix: the column whose value is the suffix (`-2019-01-01`); where it is null, unused or not enough, a number
            follows (`-2`).
    """
    content = [name for name in duplicates.columns if name not in _PLACE]
    numbered = duplicates.with_row_index("order")
    kept = numbered.unique(content, keep="first", maintain_order=True)
    repeats = numbered.join(kept, on="order", how="anti").drop("order")
    named = _numbered(_suffixed(kept.drop("order"), suffix))
    nothing = pl.DataFrame(schema={"file": pl.String, "row": pl.Int64, "column": pl.String, "value": pl.String})
    return Settled(named, nothing.with_columns(reason=pl.lit(None, dtype=pl.String)), repeats)


def keep_one(duplicates: pl.DataFrame, kept: pl.DataFrame, column: str, value: pl.Expr, reason: str) -> Settled:
    """Keep one row of every `id`; equal rows are repeats, others are refused and name the one that is kept.

    Args:
        duplicates: canonical rows with equal identifiers among them.
        kept: the row of each identifier that counts.
        column: the source's name of the identifier, for the rejects.
        value: the identifier as the source writes it.
        reason: why a row is refused, with places for row and file of the one that is kept.
    """
    content = [name for name in duplicates.columns if name not in _PLACE]
    others = duplicates.join(kept, on=_PLACE, how="anti")
    repeats = others.join(kept, on=content, how="semi", nulls_equal=True)
    winners = kept.select("id", pl.col("file").alias("kept_file"), pl.col("row").alias("kept_row"))
    refused = others.join(repeats, on=_PLACE, how="anti").join(winners, on="id")
    why = pl.format(reason, "kept_row", "kept_file").alias("reason")
    return Settled(kept, refused.select(*_PLACE, pl.lit(column).alias("column"), value.alias("value"), why), repeats)


def _suffixed(rows: pl.DataFrame, suffix: str | None) -> pl.DataFrame:
    if suffix is None:
        return rows
    later = pl.int_range(pl.len()).over("record") > 0
    return rows.with_columns(
        pl.when(later & pl.col(suffix).is_not_null())
        .then(pl.format("{}-{}", "record", pl.col(suffix).cast(pl.String)))
        .otherwise("record")
        .alias("record")
    )


def _numbered(rows: pl.DataFrame) -> pl.DataFrame:
    number = pl.int_range(1, pl.len() + 1).over("record")
    return rows.with_columns(
        pl.when(number > 1).then(pl.format("{}-{}", "record", number)).otherwise("record").alias("record")
    )
