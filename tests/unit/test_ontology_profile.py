"""Which axioms are read, and which are refused by name."""

from __future__ import annotations

from collections import Counter

import pytest
from rdflib import Graph

from topco.compile.axioms import And, Chain, Disjoint, HasValue, Inverse, Named, Or, Some, SubClass, Symmetric
from topco.compile.owl_profile import AxiomRefused, loaded_ontology, read_ontology
from topco.errors import BadInput

PREFIXES = """
@prefix e: <http://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
e:A a owl:Class . e:B a owl:Class . e:C a owl:Class .
e:p a owl:ObjectProperty . e:q a owl:ObjectProperty . e:r a owl:ObjectProperty .
e:d a owl:DatatypeProperty .
"""
E = "http://example.org/"


def axioms(turtle: str) -> frozenset[object]:
    return frozenset(read_ontology(Graph().parse(data=PREFIXES + turtle, format="turtle")).axioms)


@pytest.mark.parametrize(
    ("turtle", "construct"),
    [
        ("e:p a owl:FunctionalProperty .", "owl:FunctionalProperty"),
        ("e:d a owl:FunctionalProperty .", "owl:FunctionalProperty"),
        ("e:p a owl:InverseFunctionalProperty .", "owl:InverseFunctionalProperty"),
        ("e:p a owl:IrreflexiveProperty .", "owl:IrreflexiveProperty"),
        ("e:p a owl:AsymmetricProperty .", "owl:AsymmetricProperty"),
        ("e:p a owl:ReflexiveProperty .", "owl:ReflexiveProperty"),
        ("e:A owl:hasKey ( e:d ) .", "owl:hasKey"),
        ("e:p owl:propertyDisjointWith e:q .", "owl:propertyDisjointWith"),
        ("e:A owl:disjointUnionOf ( e:B e:C ) .", "owl:disjointUnionOf"),
        ("e:A owl:complementOf e:B .", "owl:complementOf"),
        ("e:x a e:A ; owl:sameAs e:y .", "owl:sameAs"),
        ("e:x a e:A ; owl:differentFrom e:y .", "owl:differentFrom"),
        ("[] a owl:AllDifferent ; owl:distinctMembers ( e:x e:y ) .", "owl:AllDifferent"),
        ("[] a owl:AllDisjointProperties ; owl:members ( e:p e:q ) .", "owl:AllDisjointProperties"),
        ("e:A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty e:p ; owl:maxCardinality 1 ] .", "maxCardinality"),
        (
            "e:A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty e:p ; owl:maxQualifiedCardinality 1 ; "
            "owl:onClass e:B ] .",
            "maxQualifiedCardinality",
        ),
        ("e:A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty e:p ; owl:allValuesFrom e:B ] .", "allValuesFrom"),
        ("e:A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty e:p ; owl:someValuesFrom e:B ] .", "someValuesFrom"),
        ("e:A owl:equivalentClass [ a owl:Restriction ; owl:onProperty e:p ; owl:someValuesFrom e:B ] .", "someValues"),
        ("e:A rdfs:subClassOf [ a owl:Class ; owl:unionOf ( e:B e:C ) ] .", "owl:unionOf on the right"),
        ("e:A rdfs:subClassOf [ a owl:Class ; owl:complementOf e:B ] .", "owl:complementOf on the right"),
        ("[ a owl:Class ; owl:complementOf e:A ] rdfs:subClassOf e:B .", "owl:complementOf on the left"),
        ("[ a owl:Class ; owl:oneOf ( e:x e:y ) ] rdfs:subClassOf e:B .", "owl:oneOf"),
        ("[ a owl:Restriction ; owl:onProperty e:p ; owl:hasSelf true ] rdfs:subClassOf e:B .", "owl:hasSelf"),
        ("e:A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty e:d ; owl:hasValue 1 ] .", "owl:hasValue"),
        ("[ a owl:Restriction ; owl:onProperty e:p ; owl:hasValue e:x ; e:extra 1 ] rdfs:subClassOf e:A .", "extra"),
        ("e:d rdfs:range xsd:date .", "Not a datatype"),
        ("e:d rdfs:range e:A .", "Not a datatype"),
        ("e:p rdfs:range xsd:string .", "not declared as owl:Class"),
        ("e:A rdfs:subClassOf e:Undeclared .", "not declared as owl:Class"),
        ("e:p rdfs:subPropertyOf e:undeclared .", "not declared as owl:ObjectProperty"),
        ("e:d rdfs:subPropertyOf e:p .", "not declared as owl:DatatypeProperty"),
        ("e:undeclared rdfs:domain e:A .", "not declared"),
        ("e:p owl:propertyChainAxiom ( e:q e:d ) .", "not declared as owl:ObjectProperty"),
        ("e:p owl:inverseOf e:d .", "not declared as owl:ObjectProperty"),
        ("e:d a owl:TransitiveProperty .", "not declared as owl:ObjectProperty"),
        ("e:A a owl:ObjectProperty .", "two roles"),
        ("e:A e:note \"an annotation that nobody declared\" .", "e:note|example.org/note"),
        ("[] e:p e:x .", "belongs to no axiom"),
        ("e:x a e:Undeclared .", "not declared as owl:Class"),
    ],
)  # fmt: skip
def test_what_the_compiler_cannot_translate_is_refused_by_name(turtle: str, construct: str) -> None:
    with pytest.raises(AxiomRefused, match=construct) as refusal:
        axioms(turtle)
    assert refusal.value.where
    assert refusal.value.remedy


@pytest.mark.parametrize(
    "turtle",
    [
        "e:r owl:propertyChainAxiom ( e:p e:r e:q ) .",
        "e:r owl:propertyChainAxiom ( e:p e:q ) . e:p owl:propertyChainAxiom ( e:r e:q ) .",
        "e:r owl:propertyChainAxiom ( e:p e:q ) . e:r rdfs:subPropertyOf e:p .",
        "e:r owl:propertyChainAxiom ( e:p e:q ) . e:r owl:inverseOf e:p .",
    ],
)
def test_chains_without_an_order_are_refused(turtle: str) -> None:
    with pytest.raises(BadInput, match="circle"):
        axioms(turtle)


@pytest.mark.parametrize(
    "turtle",
    [
        "e:r owl:propertyChainAxiom ( e:p e:r ) .",
        "e:r owl:propertyChainAxiom ( e:r e:p ) .",
        "e:r owl:propertyChainAxiom ( e:r e:r ) .",
        "e:r owl:propertyChainAxiom ( e:p e:q ) . e:p rdfs:subPropertyOf e:q . e:q rdfs:subPropertyOf e:p .",
    ],
)
def test_chains_with_an_order_are_read(turtle: str) -> None:
    assert any(isinstance(axiom, Chain) for axiom in axioms(turtle))


def test_class_expressions_are_read() -> None:
    left = """
        [ a owl:Class ; owl:intersectionOf (
            e:A [ a owl:Restriction ; owl:onProperty e:p ;
                  owl:someValuesFrom [ a owl:Class ; owl:unionOf ( e:B e:C ) ] ]
            [ a owl:Restriction ; owl:onProperty e:q ; owl:someValuesFrom owl:Thing ]
        ) ] rdfs:subClassOf [ a owl:Restriction ; owl:onProperty e:r ; owl:hasValue e:x ] .
    """
    union = Or((Named(E + "B"), Named(E + "C")))
    inside = And((Named(E + "A"), Some(E + "p", union), Some(E + "q", None)))
    assert axioms(left) == {SubClass(inside, HasValue(E + "r", E + "x"))}


def test_both_ways_of_an_equivalence_are_read() -> None:
    assert axioms("e:A owl:equivalentClass e:B .") == {
        SubClass(Named(E + "A"), Named(E + "B")),
        SubClass(Named(E + "B"), Named(E + "A")),
    }


def test_property_axioms_and_disjointness_are_read() -> None:
    found = axioms(
        "e:p a owl:SymmetricProperty ; owl:inverseOf e:q . e:A owl:disjointWith e:B . "
        "[] a owl:AllDisjointClasses ; owl:members ( e:A e:B e:C ) ."
    )
    assert found == {
        Symmetric(E + "p"),
        Inverse(E + "p", E + "q"),
        Disjoint((E + "A", E + "B")),
        Disjoint((E + "A", E + "B", E + "C")),
    }


def test_the_ontology_of_this_version_is_within_the_profile_and_uses_what_its_header_says() -> None:
    kinds = Counter(type(axiom).__name__ for axiom in loaded_ontology().axioms)
    assert set(kinds) == {
        "Chain", "DataRange", "Disjoint", "Domain", "Inverse", "Range", "SubClass", "SubProperty", "Transitive",
    }  # fmt: skip
    assert kinds["Transitive"] == 1
    assert kinds["Chain"] == 4
