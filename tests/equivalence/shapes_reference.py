"""Both validators over one graph, and their results in a form in which they can be compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pyshacl import validate
from rdflib import RDF, SH, BNode, Graph
from rdflib.term import Node

from topco.compile.shapes_graph import GraphTriples
from topco.compile.shapes_reader import ShapesReader
from topco.compile.shapes_report import add_results
from topco.compile.shapes_run import results_of

Found = Counter[tuple[str, ...]]
ABOUT = (SH.focusNode, SH.value, SH.sourceShape, SH.resultSeverity, SH.sourceConstraintComponent)


def said(graph: Graph, node: Node | None) -> str:
    """A term; of a blank node what it says, for paths, or only that it is one."""
    if not isinstance(node, BNode):
        return "" if node is None else node.n3()
    parts = sorted(f"{predicate.n3()} {said(graph, value)}" for predicate, value in graph.predicate_objects(node))
    return f"[{' ; '.join(parts)}]"


def results(report: Graph) -> Found:
    """The results of a report: focus node, value, shape, severity, component, path, messages, and their details."""
    root = report.value(None, RDF.type, SH.ValidationReport)
    return Counter(_result(report, node) for node in report.objects(root, SH.result))


def _result(report: Graph, node: Node) -> tuple[str, ...]:
    found = [str(report.value(node, about)) for about in ABOUT]
    found.append(said(report, report.value(node, SH.resultPath)))
    found += sorted(str(message) for message in report.objects(node, SH.resultMessage))
    found += sorted(str(_result(report, detail)) for detail in report.objects(node, SH.detail))
    return tuple(found)


def by_pyshacl(data: Graph, shapes: Graph) -> Found:
    _, report, _ = validate(data, shacl_graph=shapes, inference="none", inplace=True)
    return results(report)


def by_sets(data: Graph, files: Sequence[tuple[str, Graph]]) -> Found:
    reader, report, root = ShapesReader(files), Graph(), BNode()
    triples = GraphTriples(data)
    report.add((root, RDF.type, SH.ValidationReport))
    add_results(report, root, triples.terms, reader.graph, results_of(triples, reader.shapes()))
    return results(report)
