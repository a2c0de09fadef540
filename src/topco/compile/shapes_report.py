"""Results as a W3C validation report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from rdflib import RDF, SH, BNode, Graph

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rdflib.term import IdentifiedNode, Node

    from topco.compile.shapes_columns import Terms
    from topco.compile.shapes_results import Results


def add_results(report: Graph, root: Node, terms: Terms, shapes: Graph, results: Iterable[Results]) -> None:
    """Add results to a report.

    Args:
        report: the report.
        root: its node of the class `sh:ValidationReport`.
        terms: the terms that the results speak of.
        shapes: the shapes graph, for the paths that are no single property.
    """
    for one in results:
        for place in range(len(one.focus)):
            report.add((root, SH.result, add_result(report, terms, shapes, one, place)))


def add_result(report: Graph, terms: Terms, shapes: Graph, results: Results, place: int) -> IdentifiedNode:
    """Add one result, with its details below it, and give its node."""
    shape, node = results.shape, BNode()
    value = None if results.values is None else int(results.values.take(np.array([place])).ids()[0])
    report.add((node, RDF.type, SH.ValidationResult))
    report.add((node, SH.focusNode, terms.term(int(results.focus[place]))))
    report.add((node, SH.sourceShape, shape.node))
    report.add((node, SH.sourceConstraintComponent, results.component))
    report.add((node, SH.resultSeverity, shape.severity))
    _copy(shapes, shape.node, report)
    for message in shape.messages or ():
        report.add((node, SH.resultMessage, message))
    path = results.path or shape.path_node
    if path is not None:
        report.add((node, SH.resultPath, path))
        _copy(shapes, path, report)
    if value is not None:
        report.add((node, SH.value, terms.term(value)))
    for detail in results.details:
        for at in np.flatnonzero(detail.focus == value).tolist():
            report.add((node, SH.detail, add_result(report, terms, shapes, detail, at)))
    return node


def _copy(shapes: Graph, node: Node, report: Graph) -> None:
    """What the shapes graph says of a blank node, such as a longer path or a nested shape; of a list, its members."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if not isinstance(current, BNode) or (current, None, None) in report:
            continue
        is_list = (current, RDF.first, None) in shapes
        for triple in shapes.triples((current, None, None)):
            if not is_list or triple[1] in (RDF.first, RDF.rest):
                report.add(triple)
                waiting.append(triple[2])
