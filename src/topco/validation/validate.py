"""Validating a store: all of it by the compiled shapes, or some entities, or batch by batch by the reference validator.

The compiled shapes take whole columns (`topco.validation.compiled`). The reference validator, pyshacl, takes graphs, so
it is given the entities in batches: it needs about three milliseconds for an entity and what it states, and some 100 MB
for a batch of 2,000. Both find the same, in the same order: that of the batches, in each the gravest first.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from topco.errors import BadInput
from topco.validation import compiled, shapes
from topco.validation.findings import Finding, Severity, findings
from topco.validation.neighbourhood import Neighbourhood, add_quads, as_ids, neighbourhood, slices, subjects
from topco.validation.over_declared import over_declared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    import polars as pl
    from rdflib import Graph
    from rdflib.term import Node

    from topco.store.store import Store
    from topco.validation.compiled import Found

BATCH = 2_000


@dataclass
class Outcome:
    """What a validation came to, while it runs and when it is done: how much was checked, what was found how often."""

    entities: int = 0
    loads: int = 0
    counts: Counter[Severity] = field(default_factory=Counter)

    @property
    def conforms(self) -> bool:
        """No violation; warnings and infos are told, and change nothing."""
        return not self.counts[Severity.VIOLATION]


def validate_store(
    store: Store,
    *,
    ids: Sequence[str] = (),
    known_as_of: date | None = None,
    lowest: Severity = Severity.INFO,
    outcome: Outcome | None = None,
    report: Graph | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
    batch: int = BATCH,
    reference: bool = False,
) -> Iterator[Finding]:
    """The findings of the shapes over the evidence in force.

    Args:
        store: the store.
        ids: only these entities (`LEI:…`) and what they state; all if there are none.
        known_as_of: only loads that existed on this day count.
        lowest: findings below this severity are counted and not given.
        outcome: filled while the findings are read.
        report: gets the results in W3C form.
        progress: told how many entities are done, and of how many.
        batch: entities a batch.
        reference: let pyshacl find them.

    Raises:
        BadInput: no record of the store is about one of `ids`, or a shape uses a construct that only pyshacl knows.
    """
    outcome = Outcome() if outcome is None else outcome
    todo = subjects(store, known_as_of)
    if ids:
        known = set(todo)
        unknown = [identifier for identifier in ids if identifier not in known]
        if unknown:
            raise BadInput(
                f"The store has no record about {unknown[0]}.", remedy="Look it up: topco search, or topco sources."
            )
        todo = as_ids(ids).unique().sort()
    run = shapes.run if reference else compiled.run
    yield from _report(run, _loads(store, known_as_of, outcome), lowest, outcome, report)
    for finding in over_declared(store, ids, known_as_of):
        outcome.counts[finding.severity] += 1
        if finding.severity >= lowest:
            if report is not None:
                add_sum(report, finding)
            yield finding
    if not (ids or reference):
        yield from _compiled(compiled.Found(store, known_as_of), todo, lowest, outcome, report, batch)
        outcome.entities = len(todo)
        progress(len(todo), len(todo))
        return
    for part in slices(todo, batch):
        near = neighbourhood(store, part, known_as_of=known_as_of, background=shapes.background())
        yield from _report(run, near, lowest, outcome, report)
        del near  # or two batches would be in memory at once
        outcome.entities += len(part)
        progress(outcome.entities, len(todo))


def _loads(store: Store, known_as_of: date | None, outcome: Outcome) -> Neighbourhood:
    from pyoxigraph import NamedNode
    from rdflib import Graph

    from topco.namespaces import term
    from topco.store.quads import load_description

    described = Neighbourhood(Graph())
    for load in store.current_loads(known_as_of):
        add_quads(described.graph, load_description(load, NamedNode(term("graph/loads"))))
        outcome.loads += 1
    return described


def _compiled(
    found: Found, subjects: pl.Series, lowest: Severity, outcome: Outcome, report: Graph | None, batch: int
) -> Iterator[Finding]:
    for severity, count in found.counts():
        outcome.counts[severity] += count
    yield from found.findings(lowest, subjects, batch, report)


def _report(
    run: Callable[[Graph], Graph], near: Neighbourhood, lowest: Severity, outcome: Outcome, report: Graph | None
) -> Iterator[Finding]:
    results = run(near.graph)
    for node, finding in sorted(findings(results, shapes.shapes_graph(), near), key=lambda pair: _order(pair[1])):
        outcome.counts[finding.severity] += 1
        if finding.severity < lowest:
            continue
        if report is not None:
            add_result(report, results, node)
        yield finding


def _order(finding: Finding) -> tuple[Any, ...]:
    where = finding.file or "", finding.row or 0, finding.entity or ""
    return (-finding.severity, *where, finding.shape, finding.value or "", finding.record or "")


def new_report() -> Graph:
    """A W3C report without results; `add_result` adds them and `close_report` says whether the data conform."""
    from rdflib import RDF, SH, BNode, Graph

    report = Graph()
    report.bind("sh", SH)
    report.add((BNode("report"), RDF.type, SH.ValidationReport))
    return report


def add_sum(report: Graph, finding: Finding) -> None:
    """Add a finding that no shape gave, in W3C form."""
    from rdflib import RDF, SH, BNode, Literal, URIRef

    from topco.namespaces import iri_of_id

    node = BNode()
    report.add((BNode("report"), SH.result, node))
    report.add((node, RDF.type, SH.ValidationResult))
    report.add((node, SH.focusNode, URIRef(iri_of_id(str(finding.entity)))))
    report.add((node, SH.value, Literal(finding.value)))
    report.add((node, SH.resultMessage, Literal(finding.message, lang="en")))
    report.add((node, SH.resultSeverity, SH.Violation))
    report.add((node, SH.sourceConstraintComponent, SH.SPARQLConstraintComponent))


def add_result(report: Graph, results: Graph, node: Node) -> None:
    """Copy one result, with the blank nodes below it, from a report into another."""
    from rdflib import SH, BNode

    report.add((BNode("report"), SH.result, node))
    waiting: list[Any] = [node]
    while waiting:
        current = waiting.pop()
        for triple in results.triples((current, None, None)):
            report.add(triple)
            if isinstance(triple[2], BNode) and (triple[2], None, None) not in report:
                waiting.append(triple[2])


def close_report(report: Graph, outcome: Outcome) -> None:
    """Say whether the data conform. By the standard they do only without any result, whatever its severity."""
    from rdflib import SH, BNode, Literal

    report.add((BNode("report"), SH.conforms, Literal(not outcome.counts.total())))
