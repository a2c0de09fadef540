"""The graph of a store for reading: what its graphs are called, which of them a question sees, when to rebuild.

| graph | holds |
|---|---|
| `load/<id>` | the evidence of one load, superseded ones included |
| `graph/loads` | the descriptions of the loads |
| `graph/ontology`, `graph/reference`, `graph/law` | the Turtle of `ontology/`, `data/reference/`, `rules/` |
| `graph/snapshot` | what is derived from the loads in force, with the day it holds for (`topco:asOf`) |
| `graph/snapshot/<digest>` | the same for loads that were in force earlier, made when first asked for |

A question sees the union of the loads in force with all the others but the second snapshot.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import pyoxigraph as ox

from topco import knowledge
from topco.errors import TopcoError
from topco.namespaces import PREFIXES, term
from topco.store.quads import date_literal, load_node, term_node
from topco.store.today import today

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from topco.store.manifest import Load
    from topco.store.store import Store

    Report = Callable[[str], None]
    Derivation = Callable[["GraphView", date], Iterable[ox.Quad]]

Answer = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples

LOADS = ox.NamedNode(term("graph/loads"))
ONTOLOGY = ox.NamedNode(term("graph/ontology"))
REFERENCE = ox.NamedNode(term("graph/reference"))
LAW = ox.NamedNode(term("graph/law"))
SNAPSHOT = ox.NamedNode(term("graph/snapshot"))
KNOWLEDGE = {ONTOLOGY: "ontology", REFERENCE: "data/reference", LAW: "rules"}
AS_OF = term_node("asOf")
# The version of the quads that a load becomes: raise it when `quads.py` changes, and every graph is built anew.
FORM = 2
_DERIVATION = "queries/resolution"
_BOUNDARY = """ASK { ?statement topco:validFrom|topco:validTo ?day FILTER(?day > %s && ?day <= %s) }"""


@dataclass(frozen=True)
class GraphView:
    """The graph as it was known on a day.

    Attributes:
        database: the open Oxigraph store; read-only except while a generation is made.
        loads: the loads in force.
        graphs: the IRIs of all graphs that may be named, superseded loads included.
        snapshot: the graph of what is derived from the loads in force.
        more: graphs beside these, such as proofs.
    """

    database: ox.Store
    loads: tuple[Load, ...]
    graphs: frozenset[str]
    snapshot: ox.NamedNode
    more: tuple[ox.NamedNode, ...] = ()

    def beside(self, more: Sequence[ox.NamedNode]) -> GraphView:
        """The same view, with further graphs of its database in the union."""
        return replace(self, graphs=self.graphs | {graph.value for graph in more}, more=(*self.more, *more))

    @property
    def evidence(self) -> list[ox.NamedNode]:
        """The graphs of the loads in force."""
        return [load_node(load.id) for load in self.loads]

    @property
    def default_graph(self) -> list[ox.NamedNode]:
        """The graphs whose union a question sees."""
        return [*self.evidence, ONTOLOGY, REFERENCE, LAW, LOADS, self.snapshot, *self.more]

    def query(
        self,
        text: str,
        *,
        default_graph: Sequence[ox.NamedNode] | None = None,
        named_graphs: Sequence[ox.NamedNode] | None = None,
        own_dataset: bool = False,
        base: str | None = None,
    ) -> Answer:
        """Run a query of ours, or one that `topco.query.guard` has passed.

        A statement that two graphs of the union hold is found twice: count with DISTINCT.

        Args:
            text: SPARQL; `topco.namespaces.PREFIXES` are declared.
            default_graph: instead of the union.
            named_graphs: what GRAPH ranges over, instead of the graphs of the union.
            own_dataset: let the FROM clauses of the query choose both.
            base: what relative IRIs are relative to.
        """
        if own_dataset:
            return self.database.query(text, prefixes=PREFIXES, base_iri=base)
        union = self.default_graph
        return self.database.query(
            text,
            prefixes=PREFIXES,
            base_iri=base,
            default_graph=[*(union if default_graph is None else default_graph)],
            named_graphs=[*(union if named_graphs is None else named_graphs)],
        )


def knowledge_version() -> str:
    """The version of everything but the evidence that a graph is built from."""
    return f"{FORM}-{knowledge.digest(*KNOWLEDGE.values(), _DERIVATION)}"


def build_graph(store: Store, report: Report | None = None, derived: Sequence[Derivation] | None = None) -> None:
    """Bring the graph of a store up to its loads and to the knowledge of this version; nothing to do if it is.

    Args:
        store: an open store.
        report: told in words what is being done.
        derived: make the quads of the snapshot, one after the other, each reading what the ones before it wrote;
            by default those of `topco.store.snapshot`.

    Raises:
        StoreBusy: another process is writing to the store.
    """
    from topco.store import generation

    if not _is_current(store):
        with store.writing():
            if not _is_current(store):
                loads = store.current_loads()
                generation.advance(store, loads, snapshot_of(store, loads), report, derived)


def open_graph(
    store: Store,
    known_as_of: date | None = None,
    report: Report | None = None,
    derived: Sequence[Derivation] | None = None,
) -> GraphView:
    """The graph of a store for reading, built first if it is missing or behind.

    The snapshot holds for today: it is derived again once a period in the evidence has begun or ended since.

    Args:
        store: an open store.
        known_as_of: only loads that were made on or before this day are seen.
        report: told in words what is being done.
        derived: see `build_graph`.

    Raises:
        StoreBusy: the graph has to be built, and another process is writing to the store.
    """
    from topco.store import generation

    build_graph(store, report, derived)
    view = _open(store, known_as_of)
    if _snapshot_holds(view, today()):
        return view
    with store.writing():
        build_graph(store, report, derived)
        loads = store.current_loads(known_as_of)
        generation.advance(store, loads, snapshot_of(store, loads), report, derived)
    return _open(store, known_as_of)


def knowledge_view() -> GraphView:
    """A graph in memory that knows no load: ontology, reference data and law, for a store that does not exist yet."""
    from topco.store import generation

    database = ox.Store()
    for name, folder in KNOWLEDGE.items():
        generation.add_knowledge(database, name, folder)
    return GraphView(database, (), frozenset(name.value for name in KNOWLEDGE), SNAPSHOT)


def _is_current(store: Store) -> bool:
    in_force = store.manifest.graph
    return (
        in_force is not None and store.graph_is_current(knowledge_version()) and store.graph_folder(in_force).is_dir()
    )


def snapshot_of(store: Store, loads: Sequence[Load]) -> ox.NamedNode:
    """The name of the snapshot of these loads."""
    if {load.id for load in loads} == {load.id for load in store.current_loads()}:
        return SNAPSHOT
    digest = hashlib.sha256("\n".join(f"{load.id} {load.digest}" for load in loads).encode()).hexdigest()[:16]
    return ox.NamedNode(f"{SNAPSHOT.value}/{digest}")


def view_of(database: ox.Store, store: Store, loads: Sequence[Load], known_as_of: date | None = None) -> GraphView:
    """A view of an open database in which these loads are in force."""
    snapshot = snapshot_of(store, loads)
    existing = {
        load_node(load.id) for load in store.loads() if known_as_of is None or load.loaded_at.date() <= known_as_of
    }
    graphs = {graph.value for graph in (*existing, *KNOWLEDGE, LOADS, snapshot) if database.contains_named_graph(graph)}
    return GraphView(database, tuple(loads), frozenset(graphs), snapshot)


def _open(store: Store, known_as_of: date | None) -> GraphView:
    """The generation in force; if another process replaces it at this moment, the one that comes after it."""
    for last in (False, False, True):
        in_force = store.manifest.graph
        if in_force is None:
            break
        folder = store.graph_folder(in_force)
        try:
            return view_of(ox.Store.read_only(str(folder)), store, store.current_loads(known_as_of), known_as_of)
        except OSError as error:
            if last:
                raise TopcoError(
                    f"The graph cannot be read: {error}.",
                    where=str(folder),
                    remedy="Remove this folder; the next query builds the graph anew.",
                ) from error
            store.refresh()
    raise TopcoError("The graph of this store is gone.", where=str(store.path), remedy="Run the command again.")


def _snapshot_holds(view: GraphView, today: date) -> bool:
    marks = list(view.database.quads_for_pattern(view.snapshot, AS_OF, None, view.snapshot))
    if not marks:
        return False
    made_for = marks[0].object
    if made_for == date_literal(today):
        return True
    return not view.query(_BOUNDARY % (made_for, date_literal(today)), default_graph=view.evidence)
