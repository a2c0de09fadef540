"""The site's navigation: what `mkdocs.yml` lists, the pages that it forgot, and the generated reference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from markdown_writing import Page

Entry = str | dict[str, Any]


def listed(nav: Any) -> Iterator[str]:
    """The addresses of all pages of a navigation.

    >>> list(listed(["a.md", {"Part": ["b.md", {"Title": "c.md"}]}]))
    ['a.md', 'b.md', 'c.md']
    """
    if isinstance(nav, str):
        yield nav
    elif isinstance(nav, dict):
        for part in nav.values():
            yield from listed(part)
    else:
        for part in nav:
            yield from listed(part)


def forgotten(nav: Any, docs: Path) -> list[str]:
    """Pages of the folder that a navigation does not list. They are shown all the same, in a part of their own."""
    known = set(listed(nav))
    found = sorted(path.relative_to(docs).as_posix() for path in docs.rglob("*.md"))
    return [page for page in found if page not in known]


def reference(parts: Sequence[tuple[str, Sequence[Page]]]) -> list[Entry]:
    """The generated pages by part; a part of one page is no folder."""
    entries: list[Entry] = []
    for title, pages in parts:
        if len(pages) == 1:
            entries.append({title: pages[0].uri})
        else:
            entries.append({title: [{page.title: page.uri} for page in pages]})
    return entries
