"""The nodes and literals of the evidence graph: how an identifier, a record, a code or a day is written in RDF.

`docs/evidence.md` fixes the terms. No blank nodes: every IRI comes from the value alone.
A language tag is lower-cased; one that is none (BCP 47) is dropped, the name stays.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode

from topco.namespaces import COUNTRY_BASE, LOAD_BASE, NAMESPACE, RECORD_BASE, iri_of_id
from topco.ownership.shares import percent

if TYPE_CHECKING:
    from datetime import date

Node = NamedNode | Literal

_XSD = "http://www.w3.org/2001/XMLSchema#"
TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
DATE = NamedNode(_XSD + "date")
DATE_TIME = NamedNode(_XSD + "dateTime")
DECIMAL = NamedNode(_XSD + "decimal")
INTEGER = NamedNode(_XSD + "integer")
TRUE, FALSE = Literal(True), Literal(False)


@lru_cache(maxsize=4096)
def term_node(name: str) -> NamedNode:
    """A class, property or concept of the ontology; a source code with odd characters is percent-encoded.

    >>> term_node("NATURAL_PERSONS").value
    'https://w3id.org/topco/NATURAL_PERSONS'
    """
    return NamedNode(NAMESPACE + quote(name, safe=""))


@lru_cache(maxsize=4096)
def country_node(code: str) -> NamedNode:
    return NamedNode(COUNTRY_BASE + quote(code, safe=""))


@lru_cache(maxsize=1024)
def load_node(load_id: str) -> NamedNode:
    """The node of a load, which is also the name of its graph."""
    return NamedNode(LOAD_BASE + quote(load_id, safe=""))


def record_iri(record: str) -> str:
    """The IRI of a source record.

    >>> record_iri("gleif/rr/R-A-B-D")
    'https://w3id.org/topco/record/gleif/rr/R-A-B-D'
    """
    return RECORD_BASE + quote(record, safe="/")


def entity_iri(identifier: str) -> str:
    """The IRI of an entity; what a foreign IRI may not contain is percent-encoded.

    >>> entity_iri("LEI:5493001Z012YSB2A0K51")
    'https://w3id.org/topco/id/LEI/5493001Z012YSB2A0K51'
    >>> entity_iri("http://example.org/a b")
    'http://example.org/a%20b'
    """
    iri = iri_of_id(identifier)
    return re.sub(r'[\x00-\x20<>"{}|\\^`]', lambda match: quote(match[0]), iri) if "://" in identifier else iri


def text_literal(text: str, language: str | None) -> Literal:
    """A name in its language, or without one if the tag is none.

    >>> str(text_literal("Alpha", "EN")), str(text_literal("Alpha", "english language"))
    ('"Alpha"@en', '"Alpha"')
    """
    tag = language_tag(language)
    return Literal(text) if tag is None else Literal(text, language=tag)


@lru_cache(maxsize=1024)
def language_tag(language: str | None) -> str | None:
    """The lower-cased tag, or None if it is no language tag.

    >>> language_tag("zh-Hans"), language_tag("toolonglanguage")
    ('zh-hans', None)
    """
    if language is None:
        return None
    try:
        return Literal("", language=language).language
    except ValueError:
        return None


def date_literal(day: date) -> Literal:
    return Literal(day.isoformat(), datatype=DATE)


def share_literal(units: int | None) -> Literal | None:
    """A share in percent, exact.

    >>> str(share_literal(625_000_000))
    '"62.5"^^<http://www.w3.org/2001/XMLSchema#decimal>'
    """
    return None if units is None else Literal(percent(units), datatype=DECIMAL)


def literal(value: Node | str | date | bool | int) -> Node:
    """A plain value as a literal of its type; a node is itself.

    >>> str(literal(True)), str(literal("a"))
    ('"true"^^<http://www.w3.org/2001/XMLSchema#boolean>', '"a"')
    """
    if isinstance(value, NamedNode | Literal):
        return value
    if isinstance(value, str):
        return Literal(value)
    if isinstance(value, bool):
        return TRUE if value else FALSE
    if isinstance(value, int):
        return Literal(str(value), datatype=INTEGER)
    return date_literal(value)
