"""Golden copy JSON to raw columns, as a stream."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import ijson

from topco.errors import BadInput
from topco.registries.content import Content
from topco.registries.gleif import trees
from topco.registries.gleif.layout import Layout
from topco.registries.gleif.xml_files import DELETION, EXTENSION
from topco.registries.interface import OtherKind, Progress, Raw

_WRAPPER = "RelationshipRecord"
_MOST_HEADER_EVENTS = 500


def opening(content: Content) -> tuple[str, dict[str, str]]:
    """The key of the first list of the document, and the texts that stand before it, by their last key.

    The key is empty if the document itself is a list or holds none near its beginning.

    Raises:
        BadInput: the JSON is malformed.
    """
    texts: dict[str, str] = {}
    with _stream(content) as stream:
        for number, (prefix, event, value) in enumerate(ijson.parse(stream)):
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
        OtherKind: it holds deletions, so it is a delta.
    """
    with _stream(content) as stream:
        records = _records(content, ijson.items(stream, f"{layout.json_key}.item", use_float=True))
        phase = f"records of {content.name}"
        return trees.write(records, layout, folder, lambda: progress(phase, stream.tell(), content.size, "bytes"))


def _records(content: Content, items: Iterator[Any]) -> Iterator[trees.Tree]:
    for number, item in enumerate(items, start=trees.FIRST_RECORD):
        if not isinstance(item, dict):
            raise BadInput(f"Record {number} is no object.", where=content.name, remedy="Download it again.")
        record = item.get(_WRAPPER, item)
        if any(DELETION in extension for extension in trees.elements(record, [EXTENSION])):
            raise OtherKind(
                "The file deletes records: it is a delta, and only full files are modelled yet.",
                where=content.name,
                remedy="Load the full golden copy.",
            )
        yield record


@contextmanager
def _stream(content: Content) -> Iterator[IO[bytes]]:
    with content.path.open("rb") as stream:
        if stream.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
            stream.seek(0)
        try:
            yield stream
        except ijson.JSONError as error:
            raise BadInput(
                f"The JSON is malformed or cut off: {str(error).strip().splitlines()[0]}.",
                where=content.name,
                remedy="Download it again.",
            ) from error
