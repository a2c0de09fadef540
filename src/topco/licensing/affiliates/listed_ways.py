"""The way from a listed party down to a company: the shortest over links that count for certain, else over any."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from topco.ownership.chain import STEP_WORDS, source_of
from topco.ownership.control import rows_of
from topco.ownership.shares import WHOLE
from topco.ownership.status import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topco.licensing.affiliates.listed_group import ListedGroup


@dataclass(frozen=True)
class Step:
    """What `above` has in `below`, both nodes, in units; `lower` and `upper` are None for a recorded relationship.

    `interests`: as the sources name them; `sources`: load, file, row and record of each row.
    """

    above: int
    below: int
    lower: int | None
    upper: int | None
    interests: tuple[str, ...]
    sources: tuple[dict[str, Any], ...]


def ways_up(group: ListedGroup, company: int) -> dict[int, tuple[bool, list[Step]]]:
    """By listed party above a company: whether its links count for certain, and the links, the uppermost first.

    Only parties that listed ones own, or may own, to half or more pass anything on: the walk ends at all others.
    """
    found: dict[int, tuple[bool, list[Step]]] = {}
    for certain in (True, False):
        ways: dict[int, list[Step]] = {company: []}
        waiting = [company]
        for below in waiting:
            for step in _steps(group, below, certain=certain):
                if step.above not in ways:
                    ways[step.above] = [step, *ways[below]]
                    waiting.append(step.above)
        for one in ways:
            if one in group.listed and one != company:
                found.setdefault(one, (certain, ways[one]))
    return found


def _steps(group: ListedGroup, below: int, *, certain: bool) -> Iterator[Step]:
    """What those of the group hold in a company: for certain more than nothing, or possibly."""
    day = group.day
    made = day.positions
    for at in made.of(below):
        above, lower, upper = int(made.owner[at]), int(made.lower[at]), int(made.upper[at])
        counts = group.certain(above) and lower > 0 if certain else group.possible(above) and upper > 0
        if above != below and counts:
            rows = [day.holdings.row(row, named=True) for row in rows_of(made, at).tolist()]
            said = tuple(dict.fromkeys(row["said"] for row in rows))
            yield Step(above, below, lower, upper, said, tuple(source_of(row) for row in rows))
    for row in day.steps_from.get(below, ()):
        above = row["target"]
        if group.certain(above) and row["branch"] if certain else group.possible(above):
            share = WHOLE if row["branch"] else None
            yield Step(above, below, share, share, (STEP_WORDS[Kind(row["step"])],), (source_of(row),))
