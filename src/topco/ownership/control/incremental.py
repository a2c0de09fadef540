"""After a change of some holdings: control derived again for the companies that it can matter to, and for no other.

Who controls y hangs on the holdings in y and on who controls its holders. A change of the holdings in c can thus matter
to c and to what is held from c downwards, as far as a holding can carry control at all. For these companies everything
above them is needed, unchanged as it is; both together are a small set of holdings, on which a whole run is made.

Where much is held from c downwards, c is derived first, with what stands above it. If c then has the controllers that
it had, must and may, so has everything below it: the relations are the least ones, and who controls the rest hangs on c
through its controllers alone. What controllers a company had is known by two sums of hashes over its steps.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from topco.ownership.control.closure import Control, control
from topco.ownership.control.kernels import PLAIN, ControlKernels
from topco.ownership.control.positions import Flags, Holdings
from topco.ownership.graph import Nodes, Offsets

Hashes = NDArray[np.uint64]
Number = TypeVar("Number", np.int32, np.int64)

# Drawn anew by every process, so that nobody can choose holders whose hashes add up to the same.
_SEEDS = (secrets.randbits(62), secrets.randbits(62))
_WORTH_A_TRY = 3  # what stands above the changed companies may be so much more than what stands below them


@dataclass(frozen=True)
class Rederived:
    """Control of some companies, derived again. Edges are pairs of arrays (company, holder) in the numbers of all.

    Attributes:
        companies: those to which the change could matter, in ascending order; what is said of others stands.
        nodes: the number of each node of `control`.
        control: a run over these companies and all above them.
    """

    companies: Nodes
    nodes: Nodes
    control: Control

    @property
    def immediate(self) -> tuple[Nodes, Nodes]:
        """`Control.immediate` of these companies."""
        return self._of_companies(self.control.immediate)

    @property
    def steps(self) -> tuple[Nodes, Nodes]:
        """`Control.steps` of these companies."""
        return self._of_companies(self.control.steps)

    @property
    def candidates(self) -> tuple[Nodes, Nodes]:
        """`Control.candidates` of these companies."""
        return self._of_companies(self.control.candidates)

    @property
    def candidate_steps(self) -> tuple[Nodes, Nodes]:
        """`Control.candidate_steps` of these companies."""
        return self._of_companies(self.control.candidate_steps)

    @property
    def tied(self) -> tuple[Nodes, Nodes]:
        """`Control.tied` of these companies."""
        return self._of_companies(self.control.tied)

    @property
    def settled(self) -> Nodes:
        """Those of the companies that are settled."""
        return self.nodes[self.control.settled & self._derived]

    @cached_property
    def _derived(self) -> Flags:
        return np.isin(self.nodes, self.companies, assume_unique=True)

    def _of_companies(self, edges: tuple[Nodes, Nodes]) -> tuple[Nodes, Nodes]:
        company, holder = edges
        chosen = self._derived[company]
        return self.nodes[company[chosen]], self.nodes[holder[chosen]]


class Index:
    """Holdings by company and by holder, built once from a full run, for changes one after the other.

    Args:
        full: the run that the holdings led to.
        holdings: what its positions were made of.
        natural_or_state: as the run was given them.
    """

    def __init__(
        self,
        full: Control,
        holdings: Holdings,
        natural_or_state: Flags | None = None,
        kernels: ControlKernels = PLAIN,
    ) -> None:
        n = holdings.n
        company = np.concatenate([part for edges in full.edges for part in (edges.company, edges.sums_company)])
        holder = np.concatenate([part for edges in full.edges for part in (edges.holder, edges.sums.holder)])
        self._test, self._kernels, self._holdings = full.test, kernels, holdings
        self._natural = np.zeros(n, np.bool_) if natural_or_state is None else natural_or_state
        made = full.positions
        self._rows = made.row_offsets[made.offsets], made.rows
        self._decisive = kernels.adjacency(n, *full.decisive)
        self._above = kernels.adjacency(n, company, holder)
        self._below = kernels.adjacency(n, holder, company)
        self._controllers = _controllers(full, np.arange(n, dtype=np.int32))
        # What has been changed since: the rows of each company, and for each holder the companies it may matter to.
        self._changed: dict[int, Holdings] = {}
        self._changed_below: dict[int, set[int]] = {}
        self._is_changed, self._has_changed_below, self._nothing = (np.zeros(n, np.bool_) for _ in range(3))
        self._marks, self._token, self._place = np.zeros(n, np.int64), 0, np.zeros(n, np.int32)

    def rederive(self, companies: Iterable[int], rows: Holdings) -> Rederived:
        """Replace all holdings in some companies, and derive control again where that can matter.

        Args:
            companies: all that are changed; one without a row has no holdings any more.
            rows: all holdings that there are now in these companies, over the same nodes.
        """
        changed = np.unique(np.fromiter(companies, np.int32))
        for company in changed.tolist():
            held = rows.take(np.flatnonzero(rows.owned == company))
            self._changed[company] = held
            self._is_changed[company] = True
            self._has_changed_below[held.owner] = True
            for owner in held.owner.tolist():
                self._changed_below.setdefault(owner, set()).add(company)
        derived = self._reached(changed, self._below, self._nothing, self._has_changed_below, self._newly_held_by)
        if len(derived) > len(changed):
            above = self._with_holders(changed)
            if self._work(above) <= _WORTH_A_TRY * self._work(derived):
                again = self._run(changed, above)
                if self._as_before(again, above):
                    return again
        again = self._run(derived, self._with_holders(derived))
        for kept, now in zip(self._controllers, _controllers(again.control, again.nodes), strict=True):
            kept[derived] = now[np.searchsorted(again.nodes, derived)]
        return again

    def _as_before(self, again: Rederived, above: Nodes) -> bool:
        """Whether all these companies have the controllers that they had."""
        local = np.searchsorted(again.nodes, above)
        found = _controllers(again.control, again.nodes)
        return all((now[local] == kept[above]).all() for kept, now in zip(self._controllers, found, strict=True))

    def _run(self, derived: Nodes, wanted: Nodes) -> Rederived:
        given = self._holdings
        is_changed = self._is_changed[wanted]
        changed = [self._changed[one] for one in wanted[is_changed].tolist()]
        rows = _join([given.take(_ranges(self._rows, wanted[~is_changed])[1]), *changed])
        source, target = _ranges(self._decisive, wanted)
        self._token += 1
        everybody = np.concatenate((wanted, rows.owner, target))
        nodes = self._kernels.distinct(everybody, self._marks, self._token)
        self._place[nodes] = np.arange(len(nodes))
        place = self._place
        local = Holdings(
            len(nodes), place[rows.owner], place[rows.owned], rows.family, rows.exact, rows.lower, rows.upper
        )
        answer = control(
            self._kernels.positions(local),
            self._test,
            place[source],
            place[target],
            self._natural[nodes],
            self._kernels,
        )
        return Rederived(derived, nodes, answer)

    def _work(self, companies: Nodes) -> int:
        """About how much there is to do to derive these companies: they and their holdings."""
        offsets, _ = self._rows
        return len(companies) + int((offsets[companies + 1] - offsets[companies]).sum())

    def _with_holders(self, companies: Nodes) -> Nodes:
        """Companies and all above them whose shares may carry control."""
        return self._reached(companies, self._above, self._is_changed, self._is_changed, self._holders_now)

    def _reached(
        self,
        start: Nodes,
        lists: tuple[Offsets, Nodes],
        closed: Flags,
        special: Flags,
        further: Callable[[int], Iterable[int]],
    ) -> Nodes:
        """What is reached by the lists, which end at what is closed, and from special nodes further; in order."""
        self._token += 1
        parts = [np.empty(0, np.int32)]
        while len(start):
            found = self._kernels.reached(*lists, start, closed, self._marks, self._token)
            parts.append(found)
            more = [other for one in found[special[found]].tolist() for other in further(one)]
            start = np.array(more, np.int32)
        return np.sort(np.concatenate(parts))

    def _newly_held_by(self, holder: int) -> Iterable[int]:
        """The changed companies in which a holder has or had something since the full run."""
        return self._changed_below[holder]

    def _holders_now(self, company: int) -> Iterable[int]:
        """All holders of a changed company."""
        return (*self._changed[company].owner.tolist(), *_ranges(self._decisive, np.array([company]))[1].tolist())


def _controllers(found: Control, nodes: Nodes) -> tuple[Hashes, Hashes]:
    """Of each node of a run, by which it is known who must and who may control it: hashes of its steps, added up.

    Args:
        nodes: the number of each node among all.
    """
    sums = np.zeros(len(nodes), np.uint64), np.zeros(len(nodes), np.uint64)
    for relation, (company, holder) in enumerate((found.must.steps, found.may.steps)):
        for added, seed in zip(sums, _SEEDS, strict=True):
            np.add.at(
                added, company, _mixed(nodes[holder].astype(np.uint64) * np.uint64(2) + np.uint64(relation + seed))
            )
    return sums


def _mixed(values: Hashes) -> Hashes:
    """Hashes of numbers (the finalizer of SplitMix64, Steele and others 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _ranges(lists: tuple[Offsets, NDArray[Number]], indices: Nodes) -> tuple[Nodes, NDArray[Number]]:
    """Each index as often as its list is long, and all these lists one after the other."""
    offsets, values = lists
    length = offsets[indices + 1] - offsets[indices]
    starts = np.cumsum(length) - length
    place = np.arange(int(length.sum())) + np.repeat(offsets[indices] - starts, length)
    return np.repeat(indices, length), values[place]


def _join(parts: list[Holdings]) -> Holdings:
    return Holdings(
        parts[0].n,
        np.concatenate([part.owner for part in parts]),
        np.concatenate([part.owned for part in parts]),
        np.concatenate([part.family for part in parts]),
        np.concatenate([part.exact for part in parts]),
        np.concatenate([part.lower for part in parts]),
        np.concatenate([part.upper for part in parts]),
    )
