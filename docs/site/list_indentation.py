"""Lists as code hosts read them, written as Python-Markdown reads them.

The pages of `docs/` are read in two places. CommonMark, which code hosts use, nests by the width of the item's mark
(two or three columns); Python-Markdown, which the site uses, nests by four columns and wants a blank line before a
list. This module moves the indentation and changes nothing else:

1. A line that starts an item opens a level, whose contents begin where the item's text begins.
2. A line indented less than a level's contents closes that level.
3. A line within n levels is indented by 4n columns and what it was indented beyond the contents of the innermost.
4. Lines of fenced code move as their fence does; within a list a blank line follows the fence.
"""

from __future__ import annotations

import re

_ITEM = re.compile(r"( *)([-*+]|\d+[.)])( +)(?=\S)")
_FENCE = re.compile(r" *(`{3,}|~{3,})")
_STEP = 4


def as_python_markdown(text: str) -> str:
    """The same page with lists as Python-Markdown wants them.

    >>> print(as_python_markdown("Before:\\n- one\\n  - two\\n    more\\n1. three\\n\\n   four"))
    Before:
    <BLANKLINE>
    - one
        - two
            more
    1. three
    <BLANKLINE>
        four
    """
    written: list[str] = []
    levels: list[int] = []
    fence, shift, previous = "", 0, ""
    for line in text.split("\n"):
        if fence:
            written.append(_moved(line, shift))
            if line.strip() == fence:
                fence = ""
                if levels:
                    written.append("")
        elif not line.strip():
            written.append(line)
        else:
            indent = len(line) - len(line.lstrip(" "))
            lazy = bool(levels) and bool(previous.strip()) and indent < levels[0] and not _ITEM.match(line)
            outside = not levels
            while levels and levels[-1] > indent and not lazy:
                levels.pop()
            item = _ITEM.match(line)
            base = levels[-1] if levels and not lazy else 0
            depth = 0 if lazy else len(levels)
            if item and indent - base < _STEP:
                if outside and previous.strip() and not previous.startswith("#"):
                    written.append("")
                levels.append(item.end())
                written.append(" " * (_STEP * depth) + line.lstrip(" "))
            else:
                shift = _STEP * depth - base
                written.append(_moved(line, shift))
                if opened := _FENCE.match(line):
                    fence = opened[1]
        previous = line
    return "\n".join(written)


def _moved(line: str, shift: int) -> str:
    """A line moved right, or left as far as it is blank."""
    if shift >= 0:
        return " " * shift + line if line.strip() else line
    return line[min(-shift, len(line) - len(line.lstrip(" "))) :]
