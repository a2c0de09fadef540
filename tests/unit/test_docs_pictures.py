"""The pictures of docs/parent-tests.md are what `docs/pictures/draw.py` draws now, and the page shows them all."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from topco import knowledge

DOCS = knowledge.root() / "docs"
pytestmark = pytest.mark.skipif(not DOCS.is_dir(), reason="the pictures are part of the checkout, not of the package")


def test_the_pictures_are_up_to_date(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("draw", DOCS / "pictures" / "draw.py")
    assert spec is not None
    assert spec.loader is not None
    draw = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(draw)
    store = draw.sample(tmp_path / "store")
    page = (DOCS / "parent-tests.md").read_text(encoding="utf-8")
    for drawing in draw.DRAWINGS:
        file = draw.file_of(drawing)
        assert file.read_text(encoding="utf-8") == draw.draw(store, drawing), f"run {DOCS}/pictures/draw.py"
        assert f"pictures/{file.name}" in page
    shown = {draw.file_of(one).name for one in draw.DRAWINGS}
    assert {path.name for path in (DOCS / "pictures").glob("*.svg")} == shown
