"""What an answer about listed owners says: shares in percent, owners with entries, ways and rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from topco.ownership.questions.must_may import MAY

if TYPE_CHECKING:
    from decimal import Decimal

    from topco.licensing.affiliates.listed_namesakes import Namesake

Row = dict[str, Any]


@dataclass(frozen=True)
class Share:
    """A share between its bounds, in percent of what is outstanding; exact to seven decimals, outwards beyond."""

    lower: Decimal
    upper: Decimal


@dataclass(frozen=True)
class Link:
    """What one party has in the next one down; `share` is None for a recorded parent, of which no share is stated.

    `sources`: load, file, row and record of each row that says so.
    """

    owner: str
    owned: str
    share: Share | None
    interests: tuple[str, ...]
    sources: tuple[Row, ...]


@dataclass(frozen=True)
class ListedOwner:
    """A listed party that has something in an entity, by itself or through what listed parties own to half or more.

    Attributes:
        entries: the rows of `listings` in force, with their load.
        share: what it has with all that it owns by itself; of what several listed parties own together only their own
            direct shares are in it, so that these figures need not add up to the aggregate.
        certain: every link counts for certain; else bounds or an unstated share leave it open.
        path: identifiers from the owner down to the entity; `links` are the steps between them.
    """

    id: str
    name: str | None
    entries: tuple[Row, ...]
    share: Share
    certain: bool
    path: tuple[str, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True)
class ListedOwnership:
    """What listed parties hold in one entity on a day.

    Attributes:
        entity: the party asked about, of a branch its head office.
        listed: the entries of the entity itself: then it is listed, and no affiliate.
        share: the aggregate; an unstated share of a listed owner counts as anything that others leave.
        standing: `must`, `may` or `cannot` be at the threshold of the rule or above, computed exactly.
        declared: percent that all known holders have at least; None if no holder is known: then a share of nothing
            means that nobody is known, not that nobody is there.
        owners: listed owners, the largest certain share first.
        possible: owners that only their names, or a judgement left open, join to an entry. Never counted in the above.
        with_possible: the standing if all of these were the listed ones.
    """

    entity: str
    name: str | None
    listed: tuple[Row, ...]
    share: Share
    standing: str
    declared: Decimal | None
    owners: tuple[ListedOwner, ...]
    possible: tuple[Namesake, ...]
    with_possible: str

    @property
    def share_unknown(self) -> bool:
        """Whether a listed owner is known, and not whether the share reaches the threshold (red flag 29)."""
        return self.standing == MAY
