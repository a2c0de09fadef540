"""The functions over arrays that do the work, as they are; `topco.ownership.control.bulk` has them compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from topco.ownership import graph
from topco.ownership.control import answers, derivation, reaching
from topco.ownership.control.positions import Holdings, Positions, positions


class ControlKernels(NamedTuple):
    """What a run is made with; `positions` makes of holdings what the run is made of."""

    positions: Callable[[Holdings], Positions]
    adjacency: Callable[..., Any]
    components: Callable[..., Any]
    derive: Callable[..., Any]
    derive_lines: Callable[..., Any]
    pairs: Callable[..., Any]
    from_above: Callable[..., Any]
    halves: Callable[..., Any]
    reached: Callable[..., Any]
    distinct: Callable[..., Any]


PLAIN = ControlKernels(
    positions,
    graph.adjacency,
    graph.components,
    derivation.derive,
    derivation.derive_lines,
    answers.pairs,
    answers.from_above,
    answers.halves,
    reaching.reached,
    reaching.distinct,
)
