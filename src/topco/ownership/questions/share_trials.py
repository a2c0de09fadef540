"""What the answer for one entity would be if one position had another share: derived anew each time, nothing guessed.

The rows of the position are replaced by one row with the new share, and everything above the entity is derived again by
the same functions as any resolution. Of one trial to the next only holdings differ, so `at` keeps the arrays of
everything else; `derived` starts again from the evidence tables, and confirms what is reported.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from topco.ownership.chain import seats_of
from topco.ownership.control import PLAIN as PLAIN_CONTROL
from topco.ownership.control import rows_of
from topco.ownership.control.criteria import COUNTED
from topco.ownership.headquarters import headquarters
from topco.ownership.layers import PLAIN
from topco.ownership.questions.control_arrays import ControlArrays, compiled_kernels
from topco.ownership.questions.outcome import Outcome, outcome_of, reached
from topco.ownership.shares import WHOLE
from topco.ownership.single_steps import resolved
from topco.ownership.snapshot import build

if TYPE_CHECKING:
    from datetime import date

    from topco.ownership.closure import Closure
    from topco.ownership.control import Positions, Test
    from topco.ownership.headquarters import Headquarters
    from topco.ownership.parent_tests import ParentTest
    from topco.ownership.snapshot import Evidence, Tables

Figures = tuple[int, int]
"""The least and the greatest share, in units; the same twice if it is exact."""


# Below this many companies a trial with the plain functions is over sooner than the compiled ones are loaded.
_COMPILE_FROM = 100


@dataclass(frozen=True)
class Trial:
    """An answer, and a fingerprint of all steps and marks that it was read from."""

    outcome: Outcome
    fingerprint: bytes


class Trials:
    """The evidence above one entity, with shares that can be changed."""

    def __init__(self, tables: Tables, evidence: Evidence, identifier: str) -> None:
        assert evidence.held is not None
        self.evidence, self.identifier = evidence, identifier
        self.made: Positions = evidence.held.positions
        self._tables = tables
        compiled = len(evidence.ids) >= _COMPILE_FROM
        self._kernels, self._control_kernels = compiled_kernels() if compiled else (PLAIN, PLAIN_CONTROL)
        self._known: dict[tuple[int, Figures], Trial] = {}

    @cached_property
    def _closure(self) -> Closure:
        return resolved(self.evidence.snapshot, self._kernels)

    @cached_property
    def _headquarters(self) -> Headquarters:
        return headquarters(self.evidence, self._closure)

    @cached_property
    def seats(self) -> list[int]:
        """The entity's node, or those of its head offices."""
        node = self.evidence.node_of([self.identifier])[0]
        return [] if node is None else sorted(seats_of(self._closure, node))

    @cached_property
    def base(self) -> Trial:
        """The answer as the evidence is."""
        return self._trial(self.evidence)

    @cached_property
    def test(self) -> Test:
        """What the parent test asks of holdings."""
        assert self.evidence.test.criteria is not None
        return self.evidence.test.criteria

    @cached_property
    def positions(self) -> list[int]:
        """The positions in the entity and in anything above it, of the families that the test counts in percent."""
        companies = [
            node for node in self.evidence.node_of(sorted(reached(self.evidence, self.identifier))) if node is not None
        ]
        families = [family for family in COUNTED if family in self.test.families]
        return [at for company in companies for at in self.made.of(company) if self.made.family[at] in families]

    def figures(self, position: int) -> Figures:
        return int(self.made.lower[position]), int(self.made.upper[position])

    def room(self, position: int) -> int:
        """The most that the position can be with all others as they are; never less than it may be now."""
        made, slot = self.made, int(self.made.slot[position])
        lower, upper = self.figures(position)
        declared, total = int(made.declared[slot]), int(made.total_upper[slot])
        treasury = int(made.owner[position]) == int(made.owned[position])
        room: int = WHOLE - declared if treasury else total - declared + lower
        return max(upper if treasury or bool(made.over[slot]) else lower, room)

    def one_way(self, position: int) -> bool:
        """Whether what a move takes away does not come back farther on.

        Treasury shares lower what is needed and leave less room at once; where more is declared than there is, room
        comes back. There every stretch between two turns is looked at.
        """
        made = self.made
        return int(made.owner[position]) != int(made.owned[position]) and not bool(made.over[made.slot[position]])

    def moved(self, position: int, by: int) -> Figures:
        """The share after a rise (or fall) by so many units; a band is moved as it is, and cut at 0 and at the room."""
        room = self.room(position)
        lower, upper = (min(max(figure + by, 0), room) for figure in self.figures(position))
        return lower, upper

    def at(self, position: int, figures: Figures) -> Trial:
        """The answer with this share in the place of the position's own."""
        if figures == self.figures(position):
            return self.base
        key = (position, figures)
        if key not in self._known:
            integrated = self.evidence.test.integrated
            evidence = self.changed(position, figures) if integrated else self._arrays.with_share(position, figures)
            self._known[key] = self._trial(evidence)
        return self._known[key]

    def derived(self, position: int, figures: Figures) -> Outcome:
        """The answer with this share, from the evidence tables on."""
        return outcome_of(self.changed(position, figures), self.identifier)

    @cached_property
    def _arrays(self) -> ControlArrays:
        without = build(replace(self._tables, holdings=self._tables.holdings.clear()), *self._asked)
        return ControlArrays.of(self.evidence, without, self._control_kernels)

    @property
    def _asked(self) -> tuple[date, dict[str, date], ParentTest]:
        """Stale periods give remarks and no other answer, so that vintages are not needed."""
        return self.evidence.as_of, {}, self.evidence.test

    def changed(self, position: int, figures: Figures) -> Evidence:
        """The evidence with this share in the place of the position's own."""
        return build(replace(self._tables, holdings=self._rows(position, figures)), *self._asked)

    def _rows(self, position: int, figures: Figures) -> pl.DataFrame:
        """The holding rows with one row for the position, where its first one stood."""
        lower, upper = figures
        first, *others = rows_of(self.made, position).tolist()
        here = pl.int_range(pl.len()) == first
        exact = lower if lower == upper else None
        values = {
            "share_exact": exact,
            "share_min": None if exact is not None else lower,
            "share_min_exclusive": None if exact is not None else False,
            "share_max": None if exact is not None else upper,
            "share_max_exclusive": None if exact is not None else False,
        }
        rows = self._tables.holdings
        changed = rows.with_columns(
            pl.when(here).then(pl.lit(value, rows.schema[column])).otherwise(pl.col(column)).alias(column)
            for column, value in values.items()
        )
        return changed.filter(~pl.int_range(pl.len()).is_in(others)) if others else changed

    def _trial(self, evidence: Evidence) -> Trial:
        made = evidence.snapshot
        edges = np.stack((made.source, made.target, made.kind), axis=1)
        if evidence.test.integrated:
            # Steps lead no further there: those of other companies decide nothing.
            edges = edges[np.isin(made.source, self.seats)]
        content = hashlib.sha256(np.unique(edges, axis=0).tobytes())
        for marks in (made.withholds, made.settled, made.held, made.own_half, made.confirmed):
            content.update(b"" if marks is None else marks.tobytes())
        return Trial(outcome_of(evidence, self.identifier, self._headquarters, self._kernels), content.digest())
