"""A proof as a graph: Mermaid for documents, SVG for pages; the conclusion above what it rests on."""

from __future__ import annotations

from collections.abc import Sequence

from topco.explain.lettering import clean
from topco.explain.picture import Box, Line, Words, picture
from topco.explain.proof import ProofNode
from topco.explain.text import source_in_words

# Shapes tell the kinds apart where colours do not.
_SHAPES = {
    "asserted": ("[", "]"),
    "inferred": ("([", "])"),
    "aggregated": ("[[", "]]"),
    "parameter": ("[/", "/]"),
    "absent": (">", "]"),
    "assumed": ("{{", "}}"),
}
_WORDS = Words("rests on", "conclusion", "premise")
_ESCAPES = {'"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "#": "#35;"}


def mermaid(nodes: Sequence[ProofNode]) -> str:
    """The proof as a Mermaid flowchart.

    >>> print(mermaid([ProofNode("a", "inferred", "so", premises=("b",)), ProofNode("b", "absent", "none")]), end="")
    flowchart TD
      a(["INFERRED<br>so"])
      b>"ABSENT<br>none"]
      a --> b
    """
    lines = ["flowchart TD"]
    plain = all(node.id.isascii() and node.id.isalnum() for node in nodes)
    names = {node.id: node.id if plain else f"n{place}" for place, node in enumerate(nodes, 1)}
    for node in nodes:
        opening, closing = _SHAPES[node.kind]
        said = [node.kind.upper(), node.text, f"[{node.cite}]" if node.cite else ""]
        said.append(source_in_words(node.source) if node.source else "")
        words = "<br>".join(_escaped(one) for one in said if one)
        lines.append(f'  {names[node.id]}{opening}"{words}"{closing}')
    lines += [f"  {names[node.id]} --> {names[premise]}" for node in nodes for premise in node.premises]
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return "".join(_ESCAPES.get(letter, letter) for letter in clean(text))


def svg(nodes: Sequence[ProofNode], title: str) -> str:
    """The proof as the text of an SVG file; of a large one, what stands nearest to the conclusion."""
    boxes = [
        Box(node.id, node.text, "", tuple(filter(None, (node.kind, node.cite))), marked=node is nodes[0])
        for node in nodes
    ]
    lines = [Line(node.id, premise, "") for node in nodes for premise in node.premises]
    return picture(title, boxes, lines, words=_WORDS)
