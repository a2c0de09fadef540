"""Records of the XML and JSON golden copies as trees of dictionaries, and raw columns from them.

JSON already has this shape: an element is `{"$": text, "@attribute": value, child: element or [elements]}`. XML is
brought to it, so that one reader serves both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from topco.registries.gleif.layout import TEXT, Group, Layout
from topco.registries.interface import Progress, Raw

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


def rows_of(tree: Tree, layout: Layout, number: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The raw rows of a record's tree, and those aside."""
    record: dict[str, Any] = {field.name: value(tree, field.path, field.attribute) for field in layout.fields}
    record["row"] = number
    if layout.joined:
        name, group = layout.joined
        texts = [member[group.parts[0].name] for member in _members(tree, group)]
        record[name] = "; ".join(text for text in texts if text) or None
    aside = [
        {**record, **member, "number": place}
        for place, member in enumerate(_members(tree, layout.aside) if layout.aside else (), start=1)
    ]
    members = list(_members(tree, layout.each)) if layout.each else []
    return [{**record, **member} for member in members] or [record], aside


def _members(tree: Tree, group: Group) -> Iterator[dict[str, str | None]]:
    name, wanted = group.deciding
    for path in group.trees:
        for element in elements(tree, path):
            member = {part.name: value(element, part.path, part.attribute) for part in group.parts}
            if member[name] is not None and wanted in (None, member[name]):
                yield member


def write(records: Iterable[Tree], layout: Layout, folder: Path, phase: str, progress: Progress) -> Raw:
    """Stage records as Parquet files of some ten thousand rows each, and give the raw rows over them."""
    staged = _Staging(folder, "rows", layout.schema)
    aside = _Staging(folder, "aside", layout.aside_schema)
    number = FIRST_RECORD - 1
    for number, tree in enumerate(records, start=FIRST_RECORD):
        rows, beside = rows_of(tree, layout, number)
        staged.add(rows)
        aside.add(beside)
        if number % BATCH == 0:
            progress(phase, number, None, "records")
    return Raw(staged.scan(), aside.scan() if layout.aside else None, number - FIRST_RECORD + 1)


class _Staging:
    """Rows collected into numbered Parquet files."""

    def __init__(self, folder: Path, name: str, schema: pl.Schema) -> None:
        self.folder, self.schema = folder / name, schema
        self.folder.mkdir()
        self.batch: list[dict[str, Any]] = []
        self.files = 0

    def add(self, rows: list[dict[str, Any]]) -> None:
        self.batch += rows
        if len(self.batch) >= BATCH:
            self._flush()

    def scan(self) -> pl.LazyFrame:
        self._flush()
        return pl.scan_parquet(self.folder / "*.parquet") if self.files else pl.LazyFrame(schema=self.schema)

    def _flush(self) -> None:
        if self.batch:
            path = self.folder / f"{self.files:06d}.parquet"
            pl.DataFrame(self.batch, schema=self.schema, orient="row").write_parquet(path, compression_level=1)
            self.batch = []
            self.files += 1
