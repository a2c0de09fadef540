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
    return with_query(f"/entity/{quote(identifier, safe=':')}", query)


def with_query(path: str, query: Query = ()) -> str:
    """A path with what of a query has a value.

    >>> with_query("/case", [("ultimate_consignee.entity", "LEI:A"), ("as_of", "")])
    '/case?ultimate_consignee.entity=LEI%3AA'
    """
    pairs = [(name, value) for name, value in query if value]
    return f"{path}?{urlencode(pairs)}" if pairs else path
