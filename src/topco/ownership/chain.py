"""The chain of one entity: every row on the way upwards, nearest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from topco.ownership.control import rows_of
from topco.ownership.graph import SEVERAL
from topco.ownership.shares import band, percent
from topco.ownership.snapshot import place_of
from topco.ownership.status import Kind, Note

if TYPE_CHECKING:
    from collections.abc import Iterable

    from topco.ownership.closure import Closure
    from topco.ownership.control import Addend
    from topco.ownership.snapshot import Evidence

STEP_WORDS = {Kind.DIRECT: "consolidation", Kind.BRANCH: "branch", Kind.ULTIMATE: "ultimate_consolidation"}


@dataclass(frozen=True)
class Sum:
    """What a party has in a company by itself and through others: the figures that were added up.

    Attributes:
        holder: the controller, the holder of one half, or the candidate.
        kind: which of these (a code of `Kind`).
        addends: the figures, each with the numbers of its holding rows.
    """

    company: int
    holder: int
    kind: Kind
    addends: tuple[tuple[Addend, tuple[int, ...]], ...]


@dataclass(frozen=True)
class Chain:
    """Everything reached from an entity upwards.

    Attributes:
        nodes: the entity first.
        rows: the relationship rows between them.
        holdings: the holding rows that count on the way, each once.
        sums: what the holdings add up to.
    """

    nodes: tuple[int, ...]
    rows: tuple[dict[str, Any], ...]
    holdings: tuple[dict[str, Any], ...]
    sums: tuple[Sum, ...]


def chain_of(evidence: Evidence, node: int) -> Chain:
    """Follow all rows upwards from a node, breadth first; each company once."""
    nodes = [node]
    seen = {node}
    rows: list[dict[str, Any]] = []
    holdings: dict[int, dict[str, Any]] = {}
    sums: list[Sum] = []
    for company in nodes:
        steps = sorted(evidence.rows("relationships", company), key=lambda row: (row["step"], row["target"]))
        rows += steps
        above = [step["target"] for step in steps]
        for found in _sums(evidence, company):
            sums.append(found)
            above.append(found.holder)
            for addend, places in found.addends:
                above.append(addend.owner)
                holdings.update((place, evidence.holdings.row(place, named=True)) for place in places)
        for one in above:
            if one not in seen:
                seen.add(one)
                nodes.append(one)
    return Chain(tuple(nodes), tuple(rows), tuple(holdings.values()), tuple(sums))


def _sums(evidence: Evidence, company: int) -> list[Sum]:
    """By holder: what carries each step to a controller, a holder of one half, or a candidate."""
    held = evidence.held
    if held is None:
        return []
    offsets, holders = evidence.steps_to_holders
    found = []
    for holder in holders[offsets[company] : offsets[company + 1]].tolist():
        kind = evidence.kind_of_step(company, holder)
        addends = held.addends(company, holder)
        placed = tuple(
            (addend, _in_order(evidence, rows_of(held.positions, addend.position).tolist()))
            for addend in addends
            if addend.position >= 0
        )
        if placed:
            found.append(Sum(company, holder, kind, placed))
    return found


def _in_order(evidence: Evidence, places: list[int]) -> tuple[int, ...]:
    """Holding rows by where they stand in their sources."""
    return tuple(sorted(places, key=lambda place: place_of(evidence.holdings.row(place, named=True))))


def source_of(row: dict[str, Any]) -> dict[str, Any]:
    """Where a row stands: load, file, row, record."""
    return {"load": row["load"], "file": row["file"], "row": row["row"], "record": row["record"]}


def step_as_json(row: dict[str, Any]) -> dict[str, Any]:
    """One link of a chain by a relationship row; recorded consolidation states no shares."""
    return _link(row, row["child"], row["parent"], STEP_WORDS[Kind(row["step"])], {"lower": None, "upper": None})


def holding_as_json(row: dict[str, Any]) -> dict[str, Any]:
    """One link of a chain by a holding row; `kind` is the interest type."""
    return _link(row, row["owned"], row["owner"], row["interest"], share_of(row))


def share_of(row: dict[str, Any]) -> dict[str, str | None]:
    """The share on a holding row between its bounds, in percent; none where the row says nothing."""
    bounds = [row[name] for name in ("share_exact", "share_min", "share_max")]
    if bounds == [None, None, None]:
        return {"lower": None, "upper": None}
    low, high = band(
        row["share_exact"],
        row["share_min"],
        row["share_min_exclusive"],
        row["share_max"],
        row["share_max_exclusive"],
    )
    return {"lower": percent(low), "upper": percent(high)}


def seats_of(closure: Closure, node: int) -> frozenset[int]:
    """The node itself; of a branch, the head offices at the end of its branch steps."""
    seat = int(closure.seat[node])
    ends: Iterable[int] = closure.branches.ends(node) if seat == SEVERAL else (seat,)
    return frozenset(end for end in ends if not closure.notes[end] & Note.BRANCH)


def direct_parents(evidence: Evidence, closure: Closure, node: int) -> list[int]:
    """The recorded direct parents and the immediate controllers; of a branch, those of its head offices."""
    offsets, parents = evidence.direct_parents
    found: set[int] = set()
    for seat in seats_of(closure, node):
        found.update(parents[offsets[seat] : offsets[seat + 1]].tolist())
    return sorted(found)


def _link(row: dict[str, Any], child: str, parent: str, kind: str, share: dict[str, str | None]) -> dict[str, Any]:
    return {
        "child": child,
        "parent": parent,
        "kind": kind,
        "share": share,
        "from": row["valid_from"] and row["valid_from"].isoformat(),
        "to": row["valid_to"] and row["valid_to"].isoformat(),
        "source": source_of(row),
    }
