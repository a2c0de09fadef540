"""Bar charts as static SVG, drawn by Vega-Lite from `templates/bars.vl.json`: deterministic, named, described in words.

The drawing program is an optional package (`topco[report]`); without it reports have their tables and no plots.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files
from importlib.util import find_spec
from typing import Any

from topco.explain.lettering import clean, fitted

MOST_BARS = 20
_SIZE, _ROOM = 11.0, 240.0
_SVG = "{http://www.w3.org/2000/svg}"


def can_draw() -> bool:
    """Whether the drawing program is installed."""
    return find_spec("vl_convert") is not None


def bars(title: str, counts: Sequence[tuple[str, int]], most: int = MOST_BARS) -> str:
    """Horizontal bars, each with its words and its number; empty if there is nothing to draw, or nothing to draw with.

    Args:
        counts: words and numbers, in the order in which they are drawn; of more than `most` the rest is one last bar.
    """
    if not counts or not can_draw():
        return ""
    shown = list(counts[:most])
    if left := counts[most:]:
        shown.append((f"{len(left)} others together", sum(count for _, count in left)))
    return _with_words(_drawn(_specification(shown)), title, shown)


def _specification(shown: Sequence[tuple[str, int]]) -> dict[str, Any]:
    """The chart as Vega-Lite; the words are fitted here, so that no font of the machine decides the layout."""
    text = (files("topco.reports") / "templates" / "bars.vl.json").read_text(encoding="utf-8")
    specification: dict[str, Any] = json.loads(text)
    labels = ["".join(fitted(words, _SIZE, _ROOM)) for words, _ in shown]
    specification["data"]["values"] = [
        {"place": place, "count": count, "written": f"{count:,}"} for place, (_, count) in enumerate(shown)
    ]
    axis = specification["encoding"]["y"]["axis"]
    axis["labelExpr"] = f"{json.dumps(labels, ensure_ascii=False)}[datum.value]"
    return specification


def _drawn(specification: dict[str, Any]) -> str:
    import vl_convert

    # No address may be read: the data stand in the specification.
    return str(vl_convert.vegalite_to_svg(specification, allowed_base_urls=[]))


def _with_words(svg: str, title: str, shown: Sequence[tuple[str, int]]) -> str:
    """The picture as one image with a name, and what it shows in words."""
    from lxml import etree

    root = etree.fromstring(svg.encode())
    for part in root.iter():  # one picture with one name: its parts have none of their own
        for attribute in [name for name in part.attrib if name == "role" or str(name).startswith("aria-")]:
            del part.attrib[attribute]
    root.set("role", "img")
    root.set("aria-label", clean(title))
    said = "; ".join(f"{clean(words)}: {count:,}" for words, count in shown)
    for place, (tag, text) in enumerate((("title", clean(title)), ("desc", f"{said}."))):
        element = etree.Element(f"{_SVG}{tag}")
        element.text = text
        root.insert(place, element)
    for background in root.iterfind(f"{_SVG}rect"):
        background.set("fill", "#ffffff")
    return etree.tostring(root, encoding="unicode")
