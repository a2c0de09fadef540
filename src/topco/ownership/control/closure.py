"""Control in three values, ties and settled companies: the arrays' side of `docs/ownership.md`, section 2."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from topco.ownership.control.criteria import COUNTED, Family, Test
from topco.ownership.control.edges import Edges, Sums, carrying
from topco.ownership.control.kernels import PLAIN, ControlKernels
from topco.ownership.control.positions import Flags, Positions
from topco.ownership.control.relation import Relation
from topco.ownership.graph import Nodes, Offsets


class Controllers(NamedTuple):
    """Parties in ascending order: those that must, and those that only may; all others cannot."""

    must: Nodes
    may: Nodes


class Addend(NamedTuple):
    """One figure of a sum: a position, or a decisive right (`position` is -1 if it is none of the board family)."""

    owner: int
    family: Family
    lower: int
    upper: int
    position: int


@dataclass(frozen=True)
class Control:
    """Who controls whom in the sense of a test.

    Attributes:
        must, may: the relations; `may` contains `must`, and is the same object where no bound leaves a choice.
        tied: companies and the holders that have exactly half of them each, of a ring all members; sorted.
        settled: by arithmetic, or by a natural person or state above, the company has no corporate parent.
        decisive: companies and the parties with a decisive right in them that the test was given.
        edges: what carries `must` and what carries `may`.
    """

    positions: Positions
    test: Test
    decisive: tuple[Nodes, Nodes]
    must: Relation
    may: Relation
    tied: tuple[Nodes, Nodes]
    settled: Flags
    edges: tuple[Edges, Edges]

    @property
    def immediate(self) -> tuple[Nodes, Nodes]:
        """Companies and their immediate must-controllers, of a ring all members."""
        return self.must.immediate

    @property
    def steps(self) -> tuple[Nodes, Nodes]:
        """Companies and enough of their immediate must-controllers for the same tops and rings (`Relation.steps`)."""
        return self.must.steps

    @property
    def candidates(self) -> tuple[Nodes, Nodes]:
        """Companies that nobody must control, and those that may immediately, of a ring all members."""
        return self._open(self.may.immediate)

    @property
    def candidate_steps(self) -> tuple[Nodes, Nodes]:
        """As `candidates`, rings shortened as in `steps`."""
        return self._open(self.may.steps)

    def controllers_of(self, company: int) -> Controllers:
        """All that must and all that may control a company."""
        must = self.must.controllers_of(company)
        return Controllers(must, np.setdiff1d(self.may.controllers_of(company), must, assume_unique=True))

    def controlled_by(self, party: int) -> Controllers:
        """All that a party must and may control."""
        must = self.must.controlled_by(party)
        return Controllers(must, np.setdiff1d(self.may.controlled_by(party), must, assume_unique=True))

    def addends(self, company: int, controller: int) -> list[Addend]:
        """The figures by which a party controls a company: its own positions and those of all that it controls.

        Of every family of the test, in the order of family and owner; of a may-controller those of all that it may
        control. A test without aggregation adds nothing up: then each holder that suffices stands for itself.
        """
        relation = self.must if self.must.controls(controller, company) else self.may
        made = self.positions

        def in_group(holder: int) -> bool:
            return holder != company and (holder == controller or relation.controls(controller, holder))

        found = [
            Addend(int(made.owner[at]), Family(made.family[at]), int(made.lower[at]), int(made.upper[at]), at)
            for at in made.of(company)
            if made.family[at] in self.test.families and in_group(int(made.owner[at]))
        ]
        companies, parties = self.decisive
        rights = np.unique(parties[companies == company]).tolist()
        found += [Addend(party, Family.BOARD, 0, 0, -1) for party in rights if in_group(party)]
        return found

    def _open(self, edges: tuple[Nodes, Nodes]) -> tuple[Nodes, Nodes]:
        company, holder = edges
        chosen = ~self.must.controlled[company]
        return company[chosen], holder[chosen]


def control(
    positions: Positions,
    test: Test,
    decisive_source: Nodes | None = None,
    decisive_target: Nodes | None = None,
    natural_or_state: Flags | None = None,
    kernels: ControlKernels = PLAIN,
) -> Control:
    """Derive control in the sense of a test.

    Args:
        decisive_source, decisive_target: companies, and the parties with a decisive right in them besides the board
            family (recorded direct consolidation and head offices under `headquarters`).
        natural_or_state: nodes that are natural persons, states or state bodies.
    """
    empty = np.empty(0, np.int32)
    decisive = (
        empty if decisive_source is None else decisive_source.astype(np.int32),
        empty if decisive_target is None else decisive_target.astype(np.int32),
    )
    certain = possible = carrying(positions, test, decisive, kernels, may=False)
    must = may = Relation.of(certain, kernels)
    if _leaves_a_choice(positions, test):
        possible = carrying(positions, test, decisive, kernels, may=True)
        may = Relation.of(possible, kernels)
    flags = np.zeros(positions.n, np.bool_) if natural_or_state is None else natural_or_state
    ties = _ties(positions, test, must, kernels)
    settled = _settled(positions, test, must, may, ties, flags)
    return Control(positions, test, decisive, must, may, ties, settled, (certain, possible))


def _counted(positions: Positions, test: Test) -> Flags:
    """The companies and families of which the test counts shares or votes."""
    return np.isin(positions.slot_family, [family for family in COUNTED if family in test.families])


def _leaves_a_choice(positions: Positions, test: Test) -> bool:
    banded = (positions.lower != positions.upper) & _counted(positions, test)[positions.slot]
    return bool(banded.any())


def _ties(positions: Positions, test: Test, must: Relation, kernels: ControlKernels) -> tuple[Nodes, Nodes]:
    open_slot = _counted(positions, test) & ~positions.over & ~must.controlled[positions.slot_owned]
    open_slot &= (positions.declared == positions.total_upper) & (positions.total_upper > 0)
    chosen = np.flatnonzero(open_slot[positions.slot] & (positions.lower > 0) & (positions.owner != positions.owned))
    if not test.aggregated:
        whole = positions.total_upper[positions.slot[chosen]]
        chosen = chosen[2 * positions.lower[chosen] == whole]
        level = np.bincount(positions.slot[chosen], minlength=len(open_slot)) == 2
        chosen = chosen[level[positions.slot[chosen]]]
        return _once(positions.owned[chosen], positions.owner[chosen])
    slots = np.flatnonzero(open_slot)
    sums = Sums(
        np.zeros(1, np.int64),
        np.searchsorted(positions.slot[chosen], np.append(slots, len(open_slot))).astype(np.int64),
        positions.owner[chosen],
        positions.lower[chosen],
        positions.upper[chosen],
        positions.declared[slots],
        positions.total_lower[slots],
        positions.total_upper[slots],
        positions.over[slots],
    )
    company, classes = kernels.halves(
        must.parents, must.shape, must.itself, must.klass, tuple(sums), positions.slot_owned[slots]
    )
    return _once(*must.members_of(company, classes))


def _once(company: Nodes, holder: Nodes) -> tuple[Nodes, Nodes]:
    """Edges in order, each once."""
    edges = np.unique(np.stack((company, holder), axis=1), axis=0)
    return edges[:, 0], edges[:, 1]


def _settled(
    positions: Positions,
    test: Test,
    must: Relation,
    may: Relation,
    ties: tuple[Nodes, Nodes],
    natural_or_state: Flags,
) -> Flags:
    counted = _counted(positions, test)
    all_known = positions.declared == positions.total_upper
    known = np.zeros(positions.n, np.bool_)
    known[positions.slot_owned[counted & ~positions.over]] = True
    known[positions.slot_owned[counted & (positions.over | ~all_known)]] = False
    known &= ~may.controlled
    known[ties[0]] = False
    if not natural_or_state.any():
        return known
    return known | (must.controlled & ~must.from_above(~natural_or_state))


def rows_of(positions: Positions, position: int) -> Offsets:
    """The holdings that a position comes from: row numbers in the order given."""
    begin, end = positions.row_offsets[position : position + 2]
    return positions.rows[begin:end]
