"""Findings: the results of a validation report, each with the row of the register's file that it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from topco.namespaces import COUNTRY_BASE, ENTITY_BASE, RECORD_BASE, id_of_iri, local_name, term

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rdflib import Graph
    from rdflib.term import Node

    from topco.validation.neighbourhood import Neighbourhood


# By which properties a record names what it is about, and an entity its addresses; what stands first goes first.
NAMING = ("subjectEntity", "describesEntity", "identifiesEntity", "headquartersOf", "firstParty", "listsEntity")
ADDRESSES = ("hasHeadquartersAddress", "hasRegisteredAddress")


class Severity(IntEnum):
    """How much a finding weighs; only a violation makes a store fail.

    >>> Severity.VIOLATION > Severity.WARNING > Severity.INFO
    True
    """

    INFO = 1
    WARNING = 2
    VIOLATION = 3

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True)
class Finding:
    """One result: `check` and `message` are the shape's name and words, `message` ends with how to mend it.

    `entity` is the identifier the finding is about, `value` the value that offends, if one does; `load`, `file`, `row`
    and `record` say where it was read.
    """

    severity: Severity
    check: str
    message: str
    entity: str | None
    value: str | None
    load: str | None
    file: str | None
    row: int | None
    record: str | None
    shape: str

    def as_dict(self) -> dict[str, Any]:
        return {**vars(self), "severity": self.severity.word}


def findings(report: Graph, shapes: Graph, where: Neighbourhood) -> Iterator[tuple[Node, Finding]]:
    """The results of a report as findings, each with its node in the report.

    Args:
        report: the W3C report.
        shapes: the shapes graph, for the names of the shapes.
        where: the data that the report is about.
    """
    from rdflib import SH

    for node in report.objects(None, SH.result):
        focus, shape = report.value(node, SH.focusNode), report.value(node, SH.sourceShape)
        value = report.value(node, SH.value)
        severity = report.value(node, SH.resultSeverity)
        record = None if focus is None else _record(where.graph, focus)
        entity = None if focus is None else _entity(where.graph, focus)
        source_file = None if record is None else _first(where.graph, record, "sourceFile")
        source_row = None if record is None else _first(where.graph, record, "sourceRow")
        yield (
            node,
            Finding(
                severity=Severity[local_name(str(severity)).upper()],
                check=str(shapes.value(shape, SH.name) or shape),
                message=str(report.value(node, SH.resultMessage)),
                entity=None if entity is None else id_of_iri(str(entity)),
                value=None if value is None or value == focus else short(str(value)),
                load=where.load_of.get(str(record)),
                file=None if source_file is None else str(source_file),
                row=None if source_row is None else int(str(source_row)),
                record=None if record is None else short(str(record)),
                shape=local_name(str(shape)),
            ),
        )


def _record(data: Graph, focus: Node) -> Node | None:
    """The source record that states the focus node: itself, or the record of the entity it is or belongs to."""
    if (focus, _uri("sourceFile"), None) in data or (focus, _uri("subjectEntity"), None) in data:
        return focus
    entity = _owner(data, focus)
    return min(data.subjects(_uri("describesEntity"), focus if entity is None else entity), key=str, default=None)


def _entity(data: Graph, focus: Node) -> Node | None:
    for name in NAMING:
        named = min(data.objects(focus, _uri(name)), key=str, default=None)
        if named is not None:
            return named
    return _owner(data, focus) or (focus if str(focus).startswith(ENTITY_BASE) else None)


def _owner(data: Graph, address: Node) -> Node | None:
    for name in ADDRESSES:
        owner = min(data.subjects(_uri(name), address), key=str, default=None)
        if owner is not None:
            return owner
    return None


def _first(data: Graph, record: Node, name: str) -> Node | None:
    """A value of a record; of several, the one that comes first as text or number."""
    return min(data.objects(record, _uri(name)), key=lambda value: value.toPython(), default=None)  # type: ignore[attr-defined]


def _uri(name: str) -> Any:
    from rdflib import URIRef

    return URIRef(term(name))


def short(iri: str) -> str:
    """A node as people write it: an identifier, the name of a record, the code of a country.

    >>> short("https://w3id.org/topco/country/SE"), short("https://w3id.org/topco/id/LEI/X")
    ('SE', 'LEI:X')
    """
    for base in (RECORD_BASE, COUNTRY_BASE):
        if iri.startswith(base):
            return iri[len(base) :]
    return id_of_iri(iri)
