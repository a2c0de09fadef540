"""Addresses of pages: every state of a page is its address and what stands in its query."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote, urlencode

Query = Iterable[tuple[str, str | None]]


def entity_address(identifier: str, query: Query = ()) -> str:
    """The page of an entity; its identifier is one part of the path, whatever stands in it.

    >>> entity_address("OC:gb/1", [("as_of", "2026-01-31"), ("test", None)])
    '/entity/OC:gb%2F1?as_of=2026-01-31'
    """
    return with_query(f"/entity/{segment(identifier)}", query)


def entity_document(identifier: str) -> str:
    """Where the documents about an entity begin.

    >>> entity_document("X:../a")
    '/api/v1/entities/X:..%2Fa'
    """
    return f"/api/v1/entities/{segment(identifier)}"


def source_address(load: str) -> str:
    """The page of a load."""
    return f"/sources/{segment(load)}"


def segment(text: str) -> str:
    """A text as one part of a path: what would end the part, or leave it, is written in hexadecimal."""
    return quote(text, safe=":")


def with_query(path: str, query: Query = ()) -> str:
    """A path with what of a query has a value.

    >>> with_query("/case", [("ultimate_consignee.entity", "LEI:A"), ("as_of", "")])
    '/case?ultimate_consignee.entity=LEI%3AA'
    """
    pairs = [(name, value) for name, value in query if value]
    return f"{path}?{urlencode(pairs)}" if pairs else path
