"""A store whose columns stay in memory: for a process that answers many questions to the same evidence."""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from topco.store.having import LOOKED_UP, RowIndex
from topco.store.store import Store

if TYPE_CHECKING:
    import polars as pl

    from topco.store.having import Having
    from topco.store.manifest import Manifest

HELD_BYTES = 256_000_000
"""Files on disk that are held, in bytes; in memory they take a few times as much. What is beyond is read each time."""


class HeldStore(Store):
    """A store that reads each file of columns once, as far as `HELD_BYTES` reach. Several threads may ask it."""

    is_held = True

    def __init__(self, path: Path, committed: Manifest) -> None:
        super().__init__(path, committed)
        self._lock = Lock()
        self._held: dict[Path, pl.DataFrame] = {}
        self._bytes = 0
        self._indexes: dict[tuple[Path, str], RowIndex] = {}

    def scan(self, path: Path, having: Having | None = None) -> pl.LazyFrame:
        """The rows of a file of columns: from memory, if it is held."""
        if having is None:
            return self._rows(path)
        rows = self._rows(path)
        held = self._held.get(path)
        if held is None or len(having.values) > LOOKED_UP:
            return having.of(rows)
        columns = having.those_in(held.columns)
        places = [place for column in columns for place in self._index(path, column, held).places(having.values)]
        return held[sorted(set(places)) if len(columns) > 1 else places].lazy()

    def _index(self, path: Path, column: str, held: pl.DataFrame) -> RowIndex:
        found = self._indexes.get((path, column))
        if found is None:
            found = self._indexes[path, column] = RowIndex(held[column])
        return found

    def _rows(self, path: Path) -> pl.LazyFrame:
        found = self._held.get(path)
        if found is not None:
            return found.lazy()
        rows = super().scan(path)
        size = path.stat().st_size
        with self._lock:
            if path not in self._held and self._bytes + size <= HELD_BYTES:
                self._bytes += size
                self._held[path] = rows.collect()
        return self._held[path].lazy() if path in self._held else rows
