"""No term without a use, and no use of a term that the ontology does not declare.

A term is in use if a query, a rule, a shape, the law data or the program names it, by its IRI or by its code, or if it
belongs to a list that importers read whole: the kinds of agent and the types of interest. What such a term needs to be
understood is in use with it: the classes and properties above it, its domain and range, the class and the scheme of a
code, what a chain concludes, and what foreign terms are lifted into.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from rdflib import RDF, RDFS, Graph, URIRef
from rdflib.collection import Collection
from rdflib.namespace import OWL, SKOS

from topco import knowledge
from topco.compile.owl_profile import parse
from topco.licensing.law.vocabulary import PREFIXES
from topco.namespaces import NAMESPACE
from topco.registries.reference import known_agent_kinds, known_interests
from topco.store.quads import evidence_quads
from topco.store.schema import schema_of

ROOT = knowledge.root()
DAY = date(2025, 1, 1)
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
    """The names of our terms, as they follow the namespace, that a Turtle or SPARQL file uses."""
    text = COMMENT.sub("", QUOTED.sub('""', path.read_text(encoding="utf-8")))
    bases = {**PREFIXES, **dict(PREFIX.findall(text))}
    return {
        bases[prefix][len(NAMESPACE) :] + name
        for prefix, name in NAME.findall(text)
        if bases.get(prefix, "").startswith(NAMESPACE)
    } | set(FULL.findall(text))


def texts_of_the_program() -> list[str]:
    return [path.read_text(encoding="utf-8") for path in PROGRAM.rglob("*.py") if "compile" not in path.parts]


def words_of_the_program() -> set[str]:
    """Every quoted word: the program names terms by their local names."""
    return {w for text in texts_of_the_program() for w in re.findall(r"""["'](?:topco:)?([A-Za-z_][\w.]*)["']""", text)}


def codes_in_use() -> set[str]:
    """Every word of the program, enumeration members included, and every quoted word of the data, in lower case."""
    words = {word.lower() for text in texts_of_the_program() for word in re.findall(r"\w+", text)}
    data = (path.read_text(encoding="utf-8") for path in knowledge_files())
    return words | {code.lower() for text in data for code in re.findall(r'"([A-Za-z_]+)"', text)}


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


def read_whole() -> set[str]:
    return {*known_agent_kinds().values(), *known_interests().values()}


def test_every_term_has_a_use(ontology: Graph, declared: dict[str, URIRef]) -> None:
    words = words_of_the_program()
    named = {name for path in knowledge_files() for name in names_in(path)}
    codes = codes_in_use()
    used = {term for name, term in declared.items() if name in named | words} | lifted_into(ontology)
    used |= {t for t in declared.values() if any(str(n).lower() in codes for n in ontology.objects(t, SKOS.notation))}
    used |= {o for _, p, o in ontology if p == OWL.hasValue and isinstance(o, URIRef)}
    used |= {declared[name] for name in read_whole()}
    waiting = set(used)
    while waiting:
        waiting = {n for term in waiting for n in needed_by(term, ontology)} - used
        used |= waiting
    assert sorted(name for name, term in declared.items() if term not in used) == []


def test_every_use_has_a_declaration(declared: dict[str, URIRef]) -> None:
    missing = {
        f"{name} ({path.relative_to(ROOT)})"
        for path in knowledge_files()
        for name in names_in(path) - set(declared)
        if "/" not in name  # things below the namespace, such as countries and parameters, are data
    }
    assert sorted(missing) == []


@pytest.mark.parametrize("page", ["ontology.md", "glossary.md", "evidence.md"])
def test_the_documentation_names_declared_terms_only(page: str, declared: dict[str, URIRef]) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    names = set(re.findall(r"`?topco:([A-Za-z_]+)\b(?!/)", text))
    assert len(names) > 5 or page == "ontology.md"
    assert names - set(declared) == set()


ROWS: dict[str, dict[str, Any]] = {
    "entities": {"kind": "LegalEntity", "standing": "Current"},
    "names": {},
    "relationships": {
        "kind": "DirectConsolidation",
        "standing": "Void",
        "valid_from": DAY,
        "valid_to": DAY,
        "stale": True,
    },
    "absences": {"level": "UltimateLevel", "reason": "NO_LEI"},
    "holdings": {
        "interest": "votingRights",
        "standing": "Ended",
        "valid_from": DAY,
        "valid_to": DAY,
        "share_exact": 1,
        "share_min": 1,
        "share_max": 1,
        "share_min_exclusive": True,
        "share_max_exclusive": False,
    },
}


@pytest.mark.parametrize("table", ROWS)
def test_the_graph_is_written_with_declared_terms_only(table: str, declared: dict[str, URIRef]) -> None:
    schema = schema_of(table)
    text = {name: "DE" for name, kind in schema.items() if kind == pl.String}
    days = {name: DAY for name, kind in schema.items() if kind == pl.Date}
    frame = pl.DataFrame([{**text, **days, "row": 2, **ROWS[table]}], schema=schema, orient="row")
    written = list(evidence_quads("load", table, frame))
    used = {quad.predicate.value for quad in written}
    used |= {quad.object.value for quad in written if quad.object.value.startswith(NAMESPACE)}
    ours = {iri[len(NAMESPACE) :] for iri in used if iri.startswith(NAMESPACE)}
    terms = {name for name in ours if "/" not in name}
    assert len(terms) >= 4
    assert terms - set(declared) == set()
