"""Files of cases: one object, a list of objects, or JSON lines.

A case that cannot be used does not keep the others from being answered: it comes out as the error that says why.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from topco.errors import BadInput
from topco.licensing.cases.case import Case, parse_case

FORMS = "A file holds one {0}, a list of {0}s, or one {0} per line."
HALF_A_LETTER = re.compile(r"\\u[dD][89a-fA-F]")  # perhaps: two of them make a whole one
Read = TypeVar("Read")


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
    return read_each(text, where, "case", lambda data, of: CaseRead(of, parse_case(data, of)), CaseRead)


def read_each(
    text: str,
    where: str,
    noun: str,
    parse: Callable[[Any, str], Read],
    refused: Callable[[str, BadInput], Read],
    parse_float: Callable[[str], Any] = Decimal,
) -> list[Read]:
    """What a file holds, in order: one JSON object, a list of them, or one per line.

    Args:
        text: the text of the file.
        where: the name of the file.
        noun: what one object is, for errors.
        parse: one object, from its data and its place in the file; raises BadInput.
        refused: what stands for an object that cannot be used.
        parse_float: what makes a number of one with a point.

    Raises:
        BadInput: there is nothing in it, or the text as a whole is not JSON (with line and column).
    """
    empty = BadInput(f"There is no {noun} in the file.", where=where, remedy=FORMS.format(noun))

    def of_line(line: str, place: str) -> Read:
        return parse(parse_json(line, place, parse_float, noun), place)

    def tried(read: Callable[[Any, str], Read], value: Any, place: str) -> Read:
        try:
            return read(value, place)
        except BadInput as error:
            return refused(place, error)

    if not text.strip():
        raise empty
    try:
        whole = parse_json(text, where, parse_float, noun)
    except BadInput:
        lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
        if not _one_per_line([line for _, line in lines]):
            raise
        return [tried(of_line, line, f"{where}, line {number}") for number, line in lines]
    if not isinstance(whole, list):
        return [tried(parse, whole, where)]
    if not whole:
        raise empty
    return [tried(parse, data, f"{where}, {noun} {position}") for position, data in enumerate(whole, 1)]


def _one_per_line(lines: list[str]) -> bool:
    """Whether a text that is no JSON as a whole holds one object a line, however many of them are refused."""
    if len(lines) < 2:
        return False
    return all(line.lstrip().startswith("{") for line in lines) or 2 * sum(map(_is_json, lines)) >= len(lines)


def _is_json(line: str) -> bool:
    try:
        parse_json(line, "")
    except BadInput:
        return False
    return True


def parse_json(text: str, where: str, parse_float: Callable[[str], Any] = Decimal, noun: str = "case") -> Any:
    """One JSON value, numbers with a point as decimals unless told otherwise; `noun` is what it should be, for errors.

    Raises:
        BadInput: not JSON (with line and column), a key given twice in one object, nesting without end, or a text that
            no output can hold.
    """
    try:
        found = json.loads(text, parse_float=parse_float, object_pairs_hook=_without_doubles)
        if HALF_A_LETTER.search(text):
            json.dumps(found, ensure_ascii=False, default=str).encode()
        return found
    except UnicodeEncodeError as error:
        what = "This JSON cannot be read: a text in it has half of a letter that is written as two codes."
        raise BadInput(what, where=where, remedy="Write the letter itself.") from error
    except json.JSONDecodeError as error:
        raise BadInput(
            f"This is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.",
            where=where,
            remedy=FORMS.format(noun),
        ) from error
    except _DoubleKey as error:
        raise BadInput(
            f"The key {error.args[0]!r} is given twice in one object.", where=where, remedy="Keep one of the two."
        ) from error
    except RecursionError as error:
        what = "This JSON cannot be read: it is nested too deeply."
        raise BadInput(what, where=where, remedy=FORMS.format(noun)) from error
    except ValueError as error:
        what = "This JSON cannot be read: a number in it is too long."
        raise BadInput(what, where=where, remedy="Write it with fewer digits.") from error


class _DoubleKey(ValueError):
    """A key that one object has twice: JSON parsers would silently keep the last."""


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _DoubleKey(key)
        found[key] = value
    return found


def well_formed(read: list[CaseRead]) -> Iterator[Case]:
    """The cases among what was read, without those that are refused."""
    return (one.case for one in read if isinstance(one.case, Case))
