"""Markdown as the site's generator writes it: pages, tables, code, and text that means nothing to Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_CODE = re.compile(r"(`[^`]+`)")
_SPECIAL = re.compile(r"([\\*_\[\]{}#])")


@dataclass(frozen=True)
class Page:
    """One generated page: its address below `docs/`, its title in the navigation, its Markdown."""

    uri: str
    title: str
    text: str


def plain(text: object) -> str:
    """Text in which no character marks anything; what stands between back quotes stays code.

    >>> plain("a *b* < `c_d` | [e]")
    'a \\\\*b\\\\* &lt; `c_d` &#124; \\\\[e\\\\]'
    """
    parts = _CODE.split(str(text))
    return "".join(part if number % 2 else _neutral(part) for number, part in enumerate(parts))


def _neutral(text: str) -> str:
    escaped = _SPECIAL.sub(r"\\\1", text.replace("&", "&amp;").replace("<", "&lt;"))
    return escaped.replace("|", "&#124;").replace("`", "&#96;")


def code(text: object) -> str:
    """Text as code within a line, whatever back quotes it holds.

    >>> code("a`b")
    '`` a`b ``'
    """
    said = str(text)
    return f"`` {said} ``" if "`" in said else f"`{said}`"


def block(text: str, language: str) -> str:
    """Text as a block of code, fenced by more marks than it holds in a row."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def heading(level: int, text: str, anchor: str = "") -> str:
    """A heading; with an anchor, links may name it."""
    return f"{'#' * level} {text}" + (f" {{#{anchor}}}" if anchor else "")


def anchor(text: str) -> str:
    """An identifier made from a name or a citation, the same each time.

    >>> anchor("742.6(b)(10)(iii)(A)(1)"), anchor("supp. 3 to part 732")
    ('742.6-b-10-iii-a-1', 'supp.-3-to-part-732')
    """
    return re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-")


def day(text: str) -> str:
    """A date that no line end divides; nothing stays nothing."""
    return f"<time>{text}</time>" if text else ""


def capital(text: str) -> str:
    """Text with a capital at its beginning, the rest as it is."""
    return text[:1].upper() + text[1:]


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table of cells that are Markdown already. A cell stays on one line."""
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    for row in rows:
        cells = (re.sub(r"\s*\n\s*", " ", str(cell)).strip() or " " for cell in row)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """What is known of one thing, a line each; a pair without value is left out."""
    return "\n".join(f"- **{name}:** {value}" for name, value in pairs if value)


def document(*parts: str) -> str:
    """Parts with a blank line between them; empty ones are left out."""
    return "\n\n".join(part.strip("\n") for part in parts if part.strip()) + "\n"
