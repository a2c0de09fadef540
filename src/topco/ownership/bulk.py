"""The graph functions compiled, for a million entities; the compiled code is kept on disk between runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numba

from topco.ownership import graph
from topco.ownership.layers import Kernels

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """A function over arrays as machine code; it lets other threads run."""
    return cast("Callable[P, R]", numba.njit(cache=True, nogil=True)(function))


COMPILED = Kernels(
    compiled(graph.adjacency), compiled(graph.components), compiled(graph.sinks), compiled(graph.gathered)
)
