"""Must, may, cannot: who controls a company and what a party controls, under any parent test.

What decides is the test's own relation: control by holdings and rights (`docs/ownership.md`, section 2), or the
integrated share. Recorded steps that the test counts (direct and ultimate consolidation, head offices) are followed
besides, each as control for certain. Both kinds alternate: whoever must control a recorded parent must control the
company.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from topco.ownership.status import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from topco.ownership.control.relation import Relation
    from topco.ownership.integrated import IntegratedShares
    from topco.ownership.parent_tests import ParentTest
    from topco.ownership.snapshot import Evidence

MUST, MAY, CANNOT = "must", "may", "cannot"


@dataclass(frozen=True)
class Standing:
    """The other parties that must control, and those that only may; all others cannot."""

    must: frozenset[int]
    may: frozenset[int]

    def of(self, party: int) -> str:
        """The word of the contract for one party.

        >>> standing = Standing(frozenset({1}), frozenset({2}))
        >>> [standing.of(party) for party in (1, 2, 3)]
        ['must', 'may', 'cannot']
        """
        return MUST if party in self.must else MAY if party in self.may else CANNOT


def for_one(test: ParentTest) -> ParentTest:
    """The test with which evidence about one party is built.

    Integrated parents of every company in the evidence would be derived for nothing: only one party is asked about,
    and its integrated shares are computed anyway.
    """
    return replace(test, integrated=False)


class ControlValues:
    """The relation of a test over evidence that was built with `for_one(test)`, with the recorded steps."""

    def __init__(self, evidence: Evidence, test: ParentTest) -> None:
        self._test = test
        self._control = None if evidence.held is None or test.integrated else evidence.held.control
        snapshot = evidence.snapshot
        recorded = (snapshot.kind <= Kind.ULTIMATE) & (snapshot.source != snapshot.target)
        self._above: dict[int, list[int]] = {}
        self._below: dict[int, list[int]] = {}
        for company, parent in zip(snapshot.source[recorded].tolist(), snapshot.target[recorded].tolist(), strict=True):
            self._above.setdefault(company, []).append(parent)
            self._below.setdefault(parent, []).append(company)

    def above(self, company: int, shares: IntegratedShares | None = None) -> Standing:
        """Who must and who may control a company.

        Args:
            shares: what others have of the company; only an integrated test looks at them.
        """
        return self._standing(company, self._above, lambda relation, one: relation.controllers_of(one).tolist(), shares)

    def below(self, party: int, shares: IntegratedShares | None = None) -> Standing:
        """What a party must and what it may control; `shares` are those that it has of others."""
        return self._standing(party, self._below, lambda relation, one: relation.controlled_by(one).tolist(), shares)

    def _standing(
        self,
        node: int,
        recorded: dict[int, list[int]],
        ask: Callable[[Relation, int], list[int]],
        shares: IntegratedShares | None,
    ) -> Standing:
        must = _followed(node, recorded, None if self._control is None else _bound(ask, self._control.must))
        may = must
        if self._control is not None and self._control.may is not self._control.must:
            may = _followed(node, recorded, _bound(ask, self._control.may))
        if self._test.integrated and self._test.criteria is not None and shares is not None:
            certain, possible = (set(shares.party[flags].tolist()) for flags in shares.reaching(self._test.criteria))
            must |= certain
            may = must | possible
        return Standing(frozenset(must - {node}), frozenset(may - must - {node}))


def _bound(ask: Callable[[Relation, int], list[int]], relation: Relation) -> Callable[[int], list[int]]:
    return lambda node: ask(relation, node)


def _followed(start: int, recorded: dict[int, list[int]], related: Callable[[int], Iterable[int]] | None) -> set[int]:
    """All that is reached from a node by a relation, which is transitive by itself, and by recorded steps."""
    found: set[int] = set()
    waiting = [start]
    while waiting:
        one = waiting.pop()
        fresh = set() if related is None else set(related(one)) - found
        found |= fresh
        for reached in (one, *sorted(fresh)):
            for other in recorded.get(reached, ()):
                if other not in found:
                    found.add(other)
                    waiting.append(other)
    return found
