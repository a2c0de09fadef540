"""A proof as a page of its own: a tree that opens, without a script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from topco.explain.drawing import svg
from topco.explain.proof import ProofNode
from topco.explain.text import source_in_words
from topco.reports.page import rendered

MOST_NESTED = 60
"""Deeper than this, statements are named and not written out: browsers nest so far without trouble."""


@dataclass(frozen=True)
class Branch:
    """A statement of the tree with what it rests on; written out once, elsewhere named by its anchor."""

    node: ProofNode
    source: str
    again: bool
    ways: tuple[tuple[Branch, ...], ...]


def proof_page(documents: Sequence[tuple[Mapping[str, Any], Sequence[ProofNode], Sequence[str]]]) -> str:
    """Proofs as one HTML page.

    Args:
        documents: each answer with the nodes of its proof and the lines of its heading.
    """
    proofs = []
    for document, nodes, heading in documents:
        title = heading[0] if heading else str(document.get("id") or "A proof")
        tree = proof_tree(nodes)
        proofs.append(
            {
                "id": document.get("id"),
                "title": title,
                "tree": tree,
                "size": len(nodes),
                "svg": svg(nodes, "What the conclusion rests on"),
            }
        )
    return rendered("proof.html.j2", proofs=proofs)


def proof_tree(nodes: Sequence[ProofNode]) -> Branch:
    """The conclusion of a proof, the first of its nodes, with all that it rests on."""
    return _branch(nodes[0], {node.id: node for node in nodes}, set(), 0)


def _branch(node: ProofNode, by_id: Mapping[str, ProofNode], written: set[str], depth: int) -> Branch:
    again = node.id in written or depth >= MOST_NESTED
    written.add(node.id)
    ways: tuple[tuple[Branch, ...], ...] = ()
    if not again:
        sets = (node.common, *node.ways) if node.ways else (node.premises,)
        ways = tuple(tuple(_branch(by_id[one], by_id, written, depth + 1) for one in premises) for premises in sets)
    return Branch(node, source_in_words(node.source) if node.source else "", again, ways)
