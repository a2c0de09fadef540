"""Words that registries write where there is nothing."""

from __future__ import annotations

import polars as pl

_WORDS = ("NULL", "N/A", "NONE")


def code(text: pl.Expr) -> pl.Expr:
    """A code, number or date; null where the cell only says that there is none. Namibia's `NA` is a code.

    >>> frame = pl.DataFrame({"c": ["NA", "N/A", "None", "null", "SE", None]})
    >>> frame.select(code(pl.col("c")))["c"].to_list()
    ['NA', None, None, None, 'SE', None]
    """
    return pl.when(~text.str.to_uppercase().is_in(_WORDS)).then(text)


def status(text: pl.Expr) -> pl.Expr:
    """A status code: as `code`, yet the text `NULL` is a status of its own, which voids a record.

    >>> pl.DataFrame({"s": ["NULL", "None", "ACTIVE"]}).select(status(pl.col("s")))["s"].to_list()
    ['NULL', None, 'ACTIVE']
    """
    return pl.when(~text.str.to_uppercase().is_in(_WORDS[1:])).then(text)
