"""Resolutions of single entities."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from topco.ownership.graph import SEVERAL
from topco.ownership.status import Kind, Note

if TYPE_CHECKING:
    from topco.ownership.closure import Closure
    from topco.ownership.snapshot import Evidence


def direct_parents(evidence: Evidence, closure: Closure) -> Callable[[int], list[int]]:
    """A function from a node to its direct parents; of a branch, those of its head offices."""
    steps = evidence.snapshot
    import numpy as np

    direct = steps.kind == Kind.DIRECT
    order = np.argsort(steps.source[direct], kind="stable")
    source, target = steps.source[direct][order], steps.target[direct][order]

    def of(node: int) -> list[int]:
        seat = int(closure.seat[node])
        seats = closure.branches.ends(node) if seat == SEVERAL else (seat,)
        found: set[int] = set()
        for one in seats:
            if closure.notes[one] & Note.BRANCH:
                continue
            first, last = np.searchsorted(source, [one, one + 1])
            found.update(target[first:last].tolist())
        return sorted(found)

    return of
