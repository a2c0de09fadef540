"""Values of a record, checked: texts, dates, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from topco.registries import json_window

LONGEST = 4_000
NO_DATE = "not a date"


class Unusable(Exception):
    """A value makes its record unusable: the column, what stands there, and why it cannot be taken."""

    def __init__(self, column: str, value: object, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.value = printable(value)
        self.reason = reason


def printable(value: object) -> str | None:
    """A value as text that can be written; half characters are replaced.

    >>> printable(None), printable(7), printable(chr(0xD800))
    (None, '7', '?')
    """
    return json_window.printable(value, LONGEST)


def text(record: Mapping[str, Any], key: str) -> str | None:
    """The text under a key, without blanks around it; None if there is none.

    Raises:
        Unusable: the value is no text, is far too long, or holds half characters.

    >>> text({"name": "  Acme "}, "name"), text({"name": " "}, "name"), text({}, "name")
    ('Acme', None, None)
    """
    value = record.get(key)
    if value is None:
        return None
    if not isinstance(value, str):
        raise Unusable(key, value, "not a text")
    if len(value) > LONGEST:
        raise Unusable(key, value[:100], f"longer than {LONGEST} characters")
    if not value.isascii():
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise Unusable(key, value, "half a character") from None
    return value.strip() or None


def part(record: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The object under a key; an empty one if there is none.

    Raises:
        Unusable: the value is no object.
    """
    value = record.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Unusable(key, value, "not an object")
    return value


def iso_day(record: Mapping[str, Any], key: str) -> date | None:
    """The calendar date under a key, written year first; None if there is none.

    Raises:
        Unusable: the value is no such date.

    >>> iso_day({"ceased_on": "2021-12-13"}, "ceased_on")
    datetime.date(2021, 12, 13)
    """
    written = text(record, key)
    if written is None:
        return None
    day = _iso(written)
    if day is None:
        raise Unusable(key, written, NO_DATE)
    return day


def british_day(record: Mapping[str, Any], key: str) -> date | None:
    """The calendar date under a key, written DD/MM/YYYY as Basic Company Data does; None if there is none.

    Raises:
        Unusable: the value is no such date.

    >>> british_day({"IncorporationDate": "11/09/2012"}, "IncorporationDate")
    datetime.date(2012, 9, 11)
    """
    written = text(record, key)
    if written is None:
        return None
    turned = "-".join(reversed(written.split("/")))
    day = _iso(turned) if len(written) == len("DD/MM/YYYY") and written.count("/") == 2 else None
    if day is None:
        raise Unusable(key, written, f"{NO_DATE} of the form DD/MM/YYYY")
    return day


@lru_cache(maxsize=65_536)
def _iso(written: str) -> date | None:
    # fromisoformat alone would take weeks (2016-W15-3) and dates without hyphens.
    if len(written) != len("YYYY-MM-DD") or written[4] != "-" or written[7] != "-":
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None
