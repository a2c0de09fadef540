"""Headquarters countries: `docs/resolution.md` § 4. Registered addresses and jurisdictions never stand in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from topco.ownership.graph import SEVERAL
from topco.ownership.layers import Flags, flagged, marked
from topco.ownership.status import Note

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from topco.ownership.closure import Closure
    from topco.ownership.snapshot import Evidence

UNKNOWN = -1


@dataclass(frozen=True)
class Headquarters:
    """The headquarters of every node: `code` is a position in `countries`, `UNKNOWN`, or `SEVERAL` alternatives.

    `seat` is the node on whose record the headquarters stands: the company itself, or a branch's head office.
    """

    countries: tuple[str, ...]
    code: NDArray[np.int16]
    seat: NDArray[np.int32]
    alternatives: dict[int, tuple[str, ...]]

    def country(self, node: int) -> str | None:
        """The one country; None if it is unknown or sources differ."""
        code = int(self.code[node])
        return self.countries[code] if code >= 0 else None

    def possible(self, node: int) -> tuple[str, ...]:
        """All countries that sources give: none, one, or the alternatives."""
        code = int(self.code[node])
        return self.alternatives[node] if code == SEVERAL else () if code == UNKNOWN else (self.countries[code],)

    def cells(self) -> pl.Series:
        """The country of every node for a table; alternatives joined by `;`."""
        labels = pl.Series([*self.countries, None, None], dtype=pl.String)
        positions = np.where(self.code >= 0, self.code, len(self.countries))
        cells = labels.gather(positions)
        if self.alternatives:
            places = sorted(self.alternatives)
            cells = cells.scatter(places, [";".join(self.alternatives[place]) for place in places])
        return cells


def headquarters(evidence: Evidence, closure: Closure) -> Headquarters:
    """Read the headquarters of every node off the sources that give one."""
    n = len(evidence.ids)
    usable = evidence.seats.select("node", "country")
    names = usable["country"].unique().sort()
    countries = tuple(names.to_list())
    given = usable["country"].cast(pl.Enum(names)).to_physical().cast(pl.Int16).to_numpy()
    node = usable["node"].to_numpy()
    own = np.full(n, UNKNOWN, np.int16)
    own[node] = given
    differing = node[own[node] != given]
    sets: dict[int, set[str]] = {int(one): set() for one in differing}
    if sets:
        for row in usable.filter(pl.col("node").is_in(list(sets))).iter_rows():
            sets[row[0]].add(row[1])
    own[differing] = SEVERAL

    branch_kind = _branch_records(evidence)
    by_step = (closure.notes & Note.BRANCH) != 0
    seat = closure.seat
    code = np.where(seat >= 0, own[np.maximum(seat, 0)], np.int16(UNKNOWN))
    code[flagged(branch_kind, seat)] = UNKNOWN
    alternatives = {place: tuple(sorted(sets[int(seat[place])])) for place in np.flatnonzero(code == SEVERAL).tolist()}
    for place in np.flatnonzero(seat == SEVERAL).tolist():
        found = _of_seats(closure.branches.ends(place), own, branch_kind, by_step, sets, countries)
        if len(found) > 1:
            code[place], alternatives[place] = SEVERAL, tuple(sorted(found))
        elif found:
            code[place] = countries.index(found.pop())
    return Headquarters(countries, code, seat, alternatives)


def _branch_records(evidence: Evidence) -> Flags:
    rows = evidence.entities.filter(pl.col("kind") == "Branch")["node"].to_numpy()
    return marked(len(evidence.ids), rows)


def _of_seats(
    seats: frozenset[int],
    own: NDArray[np.int16],
    branch_kind: Flags,
    by_step: Flags,
    sets: dict[int, set[str]],
    countries: tuple[str, ...],
) -> set[str]:
    """The headquarters of several head offices; a head office that is itself a branch gives none."""
    found: set[str] = set()
    for seat in seats:
        if branch_kind[seat] or by_step[seat]:
            continue
        if own[seat] == SEVERAL:
            found |= sets[seat]
        elif own[seat] != UNKNOWN:
            found.add(countries[own[seat]])
    return found
