"""What a parent test asks of a holding: how much, of which families, and whether holdings are added up."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from topco.errors import BadInput
from topco.ownership.shares import WHOLE, percent


class Family(IntEnum):
    """What an interest counts as; shares and votes are never added to each other."""

    SHARES = 0
    VOTES = 1
    BOARD = 2
    NONE = 3


COUNTED = (Family.SHARES, Family.VOTES)
FAMILIES = frozenset((Family.SHARES, Family.VOTES, Family.BOARD))


@dataclass(frozen=True)
class Test:
    """The parameters of a parent test on holdings.

    Attributes:
        threshold: units that must be exceeded of a company whose total is `WHOLE`; of a smaller total, fewer.
        at_least: the threshold itself is enough.
        families: those that count. An interest of the board family is decisive by itself.
        aggregated: what a holder has is added to what all that it controls have; else each holder stands alone.

    >>> Test(WHOLE // 2, at_least=False).needed(WHOLE), Test(WHOLE // 2, at_least=True).needed(800_000_000)
    (500000001, 400000000)
    """

    __test__ = False

    threshold: int = WHOLE // 2
    at_least: bool = False
    families: frozenset[Family] = FAMILIES
    aggregated: bool = True

    def __post_init__(self) -> None:
        if not (0 < self.threshold < WHOLE or (self.threshold == WHOLE and self.at_least)):
            raise BadInput(
                f"Nobody can hold {'at least' if self.at_least else 'more than'} {percent(self.threshold)} percent "
                "in the sense of a parent test.",
                remedy="Give a threshold over 0 and under 100 percent, or at least 100.",
            )

    def needed(self, total: int) -> int:
        """The fewest units of a company with this total that exceed the threshold."""
        product = self.threshold * total
        needed: int = -(-product // WHOLE) if self.at_least else product // WHOLE + 1
        return max(1, needed)
