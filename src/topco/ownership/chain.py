"""The chain of one entity: every row on the way upwards, nearest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from topco.ownership.graph import SEVERAL
from topco.ownership.status import Kind, Note

if TYPE_CHECKING:
    from collections.abc import Iterable

    from topco.ownership.closure import Closure
    from topco.ownership.snapshot import Evidence

STEP_WORDS = {Kind.DIRECT: "consolidation", Kind.BRANCH: "branch", Kind.ULTIMATE: "ultimate_consolidation"}


@dataclass(frozen=True)
class Chain:
    """`nodes`: everything reached, the entity first; `rows`: the relationship rows between them."""

    nodes: tuple[int, ...]
    rows: tuple[dict[str, Any], ...]


def chain_of(evidence: Evidence, node: int) -> Chain:
    """Follow all rows upwards from a node, breadth first; each company once."""
    nodes = [node]
    seen = {node}
    rows: list[dict[str, Any]] = []
    for company in nodes:
        steps = sorted(
            evidence.rows("relationships", company), key=lambda row: (row["step"], row["target"], _where(row))
        )
        rows += steps
        for step in steps:
            if step["target"] not in seen:
                seen.add(step["target"])
                nodes.append(step["target"])
    return Chain(tuple(nodes), tuple(rows))


def source_of(row: dict[str, Any]) -> dict[str, Any]:
    """Where a row stands: load, file, row, record."""
    return {"load": row["load"], "file": row["file"], "row": row["row"], "record": row["record"]}


def step_as_json(row: dict[str, Any]) -> dict[str, Any]:
    """One link of a chain; recorded consolidation states no shares."""
    return {
        "child": row["child"],
        "parent": row["parent"],
        "kind": STEP_WORDS[Kind(row["step"])],
        "share": {"lower": None, "upper": None},
        "from": row["valid_from"] and row["valid_from"].isoformat(),
        "to": row["valid_to"] and row["valid_to"].isoformat(),
        "source": source_of(row),
    }


def seats_of(closure: Closure, node: int) -> frozenset[int]:
    """The node itself; of a branch, the head offices at the end of its branch steps."""
    seat = int(closure.seat[node])
    ends: Iterable[int] = closure.branches.ends(node) if seat == SEVERAL else (seat,)
    return frozenset(end for end in ends if not closure.notes[end] & Note.BRANCH)


def direct_parents(evidence: Evidence, closure: Closure, node: int) -> list[int]:
    """The recorded direct parents; of a branch, those of its head offices."""
    offsets, parents = evidence.direct_parents
    found: set[int] = set()
    for seat in seats_of(closure, node):
        found.update(parents[offsets[seat] : offsets[seat + 1]].tolist())
    return sorted(found)


def _where(row: dict[str, Any]) -> tuple[str, int]:
    return str(row.get("load")), row.get("row") or 0
