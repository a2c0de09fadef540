"""Shapes over a view: focus nodes by their targets, then every constraint as one operation on sets of them.

What pyshacl finds, node by node, is found here, constraint by constraint: `tests/equivalence` holds the two equal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topco.compile.shapes_checks import Asked, check
from topco.compile.shapes_model import TargetKind
from topco.compile.shapes_results import Outcome
from topco.compile.shapes_sets import Members
from topco.compile.shapes_values import instances, value_nodes, with_subclasses

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topco.compile.shapes_columns import Triples
    from topco.compile.shapes_model import Shape, Target
    from topco.compile.shapes_results import Results
    from topco.compile.shapes_sets import Ids


def evaluate(triples: Triples, shape: Shape, focus: Members, *, tell: bool) -> Outcome:
    """One shape at some focus nodes; `tell`: with results."""
    outcome = Outcome(np.zeros(len(focus), dtype=np.bool_), [])
    if shape.deactivated or not len(focus):
        return outcome
    groups = value_nodes(triples, shape.path, focus)
    for constraint in shape.constraints:
        failed, results = check(constraint, Asked(triples, shape, focus, groups, tell, evaluate))
        outcome.failed |= failed
        outcome.results += results
    return outcome


def results_of(triples: Triples, shapes: Sequence[Shape]) -> Iterator[Results]:
    """The results of all shapes that have targets. Shapes with the same targets are taken together."""
    by_targets: dict[frozenset[Target], list[Shape]] = {}
    for shape in shapes:
        if shape.targets and not shape.deactivated:
            by_targets.setdefault(frozenset(shape.targets), []).append(shape)
    for targets, some in by_targets.items():
        focus = focus_nodes(triples, targets)
        for shape in some:
            yield from evaluate(triples, shape, focus, tell=True).results


def focus_nodes(triples: Triples, targets: frozenset[Target]) -> Members:
    """The nodes that targets name."""
    found: list[Ids] = []
    classes = [target.node for target in targets if target.kind is TargetKind.CLASS]
    if classes:
        found.append(instances(triples, with_subclasses(triples, classes)).ids)
    for target in targets:
        if target.kind is TargetKind.NODE:
            found.append(np.array([triples.terms.id_of(target.node)], dtype=np.int64))
        elif target.kind in (TargetKind.SUBJECTS_OF, TargetKind.OBJECTS_OF):
            for part in triples.parts(target.node):  # type: ignore[arg-type]
                subjects, column = part.load()
                found.append(subjects if target.kind is TargetKind.SUBJECTS_OF else column.ids())
    return Members(np.concatenate(found) if found else np.zeros(0, dtype=np.int64))
