"""Names made comparable: without case, accents and punctuation, in any script."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

# Letters that do not decompose into a base letter and a mark.
_LETTERS = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
_WORDS = re.compile(r"\w+")


def fold(text: str) -> str:
    """Lower case, no accents, compatibility forms unified.

    >>> fold("Łódź GROẞE Société"), fold("Ｂａｎｋ")
    ('lodz grosse societe', 'bank')
    """
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    return "".join(_LETTERS.get(character, character) for character in plain)


def words(text: str) -> list[str]:
    """The folded words of a name.

    >>> words("Foo-Bar, S.à r.l.")
    ['foo', 'bar', 's', 'a', 'r', 'l']
    """
    return _WORDS.findall(fold(text))


def folded(column: str) -> pl.Expr:
    """`fold` of a column of names; plain ASCII, the usual case, is only put into lower case."""
    import polars as pl

    name = pl.col(column)
    lower = name.str.to_lowercase()
    marked = lower.str.normalize("NFKD").str.replace_all(r"\p{M}", "").str.replace_many(_LETTERS)
    return pl.when(name.str.len_bytes() == name.str.len_chars()).then(lower).otherwise(marked)
