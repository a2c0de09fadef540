"""The identifier of a determination: a hash of everything that it depends on (case, dates, policies, loads, rules).

All but the ledger, which the answer itself changes when it is reserved for: an answer names the head it read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from topco import knowledge

REMARKS = frozenset({"title", "cites", "confidence", "expect"})
"""Keys of a case that serve test files: no answer depends on them."""


def rules_digest() -> str:
    """The version of the rules: a hash of the law and of what it refers to."""
    return knowledge.digest("rules", "data/reference")


def identifier(
    case: Mapping[str, Any],
    reading: str,
    as_of: date | str,
    known_as_of: date | str,
    rules_as_of: date | str,
    open_top: str,
    loads: Sequence[str],
    rules: str,
) -> str:
    """The identifier of the answer to a case.

    Args:
        case: the case in JSON, without what is null.
        reading: how the law is read.
        as_of: the day of the facts; `known_as_of` that of the loads, `rules_as_of` that of the law.
        open_top: the policy for open tops.
        loads: the ids of the loads in force, in their order.
        rules: the digest of the rules.
    """
    asked = {key: value for key, value in case.items() if key not in REMARKS}
    frame = [reading, as_of, known_as_of, rules_as_of, open_top, [*loads]]
    content = json.dumps([asked, frame, rules], sort_keys=True, default=str)
    return "det:" + hashlib.sha256(content.encode()).hexdigest()[:16]
