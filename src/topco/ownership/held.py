"""What a parent test makes of the holdings of a day: control, and the marks that it adds to the snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from topco.ownership.control import PLAIN, Addend, Control, ControlKernels, Positions, control
from topco.ownership.control.criteria import COUNTED
from topco.ownership.control_marks import Marks, Parties, marks_of_control
from topco.ownership.graph import Nodes
from topco.ownership.holding_rows import holdings_of_rows
from topco.ownership.layers import Flags, marked
from topco.ownership.shares import WHOLE
from topco.ownership.status import Kind
from topco.ownership.through_others import through_others
from topco.ownership.told_in_pieces import told_in_pieces

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from topco.ownership.parent_tests import ParentTest

# Below this many holdings the plain functions are done before the compiled ones are loaded.
_COMPILE_FROM = 5_000


@dataclass(frozen=True)
class Held:
    """The positions of a day, and what a test concludes from them.

    `control` is None under an integrated test. `through_others` flags companies of which the
    holdings of persons do not show that no company stands above: they may go through others.
    """

    positions: Positions
    control: Control | None
    marks: Marks
    through_others: Flags

    def addends(self, company: int, holder: int) -> list[Addend]:
        """The figures by which a holder stands above a company; under an integrated test all on the paths between."""
        if self.control is not None:
            return self.control.addends(company, holder)
        from topco.ownership.integrated_parents import on_paths

        return on_paths(self.positions, company, holder)


def held_by(
    test: ParentTest, n: int, holdings: pl.DataFrame, entities: pl.DataFrame, recorded: tuple[Nodes, Nodes, Any]
) -> Held:
    """Apply a test that looks at holdings.

    Args:
        holdings: rows in force with `owner_node` and `owned_node`.
        entities: rows with `node` and `kind`.
        recorded: sources, targets and kinds of the recorded steps.
    """
    assert test.criteria is not None
    kernels = control_kernels(len(holdings))
    made = kernels.positions(holdings_of_rows(n, holdings))
    parties = parties_of(test, n, entities)
    adds_up = test.integrated or test.criteria.aggregated
    through = through_others(holdings, parties.never_parents, made, test.criteria, adds_up=adds_up)
    through |= told_in_pieces(holdings, made, test.criteria) | _mostly_its_own(made)
    if test.integrated:
        from topco.ownership.integrated_parents import integrated_marks

        marks = integrated_marks(made, test.criteria, parties)
        # All shares declared confirms a top, but not if somebody unknown may have them between a person and it.
        confirmed = None if marks.confirmed is None else marks.confirmed & ~through
        return Held(made, None, marks._replace(confirmed=confirmed), through)
    source, target, kind = recorded
    direct = (kind == Kind.DIRECT) | (kind == Kind.BRANCH)
    found = control(made, test.criteria, source[direct], target[direct], parties.never_parents, kernels)
    return Held(made, found, marks_of_control(found, source[direct], parties), through)


def _mostly_its_own(made: Positions) -> Flags:
    """The companies that may have half or more in themselves: rather two companies taken for one.

    Taken out of the total, such a holding would leave the rest in known hands, and a parent would be lost.
    """
    own = (made.owner == made.owned) & np.isin(made.family, COUNTED) & (2 * made.upper >= WHOLE)
    return marked(made.n, made.owned[own])


def parties_of(test: ParentTest, n: int, entities: pl.DataFrame) -> Parties:
    """Who is never a parent under a test, and who stands for somebody not named.

    A party that one record calls a person and another a company may be a parent: what all records say rules it out.
    """
    never = _of_kinds(test.never_parents, n, entities)
    other = set(entities["kind"].drop_nulls().unique()) - test.never_parents
    return Parties(never & ~_of_kinds(other, n, entities), _of_kinds(test.unnamed, n, entities))


def control_kernels(rows: int) -> ControlKernels:
    """The functions of control, compiled where it is worth the wait."""
    if rows < _COMPILE_FROM:
        return PLAIN
    from topco.ownership.control.bulk import COMPILED

    return COMPILED


def _of_kinds(kinds: AbstractSet[str], n: int, entities: pl.DataFrame) -> Flags:
    chosen = entities.filter(pl.col("kind").is_in(list(kinds)))["node"].to_numpy()
    return marked(n, chosen) if len(chosen) else np.zeros(n, np.bool_)
