"""All listed parties as one holder: what they own to half or more, and what they have together in a company.

A node stands for all of them and owns each of them outright; the rest is the relation of the `cascade` test
(`topco.ownership.control`). So a company of which two listed parties hold a quarter each is owned by them together,
and passes on what it holds in full ("or by one or more entities subject to restrictions based upon ownership by listed
entities", supp. 8 to part 744). Recorded consolidation states no share: for certain it counts nothing, possibly all.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from topco.ownership.control.edges import carrying
from topco.ownership.control.relation import Relation
from topco.ownership.held import control_kernels
from topco.ownership.questions.must_may import CANNOT, MAY, MUST
from topco.ownership.shares import WHOLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from topco.licensing.affiliates.listed_shares import Shareholdings
    from topco.ownership.control import Test

    Among = Callable[[int], bool]


@dataclass(frozen=True)
class Total:
    """What some parties have together in a company: units of the whole, the lower cut and the upper rounded up.

    `standing`: must, may or cannot reach the threshold of the test, exactly. `declared`: what all holders are stated to
    have at least; None if no holder of shares is known.
    """

    lower: int
    upper: int
    standing: str
    declared: int | None


class ListedGroup:
    """What listed parties own, by themselves, together and through each other.

    Args:
        listed: the nodes of listed parties.
        criteria: threshold and strictness.
    """

    def __init__(self, day: Shareholdings, listed: frozenset[int], criteria: Test) -> None:
        self.listed = listed
        self._criteria = criteria
        first = _Relations(day, listed, criteria)
        twice = first.told_twice()
        # What may be told twice is no certain addend, and leaves the others more room.
        self._found = _Relations(day.without(twice), listed, criteria) if twice else first
        self.day = self._found.day

    def certain(self, node: int) -> bool:
        """Whether listed parties are sure to own half or more of a party, or it is listed."""
        return bool(self._found.certain_flags[node])

    def possible(self, node: int) -> bool:
        """Whether they may."""
        return bool(self._found.possible_flags[node])

    def owns(self, owner: int, company: int) -> bool:
        """Whether one party is sure to own another one by itself."""
        return owner == company or self._found.certain.controls(owner, company)

    def may_own(self, owner: int, company: int) -> bool:
        """Whether it may."""
        return owner == company or self._found.possible.controls(owner, company)

    def holders(self, company: int) -> set[int]:
        """All that hold something in a company, recorded parents among them."""
        made = self.day.positions
        held = {int(made.owner[at]) for at in made.of(company)}
        return (held | {step["target"] for step in self.day.steps_from.get(company, ())}) - {company}

    def beside(self, company: int) -> ListedGroup:
        """The group to ask about a company: of a listed one, without what is owned by its own listing."""
        if company in self.listed and any(self.possible(one) for one in self.holders(company) - self.listed):
            return ListedGroup(self.day, self.listed - {company}, self._criteria)
        return self

    def together(self, company: int) -> Total:
        """What all listed parties have in a company."""
        return self.total(company, self.certain, self.possible)

    def of_one(self, owner: int, company: int) -> Total:
        """What one party has in a company, with all that it owns by itself."""
        return self.total(company, lambda one: self.owns(owner, one), lambda one: self.may_own(owner, one))

    def total(self, company: int, certain: Among, possible: Among) -> Total:
        """The positions of some holders, added: those of certain ones at least, those of possible ones at most."""
        made = self.day.positions
        least = most = rest = 0
        declared: int | None = None
        whole = smallest = WHOLE
        over = False
        for at in made.of(company):
            slot = int(made.slot[at])
            declared = int(made.declared[slot])
            whole, smallest = int(made.total_upper[slot]), int(made.total_lower[slot])
            over = bool(made.over[slot])
            holder, lower, upper = int(made.owner[at]), int(made.lower[at]), int(made.upper[at])
            if holder == company:
                continue
            sure = certain(holder)
            least += lower if sure else 0
            if sure or possible(holder):
                most += upper
            else:
                rest += lower
        # As `topco.ownership.control.edges.exceeding`: they have the greatest part where just that is outstanding.
        total = whole if over else min(max(most + rest, smallest), whole)
        have = most if over else min(most, total - rest)
        standing = MUST if self._reached(least, whole) else MAY if self._reached(have, total) else CANNOT
        lower, upper = _part(least, whole), WHOLE - _part(total - have, total) if have else 0
        for step in self.day.steps_from.get(company, ()):
            if step["branch"] and certain(step["target"]):
                return Total(WHOLE, WHOLE, MUST, declared)
            if possible(step["target"]):
                upper, standing = WHOLE, standing if standing == MUST else MAY
        return Total(min(lower, WHOLE), min(upper, WHOLE), standing, declared)

    def _reached(self, have: int, total: int) -> bool:
        return total > 0 and have >= self._criteria.needed(total)


class _Relations:
    """Who is sure to own whom, and who may, with all listed parties as one more owner."""

    def __init__(self, day: Shareholdings, listed: frozenset[int], criteria: Test) -> None:
        self.day = day
        kernels = control_kernels(len(day.holdings))
        own = np.array(sorted(listed), np.int32)
        group = np.full(len(own), day.everybody, np.int32)

        def relation(steps: Any, *, may: bool) -> Relation:
            below, above = (steps[name].to_numpy().astype(np.int32) for name in ("source", "target"))
            outright = np.concatenate((own, below)), np.concatenate((group, above))
            return Relation.of(carrying(day.positions, criteria, outright, kernels, may=may), kernels)

        self.certain = relation(day.steps.filter(day.steps["branch"]), may=False)
        self.possible = relation(day.steps, may=True)

    @cached_property
    def certain_flags(self) -> Any:
        """Of each party: whether the listed ones own it."""
        return self._flags(self.certain)

    @cached_property
    def possible_flags(self) -> Any:
        """Of each party: whether they may."""
        return self._flags(self.possible)

    def _flags(self, relation: Relation) -> Any:
        flags = np.zeros(len(self.day.ids) + 1, np.bool_)
        flags[relation.controlled_by(self.day.everybody)] = True
        return flags

    def told_twice(self) -> set[tuple[int, int]]:
        """Owners and companies where a stated indirect share may be one that another holder is stated to have."""
        holders: dict[int, set[int]] = {}
        rows = self.day.holdings
        for owner, company in rows.select("owner_node", "owned_node").unique().iter_rows():
            holders.setdefault(company, set()).add(owner)
        indirect = rows.filter(rows["indirect"].fill_null(value=False)).select("owner_node", "owned_node").unique()
        klass = self.possible.klass
        owning = {*self.possible.parents[1].tolist(), *np.flatnonzero(self.possible.itself).tolist()}
        return {
            (owner, company)
            for owner, company in indirect.iter_rows()
            if int(klass[owner]) in owning
            and any(self.possible.controls(owner, other) for other in holders[company] - {owner, company})
        }


def _part(units: int, total: int) -> int:
    """Units of a total as units of the whole, what is finer cut off."""
    return units * WHOLE // total if total else 0
