"""The ontology as text: canonical form, size, versions, and the hygiene queries."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import RDF, Graph, Namespace, URIRef
from rdflib.namespace import OWL, SKOS

from topco import knowledge
from topco.compile.canonical import canonical
from topco.compile.owl_profile import parse
from topco.errors import BadInput

MODULES = sorted((knowledge.root() / "ontology").glob("*.ttl"))
HYGIENE = sorted((knowledge.root() / "queries" / "hygiene").glob("*.rq"))
TOPCO = Namespace("https://w3id.org/topco/")


def banner(path: Path) -> str:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("# banner: "), f"{path.name} must start with its banner"
    return first.removeprefix("# banner: ")


@pytest.fixture(scope="module")
def ontology() -> Graph:
    return parse(knowledge.files("ontology"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_module_is_canonical_and_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert canonical(text) == text, f"run: python -m topco.compile.canonical {path.name}"
    assert len(text.splitlines()) < 300


def test_mappings_are_the_only_module_that_is_never_loaded() -> None:
    loaded = {path.name for path in knowledge.files("ontology")}
    assert {path.name for path in MODULES} - loaded == {"mappings.ttl"}


@pytest.mark.parametrize("path", HYGIENE, ids=banner)
def test_hygiene(path: Path, ontology: Graph) -> None:
    problems = [f"{row.term} {row.problem}" for row in ontology.query(path.read_text(encoding="utf-8"))]
    assert problems == []


BAD_TERM = """
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix topco: <https://w3id.org/topco/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
topco:anvil a owl:Class , owl:ObjectProperty ; rdfs:label "Anvil" , "hammer"@en ;
    skos:definition "An anvil." , "thing that is an Anvil" ; rdfs:subClassOf topco:Undeclared , topco:Tool .
topco:Tool a owl:Class , owl:Class ; rdfs:label "hammer"@en ; rdfs:subClassOf topco:anvil , <http://example.org/Thing> .
topco:unlabelled a owl:FunctionalProperty , owl:ObjectProperty ; rdfs:domain topco:Tool , topco:anvil .
topco:twin a owl:Class ; skos:definition "An anvil." ; skos:inScheme topco:Scheme .
topco:one a topco:Code ; skos:inScheme topco:Scheme ; skos:notation "x" .
topco:two a topco:Code ; skos:inScheme topco:Scheme ; skos:notation "x" .
topco:odd rdfs:subClassOf <http://example.org/Foreign> .
<http://example.org/o> a owl:Ontology .
"""


@pytest.mark.parametrize("path", HYGIENE, ids=banner)
def test_every_hygiene_query_finds_what_it_is_for(path: Path) -> None:
    bad = Graph().parse(data=BAD_TERM, format="turtle")
    rows = list(bad.query(path.read_text(encoding="utf-8")))
    assert rows, f"{path.name} found nothing in a graph that breaks every rule"
    assert all(row.term is not None and row.problem is not None for row in rows)


def test_every_code_of_the_contract_has_a_status_with_a_sentence(ontology: Graph) -> None:
    codes = {
        str(ontology.value(status, SKOS.notation)): ontology.value(status, SKOS.scopeNote)
        for status in ontology.subjects(RDF.type, TOPCO.ResolutionStatus)
    }
    contract = "resolved own_top no_evidence open_top outside_data withheld possible joint conflicting cyclic"
    assert set(codes) == set(contract.split())
    assert all(sentence and sentence.endswith(".") for sentence in codes.values())


def test_every_note_of_the_resolution_page_has_a_sentence(ontology: Graph) -> None:
    page = (knowledge.root() / "docs" / "resolution.md").read_text(encoding="utf-8")
    notes = {
        str(ontology.value(note, SKOS.notation)): ontology.value(note, SKOS.scopeNote)
        for note in ontology.subjects(RDF.type, TOPCO.ResolutionNote)
    }
    assert all(f"`{code}`" in page for code in notes)
    assert all(sentence and sentence.endswith(".") for sentence in notes.values())


def test_every_absence_reason_has_one_reading(ontology: Graph) -> None:
    no_parent = {"NATURAL_PERSONS", "NO_KNOWN_PERSON", "noBeneficialOwners"}
    for reason in ontology.subjects(RDF.type, TOPCO.AbsenceReason):
        code = str(ontology.value(reason, SKOS.notation))
        readings = list(ontology.objects(reason, TOPCO.parentReading))
        assert readings == [TOPCO.NoParent if code in no_parent else TOPCO.ParentWithheld]
        assert reason == TOPCO[code]


def test_review_policies_are_ordered_by_strictness(ontology: Graph) -> None:
    policies = {
        str(ontology.value(policy, SKOS.notation)): int(ontology.value(policy, TOPCO.strictness))  # type: ignore[arg-type]
        for policy in ontology.subjects(RDF.type, TOPCO.ReviewPolicy)
        if ontology.value(policy, TOPCO.strictness) is not None
    }
    order = ["denial_policy", "denial_presumption", "owner_policy", "not_verified", "case_by_case", "none_stated"]
    order += ["approval_within_allocation", "approval"]
    assert sorted(policies, key=lambda code: -policies[code]) == order
    assert sorted(policies.values()) == list(range(1, 9))


def test_mappings_map_known_terms_and_state_no_axiom(ontology: Graph) -> None:
    mappings = Graph().parse(knowledge.root() / "ontology" / "mappings.ttl")
    subjects = {s for s in mappings.subjects() if s != URIRef("https://w3id.org/topco/ontology/mappings")}
    assert all((subject, RDF.type, None) in ontology for subject in subjects)
    allowed = {SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch, SKOS.exactMatch, SKOS.note}
    assert {p for s, p, _ in mappings if s in subjects} <= allowed


def test_alignment_lifts_foreign_terms_and_never_defines_ours() -> None:
    align = Graph().parse(knowledge.root() / "ontology" / "align.ttl")
    named = {s for s in align.subjects() if isinstance(s, URIRef) and not s.startswith(TOPCO.ontology)}
    assert named
    assert not [s for s in named if s.startswith(TOPCO)]


def test_the_canonical_form_keeps_the_meaning_and_does_not_depend_on_the_order() -> None:
    text = (knowledge.root() / "ontology" / "core.ttl").read_text(encoding="utf-8")
    graph = Graph(bind_namespaces="none").parse(data=text, format="turtle")
    prefixes = "".join(line + "\n" for line in text.splitlines() if line.startswith("@prefix"))
    backwards = "\n".join(sorted(graph.serialize(format="nt").splitlines(), reverse=True))
    again = canonical(prefixes + backwards)
    assert text.endswith(again)
    assert Graph().parse(data=again, format="turtle").isomorphic(graph)


def test_a_shared_blank_node_has_no_canonical_form() -> None:
    with pytest.raises(BadInput, match="share a blank node"):
        canonical("@prefix e: <http://e.org/> . e:a e:p _:b . e:c e:p _:b . _:b e:q 1 .")


def test_no_term_lies_outside_the_namespace(ontology: Graph) -> None:
    modules = set(ontology.subjects(RDF.type, OWL.Ontology))
    assert all(str(module).startswith("https://w3id.org/topco/ontology/") for module in modules)
