"""The derived graph of a store from arrays: what `queries/resolution/*.rq` define, for stores of any size.

Steps and marks of the snapshot, headquarters, statuses and ultimate parents, as quads for `topco.store.graph`. The
queries would give the same, but a store of a million entities is not the place to run them; a test holds the two equal.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyoxigraph as ox

from topco.identity.parties import parties
from topco.namespaces import COUNTRY_BASE
from topco.ownership.bulk_table import resolution_table
from topco.ownership.neighbourhood import all_evidence
from topco.ownership.parent_tests import parent_test
from topco.ownership.status import Kind
from topco.ownership.vocabulary import vocabulary
from topco.store.quads import entity_iri, record_iri, term_node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from topco.ownership.snapshot import Evidence
    from topco.store.graph import GraphView
    from topco.store.store import Store

STEP_TERMS = {
    Kind.DIRECT: "hasDirectParent",
    Kind.BRANCH: "branchOf",
    Kind.ULTIMATE: "hasRecordedUltimateParent",
    Kind.CONTROL: "hasController",
    Kind.TIE: "hasTiedHolder",
    Kind.CANDIDATE: "hasCandidate",
}
_IN_RING = "inRingWith"
_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_TRUE = ox.Literal(True)


def derivations(
    store: Store, known_as_of: date | None = None
) -> tuple[Callable[[GraphView, date], Iterator[ox.Quad]], ...]:
    """What `build_graph` and `open_graph` are given to derive the snapshot of this store."""

    def snapshot(view: GraphView, as_of: date) -> Iterator[ox.Quad]:
        evidence = all_evidence(store, as_of, known_as_of, parent_test(), sources=True)
        nodes = [ox.NamedNode(entity_iri(identifier)) for identifier in evidence.ids]
        yield from _parties(store, known_as_of, view.snapshot)
        yield from _steps_and_marks(evidence, nodes, view.snapshot)
        yield from _resolutions(evidence, nodes, view.snapshot)

    return (snapshot,)


def _parties(store: Store, known_as_of: date | None, graph: ox.NamedNode) -> Iterator[ox.Quad]:
    """Which identifier stands for each that belongs to a party of several."""
    same = term_node("sameParty")
    for identifier, party in parties(store, known_as_of).parties.iter_rows():
        yield ox.Quad(ox.NamedNode(entity_iri(identifier)), same, ox.NamedNode(entity_iri(party)), graph)


def _steps_and_marks(evidence: Evidence, nodes: list[ox.NamedNode], graph: ox.NamedNode) -> Iterator[ox.Quad]:
    agent, snapshot = term_node("Agent"), evidence.snapshot
    named = set(evidence.entities["node"].to_list()) | set(evidence.absences["node"].to_list())
    named |= set(evidence.holdings["owner_node"].to_list()) | set(evidence.holdings["owned_node"].to_list())
    named |= set(evidence.seats["node"].to_list())
    rings = evidence.controls_in_ring
    for source, target, kind, ring in zip(
        snapshot.source.tolist(), snapshot.target.tolist(), snapshot.kind.tolist(), rings.tolist(), strict=True
    ):
        named |= {source, target}
        yield ox.Quad(nodes[source], term_node(_IN_RING if ring else STEP_TERMS[Kind(kind)]), nodes[target], graph)
    for node in sorted(named):
        yield ox.Quad(nodes[node], _TYPE, agent, graph)
    has_record = term_node("hasRecord")
    for node, record in evidence.entities.select("node", "record").iter_rows():
        yield ox.Quad(nodes[node], has_record, ox.NamedNode(record_iri(record)), graph)
    for mark, flags in (
        ("statesNoParent", snapshot.states_no_parent),
        ("withholdsParent", snapshot.withholds),
        ("settledByHoldings", snapshot.settled),
        ("isHeld", snapshot.held),
        ("hasOwnHalf", snapshot.own_half),
    ):
        predicate = term_node(mark)
        for node in np.flatnonzero(flags).tolist():
            yield ox.Quad(nodes[node], predicate, _TRUE, graph)


def _resolutions(evidence: Evidence, nodes: list[ox.NamedNode], graph: ox.NamedNode) -> Iterator[ox.Quad]:
    table = resolution_table(evidence)
    node_of = dict(zip(evidence.ids, nodes, strict=True))
    headquartered, status_of, top_of = (
        term_node("headquarteredIn"),
        term_node("resolutionStatus"),
        term_node("hasUltimateParent"),
    )
    concepts = {code: ox.NamedNode(iri) for code, iri in vocabulary().concepts.items()}
    countries: dict[str, ox.NamedNode] = {}
    rows = table.select("status", "hq_country", "ultimate_parents").with_columns(
        pl.col("hq_country").str.split(";"), pl.col("ultimate_parents").str.split(";")
    )
    for node, (status, codes, tops) in zip(nodes, rows.iter_rows(), strict=True):
        yield ox.Quad(node, status_of, concepts[status], graph)
        for code in codes or ():
            if code not in countries:
                countries[code] = ox.NamedNode(COUNTRY_BASE + code)
            yield ox.Quad(node, headquartered, countries[code], graph)
        for top in tops or ():
            yield ox.Quad(node, top_of, node_of[top], graph)
