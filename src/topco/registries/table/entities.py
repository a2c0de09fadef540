"""Tables of entities: who they are, what kind of party, where their headquarters is, how else they are known."""

from __future__ import annotations

import polars as pl

from topco.registries import missing, records
from topco.registries.interface import Check, Settled
from topco.registries.reference import known_agent_kinds, known_countries
from topco.registries.table import cells, identities
from topco.store.schema import ENTITIES

DEFAULT_KIND = "LegalEntity"
WITHOUT_SEAT = ("NaturalPerson", "State", "Trust", "Arrangement", "UnidentifiedParty")
_COUNTRIES = ("hq_country", "registered_country")


class Entities:
    """A table of entities; `series` is part of its records' names."""

    name = "entities"
    columns = ("id", "name", "kind", "hq_country", "registered_country", *identities.COLUMNS)
    required = ("id", "name")
    key = ("id",)

    def __init__(self, series: str) -> None:
        self._series = series

    def tidy(self, raw: pl.LazyFrame) -> pl.LazyFrame:
        """Raw rows with identifiers of one form, capital country codes, and kinds by the names of their classes."""
        return raw.with_columns(
            cells.identifier(missing.code(pl.col("id"))).alias("id"),
            missing.code(pl.col("kind")),
            *(missing.code(pl.col(column)).str.to_uppercase() for column in _COUNTRIES),
            *identities.tidied(),
        ).with_columns(cells.spelt(pl.col("kind"), known_agent_kinds()).alias("class"))

    def checks(self) -> list[Check]:
        """Unknown kinds and countries refuse a row; a missing kind, name or headquarters warns."""
        known = sorted(known_countries())
        kind, agent = pl.col("kind"), pl.col("class").fill_null(DEFAULT_KIND)
        return [
            *cells.identifier_checks("id"),
            Check("kind", "unknown kind of party", kind.is_not_null() & pl.col("class").is_null(), kind, refuses=True),
            *(
                Check(
                    column,
                    "not a country of ISO 3166-1 alpha-2",
                    pl.col(column).is_not_null() & ~pl.col(column).is_in(known),
                    pl.col(column),
                    refuses=True,
                )
                for column in _COUNTRIES
            ),
            *identities.checks(),
            Check(
                "kind", f"no kind is given, so {DEFAULT_KIND} is assumed", kind.is_null(), pl.col("id"), refuses=False
            ),
            Check("name", "no name", pl.col("name").is_null(), pl.col("id"), refuses=False),
            Check(
                "hq_country",
                "no headquarters country",
                pl.col("hq_country").is_null() & ~agent.is_in(WITHOUT_SEAT),
                pl.col("id"),
                refuses=False,
            ),
        ]

    def canonical(self, tidied: pl.LazyFrame) -> pl.LazyFrame:
        """The columns of the entities table, other identifiers and other names."""
        given = {"id", "name", *_COUNTRIES, "file", "row"}
        record = pl.lit(f"table/{self._series}/entities/") + pl.col("id")
        made = {
            "kind": pl.col("class").fill_null(DEFAULT_KIND),
            "standing": pl.lit("Current"),
            "record": record,
        }
        return tidied.select(
            *(
                pl.col(column) if column in given else made.get(column, pl.lit(None, dtype=kind)).alias(column)
                for column, kind in ENTITIES.items()
            ),
            *identities.columns(),
        )

    def settle(self, duplicates: pl.DataFrame) -> Settled:
        """Of rows with one identifier the first counts; equal ones are repeats, others are refused and name it."""
        reason = "the identifier stands with other words in row {} of {}, which is kept as the first"
        kept = duplicates.unique("id", keep="first", maintain_order=True)
        return records.keep_one(duplicates, kept, "id", pl.col("id"), reason)

    def tables(self, rows: pl.LazyFrame, aside: pl.LazyFrame) -> dict[str, pl.LazyFrame]:
        """The entities, the numbers they have in other registers, and their other names."""
        return {"entities": rows.select(ENTITIES.names()), **identities.tables(rows)}
