"""Which of very many names may hold a text: an index of the three-byte pieces of names, for a process that asks often.

It narrows down and never decides: what it gives holds all names that hold the text, and perhaps others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl
    from numpy.typing import NDArray

    Places = NDArray[np.int32]

MOST_BYTES = 40_000_000
"""Names of more bytes in total are not indexed: it would take about four bytes of memory for each."""
_FEW = 32
_PIECE = 3


class NameIndex:
    """The places of names by their pieces.

    >>> import polars as pl
    >>> index = NameIndex(pl.Series(["deutsche bank", "banque", "bahn"]))
    >>> index.holding("ban").tolist(), index.holding("bank").tolist(), index.holding("ba") is None
    ([0, 1], [0], True)
    """

    def __init__(self, names: pl.Series) -> None:
        text = np.frombuffer("".join(names.to_list()).encode(), np.uint8).astype(np.int64)
        place = np.repeat(np.arange(len(names), dtype=np.int64), names.str.len_bytes().to_numpy())
        both = (text[:-2] << 16 | text[1:-1] << 8 | text[2:]) << 32 | place[:-2]
        both = both[place[:-2] == place[2:]]
        both.sort()
        both = both[np.diff(both, prepend=-1) != 0]
        self._places: Places = (both & 0xFFFFFFFF).astype(np.int32)
        piece = both >> 32
        starts = np.flatnonzero(np.diff(piece, prepend=-1))
        self._pieces, self._bounds = piece[starts], np.append(starts, len(both))

    def holding(self, text: str) -> Places | None:
        """The places of names that may hold a text, ascending; None where a text is too short to tell."""
        raw = text.encode()
        if len(raw) < _PIECE:
            return None
        pieces = {int.from_bytes(raw[at : at + _PIECE]) for at in range(len(raw) - _PIECE + 1)}
        found, *others = sorted(map(self._of, pieces), key=len)
        for other in others:
            if len(found) <= _FEW:
                break
            found = found[_is_in(found, other)]
        return found

    def holding_all(self, texts: Iterable[str]) -> Places | None:
        """The places of names that may hold every one of some texts; None where all of them are too short to tell."""
        parts = sorted((found for text in texts if (found := self.holding(text)) is not None), key=len)
        if not parts:
            return None
        first, *others = parts
        for other in others:
            first = first[_is_in(first, other)]
        return first

    def holding_any(self, texts: Iterable[str]) -> Places | None:
        """The places of names that may hold one of some texts; None where one of them is too short to tell."""
        parts = [self.holding(text) for text in texts]
        known = [part for part in parts if part is not None]
        return np.unique(np.concatenate(known)) if known and len(known) == len(parts) else None

    def _of(self, piece: int) -> Places:
        at = int(np.searchsorted(self._pieces, piece))
        if at == len(self._pieces) or self._pieces[at] != piece:
            return self._places[:0]
        return self._places[self._bounds[at] : self._bounds[at + 1]]


def _is_in(some: Places, others: Places) -> NDArray[np.bool_]:
    """Which of some places are among others; both ascend."""
    if not len(others):
        return np.zeros(len(some), np.bool_)
    at = np.minimum(np.searchsorted(others, some), len(others) - 1)
    found: NDArray[np.bool_] = others[at] == some
    return found
