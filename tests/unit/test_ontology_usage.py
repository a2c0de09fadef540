"""No term without a use, and no use of a term that the ontology does not declare.

A term is in use if a query, a rule, a shape, the law data or the program names it, by its IRI or by its code. What
such a term needs to be understood is in use with it: the classes and properties above it, its domain and range, the
class and the scheme of a code, what a chain concludes, and what foreign terms are lifted into.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import RDF, RDFS, Graph, URIRef
from rdflib.collection import Collection
from rdflib.namespace import OWL, SKOS

from topco import knowledge
from topco.compile.owl_profile import parse
from topco.namespaces import NAMESPACE

ROOT = knowledge.root()
PROGRAM = Path(knowledge.__file__).parent
PREFIX = re.compile(r"(?im)^\s*@?prefix\s+([\w-]*):\s*<([^>]*)>")
QUOTED = re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*"""|"(?:[^"\\\n]|\\.)*"')
COMMENT = re.compile(r"(?m)(?:^|\s)#.*$")
NAME = re.compile(r"(?<![\w<:/-])([A-Za-z][\w-]*):([A-Za-z_][\w-]*)")
FULL = re.compile(rf"<{NAMESPACE}([A-Za-z_]\w*)>")


def knowledge_files() -> list[Path]:
    patterns = ("queries/**/*.rq", "rules/**/*.rq", "rules/**/*.ttl", "shapes/**/*.ttl", "data/**/*.ttl")
    found = [path for pattern in patterns for path in sorted(ROOT.glob(pattern))]
    return [path for path in found if "hygiene" not in path.parts]


def names_in(path: Path) -> set[str]:
    """The local names of our terms, directly below the namespace, that a Turtle or SPARQL file uses."""
    text = COMMENT.sub("", QUOTED.sub('""', path.read_text(encoding="utf-8")))
    ours = {prefix for prefix, base in PREFIX.findall(text) if base == NAMESPACE} | {"topco"}
    return {name for prefix, name in NAME.findall(text) if prefix in ours} | set(FULL.findall(text))


def words_of_the_program() -> set[str]:
    """Every quoted word of the code: it names terms by their local names and codes by their notations."""
    texts = [path.read_text(encoding="utf-8") for path in PROGRAM.rglob("*.py") if "compile" not in path.parts]
    return {word for text in texts for word in re.findall(r"""["'](?:topco:)?([A-Za-z_][\w.]*)["']""", text)}


@pytest.fixture(scope="module")
def ontology() -> Graph:
    return parse(knowledge.files("ontology"))


@pytest.fixture(scope="module")
def declared(ontology: Graph) -> dict[str, URIRef]:
    modules = set(ontology.subjects(RDF.type, OWL.Ontology))
    terms = {s for s in ontology.subjects(RDF.type, None) if isinstance(s, URIRef) and s.startswith(NAMESPACE)}
    return {str(term)[len(NAMESPACE) :]: term for term in terms - modules}


def needed_by(term: URIRef, ontology: Graph) -> Iterator[URIRef]:
    """What must be declared for a term in use to be understood."""
    for predicate in (RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range, RDF.type, SKOS.inScheme):
        yield from (o for o in ontology.objects(term, predicate) if isinstance(o, URIRef))
    for predicate, value in ontology.predicate_objects(term):
        if isinstance(value, URIRef) and predicate.startswith(NAMESPACE):
            yield value
    for concluded, steps in ontology.subject_objects(OWL.propertyChainAxiom):
        if term in set(Collection(ontology, steps)):
            yield concluded


def lifted_into(ontology: Graph) -> set[URIRef]:
    foreign = (t for t in ontology if isinstance(t[0], URIRef) and not t[0].startswith(NAMESPACE))
    return {o for _, p, o in foreign if p in (RDFS.subClassOf, RDFS.subPropertyOf) and isinstance(o, URIRef)}


def test_every_term_has_a_use(ontology: Graph, declared: dict[str, URIRef]) -> None:
    words = words_of_the_program()
    named = {name for path in knowledge_files() for name in names_in(path)}
    codes = {code for text in map(Path.read_text, knowledge_files()) for code in re.findall(r'"([A-Za-z_]+)"', text)}
    used = {term for name, term in declared.items() if name in named | words} | lifted_into(ontology)
    used |= {t for t in declared.values() if any(str(n) in words | codes for n in ontology.objects(t, SKOS.notation))}
    used |= {o for _, p, o in ontology if p == OWL.hasValue and isinstance(o, URIRef)}
    waiting = set(used)
    while waiting:
        waiting = {n for term in waiting for n in needed_by(term, ontology)} - used
        used |= waiting
    assert sorted(name for name, term in declared.items() if term not in used) == []


def test_every_use_has_a_declaration(declared: dict[str, URIRef]) -> None:
    missing = {
        f"{name} ({path.relative_to(ROOT)})" for path in knowledge_files() for name in names_in(path) - set(declared)
    }
    assert sorted(missing) == []


def test_the_graph_is_written_with_declared_terms_only(declared: dict[str, URIRef]) -> None:
    text = (PROGRAM / "store" / "quads.py").read_text(encoding="utf-8")
    keys = set(re.findall(r'"(\w+)": ', text)) - {"a"}
    classes = set(re.findall(r'term_node\("(\w+)"\)', text)) | set(re.findall(r'": "([A-Z]\w+)"', text))
    assert len(keys) > 30
    assert len(classes) > 5
    assert (keys | classes) - set(declared) == set()
