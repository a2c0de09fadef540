"""A proof as an indented text: the conclusion first, every line with its kind, source and citation.

A node that several conclusions rest on is written out once; later it is named, with a reference to its line. Where
several derivations lead to one conclusion, the first is shown and the others are counted, unless all are asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from topco.explain.lettering import clean
from topco.explain.proof import ProofNode


@dataclass(frozen=True)
class _Branch:
    """What a line of the tree stands for: a node, or (`premises` given) one of several ways to it, or a remark."""

    words: str
    node: ProofNode | None = None
    premises: tuple[str, ...] = ()


def proof_lines(nodes: Sequence[ProofNode], depth: int | None = None, *, every_way: bool = False) -> list[str]:
    """The lines of a proof's tree.

    Args:
        depth: down to so many steps below the conclusion; None: to the leaves.
        every_way: write out all derivations of a conclusion, not only the first.

    >>> lines = proof_lines([ProofNode("a", "inferred", "so it is", "742.1(f)", None, ("b",)),
    ...                      ProofNode("b", "asserted", "it says so", None, {"file": "rr.csv", "row": 2})])
    >>> print("\\n".join(lines))
    INFERRED   so it is [742.1(f)]
    └─ ASSERTED   it says so {rr.csv, row 2}
    """
    by_id = {node.id: node for node in nodes}
    lines: list[str] = []
    written: dict[str, int] = {}
    waiting = [(_Branch(_line(nodes[0]), nodes[0]), "", "", 0)]
    while waiting:
        branch, indent, mark, level = waiting.pop()
        node = branch.node
        if node is not None and node.id in written and node.premises:
            lines.append(f"{indent}{mark}{branch.words} (see line {written[node.id]})")
            continue
        lines.append(indent + mark + branch.words)
        if node is not None:
            written[node.id] = len(lines)
        children = _children(branch, by_id, every_way)
        if depth is not None and level >= depth:
            if node is not None and node.premises:
                lines[-1] += f" … {len(node.premises)} premise{'s' if len(node.premises) > 1 else ''}"
            continue
        below = indent + ("" if not mark else "   " if mark.startswith("└") else "│  ")
        marks = ["├─ "] * (len(children) - 1) + ["└─ "]
        waiting += [(child, below, one, level + 1) for child, one in reversed([*zip(children, marks, strict=False)])]
    return lines


def _children(branch: _Branch, by_id: Mapping[str, ProofNode], every_way: bool) -> list[_Branch]:
    node = branch.node
    if node is None:
        return [_Branch(_line(by_id[one]), by_id[one]) for one in branch.premises]
    if not node.ways:
        return [_Branch(_line(by_id[one]), by_id[one]) for one in node.premises]
    first, *others = node.ways
    shown = {*node.common, *(() if every_way else first)}
    branches = [_Branch(_line(by_id[one]), by_id[one]) for one in node.premises if one in shown]
    if every_way:
        total = len(node.ways)
        return [*branches, *(_Branch(f"WAY {n} of {total}", None, way) for n, way in enumerate(node.ways, 1))]
    more = f"… and {len(others)} more way{'s' if len(others) > 1 else ''} to the same conclusion"
    return [*branches, _Branch(more)]


def _line(node: ProofNode) -> str:
    """A statement in one line, whatever its text holds: nothing in a proof may look like another line of it."""
    cite = f" [{node.cite}]" if node.cite else ""
    source = f" {{{source_in_words(node.source)}}}" if node.source else ""
    return f"{node.kind.upper():10} " + clean(f"{node.text}{cite}{source}")


def source_in_words(source: Mapping[str, Any]) -> str:
    """Load, file and row of a source, in one phrase.

    >>> source_in_words({"load": "gleif-rr-2025-03-02", "file": "rr.csv", "row": 7, "record": "R-…"})
    'gleif-rr-2025-03-02, rr.csv, row 7'
    """
    parts = [str(source[key]) for key in ("load", "file") if source.get(key)]
    if source.get("row") is not None:
        parts.append(f"row {source['row']}")
    return ", ".join(parts)
