"""Records of the XML and JSON golden copies as trees of dictionaries, and raw columns from them.

JSON already has this shape: an element is `{"$": text, "@attribute": value, child: element or [elements]}`. XML is
brought to it, so that one reader serves both.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from topco.registries.gleif.layout import LANGUAGE, TEXT, Group, Layout
from topco.registries.interface import Raw
from topco.registries.json_window import Malformed, printable

if TYPE_CHECKING:
    from lxml.etree import _Element

Tree = dict[str, Any]
FIRST_RECORD = 1
EXTENSION = "Extension"
DELETION = "Deletion"
BATCH = 50_000
_TELL = 2_000
_REFUSED = {"row": pl.Int64, "column": pl.String, "value": pl.String, "reason": pl.String}
_XML_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def tree_of(element: _Element, wanted: Container[str] | None = None) -> Tree:
    """The tree of an XML element, namespaces left out; of the elements below only the wanted ones, if that is said.

    >>> from lxml import etree
    >>> tree_of(etree.fromstring('<a xmlns="urn:x"><b xml:lang="en">x</b><b>y</b><c>z</c></a>'))
    {'b': [{'@xml:lang': 'en', '$': 'x'}, {'$': 'y'}], 'c': {'$': 'z'}}
    """
    tree: Tree = {}
    for name, text in element.attrib.items():
        tree[LANGUAGE if name == _XML_LANGUAGE else f"@{_local(str(name))}"] = text
    leaf = True
    for child in element:
        leaf = False
        name = _local(child.tag)
        if wanted is not None and name not in wanted:
            continue
        below = tree_of(child, wanted)
        before = tree.setdefault(name, below)
        if isinstance(before, list):
            before.append(below)
        elif before is not below:
            tree[name] = [before, below]
    if leaf and element.text:
        tree[TEXT] = element.text
    return tree


@lru_cache(maxsize=1024)
def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def elements(tree: Any, steps: Sequence[str]) -> list[Any]:
    """All elements at a path; the empty path is the element itself.

    >>> elements({"a": [{"b": {"$": "1"}}, {"b": [{"$": "2"}, {"$": "3"}]}]}, ["a", "b"])
    [{'$': '1'}, {'$': '2'}, {'$': '3'}]
    """
    found = [tree]
    for step in steps:
        below = [element.get(step) for element in found if isinstance(element, dict)]
        found = [
            each for entry in below for each in (entry if isinstance(entry, list) else [entry]) if each is not None
        ]
        if not found:
            break
    return found


def value(tree: Any, steps: Sequence[str], attribute: str = TEXT) -> str | None:
    """The first text (or attribute) at a path, without blanks around it; null if there is none or it is empty.

    Raises:
        NotText: something else than a text or a number stands there.

    >>> value({"a": {"b": {"$": " x "}}}, ["a", "b"]), value({"a": {"b": "x"}}, ["a", "c"])
    ('x', None)
    """
    found = tree
    for step in steps:  # the common case: one element at each step
        found = found.get(step) if isinstance(found, dict) else None
        if found is None:
            return None
        if isinstance(found, list):
            break
    else:
        return _text(found, attribute, steps)
    texts = (_text(element, attribute, steps) for element in elements(tree, steps))
    return next((text for text in texts if text is not None), None)


class NotText(ValueError):
    """An object, a list or a truth value stands where a text is expected: the path to it, and what it is."""

    def __init__(self, path: str, found: object) -> None:
        super().__init__(path)
        self.path = path
        self.found = printable(found)


def _text(element: Any, attribute: str, steps: Sequence[str]) -> str | None:
    found = element.get(attribute) if isinstance(element, dict) else element if attribute == TEXT else None
    if isinstance(found, dict | list | bool):
        raise NotText(".".join(steps), found)
    return None if found is None else str(found).strip() or None


def rows_of(tree: Tree, layout: Layout, number: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The raw rows of a record's tree, and those aside."""
    record: dict[str, Any] = {field.name: value(tree, field.steps, field.attribute) for field in layout.fields}
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
        for element in elements(tree, path.split(".")):
            member = {part.name: value(element, part.steps, part.attribute) for part in group.parts}
            if member[name] is not None and wanted in (None, member[name]):
                yield member


def is_deletion(tree: Tree) -> bool:
    """Whether a record is marked as deleted: full files carry the mark as well, empty.

    >>> is_deletion({"Extension": {"gleif:Deletion": {"DeletedAt": {"$": "2023-11-01"}}}})
    True
    >>> is_deletion({"Extension": {"gleif:Deletion": None}}), is_deletion({})
    (False, False)
    """
    return (
        isinstance(tree, dict)
        and EXTENSION in tree
        and any(
            mark not in (None, "", "false", False) and mark != {}
            for extension in elements(tree, [EXTENSION])
            if isinstance(extension, dict)
            for name, mark in extension.items()
            if name.rpartition(":")[2] == DELETION
        )
    )


def write(records: Iterable[Tree], layout: Layout, folder: Path, tell: Callable[[], None]) -> Raw:
    """Stage records as Parquet files of some ten thousand rows each, and give the raw rows over them.

    `tell` is called after some thousand records, to report progress.
    """
    return write_numbered(enumerate(records, start=FIRST_RECORD), layout, folder, tell)


def write_numbered(
    records: Iterable[tuple[int, Tree | Malformed]], layout: Layout, folder: Path, tell: Callable[[], None]
) -> Raw:
    """The same of records that come with their positions; those that cannot be read are refused."""
    staged = _Staging(folder, "rows", layout.schema)
    aside = _Staging(folder, "aside", layout.aside_schema)
    deleted = _Staging(folder, "deleted", layout.schema)
    refused: list[tuple[int, str, str | None, str]] = []
    count = 0
    for count, (number, tree) in enumerate(records, start=1):
        if count % _TELL == 0:
            tell()
        if isinstance(tree, Malformed):
            refused.append((number, tree.column or "(record)", tree.text, tree.reason))
            continue
        try:
            rows, beside = rows_of(tree, layout, number)
        except NotText as error:
            refused.append((number, error.path, error.found, "not a text"))
            continue
        if is_deletion(tree):
            deleted.add(rows)
        else:
            staged.add(rows)
            aside.add(beside)
    tell()
    return Raw(
        staged.scan(),
        aside.scan() if layout.aside else None,
        count,
        pl.DataFrame(refused, schema=_REFUSED, orient="row") if refused else None,
        deletions=deleted.scan() if deleted.any else None,
    )


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

    @property
    def any(self) -> bool:
        return bool(self.files or self.batch)

    def scan(self) -> pl.LazyFrame:
        self._flush()
        return pl.scan_parquet(self.folder / "*.parquet") if self.files else pl.LazyFrame(schema=self.schema)

    def _flush(self) -> None:
        if self.batch:
            path = self.folder / f"{self.files:06d}.parquet"
            pl.DataFrame(self.batch, schema=self.schema, orient="row").write_parquet(path, compression_level=1)
            self.batch = []
            self.files += 1
