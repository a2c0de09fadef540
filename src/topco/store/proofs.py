"""Proofs as graphs beside the evidence: what an answer's graph is called, and the IRIs of the records behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from topco.explain.proof import ProofNode, proof_in, read_proof
from topco.explain.prov import graph_of, quads
from topco.store.chain import hash_of
from topco.store.quads import record_iri

if TYPE_CHECKING:
    import pyoxigraph as ox

    Document = Mapping[str, Any]


def identifier_of(document: Document) -> str:
    """The id of an answer; of a proof by itself, one made of its content."""
    given = document.get("id")
    return given if isinstance(given, str) and given else f"proof:{hash_of(dict(document))[:16]}"


def record_iris(nodes: Iterable[ProofNode]) -> dict[str, str]:
    """The IRIs, as in the graph of the evidence, of the source records that a proof names."""
    records = {node.source["record"] for node in nodes if node.source and isinstance(node.source.get("record"), str)}
    return {record: record_iri(record) for record in sorted(records)}


def add_proofs(database: ox.Store, documents: Sequence[Document], where: str) -> list[ox.NamedNode]:
    """Put the proofs of answers into a database, each in its graph, and give the names of the graphs.

    Raises:
        BadInput: a document without a proof.
    """
    graphs = []
    for document in documents:
        identifier = identifier_of(document)
        nodes = read_proof(proof_in(document), where)
        database.bulk_extend(quads(identifier, nodes, record_iris(nodes)))
        graphs.append(graph_of(identifier))
    return graphs
