"""Books for the tests of the ledger: a clock that stands still, groups that are told, and the words of an order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from topco.ledger.accounts import UNITS_PER_TPP, Kind
from topco.ledger.book import Book
from topco.ledger.groups import RESOLVED, Owner
from topco.ledger.requests import Change, Order

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2025, 6, 1)
NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)


@dataclass
class ToldGroups:
    """Groups by party and the day from which each holds; who is not told is his own top. `aliases`: one party."""

    parents: dict[str, list[tuple[date, str | None]]] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    hq: dict[str, str | None] = field(default_factory=dict)

    def owner(self, party: str, day: date) -> Owner:
        known = [group for since, group in self.parents.get(party, [(date.min, party)]) if since <= day]
        group = known[-1]
        return Owner(party, group, RESOLVED if group else "withheld", self.hq.get(party), "loads")

    def same(self, ids: Iterable[str]) -> Mapping[str, str]:
        return {one: self.aliases.get(one, one) for one in ids}

    def identifiers(self, one: str) -> frozenset[str]:
        party = self.aliases.get(one, one)
        return frozenset({party, *(alias for alias, other in self.aliases.items() if other == party)})


def book(folder: Path, groups: ToldGroups | None = None) -> Book:
    return Book(folder, groups=groups or ToldGroups(), clock=lambda: NOW)


def order(kind: str, tpp: int, **more: Any) -> Order:
    """An order of whole TPP, with what the tests do not care about filled in."""
    base: dict[str, Any] = {"determination": "det:1", "author": "ann", "day": DAY}
    if kind == "country":
        base["country"] = "IN"
    else:
        base["party"] = "X:company"
        if kind != "lpp":
            base["country"] = "IN"
    return Order(kind=Kind(kind), units=tpp * UNITS_PER_TPP, **{**base, **more})


def change(about: int, tpp: int | None = None, **more: Any) -> Change:
    units = None if tpp is None else tpp * UNITS_PER_TPP
    return Change(about=about, units=units, **{"author": "ann", "day": DAY, **more})


def tpp(units: int | None) -> int | None:
    return None if units is None else units // UNITS_PER_TPP
