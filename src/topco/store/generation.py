"""Making the next generation of the graph.

A generation is a folder `graph/<number>/` with an on-disk Oxigraph. It is built in `staging/`, renamed, and exists from
the moment that the manifest names it; nobody writes to it again, so readers open it without a lock. If the process dies
before, the folder is rubbish that the next command removes.

If the generation before holds nothing that has gone, the next one starts as a copy of it (hard links) and takes in what
is new; otherwise it starts empty.
"""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyoxigraph as ox

from topco import knowledge
from topco.errors import StoreBusy, TopcoError
from topco.store import graph
from topco.store.manifest import GraphGeneration, sync_folder
from topco.store.quads import IN_GRAPH, date_literal, evidence_quads, load_description, load_node
from topco.store.store import GRAPH, STAGING
from topco.store.today import today

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from topco.store.graph import Derivation, Report
    from topco.store.manifest import Load
    from topco.store.store import Store

_BULK = 20_000
_QUADS_A_ROW = 15


def advance(
    store: Store,
    loads: Sequence[Load],
    snapshot: ox.NamedNode,
    report: Report | None = None,
    derived: Sequence[Derivation] | None = None,
) -> None:
    """Make and commit the generation that holds all loads of the store and this snapshot; inside `store.writing()`.

    Args:
        store: the store.
        loads: the loads in force that the snapshot is of.
        snapshot: the graph to derive.
        report: told in words what is being done.
        derived: see `topco.store.graph.build_graph`.

    Raises:
        StoreBusy: another process has the folder open.
        TopcoError: the folder cannot be written, or a file of the knowledge is no Turtle.
    """
    say = report or (lambda _: None)
    version = graph.knowledge_version()
    before = store.manifest.graph
    staging = store.path / STAGING / "graph"
    shutil.rmtree(staging, ignore_errors=True)
    staging.parent.mkdir(parents=True, exist_ok=True)
    with _disk_errors(staging):
        start = _start(store, before, staging)
        database = ox.Store(str(staging))
        for load in store.loads():
            if not start or load.id not in start.loads:
                say(f"Graph: {load.id}, {sum(load.tables.values()):,} rows")
                _add_load(database, store, load)
        _replace_loads(database, store)
        if not start or start.knowledge != version:
            say("Graph: ontology, reference data and law")
            for name, folder in graph.KNOWLEDGE.items():
                database.remove_graph(name)
                add_knowledge(database, name, folder)
        say(f"Graph: snapshot of {today().isoformat()}")
        _derive(database, store, loads, snapshot, derived)
        database.flush()
        del database
        _commit(store, staging, version)


def _start(store: Store, before: GraphGeneration | None, staging: Path) -> GraphGeneration | None:
    """Copy the generation before into the staging folder, if the next one can grow out of it."""
    if before is None or not store.graph_folder(before).is_dir():
        return None
    same_form = before.knowledge.partition("-")[0] == graph.knowledge_version().partition("-")[0]
    if not same_form or not set(before.loads) <= {load.id for load in store.loads()}:
        return None
    ox.Store.read_only(str(store.graph_folder(before))).backup(str(staging))
    return before


def _add_load(database: ox.Store, store: Store, load: Load) -> None:
    database.add_graph(load_node(load.id))
    quads = (
        quad
        for table in IN_GRAPH
        if load.tables.get(table)
        for quad in evidence_quads(load.id, table, store.table(table, loads=[load]).collect())
    )
    _write(database, quads, _QUADS_A_ROW * sum(load.tables.values()))


def _write(database: ox.Store, quads: Iterable[ox.Quad], about: int) -> None:
    """Add quads: bulk loading writes files of its own, which costs a tenth of a second and pays only for many quads."""
    if about < _BULK:
        database.extend(quads)
    else:
        database.bulk_extend(quads)


def _replace_loads(database: ox.Store, store: Store) -> None:
    database.remove_graph(graph.LOADS)
    database.add_graph(graph.LOADS)
    database.extend(quad for load in store.loads() for quad in load_description(load, graph.LOADS))


def add_knowledge(database: ox.Store, name: ox.NamedNode, folder: str) -> None:
    """Load the Turtle files of one knowledge folder into a graph.

    Raises:
        TopcoError: a file is no valid Turtle.
    """
    database.add_graph(name)
    database.extend(quad for path in knowledge.files(folder) for quad in _parsed(path, name))


def _parsed(path: Path, graph_name: ox.NamedNode) -> Iterator[ox.Quad]:
    try:
        for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE, rename_blank_nodes=True):
            yield ox.Quad(quad.subject, quad.predicate, quad.object, graph_name)
    except SyntaxError as error:
        raise TopcoError(f"The file is no valid Turtle: {error}.", where=str(path)) from error


def _derive(
    database: ox.Store,
    store: Store,
    loads: Sequence[Load],
    snapshot: ox.NamedNode,
    derived: Sequence[Derivation] | None,
) -> None:
    from topco.store.snapshot import DERIVATIONS

    now = today()
    # Snapshots of loads that were in force earlier are made again when they are asked for.
    for old in list(database.named_graphs()):
        if isinstance(old, ox.NamedNode) and old.value.startswith(graph.SNAPSHOT.value) and _stale(old, snapshot):
            database.remove_graph(old)
    database.add(ox.Quad(snapshot, graph.AS_OF, date_literal(now), snapshot))
    view = graph.view_of(database, store, loads)
    for derivation in DERIVATIONS if derived is None else derived:
        quads = list(derivation(view, now))
        _write(database, quads, len(quads))


def _stale(old: ox.NamedNode, snapshot: ox.NamedNode) -> bool:
    return old == snapshot or snapshot == graph.SNAPSHOT


def _commit(store: Store, staging: Path, version: str) -> None:
    folder = store.path / GRAPH
    folder.mkdir(exist_ok=True)
    before = store.manifest.graph
    taken = [entry.name for entry in folder.iterdir()] + ([before.generation] if before else [])
    number = 1 + max((int(name) for name in taken if name.isdecimal()), default=0)
    os.replace(staging, folder / str(number))
    sync_folder(folder)
    named = GraphGeneration(str(number), tuple(load.id for load in store.loads()), version)
    store.commit(store.manifest.with_graph(named))
    if before is not None:
        # A reader that has it open keeps its files until it closes them.
        shutil.rmtree(store.graph_folder(before), ignore_errors=True)


@contextmanager
def _disk_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if "lock" in str(error).casefold():
            raise StoreBusy(
                "Another topco is building the graph of this store.",
                where=str(folder),
                remedy="Wait until it has finished.",
            ) from error
        raise TopcoError(
            f"The graph cannot be written: {error}.",
            where=str(folder),
            remedy="Check that the disk has room and that the folder may be written to, then run the command again.",
        ) from error
