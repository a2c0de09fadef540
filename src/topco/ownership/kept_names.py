"""The names and identifiers that a search goes through, kept for the next question to the same evidence."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

import polars as pl

from topco.namespaces import normalise_id
from topco.ownership.name_index import MOST_BYTES, NameIndex
from topco.ownership.names import folded

if TYPE_CHECKING:
    from datetime import date

    import numpy as np
    from numpy.typing import NDArray

    from topco.store.store import Store

_SHORTEST_PART = 6  # of an identifier
_LOOKED_THROUGH = 100


class Names:
    """All names of all entities, as written (`matched`) and folded, and what finds some of them quickly.

    The index is made when there is a second question to the same evidence of a store that is held; while it is being
    made others go through all names.
    """

    def __init__(self, rows: pl.DataFrame) -> None:
        self.rows = rows
        self._making = Lock()
        self._questions = 0
        self._index: NameIndex | None = None
        self._numbers: NumberIndex | None = None
        self._is_ready = False

    @property
    def is_prepared(self) -> bool:
        """Whether names are found by an index."""
        return self._index is not None

    def asked(self, store: Store, known_as_of: date | None) -> None:
        """Count a question, and prepare for more of them."""
        self._questions += 1
        if self._questions < 2 or not store.is_held or self._is_ready:
            return
        if self._making.acquire(blocking=False):
            try:
                if not self._is_ready:
                    self._prepare(store, known_as_of)
                    self._is_ready = True
            finally:
                self._making.release()

    def _prepare(self, store: Store, known_as_of: date | None) -> None:
        numbers = _numbers(store, known_as_of)
        if _bytes_in(self.rows["folded"]) + _bytes_in(numbers) <= MOST_BYTES:
            self._numbers = NumberIndex(numbers)
            self._index = NameIndex(self.rows["folded"])

    def with_all(self, texts: list[str]) -> pl.DataFrame:
        """The names that may hold all of some texts."""
        return self._at(self._index.holding_all(texts) if self._index else None)

    def with_any(self, texts: list[str]) -> pl.DataFrame:
        """The names that may hold one of some texts."""
        return self._at(self._index.holding_any(texts) if self._index else None)

    def _at(self, places: NDArray[np.int32] | None) -> pl.DataFrame:
        return self.rows if places is None else self.rows[places]

    def may_be_number(self, text: str) -> bool:
        """Whether a text may be an identifier or a number in a register, or a part of one."""
        return self._numbers is None or any(map(self._numbers.has, _as_numbers(text)))


class NumberIndex:
    """Lines in which some text may stand."""

    def __init__(self, lines: pl.Series) -> None:
        self._lines, self._index = lines, NameIndex(lines)

    def has(self, text: str) -> bool:
        """Whether some line holds a text; true also where it would take long to tell."""
        places = self._index.holding(text)
        if places is None or len(places) > _LOOKED_THROUGH:
            return True
        return any(text in line for line in self._lines[places])


_kept: dict[tuple[str, str], Names] = {}


def names_of(store: Store, known_as_of: date | None) -> Names:
    """All names of all entities; kept for the next question to the same evidence."""
    key = _key(store, known_as_of)
    kept = _kept.get(key)
    if kept is None:
        kept = Names(_fold(store, known_as_of))
        _kept.clear()
        _kept[key] = kept
    kept.asked(store, known_as_of)
    return kept


def names_kept(store: Store, known_as_of: date | None) -> Names | None:
    """The names, if they were asked for before."""
    return _kept.get(_key(store, known_as_of))


def _key(store: Store, known_as_of: date | None) -> tuple[str, str]:
    return str(store.path.resolve()), store.digest_for(known_as_of)


def _fold(store: Store, known_as_of: date | None) -> pl.DataFrame:
    tables = [store.table(table, ["id", "name"], known_as_of=known_as_of) for table in ("entities", "names")]
    return (
        pl.concat([table.select("id", pl.col("name").alias("matched")) for table in tables])
        .filter(pl.col("matched").is_not_null())
        .with_columns(folded=folded("matched"))
        .collect()
    )


def _bytes_in(names: pl.Series) -> int:
    return int(names.str.len_bytes().sum())


def _numbers(store: Store, known_as_of: date | None) -> pl.Series:
    """All identifiers and all numbers in registers as they are compared, each between the ends of its line."""
    rows = store.table("entities", ["id", "registration_number"], known_as_of=known_as_of)
    columns = rows.select("id", number=number_compared()).collect()
    every = pl.concat([columns["id"], columns["number"].alias("id")]).drop_nulls().unique()
    return "\n" + every + "\n"


def _as_numbers(text: str) -> list[str]:
    """What stands in those lines if a text is one of them, its end, or a part of it."""
    value = compact(text)
    found = [f"\n{normalise_id(text)}\n", f":{value}\n", f"\n{without_zeros(value)}\n"]
    return [*found, value] if is_part(text) else found


def number_compared() -> pl.Expr:
    """A number in a register as it is compared: leading zeros do not count."""
    return pl.col("registration_number").str.to_uppercase().str.strip_chars_start("0")


def compact(text: str) -> str:
    """A text as an identifier would be written.

    >>> compact("hrb 123")
    'HRB123'
    """
    return text.upper().replace(" ", "")


def without_zeros(value: str) -> str:
    """A number as it is compared.

    >>> without_zeros("00102498"), without_zeros("000")
    ('102498', '0')
    """
    return value.lstrip("0") or "0"


def is_part(text: str) -> bool:
    """Whether a text is long enough to be looked for inside identifiers.

    >>> is_part("549300"), is_part("5493"), is_part("北京北京北京")
    (True, False, False)
    """
    return len(compact(text)) >= _SHORTEST_PART and text.isascii()
