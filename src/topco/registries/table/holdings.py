"""Tables of holdings: who holds what of whom, exactly, in a band or unknown, and in which period.

A period is read as people write it: `valid_to` is the last day on which the holding is in force. It becomes the day
after, because evidence has half-open periods.
"""

from __future__ import annotations

import polars as pl

from topco.ownership.shares import WHOLE
from topco.registries import dates, missing, records
from topco.registries.interface import Check, Settled
from topco.registries.reference import known_interests
from topco.registries.table import cells
from topco.store.schema import HOLDINGS

DEFAULT_INTEREST = "shares"
_SHARES = ("share_exact", "share_min", "share_max")
_BOUNDS = ("share_min", "share_max")
_DATES = ("valid_from", "valid_to")
_PARTIES = ("owner", "owned")
_ABOVE = " units above"


class Holdings:
    """A table of holdings; `series` is part of its records' names."""

    name = "holdings"
    columns = (
        *("owner", "owned", "interest", "share_exact", "share_min", "share_min_exclusive"),
        *("share_max", "share_max_exclusive", "valid_from", "valid_to"),
    )
    required = ("owner", "owned")
    key = ("owner", "owned", "interest")

    def __init__(self, series: str) -> None:
        self._series = series

    def tidy(self, raw: pl.LazyFrame) -> pl.LazyFrame:
        """Raw rows with identifiers of one form; beside each share the units below and above it."""
        return raw.with_columns(
            *(cells.identifier(missing.code(pl.col(column))).alias(column) for column in _PARTIES),
            *(missing.code(pl.col(column)) for column in self.columns if column not in _PARTIES),
        ).with_columns(
            cells.spelt(pl.col("interest"), known_interests()).alias("type"),
            *(cells.units_below(pl.col(column)).alias(f"{column} units") for column in _SHARES),
            *(cells.units_above(pl.col(column)).alias(f"{column}{_ABOVE}") for column in _SHARES),
            *(_is_exclusive(column).alias(f"{column} excluded") for column in _BOUNDS),
        )

    def checks(self) -> list[Check]:
        """What is no share, no known interest or no period refuses a row; what was assumed or rounded warns."""
        interest, start, end = pl.col("interest"), pl.col("valid_from"), pl.col("valid_to")
        minimum, maximum = pl.col("share_min units"), pl.col("share_max units")
        beside = pl.col("share_exact").is_not_null() & _any_bound()
        lowest = minimum.fill_null(0) + pl.col("share_min excluded").fill_null(False).cast(pl.Int64)
        highest = pl.col(f"share_max{_ABOVE}").fill_null(WHOLE) - pl.col("share_max excluded").fill_null(False)
        return [
            *(check for column in _PARTIES for check in cells.identifier_checks(column)),
            Check(
                "interest",
                "unknown type of interest",
                interest.is_not_null() & pl.col("type").is_null(),
                interest,
                refuses=True,
            ),
            *(check for column in _SHARES for check in _share_checks(column)),
            Check("share_exact", "an exact share beside bounds", beside, pl.col("share_exact"), refuses=True),
            Check(
                "share_min", "the minimum is above the maximum", minimum > maximum, pl.col("share_min"), refuses=True
            ),
            Check(
                "share_min",
                "the bounds leave no share between them",
                ((minimum <= maximum).fill_null(True)) & _any_bound() & (lowest > highest),
                pl.col("share_min").fill_null(pl.col("share_max")),
                refuses=True,
            ),
            *(check for column in _BOUNDS for check in _flag_checks(column)),
            *(Check(day, "not a date", dates.is_malformed(pl.col(day)), pl.col(day), refuses=True) for day in _DATES),
            Check(
                "valid_to",
                "the last day is before the first",
                dates.start_of_period(end) < dates.start_of_period(start),
                end,
                refuses=True,
            ),
            Check(
                "interest",
                f"no type of interest is given, so {DEFAULT_INTEREST} is assumed",
                interest.is_null(),
                interest,
                refuses=False,
            ),
        ]

    def canonical(self, tidied: pl.LazyFrame) -> pl.LazyFrame:
        """The columns of the holdings table; a share finer than units becomes the band of one unit around it."""
        interest = pl.col("type").fill_null(DEFAULT_INTEREST)
        below, above = pl.col("share_exact units"), pl.col(f"share_exact{_ABOVE}")
        fine = below != above
        party = {column: pl.col(column).str.replace_all("/", "%2F", literal=True) for column in _PARTIES}
        return tidied.select(
            *_PARTIES,
            interest.alias("interest"),
            pl.when(~fine).then(below).alias("share_exact"),
            pl.when(fine).then(below).otherwise("share_min units").alias("share_min"),
            pl.when(fine).then(False).otherwise(_kept_flag("share_min")).alias("share_min_exclusive"),
            pl.when(fine).then(above).otherwise(f"share_max{_ABOVE}").alias("share_max"),
            pl.when(fine).then(False).otherwise(_kept_flag("share_max")).alias("share_max_exclusive"),
            pl.lit(None, dtype=pl.Boolean).alias("indirect"),
            pl.lit("Current").alias("standing"),
            pl.lit(False).alias("stale"),
            dates.start_of_period(pl.col("valid_from")).alias("valid_from"),
            dates.end_of_period(pl.col("valid_to")).alias("valid_to"),
            pl.lit(None, dtype=pl.Date).alias("last_update"),
            pl.format("{}/{}/{}/{}", pl.lit(f"table/{self._series}/holdings"), *party.values(), interest).alias(
                "record"
            ),
            "file",
            "row",
        ).select(HOLDINGS.names())

    def settle(self, duplicates: pl.DataFrame) -> Settled:
        """All holdings of one owner, company and type are kept, told apart by the record; exact repeats are not."""
        return records.keep_all(duplicates, suffix="valid_from")

    def tables(self, rows: pl.LazyFrame, aside: pl.LazyFrame) -> dict[str, pl.LazyFrame]:
        """The holdings."""
        return {"holdings": rows.select(HOLDINGS.names())}


def _any_bound() -> pl.Expr:
    return pl.any_horizontal(pl.col(column).is_not_null() for column in _BOUNDS)


def _is_exclusive(bound: str) -> pl.Expr:
    """Whether the bound itself is excluded: null without a bound, false where the table says nothing."""
    said = cells.truth(pl.col(f"{bound}_exclusive")).fill_null(False)
    return pl.when(pl.col(bound).is_not_null()).then(said)


def _kept_flag(bound: str) -> pl.Expr:
    """The flag of a bound; one that was rounded outwards is included, so that nothing is claimed beyond the source."""
    fine = pl.col(f"{bound} units") != pl.col(f"{bound}{_ABOVE}")
    return pl.when(fine).then(False).otherwise(f"{bound} excluded")


def _share_checks(column: str) -> list[Check]:
    text, below, above = pl.col(column), pl.col(f"{column} units"), pl.col(f"{column}{_ABOVE}")
    return [
        Check(
            column,
            "not a percentage: it needs digits and a decimal point",
            ~cells.is_number(text),
            text,
            refuses=True,
        ),
        Check(column, "a share below 0 percent", below < 0, text, refuses=True),
        Check(column, "a share above 100 percent", above > WHOLE, text, refuses=True),
        Check(
            column,
            "more than seven decimals: the band of a ten-millionth of a percent around it is kept",
            below != above,
            text,
            refuses=False,
        ),
    ]


def _flag_checks(bound: str) -> list[Check]:
    column = f"{bound}_exclusive"
    text = pl.col(column)
    said = cells.truth(text)
    return [
        Check(column, "neither true nor false", text.is_not_null() & said.is_null(), text, refuses=True),
        Check(column, "there is no bound to exclude", said & pl.col(bound).is_null(), text, refuses=False),
    ]
