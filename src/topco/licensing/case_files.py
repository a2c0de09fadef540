"""Files of cases: one object, a list of objects, or JSON lines.

A case that cannot be used does not keep the others from being answered: it comes out as the error that says why.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from topco.errors import BadInput
from topco.licensing.case import Case, parse_case

FORMS = "A file holds one case, a list of cases, or one case per line."


@dataclass(frozen=True)
class CaseRead:
    """One case of a file, or why it is refused; `where` names the file and the place in it."""

    where: str
    case: Case | BadInput


def read_cases(text: str, where: str) -> list[CaseRead]:
    """The cases of a file, in order.

    Raises:
        BadInput: there is no case in it, or the text as a whole is not JSON (with line and column).
    """
    if not text.strip():
        raise BadInput("There is no case in the file.", where=where, remedy=FORMS)
    try:
        whole = parse_json(text, where)
    except BadInput as error:
        lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
        found = [_of_line(line, f"{where}, line {number}") for number, line in lines]
        cases = sum(isinstance(one.case, Case) for one in found)
        if 2 * cases >= len(found) > 1:
            return found
        raise error
    if isinstance(whole, list):
        if not whole:
            raise BadInput("There is no case in the file.", where=where, remedy=FORMS)
        return [_of_value(data, f"{where}, case {position}") for position, data in enumerate(whole, 1)]
    return [_of_value(whole, where)]


def parse_json(text: str, where: str, parse_float: Callable[[str], Any] = Decimal) -> Any:
    """One JSON value, numbers with a point as decimals unless told otherwise.

    Raises:
        BadInput: not JSON (with line and column), a key given twice in one object, or nesting without end.
    """
    try:
        return json.loads(text, parse_float=parse_float, object_pairs_hook=_without_doubles)
    except json.JSONDecodeError as error:
        raise BadInput(
            f"This is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.", where=where, remedy=FORMS
        ) from error
    except _DoubleKey as error:
        raise BadInput(
            f"The key {error.args[0]!r} is given twice in one object.", where=where, remedy="Keep one of the two."
        ) from error
    except (ValueError, RecursionError) as error:
        raise BadInput(f"This JSON cannot be read: {error}.", where=where, remedy=FORMS) from error


class _DoubleKey(ValueError):
    """A key that one object has twice: JSON parsers would silently keep the last."""


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _DoubleKey(key)
        found[key] = value
    return found


def _of_line(line: str, where: str) -> CaseRead:
    try:
        return _of_value(parse_json(line, where), where)
    except BadInput as error:
        return CaseRead(where, error)


def _of_value(data: Any, where: str) -> CaseRead:
    try:
        return CaseRead(where, parse_case(data, where))
    except BadInput as error:
        return CaseRead(where, error)


def well_formed(read: list[CaseRead]) -> Iterator[Case]:
    """The cases among what was read, without those that are refused."""
    return (one.case for one in read if isinstance(one.case, Case))
