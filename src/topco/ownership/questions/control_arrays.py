"""The arrays behind a test of control, one position's share exchanged: all that differs between two trials."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from topco.ownership.control import NO_SHARE, ControlKernels, Holdings, control, rows_of
from topco.ownership.control_marks import Parties, marks_of_control
from topco.ownership.held import Held, parties_of
from topco.ownership.holding_rows import holdings_of_rows
from topco.ownership.layers import Flags, Kernels, marked
from topco.ownership.status import Kind

if TYPE_CHECKING:
    from topco.ownership.snapshot import Evidence


@dataclass(frozen=True)
class ControlArrays:
    """Evidence, its holdings as arrays, and what registers alone say of it.

    Attributes:
        recorded: flags of the snapshot's edges: the recorded ones.
        withholds: the mark of the same name without what holdings add to it.
    """

    evidence: Evidence
    holdings: Holdings
    parties: Parties
    recorded: Flags
    withholds: Flags
    kernels: ControlKernels

    @classmethod
    def of(cls, evidence: Evidence, without: Evidence, kernels: ControlKernels) -> ControlArrays:
        """The arrays of some evidence, and of the same without its holdings."""
        n = len(evidence.ids)
        withheld = evidence.node_of(without.ids.filter(without.snapshot.withholds).to_list())
        return cls(
            evidence,
            holdings_of_rows(n, evidence.holdings),
            parties_of(evidence.test, n, evidence.entities),
            evidence.snapshot.kind < Kind.CONTROL,
            marked(n, np.array(withheld, np.int32)),
            kernels,
        )

    def with_share(self, position: int, figures: tuple[int, int]) -> Evidence:
        """The evidence with this least and this greatest share of a position; its table of holdings is the old one."""
        evidence, test = self.evidence, self.evidence.test.criteria
        assert evidence.held is not None
        assert test is not None
        first, *others = rows_of(evidence.held.positions, position).tolist()
        lower, upper = figures
        exact, least, most = self.holdings.exact.copy(), self.holdings.lower.copy(), self.holdings.upper.copy()
        exact[first], least[first], most[first] = lower if lower == upper else NO_SHARE, lower, upper
        holdings = replace(self.holdings, exact=exact, lower=least, upper=most)
        if others:
            holdings = holdings.take(np.delete(np.arange(len(holdings)), others))
        made = self.kernels.positions(holdings)
        old = evidence.snapshot
        source, target = old.source[self.recorded], old.target[self.recorded]
        kind, stale = old.kind[self.recorded], old.stale[self.recorded]
        direct = (kind == Kind.DIRECT) | (kind == Kind.BRANCH)
        found = control(made, test, source[direct], target[direct], self.parties.never_parents, self.kernels)
        marks = marks_of_control(found, source[direct], self.parties)
        snapshot = replace(
            old,
            source=np.append(source, marks.source),
            target=np.append(target, marks.target),
            kind=np.append(kind, marks.kind),
            stale=np.append(stale, np.zeros(len(marks.source), np.bool_)),
            withholds=self.withholds | marks.hidden,
            settled=marks.settled & ~evidence.held.through_others,
            held=marks.held,
            own_half=marks.own_half,
        )
        return replace(evidence, snapshot=snapshot, held=Held(made, found, marks, evidence.held.through_others))


def compiled_kernels() -> tuple[Kernels, ControlKernels]:
    """The compiled functions of closure and control."""
    from topco.ownership.bulk import COMPILED
    from topco.ownership.control.bulk import COMPILED as COMPILED_CONTROL

    return COMPILED, COMPILED_CONTROL
