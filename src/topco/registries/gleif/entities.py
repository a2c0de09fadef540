"""Level 1, who is who: `lei2` records to the tables entities, names and identifiers."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from topco.registries import dates, lei, missing, records
from topco.registries.gleif import authorities, codes
from topco.registries.gleif.layout import LEVEL_1
from topco.registries.interface import Check, Settled
from topco.registries.reference import known_countries
from topco.store.schema import ENTITIES, NAMES

KINDS = {
    "GENERAL": "LegalEntity",
    "BRANCH": "Branch",
    "FUND": "Fund",
    "RESIDENT_GOVERNMENT_ENTITY": "StateBody",
    "SOLE_PROPRIETOR": "SoleProprietor",
    "INTERNATIONAL_ORGANIZATION": "InternationalOrganization",
}
ENTITY_STATUSES = ("ACTIVE", "INACTIVE", codes.NULL)
ENDED_REGISTRATIONS = ("RETIRED", "MERGED", "DUPLICATE")
REGISTRATION_STATUSES = (
    "ISSUED",
    "LAPSED",
    "PENDING_TRANSFER",
    "PENDING_ARCHIVAL",
    "PENDING_VALIDATION",
    "TRANSFERRED",
    *ENDED_REGISTRATIONS,
    *codes.VOID_REGISTRATIONS,
)
_CODES = (
    "category",
    "hq_country",
    "hq_city",
    "registered_country",
    "registered_city",
    "jurisdiction",
    "registration_authority",
    "registration_number",
    "legal_form",
    "successor",
    "last_update",
    "next_renewal",
)

LONGEST_NAME = 10_000


class Entities:
    """The Level 1 file."""

    name = "lei2"
    layout = LEVEL_1
    key = ("id",)
    slots: Mapping[str, pl.Expr] = dict.fromkeys(("entities", "names", "identifiers"), pl.col("id"))

    def tidy(self, raw: pl.LazyFrame) -> pl.LazyFrame:
        """Raw rows with missing values as null."""
        return raw.with_columns(
            pl.col("lei").str.to_uppercase(),
            *(missing.code(pl.col(column)) for column in _CODES),
            *(missing.status(pl.col(column)) for column in ("entity_status", "registration_status")),
        )

    def checks(self) -> list[Check]:
        """Unknown countries and malformed dates refuse a row; missing headquarters and unknown codes warn."""
        column = {field.name: field.csv_columns[0] for field in self.layout.fields}
        known = sorted(known_countries())
        country = pl.col("jurisdiction").str.slice(0, 2)
        successor = pl.col("successor")
        return [
            *codes.lei_checks("lei", column["lei"]),
            *(
                Check(
                    column[name],
                    "not a country of ISO 3166-1 alpha-2",
                    pl.col(name).is_not_null() & ~pl.col(name).is_in(known),
                    pl.col(name),
                    refuses=True,
                )
                for name in ("hq_country", "registered_country")
            ),
            *(
                Check(column[name], "not a date", dates.is_malformed(pl.col(name)), pl.col(name), refuses=True)
                for name in ("last_update", "next_renewal")
            ),
            Check(
                column["name"],
                f"a name longer than {LONGEST_NAME:,} bytes",
                pl.col("name").str.len_bytes() > LONGEST_NAME,
                pl.col("name").str.slice(0, 200),
                refuses=True,
            ),
            Check(column["name"], "no legal name", pl.col("name").is_null(), pl.col("lei"), refuses=False),
            Check(
                column["hq_country"],
                "no headquarters country",
                pl.col("hq_country").is_null(),
                pl.col("lei"),
                refuses=False,
            ),
            Check(
                column["jurisdiction"],
                "unknown country of a jurisdiction",
                country.is_not_null() & ~country.is_in(known),
                pl.col("jurisdiction"),
                refuses=False,
            ),
            Check(
                column["successor"],
                "the successor is no LEI and is left out",
                successor.is_not_null() & ~successor.str.contains(lei.PATTERN),
                successor,
                refuses=False,
            ),
            codes.unknown_code("category", column["category"], tuple(KINDS), "entity category"),
            codes.unknown_code("entity_status", column["entity_status"], ENTITY_STATUSES, "entity status"),
            codes.unknown_code(
                "registration_status", column["registration_status"], REGISTRATION_STATUSES, "registration status"
            ),
        ]

    def canonical(self, tidied: pl.LazyFrame) -> pl.LazyFrame:
        """The columns of the entities table; of rows aside, the name as well."""
        return tidied.with_columns(
            codes.identifier("lei").alias("id"),
            pl.col("category").replace_strict(KINDS, default=KINDS["GENERAL"], return_dtype=pl.String).alias("kind"),
            _standing().alias("standing"),
            pl.when(pl.col("successor").str.contains(lei.PATTERN))
            .then(codes.identifier("successor"))
            .alias("successor"),
            dates.date_of(pl.col("last_update")).alias("last_update"),
            dates.date_of(pl.col("next_renewal")).alias("next_renewal"),
            (pl.lit("gleif/lei2/") + pl.col("lei")).alias("record"),
        ).drop("lei")

    def settle(self, duplicates: pl.DataFrame) -> Settled:
        """Of rows with one LEI the newest counts; equal ones are repeats, others are refused and name it."""
        newest_first = duplicates.sort("last_update", descending=True, nulls_last=True, maintain_order=True)
        kept = newest_first.unique("id", keep="first", maintain_order=True)
        reason = "the LEI stands again in row {} of {}, which is kept as the newest"
        return records.keep_one(duplicates, kept, "LEI", pl.col("id").str.slice(4), reason)

    def tables(self, rows: pl.LazyFrame, aside: pl.LazyFrame) -> dict[str, pl.LazyFrame]:
        """The entities, their other names and their numbers elsewhere; the records of these hang below the entity's."""
        names = aside.with_columns(
            pl.col("other_name").alias("name"), pl.format("{}/name/{}", "record", "number").alias("record")
        )
        return {
            "entities": rows.select(ENTITIES.names()),
            "names": names.select(NAMES.names()),
            "identifiers": authorities.identifiers(rows),
        }


def _standing() -> pl.Expr:
    registration, entity = pl.col("registration_status"), pl.col("entity_status")
    void = registration.is_in(codes.VOID_REGISTRATIONS)
    ended = registration.is_in(ENDED_REGISTRATIONS) | (entity == "INACTIVE")
    return (
        pl.when(void)
        .then(pl.lit("Void"))
        .when(ended)
        .then(pl.lit("Ended"))
        .when(entity == codes.NULL)
        .then(pl.lit("Void"))
        .otherwise(pl.lit("Current"))
    )
