"""Numbers in other registers that a Level 1 record states: the registration authority's, as far as its list is known.

Which authority keeps which list, and what its numbers look like, is data:
`data/reference/registration-authorities.ttl`. A number of an authority that is not there, or of another form,
identifies nobody elsewhere and stays in its column.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import polars as pl

from topco import knowledge
from topco.namespaces import PREFIXES, term
from topco.store.schema import IDENTIFIERS

FILE = "data/reference/registration-authorities.ttl"
_SIGNS = r"[\s./-]+"
_LETTERS = r"^([A-Z]*)"


@dataclass(frozen=True)
class Numbers:
    """A list of company numbers: its code at org-id.guide, the form of a number in capitals, its width with zeros."""

    scheme: str
    form: str
    width: int | None


@cache
def authorities() -> dict[str, Numbers]:
    """The lists of the registration authorities that are known, by the codes of the authorities.

    >>> authorities()["RA000585"].scheme, authorities()["RA000587"].scheme
    ('GB-COH', 'GB-COH')
    """
    found = {}
    for of in knowledge.facts(FILE).values():
        if term("numbersOf") in of:
            (width,) = of.get(term("numberWidth"), [""])
            scheme = of[term("numbersOf")][0].rpartition("/")[2]
            code = of[PREFIXES["skos"] + "notation"][0]
            found[code] = Numbers(scheme, of[term("numberForm")][0], int(width) if width else None)
    return found


def identifiers(entities: pl.LazyFrame) -> pl.LazyFrame:
    """The rows of the identifiers table that entity rows give.

    >>> row = {"id": "LEI:X", "registration_authority": "RA000585", "registration_number": "sc 12345", "record": "r"}
    >>> identifiers(pl.LazyFrame({**row, "file": "f", "row": 2})).collect().row(0)
    ('LEI:X', 'GB-COH:SC012345', 'r/identifier/1', 'f', 2)
    """
    authority = pl.col("registration_authority")
    lists: dict[Numbers, list[str]] = {}
    for code, numbers in authorities().items():
        lists.setdefault(numbers, []).append(code)
    number = pl.col("registration_number").str.replace_all(_SIGNS, "").str.to_uppercase()
    known = entities.filter(authority.is_in(sorted(authorities())) & pl.col("registration_number").is_not_null())
    other = pl.lit(None, dtype=pl.String)
    for numbers, codes in lists.items():
        mine = authority.is_in(sorted(codes)) & pl.col("number").str.contains(f"^(?:{numbers.form})$")
        other = (
            pl.when(mine).then(pl.lit(f"{numbers.scheme}:") + _filled(pl.col("number"), numbers.width)).otherwise(other)
        )
    return (
        known.select("id", "record", "file", "row", "registration_authority", number.alias("number"))
        .with_columns(other.alias("other_id"), pl.format("{}/identifier/1", "record").alias("record"))
        .filter(pl.col("other_id").is_not_null())
        .select(IDENTIFIERS.names())
    )


def _filled(number: pl.Expr, width: int | None) -> pl.Expr:
    if width is None:
        return number
    letters = number.str.extract(_LETTERS)
    digits = number.str.strip_prefix(letters)
    return letters + digits.str.pad_start(width - letters.str.len_chars(), "0")
