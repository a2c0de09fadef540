"""The vintage of a load: the day whose state its files describe.

In this order: what the user says, the file's header, a date in the file's name, the latest update of a record in it,
the day on which the file was last changed. The last is a guess, so it comes with a warning.
"""

from __future__ import annotations

import re
from datetime import date

_IN_NAME = re.compile(r"(?<!\d)((?:19|20)\d{2})([-_]?)(\d{2})\2(\d{2})(?!\d)")

GIVEN = "given"
HEADER = "header"
NAME = "file name"
RECORDS = "latest update in the file"
MODIFIED = "date of the file"


def in_name(name: str) -> date | None:
    """The first date in a file's name.

    >>> in_name("20250302-0800-gleif-goldencopy-lei2-golden-copy.csv"), in_name("lei2-99999999.csv")
    (datetime.date(2025, 3, 2), None)
    """
    for match in _IN_NAME.finditer(name):
        try:
            return date(int(match[1]), int(match[3]), int(match[4]))
        except ValueError:
            continue
    return None


def without_date(name: str) -> str:
    """A name without the date that `in_name` finds in it.

    >>> without_date("acme-2025-03-02"), without_date("acme-99999999"), without_date("20250302_acme")
    ('acme-', 'acme-99999999', '_acme')
    """
    for match in _IN_NAME.finditer(name):
        try:
            date(int(match[1]), int(match[3]), int(match[4]))
        except ValueError:
            continue
        return name[: match.start()] + name[match.end() :]
    return name
