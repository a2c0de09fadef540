"""Sets of numbered nodes as sorted arrays: which are members, and where they stand.

Nodes are numbered so that those of one sort lie close together. Sets of nodes that do are looked up in a table over
their range, which takes one step for each node; others by binary search.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ids = NDArray[np.int64]
    Rows = NDArray[np.int64]
    Mask = NDArray[np.bool_]

_ALLOWED_GAPS = 8


def distinct(ids: Ids) -> Ids:
    """The different ones, sorted.

    >>> distinct(np.array([3, 1, 3])).tolist()
    [1, 3]
    """
    if len(ids) < 2 or bool(np.all(ids[1:] > ids[:-1])):
        return ids
    low, high = int(ids.min()), int(ids.max())
    if _is_dense(low, high, len(ids)):
        there = np.zeros(high - low + 1, dtype=np.bool_)
        there[ids - low] = True
        return np.flatnonzero(there).astype(np.int64) + low
    return np.unique(ids)


def _is_dense(low: int, high: int, count: int) -> bool:
    return high - low < _ALLOWED_GAPS * count + 1024


class Members:
    """A set of nodes, each with its position.

    >>> members = Members(np.array([7, 5, 7]))
    >>> members.positions(np.array([5, 6, 7, 99])).tolist()
    [0, -1, 1, -1]
    """

    def __init__(self, ids: Ids) -> None:
        self.ids = distinct(np.asarray(ids, dtype=np.int64))
        self._table: NDArray[np.int32] | None = None

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def low(self) -> int:
        return int(self.ids[0]) if len(self.ids) else 0

    @property
    def high(self) -> int:
        return int(self.ids[-1]) if len(self.ids) else -1

    def positions(self, ids: Ids) -> Rows:
        """Where each of these stands, -1 where it is no member."""
        if ids is self.ids:
            return np.arange(len(ids), dtype=np.int64)
        ids = np.asarray(ids, dtype=np.int64)
        if not len(self.ids) or not len(ids):
            return np.full(len(ids), -1, dtype=np.int64)
        offsets = ids - self.low
        if self.high - self.low + 1 == len(self.ids):
            return np.where((offsets >= 0) & (offsets < len(self.ids)), offsets, -1)
        if _is_dense(self.low, self.high, len(self.ids)):
            inside = (offsets >= 0) & (offsets <= self.high - self.low)
            return np.where(inside, self._lookup()[np.where(inside, offsets, 0)], -1).astype(np.int64)
        found = np.searchsorted(self.ids, ids)
        found[found == len(self.ids)] = 0
        return np.where(self.ids[found] == ids, found, -1).astype(np.int64)

    def __contains__(self, ids: Any) -> bool:
        raise TypeError("ask `has`, of many nodes at once")

    def has(self, ids: Ids) -> Mask:
        """Which of these are members."""
        return self.positions(ids) >= 0

    def _lookup(self) -> NDArray[np.int32]:
        if self._table is None:
            self._table = np.full(self.high - self.low + 1, -1, dtype=np.int32)
            self._table[self.ids - self.low] = np.arange(len(self.ids), dtype=np.int32)
        return self._table


def repeated(starts: Rows, counts: Rows) -> tuple[Rows, Rows]:
    """For each of many ranges all its places: from which range, and which place.

    >>> [part.tolist() for part in repeated(np.array([4, 0]), np.array([2, 1]))]
    [[0, 0, 1], [4, 5, 0]]
    """
    if len(counts) and counts.min() == 1 == counts.max():
        return np.arange(len(starts)), starts
    which = np.repeat(np.arange(len(starts)), counts)
    shifts = starts - (np.cumsum(counts) - counts)
    return which, np.arange(len(which)) + shifts[which]


def joined(left: Rows, right: Rows) -> tuple[Rows, Rows]:
    """All pairs of places with equal numbers: their places on the left and on the right. The numbers are positions.

    >>> [part.tolist() for part in joined(np.array([1, 2, 2]), np.array([2, 3, 2]))]
    [[1, 1, 2, 2], [0, 2, 0, 2]]
    """
    if not len(left) or not len(right):
        return left[:0], right[:0]
    counts = np.bincount(right, minlength=int(left.max()) + 1)
    starts = np.cumsum(counts) - counts
    which, places = repeated(starts[left], counts[left])
    return which, places if is_rising(right) else np.argsort(right, kind="stable")[places]


def is_rising(numbers: Rows) -> bool:
    """Whether none is less than the one before it."""
    return bool(np.all(numbers[1:] >= numbers[:-1]))
