"""Every path of ownership and control from one party down to a company, with its steps and the rows behind them.

Steps are all that the loads in force record between two parties, also interests that the test does not look at (each
ground says whether it counts). The strongest paths are listed, all are counted; a ring is one station, with its members
and with who controls them from outside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from topco.identity.parties import party_of
from topco.ownership.integrated import owners_of
from topco.ownership.neighbourhood import evidence_about
from topco.ownership.paths import Path, Paths, paths
from topco.ownership.questions.described import Answer, Described, Figures, bounds, node_named
from topco.ownership.questions.must_may import ControlValues, for_one
from topco.ownership.questions.step_rows import Steps
from topco.ownership.resolution import resolver

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from topco.ownership.parent_tests import ParentTest
    from topco.ownership.snapshot import Evidence
    from topco.store.store import Store

COLUMNS = (
    *("path", "step", "owner", "company", "share_lower", "share_upper", "grounds"),
    *("weakest", "product_lower", "product_upper", "test", "as_of"),
)
NO_PATH = "no path in the loaded evidence"


class _Parts(NamedTuple):
    evidence: Evidence
    steps: Steps
    values: ControlValues
    described: Described


def between(
    store: Store, owner: str, company: str, as_of: date, known_as_of: date | None, test: ParentTest, limit: int
) -> Answer:
    """The paths from an owner down to a company.

    Args:
        limit: how many are listed; all are counted.

    Raises:
        BadInput: no row of the store names one of the two.
    """
    owner, company = (party_of(store, one, known_as_of) for one in (owner, company))
    evidence = evidence_about(store, [owner, company], as_of, known_as_of, for_one(test))
    source, target = node_named(evidence, owner), node_named(evidence, company)
    parts = _Parts(
        evidence, Steps(evidence), ControlValues(evidence, test), Described(resolver(store, evidence, known_as_of))
    )
    found = _paths(parts, source, target, limit)
    graph = parts.steps.graph
    shares = None if graph is None else owners_of(graph, target)
    rings = sorted({ring for path in found.listed for ring in path.rings})
    taken = sorted(
        {(step.owner, step.owned) for path in found.listed for step in path.steps}
        | {pair for ring in rings for pair in _within(parts.steps, ring)}
    )
    met = {source, target, *(node for pair in taken for node in pair), *(node for ring in rings for node in ring)}
    return {
        "owner": parts.described.named(source),
        "company": parts.described.named(target),
        **parts.described.asked(),
        "finding": None if found.total else NO_PATH,
        "remedy": None if found.total else _other_way(parts, source, target),
        "controls": parts.values.above(target, shares).of(source),
        "share": Figures(graph, target, shares, upwards=True).of(source),
        "total": found.total,
        "listed": len(found.listed),
        "paths": [_path(parts, path, source) for path in found.listed],
        "steps": [_step(parts, *pair) for pair in taken],
        "rings": [_ring(parts, ring) for ring in rings],
        "parties": [{**parts.described.party(node), **parts.described.seat(node)} for node in sorted(met)],
    }


def rows_of_chain(document: Answer) -> list[Answer]:
    """An answer as rows of the CSV, one for each step of each path; a path within one ring has a row without step."""
    steps = {(step["owner"], step["company"]): step for step in document["steps"]}
    within = {"owner": document["owner"]["id"], "company": document["company"]["id"], "grounds": ["ring"]}
    rows = []
    for number, path in enumerate(document["paths"], start=1):
        about = {
            "path": number,
            **{f"product_{bound}": figure for bound, figure in path["product"].items()},
            "test": document["test"],
            "as_of": document["as_of"],
        }
        if not path["steps"]:
            rows.append({**about, **within})
        for place, taken in enumerate(path["steps"], start=1):
            step = steps[taken["owner"], taken["company"]]
            rows.append(
                {
                    **about,
                    **taken,
                    "step": place,
                    **{f"share_{bound}": figure for bound, figure in step["share"].items()},
                    "grounds": sorted({ground["kind"] for ground in step["grounds"]}),
                    "weakest": path["weakest"] == taken,
                }
            )
    return rows


def _paths(parts: _Parts, source: int, target: int, limit: int) -> Paths:
    rows, (total, least_total) = parts.steps.rows, parts.steps.totals
    ends = (rows.owner, rows.owned, rows.kind, rows.lower, rows.upper)
    return paths(len(parts.evidence.ids), *ends, source, target, limit, total, least_total)


def _other_way(parts: _Parts, source: int, target: int) -> str:
    names = [parts.evidence.ids[node] for node in (source, target)]
    if _paths(parts, target, source, 0).total:
        return f"{names[1]} stands above {names[0]}: topco chain {names[1]} {names[0]}."
    return f"That says nothing about what is not loaded. See who owns {names[1]}: topco owners {names[1]} --cut-off 0."


def _path(parts: _Parts, path: Path, source: int) -> Answer:
    return {
        "stations": [[parts.evidence.ids[node] for node in station] for station in _stations(path, source)],
        "product": bounds(path.lower, path.upper),
        "weakest": None if path.weakest is None else _pair(parts, path.weakest.owner, path.weakest.owned),
        "without_share": [_pair(parts, step.owner, step.owned) for step in path.without_share],
        "steps": [_pair(parts, step.owner, step.owned) for step in path.steps],
    }


def _stations(path: Path, source: int) -> list[tuple[int, ...]]:
    """The companies and rings that a path goes through, from the top down."""
    ring_of = {member: ring for ring in path.rings for member in ring}
    return [ring_of.get(node, (node,)) for node in (source, *(step.owned for step in path.steps))]


def _pair(parts: _Parts, owner: int, company: int) -> Answer:
    return {"owner": parts.evidence.ids[owner], "company": parts.evidence.ids[company]}


def _step(parts: _Parts, owner: int, company: int) -> Answer:
    """One step with its share as a part of what the company itself does not hold, and with its grounds."""
    part = parts.steps.parts[owner, company]
    share = bounds(None, None) if part is None else bounds(*part)
    return {**_pair(parts, owner, company), "share": share, "grounds": parts.steps.grounds(owner, company)}


def _ring(parts: _Parts, ring: tuple[int, ...]) -> Answer:
    """A ring with those who must control a member from outside."""
    outside = {party for member in ring for party in parts.values.above(member).must} - set(ring)
    return {
        "members": [parts.evidence.ids[member] for member in ring],
        "outside_controllers": [parts.evidence.ids[party] for party in sorted(outside)],
    }


def _within(steps: Steps, ring: Iterable[int]) -> list[tuple[int, int]]:
    members = set(ring)
    return [pair for pair in steps.parts if members.issuperset(pair)]
