"""Every shape: silent on a passing example, speaking on a failing one, and saying how to mend it."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

import pytest
from pyshacl import validate
from rdflib import RDF, RDFS, SH, Graph, URIRef

from shape_examples import BREAKS, PREFIXES, SURROUNDINGS, TEMPLATES, class_of, example, letters
from topco import knowledge
from topco.namespaces import NAMESPACE, local_name

# The helper shape has no target: it is tried through the shape of the successor.
UNTRIED = {"Described-record"}


@cache
def shapes() -> Graph:
    graph = Graph()
    for file in knowledge.files("shapes"):
        graph.parse(file)
    return graph


def checks() -> set[URIRef]:
    """The shapes that can find something: they carry a message."""
    return {node for node in shapes().subjects(SH.message, None) if isinstance(node, URIRef)}


def results(text: str) -> dict[str, set[str]]:
    """Focus node to the names of the shapes that it fails."""
    data = Graph().parse(data=PREFIXES + SURROUNDINGS + text, format="turtle")
    _, report, _ = validate(data, shacl_graph=shapes(), inference="none", inplace=True)
    found = defaultdict(set)
    for node in report.objects(None, SH.result):
        shape = local_name(str(report.value(node, SH.sourceShape)))
        found[str(report.value(node, SH.focusNode))].add(shape)
    return found


@pytest.fixture(scope="module")
def good() -> dict[str, set[str]]:
    return results("\n".join(example(cls, number) for number, cls in enumerate(TEMPLATES)))


@pytest.fixture(scope="module")
def bad() -> dict[str, set[str]]:
    """All failing examples at once; number 0 of every class is a passing one that some failing ones collide with."""
    texts = [example(cls, 0) for cls in ("DestinationMapping", "SourceDocument", "ControlListEntry")]
    texts += [example(class_of(shape), number, old, new) for number, (shape, old, new) in enumerate(BREAKS, 1)]
    return results("\n".join(texts))


def test_passing_examples_are_silent(good: dict[str, set[str]]) -> None:
    expected = {f"{NAMESPACE}example/place{list(TEMPLATES).index('DestinationMapping')}"}
    assert {focus: names for focus, names in good.items() if focus not in expected} == {}


@pytest.mark.parametrize(
    ("number", "shape"), list(enumerate((shape for shape, _, _ in BREAKS), 1)), ids=lambda v: str(v)
)
def test_failing_example_is_found(bad: dict[str, set[str]], number: int, shape: str) -> None:
    focus = [names for node, names in bad.items() if node.startswith(NAMESPACE) and _is_of(node, number, shape)]
    assert any(shape in names for names in focus)


def _is_of(node: str, number: int, shape: str) -> bool:
    if class_of(shape) == "Country":
        return local_name(node) in {letters(number % 78), f"Land{number}"}
    return node == f"{NAMESPACE}example/{number}"


def test_every_shape_has_a_failing_example() -> None:
    assert {local_name(str(node)) for node in checks()} == {shape for shape, _, _ in BREAKS} | UNTRIED


def test_every_class_has_a_file_of_its_own() -> None:
    for file in knowledge.files("shapes"):
        graph = Graph().parse(file)
        named = {class_of(local_name(str(node))) for node in graph.subjects(SH.message) if isinstance(node, URIRef)}
        if file.stem == "rule":  # the kinds of rule share their fields
            named = {"Rule" if name.endswith("Rule") else name for name in named}
        assert len(named - {"Described"}) == 1, file.name


def test_every_shape_has_name_severity_and_a_message_with_a_remedy() -> None:
    verbs = (
        *("Correct", "Give", "Load", "Check", "Add", "Keep", "Report", "Ask", "Look", "Remove", "Define"),
        *("Name", "Say", "Write", "Lead", "Enter", "State", "Propose"),
    )
    for node in checks():
        assert (node, SH.name, None) in shapes(), node
        assert shapes().value(node, SH.severity) in {SH.Violation, SH.Warning, SH.Info}, node
        message = str(shapes().value(node, SH.message))
        assert message.count(".") + message.count(":") >= 2 or ";" in message, node
        assert any(verb in message or verb.lower() in message for verb in verbs), message


def test_every_node_shape_has_a_label() -> None:
    for node in shapes().subjects(RDF.type, SH.NodeShape):
        assert (node, RDFS.label, None) in shapes(), node


def test_every_property_shape_is_reached_by_a_target_or_by_a_node_shape() -> None:
    used = {node for node in shapes().objects(None, SH.property) if isinstance(node, URIRef)}
    targeted = set(shapes().subjects(SH.targetClass))
    defined = {node for node in shapes().subjects(RDF.type, SH.PropertyShape) if isinstance(node, URIRef)}
    assert used <= defined
    assert defined <= used | targeted
    assert used.isdisjoint(targeted), "a shape reached twice reports twice"


def test_shapes_are_shacl_core_and_well_formed() -> None:
    assert not list(shapes().subject_objects(SH.sparql))
    assert not list(shapes().subject_objects(SH.js))
    conforms, _, text = validate(shapes(), shacl_graph=shapes(), meta_shacl=True, inplace=True)
    assert conforms, text


def test_law_reference_data_and_ontology_conform() -> None:
    data = Graph()
    for folder in ("data/reference", "rules", "ontology"):
        for file in knowledge.files(folder):
            data.parse(file)
    conforms, _, text = validate(data, shacl_graph=shapes(), inference="none", inplace=True)
    assert conforms, text
