"""What part of a company goes through a ring between the member where a path enters it and the one where it leaves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

_SPARE = 1e-12  # less than one unit: what rounding makes of a ring that is closed


class Inside(Protocol):
    """A step between two members of a ring."""

    @property
    def owner(self) -> int: ...
    @property
    def owned(self) -> int: ...
    @property
    def lower(self) -> float | None: ...
    @property
    def upper(self) -> float | None: ...


def ring_factors(
    steps: Sequence[Inside], members: tuple[int, ...], entered: int, left: int, from_inside: bool
) -> tuple[float, float]:
    """The lower and upper factor of a ring.

    Args:
        steps: those between members; one without a share carries nothing.
        entered, left: the members at which the path enters from above and leaves downwards.
        from_inside: whether the path begins at `entered`; then what comes back to it is not counted again.
    """
    low = _factor(steps, members, entered, left, from_inside, "lower")
    if low is None:
        return 0.0, 1.0
    high = _factor(steps, members, entered, left, from_inside, "upper")
    return low, (np.inf if high is None else max(low, high))


def _factor(
    steps: Sequence[Inside], members: tuple[int, ...], entered: int, left: int, from_inside: bool, bound: str
) -> float | None:
    """None where what goes round never ends."""
    place = {node: number for number, node in enumerate(members)}
    share = np.zeros((len(members), len(members)))
    for step in steps:
        share[place[step.owner], place[step.owned]] = getattr(step, bound) or 0.0
    if from_inside:
        share[:, place[entered]] = 0.0  # the owners of the first company are not on its paths
    if share.sum(axis=0).max() > 1.0 + _SPARE:
        return None
    arriving = np.zeros(len(members))
    arriving[place[left]] = 1.0
    leaving = np.eye(len(members)) - share
    try:
        passed = np.linalg.solve(leaving, arriving)
    except np.linalg.LinAlgError:
        return None
    amount = float(passed[place[entered]])
    return amount if np.isfinite(amount) and amount >= 0.0 else None
