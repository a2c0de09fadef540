"""A seal: the hash of everything else in an object, kept in the object itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from topco.store.chain import hash_of

SEAL = "hash"


def sealed(content: Mapping[str, Any]) -> dict[str, Any]:
    """The object with the hash of its content at the end.

    >>> is_whole(sealed({"a": 1})), is_whole({**sealed({"a": 1}), "a": 2})
    (True, False)
    """
    return {**content, SEAL: hash_of(dict(content))}


def is_whole(given: Mapping[str, Any]) -> bool:
    """Whether an object still has the content that it was sealed with."""
    return bool(given.get(SEAL) == hash_of({name: value for name, value in given.items() if name != SEAL}))
