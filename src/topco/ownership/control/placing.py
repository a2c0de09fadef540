"""Positions in one pass over the companies: what `positions.positions` says, bit for bit, for millions of holdings.

Rows are grouped by company in linear time and put in order within each company, where there are few of them. Bounds,
sums and totals are then made while the company's rows are at hand, and no array of the length of all rows is made but
the answer's own.

Plain functions over numpy arrays that a compiler takes unchanged (`topco.ownership.control.bulk`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from topco.ownership.control.criteria import Family
from topco.ownership.control.hierarchy import Units
from topco.ownership.graph import Nodes, Offsets
from topco.ownership.shares import WHOLE

_FAMILIES = len(Family)
_SHARES, _VOTES = int(Family.SHARES), int(Family.VOTES)
_FEW_ROWS = 24  # so many are put in order by insertion
_NO_SHARE = -1  # `positions.NO_SHARE`
_NO_CEILING = np.iinfo(np.int64).max


def grouped(
    n: int, owner: Nodes, owned: Nodes, family: NDArray[np.int8], exact: Units
) -> tuple[Offsets, Units, Units, Offsets]:
    """The rows in the order of company, family, owner and row; where those of each company begin and end.

    With each row in that order go family and owner as one number, and its exact share: they are read in a row later.
    """
    count = len(owned)
    offsets = np.zeros(n + 1, np.int64)
    keys = np.empty(count, np.int64)
    ordered = True
    company, key = np.int64(0), np.int64(0)
    for row in range(count):
        before, last = company, key
        company, key = np.int64(owned[row]), np.int64(family[row]) * n + owner[row]
        if before > company or (before == company and last > key):
            ordered = False
        offsets[company + 1] += 1
        keys[row] = key
    for node in range(n):
        offsets[node + 1] += offsets[node]
    if ordered:
        return np.arange(count), keys, exact, offsets
    rows, shares = np.empty(count, np.int64), np.empty(count, np.int64)
    filled = offsets.copy()
    for row in range(count):
        place = filled[owned[row]]
        filled[owned[row]] = place + 1
        rows[place] = row
        keys[place] = np.int64(family[row]) * n + owner[row]
        shares[place] = exact[row]
    for node in range(n):
        put_in_order(offsets[node], offsets[node + 1], rows, keys, shares)
    return rows, keys, shares, offsets


def put_in_order(begin: int, end: int, rows: Offsets, keys: Units, shares: Units) -> None:
    """Put the rows of one company in the order of their keys; equal ones stay as they are."""
    if end - begin > _FEW_ROWS:
        ascending = True
        for place in range(begin + 1, end):
            ascending = ascending and keys[place - 1] <= keys[place]
        if ascending:
            return
        order = begin + np.argsort(keys[begin:end], kind="mergesort")
        rows[begin:end] = rows[order]
        keys[begin:end] = keys[order]
        shares[begin:end] = shares[order]
        return
    for place in range(begin + 1, end):
        key, row, share = keys[place], rows[place], shares[place]
        free = place
        while free > begin and keys[free - 1] > key:
            keys[free], rows[free], shares[free] = keys[free - 1], rows[free - 1], shares[free - 1]
            free -= 1
        keys[free], rows[free], shares[free] = key, row, share


def placed(
    n: int, owner: Nodes, owned: Nodes, family: NDArray[np.int8], exact: Units, least: Units, most: Units
) -> tuple[NDArray[Any], ...]:
    """The arrays of `positions.Positions` from `owner` to `over`, in that order, of the columns of `Holdings`."""
    rows, keys, shares, offsets = grouped(n, owner, owned, family, exact)
    count = len(rows)
    holder, company_of, family_of = np.empty(count, np.int32), np.empty(count, np.int32), np.empty(count, np.int8)
    lower, upper = np.empty(count, np.int64), np.empty(count, np.int64)
    row_offsets, slot_of = np.zeros(count + 1, np.int64), np.empty(count, np.int64)
    slot_owned, slot_family = np.empty(count, np.int32), np.empty(count, np.int8)
    slot_offsets = np.zeros(count + 1, np.int64)
    declared, over = np.empty(count, np.int64), np.empty(count, np.bool_)
    total_lower, total_upper = np.empty(count, np.int64), np.empty(count, np.int64)
    made = slots = 0
    for company in range(n):
        place, end = offsets[company], offsets[company + 1]
        one, beyond = 0, n
        while place < end:
            while keys[place] >= beyond:
                one, beyond = one + 1, beyond + n
            begin = made
            others = own_lower = own_upper = 0
            while place < end and keys[place] < beyond:
                key = keys[place]
                party = key - one * n
                added = floor = 0
                ceiling = _NO_CEILING
                banded = False
                while place < end and keys[place] == key:
                    if shares[place] != _NO_SHARE:
                        added += shares[place]
                    else:
                        banded = True
                        floor = max(floor, least[rows[place]])
                        ceiling = min(ceiling, most[rows[place]])
                    place += 1
                floor = max(floor, added)
                holder[made], company_of[made], family_of[made] = party, company, one
                slot_of[made] = slots
                lower[made] = floor
                upper[made] = max(floor, ceiling) if banded else added
                if party != company:
                    others += floor
                elif one in (_SHARES, _VOTES):
                    own_lower, own_upper = floor, upper[made]
                made += 1
                row_offsets[made] = place
            outstanding = max(0, WHOLE - own_lower)
            over_declared = one in (_SHARES, _VOTES) and (others > WHOLE - own_lower or own_lower > WHOLE)
            slot_owned[slots], slot_family[slots] = company, one
            declared[slots], over[slots], total_upper[slots] = others, over_declared, outstanding
            total_lower[slots] = outstanding
            if not over_declared:
                total_lower[slots] = min(max(WHOLE - own_upper, min(others, outstanding)), outstanding)
            if one in (_SHARES, _VOTES) and not over_declared:
                for at in range(begin, made):
                    if holder[at] != company:
                        upper[at] = min(upper[at], outstanding - others + lower[at])
            slots += 1
            slot_offsets[slots] = made
    return (
        holder[:made],
        company_of[:made],
        family_of[:made],
        lower[:made],
        upper[:made],
        rows,
        row_offsets[: made + 1],
        slot_of[:made],
        slot_owned[:slots],
        slot_family[:slots],
        slot_offsets[: slots + 1],
        declared[:slots],
        total_lower[:slots],
        total_upper[:slots],
        over[:slots],
    )
