"""Notes about an entity that its own record gives: a fund, a lapsed registration, a merged company."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from topco.ownership.status import Note, note_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from topco.ownership.closure import Closure
    from topco.ownership.snapshot import Evidence

# Notes, and the registration statuses of a register that give them.
_REGISTRATION = {
    "lapsed": ["LAPSED"],
    "retired": ["RETIRED"],
    "merged": ["MERGED"],
    "annulled": ["ANNULLED", "CANCELLED"],
    "duplicate": ["DUPLICATE"],
}
WORDS = ("fund", *_REGISTRATION, "inactive")
_FIRST_BIT = max(Note).bit_length()  # after those of the structure


def remarks(evidence: Evidence, closure: Closure) -> NDArray[np.uint32]:
    """All notes of every node as bits: those of the structure, then those of its own record (`WORDS`)."""
    bits = closure.notes.astype(np.uint32)
    node = evidence.entities["node"].to_numpy()
    registration = pl.col("registration_status")
    tests = [
        pl.col("kind") == "Fund",
        *(registration.is_in(codes) for codes in _REGISTRATION.values()),
        pl.col("entity_status") == "INACTIVE",
    ]
    flags = evidence.entities.select(
        test.fill_null(value=False).alias(word) for word, test in zip(WORDS, tests, strict=True)
    )
    for place, word in enumerate(WORDS):
        bits[node[flags[word].to_numpy()]] |= np.uint32(1 << (_FIRST_BIT + place))
    return bits


def words(bits: int) -> list[str]:
    """The notes of one entity, in words."""
    return note_words(bits) + [word for place, word in enumerate(WORDS) if bits >> (_FIRST_BIT + place) & 1]
