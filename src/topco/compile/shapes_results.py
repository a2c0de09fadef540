"""What shapes come to: results in columns, and which focus nodes failed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rdflib import URIRef
    from rdflib.term import Node

    from topco.compile.shapes_columns import Column
    from topco.compile.shapes_model import Shape
    from topco.compile.shapes_sets import Ids, Mask


@dataclass
class Results:
    """Results of one constraint, place by place.

    Attributes:
        focus: the numbers of the focus nodes.
        values: the values that offend, if the constraint names them.
        path: the property, where it is not the path of the shape.
        details: the results that explain these, about the values as focus nodes.
    """

    shape: Shape
    component: URIRef
    focus: Ids
    values: Column | None = None
    path: Node | None = None
    details: list[Results] = field(default_factory=list)


@dataclass
class Outcome:
    """What a shape came to: which focus nodes failed, by position, and the results if they were asked for."""

    failed: Mask
    results: list[Results]
