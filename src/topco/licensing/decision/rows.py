"""From one answer for every key to few rows: what does not change the answer is not in a row.

1. A table is cut along its first dimension where the parts differ; values with the same part are one cell.
2. Where all values have the same part, the cell stays empty: the dimension does not matter.
3. Rows with the same code that differ in one cell only become one row.

How many rows it takes depends on the order of the dimensions: several are tried.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Answer = TypeVar("Answer")
Cell = frozenset[int] | None


@dataclass(frozen=True)
class Leaf:
    """A part of a table with one code."""

    code: Hashable


@dataclass(frozen=True)
class Cut:
    """A part of a table that is cut along a dimension: the values of each piece, and its number."""

    dimension: int
    pieces: tuple[tuple[frozenset[int], int], ...]


@dataclass(frozen=True)
class Merged(Generic[Answer]):
    """Keys with one code: a set of values for each dimension, None where it does not matter, and their answers."""

    cells: tuple[Cell, ...]
    code: Hashable
    answers: tuple[Answer, ...]


def merge(
    keys: Sequence[tuple[int, ...]],
    answers: Sequence[Answer],
    code: Callable[[Answer], Hashable],
    orders: Iterable[Sequence[int]] = (),
) -> list[Merged[Answer]]:
    """Rows that cover every key once, by the order of dimensions that takes the fewest; the first is that of the keys.

    >>> rows = merge([(0, 0), (0, 1), (1, 0), (1, 1)], ["no", "no", "no", "yes"], str)
    >>> [([sorted(cell) if cell else None for cell in row.cells], row.code) for row in rows]
    [([[0], None], 'no'), ([[1], [0]], 'no'), ([[1], [1]], 'yes')]
    """
    if not keys:
        return []
    every = range(len(keys[0]))
    tried = [_in_order(keys, answers, code, order) for order in (every, *orders)]
    return min(tried, key=len)


def _in_order(
    keys: Sequence[tuple[int, ...]],
    answers: Sequence[Answer],
    code: Callable[[Answer], Hashable],
    order: Sequence[int],
) -> list[Merged[Answer]]:
    turned = [tuple(key[dimension] for dimension in order) for key in keys]
    by_key = sorted(range(len(keys)), key=turned.__getitem__)
    diagram = _Diagram([turned[index] for index in by_key], [code(answers[index]) for index in by_key])
    found: dict[tuple[int, ...], dict[Answer, None]] = defaultdict(dict)
    for index in by_key:
        found[diagram.path(turned[index])][answers[index]] = None
    rows = [
        Merged(tuple(cells[order.index(dimension)] for dimension in range(len(order))), code_of, tuple(found[path]))
        for path, cells, code_of in diagram.rows()
    ]
    return _fused(rows)


class _Diagram:
    """Equal parts are kept once, and a part whose pieces are all alike is that piece."""

    def __init__(self, keys: Sequence[tuple[int, ...]], codes: Sequence[Hashable]) -> None:
        self._keys, self._codes, self._width = keys, codes, len(keys[0])
        self._numbers: dict[Leaf | Cut, int] = {}
        self._root = self._part(0, 0, len(keys))
        self._parts = list(self._numbers)

    def rows(self) -> Iterator[tuple[tuple[int, ...], tuple[Cell, ...], Hashable]]:
        """Every way through the diagram: the pieces taken, the values they stand for, the code at its end."""
        yield from self._rows(self._root, (), ())

    def path(self, key: tuple[int, ...]) -> tuple[int, ...]:
        """The pieces that a key takes."""
        taken: list[int] = []
        part = self._parts[self._root]
        while isinstance(part, Cut):
            value = key[part.dimension]
            piece = next(index for index, (values, _) in enumerate(part.pieces) if value in values)
            taken.append(piece)
            part = self._parts[part.pieces[piece][1]]
        return tuple(taken)

    def _rows(
        self, number: int, taken: tuple[int, ...], cells: tuple[Cell, ...]
    ) -> Iterator[tuple[tuple[int, ...], tuple[Cell, ...], Hashable]]:
        part = self._parts[number]
        if isinstance(part, Leaf):
            yield taken, cells + (None,) * (self._width - len(cells)), part.code
            return
        for index, (values, piece) in enumerate(part.pieces):
            yield from self._rows(piece, (*taken, index), (*cells, *(None,) * (part.dimension - len(cells)), values))

    def _part(self, dimension: int, start: int, end: int) -> int:
        if dimension == self._width:
            return self._numbers.setdefault(Leaf(self._codes[start]), len(self._numbers))
        pieces: dict[int, list[int]] = {}
        while start < end:
            value, stop = self._keys[start][dimension], start
            while stop < end and self._keys[stop][dimension] == value:
                stop += 1
            pieces.setdefault(self._part(dimension + 1, start, stop), []).append(value)
            start = stop
        if len(pieces) == 1:
            return next(iter(pieces))
        cut = Cut(dimension, tuple((frozenset(values), piece) for piece, values in pieces.items()))
        return self._numbers.setdefault(cut, len(self._numbers))


def _fused(rows: list[Merged[Answer]]) -> list[Merged[Answer]]:
    """Join rows that differ in one cell only, until none do."""
    before = -1
    while len(rows) != before:
        before = len(rows)
        for dimension in reversed(range(len(rows[0].cells))):
            groups: dict[tuple[object, ...], list[Merged[Answer]]] = defaultdict(list)
            for row in rows:
                others = (*row.cells[:dimension], *row.cells[dimension + 1 :])
                groups[row.code, others, row.cells[dimension] is None].append(row)
            rows = [_joined(group, dimension) for group in groups.values()]
    return rows


def _joined(rows: list[Merged[Answer]], dimension: int) -> Merged[Answer]:
    first = rows[0]
    answers = tuple(dict.fromkeys(answer for row in rows for answer in row.answers))
    cells = [cell for row in rows if (cell := row.cells[dimension]) is not None]
    union = frozenset[int]().union(*cells) if cells else None
    return Merged((*first.cells[:dimension], union, *first.cells[dimension + 1 :]), first.code, answers)
