"""From steps and marks to statuses and tops: the arrays' side of `docs/resolution.md`, sections 1 to 3.

1. The decisive steps of a company are its recorded ultimate parents, else its direct parents and its head offices.
2. Its tops are the components without a way out that these steps reach; a ring is such a component.
3. Its claims are what any evidence on its chain confirms as a top: recorded ultimate parents, and companies of which a
   source states that they have no parent.
4. The status is the first row of the table that tops and claims satisfy.

Invariants: renumbering the nodes in the order of their identifiers changes nothing, nor does an edge given twice, nor
evidence about a company that is not on the chain. `queries/resolution/*.rq` define the same over RDF.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from topco.ownership import graph
from topco.ownership.graph import NOTHING, RING, SEVERAL, Bits, Nodes, Offsets
from topco.ownership.layers import PLAIN, Flags, Kernels, Layer, Snapshot, flagged, marked
from topco.ownership.status import Kind, Note, Status

_WITHHOLDS = 2
_NO_RECORD = 4
_STALE = 1
_LOOP = 2


@dataclass(frozen=True)
class Claims:
    """What the evidence on each chain confirms as tops: `of` is one company, `NOTHING`, or `SEVERAL`."""

    steps: tuple[Offsets, Nodes]
    component: Nodes
    members: tuple[Offsets, Nodes]
    own: tuple[Offsets, Nodes]
    value: Nodes
    bits: Bits

    @classmethod
    def on(cls, snapshot: Snapshot, kernels: Kernels) -> Claims:
        n = len(snapshot)
        steps = kernels.adjacency(n, snapshot.source, snapshot.target)
        component, count = kernels.components(*steps)
        members = kernels.adjacency(count, component, np.arange(n, dtype=np.int32))
        ultimate = snapshot.kind == Kind.ULTIMATE
        stating = np.flatnonzero(snapshot.states_no_parent).astype(np.int32)
        source, target = snapshot.source[ultimate], snapshot.target[ultimate]
        own = kernels.adjacency(n, np.append(source, stating), np.append(target, stating))
        loops = snapshot.source[snapshot.source == snapshot.target]
        remarks = marked(n, snapshot.source[snapshot.stale]) * _STALE + marked(n, loops) * _LOOP
        value, bits = kernels.gathered(*steps, component, members, own, remarks.astype(np.uint8))
        return cls(steps, component, members, own, value, bits)

    @cached_property
    def of(self) -> Nodes:
        return self.value[self.component]

    @cached_property
    def _sets(self) -> dict[int, frozenset[int]]:
        return graph.value_sets(self.steps, self.component, self.members, self.value, self.own)

    def all_of(self, node: int) -> frozenset[int]:
        claim = int(self.of[node])
        if claim == SEVERAL:
            return self._sets[int(self.component[node])]
        return frozenset() if claim == NOTHING else frozenset((claim,))


@dataclass(frozen=True)
class Closure:
    """The resolution of every node.

    `status` holds codes of `Status`, `notes` bits of `Note`; `top` is the one top, `SEVERAL` if there are several or a
    ring; `highest` the top with the smallest number; `seat` the head office at the end of a branch's branch steps (the
    node itself if it is no branch).
    """

    status: NDArray[np.int8]
    notes: Bits
    decisive: Layer
    branches: Layer
    claims: Claims

    @property
    def top(self) -> Nodes:
        return self.decisive.end

    @property
    def highest(self) -> Nodes:
        return self.decisive.lowest_end

    @property
    def seat(self) -> Nodes:
        return self.branches.end

    def ultimate_parents(self, node: int) -> frozenset[int]:
        """The companies that stand as ultimate parents, or as candidates if the status is `conflicting`."""
        status = self.status[node]
        if status == Status.CONFLICTING:
            return self.decisive.ends(node) | self.claims.all_of(node)
        if status in (Status.CYCLIC, Status.WITHHELD, Status.NO_EVIDENCE):
            return frozenset()
        return self.decisive.ends(node)


def close(snapshot: Snapshot, kernels: Kernels = PLAIN) -> Closure:
    """Resolve every node of a snapshot."""
    source, kind = snapshot.source, snapshot.kind
    ultimate = kind == Kind.ULTIMATE
    recorded = marked(len(snapshot), source[ultimate])
    marks = snapshot.withholds * _WITHHOLDS + ~snapshot.record * _NO_RECORD
    decisive = Layer.of(snapshot, ultimate | ~recorded[source], kernels, marks.astype(np.uint8))
    branches = Layer.of(snapshot, (kind == Kind.BRANCH) & (source != snapshot.target), kernels)
    direct = Layer.of(snapshot, ~ultimate, kernels) if ultimate.any() else decisive
    claims = Claims.on(snapshot, kernels)
    status = _statuses(snapshot, decisive, branches, claims)
    return Closure(status, _notes(snapshot, status, decisive, direct, claims), decisive, branches, claims)


def _statuses(snapshot: Snapshot, decisive: Layer, branches: Layer, claims: Claims) -> NDArray[np.int8]:
    """The table of statuses, filled from its last row to its first, so that the first that matches stands."""
    n = len(snapshot)
    top, seat, claim, states = decisive.end, branches.end, claims.of, snapshot.states_no_parent
    has_parent = marked(n, snapshot.source[snapshot.source != snapshot.target])
    own_top = (top >= 0) & ((top == np.arange(n)) | (top == seat))
    confirmed = (top >= 0) & (top == claim)

    status = np.full(n, Status.RESOLVED, np.int8)
    status[own_top & flagged(states, top)] = Status.OWN_TOP
    status[~confirmed & own_top] = Status.NO_EVIDENCE
    status[~confirmed & ~own_top] = Status.OPEN_TOP
    is_branch = _is_branch(snapshot)
    for node in np.flatnonzero(is_branch & ((decisive.reached == SEVERAL) | (seat == SEVERAL))).tolist():
        tops, seats = decisive.ends(node), branches.ends(node)
        status[node] = _status_of_branch(tops, seats, int(claim[node]), any(states[end] for end in tops & seats))
    status[((decisive.end_bits & _NO_RECORD) != 0) & (decisive.reached != decisive.component)] = Status.OUTSIDE_DATA
    status[(decisive.end_bits & _WITHHOLDS) != 0] = Status.WITHHELD
    status[(claim == SEVERAL) | flagged(has_parent, claim)] = Status.CONFLICTING
    status[(decisive.end_bits & RING) != 0] = Status.CYCLIC
    return status


def _status_of_branch(tops: frozenset[int], seats: frozenset[int], claim: int, stated: bool) -> Status:
    """The last four rows of the table for a branch with several tops or several head offices, as sets."""
    unconfirmed = tops - {claim}
    if unconfirmed - seats:
        return Status.OPEN_TOP
    if unconfirmed:
        return Status.NO_EVIDENCE
    return Status.OWN_TOP if stated else Status.RESOLVED


def _notes(snapshot: Snapshot, status: NDArray[np.int8], decisive: Layer, direct: Layer, claims: Claims) -> Bits:
    n = len(snapshot)
    remarks = claims.bits[claims.component]
    others = (snapshot.kind == Kind.ULTIMATE) & (snapshot.source != snapshot.target)
    unanswered = (status == Status.NO_EVIDENCE) | (status == Status.OPEN_TOP)
    sink_size = np.diff(decisive.members[0])
    notes = np.zeros(n, np.uint8)
    for note, where in (
        (Note.CHAIN_INCOMPLETE, (status == Status.RESOLVED) & (direct.end != decisive.end)),
        (Note.BRANCH, _is_branch(snapshot)),
        (Note.SELF_PARENT, (remarks & _LOOP) != 0),
        (Note.NO_RECORD, ~snapshot.record),
        (Note.STALE, (remarks & _STALE) != 0),
        (Note.RECORDED_ULTIMATE_OF_OTHERS, unanswered & marked(n, snapshot.target[others])),
        (Note.SEVERAL_HIGHEST, (decisive.reached == SEVERAL) | (sink_size[decisive.reached] > 1)),
    ):
        notes[where] |= np.uint8(note)
    return notes


def _is_branch(snapshot: Snapshot) -> Flags:
    steps = (snapshot.kind == Kind.BRANCH) & (snapshot.source != snapshot.target)
    return marked(len(snapshot), snapshot.source[steps])
