"""The kernels of control compiled, for a million companies; the compiled code is kept on disk between runs.

The functions call each other by name. A compiled function needs compiled ones to call, and the plain ones must stay
plain: so the modules are loaded a second time, and there each function is replaced by its machine code. What is on disk
carries a digest of all sources in its name, since a function's code holds that of the functions it calls.
"""

from __future__ import annotations

import importlib.util
import zlib
from collections.abc import Callable
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from topco.ownership import bulk
from topco.ownership.control.kernels import ControlKernels
from topco.ownership.control.positions import Holdings, Positions

_PACKAGE = "topco.ownership.control"
_MODULES = (
    "placing",
    "hierarchy",
    "summing",
    "circles",
    "derivation",
    "answers",
    "reaching",
)  # each calls what stands before it


def _second(name: str) -> ModuleType:
    """A module loaded again, unknown to others."""
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _compiled() -> dict[str, Callable[..., Any]]:
    """The compiled functions by name."""
    modules = [_second(f"{_PACKAGE}.{name}") for name in _MODULES]
    digest = 0
    for module in modules:
        digest = zlib.crc32(Path(str(module.__file__)).read_bytes(), digest)
    made: dict[str, Callable[..., Any]] = {
        "adjacency": bulk.COMPILED.adjacency,
        "components": bulk.COMPILED.components,
    }
    for module in modules:
        space = vars(module)
        for name, value in list(space.items()):
            if name in made:
                space[name] = made[name]
            elif isinstance(value, FunctionType) and value.__module__ == module.__name__:
                value.__qualname__ = f"{name}_{digest:08x}"
                space[name] = made[name] = bulk.compiled(value)
    return made


_MADE = _compiled()


def _positions(holdings: Holdings) -> Positions:
    """The positions that holdings make, in one compiled pass."""
    nodes = (column.astype(np.int32, copy=False) for column in (holdings.owner, holdings.owned))
    units = (column.astype(np.int64, copy=False) for column in (holdings.exact, holdings.lower, holdings.upper))
    return Positions(
        holdings.n, *_MADE["placed"](holdings.n, *nodes, holdings.family.astype(np.int8, copy=False), *units)
    )


COMPILED = ControlKernels(
    positions=_positions, **{name: _MADE[name] for name in ControlKernels._fields if name != "positions"}
)
