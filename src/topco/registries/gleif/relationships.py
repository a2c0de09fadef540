"""Level 2, who is consolidated by whom: `rr` records to the table relationships.

A record with several relationship periods says that the relationship held several times: one row for each. Accounting
and filing periods date papers, not the relationship, and are left aside.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from topco.registries import dates, missing, records
from topco.registries.gleif import codes
from topco.registries.gleif.layout import LEVEL_2
from topco.registries.interface import Check, Settled
from topco.registries.reference import GLEIF_CODES, code_meanings
from topco.store.schema import RELATIONSHIPS

KINDS = code_meanings(GLEIF_CODES, "relationshipType")
LETTERS = {
    "DirectConsolidation": "D",
    "UltimateConsolidation": "U",
    "InternationalBranch": "B",
    "FundManagement": "M",
    "SubFund": "S",
    "FeederFund": "F",
}
RELATIONSHIP_STATUSES = ("ACTIVE", "INACTIVE", codes.NULL)
REGISTRATION_STATUSES = (
    "PUBLISHED",
    "LAPSED",
    "RETIRED",
    "DUPLICATE",
    "TRANSFERRED",
    "PENDING_VALIDATION",
    "PENDING_TRANSFER",
    "PENDING_ARCHIVAL",
    *codes.VOID_REGISTRATIONS,
)
_CODES = ("child", "child_scheme", "parent", "parent_scheme", "type", "last_update", "start", "end")


class Relationships:
    """The Level 2 file."""

    name = "rr"
    layout = LEVEL_2
    key = ("child", "parent", "kind")
    slots: Mapping[str, pl.Expr] = {"relationships": pl.format("{} {} {}", "child", "parent", "kind")}

    def tidy(self, raw: pl.LazyFrame) -> pl.LazyFrame:
        """One row for each relationship period, or one without dates."""
        return raw.with_columns(
            *(missing.code(pl.col(column)) for column in _CODES if column not in ("child", "parent", "type")),
            *(missing.code(pl.col(column)).str.to_uppercase() for column in ("child", "parent")),
            missing.code(pl.col("type")).str.replace("IS_FUND_MANAGED_BY", "IS_FUND-MANAGED_BY", literal=True),
            *(missing.status(pl.col(column)) for column in ("relationship_status", "registration_status")),
        )

    def checks(self) -> list[Check]:
        """Ends that are no LEIs, unknown types and malformed dates refuse a row; a self-parent warns."""
        column = {field.name: field.csv_columns[0] for field in self.layout.fields}
        date_columns = {
            "start": "Relationship.Period.startDate",
            "end": "Relationship.Period.endDate",
            "last_update": column["last_update"],
        }
        start, end = dates.start_of_period(pl.col("start")), dates.end_of_period(pl.col("end"))
        return [
            *(
                Check(
                    column[name],
                    "this end is identified by something else than an LEI",
                    pl.col(name).is_not_null() & (pl.col(name) != "LEI"),
                    pl.col(name),
                    refuses=True,
                )
                for name in ("child_scheme", "parent_scheme")
            ),
            *codes.lei_checks("child", column["child"]),
            *codes.lei_checks("parent", column["parent"]),
            Check(
                column["type"],
                "unknown relationship type",
                pl.col("type").is_null() | ~pl.col("type").is_in(list(KINDS)),
                pl.col("type"),
                refuses=True,
            ),
            *(
                Check(source, "not a date", dates.is_malformed(pl.col(name)), pl.col(name), refuses=True)
                for name, source in date_columns.items()
            ),
            Check(
                column["parent"],
                "the entity is recorded as its own parent",
                pl.col("child") == pl.col("parent"),
                pl.col("child"),
                refuses=False,
            ),
            Check(date_columns["end"], "the period ends before it starts", end <= start, pl.col("end"), refuses=False),
            codes.unknown_code(
                "relationship_status", column["relationship_status"], RELATIONSHIP_STATUSES, "relationship status"
            ),
            codes.unknown_code(
                "registration_status", column["registration_status"], REGISTRATION_STATUSES, "registration status"
            ),
        ]

    def canonical(self, tidied: pl.LazyFrame) -> pl.LazyFrame:
        """The columns of the relationships table."""
        kind = pl.col("type").replace_strict(KINDS, default=None, return_dtype=pl.String)
        letter = kind.replace_strict(LETTERS, default=None, return_dtype=pl.String)
        return tidied.with_columns(
            pl.format("gleif/rr/R-{}-{}-{}", "child", "parent", letter).alias("record"),
            codes.identifier("child").alias("child"),
            codes.identifier("parent").alias("parent"),
            kind.alias("kind"),
            _standing().alias("standing"),
            (pl.col("registration_status") == "LAPSED").fill_null(False).alias("stale"),
            dates.start_of_period(pl.col("start")).alias("valid_from"),
            dates.end_of_period(pl.col("end")).alias("valid_to"),
            dates.date_of(pl.col("last_update")).alias("last_update"),
        ).select(RELATIONSHIPS.names())

    def settle(self, duplicates: pl.DataFrame) -> Settled:
        """All contents of the same three are kept, told apart by the record's suffix; exact repeats are not."""
        return records.keep_all(duplicates, suffix="valid_from")

    def tables(self, rows: pl.LazyFrame, aside: pl.LazyFrame) -> dict[str, pl.LazyFrame]:
        """The relationships."""
        return {"relationships": rows.select(RELATIONSHIPS.names())}


def _standing() -> pl.Expr:
    registration, status = pl.col("registration_status"), pl.col("relationship_status")
    return (
        pl.when(registration.is_in(codes.VOID_REGISTRATIONS) | (status == codes.NULL))
        .then(pl.lit("Void"))
        .when((status == "INACTIVE") | (registration == "RETIRED"))
        .then(pl.lit("Ended"))
        .otherwise(pl.lit("Current"))
    )
