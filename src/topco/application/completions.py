"""What may be written in a query of this graph, for editors that complete words: terms, prefixes, country groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from topco import knowledge
from topco.namespaces import NAMESPACE, PREFIX, PREFIXES, term

_RDF, _RDFS, _SKOS = PREFIXES["rdf"], PREFIXES["rdfs"], PREFIXES["skos"]
_OWL = "http://www.w3.org/2002/07/owl#"
KINDS = {
    f"{_OWL}Class": "class",
    f"{_OWL}ObjectProperty": "property",
    f"{_OWL}DatatypeProperty": "property",
}
_GROUPS = "rules/regulation/country-groups.ttl"


@cache
def completions() -> tuple[dict[str, str], ...]:
    """Words with their kind (class, property, concept, group, prefix), their label and what they mean.

    >>> next(one["detail"] for one in completions() if one["label"] == "topco:hasDirectParent")
    'has direct parent'
    """
    found = [*_prefixes(), *_terms(), *_groups()]
    return tuple(sorted(found, key=lambda one: one["label"]))


def _prefixes() -> Iterator[dict[str, str]]:
    for name, base in PREFIXES.items():
        yield {"label": f"{name}:", "type": "prefix", "detail": base, "info": "declared without a PREFIX line"}


def _terms() -> Iterator[dict[str, str]]:
    for file in knowledge.files("ontology"):
        for iri, about in knowledge.facts(file.relative_to(knowledge.root()).as_posix()).items():
            local = iri.removeprefix(NAMESPACE)
            if iri == local or "/" in local or not about.get(_RDFS + "label"):
                continue
            kind = next((KINDS[one] for one in about.get(_RDF + "type", ()) if one in KINDS), "concept")
            yield _word(f"{PREFIX}:{local}", kind, about)


def _groups() -> Iterator[dict[str, str]]:
    base = PREFIXES["group"]
    for iri, about in knowledge.facts(_GROUPS).items():
        if iri.startswith(base) and term("CountryGroup") in about.get(_RDF + "type", ()):
            yield _word(f"group:{iri.removeprefix(base)}", "group", about)


def _word(label: str, kind: str, about: Mapping[str, list[str]]) -> dict[str, str]:
    meaning = about.get(_SKOS + "definition") or about.get(_RDFS + "comment") or [""]
    named = about.get(_RDFS + "label") or [""]
    return {"label": label, "type": kind, "detail": named[0], "info": meaning[0]}
