"""Who has something in whom, read from the store only as far as somebody asks: the ground on which a chart is drawn.

1. Links are all that the loads in force say on the day: recorded steps of every kind, holdings and rights, and the
   links of funds. Nothing here depends on a parent test.
2. For parties that are read, and for all in a ring with them, all links down are known, and all links on every way up.
3. So every ring that a party that was read belongs to is known whole: whoever is in it stands above the party.
   The links of funds make no ring: their managers are no parents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from topco.identity.parties import party_table
from topco.ownership import graph
from topco.ownership.control import Family
from topco.ownership.control.criteria import COUNTED
from topco.ownership.holding_rows import counting, family
from topco.ownership.parent_tests import RELATIONSHIP_KINDS
from topco.ownership.questions.chart_walk import HELD, OF_FUND, RECORDED, Link
from topco.ownership.questions.levels import levels
from topco.ownership.shares import WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from topco.store.store import Store

# Each step upwards scans the links once. Chains are short; a longer one is followed on arrays.
_SCANS = 12


class Surroundings:
    """The links around parties of a store on a day."""

    def __init__(self, store: Store, as_of: date, known_as_of: date | None) -> None:
        self._links = _links(store, as_of, known_as_of)
        self._entities = party_table(store, "entities", ["id", "name", "standing"], known_as_of=known_as_of)
        self._above: dict[str, dict[str, Link]] = {}
        self._below: dict[str, dict[str, Link]] = {}
        self._read_up: set[str] = set()
        self._read_down: set[str] = set()
        self._ring_of: dict[str, tuple[str, ...]] = {}

    def read(self, parties: Iterable[str]) -> None:
        """Read all links of these parties, and all above them."""
        wanted = set(parties)
        down, frontier = wanted - self._read_down, wanted - self._read_up
        if not down and not frontier:
            return
        for scan in range(_SCANS):
            found = pl.col("below").is_in(_listed(frontier))
            if not scan:
                found |= pl.col("above").is_in(_listed(down))
                self._read_down |= down
            self._take(self._links.filter(found).collect())
            self._read_up |= frontier
            frontier = self._met(frontier) - self._read_up
            if not frontier:
                break
        else:
            beyond = self._beyond(frontier)
            self._take(self._links.filter(pl.col("below").is_in(_listed(beyond))).collect())
            self._read_up |= beyond
        self._find_rings()
        if others := {member for party in wanted for member in self.ring(party)} - self._read_down:
            self._take(self._links.filter(pl.col("above").is_in(_listed(others))).collect())
            self._read_down |= others

    def ring(self, party: str) -> tuple[str, ...]:
        """The members of the ring of a party that was read, sorted; the party alone if it is in none."""
        return self._ring_of.get(party, (party,))

    def above(self, party: str) -> dict[str, Link]:
        """Who has something in a party that was read, itself left out."""
        return self._above.get(party, {})

    def below(self, party: str) -> dict[str, Link]:
        """What a party that was read has something in, itself left out."""
        return self._below.get(party, {})

    def names(self, parties: Iterable[str]) -> dict[str, str]:
        """The names of parties that have one on record."""
        rows = self._entities.filter(pl.col("id").is_in(_listed(set(parties))) & pl.col("name").is_not_null())
        void = (pl.col("standing") == "Void").fill_null(value=False)
        first = rows.sort(void, maintain_order=True).unique("id", keep="first", maintain_order=True)
        return dict(first.select("id", "name").collect().iter_rows())

    def _met(self, parties: set[str]) -> set[str]:
        """Those directly above, over links that parents may stand at."""
        return {
            owner for party in parties for owner, link in self._above.get(party, {}).items() if link.sort != OF_FUND
        }

    def _beyond(self, frontier: set[str]) -> set[str]:
        """These parties and all above them, on the arrays of all links."""
        every = self._links.filter(pl.col("sort") != OF_FUND).select("above", "below").collect()
        start = pl.Series(sorted(frontier), dtype=pl.String)
        ids = pl.concat([every["above"].alias("id"), every["below"].alias("id"), start.alias("id")]).unique().sort()
        codes = pl.Enum(ids)
        above, below, first = (
            column.cast(codes).to_physical().to_numpy().astype(np.int32)
            for column in (every["above"], every["below"], start)
        )
        return set(ids.filter(pl.Series(levels(len(ids), below, above, first) >= 0)))

    def _take(self, rows: pl.DataFrame) -> None:
        for owner, company, sort, share in rows.iter_rows():
            link = Link(sort, share)
            known = self._above.setdefault(company, {}).get(owner)
            if known is None or link.better(known):
                self._above[company][owner] = link
                self._below.setdefault(owner, {})[company] = link

    def _find_rings(self) -> None:
        ids = sorted(self._read_up)
        place = {one: number for number, one in enumerate(ids)}
        pairs = [
            (number, place[owner])
            for number, company in enumerate(ids)
            for owner, link in self._above.get(company, {}).items()
            if link.sort != OF_FUND and owner in place
        ]
        ends = np.array(pairs, np.int32).reshape(-1, 2)
        component, count = graph.components(*graph.adjacency(len(ids), ends[:, 0], ends[:, 1]))
        members: list[list[str]] = [[] for _ in range(count)]
        for number, one in enumerate(component.tolist()):
            members[one].append(ids[number])
        self._ring_of = {one: tuple(ring) for ring in members if len(ring) > 1 for one in ring}


def _links(store: Store, as_of: date, known_as_of: date | None) -> pl.LazyFrame:
    """Owner (`above`), company (`below`), sort and greatest share of every link of the day between two parties."""
    period = ["standing", "valid_from", "valid_to"]
    recorded = party_table(store, "relationships", ["child", "parent", "kind", *period], known_as_of=known_as_of)
    steps = pl.col("kind").is_in(list(RELATIONSHIP_KINDS))
    shares = ["share_exact", "share_max"]
    held = party_table(store, "holdings", ["owner", "owned", "interest", *shares, *period], known_as_of=known_as_of)
    most = pl.coalesce("share_exact", "share_max")
    nothing = family().is_in([int(one) for one in COUNTED]) & (most == 0).fill_null(value=False)
    links = pl.concat(
        [
            counting(recorded, as_of).select(
                above="parent",
                below="child",
                sort=pl.when(steps).then(RECORDED).otherwise(OF_FUND).cast(pl.Int8),
                share=pl.lit(0, dtype=pl.Int64),
            ),
            counting(held, as_of)
            .filter(~nothing)
            .select(
                above="owner",
                below="owned",
                sort=pl.lit(HELD, dtype=pl.Int8),
                # a right to the board decides without a share
                share=pl.when(family() == int(Family.BOARD)).then(WHOLE).otherwise(most.fill_null(0)),
            ),
        ]
    )
    return links.filter(pl.col("above") != pl.col("below"))


def _listed(parties: set[str]) -> pl.Series:
    return pl.Series(sorted(parties), dtype=pl.String).implode()
