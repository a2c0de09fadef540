"""SHACL Turtle to shapes: targets, paths, constraints, severities and messages; whatever is not known is refused.

Refused are SPARQL and other extensions, shapes that refer to themselves, inverses of longer paths, and every property
of the SHACL namespace that is not named here: a check that never runs would be taken for one that finds nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdflib import RDF, RDFS, SH, XSD, BNode, Graph, Literal, URIRef

from topco.compile.shapes_constraints import SHAPE_LISTS, SHAPE_VALUES, constraints_of
from topco.compile.shapes_model import Chain, Choice, Property, Repeat, Shape, Target, TargetKind
from topco.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rdflib.term import IdentifiedNode, Node

    from topco.compile.shapes_model import Path

_TARGETS = {
    SH.targetNode: TargetKind.NODE,
    SH.targetClass: TargetKind.CLASS,
    SH.targetSubjectsOf: TargetKind.SUBJECTS_OF,
    SH.targetObjectsOf: TargetKind.OBJECTS_OF,
}
# Says something about a shape and demands nothing.
_PLAIN = frozenset(
    {
        *(SH.path, SH.name, SH.description, SH.order, SH.group, SH.defaultValue),
        *(SH.message, SH.severity, SH.deactivated),
    }
)
# Extends SHACL wherever it stands: as a class, and as a property.
_EXTENSIONS = (SH.ConstraintComponent, SH.SPARQLTargetType, SH.JSTargetType, SH.SPARQLFunction, SH.JSFunction)
_EXTENDING = (SH.parameter, SH.validator, SH.nodeValidator, SH.propertyValidator, SH.entailment, SH.rule)
_REPEATS = {SH.zeroOrMorePath: (0, True), SH.oneOrMorePath: (1, True), SH.zeroOrOnePath: (0, False)}


class ShapesReader:
    """Reads the shapes of some files, each once, however many others refer to it.

    Args:
        files: the name of each file and its graph.

    Attributes:
        graph: all files together.
    """

    def __init__(self, files: Iterable[tuple[str, Graph]]) -> None:
        self.graph = Graph()
        self._file_of: dict[Node, str] = {}
        for name, graph in files:
            for subject in graph.subjects():
                self._file_of.setdefault(subject, name)
            for triple in graph:
                self.graph.add(triple)
        self._known: dict[Node, Shape] = {}
        self._open: list[Node] = []

    def shapes(self) -> list[Shape]:
        """All shapes of the files, in a stable order.

        Raises:
            BadInput: a file says something that is not supported; the error names file, shape and construct.
        """
        for extension in _EXTENSIONS:
            for node in self.graph.subjects(RDF.type, extension):
                raise self.refusal(node, f"a {extension.fragment}")
        for parameter in _EXTENDING:
            for node in self.graph.subjects(parameter):
                raise self.refusal(node, _short(parameter))
        return [self.shape(node) for node in sorted(self._shape_nodes(), key=str)]

    def _shape_nodes(self) -> set[Node]:
        graph = self.graph
        found = {*graph.subjects(RDF.type, SH.NodeShape), *graph.subjects(RDF.type, SH.PropertyShape)}
        for target in _TARGETS:
            found.update(graph.subjects(target))
        for parameter in SHAPE_VALUES:
            found.update(graph.objects(None, parameter))
        for parameter in (SH.property, SH.node):
            found.update(graph.subjects(parameter))
        for parameter in SHAPE_LISTS:
            for node, members in graph.subject_objects(parameter):
                found.update(self.members(node, members, parameter))
        return {node for node in found if not isinstance(node, Literal)}  # those are refused where they are referred to

    def shape(self, node: Node) -> Shape:
        """One shape, with all it refers to."""
        if node in self._known:
            return self._known[node]
        if isinstance(node, Literal):
            raise self.refusal(self._open[-1], f'the text "{node}" in the place of a shape')
        if node in self._open:
            raise self.refusal(node, "a shape that refers to itself")
        self._open.append(node)
        made = self._made(node)
        self._open.pop()
        self._known[node] = made
        return made

    def _made(self, node: Node) -> Shape:
        assert isinstance(node, URIRef | BNode)
        path_node = self.one(node, SH.path)
        types = set(self.graph.objects(node, RDF.type))
        if (path_node is None and SH.PropertyShape in types) or (path_node is not None and SH.NodeShape in types):
            raise self.refusal(
                node, "a node shape with sh:path" if path_node is not None else "a property shape without sh:path"
            )
        severity = self.one(node, SH.severity)
        if severity is not None and not isinstance(severity, URIRef):
            raise self.refusal(node, f"sh:severity {severity}")
        path = None if path_node is None else self.path(node, path_node)
        constraints, read = constraints_of(self, node, path)
        for predicate in set(self.graph.predicates(node)):
            if str(predicate).startswith(str(SH)) and predicate not in (_PLAIN | _TARGETS.keys() | read):
                raise self.refusal(node, _short(predicate))
        name = self.graph.value(node, SH.name, any=True)
        return Shape(
            node=node,
            file=self._file_of.get(node, ""),
            path=path,
            path_node=path_node,
            severity=severity or SH.Violation,
            messages=tuple(value for value in self.graph.objects(node, SH.message) if isinstance(value, Literal)),
            name=str(name or node),
            deactivated=self.flag(node, SH.deactivated),
            targets=tuple(self._targets(node, types)),
            constraints=constraints,
        )

    def _targets(self, node: IdentifiedNode, types: set[Node]) -> Iterable[Target]:
        for parameter, kind in _TARGETS.items():
            for value in self.graph.objects(node, parameter):
                yield Target(kind, value)
        if types & {RDFS.Class, *self.graph.subjects(RDFS.subClassOf, RDFS.Class)}:
            yield Target(TargetKind.CLASS, node)

    def path(self, shape: Node, node: Node) -> Path:
        """A property path."""
        if isinstance(node, URIRef):
            return Property(node)
        if isinstance(node, Literal):
            raise self.refusal(shape, f'the text "{node}" as sh:path')
        if (node, RDF.first, None) in self.graph:
            steps = [self.path(shape, step) for step in self.members(shape, node, SH.path)]
            if len(steps) < 2:
                raise self.refusal(shape, "a sequence path of one step")
            return Chain(tuple(steps))
        said = list(self.graph.predicate_objects(node))
        if len(said) != 1:
            raise self.refusal(shape, "a path with several properties" if said else "an empty path")
        (kind, inner), *_ = said
        if kind == SH.inversePath:
            if not isinstance(inner, URIRef):
                raise self.refusal(shape, "sh:inversePath of anything but a property")
            return Property(inner, inverse=True)
        if kind == SH.alternativePath:
            options = [self.path(shape, option) for option in self.members(shape, inner, SH.alternativePath)]
            if len(options) < 2:
                raise self.refusal(shape, "sh:alternativePath with fewer than two options")
            return Choice(tuple(options))
        if kind in _REPEATS:
            assert isinstance(kind, URIRef)
            least, many = _REPEATS[kind]
            return Repeat(self.path(shape, inner), least, many)
        raise self.refusal(shape, f"{_short(kind)} as a path")

    def members(self, shape: Node, node: Node, parameter: URIRef) -> list[Node]:
        """The members of a list.

        Raises:
            BadInput: it is no well-formed list, or empty.
        """
        found: list[Node] = []
        seen: set[Node] = set()
        while node != RDF.nil:
            first, rest = list(self.graph.objects(node, RDF.first)), list(self.graph.objects(node, RDF.rest))
            if len(first) != 1 or len(rest) != 1 or node in seen:
                raise self.refusal(shape, f"{_short(parameter)} with no well-formed list")
            seen.add(node)
            found += first
            node = rest[0]
        return found

    def one(self, node: Node, parameter: URIRef) -> Node | None:
        """The value of a parameter that has at most one."""
        values = list(self.graph.objects(node, parameter))
        if len(values) > 1:
            raise self.refusal(node, f"{_short(parameter)} with {len(values)} values")
        return values[0] if values else None

    def number(self, node: Node, parameter: URIRef) -> int | None:
        """The value of a parameter that is a number from 0 on."""
        value = self.one(node, parameter)
        if value is None:
            return None
        if (
            isinstance(value, Literal)
            and value.datatype == XSD.integer
            and isinstance(value.value, int)
            and value.value >= 0
        ):
            return int(value.value)
        raise self.refusal(node, f"{_short(parameter)} {value}")

    def flag(self, node: Node, parameter: URIRef) -> bool:
        """The value of a parameter that is true or false; false if it is not there."""
        value = self.one(node, parameter)
        if value is None:
            return False
        if isinstance(value, Literal) and isinstance(value.value, bool):
            return value.value
        raise self.refusal(node, f"{_short(parameter)} {value}")

    def refusal(self, node: Node, construct: str) -> BadInput:
        """The error that says which construct of which shape is not supported."""
        shape = next((one for one in reversed([*self._open, node]) if isinstance(one, URIRef)), node)
        file = self._file_of.get(shape) or self._file_of.get(node) or ""
        return BadInput(
            f"The shape {shape} uses what the compiled checks do not know: {construct}.",
            where=file or None,
            remedy="Write it with other constructs of SHACL core, or run the reference validator: --reference.",
        )


def _short(node: Node) -> str:
    """A SHACL property as it is mostly written."""
    return f"sh:{str(node)[len(str(SH)) :]}" if str(node).startswith(str(SH)) else str(node)


def read_shapes(files: Sequence[tuple[str, Graph]]) -> list[Shape]:
    """The shapes of some files.

    Args:
        files: the name of each file and its graph.

    Raises:
        BadInput: a file uses a construct that is not supported; the error names file, shape and construct.

    >>> text = "@prefix sh: <http://www.w3.org/ns/shacl#> . <urn:s> sh:targetNode 1 ; sh:minLength 2 ."
    >>> graph = Graph().parse(data=text)
    >>> [len(shape.constraints) for shape in read_shapes([("a.ttl", graph)])]
    [1]
    """
    return ShapesReader(files).shapes()
