"""Terms as people read them: `LEI:5299…`, `CN`, `gleif/rr/R-…`, a date, a number; in the forms of the evidence columns.

The engines' own term classes stay inside the query package; everything outside sees plain values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from pyoxigraph import BlankNode, Literal, NamedNode

from topco.namespaces import COUNTRY_BASE, ENTITY_BASE, LOAD_BASE, NAMESPACE, PREFIXES, RECORD_BASE, id_of_iri

if TYPE_CHECKING:
    from pyoxigraph import Triple

Value = str | int | bool | None

_XSD = PREFIXES["xsd"]
_ADDRESSES = ("/headquarters", "/registered")
# In an address's IRI: after the scheme and after the value, in which slashes are percent-encoded.
_STEPS_OF_ADDRESS = 2


def compact_iri(iri: str) -> str:
    """An IRI in the form that is used outside RDF, else with its prefix, else whole.

    >>> compact_iri("https://w3id.org/topco/id/LEI/5493001Z012YSB2A0K51")
    'LEI:5493001Z012YSB2A0K51'
    >>> compact_iri("https://w3id.org/topco/record/gleif/rr/R-A-B-D"), compact_iri("https://w3id.org/topco/country/SE")
    ('gleif/rr/R-A-B-D', 'SE')
    >>> compact_iri("https://w3id.org/topco/id/X/a/registered"), compact_iri("https://w3id.org/topco/id/X/registered")
    ('X:a/registered', 'X:registered')
    >>> compact_iri("https://w3id.org/topco/Current"), compact_iri("https://w3id.org/topco/group/D5")
    ('Current', 'group:D5')
    >>> compact_iri("http://www.w3.org/2004/02/skos/core#broader"), compact_iri("http://example.org/x")
    ('skos:broader', 'http://example.org/x')
    """
    if iri.startswith(ENTITY_BASE):
        for use in _ADDRESSES:
            if iri.endswith(use) and iri.count("/", len(ENTITY_BASE)) == _STEPS_OF_ADDRESS:
                return id_of_iri(iri.removesuffix(use)) + use
        return id_of_iri(iri)
    for base in (RECORD_BASE, LOAD_BASE, COUNTRY_BASE):
        if iri.startswith(base):
            return unquote(iri[len(base) :])
    if iri.startswith(NAMESPACE) and "/" not in iri[len(NAMESPACE) :]:
        return unquote(iri[len(NAMESPACE) :])
    for prefix, base in sorted(PREFIXES.items(), key=lambda item: -len(item[1])):
        if iri.startswith(base):
            return f"{prefix}:{iri[len(base) :]}"
    return iri


def plain(term: NamedNode | Literal | BlankNode | Triple | None) -> Value:
    """A term of an answer as a plain value: integers and booleans as such, everything else as text.

    >>> plain(Literal(12)), plain(Literal(True)), plain(Literal("ä", language="de"))
    (12, True, 'ä')
    """
    if isinstance(term, NamedNode):
        return compact_iri(term.value)
    if isinstance(term, Literal):
        datatype = term.datatype.value
        if datatype == _XSD + "integer" and term.value.lstrip("+-").isdecimal():
            return int(term.value)
        if datatype == _XSD + "boolean":
            return term.value in ("true", "1")
        return term.value
    return None if term is None else str(term)
