"""Pages of the workbench read as a strict parser reads them, and a store whose names mean harm."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from html_pages import HTML, parsed, text_of

from small_store import add_load, company, holding

if TYPE_CHECKING:
    from pathlib import Path
    from xml.etree.ElementTree import Element

    from fastapi.testclient import TestClient

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
SCRIPT = "<script>alert(1)</script>"
FORMULA = "=cmd|' /C calc'!A0"
MARKUP = '"><img src=x onerror=alert(1)>'


def page(client: TestClient, address: str, status: int = 200) -> Element:
    """A page as a tree: its markup is right, its names are its own, and its links within lead somewhere."""
    answer = client.get(address, headers=BROWSER)
    assert answer.status_code == status, answer.text[:500]
    assert answer.headers["content-type"].startswith("text/html")
    tree: Element = parsed(answer.text)
    names = Counter(one.get("id") for one in tree.iter() if one.get("id"))
    assert [name for name, count in names.items() if count > 1] == []
    for one in tree.iter():
        for attribute in ("aria-labelledby", "aria-describedby", "for"):
            assert set((one.get(attribute) or "").split()) <= set(names), (attribute, one.attrib)
        assert not [name for name in one.attrib if name.startswith("on")], one.attrib
    assert {one[1:] for one in links(tree) if one.startswith("#")} <= set(names)
    assert len(list(tree.iter(f"{HTML}h1"))) == 1
    return tree


def links(tree: Element) -> list[str]:
    """Where the links of a page lead."""
    return [one.get("href") or "" for one in tree.iter(f"{HTML}a")]


def link(tree: Element, text: str) -> str:
    """Where the one link with this text leads."""
    (found,) = {one.get("href") for one in tree.iter(f"{HTML}a") if text_of(one) == text}
    assert found is not None
    return found


def path_of(address: str) -> str:
    return urlsplit(address).path


def rows_of(text: str) -> list[dict[str, str]]:
    """A CSV as rows."""
    return list(csv.DictReader(io.StringIO(text)))


def hostile_store(folder: Path) -> Path:
    """Companies whose names are a script, a formula and an attribute that ends; one has an identifier like a path."""
    entities = [
        company("X:script", SCRIPT, "DE"),
        company("X:formula", FORMULA, "DE"),
        company("X:markup", MARKUP, "DE"),
        company("X:../../etc/passwd?a#b&c", "Pathway", "DE"),
    ]
    holdings = [
        holding("X:formula", "X:script", 60),
        holding("X:markup", "X:formula", 70),
        holding("X:script", "X:../../etc/passwd?a#b&c", 80),
    ]
    add_load(folder, "hostile", date(2026, 1, 31), {"entities": entities, "holdings": holdings})
    return folder
