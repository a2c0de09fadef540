"""Reads a page as a strict HTML parser does, and asks what a screen reader, a browser and a printer ask of it."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from xml.etree.ElementTree import Element

import html5rdf

HTML, SVG = "{http://www.w3.org/1999/xhtml}", "{http://www.w3.org/2000/svg}"
HEADING = re.compile(rf"{HTML}h([1-6])")


def parsed(page: str) -> Element:
    """The page as a tree; any error of the markup raises."""
    found: Element = html5rdf.HTMLParser(strict=True).parse(page)
    return found


def text_of(element: Element) -> str:
    """What it says, spaces as one; style is no text."""
    parts = [] if element.tag == f"{HTML}style" else [element.text or ""]
    for child in element:
        parts += [text_of(child), child.tail or ""]
    return " ".join("".join(parts).split())


def headings(tree: Element) -> list[tuple[int, str]]:
    return [(int(match[1]), text_of(one)) for one in tree.iter() if (match := HEADING.fullmatch(str(one.tag)))]


def tables(tree: Element) -> dict[str, list[list[str]]]:
    """The cells of every table by its caption, headings first; tables of one caption follow each other."""
    found: dict[str, list[list[str]]] = {}
    for table in tree.iter(f"{HTML}table"):
        caption = table.find(f"{HTML}caption")
        assert caption is not None
        rows = [[text_of(cell) for cell in row] for row in table.iter(f"{HTML}tr")]
        found.setdefault(text_of(caption), []).extend(rows)
    return found


def check(page: str) -> Element:
    """Everything that holds of every page; gives its tree."""
    tree = parsed(page)
    assert tree.get("lang") == "en"
    assert len(list(tree.iter(f"{HTML}main"))) == 1
    assert len(list(tree.iter(f"{HTML}footer"))) == 1
    levels = [level for level, _ in headings(tree)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels
    assert all(text for _, text in headings(tree))
    _tables_say_what_they_are(tree)
    _names_are_unique_and_found(tree)
    _nothing_is_fetched(page, tree)
    for picture in tree.iter(f"{SVG}svg"):
        assert picture.get("role") == "img"
        assert picture.get("aria-label")
        assert text_of(picture[0]), picture[0].tag == f"{SVG}title"
        assert picture[1].tag == f"{SVG}desc"
        assert text_of(picture[1])
    return tree


def _tables_say_what_they_are(tree: Element) -> None:
    for table in tree.iter(f"{HTML}table"):
        assert table[0].tag == f"{HTML}caption"
        assert text_of(table[0])
        assert table[1].tag == f"{HTML}thead", text_of(table[0])
        for heading in table.iter(f"{HTML}th"):
            assert heading.get("scope") in ("col", "row", "rowgroup"), text_of(table[0])
        widths = [sum(int(cell.get("colspan", 1)) for cell in row) for row in table.iter(f"{HTML}tr")]
        spans = any(cell.get("rowspan") for cell in table.iter(f"{HTML}th"))
        assert spans or len(set(widths)) == 1, text_of(table[0])


def _names_are_unique_and_found(tree: Element) -> None:
    names = Counter(one.get("id") for one in tree.iter() if one.get("id"))
    assert [name for name, count in names.items() if count > 1] == []
    for one in tree.iter():
        for attribute in ("aria-labelledby", "for", "headers"):
            for name in (one.get(attribute) or "").split():
                assert name in names, f"{attribute}={name}"
        if one.tag == f"{HTML}a":
            assert (one.get("href") or "").startswith("#")
            assert (one.get("href") or "")[1:] in names


def _nothing_is_fetched(page: str, tree: Element) -> None:
    tags = {str(one.tag).rpartition("}")[2] for one in tree.iter()}
    assert (
        tags & {"script", "link", "img", "iframe", "object", "embed", "image", "use", "form", "base", "audio"} == set()
    )
    for one in tree.iter():
        for name, value in one.attrib.items():
            assert not name.startswith("on"), name
            assert name.rpartition("}")[2] not in ("src", "srcset", "data", "action", "poster"), name
            assert "javascript:" not in value
    (style,) = tree.iter(f"{HTML}style")
    assert "url(" not in (style.text or "")
    assert "@import" not in (style.text or "")
    assert "<style" not in page.split("</style>", 1)[1]
