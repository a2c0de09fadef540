"""Three-valued logic: unknown is never "no"."""

from __future__ import annotations

from enum import IntEnum
from typing import NoReturn


class Truth(IntEnum):
    """Kleene's strong three-valued logic; `bool()` of it is refused, since unknown is neither.

    >>> Truth.YES & Truth.UNKNOWN, Truth.NO & Truth.UNKNOWN, Truth.YES | Truth.UNKNOWN, ~Truth.UNKNOWN
    (<Truth.UNKNOWN: 1>, <Truth.NO: 0>, <Truth.YES: 2>, <Truth.UNKNOWN: 1>)
    >>> Truth.of(None)
    <Truth.UNKNOWN: 1>
    """

    NO = 0
    UNKNOWN = 1
    YES = 2

    @classmethod
    def of(cls, value: bool | None) -> Truth:
        return cls.UNKNOWN if value is None else cls.YES if value else cls.NO

    def __and__(self, other: int) -> Truth:
        return Truth(min(self, other))

    def __or__(self, other: int) -> Truth:
        return Truth(max(self, other))

    def __invert__(self) -> Truth:
        return Truth(2 - self)

    def __bool__(self) -> NoReturn:
        raise TypeError("a three-valued answer is compared with Truth.YES or Truth.NO, never used as true or false")
