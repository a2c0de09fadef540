"""What stands at the project's root and belongs to the site as well: the changelog."""

from __future__ import annotations

from pathlib import Path

from markdown_writing import Page

ROOT = Path(__file__).resolve().parents[2]


def pages() -> list[Page]:
    """The changelog, with its links as they are from here."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    return [Page("changelog.md", "Changelog", text.replace("](docs/", "]("))]
