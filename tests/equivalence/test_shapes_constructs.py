"""Every construct that the compiled checks know: what is found is written here, and pyshacl finds the same.

The cases are ours. They go over the ground of the W3C test suite, which `test_shacl_suite.py` runs where it is at hand:
each constraint at node and property shapes, paths, targets, severities, messages, and what is no value at all.
"""

from __future__ import annotations

import pytest
from rdflib import Graph

from shapes_reference import by_pyshacl, by_sets

PREFIXES = """
@prefix ex: <https://example.org/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
EX = "https://example.org/"
SH = "http://www.w3.org/ns/shacl#"

# Name: what is said of the shape ex:S, with further shapes after a full stop; the data; what is found, as
# "focus value component" with - for no value.
CASES: dict[str, tuple[str, str, list[str]]] = {
    "class at nodes": (
        "sh:targetNode ex:a , ex:b , ex:c , 'text' ; sh:class ex:C",
        "ex:a a ex:C . ex:b a ex:D . ex:c a ex:E . ex:E rdfs:subClassOf ex:F . ex:F rdfs:subClassOf ex:C .",
        ["b b Class", "text text Class"],
    ),
    "class at a path, two of them": (
        "sh:targetNode ex:a ; sh:path ex:p ; sh:class ex:C , ex:D",
        "ex:a ex:p ex:b , 'text' . ex:b a ex:C .",
        ["a b Class", "a text Class", "a text Class"],
    ),
    "datatype at nodes": (
        "sh:targetNode ex:a , 1 , '1' ; sh:datatype xsd:integer",
        "",
        ["a a Datatype", "1 1 Datatype"],
    ),
    "datatype, ill-formed values": (
        "sh:targetNode ex:a ; sh:path ex:p ; sh:datatype xsd:date",
        "ex:a ex:p '2020-02-30'^^xsd:date , 'soon'^^xsd:date , '2020-02-03'^^xsd:date , '2020-02-03' .",
        ["a 2020-02-30 Datatype", "a soon Datatype", "a 2020-02-03 Datatype"],
    ),
    "datatype, texts with and without language": (
        "sh:targetNode ex:a ; sh:path ex:p ; sh:datatype rdf:langString",
        "ex:a ex:p 'a'@en , 'b' .",
        ["a b Datatype"],
    ),
    "datatype, any literal": (
        "sh:targetNode ex:a ; sh:path ex:p ; sh:datatype rdfs:Literal",
        "ex:a ex:p 1 , ex:b .",
        ["a b Datatype"],
    ),
    "nodeKind IRI": (
        "sh:targetNode ex:a ; sh:path ex:p ; sh:nodeKind sh:IRI",
        "ex:a ex:p ex:b , 'text' , [] .",
        ["a text NodeKind", "a _ NodeKind"],
    ),
    "nodeKind blank node or literal": (
        "sh:targetNode ex:a ; sh:path ex:p ; sh:nodeKind sh:BlankNodeOrLiteral",
        "ex:a ex:p ex:b , 'text' , [] .",
        ["a b NodeKind"],
    ),
    "minCount": ("sh:targetNode ex:a , ex:b ; sh:path ex:p ; sh:minCount 2", "ex:a ex:p 1 , 2 .", ["b - MinCount"]),
    "minCount 0": ("sh:targetNode ex:a ; sh:path ex:p ; sh:minCount 0", "", []),
    "maxCount": ("sh:targetNode ex:a , ex:b ; sh:path ex:p ; sh:maxCount 1", "ex:a ex:p 1 , 2 .", ["a - MaxCount"]),
    "maxCount 0": ("sh:targetNode ex:a ; sh:path ex:p ; sh:maxCount 0", "ex:a ex:p 1 .", ["a - MaxCount"]),
    "ranges with bounds": (
        "sh:targetNode ex:a ; sh:path ex:p ; sh:minInclusive 1 ; sh:maxExclusive 3",
        "ex:a ex:p 0 , 1.0 , 2 , 3.0E0 , '2' , ex:b .",
        [
            *("a 0 MinInclusive", "a 2 MinInclusive", "a b MinInclusive"),
            *("a 3.0 MaxExclusive", "a 2 MaxExclusive", "a b MaxExclusive"),
        ],
    ),
    "ranges without bounds": (
        "sh:targetNode 1 , 2 , 3 ; sh:minExclusive 1 ; sh:maxInclusive 2",
        "",
        ["1 1 MinExclusive", "3 3 MaxInclusive"],
    ),
    "ranges of moments that do not compare": (
        "sh:targetNode ex:a ; sh:path ex:p ; sh:minInclusive '2020-01-01T00:00:00'^^xsd:dateTime",
        "ex:a ex:p '2021-01-01T00:00:00'^^xsd:dateTime , '2021-01-01T00:00:00+00:00'^^xsd:dateTime .",
        ["a 2021-01-01T00:00:00+00:00 MinInclusive"],
    ),
    "lengths": (
        "sh:targetNode ex:a ; sh:path ex:p ; sh:minLength 2 ; sh:maxLength 3",
        "ex:a ex:p 'a' , 'ab' , 'abcd'@en , 12345 , [] .",
        [
            *("a a MinLength", "a _ MinLength"),
            *("a abcd MaxLength", "a 12345 MaxLength", "a _ MaxLength"),
        ],
    ),
    "pattern": (
        "sh:targetNode ex:a ; sh:path ex:p ; sh:pattern '^[a-z]+$'",
        "ex:a ex:p 'ab' , 'AB' , 'ab\\n' , 'a b' , ex:b , [] .",
        ["a AB Pattern", "a a b Pattern", "a b Pattern", "a _ Pattern"],
    ),
    "pattern with flags": (
        "sh:targetNode 'AB' , 'A1' ; sh:pattern '^[a-z]+$' ; sh:flags 'i'",
        "",
        ["A1 A1 Pattern"],
    ),
    "languageIn": (
        "sh:targetNode ex:a ; sh:path ex:p ; sh:languageIn ( 'en' 'de' )",
        "ex:a ex:p 'a'@en , 'b'@en-GB , 'c'@fr , 'd' , ex:b .",
        ["a c LanguageIn", "a d LanguageIn", "a b LanguageIn"],
    ),
    "uniqueLang": (
        "sh:targetNode ex:a , ex:b ; sh:path ex:p ; sh:uniqueLang true",
        "ex:a ex:p 'a'@en , 'b'@EN , 'c'@de , 'd'@de , 'e'@de , 'f' , 'g' . ex:b ex:p 'a'@en , 'b'@de .",
        ["a - UniqueLang", "a - UniqueLang"],
    ),
    "lessThan": (
        "sh:targetNode ex:a , ex:b , ex:c ; sh:path ex:p ; sh:lessThan ex:q",
        "ex:a ex:p 1 ; ex:q 2 . ex:b ex:p 2 , 1 ; ex:q 2 , 1 . ex:c ex:p 1 ; ex:q 'a' .",
        ["b 2 LessThan", "b 2 LessThan", "b 1 LessThan", "c 1 LessThan"],
    ),
    "lessThanOrEquals": (
        "sh:targetNode ex:a ; sh:path ex:p ; sh:lessThanOrEquals ex:q",
        "ex:a ex:p '2020-01-01'^^xsd:date , '2021-01-01'^^xsd:date ; ex:q '2020-01-01'^^xsd:date .",
        ["a 2021-01-01 LessThanOrEquals"],
    ),
    "disjoint at a path": (
        "sh:targetNode ex:a ; sh:path ex:p ; sh:disjoint ex:q",
        "ex:a ex:p 1 , ex:b , ex:c ; ex:q 1 , ex:b , ex:d .",
        ["a 1 Disjoint", "a b Disjoint"],
    ),
    "disjoint at nodes": ("sh:targetNode ex:a , ex:b ; sh:disjoint ex:p", "ex:a ex:p ex:a .", ["a a Disjoint"]),
    "equals": (
        "sh:targetNode ex:a , ex:b ; sh:path ex:p ; sh:equals ex:q",
        "ex:a ex:p 1 , 2 ; ex:q 2 , 3 . ex:b ex:p 1 ; ex:q 1 .",
        ["a 1 Equals", "a 3 Equals"],
    ),
    "hasValue": (
        "sh:targetNode ex:a , ex:b ; sh:path ex:p ; sh:hasValue 1 , ex:c",
        "ex:a ex:p 1 , ex:c . ex:b ex:p 1.0 , ex:d .",
        ["b - HasValue", "b - HasValue"],
    ),
    "in": (
        "sh:targetNode ex:a ; sh:path ex:p ; sh:in ( ex:b 'b' 1 )",
        "ex:a ex:p ex:b , 'b' , 'b'@en , 1 , 01 , 1.0 .",
        ["a b In", "a 1.0 In"],
    ),
    "in, nothing": ("sh:targetNode ex:a ; sh:path ex:p ; sh:in ()", "ex:a ex:p ex:b .", ["a b In"]),
    "closed": (
        "sh:targetNode ex:a ; sh:closed true ; sh:ignoredProperties ( rdf:type ) ; sh:property [ sh:path ex:p ]",
        "ex:a a ex:C ; ex:p 1 ; ex:q 2 , 3 .",
        ["a 2 Closed", "a 3 Closed"],
    ),
    "closed, longer paths allow nothing": (
        "sh:targetNode ex:a ; sh:closed true ; sh:property [ sh:path [ sh:inversePath ex:p ] ]",
        "ex:a a rdfs:Resource ; ex:p 1 .",
        ["a 1 Closed"],
    ),
    "closed false": ("sh:targetNode ex:a ; sh:closed false", "ex:a ex:p 1 .", []),
    "not": (
        "sh:targetNode ex:a , ex:b ; sh:not [ sh:path ex:p ; sh:minCount 1 ]",
        "ex:a ex:p 1 .",
        ["a a Not"],
    ),
    "and": (
        "sh:targetNode ex:a , ex:b ; sh:and ( [ sh:path ex:p ; sh:minCount 1 ] [ sh:path ex:q ; sh:minCount 1 ] )",
        "ex:a ex:p 1 ; ex:q 1 . ex:b ex:p 1 .",
        ["b b And"],
    ),
    "or at values": (
        "sh:targetNode ex:a ; sh:path ex:p ; sh:or ( [ sh:datatype xsd:string ] [ sh:class ex:C ] )",
        "ex:a ex:p 'a' , 1 , ex:b , ex:c . ex:b a ex:C .",
        ["a 1 Or", "a c Or"],
    ),
    "xone": (
        "sh:targetNode ex:a , ex:b , ex:c ; "
        "sh:xone ( [ sh:path ex:p ; sh:minCount 1 ] [ sh:path ex:q ; sh:minCount 1 ] )",
        "ex:a ex:p 1 ; ex:q 1 . ex:b ex:p 1 .",
        ["a a Xone", "c c Xone"],
    ),
    "xone of one shape twice": (
        "sh:targetNode ex:a ; sh:xone ( ex:T ex:T ) . ex:T sh:class ex:C",
        "ex:a a ex:C .",
        ["a a Xone"],
    ),
    "node, whose results are details": (
        "sh:targetNode ex:a ; sh:path ex:p ; sh:node ex:T . ex:T a sh:NodeShape ; sh:property [ sh:path ex:q ; "
        "sh:minCount 1 ; sh:severity sh:Info ; sh:message 'It has no q. Give one.' ]",
        "ex:a ex:p ex:b , ex:c . ex:b ex:q 1 .",
        ["a c Node"],
    ),
    "property of property": (
        "sh:targetNode ex:a , ex:b ; sh:path ex:p ; sh:property ex:T . ex:T sh:path ex:q ; sh:maxCount 1 ; "
        "sh:severity sh:Warning ; sh:message 'There are several q. Keep one.'",
        "ex:a ex:p ex:c . ex:b ex:p ex:c . ex:c ex:q 1 , 2 .",
        ["c - MaxCount", "c - MaxCount"],
    ),
    "qualified counts": (
        "sh:targetNode ex:a , ex:b , ex:c ; sh:path ex:p ; sh:qualifiedValueShape [ sh:class ex:C ] ; "
        "sh:qualifiedMinCount 1 ; sh:qualifiedMaxCount 1",
        "ex:a ex:p ex:x , ex:y . ex:b ex:p ex:x , ex:z . ex:c ex:p ex:z . ex:x a ex:C . ex:y a ex:C .",
        ["a - QualifiedMaxCount", "c - QualifiedMinCount"],
    ),
    "qualified counts of disjoint shapes": (
        "sh:targetNode ex:a ; sh:property ex:T , ex:U . "
        "ex:T sh:path ex:p ; sh:qualifiedValueShapesDisjoint true ; sh:qualifiedMinCount 1 ; "
        "sh:qualifiedValueShape ex:IsC ; sh:message 'One C is missing. Add one.' . "
        "ex:U sh:path ex:p ; sh:qualifiedValueShapesDisjoint true ; sh:qualifiedMinCount 1 ; "
        "sh:qualifiedValueShape ex:IsD ; sh:message 'One D is missing. Add one.' . "
        "ex:IsC sh:class ex:C . ex:IsD sh:class ex:D",
        "ex:a ex:p ex:x , ex:y . ex:x a ex:C , ex:D . ex:y a ex:D .",
        ["a - QualifiedMinCount"],
    ),
    "path, inverse": (
        "sh:targetNode ex:a , ex:b ; sh:path [ sh:inversePath ex:p ] ; sh:minCount 1",
        "ex:c ex:p ex:a .",
        ["b - MinCount"],
    ),
    "path, sequence that reaches one value twice": (
        "sh:targetNode ex:a ; sh:path ( ex:p ex:q ) ; sh:maxCount 0 ; sh:nodeKind sh:Literal",
        "ex:a ex:p ex:b , ex:c . ex:b ex:q ex:d . ex:c ex:q ex:d .",
        ["a - MaxCount", "a d NodeKind"],
    ),
    "path, up and down": (
        "sh:targetNode ex:a ; sh:path ( ex:p [ sh:inversePath ex:p ] ex:q ) ; sh:maxCount 1",
        "ex:a ex:p 1 ; ex:q 1 . ex:b ex:p 1 ; ex:q 2 .",
        ["a - MaxCount"],
    ),
    "path, alternatives": (
        "sh:targetNode ex:a ; sh:path [ sh:alternativePath ( ex:p ex:q ) ] ; sh:maxCount 2",
        "ex:a ex:p 1 , 2 ; ex:q 2 , 3 .",
        ["a - MaxCount"],
    ),
    "path, from none to many times": (
        "sh:targetNode ex:a ; sh:path [ sh:zeroOrMorePath ex:p ] ; sh:class ex:C",
        "ex:a ex:p ex:b . ex:b ex:p ex:c , ex:a . ex:b a ex:C .",
        ["a a Class", "a c Class"],
    ),
    "path, one or many times": (
        "sh:targetNode ex:a ; sh:path [ sh:oneOrMorePath ex:p ] ; sh:class ex:C",
        "ex:a ex:p ex:b . ex:b ex:p ex:c . ex:b a ex:C .",
        ["a c Class"],
    ),
    "path, not at all or once": (
        "sh:targetNode ex:a ; sh:path [ sh:zeroOrOnePath ex:p ] ; sh:class ex:C",
        "ex:a ex:p ex:b . ex:b ex:p ex:c .",
        ["a a Class", "a b Class"],
    ),
    "target, class and classes below": (
        "sh:targetClass ex:C ; sh:path ex:p ; sh:minCount 1",
        "ex:a a ex:C . ex:b a ex:D . ex:D rdfs:subClassOf ex:C . ex:c a ex:E .",
        ["a - MinCount", "b - MinCount"],
    ),
    "target, a class that is a shape": (
        "a rdfs:Class , sh:NodeShape ; sh:nodeKind sh:BlankNode",
        "ex:a a ex:S .",
        ["a a NodeKind"],
    ),
    "target, subjects and objects": (
        "sh:targetSubjectsOf ex:p ; sh:targetObjectsOf ex:p ; sh:nodeKind sh:BlankNode",
        "ex:a ex:p 1 . ex:b ex:q ex:c .",
        ["a a NodeKind", "1 1 NodeKind"],
    ),
    "target, a node named several times": (
        "sh:targetNode ex:a ; sh:targetClass ex:C ; sh:path ex:p ; sh:minCount 1",
        "ex:a a ex:C .",
        ["a - MinCount"],
    ),
    "deactivated": ("sh:targetNode ex:a ; sh:deactivated true ; sh:class ex:C", "", []),
    "deactivated below": (
        "sh:targetNode ex:a ; sh:property [ sh:deactivated true ; sh:path ex:p ; sh:minCount 1 ] ; "
        "sh:not [ sh:deactivated true ; sh:class ex:C ]",
        "",
        ["a a Not"],
    ),
    "severity of one's own": ("sh:targetNode ex:a ; sh:severity ex:Grave ; sh:class ex:C", "", ["a a Class"]),
    "messages in two languages": (
        "sh:targetNode ex:a ; sh:message 'Falsch. Berichtige es.'@de , 'Wrong. Correct it.'@en ; sh:class ex:C",
        "",
        ["a a Class"],
    ),
    "what demands nothing": (
        "sh:targetNode ex:a ; sh:description 'd' ; sh:order 1 ; sh:group ex:G ; sh:path ex:p ; sh:defaultValue 1",
        "",
        [],
    ),
}


def shapes_of(case: str) -> Graph:
    said = CASES[case][0]
    if "sh:message" not in said.split(" . ")[0].split("[")[0]:  # pyshacl makes words of its own for a shape without any
        said = f"sh:message 'It is not so. Mend it.' ; {said}"
    return Graph().parse(data=f"{PREFIXES} ex:S {said} .", format="turtle")


def plain(text: str) -> str:
    return "-" if text == "None" else text.removeprefix(EX)


@pytest.mark.parametrize("case", CASES)
def test_construct(case: str) -> None:
    shapes, data = shapes_of(case), Graph().parse(data=PREFIXES + CASES[case][1], format="turtle")
    blank = {str(node) for triple in data for node in triple if type(node).__name__ == "BNode"}
    found = by_sets(data, [("case.ttl", shapes)])
    told = []
    for focus, value, _, _, component, *_ in found.elements():
        name = component.removeprefix(SH).removesuffix("ConstraintComponent")
        told.append(f"{plain(focus)} {'_' if value in blank else plain(value)} {name}")
    assert sorted(told) == sorted(CASES[case][2])
    assert found == by_pyshacl(data, shapes)


def test_cases_find_something_and_pass_something() -> None:
    assert sum(bool(expected) for _, _, expected in CASES.values()) > 40
