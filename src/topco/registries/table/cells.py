"""Cells of tables as polars expressions: identifiers, codes, truth values, and shares in exact units."""

from __future__ import annotations

import polars as pl

from topco.namespaces import ENTITY_BASE, id_of_iri
from topco.ownership.shares import DECIMALS, PATTERN
from topco.registries import lei
from topco.registries.companies_house.numbers import stated_number
from topco.registries.interface import Check
from topco.registries.reference import folded

NO_SCHEME = "X"
BRITISH = "GB-COH"
_SCHEME = r"^([A-Za-z][A-Za-z0-9-]*):."
_VALUE = r"^[A-Za-z][A-Za-z0-9-]*:(.*)$"
_LEI_SCHEMES = ("LEI", "XI-LEI")
_BARE_LEI = r"^[0-9A-Z]{20}$"
_TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def identifier(text: pl.Expr) -> pl.Expr:
    """`SCHEME:VALUE` of what a table calls an entity: a bare LEI gets its scheme, a value without one gets `X:`.

    >>> ids = ["5493001Z012YSB2A0K51", "lei:5493001z012ysb2a0k51", "GB-COH:00102498", "alpha", "https://a.example/b"]
    >>> pl.DataFrame({"i": ids}).select(identifier(pl.col("i"))).to_series().to_list()[1:]
    ['LEI:5493001Z012YSB2A0K51', 'GB-COH:00102498', 'X:alpha', 'https://a.example/b']
    """
    text = text.map_batches(_without_base, return_dtype=pl.String, is_elementwise=True)
    capitals = text.str.to_uppercase()
    scheme = text.str.extract(_SCHEME, 1)
    return (
        pl.when(capitals.str.contains(_BARE_LEI))
        .then(pl.lit("LEI:") + capitals)
        .when(scheme.str.to_uppercase() == "LEI")
        .then(pl.lit("LEI:") + text.str.slice(4).str.strip_chars().str.to_uppercase())
        .when(scheme.is_not_null())
        .then(text)
        .otherwise(pl.lit(f"{NO_SCHEME}:") + text)
    )


def register_number(text: pl.Expr) -> pl.Expr:
    """An identifier with the numbers of LEI and Companies House in the one form that registries use for them.

    >>> ids = ["XI-LEI:5493001z012ysb2a0k51", "gb-coh:sc 12345", "DE-HRB:B 1", "https://a.example/b", "GB-COH:?"]
    >>> pl.DataFrame({"i": ids}).select(register_number(pl.col("i"))).to_series().to_list()[:2]
    ['LEI:5493001Z012YSB2A0K51', 'GB-COH:SC012345']
    """
    scheme, value = text.str.extract(_SCHEME, 1).str.to_uppercase(), text.str.extract(_VALUE, 1).str.strip_chars()
    number = british_number(value)
    return (
        pl.when(scheme.is_in(_LEI_SCHEMES))
        .then(pl.lit("LEI:") + value.str.to_uppercase())
        .when((scheme == BRITISH) & number.is_not_null())
        .then(pl.lit(f"{BRITISH}:") + number)
        .otherwise(text)
    )


def british_number(text: pl.Expr) -> pl.Expr:
    """A company number of Companies House with its eight characters; null where none is stated."""
    return text.map_elements(stated_number, return_dtype=pl.String)


def _without_base(texts: pl.Series) -> pl.Series:
    ours = texts.str.starts_with(ENTITY_BASE)
    if not ours.any():
        return texts
    return texts.map_elements(lambda text: id_of_iri(text), return_dtype=pl.String)


def identifier_checks(column: str) -> list[Check]:
    """An identifier must be there, and be an LEI where it says so; wrong check digits warn. For tidied columns."""
    value = pl.col(column)
    number = pl.when(value.str.starts_with("LEI:")).then(value.str.slice(4))
    return [
        Check(column, "the identifier is missing", value.is_null(), value, refuses=True),
        Check(
            column,
            "not an LEI: it needs 20 capital letters or digits",
            ~number.str.contains(lei.PATTERN),
            value,
            refuses=True,
        ),
        Check(column, "the LEI's check digits are wrong", ~lei.passes_check(number), value, refuses=False),
    ]


def spelt(text: pl.Expr, spellings: dict[str, str]) -> pl.Expr:
    """The name of a class or concept that a cell spells in its own way; null if none is meant.

    >>> frame = pl.DataFrame({"i": ["Voting-Rights", "love", None]})
    >>> frame.select(spelt(pl.col("i"), {"votingrights": "votingRights"}))["i"].to_list()
    ['votingRights', None, None]
    """
    plain = text.str.replace_all(r"[\s_-]+", "").str.to_lowercase()
    return plain.replace_strict(
        {folded(spelling): name for spelling, name in spellings.items()}, default=None, return_dtype=pl.String
    )


def truth(text: pl.Expr) -> pl.Expr:
    """A truth value; null if the cell says none.

    >>> pl.DataFrame({"t": ["TRUE", "no", "1", "?", None]}).select(truth(pl.col("t")))["t"].to_list()
    [True, False, True, None, None]
    """
    return text.str.to_lowercase().replace_strict(_TRUTHS, default=None, return_dtype=pl.Boolean)


def is_number(text: pl.Expr) -> pl.Expr:
    """Whether a text is a decimal number with a point; null where it is missing."""
    return text.str.contains(PATTERN)


def units_below(text: pl.Expr) -> pl.Expr:
    """The units just below a percentage, as `topco.ownership.shares.around` gives them; null where it is none.

    >>> pl.DataFrame({"s": ["62.5", "33.33333333", ".5", "-0.00000001", "a half"]}).select(units_below(pl.col("s")))[
    ...     "s"
    ... ].to_list()
    [625000000, 333333333, 5000000, -1, None]
    """
    kept, finer = _units(text), _is_finer(text)
    return pl.when(_is_negative(text)).then(-(kept + finer)).otherwise(kept)


def units_above(text: pl.Expr) -> pl.Expr:
    """The units just above a percentage.

    >>> pl.DataFrame({"s": ["62.5", "33.33333333", "-0.00000001"]}).select(units_above(pl.col("s")))["s"].to_list()
    [625000000, 333333334, 0]
    """
    kept, finer = _units(text), _is_finer(text)
    return pl.when(_is_negative(text)).then(-kept).otherwise(kept + finer)


def _is_negative(text: pl.Expr) -> pl.Expr:
    return text.str.starts_with("-")


def _units(text: pl.Expr) -> pl.Expr:
    """The size of a percentage in units, what is finer cut off; nine digits before the point, far above any share."""
    number = pl.when(is_number(text)).then(text.str.strip_prefix("-"))
    whole = number.str.extract(r"^0*([0-9]{0,9})", 1)
    decimals = number.str.extract(rf"\.([0-9]{{0,{DECIMALS}}})", 1).fill_null("").str.pad_end(DECIMALS, "0")
    return (whole + decimals).cast(pl.Int64, strict=False)


def _is_finer(text: pl.Expr) -> pl.Expr:
    return text.str.contains(rf"\.[0-9]{{{DECIMALS}}}[0-9]*[1-9]").fill_null(False).cast(pl.Int64)
