"""A JSON file as a window that moves over its text: one value at a time, with what makes a value unusable.

Python's own scanner reads the values: it is quicker than an event parser and, unlike one, sees that an object gives a
key twice. Memory holds one value and a chunk.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from json import JSONDecoder
from math import isfinite
from typing import Any, NoReturn, Protocol

from topco.errors import BadInput
from topco.registries.content import Content

LONGEST = 1 << 24
"""Characters of one value of a list; a file with a longer one is refused."""

FIRST = 1
_CHUNK = 1 << 20
_BLANK = " \t\r\n"
_SHOWN = 200
HALF = re.compile(r"\\u[dD][89a-fA-F]")
"""Where a text of JSON may hold half a surrogate pair."""

HALF_CHARACTER = "half a character (a surrogate without its other half)"

_CUT = "malformed or cut off"


@dataclass(frozen=True)
class Malformed:
    """A record that cannot be used: what stands there or how it begins, why, and in which column if that is known."""

    text: str
    reason: str
    column: str = ""


class Readable(Protocol):
    """What a window moves over."""

    def read(self, size: int, /) -> str:
        """The next characters; empty at the end."""


@dataclass
class Decoder:
    """JSON whose objects give a key once, whose numbers are numbers, and whose characters are whole.

    >>> Decoder().line('{"a": 1, "a": 2}')
    Malformed(text='{"a": 1, "a": 2}', reason="the key 'a' stands twice in one object", column='a')
    >>> Decoder().line('{"a": 1e999}').reason, Decoder().line('["a').reason[:18]
    ('1e999 is no number that can be held', 'the line is no JSO')
    """

    problems: list[tuple[str, str]] = field(default_factory=list)
    parser: JSONDecoder = field(init=False)

    def __post_init__(self) -> None:
        self.parser = JSONDecoder(
            object_pairs_hook=self._object, parse_constant=self._constant, parse_float=self._float
        )

    def line(self, text: str) -> Any:
        """The value of a line, or a `Malformed`."""
        self.problems.clear()
        try:
            value = self.parser.decode(text)
        except RecursionError:
            return Malformed(text[:_SHOWN], "the JSON is nested too deeply")
        except ValueError as error:  # of numbers with thousands of digits too
            return Malformed(text[:_SHOWN], f"the line is no JSON: {error}")
        return self.checked(value, text)

    def checked(self, value: Any, text: str) -> Any:
        """The value that a text was read as, or a `Malformed` if it says something twice or nothing."""
        if self.problems:
            column, reason = self.problems[0]
            self.problems.clear()
            return Malformed(text[:_SHOWN], reason, column)
        if HALF.search(text) and (half := half_character(value)):
            return Malformed(printable(half[1]) or "", HALF_CHARACTER, half[0])
        return value

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            keys = [key for key, _ in pairs]
            doubled = next(key for key in keys if keys.count(key) > 1)
            self.problems.append((doubled[:_SHOWN], f"the key {doubled[:_SHOWN]!r} stands twice in one object"))
        return found

    def _constant(self, name: str) -> None:
        self.problems.append(("", f"{name} is no number of JSON"))

    def _float(self, text: str) -> float:
        number = float(text)
        if not isfinite(number):
            self.problems.append(("", f"{text[:_SHOWN]} is no number that can be held"))
        return number


def half_character(value: Any) -> tuple[str, str] | None:
    """The path to a text or a key in a value that cannot be written as UTF-8, and that text; None if there is none.

    >>> half_character({"a": [{"b": "\\ud800"}]}), half_character({"a": "😀"})
    (('a.b', '\\ud800'), None)
    """
    waiting: list[tuple[str, Any]] = [("", value)]
    while waiting:
        path, item = waiting.pop()
        if isinstance(item, dict):
            waiting += [(f"{path}.{key}" if path else key, part) for key, part in item.items()]
            waiting += [(path, key) for key in item]
        elif isinstance(item, list):
            waiting += [(path, part) for part in item]
        elif isinstance(item, str) and not item.isascii():
            try:
                item.encode("utf-8")
            except UnicodeEncodeError:
                return printable(path) or "", item
    return None


def printable(value: object, most: int = _SHOWN) -> str | None:
    """A value as text that can be written, cut; half characters are replaced. Depth makes no difference.

    >>> printable(7), printable(None), printable("\\ud800")
    ('7', None, '?')
    """
    if value is None:
        return None
    try:
        text = str(value)
    except (RecursionError, ValueError):  # a number with thousands of digits is not written
        return f"({type(value).__name__}, nested too deeply or too long to be shown)"
    return text[:most].encode("utf-8", "replace").decode("utf-8")


@dataclass
class Window:
    """A moving part of a file's text; `read` is how many characters of the file were read."""

    content: Content
    stream: Readable
    decoder: Decoder = field(default_factory=Decoder)
    text: str = ""
    place: int = 0
    read: int = 0

    def peek(self) -> str:
        """The next character that is no blank; empty at the end of the file."""
        while True:
            while self.place < len(self.text):
                if self.text[self.place] not in _BLANK:
                    return self.text[self.place]
                self.place += 1
            if not self._more(_CHUNK):
                return ""

    def take(self, what: str, longest: int = LONGEST) -> Any:
        """The next value, or a `Malformed`.

        Args:
            what: what it is, for people.
            longest: how many characters it may have.

        Raises:
            BadInput: it is no JSON, nested too deeply or too long, so that nothing behind it can be read.
        """
        self.peek()
        while True:
            self.decoder.problems.clear()
            try:
                value, end = self.decoder.parser.raw_decode(self.text, self.place)
                problem = ""
            except RecursionError:
                self.fail(f"{what} is nested too deeply")
            except ValueError as error:
                value, end, problem = None, len(self.text), str(error)
            # A value that reaches the end of the window may go on behind it, as a number does.
            if not problem and end < len(self.text):
                break
            held = len(self.text) - self.place
            if held > longest or not self._more(max(_CHUNK, held)):
                if problem:
                    too_long = held > longest
                    self.fail(f"{what} is longer than {longest:,} characters, or no JSON" if too_long else problem)
                break
        text, self.place = self.text[self.place : end], end
        return self.decoder.checked(value, text)

    def skip(self, sign: str) -> None:
        """Move behind a sign that must come next.

        Raises:
            BadInput: another one comes.
        """
        found = self.peek()
        if found != sign:
            self.fail(
                f"{sign!r} is expected where {found!r} stands" if found else f"it ends where {sign!r} is expected"
            )
        self.place += 1

    def items(self) -> Iterator[tuple[int, Any]]:
        """The values of the list that comes next, each or a `Malformed`, with their positions."""
        self.skip("[")
        number = FIRST
        while self.peek() != "]":
            if number > FIRST:
                self.skip(",")
            yield number, self.take(f"record {number}")
            number += 1
        self.skip("]")

    def members(self) -> Iterator[str]:
        """The keys of the object that comes next; whoever asks must take the value of each before the next.

        Raises:
            BadInput: it is malformed, or gives a key twice.
        """
        self.skip("{")
        seen: set[str] = set()
        while self.peek() != "}":
            if seen:
                self.skip(",")
            key = self.take("a key")
            if not isinstance(key, str):
                self.fail(f"a key is no text after {max(seen, default='its beginning')!r}")
            if key in seen:
                self.fail(f"the key {key[:_SHOWN]!r} stands twice in one object")
            seen.add(key)
            self.skip(":")
            yield key
        self.skip("}")

    def end(self) -> None:
        """Make sure that nothing follows.

        Raises:
            BadInput: something does.
        """
        if self.peek():
            self.fail("something follows after its end")

    def fail(self, why: str) -> NoReturn:
        """Refuse the file.

        Raises:
            BadInput: always.
        """
        raise BadInput(
            f"The JSON is {_CUT}: {why}.", where=self.content.name, remedy="Download it again, or repair it."
        )

    def _more(self, size: int) -> bool:
        """Read on; what lies before the place is forgotten."""
        chunk = self.stream.read(size)
        self.read += len(chunk)
        self.text, self.place = self.text[self.place :] + chunk, 0
        return bool(chunk)


@contextmanager
def window(content: Content) -> Iterator[Window]:
    """A window over a file, without its byte-order mark."""
    with content.path.open(encoding="utf-8-sig", newline="") as stream:
        yield Window(content, stream)


def top_level(content: Content, longest: int = LONGEST) -> Iterator[tuple[str, Any]]:
    """The members of a file that is one object, key by key; nothing if it is none.

    Raises:
        BadInput: it is malformed or cut off, or says something twice.
    """
    with window(content) as moving:
        if moving.peek() != "{":
            return
        for key in moving.members():
            value = moving.take(f"the value of {key[:_SHOWN]!r}", longest)
            if isinstance(value, Malformed):
                moving.fail(value.reason)
            yield key, value
        moving.end()


def items_under(content: Content, path: str) -> Iterator[tuple[int, Any, int]]:
    """The records of a file as a stream: position, value or `Malformed`, and how many characters were read.

    Args:
        content: a file that is a list, or an object.
        path: the key under which an object holds its list; empty: the file is the list, or the one record.

    Raises:
        BadInput: the file is malformed or cut off.
    """
    with window(content) as moving:
        if path and moving.peek() == "{":
            for key in moving.members():
                if key == path and moving.peek() == "[":
                    for number, value in moving.items():
                        yield number, value, moving.read
                else:
                    moving.take(f"the value of {key[:_SHOWN]!r}")
        elif not path and moving.peek() == "[":
            for number, value in moving.items():
                yield number, value, moving.read
        else:
            value = moving.take("the record")
            if not path:
                yield FIRST, value, moving.read
        moving.end()
