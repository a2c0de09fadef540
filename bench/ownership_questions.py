"""The questions of the ownership benchmarks: a parent test, and what is asked of it."""

from __future__ import annotations

from typing import NamedTuple

from topco.ownership.control import Family, Test
from topco.ownership.shares import WHOLE

TOPS = ("entity", "ultimate_parent")
PAIRS = ("controller", "company")


class Question(NamedTuple):
    """What every peer is asked.

    Attributes:
        pairs: all pairs of a controller and a company; else each company with its ultimate parents, itself if nobody
            controls it.
        may: pairs of those that may control, by upper bounds.
    """

    words: str
    test: Test
    pairs: bool = False
    may: bool = False

    @property
    def columns(self) -> tuple[str, str]:
        return PAIRS if self.pairs else TOPS

    @property
    def needed(self) -> int:
        """The fewest units that exceed the threshold; the graphs have no treasury shares."""
        return self.test.needed(WHOLE)


_CONTROL = Test()
QUESTIONS = {
    "majority": Question("ultimate parents, majority", Test(aggregated=False)),
    "control": Question("ultimate parents, control", _CONTROL),
    "cascade": Question("ultimate parents, cascade", Test(at_least=True, families=frozenset((Family.SHARES,)))),
    "pairs": Question("all pairs that must control", _CONTROL, pairs=True),
    "may-pairs": Question("all pairs that may control", _CONTROL, pairs=True, may=True),
}
