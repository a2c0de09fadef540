"""Golden copy XML to raw columns: one record in memory at a time, no document types, no network.

A document type is refused, so that no entity can expand; without one, libxml2's limits on size may be lifted safely.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from topco.errors import BadInput
from topco.registries.content import Content
from topco.registries.gleif import trees
from topco.registries.gleif.layout import Layout
from topco.registries.interface import OtherKind, Progress, Raw

DELETION = "Deletion"


def opening(content: Content) -> tuple[str, dict[str, str]]:
    """The name of the root element, and the texts of the header (`ContentDate`, `FileContent` …).

    Raises:
        BadInput: the XML is malformed or has a document type.
    """
    if b"<!DOCTYPE" in content.head or b"<!ENTITY" in content.head:
        raise OtherKind(
            "The XML has a document type, which registry files do not have.",
            where=content.name,
            remedy="Download the file from its publisher.",
        )
    root = ""
    texts: dict[str, str] = {}
    try:
        for event, element in _events(content, ("start", "end")):
            name = etree.QName(element).localname
            if not root:
                root = name
            elif event == "end" and element.text and not len(element):
                texts[name] = element.text.strip()
            elif event == "start" and name.endswith(("Records", "ReportingExceptions")):
                break
            if len(texts) > 50:
                break
    except etree.XMLSyntaxError as error:
        raise _malformed(content, error) from error
    return root, texts


def extract(content: Content, layout: Layout, folder: Path, progress: Progress) -> Raw:
    """Stage the raw rows of an XML file into a folder.

    Raises:
        BadInput: the XML is malformed or cut off.
        OtherKind: it holds deletions, so it is a delta.
    """
    try:
        return trees.write(_records(content, layout), layout, folder, f"records of {content.name}", progress)
    except etree.XMLSyntaxError as error:
        raise _malformed(content, error) from error


def _records(content: Content, layout: Layout) -> Iterator[trees.Tree]:
    for _, element in _events(content, ("end",), tag=f"{{*}}{layout.record}"):
        tree = trees.tree_of(element)
        if any(DELETION in extension for extension in trees.elements(tree, "Extension")):
            raise OtherKind(
                "The file deletes records: it is a delta, and only full files are modelled yet.",
                where=content.name,
                remedy="Load the full golden copy.",
            )
        yield tree
        element.clear()
        parent = element.getparent()
        while parent is not None and element.getprevious() is not None:
            del parent[0]


def _events(content: Content, events: tuple[str, ...], tag: str | None = None) -> Iterator[tuple[str, etree._Element]]:
    yield from etree.iterparse(
        str(content.path),
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
