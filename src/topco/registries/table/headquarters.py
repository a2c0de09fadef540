"""Tables of headquarters: in which country an entity is headquartered, and what says so.

A statement about headquarters that is no entity's own record: of filings, websites, users. Where nothing else is said
it rests on the table itself.
"""

from __future__ import annotations

from functools import cache

import polars as pl

from topco import knowledge
from topco.namespaces import PREFIXES, local_name, term
from topco.registries import dates, missing, records
from topco.registries.interface import Check, Settled
from topco.registries.reference import folded, known_countries
from topco.registries.table import cells
from topco.store.schema import HEADQUARTERS

DEFAULT_BASIS = "table"
_FILE = "ontology/identity.ttl"
_TEXTS = ("city", "stated_by", "citation")
_DATES = ("stated_on", "valid_from", "valid_to")


@cache
def known_bases() -> dict[str, str]:
    """What people write for the bases of a headquarters, folded, to the concept's name.

    >>> known_bases()["userstatement"], known_bases()["filing"]
    ('userStatement', 'filing')
    """
    import pyoxigraph as ox

    labels: dict[str, set[str]] = {}
    bases: set[str] = set()
    for triple in ox.parse(path=str(knowledge.root() / _FILE), format=ox.RdfFormat.TURTLE):
        subject, value = triple.subject, triple.object
        if not isinstance(subject, ox.NamedNode):
            continue
        if triple.predicate.value == PREFIXES["rdf"] + "type" and value == ox.NamedNode(term("HeadquartersBasis")):
            bases.add(subject.value)
        elif triple.predicate.value in (PREFIXES["rdfs"] + "label", PREFIXES["skos"] + "altLabel"):
            labels.setdefault(subject.value, set()).add(value.value if isinstance(value, ox.Literal) else "")
    return {
        folded(spelling): local_name(base) for base in bases for spelling in (*labels.get(base, ()), local_name(base))
    }


class Headquarters:
    """A table of headquarters; `series` is part of its records' names."""

    name = "headquarters"
    columns = ("id", "country", "city", "basis", "stated_by", "stated_on", "citation", "valid_from", "valid_to")
    required = ("id", "country")
    key = ("id",)

    def __init__(self, series: str) -> None:
        self._series = series

    def tidy(self, raw: pl.LazyFrame) -> pl.LazyFrame:
        """Raw rows with identifiers of one form, capital country codes, and bases by the names of their concepts."""
        return raw.with_columns(
            cells.identifier(missing.code(pl.col("id"))).alias("id"),
            missing.code(pl.col("country")).str.to_uppercase(),
            *(missing.code(pl.col(column)) for column in ("basis", *_TEXTS, *_DATES)),
        ).with_columns(cells.spelt(pl.col("basis"), known_bases()).alias("concept"))

    def checks(self) -> list[Check]:
        """A country and a basis must be known, and dates be dates; a statement without a source warns."""
        country, basis = pl.col("country"), pl.col("basis")
        return [
            *cells.identifier_checks("id"),
            Check("country", "no country is stated", country.is_null(), pl.col("id"), refuses=True),
            Check(
                "country",
                "not a country of ISO 3166-1 alpha-2",
                country.is_not_null() & ~country.is_in(sorted(known_countries())),
                country,
                refuses=True,
            ),
            Check(
                "basis",
                "unknown basis of a headquarters",
                basis.is_not_null() & pl.col("concept").is_null(),
                basis,
                refuses=True,
            ),
            *(Check(day, "not a date", dates.is_malformed(pl.col(day)), pl.col(day), refuses=True) for day in _DATES),
            Check(
                "valid_to",
                "the last day is before the first",
                dates.start_of_period(pl.col("valid_to")) < dates.start_of_period(pl.col("valid_from")),
                pl.col("valid_to"),
                refuses=True,
            ),
            Check("citation", "no source is cited", pl.col("citation").is_null(), pl.col("id"), refuses=False),
        ]

    def canonical(self, tidied: pl.LazyFrame) -> pl.LazyFrame:
        """The columns of the headquarters table."""
        slug = pl.col("id").str.replace_all("/", "%2F", literal=True)
        return tidied.select(
            "id",
            "country",
            "city",
            pl.col("concept").fill_null(DEFAULT_BASIS).alias("basis"),
            "stated_by",
            dates.date_of(pl.col("stated_on")).alias("stated_on"),
            "citation",
            dates.start_of_period(pl.col("valid_from")).alias("valid_from"),
            dates.end_of_period(pl.col("valid_to")).alias("valid_to"),
            (pl.lit(f"table/{self._series}/headquarters/") + slug).alias("record"),
            "file",
            "row",
        ).select(HEADQUARTERS.names())

    def settle(self, duplicates: pl.DataFrame) -> Settled:
        """All statements about one entity are kept, told apart by the record: sources may disagree; repeats are not."""
        return records.keep_all(duplicates, suffix="valid_from")

    def tables(self, rows: pl.LazyFrame, aside: pl.LazyFrame) -> dict[str, pl.LazyFrame]:
        """The headquarters."""
        return {"headquarters": rows.select(HEADQUARTERS.names())}
