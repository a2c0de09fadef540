"""The steps of the evidence from owners to what they own, for paths and levels, and the source rows behind each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from topco.ownership.chain import STEP_WORDS, holding_as_json, step_as_json
from topco.ownership.control import NO_SHARE, Family
from topco.ownership.control.criteria import COUNTED
from topco.ownership.graph import Nodes
from topco.ownership.integrated_parents import position_graph
from topco.ownership.parent_tests import interest_families
from topco.ownership.paths import SHARES
from topco.ownership.shares import WHOLE
from topco.ownership.status import Kind

if TYPE_CHECKING:
    from topco.ownership.integrated_graph import PositionGraph
    from topco.ownership.layers import Flags
    from topco.ownership.paths import Units
    from topco.ownership.snapshot import Evidence


@dataclass(frozen=True)
class StepRows:
    """One row for each position in a family and for each recorded step, nobody in himself.

    Attributes:
        kind: `shares`, `votes`, `board`, `none`, or the word for a recorded step.
        lower, upper: the bounds of a position in units, `NO_SHARE` for a right or a recorded step.
        counts: the test looks at it, or it has a part in integrated shares.
    """

    owner: Nodes
    owned: Nodes
    kind: tuple[str, ...]
    lower: Units
    upper: Units
    counts: Flags


class Steps:
    """The steps of an evidence, with their parts of the companies and their grounds."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._grounds: dict[int, dict[int, list[dict[str, Any]]]] = {}

    @cached_property
    def graph(self) -> PositionGraph | None:
        """The shares as a graph for integrated shares; None where the test looks at no holdings, or there are none."""
        return None if self._evidence.held is None else position_graph(self._evidence.held.positions)

    @property
    def totals(self) -> tuple[Units, Units]:
        """Of each company the most and the fewest units that are not its own."""
        if self.graph is None:
            whole = np.full(len(self._evidence.ids), WHOLE, np.int64)
            return whole, whole
        return self.graph.total, self.graph.least_total

    @cached_property
    def rows(self) -> StepRows:
        """All steps: positions first, then what is recorded."""
        snapshot, held = self._evidence.snapshot, self._evidence.held
        recorded = (snapshot.kind <= Kind.ULTIMATE) & (snapshot.source != snapshot.target)
        words = [STEP_WORDS[Kind(kind)] for kind in snapshot.kind[recorded].tolist()]
        nothing = np.full(len(words), NO_SHARE, np.int64)
        source, target = snapshot.source[recorded], snapshot.target[recorded]
        if held is None:
            return StepRows(target, source, tuple(words), nothing, nothing, np.ones(len(words), np.bool_))
        made = held.positions
        bounded = np.isin(made.family, COUNTED)
        chosen = (made.owner != made.owned) & (~bounded | (made.upper > 0))
        family, bounded = made.family[chosen], bounded[chosen]
        counted = np.isin(family, [Family.SHARES, *self._families])
        return StepRows(
            np.append(made.owner[chosen], target),
            np.append(made.owned[chosen], source),
            (*(Family(one).name.lower() for one in family.tolist()), *words),
            np.append(np.where(bounded, made.lower[chosen], NO_SHARE), nothing),
            np.append(np.where(bounded, made.upper[chosen], NO_SHARE), nothing),
            np.append(counted, np.ones(len(words), np.bool_)),
        )

    @cached_property
    def parts(self) -> dict[tuple[int, int], tuple[float, float] | None]:
        """Of each pair of owner and company its shares as parts of the company; None for a step without a share."""
        rows, totals = self.rows, self.totals
        found: dict[tuple[int, int], tuple[float, float] | None] = {}
        for place, kind in enumerate(rows.kind):
            pair = int(rows.owner[place]), int(rows.owned[place])
            found.setdefault(pair, None)
            most, least = (int(total[pair[1]]) for total in totals)
            if kind == SHARES and most:
                upper = min(int(rows.upper[place]) / least, 1.0) if least else 1.0
                found[pair] = min(int(rows.lower[place]) / most, 1.0), upper
        return found

    @cached_property
    def strengths(self) -> dict[tuple[int, int], float]:
        """The lower parts of the steps that count; one without a share counts as whole: it decides without one."""
        rows = self.rows
        counting = zip(rows.owner[rows.counts].tolist(), rows.owned[rows.counts].tolist(), strict=True)
        parts = ((pair, self.parts[pair]) for pair in counting)
        return {pair: 1.0 if part is None else part[0] for pair, part in parts}

    def grounds(self, owner: int, company: int) -> list[dict[str, Any]]:
        """The rows on which a step rests, recorded parents first: kind, share, period, source, and whether it counts.

        `counts` is true where the test looks at a row of this kind; what does not count is shown all the same.
        """
        if company not in self._grounds:
            self._grounds[company] = self._of_company(company)
        return self._grounds[company].get(owner, [])

    def holders(self, company: int) -> list[int]:
        """Everyone with a row in a company, the company itself too."""
        self.grounds(company, company)
        return sorted(self._grounds[company])

    def _of_company(self, company: int) -> dict[int, list[dict[str, Any]]]:
        found: dict[int, list[dict[str, Any]]] = {}
        for row in sorted(self._evidence.rows("relationships", company), key=lambda row: (row["step"], _place(row))):
            found.setdefault(row["target"], []).append(_ground(step_as_json(row), counts=True))
        families = interest_families()
        for row in sorted(self._evidence.rows("holdings", company), key=_place):
            family = families.get(row["interest"], Family.NONE)
            found.setdefault(row["owner_node"], []).append(
                _ground(holding_as_json(row), counts=family in self._families)
            )
        return found

    @property
    def _families(self) -> frozenset[Family]:
        criteria = self._evidence.test.criteria
        return frozenset() if criteria is None else criteria.families


def _ground(link: dict[str, Any], *, counts: bool) -> dict[str, Any]:
    about = {name: value for name, value in link.items() if name not in ("child", "parent")}
    return {"kind": about.pop("kind"), "counts": counts, **about}


def _place(row: dict[str, Any]) -> tuple[str, str, int]:
    return str(row["load"]), str(row["file"]), row["row"] or 0
