"""Parties and integrated shares as the ownership answers write them."""

from __future__ import annotations

from functools import cached_property
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np

from topco.errors import BadInput, NotFound
from topco.ownership.integrated import IntegratedShares, in_percent
from topco.ownership.questions.levels import levels
from topco.ownership.shares import WHOLE, percent, units

if TYPE_CHECKING:
    from topco.ownership.integrated_graph import PositionGraph
    from topco.ownership.layers import Flags
    from topco.ownership.resolution import Resolver
    from topco.ownership.snapshot import Evidence

Answer = dict[str, Any]


class Described:
    """Names, kinds and headquarters of the parties of one evidence."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._kinds = [*resolver.evidence.entities["kind"], None]

    def named(self, node: int) -> Answer:
        """Identifier and name; no name where no record is loaded."""
        return {"id": self._resolver.evidence.ids[node], "name": self._resolver.name(node)}

    def party(self, node: int) -> Answer:
        """The same with the kind of the party."""
        return {**self.named(node), "kind": self._kinds[int(self._resolver.evidence.entity_row[node])]}

    def seat(self, node: int) -> Answer:
        """The headquarters country; where sources differ none, and the alternatives beside."""
        countries = list(self._resolver.headquarters.possible(node))
        return {
            "hq_country": self._resolver.headquarters.country(node),
            "hq_alternatives": countries if len(countries) > 1 else [],
        }

    def asked(self) -> Answer:
        """Under which test and on which days the answer holds."""
        evidence = self._resolver.evidence
        return {
            "test": evidence.test.name,
            "as_of": evidence.as_of.isoformat(),
            "known_as_of": self._resolver.known_as_of.isoformat(),
        }

    def rings(self, shares: IntegratedShares | None) -> list[Answer]:
        """The rings that integrated shares go through: `open`, `closed` or `overflowing`, with their members."""
        ids = self._resolver.evidence.ids
        return [
            {"kind": ring.kind, "members": [ids[member] for member in ring.members]}
            for ring in (() if shares is None else shares.rings)
        ]


class Figures:
    """Integrated shares in percent: of many owners in one company (`upwards`), or of one owner in many companies."""

    def __init__(
        self, graph: PositionGraph | None, start: int, shares: IntegratedShares | None, *, upwards: bool
    ) -> None:
        self._graph, self._start, self._upwards, self._shares = graph, start, upwards, shares
        parties = [] if shares is None else shares.party.tolist()
        self._place = {party: place for place, party in enumerate(parties)}
        self._error = None if shares is None else certified(shares.error)

    def of(self, party: int) -> dict[str, str | None]:
        """Bounds and certified error; none where no path of shares leads to the party.

        Where there is a path and no figure, the share is less than the error: 0.
        """
        if self._shares is not None and party in self._place:
            place = self._place[party]
            low, high = in_percent(float(self._shares.lower[place])), in_percent(float(self._shares.upper[place]))
        elif self._reached is not None and self._reached[party]:
            low, high = "0", "0"
        else:
            return {"lower": None, "upper": None, "error": None}
        return {"lower": low, "upper": high, "error": self._error}

    @cached_property
    def _reached(self) -> Flags | None:
        if self._graph is None:
            return None
        near, far = (self._graph.owner, self._graph.owned)[:: -1 if self._upwards else 1]
        reached: Flags = levels(self._graph.n, near, far, np.array([self._start], np.int32)) > 0
        return reached


def node_named(evidence: Evidence, identifier: str) -> int:
    """The node of an identifier.

    Raises:
        BadInput: no row of the evidence names it.
    """
    (node,) = evidence.node_of([identifier])
    if node is None:
        raise NotFound(f"No loaded record names {identifier}.", remedy="Look it up by name: topco search TEXT.")
    return node


def certified(error: float) -> str:
    """What a figure that is printed in whole units may be wrong by, in percent.

    >>> certified(0.0), certified(9e-10)
    ('0.0000001', '0.0000002')
    """
    return percent(ceil(error * WHOLE + 0.5))


def cut_off(text: str) -> int:
    """A cut-off in percent, in units.

    Raises:
        BadInput: it is no percentage from 0 to 100.

    >>> cut_off("1")
    10000000
    """
    found = units(text)
    if not 0 <= found <= WHOLE:
        raise BadInput(f"{text} percent is no cut-off.", remedy="Give a percentage from 0 to 100.")
    return found


def between(low: str | None, high: str | None) -> str:
    """Two bounds for people.

    >>> between("50", "50"), between("25", "75"), between(None, None)
    ('50', '25 to 75', '')
    """
    if low is None:
        return ""
    return low if low == high else f"{low} to {high}"


def bounds(lower: float | None, upper: float | None) -> dict[str, str | None]:
    """Two fractions as percentages."""
    return {
        "lower": None if lower is None else in_percent(lower),
        "upper": None if upper is None else in_percent(upper),
    }
