"""Golden copy JSON to raw columns, as a stream."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import ijson

from topco.errors import BadInput
from topco.registries.content import Content
from topco.registries.gleif import trees
from topco.registries.gleif.layout import Layout
from topco.registries.interface import Progress, Raw
from topco.registries.json_window import Malformed, items_under

_WRAPPER = "RelationshipRecord"
_MOST_HEADER_EVENTS = 500


def opening(content: Content) -> tuple[str, dict[str, str]]:
    """The key of the first list of the document, and the texts that stand before it, by their last key.

    The key is empty if the document itself is a list or holds none near its beginning.

    Raises:
        BadInput: the JSON is malformed.
    """
    texts: dict[str, str] = {}
    with stream_of(content) as stream:
        for number, (prefix, event, value) in enumerate(ijson.parse(stream, use_float=True)):
            if event == "start_array":
                return prefix, texts
            if event == "string":
                texts[prefix.removesuffix(".$").rpartition(".")[2]] = value
            if number > _MOST_HEADER_EVENTS:
                break
    return "", texts


def extract(content: Content, layout: Layout, folder: Path, progress: Progress) -> Raw:
    """Stage the raw rows of a JSON file into a folder.

    Raises:
        BadInput: the JSON is malformed or cut off.
    """
    phase, done = f"records of {content.name}", [0]

    def records() -> Iterator[tuple[int, trees.Tree | Malformed]]:
        for number, item, done[0] in items_under(content, layout.json_key):
            if not isinstance(item, dict | Malformed):
                raise BadInput(f"Record {number} is no object.", where=content.name, remedy="Download it again.")
            yield number, item.get(_WRAPPER, item) if isinstance(item, dict) else item

    def tell() -> None:
        progress(phase, min(done[0], content.size), content.size, "bytes")

    return trees.write_numbered(records(), layout, folder, tell)


@contextmanager
def stream_of(content: Content) -> Iterator[IO[bytes]]:
    """A JSON file without its byte-order mark; what the parser finds wrong becomes bad input."""
    with content.path.open("rb") as stream:
        if stream.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
            stream.seek(0)
        try:
            yield stream
        except (ijson.JSONError, UnicodeDecodeError) as error:  # the latter of half a character
            raise BadInput(
                f"The JSON is malformed or cut off: {str(error).strip().splitlines()[0].rstrip('.')}.",
                where=content.name,
                remedy="Download it again.",
            ) from error
