"""What a resolution can be derived from again: the rows of registers about an entity and all above it.

A proof shows the rows that decide. Its basis keeps all rows of the way up, those that decide nothing among them, so
that another machine can resolve the entity from the basis alone and come to the same proof.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from topco import __version__, knowledge
from topco.identity.parties import parties
from topco.ownership.holding_rows import counting
from topco.ownership.neighbourhood import tables_about
from topco.ownership.parent_tests import parent_test
from topco.store.having import Having
from topco.store.kept_rows import Kept, keep, keep_load

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from topco.ownership.parent_tests import ParentTest
    from topco.ownership.snapshot import Tables
    from topco.store.store import Store

KNOWLEDGE = ("ontology", "queries", "rules", "data/reference")
"""The folders that an answer rests on."""
MOST_ROWS = 2_000
"""More rows than this are not kept with an answer: it is verified against its store."""

# The columns by which a row is about a party.
_ABOUT = {
    "entities": ("id",),
    "relationships": ("child",),
    "absences": ("subject",),
    "holdings": ("owned",),
    "identifiers": ("id", "other_id"),
    "headquarters": ("id",),
    "judgements": ("first", "second"),
}
_BELOW = {"relationships": ("parent", "kind"), "holdings": ("owner",)}


class Grounds:
    """The rows that the resolutions of some entities on one day rest on; read when the first is asked for.

    `tables` are those of `tables_about` for the same entities, if they are at hand.
    """

    def __init__(
        self,
        store: Store,
        asked: Sequence[str],
        as_of: date,
        known_as_of: date | None,
        test: ParentTest,
        tables: Tables | None = None,
    ) -> None:
        self._store = store
        self._asked = list(dict.fromkeys(asked))
        self._as_of = as_of
        self._known_as_of = known_as_of
        # Also where the test looks at no holdings: what listed owners have hangs on them.
        self._test = test if test.criteria is not None else parent_test()
        self._parties = parties(store, known_as_of)
        self._tables = tables if self._test == test else None

    @cached_property
    def loads(self) -> list[Kept]:
        """The loads in force."""
        return [keep_load(load) for load in self._store.current_loads(self._known_as_of)]

    def of(self, party: str) -> list[Kept] | None:
        """The rows about a party and all above it, in the order of tables and records; None: they are too many."""
        above = self._reached(party)
        near = self._near(above)
        for other in {*near["first"], *near["second"]} - above:
            above |= self._reached(other)
        found: dict[str, Kept] = {}
        for identifier in sorted(one for party_above in above for one in self._identifiers(party_above)):
            for kept in self._rows.get(identifier, ()):
                found[kept["hash"]] = kept
        for kept in self._rows_below.get(party, ()):
            found[kept["hash"]] = kept
        return sorted(found.values(), key=place_of) if len(found) <= MOST_ROWS else None

    @cached_property
    def _above(self) -> dict[str, list[str]]:
        """By party, those directly above it: for all on the way up, and from who may be one with one of them; those
        asked about and these others are there even if nobody is above them.
        """
        found = self._steps_in(self._tables, self._asked) if self._tables else self._steps_from(self._asked)
        near = self._near({*found, *(one for above in found.values() for one in above)})
        others = sorted({*near["first"], *near["second"]} - found.keys())
        return found | self._steps_from(others) if others else found

    def _near(self, reached: set[str]) -> pl.DataFrame:
        """The undecided pairs that touch these parties."""
        pairs = self._parties.undecided
        about = pl.Series(sorted(reached), dtype=pl.String).implode()
        return pairs.filter(pl.col("first").is_in(about) | pl.col("second").is_in(about))

    def _steps_from(self, parties_asked: list[str]) -> dict[str, list[str]]:
        tables = tables_about(self._store, parties_asked, self._as_of, self._known_as_of, self._test)
        return self._steps_in(tables, parties_asked)

    @staticmethod
    def _steps_in(tables: Tables, parties_asked: list[str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {party: [] for party in parties_asked}
        for rows, below, above in ((tables.relationships, "child", "parent"), (tables.holdings, "owned", "owner")):
            for company, other in rows.select(below, above).unique().iter_rows():
                found.setdefault(company, []).append(other)
        return found

    def _reached(self, party: str) -> set[str]:
        seen, waiting = {party}, [party]
        while waiting:
            new = [one for one in self._above.get(waiting.pop(), ()) if one not in seen]
            seen.update(new)
            waiting += new
        return seen

    @cached_property
    def _of_party(self) -> dict[str, list[str]]:
        """The identifiers of every party that is reached."""
        reached = {one for party, above in self._above.items() for one in (party, *above)}
        wanted = pl.Series(sorted(reached), dtype=pl.String).implode()
        found: dict[str, list[str]] = {}
        rows = self._parties.parties.filter(pl.col("party").is_in(wanted)).select("id", "party")
        for identifier, party in rows.iter_rows():
            found.setdefault(party, []).append(identifier)
        return {party: found.get(party, [party]) for party in reached}

    def _identifiers(self, party: str) -> list[str]:
        return self._of_party.get(party, [party])

    @cached_property
    def _everybody(self) -> pl.Series:
        return pl.Series(sorted(one for ids in self._of_party.values() for one in ids), dtype=pl.String)

    @cached_property
    def _rows(self) -> dict[str, list[Kept]]:
        """The rows of all tables by the identifiers that they are about."""
        found: dict[str, list[Kept]] = {}
        frames = pl.collect_all(
            [
                self._store.table(table, known_as_of=self._known_as_of, having=Having(columns, self._everybody))
                for table, columns in _ABOUT.items()
            ]
        )
        for (table, columns), rows in zip(_ABOUT.items(), frames, strict=True):
            for kept in keep(table, rows.iter_rows(named=True)):
                for identifier in {kept["cells"].get(column) for column in columns}:
                    found.setdefault(identifier, []).append(kept)
        return found

    @cached_property
    def _rows_below(self) -> dict[str, list[Kept]]:
        """For each entity asked about, one row of each kind from below that names it: that others do is known of it."""
        names = {one: party for party in self._asked for one in self._identifiers(party)}
        wanted = pl.Series(sorted(names), dtype=pl.String)
        found: dict[str, list[Kept]] = {}
        for table, columns in _BELOW.items():
            having = Having((columns[0],), wanted)
            rows = self._store.table(table, known_as_of=self._known_as_of, having=having)
            # Those of the day: one that has ended does not stand for one that has not.
            of_day = counting(rows, self._as_of).sort("load", "record", "row")
            first = of_day.unique(list(columns), keep="first", maintain_order=True).collect()
            for kept in keep(table, first.iter_rows(named=True)):
                found.setdefault(names[kept["cells"][columns[0]]], []).append(kept)
        return found


def made_with() -> dict[str, str]:
    """The version of the program, and of everything that it reads: rules, vocabulary, queries, lists of countries."""
    return {"program": __version__, "knowledge": knowledge.digest(*KNOWLEDGE)}


def place_of(kept: Kept) -> tuple[str, str, str, str]:
    """What kept rows are sorted by."""
    return kept["table"], kept["load"], kept["cells"].get("record", ""), kept["hash"]


def merged(parts: Iterable[list[Kept] | None]) -> list[Kept] | None:
    """The rows of several bases, each once; None if one of them is not kept."""
    found: dict[str, Kept] = {}
    for rows in parts:
        if rows is None:
            return None
        found.update((kept["hash"], kept) for kept in rows)
    return sorted(found.values(), key=place_of)
