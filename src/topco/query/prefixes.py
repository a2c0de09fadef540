"""The prefixes that every query has without declaring them."""

from __future__ import annotations

from topco.namespaces import COUNTRY_BASE, LOAD_BASE, NAMESPACE, PREFIX

PREFIXES = {
    PREFIX: NAMESPACE,
    "country": COUNTRY_BASE,
    "group": NAMESPACE + "group/",
    "load": LOAD_BASE,
    "parameter": NAMESPACE + "parameter/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
