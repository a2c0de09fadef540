"""Golden copy XML to raw columns: one record in memory at a time, no document types, no network.

A document type is refused, so that no entity can expand; without one, libxml2's limits on size may be lifted safely.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO

from lxml import etree

from topco.errors import BadInput
from topco.registries.content import Content
from topco.registries.gleif import trees
from topco.registries.gleif.layout import Layout
from topco.registries.interface import OtherKind, Progress, Raw
from topco.registries.xml_prolog import check_prolog

_MOST_HEADER_TEXTS = 50


def opening(content: Content) -> tuple[str, dict[str, str]]:
    """The name of the root element, and the texts of the header (`ContentDate`, `FileContent` …).

    Raises:
        BadInput: the XML is malformed or has a document type.
    """
    check_prolog(content, OtherKind)
    root = ""
    texts: dict[str, str] = {}
    try:
        with content.path.open("rb") as stream:
            for event, element in _events(stream, ("start", "end")):
                name = etree.QName(element).localname
                if not root:
                    root = name
                elif event == "end" and element.text and not len(element):
                    texts[name] = element.text.strip()
                elif event == "start" and name.endswith(("Records", "ReportingExceptions")):
                    break
                if len(texts) > _MOST_HEADER_TEXTS:
                    break
    except etree.XMLSyntaxError as error:
        raise _malformed(content, error) from error
    return root, texts


def extract(content: Content, layout: Layout, folder: Path, progress: Progress) -> Raw:
    """Stage the raw rows of an XML file into a folder.

    Raises:
        BadInput: the XML is malformed or cut off.
    """
    phase = f"records of {content.name}"
    try:
        with content.path.open("rb") as stream:
            records = _records(layout, stream)
            return trees.write(records, layout, folder, lambda: progress(phase, stream.tell(), content.size, "bytes"))
    except etree.XMLSyntaxError as error:
        raise _malformed(content, error) from error


def _records(layout: Layout, stream: IO[bytes]) -> Iterator[trees.Tree]:
    wanted = layout.names | {trees.EXTENSION, trees.DELETION, "DeletedAt"}
    for _, element in _events(stream, ("end",), tag=f"{{*}}{layout.record}"):
        yield trees.tree_of(element, wanted)
        element.clear()
        parent = element.getparent()
        while parent is not None and element.getprevious() is not None:
            del parent[0]


def _events(stream: IO[bytes], events: tuple[str, ...], tag: str | None = None) -> Iterator[tuple[str, etree._Element]]:
    yield from etree.iterparse(
        stream,
        events=events,
        tag=tag,
        huge_tree=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )


def _malformed(content: Content, error: etree.XMLSyntaxError) -> BadInput:
    return BadInput(f"The XML is malformed or cut off: {error.msg}.", where=content.name, remedy="Download it again.")
