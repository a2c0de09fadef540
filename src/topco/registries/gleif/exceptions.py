"""Reporting exceptions, why no parent is named: `repex` records to the table absences, one row for each reason."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from topco.registries import missing, records
from topco.registries.gleif import codes
from topco.registries.gleif.layout import EXCEPTIONS
from topco.registries.interface import Check, Settled
from topco.registries.reference import GLEIF_CODES, code_meanings, known_absence_reasons
from topco.store.schema import ABSENCES

LEVELS = code_meanings(GLEIF_CODES, "exceptionCategory")
_LETTERS = {"DirectLevel": "D", "UltimateLevel": "U"}


class Exceptions:
    """The file of reporting exceptions."""

    name = "repex"
    layout = EXCEPTIONS
    key = ("subject", "level", "reason")
    slots: Mapping[str, pl.Expr] = {"absences": pl.format("{} {}", "subject", "level")}

    def tidy(self, raw: pl.LazyFrame) -> pl.LazyFrame:
        """One row for each reason; the references of the exception stand with each of its reasons."""
        return raw.with_columns(
            missing.code(pl.col("lei")).str.to_uppercase(),
            missing.code(pl.col("level")),
            missing.code(pl.col("reason")),
        )

    def checks(self) -> list[Check]:
        """A row needs a reason and one of the two levels; a code without a reading warns."""
        reason = pl.col("reason")
        return [
            *codes.lei_checks("lei", "LEI"),
            Check(
                "Exception.Category",
                "neither the direct nor the ultimate parent's category",
                pl.col("level").is_null() | ~pl.col("level").is_in(list(LEVELS)),
                pl.col("level"),
                refuses=True,
            ),
            Check("Exception.Reason", "the reason is missing", reason.is_null(), reason, refuses=True),
            codes.unknown_code("reason", "Exception.Reason", known_absence_reasons(), "reason"),
        ]

    def canonical(self, tidied: pl.LazyFrame) -> pl.LazyFrame:
        """The columns of the absences table."""
        level = pl.col("level").replace_strict(LEVELS, default=None, return_dtype=pl.String)
        letter = level.replace_strict(_LETTERS, default=None, return_dtype=pl.String)
        return tidied.with_columns(
            codes.identifier("lei").alias("subject"),
            level.alias("level"),
            pl.format("gleif/repex/X-{}-{}-{}", "lei", letter, "reason").alias("record"),
        ).select(ABSENCES.names())

    def settle(self, duplicates: pl.DataFrame) -> Settled:
        """The same reason with another reference is kept; exact repeats are not."""
        return records.keep_all(duplicates, suffix=None)

    def tables(self, rows: pl.LazyFrame, aside: pl.LazyFrame) -> dict[str, pl.LazyFrame]:
        """The absences."""
        return {"absences": rows.select(ABSENCES.names())}
