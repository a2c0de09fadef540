"""Until when a record is kept at least: the years that the regulation of today names, from what is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from topco import knowledge
from topco.errors import NotModelled
from topco.namespaces import term
from topco.records.record import Kind, Record

_FILE = "rules/regulation/record-keeping.ttl"
_NAME = "parameter/record_retention_years"


@dataclass(frozen=True)
class Retention:
    """A number of years with its citation, for some days of asking."""

    years: int
    cite: str
    start: date
    end: date | None

    def until(self, begun: date) -> date:
        """The last day of a period that began on a day; the calendar's last where the period would end after it.

        >>> Retention(5, "762.6(a)", date(2023, 1, 1), None).until(date(2024, 2, 29)).isoformat()
        '2029-03-01'
        """
        if begun.year + self.years > date.max.year:
            return date.max
        try:
            return begun.replace(year=begun.year + self.years)
        except ValueError:  # 29 February: a day longer rather than one shorter
            return date(begun.year + self.years, 3, 1)


def retention(today: date) -> Retention:
    """The period that the regulation names on a day.

    Raises:
        NotModelled: it names none.
    """
    for one in _values():
        if one.start <= today and (one.end is None or today < one.end):
            return one
    raise NotModelled(f"The rules give no retention period on {today}.")


def begun(record: Record) -> date:
    """From when the period runs at least: the day it was kept, or the transaction's, whichever is later.

    A later export, reexport, transshipment or other end of the transaction begins it anew; nobody tells the record.
    """
    kept = date.fromisoformat(record.envelope.moment[:10])
    if record.kind is Kind.SCREENING:
        return kept
    return max(kept, date.fromisoformat(record.content["frame"]["as_of"]))


@cache
def _values() -> tuple[Retention, ...]:
    found = []
    for about in knowledge.facts(_FILE).values():
        if _ends(about, "ofParameter"):
            (value,), (cite,), (start,) = (about[term(name)] for name in ("value", "citation", "from"))
            end = next(iter(about.get(term("to"), ())), None)
            found.append(
                Retention(int(value), cite, date.fromisoformat(start), date.fromisoformat(end) if end else None)
            )
    return tuple(found)


def _ends(about: Mapping[str, Any], name: str) -> bool:
    return any(value.endswith(_NAME) for value in about.get(term(name), ()))
