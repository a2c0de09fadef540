"""Checks on the codes that the three kinds of file share, and their record names."""

from __future__ import annotations

import polars as pl

from topco.registries import lei
from topco.registries.interface import Check

NULL = "NULL"
VOID_REGISTRATIONS = ("ANNULLED", "CANCELLED")


def identifier(column: str) -> pl.Expr:
    """`LEI:VALUE` of a column of LEIs."""
    return pl.lit("LEI:") + pl.col(column)


def lei_checks(column: str, source: str) -> list[Check]:
    """An LEI must be there and have the form of one; failing check digits are a warning, as a few genuine ones fail."""
    value = pl.col(column)
    return [
        Check(source, "the LEI is missing", value.is_null(), value, refuses=True),
        Check(
            source,
            "not an LEI: it needs 20 capital letters or digits",
            value.is_not_null() & ~value.str.contains(lei.PATTERN),
            value,
            refuses=True,
        ),
        Check(source, "the LEI's check digits are wrong", ~lei.passes_check(value), value, refuses=False),
    ]


def unknown_code(column: str, source: str, known: tuple[str, ...] | frozenset[str], what: str) -> Check:
    """A warning about a code that is there and is none of the known ones."""
    value = pl.col(column)
    return Check(source, f"unknown {what}", value.is_not_null() & ~value.is_in(sorted(known)), value, refuses=False)
