"""JSON records as a stream: JSON lines, a list, a list under a key, or one object."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import Any

from topco.registries.content import Content
from topco.registries.interface import Progress
from topco.registries.json_window import FIRST, LONGEST, Decoder, Malformed, items_under

LINES, LIST, OBJECT = "jsonl", "json-list", "json-object"
FIRST_RECORD = FIRST
_REPORT_EVERY = 2_000
_TOO_LONG = f"the line is longer than {LONGEST:,} bytes"

__all__ = ["FIRST_RECORD", "LINES", "LIST", "OBJECT", "Malformed", "first_records", "records", "shape"]


def shape(content: Content) -> str | None:
    """How records stand in a file: `LINES`, `LIST`, `OBJECT`; None if it is no JSON by its beginning.

    A file of one line with one object counts as `LINES` and as `OBJECT` alike and is called `OBJECT`.
    """
    text = content.head.decode("utf-8-sig", errors="ignore").lstrip()
    if text[:1] == "[":
        return LIST
    if text[:1] != "{":
        return None
    first, _, rest = text.partition("\n")
    try:
        json.loads(first)
    except (ValueError, RecursionError):  # of numbers with thousands of digits too
        return OBJECT
    return LINES if rest.strip() else OBJECT


def first_records(content: Content, most: int = 5) -> list[dict[str, Any]]:
    """The first objects of a file that its beginning holds whole, to tell what it is; none if it is no JSON."""
    how = shape(content)
    text = content.head.decode("utf-8-sig", errors="ignore").lstrip()
    found: list[dict[str, Any]] = []
    if how == LINES:
        for line in text.splitlines()[:most]:
            try:
                value = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(value, dict):
                found.append(value)
    elif how == LIST:
        decoder, place = json.JSONDecoder(), 1
        while len(found) < most:
            while place < len(text) and text[place] in " \t\r\n,":
                place += 1
            try:
                value, place = decoder.raw_decode(text, place)
            except (ValueError, RecursionError):
                break
            if isinstance(value, dict):
                found.append(value)
    elif how == OBJECT:
        try:
            value = json.loads(text) if content.size <= len(content.head) else None
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict):
            found.append(value)
    return found


def records(content: Content, progress: Progress, under: str = "") -> Iterator[tuple[int, Any]]:
    """The records of a file with their positions: the line of JSON lines, else the number in the list from 1.

    Args:
        content: the file.
        progress: told about bytes.
        under: the key whose list holds the records of a file that is one object; empty: the object is the record.

    Yields:
        Position and value; for a record that cannot be used (no JSON, a key twice, no number, half a character) a
        `Malformed`.

    Raises:
        BadInput: a file that is not JSON lines is malformed, cut off or nested too deeply.
    """
    phase = f"records of {content.name}"
    if shape(content) == LINES:
        yield from _lines(content, progress, phase)
        return
    for number, value, read in items_under(content, under):
        if number % _REPORT_EVERY == 0:
            progress(phase, min(read, content.size), content.size, "bytes")
        yield number, value


def _lines(content: Content, progress: Progress, phase: str) -> Iterator[tuple[int, Any]]:
    decoder, done = Decoder(), 0
    with content.path.open("rb") as stream:
        number = FIRST_RECORD - 1
        while line := stream.readline(LONGEST):
            number += 1
            done += len(line)
            if number % _REPORT_EVERY == 0:
                progress(phase, done, content.size, "bytes")
            if len(line) == LONGEST and not line.endswith(b"\n"):
                while more := stream.readline(LONGEST):
                    done += len(more)
                    if more.endswith(b"\n"):
                        break
                yield number, Malformed(line[:200].decode("utf-8", errors="replace"), _TOO_LONG)
                continue
            text = line.removeprefix(codecs.BOM_UTF8).decode("utf-8").strip(" \t\r\n")
            if text:
                yield number, decoder.line(text)
