"""The functions over arrays that do the work, as they are; `topco.ownership.control.bulk` has them compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from topco.ownership import graph
from topco.ownership.control import answers, derivation


class ControlKernels(NamedTuple):
    """What a run is made with."""

    adjacency: Callable[..., Any]
    components: Callable[..., Any]
    derive: Callable[..., Any]
    pairs: Callable[..., Any]
    from_above: Callable[..., Any]
    halves: Callable[..., Any]


PLAIN = ControlKernels(
    graph.adjacency, graph.components, derivation.derive, answers.pairs, answers.from_above, answers.halves
)
