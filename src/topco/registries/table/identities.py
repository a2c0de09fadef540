"""What a table of entities says besides: numbers in other registers, and other names, in lists parted by semicolons."""

from __future__ import annotations

import polars as pl

from topco.registries import lei, missing
from topco.registries.interface import Check
from topco.registries.table import cells
from topco.store.schema import IDENTIFIERS, NAMES

COLUMNS = ("lei", "gb_coh", "identifiers", "other_names")
OTHER_IDS, OTHER_NAMES = "other ids", "other names"
_SEPARATOR = ";"
_SCHEMED = r"^[A-Za-z][A-Za-z0-9-]*:.*\S"


def tidied() -> list[pl.Expr]:
    """The columns without words for nothing."""
    return [missing.code(pl.col(column)) for column in COLUMNS]


def checks() -> list[Check]:
    """Numbers that are none refuse a row, because leaving them out would cut the entity off from its other records."""
    number = pl.col("lei").str.to_uppercase().str.strip_prefix("LEI:")
    british, listed = pl.col("gb_coh"), _listed(pl.col("identifiers"))
    return [
        Check(
            "lei",
            "not an LEI: it needs 20 capital letters or digits",
            ~number.str.contains(lei.PATTERN),
            pl.col("lei"),
            refuses=True,
        ),
        Check("lei", "the LEI's check digits are wrong", ~lei.passes_check(number), pl.col("lei"), refuses=False),
        Check(
            "gb_coh",
            "not a company number of Companies House",
            british.is_not_null() & cells.british_number(british).is_null(),
            british,
            refuses=True,
        ),
        Check(
            "identifiers",
            "an identifier without a scheme: write SCHEME:VALUE, several parted by semicolons",
            listed.list.eval(~pl.element().str.contains(_SCHEMED)).list.any(),
            pl.col("identifiers"),
            refuses=True,
        ),
    ]


def columns() -> list[pl.Expr]:
    """The other identifiers and other names of an entity, each as one text, for the canonical rows."""
    number = pl.col("lei").str.to_uppercase().str.strip_prefix("LEI:")
    all_of_them = pl.concat_list(
        pl.lit("LEI:") + number,
        pl.lit(f"{cells.BRITISH}:") + cells.british_number(pl.col("gb_coh")),
        _listed(pl.col("identifiers")),
    )
    return [
        all_of_them.list.drop_nulls().list.unique(maintain_order=True).list.join(_SEPARATOR).alias(OTHER_IDS),
        _listed(pl.col("other_names")).list.join(_SEPARATOR).alias(OTHER_NAMES),
    ]


def tables(rows: pl.LazyFrame) -> dict[str, pl.LazyFrame]:
    """The identifiers and names of canonical rows."""
    other = cells.register_number(cells.identifier(pl.col("text")))
    identifiers = _exploded(rows, OTHER_IDS, "identifier").with_columns(other.alias("other_id"))
    names = _exploded(rows, OTHER_NAMES, "name").with_columns(
        pl.col("text").alias("name"), *(pl.lit(None, pl.String).alias(column) for column in ("language", "name_kind"))
    )
    return {
        "identifiers": identifiers.filter(pl.col("other_id") != pl.col("id")).select(IDENTIFIERS.names()),
        "names": names.select(NAMES.names()),
    }


def _exploded(rows: pl.LazyFrame, column: str, part: str) -> pl.LazyFrame:
    """A row for each member of a list, under the record with its number in the list."""
    listed = rows.filter(pl.col(column).fill_null("") != "").select(
        "id", "record", "file", "row", _listed(pl.col(column)).alias("text")
    )
    numbered = listed.with_columns(pl.int_ranges(1, pl.col("text").list.len() + 1).alias("number"))
    return numbered.explode("text", "number").with_columns(
        pl.format("{}/" + part + "/{}", "record", "number").alias("record")
    )


def _listed(text: pl.Expr) -> pl.Expr:
    parts = text.str.split(_SEPARATOR).list.eval(pl.element().str.strip_chars())
    return parts.list.eval(pl.element().filter(pl.element() != ""))
