"""Records of the XML and JSON golden copies as trees of dictionaries, and raw columns from them.

JSON already has this shape: an element is `{"$": text, "@attribute": value, child: element or [elements]}`. XML is
brought to it, so that one reader serves both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from topco.registries.gleif.layout import TEXT, Group, Layout, Part
from topco.registries.interface import Progress

if TYPE_CHECKING:
    from lxml.etree import _Element

Tree = dict[str, Any]
FIRST_RECORD = 1
BATCH = 50_000
_XML_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def tree_of(element: _Element) -> Tree:
    """The tree of an XML element, namespaces left out.

    >>> from lxml import etree
    >>> tree_of(etree.fromstring('<a xmlns="urn:x"><b xml:lang="en">x</b><b>y</b></a>'))
    {'b': [{'@xml:lang': 'en', '$': 'x'}, {'$': 'y'}]}
    """
    tree: Tree = {}
    for name, value in element.attrib.items():
        tree["@xml:lang" if name == _XML_LANGUAGE else f"@{str(name).rpartition('}')[2]}"] = value
    leaf = True
    for child in element:
        leaf = False
        tree.setdefault(child.tag.rpartition("}")[2], []).append(tree_of(child))
    if leaf and element.text and element.text.strip():
        tree[TEXT] = element.text
    return tree


def elements(tree: Any, path: str) -> Iterator[Any]:
    """All elements at a dotted path; the empty path is the element itself.

    >>> list(elements({"a": [{"b": {"$": "1"}}, {"b": [{"$": "2"}, {"$": "3"}]}]}, "a.b"))
    [{'$': '1'}, {'$': '2'}, {'$': '3'}]
    """
    if not path:
        yield tree
        return
    name, _, rest = path.partition(".")
    below = tree.get(name) if isinstance(tree, dict) else None
    for element in below if isinstance(below, list) else [below] if below is not None else []:
        yield from elements(element, rest)


def value(tree: Any, path: str, attribute: str = TEXT) -> str | None:
    """The first text (or attribute) at a path, without blanks around it; null if there is none or it is empty."""
    for element in elements(tree, path):
        found = element.get(attribute) if isinstance(element, dict) else element if attribute == TEXT else None
        if found is not None and (text := str(found).strip()):
            return text
    return None


def row_of(tree: Tree, layout: Layout, number: int) -> dict[str, Any]:
    """The raw row of a record's tree."""
    row: dict[str, Any] = {field.name: value(tree, field.path, field.attribute) for field in layout.fields}
    for group in layout.groups:
        row[group.name] = [member for path in group.trees for member in _members(tree, path, group)]
    row["row"] = number
    return row


def _members(tree: Tree, path: str, group: Group) -> Iterator[dict[str, str | None]]:
    deciding, wanted = group.only or (group.parts[0].name, None)
    for element in elements(tree, path):
        member = {part.name: _part(element, part) for part in group.parts}
        if member[deciding] is not None and wanted in (None, member[deciding]):
            yield member


def _part(element: Any, part: Part) -> str | None:
    return value(element, part.path, part.attribute)


def write(records: Iterable[Tree], layout: Layout, folder: Path, phase: str, progress: Progress) -> int:
    """Write records as raw Parquet files of some ten thousand rows each; return their number."""
    batch: list[dict[str, Any]] = []
    number = FIRST_RECORD - 1
    for number, tree in enumerate(records, start=FIRST_RECORD):
        batch.append(row_of(tree, layout, number))
        if len(batch) == BATCH:
            _flush(batch, layout, folder, number)
            progress(phase, number, None, "records")
            batch = []
    if batch:
        _flush(batch, layout, folder, number)
    return number - FIRST_RECORD + 1


def _flush(batch: list[dict[str, Any]], layout: Layout, folder: Path, number: int) -> None:
    frame = pl.DataFrame(batch, schema=layout.raw, orient="row")
    frame.write_parquet(folder / f"{number:012d}.parquet", compression="zstd", compression_level=1)
