"""Which rows are exported: those of the loads in force, or of the group around some parties; of all days or of one.

The group around a party is the party, all that stands above it by any tie or holding, and all that stands below it by
consolidation, branch or holding (the funds that a company manages are no part of its group). One party under several
identifiers is followed under each of them. Of every company in the group all ties and holders are exported, and the
records about these, so that no share looks like the whole; so is every tie that names a party asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from topco.errors import BadInput, NotFound
from topco.identity.parties import parties
from topco.ownership.parent_tests import RELATIONSHIP_KINDS
from topco.store.schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from topco.store.manifest import Load
    from topco.store.store import Store

# Which parties a row is about; a row is of the group if one of them is. Ties and holdings belong to their lower side.
ABOUT = {
    "entities": ("id",),
    "names": ("id",),
    "relationships": ("child",),
    "absences": ("subject",),
    "holdings": ("owned",),
    "identifiers": ("id",),
    "headquarters": ("id",),
    "judgements": ("first", "second"),
    "listings": ("id",),
}
# Tables whose rows are about the group proper; those of the other tables also about everyone whom these name.
_OF_GROUP = frozenset({"relationships", "absences", "holdings"})
_DATED = frozenset({"relationships", "holdings", "headquarters", "listings"})


@dataclass(frozen=True)
class Selection:
    """The rows to export.

    Attributes:
        store: an open store.
        loads: the loads whose rows are exported, the oldest vintage first.
        asked: the parties around which the group is taken; empty for everything.
        as_of: only rows whose period holds this day, and that have not ended or been void; None for rows of all days.
        known_as_of: the day of knowledge, by which the loads were chosen; None for now.
    """

    store: Store
    loads: tuple[Load, ...]
    asked: tuple[str, ...] = ()
    as_of: date | None = None
    known_as_of: date | None = None

    def table(self, name: str) -> pl.LazyFrame:
        """The rows of one evidence table, lazily, with the column `load`."""
        rows = self._of_day(name, self.store.table(name, loads=self.loads))
        if not self.asked:
            return rows
        if name not in ABOUT:
            raise KeyError(f"no column says which parties a row of {name} is about")
        whom = (self.group if name in _OF_GROUP else self.named).implode()
        about = [pl.col(column).is_in(whom) for column in ABOUT[name]]
        if name == "relationships":
            about.append(pl.col("parent").is_in(list(self.asked)))
        return rows.filter(pl.any_horizontal(about))

    def of(self, loads: Iterable[Load]) -> Selection:
        """The same parties and the same day, from some of the loads only."""
        part = replace(self, loads=tuple(loads))
        if self.asked:
            # The group hangs on all loads: what is computed for them holds for the part as well.
            vars(part).update(group=self.group, named=self.named)
        return part

    def count(self, name: str) -> int:
        """How many rows of a table are exported."""
        found: int = self.table(name).select(pl.len()).collect(engine="streaming").item()
        return found

    @cached_property
    def group(self) -> pl.Series:
        """The parties asked for, and all above and below them.

        Raises:
            BadInput: no row names one of the parties.
        """
        self._check_known()
        up, down = self._steps("up"), self._steps("down")
        asked = set(self.asked)
        return pl.Series(sorted(_reached(asked, up) | _reached(asked, down)), dtype=pl.String)

    @cached_property
    def named(self) -> pl.Series:
        """The group, and everyone whom the rows about it name."""
        sides = (("relationships", "child"), ("relationships", "parent"), ("holdings", "owner"))
        others = [
            self.table(table).select(id=pl.col(column).unique()).collect(engine="streaming")["id"]
            for table, column in sides
        ]
        return pl.concat([self.group.alias("id"), *others]).unique().sort()

    def originals(self) -> pl.LazyFrame:
        """The texts of source records: all, or those from which some selected row was made.

        A record may have several rows, whose names then continue its own name by one or two parts.
        """
        texts = self.store.table("originals", loads=self.loads)
        if not self.asked and self.as_of is None:
            return texts
        own = pl.concat([self.table(name).select("record") for name in ABOUT])
        shorter = own.select(pl.col("record").str.replace(r"/[^/]*$", ""))
        shortest = shorter.select(pl.col("record").str.replace(r"/[^/]*$", ""))
        return texts.join(pl.concat([own, shorter, shortest]).unique(), on="record", how="semi")

    def _of_day(self, name: str, rows: pl.LazyFrame) -> pl.LazyFrame:
        if self.as_of is None:
            return rows
        if "standing" in TABLES[name] and name in _DATED:
            standing = pl.col("standing").fill_null("Current")
            rows = rows.filter((standing == "Current") | ((standing == "Ended") & pl.col("valid_to").is_not_null()))
        if name in _DATED:
            day = pl.lit(self.as_of)
            rows = rows.filter(
                (pl.col("valid_from").is_null() | (pl.col("valid_from") <= day))
                & (pl.col("valid_to").is_null() | (pl.col("valid_to") > day))
            )
        return rows

    def _rows(self, name: str, columns: Sequence[str]) -> pl.LazyFrame:
        return self._of_day(name, self.store.table(name, loads=self.loads)).select(*columns)

    def _steps(self, direction: str) -> pl.LazyFrame:
        """Pairs of parties (`near`, `far`) that lead from one party to the next."""
        near, far = ("child", "parent") if direction == "up" else ("parent", "child")
        ties = self._rows("relationships", ("child", "parent", "kind"))
        if direction == "down":
            ties = ties.filter(pl.col("kind").is_in(list(RELATIONSHIP_KINDS)))
        held, holder = ("owned", "owner") if direction == "up" else ("owner", "owned")
        same = parties(self.store, self.known_as_of).parties.lazy()
        return pl.concat(
            [
                ties.select(near=near, far=far),
                self._rows("holdings", ("owner", "owned")).select(near=held, far=holder),
                same.select(near="id", far="party"),
                same.select(near="party", far="id"),
            ]
        )

    def _check_known(self) -> None:
        wanted = pl.Series(self.asked, dtype=pl.String).implode()
        known: set[str] = set()
        places = [(name, column) for name, columns in ABOUT.items() for column in columns]
        for name, column in (*places, ("relationships", "parent"), ("holdings", "owner"), ("identifiers", "other_id")):
            rows = self.store.table(name, [column], loads=self.loads).filter(pl.col(column).is_in(wanted))
            known.update(rows.select(pl.col(column).unique()).collect(engine="streaming")[column])
        if missing := sorted(set(self.asked) - known):
            raise NotFound(
                f"No loaded record names {', '.join(missing)}.", remedy="Look it up by name: topco search TEXT."
            )


def selection(
    store: Store, asked: Sequence[str] = (), as_of: date | None = None, known_as_of: date | None = None
) -> Selection:
    """What to export of a store.

    Raises:
        BadInput: no load is in force.
    """
    loads = sorted(store.current_loads(known_as_of), key=lambda load: (load.precedence, load.id))
    if not loads:
        raise BadInput(
            "No load is in force, so there is nothing to export.",
            where=str(store.path),
            remedy="Load registry files first, or ask for a later day by --known-as-of.",
        )
    return Selection(store, tuple(loads), tuple(dict.fromkeys(asked)), as_of, known_as_of)


def _reached(start: set[str], steps: pl.LazyFrame) -> set[str]:
    """The start and all that steps lead to; each round reads the pairs once, so a chain costs its length."""
    seen, frontier = set(start), sorted(start)
    while frontier:
        near = pl.Series(frontier, dtype=pl.String).implode()
        met = steps.filter(pl.col("near").is_in(near)).select(pl.col("far").unique()).collect(engine="streaming")
        frontier = sorted(set(met["far"]) - seen)
        seen.update(frontier)
    return seen
