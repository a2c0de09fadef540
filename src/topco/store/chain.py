"""What append-only books are chained with: one way to write a value, its hash, the hash before the first. Pure."""

from __future__ import annotations

import hashlib
import json
from typing import Any

GENESIS = "0" * 64
"""What the first entry of a book follows."""
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def canonical(value: Any) -> str:
    """The one way to write a value as JSON: sorted keys, no spaces.

    >>> canonical({"b": 1, "a": None})
    '{"a":null,"b":1}'
    """
    return _ENCODER.encode(value)


def hash_of(value: Any) -> str:
    """SHA-256 of a value in its canonical form, UTF-8.

    >>> hash_of({})[:8]
    '44136fa3'
    """
    return hashlib.sha256(canonical(value).encode()).hexdigest()
