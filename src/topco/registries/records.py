"""Several records about the same thing: each keeps a name of its own."""

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
