"""Going upward from companies to whoever is above them, step by step, each company once: what both registers share."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

MOST_STEPS = 30


@dataclass(frozen=True)
class Visited:
    """A company that was asked about.

    Attributes:
        id: its identifier, `SCHEME:VALUE`.
        name: as its register has it; None if there is no record.
        step: how many steps above a company that was asked for.
        above: the identifiers of those who are to be asked about next.
        retrieved_at: when its record came.
    """

    id: str
    name: str | None
    step: int
    above: tuple[str, ...]
    retrieved_at: datetime


@dataclass
class Fetched:
    """What came of a command: the companies in the order of asking, files to load, and what the user should know."""

    companies: list[Visited] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def upward(
    seeds: Iterable[str],
    visit: Callable[[str, int], Visited],
    most_steps: int,
) -> tuple[list[Visited], list[str]]:
    """All companies from some upward, nearest first; and a sentence for each that the limit kept out.

    Rings end by themselves, as nobody is asked about twice.

    Args:
        seeds: identifiers.
        visit: asks about one, given its step.
        most_steps: how many steps to go at most.

    >>> from datetime import UTC
    >>> above = {"a": ("b",), "b": ("a", "c"), "c": ("d",)}
    >>> visit = lambda id, step: Visited(id, id, step, above[id], datetime(2026, 1, 1, tzinfo=UTC))
    >>> found, notes = upward(["a"], visit, 2)
    >>> [(company.id, company.step) for company in found]
    [('a', 0), ('b', 1), ('c', 2)]
    >>> notes
    ['The limit of 2 steps is reached: d, above c, was not asked about.']
    """
    waiting = deque((seed, 0) for seed in dict.fromkeys(seeds))
    seen = {seed for seed, _ in waiting}
    found: list[Visited] = []
    notes: list[str] = []
    while waiting:
        company, step = waiting.popleft()
        visited = visit(company, step)
        found.append(visited)
        fresh: Sequence[str] = [above for above in dict.fromkeys(visited.above) if above not in seen]
        if step >= most_steps:
            notes += [
                f"The limit of {most_steps} steps is reached: {above}, above {company}, was not asked about."
                for above in fresh
            ]
            continue
        seen.update(fresh)
        waiting.extend((above, step + 1) for above in fresh)
    return found, notes
