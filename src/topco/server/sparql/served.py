"""The generation of the graph that a process reads: the one that the manifest names, followed when it changes.

Nothing here writes, locks or cleans up, so a load beside is not disturbed. While the manifest names loads that the
graph does not hold yet, the answer is the one from before those loads: the loads in force are chosen among those that
the generation holds.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from topco.errors import TopcoError
from topco.server.sparql.refusals import busy
from topco.store import manifest
from topco.store.graph import AS_OF, GraphView, knowledge_version, knowledge_view, view_of
from topco.store.manifest import Load, Manifest
from topco.store.store import Store
from topco.store.today import today

if TYPE_CHECKING:
    from pathlib import Path

Signature = tuple[int, int, int] | None


@dataclass(frozen=True)
class State:
    """What an answer rests on.

    Attributes:
        generation: the number of the generation; None where nothing is loaded.
        evidence: the digest of the loads in force in it.
        as_of: the day that its snapshot was derived for, as ISO 8601.
        is_current: whether it holds all loads of the store and the knowledge of this version.
        loads: the loads that it holds.
    """

    generation: str | None
    evidence: str | None
    as_of: str | None
    is_current: bool
    loads: tuple[Load, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """What the server is told of it."""
        return {
            "generation": self.generation,
            "evidence": self.evidence,
            "as_of": self.as_of,
            "is_current": self.is_current,
        }


def signature(store: Path) -> Signature:
    """What changes when a store's manifest does: it is replaced, never written to. None: there is none."""
    try:
        found = os.stat(store / manifest.FILE_NAME)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


class Served:
    """The open generation of one store."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._signature: Signature = None
        self._opened: tuple[GraphView, State] | None = None

    def current(self) -> tuple[GraphView, State]:
        """The graph in force, opened again if the manifest is another one than last time.

        Raises:
            Declined: there are loads, and no graph has been built from them yet.
            TopcoError: the manifest or the graph cannot be read.
        """
        now = signature(self._store)
        if self._opened is None or now != self._signature:
            self._opened = None
            self._opened = self._open()
            self._signature = now
        return self._opened

    def forget(self) -> None:
        """Open the graph again at the next question: its folder may have been removed while it was being read."""
        self._opened = None

    def _open(self) -> tuple[GraphView, State]:
        for last in (False, False, True):
            committed = manifest.read(self._store) or Manifest()
            try:
                return _view_of(self._store, committed)
            except OSError as error:
                # A load beside has just replaced the generation; the manifest names the next one.
                if last and not _is_there(self._store, committed):
                    raise busy("The graph of this store is gone, and is being built.") from error
                if last:
                    raise TopcoError(f"The graph cannot be read: {error}.") from error
        raise AssertionError("the last attempt returns or raises")


def _view_of(path: Path, committed: Manifest) -> tuple[GraphView, State]:
    if not committed.loads:
        return knowledge_view(), State(None, None, None, is_current=True)
    graph = committed.graph
    if graph is None:
        raise busy("The graph of this store is being built.")
    held = tuple(load for load in committed.loads if load.id in graph.loads)
    store = Store(path, replace(committed, loads=held))
    database = ox.Store.read_only(str(store.graph_folder(graph)))
    view = view_of(database, store, store.current_loads())
    marks = [quad.object for quad in database.quads_for_pattern(view.snapshot, AS_OF, None, view.snapshot)]
    as_of = next((mark.value for mark in marks if isinstance(mark, ox.Literal)), None)
    whole = len(held) == len(committed.loads) and graph.knowledge == knowledge_version()
    return view, State(graph.generation, store.digest_for(), as_of, is_current=whole, loads=held)


def _is_there(store: Path, committed: Manifest) -> bool:
    return committed.graph is not None and Store(store, committed).graph_folder(committed.graph).is_dir()


def is_of_today(as_of: str | None) -> bool:
    """Whether a snapshot was derived today, or there is none to derive."""
    return as_of is None or as_of == today().isoformat()
