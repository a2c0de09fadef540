"""The tops of a plain list of parents, for millions of rows: no periods, no statuses, only where the steps lead.

This is section 2 of `docs/resolution.md` alone: a company's next steps are its recorded ultimate parents, else its
direct parents, and a top is a company without a next step that they reach. A ring has no top, nor has what leads to
rings alone.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from topco.ownership.bulk import COMPILED, compiled
from topco.ownership.graph import NOTHING, SEVERAL, Nodes
from topco.ownership.layers import Flags, Layer, Snapshot, marked
from topco.ownership.numbering import Numbered, numbered
from topco.ownership.status import Kind

ULTIMATE = "ultimate"

_ON_PATH = -3
_END = -4  # `_END - node` stands for an end that is known, `_RECORDED - node` for a recorded ultimate parent
_RECORDED = -4


def tops(steps: pl.DataFrame) -> pl.DataFrame:
    """Every company of a list with each of its tops.

    Args:
        steps: text columns `child`, `parent` (null: none is recorded) and `step` (`direct`, or `ultimate` for an
            ultimate parent that is recorded as such); a company may be the child in several rows.

    Returns:
        `entity` and `ultimate_parent`, in no order; a company without a next step is its own.

    >>> steps = {"child": ["a", "b", "r"], "parent": ["b", "c", "r"], "step": ["direct", "direct", "direct"]}
    >>> tops(pl.DataFrame(steps)).sort("entity").rows()
    [('a', 'c'), ('b', 'c'), ('c', 'c')]
    """
    found = numbered(steps["child"], steps["parent"].cast(pl.String))
    entity, top = tops_of_numbers(found, (steps["step"] == ULTIMATE).to_numpy())
    return pl.DataFrame({"entity": found.ids.gather(entity), "ultimate_parent": found.ids.gather(top)})


def tops_of_numbers(steps: Numbered, recorded: Flags) -> tuple[Nodes, Nodes]:
    """The same on numbers: companies, and the top of each; a company with several tops stands there several times.

    Args:
        recorded: whether the parent of a row is a recorded ultimate parent.
    """
    n = len(steps.ids)
    step, several = _next_step(n, steps.child, steps.parent, recorded)
    if several:
        return _several_tops(n, steps, recorded)
    end = _ends(step)
    entity = np.flatnonzero((end >= 0) & _companies(n, steps)).astype(np.int32)
    return entity, end[entity]


def _companies(n: int, steps: Numbered) -> Flags:
    """Which numbers are in use."""
    companies = marked(n, steps.child)
    companies[steps.parent[steps.parent >= 0]] = True
    return companies


def _several_tops(n: int, steps: Numbered, recorded: Flags) -> tuple[Nodes, Nodes]:
    """For lists in which some company has two next steps: through the components of the graph."""
    with_record = marked(n, steps.child[recorded & (steps.parent >= 0)])
    decisive = (steps.parent >= 0) & (recorded | ~with_record[steps.child])
    source, target = steps.child[decisive], steps.parent[decisive]
    nothing = np.zeros(n, np.bool_)
    kind = np.full(len(source), Kind.DIRECT, np.int8)
    snapshot = Snapshot(source, target, kind, np.zeros(len(source), np.bool_), *(nothing,) * 7)
    layer = Layer.of(snapshot, np.ones(len(source), np.bool_), COMPILED)
    companies = _companies(n, steps)
    goes_on = marked(n, source)
    entity = np.flatnonzero((layer.end >= 0) & companies)
    pairs = [
        (node, top)
        for node in np.flatnonzero((layer.reached == SEVERAL) & companies).tolist()
        for top in layer.ends(node)
        if not goes_on[top]
    ]
    more = np.array(pairs, np.int32).reshape(-1, 2)
    return np.append(entity.astype(np.int32), more[:, 0]), np.append(layer.end[entity], more[:, 1])


@compiled
def _next_step(n: int, child: Nodes, parent: Nodes, recorded: Flags) -> tuple[Nodes, bool]:
    """The next step of each company, `NOTHING` where there is none; and whether some company has two."""
    step = np.full(n, NOTHING, np.int32)
    several = False
    for row in range(len(child)):
        if recorded[row] and parent[row] >= 0:
            if step[child[row]] != NOTHING and step[child[row]] != _RECORDED - parent[row]:
                several = True
            step[child[row]] = _RECORDED - parent[row]
    for row in range(len(child)):
        if not recorded[row] and parent[row] >= 0:
            if step[child[row]] >= 0 and step[child[row]] != parent[row]:
                several = True
            elif step[child[row]] == NOTHING:
                step[child[row]] = parent[row]
    for node in range(n):
        if step[node] <= _RECORDED:
            step[node] = _RECORDED - step[node]
    return step, several


@compiled
def _ends(step: Nodes) -> Nodes:
    """Where the single steps of each company end; `SEVERAL` for a ring. Each company is walked over once.

    `step` is overwritten with the answers.
    """
    path = np.empty(len(step), np.int32)
    for start in range(len(step)):
        length = 0
        node = start
        while step[node] >= 0:
            path[length] = node
            length += 1
            above = step[node]
            step[node] = _ON_PATH
            node = above
        if step[node] == NOTHING:
            end = _END - node
            step[node] = end
        elif step[node] == _ON_PATH:
            end = SEVERAL
        else:
            end = step[node]
        for place in range(length):
            step[path[place]] = end
    for node in range(len(step)):
        if step[node] <= _END:
            step[node] = _END - step[node]
    return step
