"""A griffe extension: examples in the body of a docstring become code.

Google's style knows examples under a heading `Examples:` only; here a doctest stands where it helps. Without this, its
`>>>` would be read as quotations within quotations.
"""

from __future__ import annotations

from typing import Any

import griffe


class FencedDoctests(griffe.Extension):
    """Puts each run of doctest lines, up to the next blank line, into a fence."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Rewrite the docstring of one object."""
        if obj.docstring:
            obj.docstring.value = fenced(obj.docstring.value)

    def on_package(self, *, pkg: griffe.Module, **_: Any) -> None:
        """The package itself, which griffe does not count among the objects."""
        self.on_object(obj=pkg)


def fenced(text: str) -> str:
    """The same docstring with its doctests in fences.

    >>> fenced("One.\\n\\n>>> 1 + 1\\n2\\n\\nTwo.").split("\\n")
    ['One.', '', '```pycon', '>>> 1 + 1', '2', '```', '', 'Two.']
    """
    written: list[str] = []
    inside = False
    for line in text.split("\n"):
        if line.lstrip().startswith(">>>") and not inside:
            written += ["```pycon"] if not written or not written[-1].strip() else ["", "```pycon"]
            inside = True
        elif inside and not line.strip():
            written.append("```")
            inside = False
        written.append(line)
    if inside:
        written.append("```")
    return "\n".join(written)
