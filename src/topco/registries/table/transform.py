"""Cells of a mapped table as our tables write them: numbers, days, countries, identifiers, shares in words.

What cannot be read as declared becomes a text that the checks of the table refuse, with what stood there in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction

import polars as pl

from topco.ownership.shares import DECIMALS, percent
from topco.registries import percentages
from topco.registries.companies_house.numbers import stated_number
from topco.registries.country_names import country_of
from topco.registries.table.mapping import SHARE, Mapping

SHARES = ("share_exact", "share_min", "share_max")
DATES = ("valid_from", "valid_to", "stated_on")
COUNTRIES = ("hq_country", "registered_country", "country")
IDS = ("id", "owner", "owned")
SPREAD = (*SHARES, "share_min_exclusive", "share_max_exclusive")
_SIGN = re.compile(r"\s*(?:%|percent|per cent|Prozent|v\.?\s?H\.?)\s*\Z", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:\.\d+)?|\.\d+")
_PARTS = re.compile(r"(\d{1,15})\s*(?:/|of|von|aus|out of)\s*(\d{1,15})", re.IGNORECASE)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_OTHER_DATE = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
_COMMA_NUMBER = re.compile(r"\d+(?:,\d+)?|,\d+")
_SCHEMED = re.compile(r"[A-Za-z][A-Za-z0-9-]*:.+|[0-9A-Za-z]{18}[0-9]{2}")
_PERCENT, _UNITS = 100, 10**DECIMALS


def apply(rows: pl.LazyFrame, mapping: Mapping, columns: Sequence[str]) -> pl.LazyFrame:
    """Raw rows with constants filled in and cells in our forms."""
    filled = rows.with_columns(pl.lit(value).alias(name) for name, value in mapping.constants.items())
    readers: dict[str, Callable[[str], str]] = {
        **{name: lambda text: share_text(text, mapping) for name in SHARES},
        **{name: lambda text: date_text(text, mapping.dates) for name in DATES},
        **{name: lambda text: country_of(text) or text for name in COUNTRIES},
    }
    if mapping.id_scheme:
        scheme = mapping.id_scheme
        readers |= {name: lambda text: identifier_text(text, scheme) for name in IDS}
    read = filled.with_columns(
        _each(pl.col(name), reader).alias(name) for name, reader in readers.items() if name in columns
    )
    if SHARE not in mapping.columns:
        return read
    return read.with_columns(_each(pl.col(SHARE), _cell_of(name, mapping)).alias(name) for name in SPREAD).drop(SHARE)


def share_text(text: str, mapping: Mapping) -> str:
    """A share as a percentage in digits, or a text that is none.

    >>> share_text("62,5 %", Mapping("holdings", decimal=","))
    '62.5'
    >>> share_text("0.625", Mapping("holdings", shares="fraction"))
    '62.5'
    >>> share_text("1 of 3", Mapping("holdings", shares="parts"))
    '33.33333331'
    >>> share_text("62.5", Mapping("holdings", decimal=","))
    '62.5: not a number with a decimal comma'
    """
    plain, signed = _SIGN.subn("", text.strip())
    if mapping.shares == "parts":
        match = _PARTS.fullmatch(plain)
        if signed or not match or not int(match[2]):
            return f"{text}: not parts of a whole"
        return _percent_of(Fraction(int(match[1]), int(match[2])))
    if mapping.decimal == ",":
        if not _COMMA_NUMBER.fullmatch(plain):
            return f"{text}: not a number with a decimal comma"
        plain = plain.replace(",", ".")
    if mapping.shares != "fraction":
        return plain
    if signed or not _NUMBER.fullmatch(plain):
        return f"{text}: not a fraction"
    return _percent_of(Fraction(plain))


def spread_text(text: str, mapping: Mapping) -> dict[str, str | None]:
    """The five cells of a holding that a share in words tells; a text that is none in the first.

    >>> spread_text("25-50", Mapping("holdings", shares="percent"))["share_max"]
    '50'
    """
    nothing: dict[str, str | None] = dict.fromkeys(SPREAD)
    if mapping.decimal == ",":
        text = re.sub(r"(\d),(\d)", r"\1.\2", text) if "." not in text else f"{text}: not with a decimal comma"
    plain = _SIGN.sub("", text.strip())
    if mapping.shares in ("fraction", "parts"):
        return nothing | {"share_exact": share_text(text, mapping)}
    if mapping.shares == "percent" and _NUMBER.fullmatch(plain):
        return nothing | {"share_exact": plain}
    share = percentages.of_text(text)
    if share is None:
        return nothing | {"share_exact": f"{text}: not a share in words"}
    cells: dict[str, str | None] = {}
    for name, value in share.cells().items():
        cells[name] = None if value is None else str(value).lower() if isinstance(value, bool) else percent(value)
    return cells


def date_text(text: str, order: str) -> str:
    """An ISO date of a date in the declared order; a date that is no such one stays what it is, and is refused.

    >>> date_text("31.12.2024", "DMY"), date_text("12/31/2024", "MDY"), date_text("2024-12-31", "DMY")
    ('2024-12-31', '2024-12-31', '2024-12-31')
    >>> date_text("31.12.2024", "MDY"), date_text("01.02.03", "DMY"), date_text("31.12.2024", "ISO")
    ('31.12.2024', '01.02.03', '31.12.2024')
    """
    match = _OTHER_DATE.fullmatch(text)
    if _ISO.fullmatch(text) or order == "ISO" or not match:
        return text
    day, month = (match[1], match[2]) if order == "DMY" else (match[2], match[1])
    try:
        return date(int(match[3]), int(month), int(day)).isoformat()
    except ValueError:
        return text


def identifier_text(text: str, scheme: str) -> str:
    """An identifier with the declared scheme, unless it has one, or is an LEI or an IRI.

    >>> identifier_text("123456", "GB-COH"), identifier_text("LEI:X", "DE-HRB"), identifier_text("B 12", "DE-HRB")
    ('GB-COH:00123456', 'LEI:X', 'DE-HRB:B 12')
    """
    if _SCHEMED.fullmatch(text) and not (scheme == "GB-COH" and ":" not in text):
        return text
    number = stated_number(text) if scheme == "GB-COH" else None
    return f"{scheme}:{number or text}"


def _cell_of(name: str, mapping: Mapping) -> Callable[[str], str | None]:
    return lambda text: spread_text(text, mapping)[name]


def _percent_of(share: Fraction) -> str:
    """A share as a percentage in digits; with one digit more than units have where no unit is exact."""
    units = share * _PERCENT * _UNITS
    whole = units.numerator // units.denominator
    if whole == units:
        return percent(whole)
    digits = percent(whole)
    decimals = digits.partition(".")[2]
    return f"{digits}{'' if decimals else '.'}{'0' * (DECIMALS - len(decimals))}1"


def _each(cell: pl.Expr, reader: Callable[[str], str | None]) -> pl.Expr:
    """A function over the distinct texts of a column; missing stays missing."""

    def read(texts: pl.Series) -> pl.Series:
        distinct = texts.drop_nulls().unique()
        found = {text: reader(text) for text in distinct}
        return texts.replace_strict(found, default=None, return_dtype=pl.String)

    return cell.map_batches(read, return_dtype=pl.String, is_elementwise=True)
