"""From steps and marks to statuses and tops: the arrays' side of `docs/resolution.md`, sections 1 to 3.

1. The decisive steps of a company are its recorded ultimate parents, else its direct parents, its head offices and its
   immediate controllers.
2. Its tops are the components without a way out that these steps reach; a ring is such a component.
3. Its claims are what any evidence on its chain confirms as a top: recorded ultimate parents, and companies that have
   no parent by a source's statement or by arithmetic.
4. A top of which two parties have half each is a joint end, one that some party may control a possible end. Beyond such
   ends the steps lead to those parties.
5. The status is the first row of the table that tops and claims satisfy.

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
_JOINT = 8
_POSSIBLE = 16
_STALE = 1
_LOOP = 2
_CONTROL = 4
_OVER = 8


@dataclass(frozen=True)
class Gathered:
    """Values that the nodes on each chain bring with them: `of` is one company, `NOTHING`, or `SEVERAL`."""

    steps: tuple[Offsets, Nodes]
    component: Nodes
    members: tuple[Offsets, Nodes]
    own: tuple[Offsets, Nodes]
    value: Nodes
    bits: Bits

    @classmethod
    def on(cls, snapshot: Snapshot, edges: Flags, own: tuple[Nodes, Nodes], marks: Bits, kernels: Kernels) -> Gathered:
        """Along these edges of a snapshot.

        Args:
            own: nodes, and the values that they bring.
            marks: bits of the nodes to be found on the chains.
        """
        n = len(snapshot)
        steps = kernels.adjacency(n, snapshot.source[edges], snapshot.target[edges])
        component, count = kernels.components(*steps)
        members = kernels.adjacency(count, component, np.arange(n, dtype=np.int32))
        brought = kernels.adjacency(n, *own)
        value, bits = kernels.gathered(*steps, component, members, brought, marks)
        return cls(steps, component, members, brought, value, bits)

    @cached_property
    def of(self) -> Nodes:
        return self.value[self.component]

    @cached_property
    def _sets(self) -> dict[int, frozenset[int]]:
        return graph.value_sets(self.steps, self.component, self.members, self.value, self.own)

    def all_of(self, node: int) -> frozenset[int]:
        value = int(self.of[node])
        if value == SEVERAL:
            return self._sets[int(self.component[node])]
        return frozenset() if value == NOTHING else frozenset((value,))


@dataclass(frozen=True)
class Closure:
    """The resolution of every node.

    Attributes:
        status, notes: codes of `Status`, bits of `Note`.
        decisive: the decisive steps.
        branches: the branch steps; at their end is the head office.
        claims: what is confirmed as a top, along all steps to parents.
        beyond: along decisive steps and those beyond joint and possible ends, the companies that may be at the top.
        highest: of each node the highest company that evidence names, of several the one with the smallest number.
    """

    status: NDArray[np.int8]
    notes: Bits
    decisive: Layer
    branches: Layer
    claims: Gathered
    beyond: Gathered
    highest: Nodes

    @property
    def top(self) -> Nodes:
        """Of each node the one top; `SEVERAL` if there are several, or a ring."""
        return self.decisive.end

    def tops(self, node: int) -> frozenset[int]:
        """Where the decisive steps of a node end."""
        return self.decisive.ends(node)

    @property
    def seat(self) -> Nodes:
        """Of each node the head office at the end of its branch steps; itself if it is no branch."""
        return self.branches.end

    def ultimate_parents(self, node: int) -> frozenset[int]:
        """The companies that stand as ultimate parents; candidates if the status is `conflicting` or `possible`."""
        status = self.status[node]
        if status == Status.CONFLICTING:
            return self.decisive.ends(node) | self.claims.all_of(node)
        if status in (Status.CYCLIC, Status.WITHHELD, Status.NO_EVIDENCE):
            return frozenset()
        if status in (Status.JOINT, Status.POSSIBLE):
            return self.beyond.all_of(node)
        return self.decisive.ends(node)


def close(snapshot: Snapshot, kernels: Kernels = PLAIN) -> Closure:
    """Resolve every node of a snapshot."""
    n, source, kind = len(snapshot), snapshot.source, snapshot.kind
    ultimate = kind == Kind.ULTIMATE
    parents = kind <= Kind.CONTROL
    recorded = marked(n, source[ultimate])
    decides = ultimate | (parents & ~recorded[source])
    goes_on = marked(n, source[decides])
    joint = marked(n, source[kind == Kind.TIE]) & ~goes_on
    possible = marked(n, source[kind == Kind.CANDIDATE]) & ~goes_on & ~joint
    marks = (
        snapshot.withholds * _WITHHOLDS + ~snapshot.record * _NO_RECORD + joint * _JOINT + possible * _POSSIBLE
    ).astype(np.uint8)
    decisive = Layer.of(snapshot, decides, kernels, marks)
    branches = Layer.of(snapshot, (kind == Kind.BRANCH) & (source != snapshot.target), kernels)
    direct = Layer.of(snapshot, parents & ~ultimate, kernels) if ultimate.any() else decisive
    claims = _claims(snapshot, parents, kernels)
    above, beyond = decisive, claims
    if joint.any() or possible.any() or snapshot.equal_parents:
        onward = decides | (joint[source] & (kind == Kind.TIE)) | (possible[source] & (kind == Kind.CANDIDATE))
        above = Layer.of(snapshot, onward, kernels)
        ending = np.flatnonzero(above.sink[above.component] == above.component)
        own = np.union1d(ending, np.flatnonzero(possible | (joint & snapshot.own_half))).astype(np.int32)
        beyond = Gathered.on(snapshot, onward, (own, own), np.zeros(n, np.uint8), kernels)
    status = _statuses(snapshot, decisive, branches, claims)
    notes = _notes(snapshot, status, (decisive, direct, above), claims)
    return Closure(status, notes, decisive, branches, claims, beyond, above.lowest_end)


def _claims(snapshot: Snapshot, parents: Flags, kernels: Kernels) -> Gathered:
    n, source, kind = len(snapshot), snapshot.source, snapshot.kind
    ultimate = kind == Kind.ULTIMATE
    stating = np.flatnonzero(snapshot.states_no_parent | snapshot.settled).astype(np.int32)
    own = np.append(source[ultimate], stating), np.append(snapshot.target[ultimate], stating)
    loops = source[(source == snapshot.target) & (kind < Kind.CONTROL)]
    marks = (
        marked(n, source[snapshot.stale]) * _STALE
        + marked(n, loops) * _LOOP
        + marked(n, source[kind == Kind.CONTROL]) * _CONTROL
        + snapshot.over * _OVER
    )
    return Gathered.on(snapshot, parents, own, marks.astype(np.uint8), kernels)


def _statuses(snapshot: Snapshot, decisive: Layer, branches: Layer, claims: Gathered) -> NDArray[np.int8]:
    """The table of statuses, filled from its last row to its first, so that the first that matches stands."""
    n = len(snapshot)
    top, seat, claim = decisive.end, branches.end, claims.of
    states = snapshot.states_no_parent | snapshot.settled
    parents = snapshot.kind <= Kind.CONTROL
    has_parent = marked(n, snapshot.source[parents & (snapshot.source != snapshot.target)])
    own_top = (top >= 0) & ((top == np.arange(n)) | (top == seat))
    confirmed = (top >= 0) & (top == claim)

    status = np.full(n, Status.RESOLVED, np.int8)
    status[own_top & flagged(states, top)] = Status.OWN_TOP
    status[~confirmed & own_top] = Status.NO_EVIDENCE
    status[~confirmed & own_top & flagged(snapshot.held, top)] = Status.OPEN_TOP
    status[~confirmed & ~own_top] = Status.OPEN_TOP
    is_branch = _is_branch(snapshot)
    for node in np.flatnonzero(is_branch & ((decisive.reached == SEVERAL) | (seat == SEVERAL))).tolist():
        tops, seats = decisive.ends(node), branches.ends(node)
        status[node] = _status_of_branch(snapshot, tops, seats, claims.all_of(node), states)
    status[((decisive.end_bits & _NO_RECORD) != 0) & (decisive.reached != decisive.component)] = Status.OUTSIDE_DATA
    status[(decisive.end_bits & _WITHHOLDS) != 0] = Status.WITHHELD
    status[(decisive.end_bits & _POSSIBLE) != 0] = Status.POSSIBLE
    status[(decisive.end_bits & _JOINT) != 0] = Status.JOINT
    several = (decisive.reached == SEVERAL) & ((claims.bits[claims.component] & _CONTROL) != 0)
    if snapshot.equal_parents:
        status[several] = Status.JOINT
    contradicted = (claim == SEVERAL) | flagged(has_parent, claim)
    if snapshot.equal_parents:
        for node in np.flatnonzero(several & contradicted).tolist():
            confirmed_tops = claims.all_of(node)
            contradicted[node] = not confirmed_tops <= decisive.ends(node)
    else:
        contradicted |= several
    status[contradicted] = Status.CONFLICTING
    status[(decisive.end_bits & RING) != 0] = Status.CYCLIC
    return status


def _status_of_branch(
    snapshot: Snapshot, tops: frozenset[int], seats: frozenset[int], claims: frozenset[int], states: Flags
) -> Status:
    """The last four rows of the table for a branch with several tops or several head offices, as sets."""
    unconfirmed = tops - claims if len(claims) == 1 else tops
    if unconfirmed - seats or any(snapshot.held[end] for end in unconfirmed):
        return Status.OPEN_TOP
    if unconfirmed:
        return Status.NO_EVIDENCE
    return Status.OWN_TOP if any(states[end] for end in tops & seats) else Status.RESOLVED


def _notes(snapshot: Snapshot, status: NDArray[np.int8], layers: tuple[Layer, Layer, Layer], claims: Gathered) -> Bits:
    decisive, direct, above = layers
    n = len(snapshot)
    remarks = claims.bits[claims.component]
    others = (snapshot.kind == Kind.ULTIMATE) & (snapshot.source != snapshot.target)
    unanswered = (status == Status.NO_EVIDENCE) | (status == Status.OPEN_TOP)
    sink_size = np.diff(above.members[0])
    notes = np.zeros(n, np.uint8)
    for note, where in (
        (Note.CHAIN_INCOMPLETE, (status == Status.RESOLVED) & (direct.end != decisive.end)),
        (Note.BRANCH, _is_branch(snapshot)),
        (Note.SELF_PARENT, (remarks & _LOOP) != 0),
        (Note.NO_RECORD, ~snapshot.record),
        (Note.STALE, (remarks & _STALE) != 0),
        (Note.RECORDED_ULTIMATE_OF_OTHERS, unanswered & marked(n, snapshot.target[others])),
        (Note.DECLARED_OVER_100, (remarks & _OVER) != 0),
        (Note.SEVERAL_HIGHEST, (above.reached == SEVERAL) | (sink_size[above.reached] > 1)),
    ):
        notes[where] |= np.uint8(note)
    return notes


def _is_branch(snapshot: Snapshot) -> Flags:
    steps = (snapshot.kind == Kind.BRANCH) & (snapshot.source != snapshot.target)
    return marked(len(snapshot), snapshot.source[steps])
