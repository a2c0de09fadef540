"""What control adds to a snapshot: steps to controllers, ties, candidates, and marks of companies.

`docs/ownership.md`, section 4. Parties that are never parents (persons, states) give no step: a company that only such
parties control is settled. A controller whom a source does not name hides the parent.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from topco.ownership.control.closure import Control
from topco.ownership.control.criteria import Test
from topco.ownership.control.positions import Positions
from topco.ownership.graph import Nodes
from topco.ownership.layers import Flags, marked
from topco.ownership.shares import WHOLE
from topco.ownership.status import Kind

Edges = tuple[Nodes, Nodes]


class Parties(NamedTuple):
    """Flags of nodes: those that are never parents, and those that stand for a parent not named."""

    never_parents: Flags
    unnamed: Flags


class Marks(NamedTuple):
    """Edges (company, other party) with their kinds, and flags of companies.

    Attributes:
        settled: by arithmetic, or because persons or states alone control it, the company has no corporate parent.
        hidden: a party whom a source does not name controls it, may control it, or has half of it.
        held: somebody else has some interest in it.
        confirmed: given where steps are not composed: the companies that are confirmed tops of what they own.
        over: others declare more of it than there is.
        own_half: a party that is never a parent has half of it, or may control it beside a company: the company itself
            stands among its possible tops.
    """

    source: Nodes
    target: Nodes
    kind: NDArray[np.int8]
    settled: Flags
    hidden: Flags
    held: Flags
    own_half: Flags
    over: Flags
    confirmed: Flags | None = None


def several_may_reach(test: Test | None) -> bool:
    """Whether two parties can meet a test's threshold in one company side by side, as at `at least 50`.

    >>> several_may_reach(Test(WHOLE // 2, at_least=True)), several_may_reach(Test())
    (True, False)
    """
    return test is not None and 2 * test.needed(WHOLE) <= WHOLE


def marks_of_control(found: Control, recorded: Nodes, parties: Parties) -> Marks:
    """The marks of a finished run.

    Args:
        recorded: the companies with a recorded direct parent or head office: that decides, whoever holds shares.
    """
    settled = found.settled.copy()
    settled[recorded] = False
    return marks(found.steps, found.tied, found.candidate_steps, settled, found.positions, parties)


def marks(must: Edges, tied: Edges, may: Edges, settled: Flags, made: Positions, parties: Parties) -> Marks:
    """The marks that edges to controllers, to halves and to candidates make together, and the positions themselves."""
    hidden = np.zeros(len(settled), np.bool_)
    for company, party in (must, tied, may):
        hidden[company[parties.unnamed[party]]] = True
    settled = settled.copy()
    held = marked(made.n, made.owned[made.owner != made.owned])
    # Where nobody holds anything, control comes from recorded steps alone, which the snapshot has.
    must = must[0][held[must[0]]], must[1][held[must[0]]]
    own_half = np.zeros(len(settled), np.bool_)
    kept: list[tuple[Nodes, Nodes, Kind]] = []
    for (company, party), kind in ((must, Kind.CONTROL), (tied, Kind.TIE), (may, Kind.CANDIDATE)):
        corporate = ~parties.never_parents[party] & ~hidden[company]
        kept.append((company[corporate], party[corporate], kind))
        if kind == Kind.TIE:
            # Halves of persons and states alone: whoever prevails, no company does.
            persons_too = marked(len(settled), company[parties.never_parents[party]])
            companies = marked(len(settled), company[~parties.never_parents[party]])
            settled |= persons_too & ~companies
            own_half |= persons_too & companies
    return Marks(
        np.concatenate([company for company, _, _ in kept]).astype(np.int32),
        np.concatenate([party for _, party, _ in kept]).astype(np.int32),
        np.concatenate([np.full(len(company), kind, np.int8) for company, _, kind in kept]),
        settled & ~hidden,
        hidden,
        held,
        own_half,
        marked(made.n, made.slot_owned[made.over]),
    )
