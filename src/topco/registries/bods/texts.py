"""Texts with a form, as JSON Schema's formats and patterns mean them: dates, instants, addresses of resources.

Every form is one regular expression for a whole text, without look-around and back-references, so that the validator
can run it outside Python. Sources: RFC 3339 (dates, instants), RFC 3986 (URIs), ISO 8601 as the versions 0.1 to 0.3
allow it (a year, a month, a week, a day, with or without hyphens, perhaps with a time).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

_YEAR = r"(?:[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"
_LEAP_YEAR = r"(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)"
_DAY_OF_YEAR = (
    r"(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    r"|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
_DATE = rf"(?:{_YEAR}-{_DAY_OF_YEAR}|{_LEAP_YEAR}-02-29)"
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_INSTANT = rf"{_DATE}[Tt]{_CLOCK}:[0-5][0-9](?:\.[0-9]+)?(?:[Zz]|[+-]{_CLOCK})"
_YEAR_OR_MONTH = r"[0-9]{4}(?:-(?:1[0-2]|0[1-9]))?"

_MONTH = r"(?:0[1-9]|1[0-2])"
_DAY = r"(?:0[1-9]|[12][0-9]|3[01])"
_ORDINAL_DAY = r"(?:00[1-9]|0[1-9][0-9]|[12][0-9]{2}|3[0-5][0-9]|36[1-6])"
_HOUR = r"(?:[01][0-9]|2[0-3])"
_MINUTE = r"[0-5][0-9]"
_PART = r"[.,][0-9]+"
# Hours alone, or with minutes, or with seconds; only the last of them has a fraction. Without colons a fraction of the
# minutes may run into the seconds, which the standard's own pattern lets through.
_TIME = (
    rf"(?:{_HOUR}(?:{_PART})?"
    rf"|{_HOUR}:{_MINUTE}(?:{_PART}|:{_MINUTE}(?:{_PART})?)?"
    rf"|{_HOUR}{_MINUTE}(?:{_PART})?(?:{_MINUTE}(?:{_PART})?)?"
    rf"|24:?00(?:{_PART})?)"
)
_ZONE = rf"(?:[zZ]|[+-]{_HOUR}:?(?:{_MINUTE})?)"
_ISO = (
    rf"[+-]?[0-9]{{4}}(?:(?:-{_MONTH}(?:-{_DAY})?|{_MONTH}(?:{_DAY})?|-?W(?:[0-4][0-9]|5[0-2])(?:-?[1-7])?|-?{_ORDINAL_DAY})"
    rf"(?:[T\s](?:{_TIME})?{_ZONE}?)?)?"
)

_UNRESERVED = r"A-Za-z0-9\-._~"
_DELIMITERS = r"!$&'()*+,;="
_ESCAPED = r"%[0-9A-Fa-f]{2}"
_PATH_CHARACTER = rf"(?:[{_UNRESERVED}{_DELIMITERS}:@]|{_ESCAPED})"
_HOST = rf"(?:\[[0-9A-Fa-fvV:.{_UNRESERVED}{_DELIMITERS}]+\]|(?:[{_UNRESERVED}{_DELIMITERS}]|{_ESCAPED})*)"
_AUTHORITY = rf"(?:(?:[{_UNRESERVED}{_DELIMITERS}:]|{_ESCAPED})*@)?{_HOST}(?::[0-9]*)?"
_URI = (
    r"[A-Za-z][A-Za-z0-9+.\-]*:"
    rf"(?://{_AUTHORITY}(?:/{_PATH_CHARACTER}*)*|/(?:{_PATH_CHARACTER}+(?:/{_PATH_CHARACTER}*)*)?"
    rf"|{_PATH_CHARACTER}+(?:/{_PATH_CHARACTER}*)*|)"
    rf"(?:\?(?:{_PATH_CHARACTER}|[/?])*)?(?:#(?:{_PATH_CHARACTER}|[/?])*)?"
)


def whole(pattern: str) -> str:
    """A pattern that the whole text must match."""
    return f"^(?:{pattern})$"


Date = Annotated[str, StringConstraints(pattern=whole(_DATE))]
Instant = Annotated[str, StringConstraints(pattern=whole(_INSTANT))]
DateOrInstant = Annotated[str, StringConstraints(pattern=whole(f"{_DATE}|{_INSTANT}"))]
PartialDate = Annotated[str, StringConstraints(pattern=whole(f"{_YEAR_OR_MONTH}|{_DATE}"))]
IsoDate = Annotated[str, StringConstraints(pattern=whole(_ISO))]
Uri = Annotated[str, StringConstraints(pattern=whole(_URI))]
Version = Annotated[str, StringConstraints(pattern=whole(r"[0-9]+\.[0-9]+"))]
CountryCode = Annotated[str, StringConstraints(min_length=2, max_length=2)]
PlaceCode = Annotated[str, StringConstraints(min_length=2, max_length=6)]
StatementId = Annotated[str, StringConstraints(min_length=32, max_length=64)]
LongId = Annotated[str, StringConstraints(min_length=32)]
