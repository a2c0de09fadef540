"""Text identifiers to numbers by a table of their hashes, which sorts nothing and joins nothing.

A company's number is the first row in which it is a child; parents that are nobody's child follow. Two identifiers
count as one if two hashes of them agree, in 96 bits at least: that two different ones among a hundred million do so has
a chance below 1 to 10^12. The seeds are drawn anew by every process, so that nobody can choose such identifiers.
"""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from topco.ownership.bulk import compiled
from topco.ownership.graph import NOTHING, Nodes

if TYPE_CHECKING:
    from collections.abc import Sequence

Hashes = NDArray[np.int64]

_SEEDS = (secrets.randbits(63), secrets.randbits(63))
_EMPTY = -1
_TAG = -(1 << 32)  # a slot of the table holds the upper half of a hash, and a number in the place of its lower half
_NUMBER = (1 << 32) - 1
_NOT_FOUND = -2


class Numbered(NamedTuple):
    """`ids[number]` is the identifier; `child` and `parent` hold the number of each row, `NOTHING` for null.

    Not every number need be in use: a row that repeats a child leaves its own number free.
    """

    ids: pl.Series
    child: Nodes
    parent: Nodes


def numbered(child: pl.Series, parent: pl.Series) -> Numbered:
    """Number the identifiers of two text columns of equal length, without nulls in the first.

    >>> found = numbered(pl.Series(["a", "b", "a"]), pl.Series(["b", None, "c"]))
    >>> found.child.tolist(), found.parent.tolist(), found.ids[3]
    ([0, 1, 0], [1, -1, 3], 'c')
    """
    child, parent = child.rechunk(), parent.rechunk()
    rows, workers = len(child), pl.thread_pool_size()
    of_parent = np.empty(rows, np.int32)
    with ThreadPoolExecutor(workers) as pool:
        later = pool.submit(_hashes, parent)
        keys, checks = _hashes(child)
        table = np.full(1 << (2 * rows).bit_length(), _EMPTY, np.int64)
        of_child = _entered(keys, checks, table)
        parent_keys, parent_checks = later.result()
        named = parent.is_not_null().to_numpy()
        bounds = np.linspace(0, rows, workers + 1).astype(int).tolist()

        def look_up(start: int, end: int) -> None:
            part = slice(start, end)
            _look_up(parent_keys[part], parent_checks[part], named[part], table, checks, of_parent[part])

        list(pool.map(look_up, bounds[:-1], bounds[1:]))
    others = np.flatnonzero(of_parent == _NOT_FOUND)
    if not len(others):
        return Numbered(child, of_child, of_parent)
    outside = parent.gather(others)
    first = _entered(
        parent_keys[others], parent_checks[others], np.full(1 << (2 * len(others)).bit_length(), _EMPTY, np.int64)
    )
    of_parent[others] = rows + first
    return Numbered(pl.concat([child, outside]).rechunk(), of_child, of_parent)


def ranked(columns: Sequence[pl.Series]) -> tuple[pl.Series, list[Nodes]]:
    """The sorted identifiers of text columns without nulls, and each column as places among them.

    Nearly all identifiers should stand in the first column: it is sorted, and the few others are merged in.

    >>> ids, places = ranked([pl.Series(["b", "d", "b"]), pl.Series(["a", "d", "c"])])
    >>> ids.to_list(), [found.tolist() for found in places]
    (['a', 'b', 'c', 'd'], [[1, 3, 1], [0, 3, 2]])
    """
    ids = columns[0].rechunk().sort()
    ids = ids.filter((ids != ids.shift()).fill_null(value=True)).rechunk()
    keys, checks = _hashes(ids)
    table = np.full(1 << (2 * len(ids)).bit_length(), _EMPTY, np.int64)
    _entered(keys, checks, table)
    found = []
    for column in columns:
        number = np.empty(len(column), np.int32)
        _look_up(*_hashes(column), np.ones(len(column), np.bool_), table, checks, number)
        found.append(number)
    missing = [number == _NOT_FOUND for number in found]
    others = pl.concat([column.filter(pl.Series(out)) for column, out in zip(columns, missing, strict=True)])
    if not len(others):
        return ids, found
    others = others.unique().sort()
    before = ids.search_sorted(others).to_numpy()
    moved = np.arange(len(ids), dtype=np.int32) + np.searchsorted(before, np.arange(len(ids)), side="right")
    of_others = pl.DataFrame({"id": others, "place": (before + np.arange(len(others))).astype(np.int32)})
    for column, number, out in zip(columns, found, missing, strict=True):
        number[~out] = moved[number[~out]]
        if out.any():
            asked = pl.DataFrame({"id": column.filter(pl.Series(out))})
            number[out] = asked.join(of_others, on="id", how="left", maintain_order="left")["place"].to_numpy()
    return pl.concat([ids, others]).sort().rechunk(), found


def _hashes(column: pl.Series) -> tuple[Hashes, Hashes]:
    """Two hashes of each identifier: one leads to its slot in the table, the other checks what stands there."""
    keys, checks = (column.hash(seed).to_numpy().view(np.int64) for seed in _SEEDS)
    return keys, checks


@compiled
def _entered(keys: Hashes, checks: Hashes, table: Hashes) -> Nodes:
    """Of each row: the first row with the same identifier. The rows are entered into the table."""
    number = np.empty(len(keys), np.int32)
    mask = len(table) - 1
    for row in range(len(keys)):
        tag = keys[row] & _TAG
        slot = keys[row] & mask
        found = _EMPTY
        while table[slot] != _EMPTY:
            if (table[slot] & _TAG) == tag and checks[table[slot] & _NUMBER] == checks[row]:
                found = table[slot] & _NUMBER
                break
            slot = (slot + 1) & mask
        if found == _EMPTY:
            table[slot] = tag | row
            found = row
        number[row] = found
    return number


@compiled
def _look_up(
    keys: Hashes, checks: Hashes, named: NDArray[np.bool_], table: Hashes, entered: Hashes, number: Nodes
) -> None:
    """Write the number of each row: `NOTHING` where there is no identifier, `_NOT_FOUND` where the table has it not.

    Args:
        entered: the second hashes of the rows in the table.
    """
    mask = len(table) - 1
    for row in range(len(keys)):
        number[row] = NOTHING
        if not named[row]:
            continue
        number[row] = _NOT_FOUND
        tag = keys[row] & _TAG
        slot = keys[row] & mask
        while table[slot] != _EMPTY:
            if (table[slot] & _TAG) == tag and entered[table[slot] & _NUMBER] == checks[row]:
                number[row] = table[slot] & _NUMBER
                break
            slot = (slot + 1) & mask
