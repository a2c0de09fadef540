"""Accounts: what may be spent, by whom, where and in which period. Pure values.

Amounts are whole numbers of ten-thousandths of a TPP, so that they are exact and add up without rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from topco.errors import BadInput

UNITS_PER_TPP = 10**4
MOST_TPP = 10**12


class Kind(StrEnum):
    """What an account counts: a country's allocation, a group's LPP year, an NVEU's or a UVEU's installed base."""

    COUNTRY = "country"
    LPP = "lpp"
    NVEU = "nveu"
    UVEU = "uveu"

    @property
    def has_country(self) -> bool:
        return self is not Kind.LPP

    @property
    def follows_group(self) -> bool:
        """Whether the holder is the ultimate parent, and not the party itself or nobody."""
        return self in (Kind.LPP, Kind.UVEU)


class Side(StrEnum):
    """The three accounts behind every limit; what leaves one arrives at another."""

    FREE = "free"
    RESERVED = "reserved"
    COMMITTED = "committed"


@dataclass(frozen=True, order=True)
class Account:
    """One limit's account; `holder`, `country` and `period` are empty where the kind has none.

    >>> Account(Kind.LPP, "LEI:X", "", "2026").name
    'lpp/LEI:X/-/2026'
    """

    kind: Kind
    holder: str = ""
    country: str = ""
    period: str = ""

    @property
    def name(self) -> str:
        return f"{self.kind}/{self.holder or '-'}/{self.country or '-'}/{self.period or '-'}"


def units_of(tpp: str | Decimal | int) -> int:
    """An amount of TPP in units.

    Raises:
        BadInput: it is no number, negative, too large, or finer than a unit.

    >>> units_of("15824.5")
    158245000
    """
    try:
        exact = Decimal(tpp)
    except InvalidOperation as error:
        raise BadInput(f"{tpp!r} is not a number.", remedy="Write the TPP as digits, such as 1500000.") from error
    if not exact.is_finite() or not 0 <= exact <= MOST_TPP:
        raise BadInput(f"{tpp} TPP cannot be entered.", remedy=f"An amount is from 0 to {MOST_TPP} TPP.")
    units = exact * UNITS_PER_TPP
    if units != int(units):
        raise BadInput(f"{tpp} TPP is too fine.", remedy="The ledger counts ten-thousandths of a TPP: four decimals.")
    return int(units)


def tpp_of(units: int) -> str:
    """Units as decimal TPP, exact.

    >>> tpp_of(158245000), tpp_of(20000), tpp_of(-5000)
    ('15824.5', '2', '-0.5')
    """
    whole, rest = divmod(abs(units), UNITS_PER_TPP)
    decimals = f".{rest:04d}".rstrip("0") if rest else ""
    return f"{'-' if units < 0 else ''}{whole}{decimals}"
