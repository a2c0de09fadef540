"""Hinges: facts of a case on which its answer may hang, each with the values that the rules tell apart.

What is a hinge is read off the rules in force and the facts that they were given: country facts by the groups in which
rules look for them, sums by the parameters that they are held against, papers and circumstances, words that queries
name, and the days on which the law changes. What is done with the item, and what the item is, are no hinges: with
others it would be another transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from topco.licensing.changes.trials import Settings

PLACE, FIGURE, CONDITION, WORD, DATE, SHARE = "place", "figure", "condition", "word", "date", "share"


@dataclass(frozen=True)
class Choice:
    """One value that a hinge may have: what is tried for it, and how far it is from the present one.

    `marks` are what tells it apart from the other choices (of a place: the groups that hold it), `members` all that it
    stands for, `distance` is below zero on the lower or earlier side, and `margin` says it in words.
    """

    settings: Settings
    words: str
    marks: frozenset[str] = frozenset()
    members: tuple[str, ...] = ()
    distance: Fraction = Fraction(0)
    margin: str | None = None


@dataclass(frozen=True, eq=False)
class Hinge:
    """One fact: its path, its present value, and every other value that rules tell apart.

    `read_as` are the names by which queries read it (`("topco", "headquarteredIn")`, `("measure", "lpp_year")`);
    `party` is the party that it is about. `describe` says in words which choices some are.
    """

    kind: str
    path: str
    label: str
    party: int | None
    now: Any
    read_as: frozenset[tuple[str, str]]
    choices: tuple[Choice, ...]
    describe: Callable[[Sequence[int]], str]

    @property
    def paths(self) -> frozenset[str]:
        """The paths that its choices set."""
        return frozenset(one.path for choice in self.choices for one in choice.settings)
