"""After a change of some holdings: control derived again for the companies that it can matter to, and for no other.

Who controls y hangs on the holdings in y and on who controls its holders. A change of the holdings in c can thus matter
to c and to what is held from c downwards, as far as a holding can carry control at all. For these companies everything
above them is needed, unchanged as it is; both together are a small set of holdings, on which a whole run is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from topco.ownership.control.closure import Control, control
from topco.ownership.control.kernels import PLAIN, ControlKernels
from topco.ownership.control.positions import Flags, Holdings, positions
from topco.ownership.graph import Nodes, Offsets


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
        self._rows = kernels.adjacency(n, holdings.owned, np.arange(len(holdings), dtype=np.int32))
        self._decisive = kernels.adjacency(n, *full.decisive)
        self._above = kernels.adjacency(n, company, holder)
        self._below = kernels.adjacency(n, holder, company)
        # What has been changed since: the rows of each company, and for each holder the companies it may matter to.
        self._changed: dict[int, Holdings] = {}
        self._changed_below: dict[int, set[int]] = {}

    def rederive(self, companies: Iterable[int], rows: Holdings) -> Rederived:
        """Replace all holdings in some companies, and derive control again where that can matter.

        Args:
            companies: all that are changed; one without a row has no holdings any more.
            rows: all holdings that there are now in these companies, over the same nodes.
        """
        companies = list(companies)
        for company in companies:
            held = rows.take(np.flatnonzero(rows.owned == company))
            self._changed[company] = held
            for owner in held.owner.tolist():
                self._changed_below.setdefault(owner, set()).add(company)
        derived = _reached(companies, self._held_by)
        wanted = _reached(derived, self._holders)
        return self._run(np.array(sorted(derived), np.int32), np.array(sorted(wanted), np.int32))

    def _run(self, derived: Nodes, wanted: Nodes) -> Rederived:
        given = self._holdings
        changed = [self._changed[one] for one in wanted.tolist() if one in self._changed]
        same = np.array([one for one in wanted.tolist() if one not in self._changed], np.int32)
        rows = _join([given.take(_all_of(self._rows, same)), *changed])
        parties = [_part(self._decisive, one) for one in wanted.tolist()]
        source = np.repeat(wanted, [len(part) for part in parties])
        target = np.concatenate([np.empty(0, np.int32), *parties])
        nodes = np.unique(np.concatenate((wanted, rows.owner, target)))
        local = Holdings(
            len(nodes),
            np.searchsorted(nodes, rows.owner).astype(np.int32),
            np.searchsorted(nodes, rows.owned).astype(np.int32),
            rows.family,
            rows.exact,
            rows.lower,
            rows.upper,
        )
        answer = control(
            positions(local, self._kernels.adjacency),
            self._test,
            np.searchsorted(nodes, source).astype(np.int32),
            np.searchsorted(nodes, target).astype(np.int32),
            self._natural[nodes],
            self._kernels,
        )
        return Rederived(derived, nodes, answer)

    def _held_by(self, holder: int) -> Iterable[int]:
        """The companies that a holder's share may carry control of."""
        return (*_part(self._below, holder).tolist(), *self._changed_below.get(holder, ()))

    def _holders(self, company: int) -> Iterable[int]:
        """The holders whose share in a company may carry control of it; of a changed company all."""
        if company in self._changed:
            return (*self._changed[company].owner.tolist(), *_part(self._decisive, company).tolist())
        holders: list[int] = _part(self._above, company).tolist()
        return holders


def _part(lists: tuple[Offsets, Nodes], index: int) -> Nodes:
    offsets, values = lists
    return values[offsets[index] : offsets[index + 1]]


def _all_of(lists: tuple[Offsets, Nodes], indices: Nodes) -> Offsets:
    parts = [_part(lists, one) for one in indices.tolist()]
    return np.concatenate([np.empty(0, np.int64), *parts])


def _reached(start: Iterable[int], further: Callable[[int], Iterable[int]]) -> set[int]:
    found = set(start)
    frontier = list(found)
    while frontier:
        for other in further(frontier.pop()):
            if other not in found:
                found.add(other)
                frontier.append(other)
    return found


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
