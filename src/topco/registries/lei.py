"""Legal entity identifiers: their form and their check digits.

An LEI has 18 letters or digits and two check digits (ISO 17442). The check is ISO/IEC 7064 MOD 97-10: with every letter
replaced by its number (A = 10 … Z = 35), the whole is 1 modulo 97. A few genuine LEIs fail it: a failure is a warning.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import numpy as np
import polars as pl

PATTERN = r"^[0-9A-Z]{20}$"
_WELL_FORMED = re.compile(PATTERN)
_PLACEHOLDER = "0" * 20


def is_well_formed(text: str) -> bool:
    """Whether a text has the form of an LEI: twenty capital letters or digits.

    >>> is_well_formed("5493001Z012YSB2A0K51"), is_well_formed("5493001Z012YSB2A0K5")
    (True, False)
    """
    return _WELL_FORMED.fullmatch(text) is not None


def passes(lei: str) -> bool:
    """Whether the check digits of a well-formed LEI are right.

    >>> passes("5493001Z012YSB2A0K51"), passes("5493001Z012YSB2A0K15")
    (True, False)
    """
    return int("".join(str(int(character, 36)) for character in lei)) % 97 == 1


def passes_check(column: pl.Expr) -> pl.Expr:
    """The same for a column, vectorised: null where the text is missing or is no LEI by its form.

    >>> frame = pl.DataFrame({"lei": ["5493001Z012YSB2A0K51", "5493001Z012YSB2A0K15", None, "?"]})
    >>> frame.select(passes_check(pl.col("lei")))["lei"].to_list()
    [True, False, None, None]
    """
    return column.map_batches(_passes, return_dtype=pl.Boolean, is_elementwise=True)


def _passes(leis: pl.Series) -> pl.Series:
    well_formed = leis.str.contains(PATTERN).fill_null(False)
    if not len(leis):
        return pl.Series(leis.name, [], dtype=pl.Boolean)
    texts = pl.select(pl.when(well_formed).then(leis).otherwise(pl.lit(_PLACEHOLDER))).to_series()
    characters = np.frombuffer("".join(texts.to_list()).encode("ascii"), dtype=np.uint8).reshape(-1, 20)
    right = pl.Series(leis.name, remainders(characters) == 1)
    return pl.select(pl.when(well_formed).then(right).otherwise(None).alias(leis.name)).to_series()


def remainders(
    characters: np.ndarray[tuple[int, int], np.dtype[np.uint8]],
) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """The remainders modulo 97 of texts of equal length, one text to a row of character codes.

    >>> remainders(np.frombuffer(b"5493001Z012YSB2A0K51", dtype=np.uint8).reshape(1, 20)).tolist()
    [1]
    """
    after = _transitions()
    remainder = np.zeros(len(characters), dtype=np.intp)
    for position in range(characters.shape[1]):
        remainder = after[remainder, characters[:, position]]
    return remainder


@cache
def _transitions() -> np.ndarray[Any, np.dtype[np.intp]]:
    """`table[r, c]`: the remainder modulo 97 after the character with code c, when it was r before."""
    table = np.zeros((97, 128), dtype=np.intp)
    before = np.arange(97)
    for value, character in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"):
        table[:, ord(character)] = (before * (10 if value < 10 else 100) + value) % 97
    return table
