"""The compiled axioms and owlrl conclude the same about individuals.

What is compared: triples whose subject is no term of the ontology, that either type it in a declared class or give it a
value of a declared property. Left out are the reasoner's own vocabulary (everything is an owl:Thing and the same as
itself), class expressions, and triples with a literal as subject.
"""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import RDF, Graph, Literal, Namespace, URIRef

from topco import knowledge
from topco.compile.axioms import DataRange, Disjoint, Ontology
from topco.compile.closure import Closure, close_store
from topco.compile.owl_profile import loaded_ontology, parse, read_ontology
from topco.compile.owl_reference import close_neighbourhood, instance_triples
from topco.compile.owl_sparql import Atom, Clash, Rule, compile_axioms

TARGET = "urn:target"
TOPCO = Namespace("https://w3id.org/topco/")
ONTOLOGY = parse(knowledge.files("ontology"))
RULES, CLASHES = compile_axioms(loaded_ontology().axioms)


def compiled(data: Graph, ontology: Ontology) -> tuple[Graph, Closure]:
    store = ox.Store()
    store.load(data.serialize(format="nt").encode(), format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode("urn:data"))
    closure = close_store(store, TARGET, ontology=ontology)
    assert {g.value for g in store.named_graphs()} <= {"urn:data", TARGET}
    closed = Graph().parse(data=store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.NamedNode(TARGET)), format="nt")
    return instance_triples(closed + data, ontology), closure


def both(data: Graph, ontology_graph: Graph) -> None:
    ontology = read_ontology(ontology_graph)
    ours, closure = compiled(data, ontology)
    reference = close_neighbourhood(data, ontology_graph=ontology_graph)
    theirs = instance_triples(reference.graph, ontology)
    assert set(ours) - set(theirs) == set(), "concluded by the compiled rules alone"
    assert set(theirs) - set(ours) == set(), "concluded by owlrl alone"
    assert bool(closure.clashes) == bool(reference.contradictions)


# Each rule, and so each axiom, on its own: a body of fresh individuals makes both engines conclude the head.


Triple = tuple[URIRef, URIRef, URIRef]


def instantiated(rule: Rule, number: int) -> tuple[list[Triple], Triple]:
    def node(term: str) -> URIRef:
        return URIRef(f"urn:i:{number}:{term[1:]}" if term.startswith("?") else term)

    def triple(atom: Atom) -> Triple:
        return node(atom.subject), node(atom.predicate), node(atom.object)

    return [triple(atom) for atom in rule.body], triple(rule.head)


@pytest.fixture(scope="module")
def one_body_each() -> Graph:
    data = Graph()
    for number, rule in enumerate(RULES):
        for triple in instantiated(rule, number)[0]:
            data.add(triple)
    return data


@pytest.fixture(scope="module")
def reference_closure(one_body_each: Graph) -> Graph:
    return close_neighbourhood(one_body_each, ontology_graph=ONTOLOGY).graph


@pytest.fixture(scope="module")
def compiled_closure(one_body_each: Graph) -> Graph:
    return compiled(one_body_each, loaded_ontology())[0]


@pytest.mark.parametrize("number", range(len(RULES)), ids=lambda n: f"{RULES[n].body[0].key}~{RULES[n].head.key}")
def test_each_axiom(number: int, reference_closure: Graph, compiled_closure: Graph) -> None:
    head = instantiated(RULES[number], number)[1]
    assert head in reference_closure
    assert head in compiled_closure


def test_every_axiom_has_a_rule_a_clash_or_no_meaning_for_individuals() -> None:
    for axiom in loaded_ontology().axioms:
        rules, clashes = compile_axioms([axiom])
        if isinstance(axiom, DataRange):
            assert not rules
        else:
            assert clashes if isinstance(axiom, Disjoint) else rules


@pytest.mark.parametrize("clash", CLASHES, ids=lambda c: f"{c.one}~{c.other}")
def test_each_pair_of_disjoint_classes_clashes(clash: Clash) -> None:
    data = Graph()
    for iri in (clash.one, clash.other):
        data.add((URIRef("urn:x"), RDF.type, URIRef(iri)))
    assert ("urn:x", clash.one, clash.other) in compiled(data, loaded_ontology())[1].clashes


def test_owlrl_reports_the_contradictions_too() -> None:
    data = Graph()
    data.add((URIRef("urn:x"), RDF.type, TOPCO.LegalEntity))
    data.add((URIRef("urn:x"), RDF.type, TOPCO.NaturalPerson))
    assert close_neighbourhood(data, ontology_graph=ONTOLOGY).contradictions


# Random registers: a handful of individuals, tied by terms of ours and of the vocabularies that are lifted.

IN_BODIES = sorted({(atom.predicate, atom.object) for rule in RULES for atom in rule.body})
INDIVIDUALS = [URIRef(f"urn:i:{n}") for n in range(7)]


def triples_of(body_atoms: list[tuple[str, str]]) -> st.SearchStrategy[tuple[URIRef, URIRef, URIRef | Literal]]:
    return st.builds(
        lambda subject, atom, other, text: (
            subject,
            URIRef(atom[0]),
            other if atom[1].startswith("?") and not atom[0].endswith(("name", "city")) else
            Literal(text) if atom[1].startswith("?") else URIRef(atom[1]),
        ),
        st.sampled_from(INDIVIDUALS),
        st.sampled_from(body_atoms),
        st.sampled_from(INDIVIDUALS),
        st.sampled_from(["A", "B"]),
    )  # fmt: skip


@settings(max_examples=10, deadline=None, derandomize=True)
@given(st.lists(triples_of(IN_BODIES), max_size=40))
def test_random_registers(triples: list[tuple[URIRef, URIRef, URIRef | Literal]]) -> None:
    data = Graph()
    for triple in triples:
        data.add(triple)
    both(data, ONTOLOGY)


UPWARD = [(str(TOPCO[name]), "?y") for name in ("hasDirectParent", "hasUltimateParent", "branchOf", "headquarteredIn")]


@settings(max_examples=6, deadline=None, derandomize=True)
@given(st.lists(triples_of(UPWARD), min_size=5, max_size=16))
def test_random_chains_of_parents(triples: list[tuple[URIRef, URIRef, URIRef | Literal]]) -> None:
    data = Graph()
    for triple in triples:
        data.add(triple)
    both(data, ONTOLOGY)


# Random ontologies over every kind that the compiler knows, whether this version uses it or not.

PREFIXES = """
@prefix e: <urn:e:> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
e:A a owl:Class . e:B a owl:Class . e:C a owl:Class .
e:p a owl:ObjectProperty . e:q a owl:ObjectProperty . e:r a owl:ObjectProperty . e:s a owl:ObjectProperty .
"""
SOME = "[ a owl:Restriction ; owl:onProperty e:{} ; owl:someValuesFrom {} ]"
VALUE = "[ a owl:Restriction ; owl:onProperty e:{} ; owl:hasValue e:v ]"
PROPERTY = st.sampled_from("pqrs")
CLASS = st.sampled_from("ABC").map("e:{}".format)
SIMPLE = CLASS | PROPERTY.map(VALUE.format) | st.builds(SOME.format, PROPERTY, CLASS | st.just("owl:Thing"))
BOTH = st.builds("[ a owl:Class ; owl:intersectionOf ( {} {} ) ]".format, SIMPLE, SIMPLE)
EITHER = st.builds("[ a owl:Class ; owl:unionOf ( {} {} ) ]".format, SIMPLE, SIMPLE)
AXIOM = st.one_of(
    st.builds("{} rdfs:subClassOf {} .".format, SIMPLE | BOTH | EITHER, CLASS | PROPERTY.map(VALUE.format)),
    st.builds("e:{} rdfs:subPropertyOf e:{} .".format, st.sampled_from("pq"), st.sampled_from("rs")),
    st.builds("e:{} owl:inverseOf e:{} .".format, st.just("p"), st.just("q")),
    st.builds("e:{} a owl:{}Property .".format, PROPERTY, st.sampled_from(["Transitive", "Symmetric"])),
    st.builds("e:{} rdfs:{} {} .".format, PROPERTY, st.sampled_from(["domain", "range"]), CLASS),
    st.builds("e:s owl:propertyChainAxiom ( e:{} e:{} ) .".format, st.sampled_from("pq"), st.sampled_from("pqs")),
    st.builds("{} owl:equivalentClass {} .".format, CLASS, PROPERTY.map(VALUE.format)),
    st.builds("{} owl:disjointWith {} .".format, st.just("e:A"), st.sampled_from(["e:B", "e:C"])),
)
FACTS = [(f"urn:e:{p}", "?y") for p in "pqrs"] + [(str(RDF.type), f"urn:e:{c}") for c in "ABC"]
FACTS += [(f"urn:e:{p}", "urn:e:v") for p in "pq"]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(AXIOM, min_size=1, max_size=7), st.lists(triples_of(FACTS), max_size=14))
def test_random_ontologies(axioms: list[str], triples: list[tuple[URIRef, URIRef, URIRef | Literal]]) -> None:
    ontology = Graph().parse(data=PREFIXES + "\n".join(axioms), format="turtle")
    data = Graph()
    for triple in triples:
        data.add(triple)
    both(data, ontology)


def test_a_second_run_adds_nothing_and_sources_bound_what_is_read() -> None:
    store = ox.Store()
    person, company = ox.NamedNode("urn:p"), ox.NamedNode("urn:c")
    parent = ox.NamedNode(TOPCO.hasDirectParent)
    store.add(ox.Quad(company, parent, person, ox.NamedNode("urn:read")))
    store.add(ox.Quad(person, parent, company, ox.NamedNode("urn:unread")))
    first = close_store(store, TARGET, sources=["urn:read"])
    ancestors = list(store.quads_for_pattern(None, ox.NamedNode(TOPCO.hasAncestor), None))
    assert [(q.subject, q.object, q.graph_name.value) for q in ancestors] == [(company, person, TARGET)]
    assert first.added > 0
    assert close_store(store, TARGET, sources=["urn:read"]).added == 0
    lifting = loaded_ontology().without_transitivity()
    assert close_store(store, "urn:all", ontology=lifting).added > 0
    assert not list(store.quads_for_pattern(company, ox.NamedNode(TOPCO.hasAncestor), company))


def test_a_branch_takes_the_headquarters_of_its_head_office_and_never_its_own_address() -> None:
    data = Graph().parse(
        data="""
        @prefix topco: <https://w3id.org/topco/> . @prefix country: <https://w3id.org/topco/country/> .
        <urn:office> topco:headquarteredIn country:CN .
        <urn:branch> a topco:Branch ; topco:branchOf <urn:office> ; topco:hasHeadquartersAddress <urn:place> .
        <urn:place> topco:addressCountry country:SG .
        """,
        format="turtle",
    )
    for closed in (compiled(data, loaded_ontology())[0], close_neighbourhood(data, ontology_graph=ONTOLOGY).graph):
        assert set(closed.objects(URIRef("urn:branch"), TOPCO.headquarteredIn)) == {TOPCO["country/CN"]}
        assert set(closed.objects(URIRef("urn:branch"), TOPCO.hasRecordedHeadquartersIn)) == {TOPCO["country/SG"]}


def test_members_of_an_intersection_quantify_over_things_of_their_own() -> None:
    parts = f"{SOME.format('p', 'e:A')} {SOME.format('q', 'e:B')}"
    axiom = f"[ a owl:Class ; owl:intersectionOf ( {parts} ) ] rdfs:subClassOf e:C ."
    ontology = Graph().parse(data=PREFIXES + axiom, format="turtle")
    data = Graph().parse(
        data=PREFIXES.partition("e:A a")[0] + "e:x e:p e:y ; e:q e:z . e:y a e:A . e:z a e:B . e:w e:p e:y ; e:q e:y .",
        format="turtle",
    )
    both(data, ontology)
    closed = compiled(data, read_ontology(ontology))[0]
    assert set(closed.subjects(RDF.type, URIRef("urn:e:C"))) == {URIRef("urn:e:x")}
