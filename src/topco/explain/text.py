"""A proof as an indented text: the conclusion first, every line with its kind, source and citation.

A node that several conclusions rest on is written out once; later it is named, with a reference to its line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from topco.explain.proof import ProofNode


def proof_lines(nodes: Sequence[ProofNode], depth: int | None = None) -> list[str]:
    """The lines of a proof's tree, down to a depth.

    >>> lines = proof_lines([ProofNode("a", "inferred", "so it is", "742.1(f)", None, ("b",)),
    ...                      ProofNode("b", "asserted", "it says so", None, {"file": "rr.csv", "row": 2})])
    >>> print("\\n".join(lines))
    INFERRED   so it is [742.1(f)]
    └─ ASSERTED   it says so {rr.csv, row 2}
    """
    by_id = {node.id: node for node in nodes}
    lines: list[str] = []
    written: dict[str, int] = {}
    waiting = [(nodes[0], "", "", 0)]
    while waiting:
        node, indent, branch, level = waiting.pop()
        if node.id in written and node.premises:
            lines.append(f"{indent}{branch}{_line(node)} (see line {written[node.id]})")
            continue
        lines.append(indent + branch + _line(node))
        written[node.id] = len(lines)
        if depth is not None and level >= depth:
            if node.premises:
                lines[-1] += f" … {len(node.premises)} premise{'s' if len(node.premises) > 1 else ''}"
            continue
        below = indent + ("" if not branch else "   " if branch.startswith("└") else "│  ")
        branches = ["├─ "] * (len(node.premises) - 1) + ["└─ "]
        children = [
            (by_id[premise], below, mark, level + 1) for premise, mark in zip(node.premises, branches, strict=False)
        ]
        waiting += reversed(children)
    return lines


def _line(node: ProofNode) -> str:
    cite = f" [{node.cite}]" if node.cite else ""
    source = f" {{{source_in_words(node.source)}}}" if node.source else ""
    return f"{node.kind.upper():10} {node.text}{cite}{source}"


def source_in_words(source: Mapping[str, Any]) -> str:
    """Load, file and row of a source, in one phrase.

    >>> source_in_words({"load": "gleif-rr-2025-03-02", "file": "rr.csv", "row": 7, "record": "R-…"})
    'gleif-rr-2025-03-02, rr.csv, row 7'
    """
    parts = [str(source[key]) for key in ("load", "file") if source.get(key)]
    if source.get("row") is not None:
        parts.append(f"row {source['row']}")
    return ", ".join(parts)
