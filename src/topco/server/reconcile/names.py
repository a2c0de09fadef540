"""All names of a store, in normal form and by their pieces, kept for a state of the store if they are not too many."""

from __future__ import annotations

from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING

import polars as pl

from topco.matching.blocking import KeptIndex
from topco.matching.parties import names_of
from topco.matching.proposals import NAMES, compare, prepared
from topco.ownership.names import folded, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topco.store.store import Store

MOST_KEPT = 500_000
"""Names of a store that are kept in normal form; of a larger one the names near a batch are made for each batch."""

LEAST = 60
"""The least score by which a name is met, so low that names of other countries are compared too.

What is below is met by its words alone.
"""

_BY_WORDS = 20


class Names:
    """The names of one state of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        tables = [load.tables.get(table, 0) for load in store.current_loads() for table in ("entities", "names")]
        self._all_kept = sum(tables) <= MOST_KEPT

    @cached_property
    def _whole(self) -> tuple[pl.DataFrame, KeptIndex]:
        return _made(names_of(self._store))

    def met(self, asking: Sequence[tuple[str, str, str | None]]) -> dict[str, list[str]]:
        """The identifiers whose names are like one of these, the most alike first, by the key of who asks.

        Args:
            asking: key, name, and countries joined by `;` if any are known; of a key several names.
        """
        if not asking:
            return {}
        known, index = self._near([name for _, name, _ in asking])
        rows = [{"id": key, "name": name, "country": country, "kind": None} for key, name, country in asking]
        mine = prepared(pl.DataFrame(rows, schema=NAMES))
        found = compare(mine, known, LEAST, left_asks=True, index=index)
        met: dict[str, list[str]] = {key: [] for key, _, _ in asking}
        for key, identifier in found.select("first", "second").iter_rows():
            met[key].append(identifier)
        return met

    def with_words(self, names: Sequence[str]) -> list[list[str]]:
        """For each name, identifiers whose names hold all its words, the shortest first."""
        known, _ = self._near(names)
        return [_holding(known, words(name)) for name in names]

    def _near(self, names: Sequence[str]) -> tuple[pl.DataFrame, KeptIndex]:
        if not self._all_kept:
            return _made(names_of(self._store, near=names))
        with self._lock:
            return self._whole


class KeptNames:
    """The names of the latest state of a store that was asked for."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._key: tuple[str, str] | None = None
        self._names: Names | None = None

    def of(self, store: Store) -> Names:
        """The names of this state of the store."""
        key = str(store.path), store.digest_for(None)
        with self._lock:
            if self._names is None or key != self._key:
                self._names, self._key = Names(store), key
            return self._names


def _made(names: pl.DataFrame) -> tuple[pl.DataFrame, KeptIndex]:
    known = prepared(names).with_columns(folded=folded("name"))
    return known, KeptIndex(known)


def _holding(known: pl.DataFrame, wanted: list[str]) -> list[str]:
    if not wanted:
        return []
    holds = pl.all_horizontal(pl.col("folded").str.contains(word, literal=True) for word in wanted)
    found = known.filter(holds).sort(pl.col("folded").str.len_chars(), "id").unique("id", maintain_order=True)
    ids: list[str] = found.head(_BY_WORDS)["id"].to_list()
    return ids
