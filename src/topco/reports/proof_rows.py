"""A proof as numbered rows: the conclusion first, each statement after the one that first rests on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from topco.explain.proof import ProofNode
from topco.explain.text import source_in_words


@dataclass(frozen=True)
class ProofRow:
    """A statement with its number, how deep it stands below the conclusion, and the numbers of what it rests on.

    Where there are several `ways` to a statement, one of them suffices, and `premises` is what every way needs.
    """

    number: int
    depth: int
    kind: str
    text: str
    cite: str
    source: str
    premises: tuple[int, ...]
    ways: tuple[tuple[int, ...], ...] = ()


def proof_rows(nodes: Sequence[ProofNode]) -> list[ProofRow]:
    """The rows of a proof, each statement once.

    >>> rows = proof_rows([ProofNode("a", "inferred", "so", premises=("b", "c")), ProofNode("c", "absent", "none"),
    ...                    ProofNode("b", "inferred", "thus", premises=("c",))])
    >>> [(row.number, row.text, row.depth, row.premises) for row in rows]
    [(1, 'so', 0, (2, 3)), (2, 'thus', 1, (3,)), (3, 'none', 2, ())]
    """
    by_id = {node.id: node for node in nodes}
    depth: dict[str, int] = {}
    waiting = [(nodes[0].id, 0)]
    while waiting:
        one, level = waiting.pop()
        if one not in depth:
            depth[one] = level
            waiting += [(premise, level + 1) for premise in reversed(by_id[one].premises)]
    number = {one: place for place, one in enumerate(depth, start=1)}
    return [
        ProofRow(
            number=number[one],
            depth=level,
            kind=node.kind,
            text=node.text,
            cite=node.cite or "",
            source=source_in_words(node.source) if node.source else "",
            premises=_numbers(number, node.common if node.ways else node.premises),
            ways=tuple(_numbers(number, way) for way in node.ways),
        )
        for one, level in depth.items()
        for node in [by_id[one]]
    ]


def _numbers(number: Mapping[str, int], premises: Iterable[str]) -> tuple[int, ...]:
    return tuple(sorted(number[premise] for premise in premises))
