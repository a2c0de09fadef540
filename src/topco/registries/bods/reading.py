"""Statements of a file as a stream, each with its text as published.

JSON lines, a list, or one statement. The text is kept because exports give every statement back as it was; the two
passes of an import each read it.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from json import JSONDecoder
from typing import IO, Any, Protocol

from pydantic_core import from_json

from topco.errors import BadInput
from topco.registries.content import Content
from topco.registries.interface import Progress
from topco.registries.json_records import FIRST_RECORD, LINES, LIST, shape
from topco.registries.json_window import HALF, HALF_CHARACTER, half_character

LONGEST = 1_000_000
_CHUNK = 1 << 20
_LONGEST_READ = 1 << 24
_REPORT_EVERY = 5_000
_BLANK = " \t\r\n"


@dataclass(frozen=True)
class Unreadable:
    """A record that is no JSON, is ambiguous, or is too long: its beginning, and why."""

    text: str
    reason: str


class Readable(Protocol):
    """What a window moves over."""

    def read(self, size: int, /) -> str:
        """The next characters; empty at the end."""


@dataclass
class Decoder:
    """JSON with the names that an object has twice noted, and without the numbers that JSON does not have."""

    repeated: list[str] = field(default_factory=list)
    parser: JSONDecoder = field(init=False)

    def __post_init__(self) -> None:
        note = self.repeated.append

        def to_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
            found = dict(pairs)
            if len(found) != len(pairs):
                names = [name for name, _ in pairs]
                note(next(name for name in names if names.count(name) > 1))
            return found

        self.parser = JSONDecoder(object_pairs_hook=to_object, parse_constant=_no_number)

    def whole(self, text: str) -> Any:
        """The value that is the whole text.

        Raises:
            ValueError: the text is no JSON, or something follows.
            RecursionError: it is nested too deeply.
        """
        try:
            value, end = self.parser.scan_once(text, 0)  # type: ignore[attr-defined]  # missing in the stubs
        except StopIteration as stop:
            raise ValueError(f"no value at character {stop.value}") from stop
        if end != len(text):
            raise ValueError(f"something follows at character {end}")
        return value

    def checked(self, value: Any, text: str) -> Any:
        """The value, unless it says something twice, holds half a character or is too long."""
        if self.repeated:
            name = self.repeated[0]
            self.repeated.clear()
            return Unreadable(text[:200], f"the name {name!r} stands twice in one object")
        if HALF.search(text) and half_character(value):
            return Unreadable(text[:200], HALF_CHARACTER)
        return value if len(text) <= LONGEST else too_long(text)


def too_long(text: str) -> Unreadable:
    """A record over the limit."""
    return Unreadable(text[:200], f"the statement is longer than {LONGEST:,} characters")


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def texts(
    content: Content, progress: Progress, phase: str, is_sound: Callable[[int], bool] | None = None
) -> Iterator[tuple[int, str, Any]]:
    """The records with their positions: row, text, and the value or an `Unreadable`.

    Rows are lines of JSON lines, else positions in the list, from 1.

    Args:
        content: the file.
        progress: told about bytes.
        phase: what is being done, for `progress`.
        is_sound: whether the record with this number, from 0, was found sound before and can be read the quick way.

    Raises:
        BadInput: a file that is not JSON lines is malformed, cut off or nested too deeply.
    """
    how = shape(content)
    if how == LINES:
        yield from _lines(content, progress, phase, is_sound or _never)
    else:
        yield from _items(content, progress, phase, is_list=how == LIST)


def _never(number: int) -> bool:
    return False


def _lines(
    content: Content, progress: Progress, phase: str, is_sound: Callable[[int], bool]
) -> Iterator[tuple[int, str, Any]]:
    decoder, done, count = Decoder(), 0, -1
    with content.path.open("rb") as stream:
        number = FIRST_RECORD - 1
        while raw := stream.readline(_LONGEST_READ):
            number += 1
            done += len(raw)
            if number % _REPORT_EVERY == 0:
                progress(phase, done, content.size, "bytes")
            if len(raw) == _LONGEST_READ and not raw.endswith(b"\n"):
                done += _skip_line(stream)
                count += 1
                yield number, "", too_long(raw[:1000].decode("utf-8", errors="replace"))
                continue
            text = raw.removeprefix(codecs.BOM_UTF8).decode("utf-8").strip(_BLANK)
            if not text:
                continue
            count += 1
            if is_sound(count):
                try:
                    yield number, text, from_json(text)
                    continue
                except ValueError:
                    # Half a surrogate pair in a field that nobody reads: only Python's reader lets it through.
                    pass
            try:
                value = decoder.whole(text)
            except RecursionError:
                yield number, text, Unreadable(text[:200], "the JSON is nested too deeply")
            except ValueError as error:
                yield number, text, Unreadable(text[:200], f"the line is no JSON: {error}")
            else:
                yield number, text, decoder.checked(value, text)


def _skip_line(stream: IO[bytes]) -> int:
    skipped = 0
    while more := stream.readline(_LONGEST_READ):
        skipped += len(more)
        if more.endswith(b"\n"):
            break
    return skipped


def _items(content: Content, progress: Progress, phase: str, *, is_list: bool) -> Iterator[tuple[int, str, Any]]:
    """The elements of a list, or the one object that is the file."""
    with content.path.open(encoding="utf-8-sig", newline="") as stream:
        window = Window(content, stream, Decoder())
        if is_list:
            yield from listed(window, progress, phase)
        else:
            yield FIRST_RECORD, *window.take(FIRST_RECORD)
        if window.peek():
            raise _malformed(content, "something follows after the end")


def listed(window: Window, progress: Progress, phase: str) -> Iterator[tuple[int, str, Any]]:
    """The elements of a list that begins at a window, with their positions."""
    number = FIRST_RECORD
    window.peek()
    window.place += 1
    while (sign := window.peek()) != "]":
        if number > FIRST_RECORD:
            if sign != ",":
                problem = f"no comma before statement {number}" if sign else "the list does not end"
                raise _malformed(window.content, problem)
            window.place += 1
        if number % _REPORT_EVERY == 0:
            progress(phase, window.read, window.content.size, "bytes")
        yield number, *window.take(number)
        number += 1
    window.place += 1


@dataclass
class Window:
    """A moving part of a file's text."""

    content: Content
    stream: Readable
    decoder: Decoder
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
            if not self._more():
                return ""

    def take(self, number: int) -> tuple[str, Any]:
        """The next value, with its text."""
        self.peek()
        while True:
            try:
                value, end = self.decoder.parser.raw_decode(self.text, self.place)
                problem = "the file ends in it"
            except RecursionError as error:
                raise _malformed(self.content, f"statement {number} is nested too deeply") from error
            except ValueError as error:
                value, end, problem = None, len(self.text), str(error)
            # A value that reaches the end of the window may go on behind it, as a number does.
            if end < len(self.text):
                text = self.text[self.place : end]
                self.place = end
                return text, self.decoder.checked(value, text)
            self.decoder.repeated.clear()
            if len(self.text) - self.place > _LONGEST_READ or not self._more():
                if value is not None:
                    text, self.place = self.text[self.place :], end
                    return text, self.decoder.checked(value, text)
                raise _malformed(self.content, f"statement {number} is no JSON: {problem}")

    def _more(self) -> bool:
        """Read on; what lies before the place is forgotten."""
        chunk = self.stream.read(_CHUNK)
        self.read += len(chunk)
        self.text, self.place = self.text[self.place :] + chunk, 0
        return bool(chunk)


def _malformed(content: Content, why: str) -> BadInput:
    return BadInput(
        f"The JSON is malformed or cut off: {why}.", where=content.name, remedy="Download it again, or repair it."
    )
