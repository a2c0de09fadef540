"""Topco: from corporate registries to export-licence presumptions, every answer with its proof.

>>> import topco
>>> topco.open_store("no-such-folder").query("ASK { country:CN a topco:Country }")
True

What Python offers: a store to ask (`open_store`, `KnowledgeGraph`), its answers (`Resolution`, `Determination`,
`Proof`, `Table`, `Picture`) and its errors (`TopcoError`, `BadInput`, `NotFound`, `NotModelled`).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from topco.errors import BadInput, NotFound, NotModelled, TopcoError

if TYPE_CHECKING:
    from topco.notebook.answers import Determination, Proof, Resolution
    from topco.notebook.knowledge_graph import KnowledgeGraph, open_store
    from topco.notebook.picture import Picture
    from topco.notebook.table import Table

__version__ = "0.1.0"

__all__ = [
    "BadInput",
    "Determination",
    "KnowledgeGraph",
    "NotFound",
    "NotModelled",
    "Picture",
    "Proof",
    "Resolution",
    "Table",
    "TopcoError",
    "open_store",
]

# Imported when first asked for: the command line starts without the engines.
_LATER = {
    "Determination": "topco.notebook.answers",
    "KnowledgeGraph": "topco.notebook.knowledge_graph",
    "Picture": "topco.notebook.picture",
    "Proof": "topco.notebook.answers",
    "Resolution": "topco.notebook.answers",
    "Table": "topco.notebook.table",
    "open_store": "topco.notebook.knowledge_graph",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module 'topco' has no attribute {name!r}")
    return getattr(import_module(_LATER[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
