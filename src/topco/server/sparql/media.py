"""The forms of answers, and which one a client's `Accept` asks for (RFC 9110, section 12.5.1)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HTML = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True)
class Form:
    """A form of answers.

    Attributes:
        name: as the engine calls it.
        registered: its name among the W3C's unique URIs for file formats.
        media_types: what it goes by, the registered one first.
        is_xml: whether it can hold the characters of XML alone.
        charset: whether its media type says that it is in UTF-8; those of the others fix it.
    """

    name: str
    registered: str
    media_types: tuple[str, ...]
    is_xml: bool = False
    charset: bool = False


RESULTS = (
    Form("JSON", "SPARQL_Results_JSON", ("application/sparql-results+json", "application/json")),
    Form("XML", "SPARQL_Results_XML", ("application/sparql-results+xml", "application/xml", "text/xml"), is_xml=True),
    Form("CSV", "SPARQL_Results_CSV", ("text/csv",), charset=True),
    Form("TSV", "SPARQL_Results_TSV", ("text/tab-separated-values",), charset=True),
)
GRAPHS = (
    Form("TURTLE", "Turtle", ("text/turtle", "application/x-turtle"), charset=True),
    Form("N_TRIPLES", "N-Triples", ("application/n-triples",)),
    Form("JSON_LD", "JSON-LD", ("application/ld+json",)),
    Form("RDF_XML", "RDF_XML", ("application/rdf+xml", "application/xml", "text/xml"), is_xml=True),
)


@dataclass(frozen=True)
class _Range:
    """One entry of an `Accept`: `text/*;q=0.5`."""

    media: str
    quality: float

    @property
    def precision(self) -> int:
        """0 for `*/*`, 1 for `text/*`, 2 for a media type."""
        return 0 if self.media == "*/*" else 1 if self.media.endswith("/*") else 2

    def covers(self, media_type: str) -> bool:
        return self.precision == 0 or self.media == media_type or self.media == media_type.partition("/")[0] + "/*"


@lru_cache(maxsize=256)
def chosen(accept: str | None, forms: tuple[Form, ...]) -> tuple[str, Form] | None:
    """The media type and the form to answer in; the first form for a client that does not care, None if none will do.

    >>> chosen("text/csv;q=0.5, application/xml", RESULTS)[0], chosen("*/*", RESULTS)[0], chosen("image/png", RESULTS)
    ('application/xml', 'application/sparql-results+json', None)
    >>> chosen("application/*, application/sparql-results+json;q=0", RESULTS)[0]
    'application/json'
    """
    ranges = list(_ranges(accept))
    if not ranges:
        return forms[0].media_types[0], forms[0]
    offers = [(media_type, form) for form in forms for media_type in form.media_types]
    quality, best = max(((_quality(media, ranges), (media, form)) for media, form in offers), key=lambda pair: pair[0])
    return best if quality > 0 else None


@lru_cache(maxsize=256)
def prefers_a_page(accept: str | None, forms: tuple[Form, ...]) -> bool:
    """Whether a client names HTML, and would rather have it than any form of an answer that it names.

    >>> prefers_a_page("text/html,application/xml;q=0.9,*/*;q=0.8", RESULTS), prefers_a_page("*/*", RESULTS)
    (True, False)
    """
    ranges = [entry for entry in _ranges(accept) if entry.precision == 2]
    named = [_quality(media, ranges) for form in forms for media in form.media_types]
    return max(_quality(media, ranges) for media in HTML) > max(named)


def content_type(media_type: str, form: Form) -> str:
    """The `Content-Type` of an answer."""
    return f"{media_type}; charset=utf-8" if form.charset else media_type


def _quality(media_type: str, ranges: Sequence[_Range]) -> float:
    """How much a client likes a media type: what its most precise entry says, 0 if none covers it."""
    covering = [entry for entry in ranges if entry.covers(media_type)]
    return max(covering, key=lambda entry: entry.precision).quality if covering else 0.0


def _ranges(accept: str | None) -> Iterator[_Range]:
    for entry in (accept or "").lower().split(","):
        media, *parameters = (part.strip() for part in entry.split(";"))
        if "/" not in media:
            continue
        weights = [text.partition("=")[2] for text in parameters if text.startswith("q=")]
        yield _Range(media, _weight(weights[0]) if weights else 1.0)


def _weight(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 0.0
