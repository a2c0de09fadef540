"""Numbers, days and codes of lifted ties as evidence writes them; a tie with one that cannot be read is refused whole.

Shares are percentages. Starts and ends of periods follow `topco.registries.dates`: an instant on a whole quarter of an
hour late in the day, in UTC, is the midnight before the next day; a last day becomes the day after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from topco.namespaces import NAMESPACE
from topco.registries import percentages
from topco.registries.partial_dates import day_after
from topco.registries.rdf.lifting import EVIDENCE
from topco.registries.reference import folded, known_interests

if TYPE_CHECKING:
    import pyoxigraph as ox

FINAL = "urn:topco:rdf:final"
_TIES = ("ConsolidationStatement", "BranchStatement", "FundStatement", "OwnershipStatement", "HeadquartersStatement")
_SHARES = ("shareExact", "shareMinimum", "shareMaximum", "shareAbove", "shareBelow")
_FLAGS = ("shareMinimumExclusive", "shareMaximumExclusive")
_PERIODS = ("validFrom", "validTo", "statedStart", "statedEnd", "statedLastDay")
_INDIRECT = "directness"
_READ = frozenset((*_SHARES, *_FLAGS, *_PERIODS, _INDIRECT, "interestCode"))
_DAYS = frozenset(("lastUpdated", "nextRenewal", "statedOn"))
_WRITTEN = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?)?(Z|[+-]\d{2}:\d{2})?")
_NOON, _QUARTER = 12 * 60, 15


class Unreadable(Exception):
    """A value of a record that means nothing: its term, the value, and why."""

    def __init__(self, term: str, value: str, reason: str) -> None:
        super().__init__(reason)
        self.term, self.value, self.reason = term, value, reason


@dataclass
class Completed:
    """Records that were refused with term, value and reason, and how many days of changes were left out."""

    refused: dict[str, Unreadable] = field(default_factory=dict)
    odd_days: list[str] = field(default_factory=list)


def complete(database: ox.Store, incomplete: list[tuple[str, str]]) -> Completed:
    """Write the graph `FINAL`: the evidence with its numbers and days read, without the records that are refused."""
    done = Completed({record: Unreadable("record", record, f"{what} is missing") for record, what in incomplete})
    database.bulk_extend(_ties(database, done))
    database.bulk_extend(_others(database, done))
    return done


def _ties(database: ox.Store, done: Completed) -> Iterator[ox.Quad]:
    import pyoxigraph as ox

    from topco.store.quads import TYPE, GraphWriter, term_node

    writer = GraphWriter(ox.NamedNode(FINAL))
    graph = ox.NamedNode(EVIDENCE)
    for kind in _TIES:
        for quad in database.quads_for_pattern(None, TYPE, term_node(kind), graph):
            record = quad.subject
            assert isinstance(record, ox.NamedNode)  # blank nodes got names when the file was read
            values: dict[str, list[str]] = {}
            for found in database.quads_for_pattern(record, None, None, graph):
                name = found.predicate.value.removeprefix(NAMESPACE)
                if name in _READ:
                    values.setdefault(name, []).append(getattr(found.object, "value", str(found.object)))
            try:
                read = _read(values)
            except Unreadable as error:
                done.refused.setdefault(record.value, error)
                continue
            yield from writer.of(record, read)


def _others(database: ox.Store, done: Completed) -> Iterator[ox.Quad]:
    """Everything that needs no reading; days of changes and renewals as dates."""
    import pyoxigraph as ox

    from topco.store.quads import date_literal

    final = ox.NamedNode(FINAL)
    for quad in database.quads_for_pattern(None, None, None, ox.NamedNode(EVIDENCE)):
        name = quad.predicate.value.removeprefix(NAMESPACE)
        if getattr(quad.subject, "value", "") in done.refused or name in _READ:
            continue
        value = quad.object
        if name in _DAYS:
            day = calendar_day(value.value) if isinstance(value, ox.Literal) else None
            if day is None:
                done.odd_days.append(str(value))
                continue
            value = date_literal(day)
        yield ox.Quad(quad.subject, quad.predicate, value, final)


def _read(values: dict[str, list[str]]) -> dict[str, Any]:
    """The terms of one tie as they go into the graph."""
    from topco.store.quads import share_literal, term_node

    single = {name: _single(name, found) for name, found in values.items()}
    share = _share(single)
    if _INDIRECT in single:
        share = share.at_most()  # the holdings in between may spell the same share out again
    read: dict[str, Any] = {
        "shareExact": share_literal(share.share_exact),
        "shareMinimum": share_literal(share.share_min),
        "shareMinimumExclusive": share.share_min_exclusive,
        "shareMaximum": share_literal(share.share_max),
        "shareMaximumExclusive": share.share_max_exclusive,
        "validFrom": _first(single),
        "validTo": _end(single),
    }
    if read["validFrom"] and read["validTo"] and read["validTo"] < read["validFrom"]:
        raise Unreadable("validTo", str(read["validTo"]), "the end is before the start")
    if code := single.get("interestCode"):
        interest = known_interests().get(folded(code))
        if interest is None:
            raise Unreadable("interestType", code, "unknown type of interest")
        read["interestType"] = term_node(interest)
    return read


def _single(name: str, found: list[str]) -> str:
    several = sorted(set(found))
    if len(several) > 1:
        raise Unreadable(name, "; ".join(several), "several values where one is meant")
    return several[0]


def _share(values: dict[str, str]) -> percentages.Share:
    numbers = {name: _digits(name, values[name]) for name in _SHARES if name in values}
    exact = numbers.get("shareExact")
    if exact is not None:
        others = {Decimal(numbers[name]) for name in _SHARES[1:] if name in numbers}
        if others - {Decimal(exact)} or numbers.keys() & {"shareAbove", "shareBelow"}:
            raise Unreadable("shareExact", exact, "an exact share beside other bounds")
        found = percentages.exact(exact)
        if found is None:
            raise Unreadable("shareExact", exact, "no share between 0 and 100 percent")
        return found
    low, above = _bound(numbers, "shareMinimum", "shareAbove", _true(values, "shareMinimumExclusive"), max)
    high, below = _bound(numbers, "shareMaximum", "shareBelow", _true(values, "shareMaximumExclusive"), min)
    if low is None and high is None:
        return percentages.UNKNOWN
    band = percentages.band(low, high, above_low=above, below_high=below)
    if band is None:
        raise Unreadable("shareMinimum", f"{low} to {high}", "the bounds leave no share from 0 to 100 percent")
    return band


def _bound(numbers: dict[str, str], plain: str, strict: str, flagged: bool, tightest: Any) -> tuple[str | None, bool]:
    """The tighter of an inclusive and an exclusive bound, and whether it is excluded."""
    found = [(Decimal(numbers[name]), numbers[name], name == strict) for name in (plain, strict) if name in numbers]
    if not found:
        return None, False
    value = tightest(number for number, _, _ in found)
    text = next(written for number, written, _ in found if number == value)
    return text, any(number == value and (excluded or flagged) for number, _, excluded in found)


def _digits(name: str, text: str) -> str:
    """A number of any notation in plain digits."""
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise Unreadable(name, text, "not a percentage") from None
    if not number.is_finite() or abs(number.adjusted()) > len("100.") + 30:
        raise Unreadable(name, text, "no share between 0 and 100 percent")
    return format(number, "f")


def _true(values: dict[str, str], name: str) -> bool:
    return values.get(name) in ("true", "1")


def _first(values: dict[str, str]) -> date | None:
    return next((_day(name, values[name]) for name in ("validFrom", "statedStart") if name in values), None)


def _end(values: dict[str, str]) -> date | None:
    if "statedLastDay" in values:
        return day_after(_day("statedLastDay", values["statedLastDay"]))
    return next((_day(name, values[name]) for name in ("validTo", "statedEnd") if name in values), None)


def _day(name: str, text: str) -> date:
    """The day of a start or an end, where a late quarter of an hour in UTC is local midnight."""
    day = calendar_day(text)
    if day is None:
        raise Unreadable(name, text, "not a date")
    match = _WRITTEN.fullmatch(text.strip())
    if match and match[2] and match[6] == "Z" and not int(match[4] or 0) and not int(match[5] or 0):
        minutes = int(match[2]) * 60 + int(match[3])
        if minutes > _NOON and minutes % _QUARTER == 0:
            return day + timedelta(days=1)
    return day


def calendar_day(text: str) -> date | None:
    """The calendar day that a date or an instant is written with; None if it is none.

    >>> str(calendar_day("2019-01-31T23:30:00Z")), str(calendar_day("2019-01-31+01:00")), calendar_day("31.1.2019")
    ('2019-01-31', '2019-01-31', None)
    """
    match = _WRITTEN.fullmatch(text.strip())
    try:
        return date.fromisoformat(match[1]) if match else None
    except ValueError:
        return None
