"""Shapes as plain data: what `topco.compile.shapes_reader` makes of SHACL Turtle and `shapes_run` evaluates as sets.

A shape is a path (none for a node shape), targets, and constraints. Every constraint knows the component that the W3C
report names. What stands here is all that is supported; whatever else a shapes file says is refused when it is read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rdflib import Literal, URIRef
    from rdflib.term import IdentifiedNode, Node

    from topco.compile.shapes_conditions import Condition


@dataclass(frozen=True)
class Property:
    """The values of one property; `inverse`: the nodes whose value the focus node is."""

    iri: URIRef
    inverse: bool = False


@dataclass(frozen=True)
class Chain:
    """One path after the other."""

    steps: tuple[Path, ...]


@dataclass(frozen=True)
class Choice:
    """The values of any of these paths."""

    options: tuple[Path, ...]


@dataclass(frozen=True)
class Repeat:
    """A path taken again and again: from `least` times (0 or 1), without end if `many`, else at most once."""

    path: Path
    least: int
    many: bool


Path = Property | Chain | Choice | Repeat


class TargetKind(Enum):
    NODE = "targetNode"
    CLASS = "targetClass"
    SUBJECTS_OF = "targetSubjectsOf"
    OBJECTS_OF = "targetObjectsOf"


@dataclass(frozen=True)
class Target:
    kind: TargetKind
    node: Node


@dataclass(frozen=True)
class Constraint:
    """A demand on the value nodes of a shape; `component`: its name in the W3C report."""

    component: URIRef


@dataclass(frozen=True)
class EachValue(Constraint):
    """Every value node, looked at alone, meets a condition."""

    condition: Condition


@dataclass(frozen=True)
class InstanceOf(Constraint):
    """Every value node is an instance of a class, or of one below it in the data."""

    cls: Node


@dataclass(frozen=True)
class Count(Constraint):
    """There are at least, or at most, so many value nodes."""

    least: int = 0
    most: int | None = None


@dataclass(frozen=True)
class HasValue(Constraint):
    value: Node


@dataclass(frozen=True)
class UniqueLanguages(Constraint):
    """No two value nodes have the same language tag."""


@dataclass(frozen=True)
class Before(Constraint):
    """Every value node is less than every value of another property at the focus node; `or_equal`: or equal."""

    other: URIRef
    or_equal: bool


@dataclass(frozen=True)
class Apart(Constraint):
    """No value node is also a value of another property at the focus node."""

    other: URIRef


@dataclass(frozen=True)
class Alike(Constraint):
    """The value nodes are exactly the values of another property at the focus node."""

    other: URIRef


@dataclass(frozen=True)
class Closed(Constraint):
    """The value nodes have no properties but these."""

    allowed: frozenset[Node]


@dataclass(frozen=True)
class Conforms(Constraint):
    """Every value node conforms to between `least` and `most` of some shapes (`sh:and`, `or`, `not`, `xone`)."""

    shapes: tuple[Shape, ...]
    least: int
    most: int


@dataclass(frozen=True)
class NodeConforms(Constraint):
    """Every value node conforms to a node shape, whose own results are told as details."""

    shape: Shape


@dataclass(frozen=True)
class PropertyConforms(Constraint):
    """The results of a property shape at every value node are results of this one."""

    shape: Shape


@dataclass(frozen=True)
class Qualified(Constraint):
    """At least, or at most, so many value nodes conform to a shape and to none of its siblings."""

    shape: Shape
    siblings: tuple[Shape, ...]
    least: int = 0
    most: int | None = None


@dataclass(frozen=True)
class Shape:
    """One shape.

    Attributes:
        node: its node in the shapes graph.
        file: where it stands.
        path: of a property shape.
        path_node: the node of the path in the shapes graph, for reports.
    """

    node: IdentifiedNode
    file: str
    path: Path | None
    path_node: Node | None
    severity: URIRef
    messages: tuple[Literal, ...]
    name: str
    deactivated: bool
    targets: tuple[Target, ...]
    constraints: tuple[Constraint, ...] = field(repr=False, compare=False)

    @cached_property
    def message(self) -> str:
        """Its words: the first message, by language and text; without one, what it is called."""
        words = sorted(self.messages, key=lambda literal: (str(literal.language or ""), str(literal)))
        return str(words[0]) if words else f"The shape {self.name} is not met."
