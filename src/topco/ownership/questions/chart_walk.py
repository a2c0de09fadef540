"""Which parties a chart shows: from the subject up and down, then wherever somebody opened a place.

1. A ring is one place; every other party is a place of its own.
2. Levels are opened first, upwards before downwards, then what is expanded in the order in which it is asked for: each
   opening of a place in a direction shows up to `fan` more of its neighbours. Expanding thus only ever adds places.
3. Upwards recorded steps come first, then greater shares; downwards recorded steps, then names.
4. Levels stop at `limit` places; expansions go on up to `MOST` boxes. What was reached and not shown is counted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

UP, DOWN, MEMBERS = "up", "down", "members"
WAYS = (UP, DOWN, MEMBERS)
RING = "ring:"
MOST = 500

Place = tuple[str, ...]
"""The members of a ring, sorted; a party alone if it is in none."""


class Expansion(NamedTuple):
    """A node of a chart and what is opened there: `up`, `down`, or the `members` of a ring."""

    node: str
    way: str


RECORDED, HELD, OF_FUND = range(3)


class Link(NamedTuple):
    """The weightiest link between an owner and a company: its sort (the constants above) and its greatest share."""

    sort: int
    share: int

    def better(self, other: Link) -> bool:
        """Whether this link says more than the other one.

        >>> Link(RECORDED, 0).better(Link(HELD, 5)), Link(HELD, 4).better(Link(HELD, 5))
        (True, False)
        """
        return (self.sort, -self.share) < (other.sort, -other.share)


class Known(Protocol):
    """What `topco.ownership.questions.surroundings.Surroundings` knows."""

    def read(self, parties: Iterable[str]) -> None: ...
    def ring(self, party: str) -> Place: ...
    def above(self, party: str) -> Mapping[str, Link]: ...
    def below(self, party: str) -> Mapping[str, Link]: ...
    def names(self, parties: Iterable[str]) -> Mapping[str, str]: ...


@dataclass
class Shown:
    """The places of a chart in the order in which they were met, the subject's first.

    Attributes:
        open: the rings whose members are boxes of their own.
        expanded: the expansions that had a node to open.
        left: parties that were reached and had no room.
    """

    places: dict[Place, None] = field(default_factory=dict)
    open: set[Place] = field(default_factory=set)
    expanded: list[Expansion] = field(default_factory=list)
    left: set[str] = field(default_factory=set)

    @property
    def parties(self) -> set[str]:
        """Everyone in a place."""
        return {party for place in self.places for party in place}

    @property
    def boxes(self) -> int:
        """How many boxes are drawn."""
        return sum(len(place) if place in self.open else 1 for place in self.places)


def node_of(place: Place) -> str:
    """The identifier of a place: of a ring, that of its first member behind `ring:`.

    >>> node_of(("X:b", "X:c")), node_of(("X:a",))
    ('ring:X:b', 'X:a')
    """
    return place[0] if len(place) == 1 else RING + place[0]


def walk(known: Known, subject: str, up: int, down: int, expanded: Sequence[Expansion], fan: int, limit: int) -> Shown:
    """The places around a subject."""
    known.read([subject])
    shown = Shown()
    shown.places[known.ring(subject)] = None
    for way, levels in ((UP, up), (DOWN, down)):
        frontier = [known.ring(subject)]
        for _ in range(levels):
            frontier = _opened(known, shown, [(place, way) for place in frontier], fan, limit)
    waiting = list(expanded)
    while waiting:
        still = [one for one in waiting if not _expand(known, shown, one, fan)]
        if len(still) == len(waiting):
            break
        waiting = still
    order = {one: number for number, one in reversed(list(enumerate(expanded)))}
    shown.expanded.sort(key=lambda one: order[one])
    shown.left -= shown.parties
    return shown


def neighbours(known: Known, place: Place, way: str) -> dict[str, Link]:
    """The parties directly above or below a place, each with its best link."""
    found: dict[str, Link] = {}
    for member in place:
        for other, link in (known.above(member) if way == UP else known.below(member)).items():
            if other not in place and (other not in found or link.better(found[other])):
                found[other] = link
    return found


def _expand(known: Known, shown: Shown, asked: Expansion, fan: int) -> bool:
    """Open a place that is shown; False if there is none of this name yet."""
    party = asked.node.removeprefix(RING)
    place = next((one for one in shown.places if party in one), None)
    if place is None:
        return False
    shown.expanded.append(asked)
    if asked.way == MEMBERS:
        if len(place) > 1 and shown.boxes - 1 + len(place) <= MOST:
            shown.open.add(place)
        return True
    alone = place in shown.open and party == asked.node
    opened = (party,) if alone else place
    _opened(known, shown, [(opened, asked.way)], fan, MOST)
    return True


def _opened(known: Known, shown: Shown, openings: Sequence[tuple[Place, str]], fan: int, limit: int) -> list[Place]:
    """Show up to `fan` more neighbours of each place, and give the new places."""
    present = shown.parties
    chosen: dict[str, None] = {}
    for place, way in openings:
        met = {one: link for one, link in neighbours(known, place, way).items() if one not in present}
        room = max(limit - shown.boxes - len(chosen), 0)
        crowded = len(met) > min(fan, room)
        names = known.names(met) if crowded else {}
        ordered = sorted(met, key=lambda one: _place_in_line(one, met[one], way, names.get(one)))[:fan]
        fresh = [one for one in ordered if one not in chosen]
        chosen |= dict.fromkeys(fresh[:room])
        shown.left.update(fresh[room:])
    known.read(chosen)
    found = [known.ring(party) for party in chosen]
    new = [place for place in dict.fromkeys(found) if place not in shown.places]
    shown.places |= dict.fromkeys(new)
    return new


def _place_in_line(party: str, link: Link, way: str, name: str | None) -> tuple[int, int, bool, str, str]:
    sort, share = link
    return sort, -share if way == UP else 0, name is None, (name or "").casefold(), party
