"""Company numbers: eight characters, as the register writes them, out of what people write."""

from __future__ import annotations

import re
from functools import lru_cache

from topco.registries.companies_house.meanings import texts

SCHEME = "GB-COH"
_DIGITS = re.compile(r"0*[1-9][0-9]*")
_PREFIXED = re.compile(r"([A-Z]{2})([0-9]{1,6})")
_OFFICIAL = re.compile(r"[A-Z0-9]{8}")
_LENGTH = 8
_AFTER_PREFIX = 6


@lru_cache(maxsize=65_536)
def stated_number(text: str) -> str | None:
    """The company number that a free text states; None if it states none beyond doubt.

    >>> stated_number("686734"), stated_number(" sc 12345 "), stated_number("oc301234")
    ('00686734', 'SC012345', 'OC301234')
    >>> stated_number("N/A"), stated_number("GB123456"), stated_number("123456789"), stated_number("0")
    (None, None, None, None)
    """
    plain = "".join(text.split()).upper()
    if not plain.isascii():
        return None
    if _DIGITS.fullmatch(plain) and len(plain) <= _LENGTH:
        return plain.zfill(_LENGTH)
    match = _PREFIXED.fullmatch(plain)
    if match and match[1].lower() in texts("number-prefix"):
        return match[1] + match[2].zfill(_AFTER_PREFIX)
    return None


def own_number(text: str) -> str | None:
    """The number of the company that a record of the register is about; None if it cannot be one.

    Any eight letters and digits: there are more forms than a free text is trusted with (`R0000123`, `IP12345R`).

    >>> own_number("08209948"), own_number("oe029880"), own_number("8209948"), own_number("IP12345R"), own_number("?")
    ('08209948', 'OE029880', '08209948', 'IP12345R', None)
    """
    plain = text.strip().upper()
    return plain if plain.isascii() and _OFFICIAL.fullmatch(plain) else stated_number(plain)
