"""The identifier of a determination: a hash of everything that it depends on (case, dates, policies, loads, rules).

All but the ledger, which the answer itself changes when it is reserved for: an answer names the head it read.

What is hashed is a canonical text. For each stated fact it has one line, `path=value`: keys of one object in the order
of the alphabet, places in lists as numbers from 0 (`parties.0.role=ultimate_consignee`), values as the case's JSON has
them (dates ISO, amounts as text), truth values `true` and `false`; in texts a backslash and a line break are escaped.
What is null has no line. Before these lines stands the hash of such lines about the frame: reading, dates, policy,
loads, rules, and the parent test where another one than the rules ask was chosen. A line depends on its own fact
alone, so that screening joins the lines of whole columns.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
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
    test: str | None = None,
) -> str:
    """The identifier of the answer to a case.

    Args:
        case: the case in JSON, without what is null.
        reading: how the law is read.
        as_of: the day of the facts; `known_as_of` that of the loads, `rules_as_of` that of the law.
        open_top: the policy for open tops.
        loads: the ids of the loads in force, in their order.
        rules: the digest of the rules.
        test: the parent test, if another one than the rules ask was chosen.
    """
    asked = {key: value for key, value in case.items() if key not in REMARKS}
    frame = frame_hash(reading, as_of, known_as_of, rules_as_of, open_top, loads, rules, test)
    return identifier_of_text(frame, "".join(lines("", asked)))


def frame_hash(
    reading: str,
    as_of: date | str,
    known_as_of: date | str,
    rules_as_of: date | str,
    open_top: str,
    loads: Sequence[str],
    rules: str,
    test: str | None = None,
) -> str:
    """The hash of what a case is asked under; arguments as for `identifier`."""
    dates = {"as_of": as_of, "known_as_of": known_as_of, "rules_as_of": rules_as_of}
    told = {"reading": reading, **dates, "open_top": open_top, "loads": [*loads], "rules": rules, "test": test}
    return hashlib.sha256("".join(lines("", told)).encode()).hexdigest()


def identifier_of_text(frame: str, stated: str) -> str:
    """The identifier from the hash of a frame and the lines of a case.

    >>> identifier_of_text("", "id=1\\n")
    'det:67225fbb9231af31'
    """
    return "det:" + hashlib.sha256(f"{frame}\n{stated}".encode()).hexdigest()[:16]


def lines(path: str, value: Any) -> Iterator[str]:
    """The lines of one value at a path, each with its line break.

    >>> list(lines("a", {"c": [True, "x"], "b": None}))
    ['a.c.0=true\\n', 'a.c.1=x\\n']
    """
    if value is None:
        return
    if isinstance(value, Mapping):
        for name in sorted(value):
            key = escaped(name).replace("=", "\\e")
            yield from lines(f"{path}.{key}" if path else key, value[name])
    elif isinstance(value, list | tuple):
        for place, one in enumerate(value):
            yield from lines(f"{path}.{place}", one)
    elif isinstance(value, bool):
        yield f"{path}={'true' if value else 'false'}\n"
    else:
        yield f"{path}={escaped(str(value))}\n"


def escaped(text: str) -> str:
    """A text without line breaks, which no other text becomes."""
    return text.replace("\\", "\\\\").replace("\n", "\\n")
