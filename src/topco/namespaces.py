"""IRIs and identifiers: one namespace, in one constant.

Outside RDF an identifier is written `SCHEME:VALUE` (`LEI:5299…`, `GB-COH:00102498`); inside, the same thing is
`<https://w3id.org/topco/id/SCHEME/VALUE>`. A value with characters that an IRI forbids is percent-encoded.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

NAMESPACE = "https://w3id.org/topco/"
PREFIX = "topco"
ENTITY_BASE = NAMESPACE + "id/"
RECORD_BASE = NAMESPACE + "record/"
LOAD_BASE = NAMESPACE + "load/"
COUNTRY_BASE = NAMESPACE + "country/"

# The prefixes that every query has without declaring them.
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

_BARE_LEI = re.compile(r"[0-9A-Z]{18}[0-9]{2}|[0-9A-Z]{20}")
_SCHEMED = re.compile(r"([A-Za-z][A-Za-z0-9-]*):(.+)")
_NO_IRI = re.compile(r"[\x00-\x20<>\"{}|\\^`\x7f-\x9f\ud800-\udfff]")


def normalise_id(text: str) -> str:
    """The canonical `SCHEME:VALUE` form of what a user typed: a bare LEI, a schemed identifier or an IRI of ours.

    >>> normalise_id("5493001Z012YSB2A0K51")
    'LEI:5493001Z012YSB2A0K51'
    >>> normalise_id("lei:5493001z012ysb2a0k51")
    'LEI:5493001Z012YSB2A0K51'
    >>> normalise_id("https://w3id.org/topco/id/GB-COH/00102498")
    'GB-COH:00102498'
    """
    text = text.strip()
    if text.startswith(ENTITY_BASE):
        return id_of_iri(text)
    upper = text.upper()
    if _BARE_LEI.fullmatch(upper):
        return f"LEI:{upper}"
    match = _SCHEMED.fullmatch(text)
    if match and match[1].upper() == "LEI":
        return f"LEI:{match[2].strip().upper()}"
    return text


def is_id(text: str) -> bool:
    """Whether a text in canonical form can stand for an entity: `SCHEME:VALUE` in one line, or an IRI.

    >>> is_id("X:Beispiel & Co"), is_id("https://example.org/a"), is_id("alpha"), is_id("https://example.org/a b")
    (True, True, False, False)
    """
    if _SCHEMED.fullmatch(text) is None or not text.isprintable():
        return False
    return "://" not in text or _NO_IRI.search(text) is None


def iri_of_id(identifier: str) -> str:
    """The IRI of an identifier; an IRI is its own.

    >>> iri_of_id("LEI:5493001Z012YSB2A0K51")
    'https://w3id.org/topco/id/LEI/5493001Z012YSB2A0K51'
    """
    if "://" in identifier:
        return identifier
    scheme, _, value = identifier.partition(":")
    return f"{ENTITY_BASE}{scheme}/{quote(value, safe='')}"


def id_of_iri(iri: str) -> str:
    """The identifier that an entity IRI stands for; a foreign IRI stays itself.

    >>> id_of_iri("https://w3id.org/topco/id/LEI/5493001Z012YSB2A0K51")
    'LEI:5493001Z012YSB2A0K51'
    >>> id_of_iri("http://example.org/x")
    'http://example.org/x'
    """
    if not iri.startswith(ENTITY_BASE):
        return iri
    scheme, _, value = iri[len(ENTITY_BASE) :].partition("/")
    return f"{scheme}:{unquote(value)}"


def term(local_name: str) -> str:
    """The IRI of a term of the ontology, a class, a property or a concept.

    >>> term("hasUltimateParent")
    'https://w3id.org/topco/hasUltimateParent'
    """
    return NAMESPACE + local_name


def local_name(iri: str) -> str:
    """What follows the last slash or hash of an IRI.

    >>> local_name("https://w3id.org/topco/country/SE")
    'SE'
    """
    return iri[max(iri.rfind("/"), iri.rfind("#")) + 1 :]
