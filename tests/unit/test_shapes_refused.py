"""What the compiled checks do not know is refused with file, shape and construct, and never skipped."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from ownership_store import entity, make_store
from rdflib import Graph

from topco import knowledge
from topco.cli.validate import command
from topco.compile.shapes_reader import read_shapes
from topco.errors import BadInput
from topco.validation import compiled, shapes

PREFIXES = """
@prefix ex: <https://example.org/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""

# What is said of the shape ex:S, and the construct that is refused.
REFUSED = [
    ("sh:sparql [ sh:select 'SELECT $this {}' ]", "sh:sparql"),
    ("sh:js [ sh:jsFunctionName 'f' ]", "sh:js"),
    ("sh:rule [ a sh:TripleRule ]", "sh:rule"),
    ("sh:target [ a sh:SPARQLTarget ]", "sh:target"),
    ("sh:expression ex:e", "sh:expression"),
    ("sh:mincount 1", "sh:mincount"),
    ("sh:reifierShape ex:T", "sh:reifierShape"),
    ("sh:path ex:p ; sh:minCount 'one'", "sh:minCount one"),
    ("sh:path ex:p ; sh:minCount -1", "sh:minCount -1"),
    ("sh:path ex:p ; sh:minCount 1 , 2", "sh:minCount with 2 values"),
    ("sh:minCount 1", "sh:minCount at a node shape"),
    ("sh:maxCount 1", "sh:maxCount at a node shape"),
    ("sh:uniqueLang true", "sh:uniqueLang at a node shape"),
    ("sh:lessThan ex:p", "sh:lessThan at a node shape"),
    ("sh:qualifiedValueShape [] ; sh:qualifiedMinCount 1", "sh:qualifiedValueShape at a node shape"),
    ("sh:path ex:p ; sh:qualifiedValueShape []", "sh:qualifiedValueShape without a count"),
    ("sh:path ex:p ; sh:qualifiedMinCount 1", "a count without it"),
    ("sh:path ex:p ; sh:lessThan 'p'", "sh:lessThan p"),
    ("sh:path ex:p ; sh:uniqueLang 'yes'", "sh:uniqueLang yes"),
    ("sh:datatype 'date'", "sh:datatype date"),
    ("sh:datatype xsd:date , xsd:string", "sh:datatype with 2 values"),
    ("sh:nodeKind ex:Thing", "sh:nodeKind https://example.org/Thing"),
    ("sh:pattern '('", 'sh:pattern "("'),
    ("sh:pattern ex:p", "sh:pattern https://example.org/p"),
    ("sh:pattern 'a' ; sh:flags 'x'", 'sh:flags "x"'),
    ("sh:flags 'i'", "sh:flags without sh:pattern"),
    ("sh:ignoredProperties ( rdf:type )", "sh:ignoredProperties without sh:closed"),
    ("sh:closed 'yes'", "sh:closed yes"),
    ("sh:minInclusive ex:p", "sh:minInclusive https://example.org/p"),
    ("sh:in ex:p", "sh:in with no well-formed list"),
    ("sh:or ()", "sh:or with an empty list"),
    ("sh:or ( 'a' )", 'the text "a" in the place of a shape'),
    ("sh:not ex:S", "a shape that refers to itself"),
    ("sh:property [ sh:path ex:p ; sh:node ex:S ]", "a shape that refers to itself"),
    ("sh:property [ sh:class ex:C ]", "sh:property with a node shape"),
    ("sh:node [ sh:path ex:p ]", "sh:node with a property shape"),
    ("a sh:NodeShape ; sh:path ex:p", "a node shape with sh:path"),
    ("a sh:PropertyShape", "a property shape without sh:path"),
    ("sh:path ex:p , ex:q", "sh:path with 2 values"),
    ("sh:path 'p'", 'the text "p" as sh:path'),
    ("sh:path ( ex:p )", "a sequence path of one step"),
    ("sh:path []", "an empty path"),
    ("sh:path [ ex:q ex:p ]", "https://example.org/q as a path"),
    ("sh:path [ sh:inversePath ex:p ; sh:zeroOrOnePath ex:p ]", "a path with several properties"),
    ("sh:path [ sh:inversePath ( ex:p ex:q ) ]", "sh:inversePath of anything but a property"),
    ("sh:path [ sh:alternativePath ( ex:p ) ]", "sh:alternativePath with fewer than two options"),
    ("sh:severity sh:Info , sh:Warning", "sh:severity with 2 values"),
    ("sh:severity 'grave'", "sh:severity grave"),
    ("sh:deactivated 'no'", "sh:deactivated no"),
]


@pytest.mark.parametrize(("said", "construct"), REFUSED)
def test_a_construct_is_refused_by_file_shape_and_name(said: str, construct: str) -> None:
    graph = Graph().parse(data=f"{PREFIXES} ex:S sh:targetClass ex:C ; {said} .", format="turtle")
    with pytest.raises(BadInput) as refusal:
        read_shapes([("shapes/thing.ttl", graph)])
    assert construct in str(refusal.value)
    assert "https://example.org/S" in str(refusal.value)
    assert "shapes/thing.ttl" in str(refusal.value)


@pytest.mark.parametrize(
    ("said", "construct"),
    [
        ("ex:Component a sh:ConstraintComponent .", "ConstraintComponent"),
        ("ex:Own rdfs:subClassOf sh:ConstraintComponent . ex:Test a ex:Own ; sh:parameter ex:P .", "sh:parameter"),
        ("ex:Test sh:validator [ sh:ask 'ASK {}' ] .", "sh:validator"),
        ("ex:Target a sh:SPARQLTargetType .", "SPARQLTargetType"),
        ("ex:graph sh:entailment ex:RDFS .", "sh:entailment"),
    ],
)
def test_what_extends_shacl_is_refused_wherever_it_stands(said: str, construct: str) -> None:
    with pytest.raises(BadInput, match=construct):
        read_shapes([("more.ttl", Graph().parse(data=PREFIXES + said, format="turtle"))])


def test_a_shape_that_nothing_targets_is_read_too() -> None:
    text = f"{PREFIXES} ex:S sh:property [ sh:path ex:p ; sh:or ( [ sh:sparql [] ] ) ] ."
    with pytest.raises(BadInput, match="sh:sparql"):
        read_shapes([("a.ttl", Graph().parse(data=text, format="turtle"))])


def test_other_vocabularies_say_what_they_like() -> None:
    text = f"{PREFIXES} ex:S a sh:NodeShape ; rdfs:label 'a shape' ; ex:note 1 ; sh:class ex:C ."
    (shape,) = read_shapes([("a.ttl", Graph().parse(data=text, format="turtle"))])
    assert len(shape.constraints) == 1


@pytest.fixture
def own_shapes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the knowledge with one more file of shapes, which a test writes."""
    root = tmp_path / "knowledge"
    for folder in knowledge.FOLDERS:
        shutil.copytree(knowledge.root() / folder, root / folder)
    cached = (knowledge.root, compiled.compiled_shapes, shapes.shapes_graph, shapes.background)
    monkeypatch.setenv(knowledge.VARIABLE, str(root))
    for one in cached:
        one.cache_clear()
    yield root / "shapes" / "mine.ttl"
    monkeypatch.undo()
    for one in cached:
        one.cache_clear()


def validated(store: Path, *arguments: str) -> list[str]:
    result = CliRunner().invoke(
        command, ["--store", str(store), "--format", "csv", *arguments], standalone_mode=False, catch_exceptions=False
    )
    return result.stdout.splitlines()[1:]


OWN = """@prefix shape: <https://w3id.org/topco/shape/> . @prefix topco: <https://w3id.org/topco/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
shape:Mine a sh:PropertyShape ; sh:targetClass topco:LegalEntity ; sh:path ( topco:hasHeadquartersAddress topco:city ) ;
    sh:name "city" ; sh:severity sh:Warning ; sh:message "No city. Add one." ;
"""


def test_a_new_shape_needs_no_python(tmp_path: Path, own_shapes: Path) -> None:
    own_shapes.write_text(OWN + "sh:minCount 1 ; sh:pattern '^B' .", encoding="utf-8")
    store = make_store(
        tmp_path / "store",
        entities=[
            entity("LEI:" + "A" * 18 + "00", "A", hq_city="Berlin"),
            entity("LEI:" + "B" * 18 + "00", "B"),
            entity("LEI:" + "C" * 18 + "00", "C", hq_city="Paris"),
        ],
    )
    found = validated(store.path)
    assert [line.split(",")[3:5] for line in found] == [
        ["LEI:" + "B" * 18 + "00", ""],
        ["LEI:" + "C" * 18 + "00", "Paris"],
    ]
    assert found == validated(store.path, "--reference")


def test_the_command_refuses_and_points_to_the_reference(tmp_path: Path, own_shapes: Path) -> None:
    own_shapes.write_text(OWN + "sh:sparql [ sh:select 'SELECT $this {}' ] .", encoding="utf-8")
    store = make_store(tmp_path / "store", entities=[entity("LEI:" + "A" * 18 + "00", "A")])
    with pytest.raises(BadInput, match=r"shape/Mine .*sh:sparql.*mine\.ttl.*--reference"):
        validated(store.path)


def test_a_severity_of_ones_own_is_refused(tmp_path: Path, own_shapes: Path) -> None:
    own_shapes.write_text(OWN.replace("sh:Warning", "shape:Grave") + "sh:minCount 1 .", encoding="utf-8")
    store = make_store(tmp_path / "store", entities=[entity("LEI:" + "A" * 18 + "00", "A")])
    with pytest.raises(BadInput, match="sh:Violation, sh:Warning or sh:Info"):
        validated(store.path)
