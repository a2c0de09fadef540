"""The graph functions compiled, for a million entities; the compiled code is kept on disk between runs."""

from __future__ import annotations

import numba

from topco.ownership import graph
from topco.ownership.layers import Kernels

_compile = numba.njit(cache=True, nogil=True)

COMPILED = Kernels(
    _compile(graph.adjacency), _compile(graph.components), _compile(graph.sinks), _compile(graph.gathered)
)
