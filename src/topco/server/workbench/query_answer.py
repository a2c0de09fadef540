"""An answer to a SPARQL query as a page shows it: a table with links, a truth, or a graph that is drawn."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import pyoxigraph as ox
from markupsafe import Markup

from topco.errors import BadInput
from topco.explain.picture import MOST_BOXES, Box, Line, Words, picture
from topco.namespaces import COUNTRY_BASE, ENTITY_BASE, PREFIXES, id_of_iri
from topco.query.compact import compact_iri
from topco.reports.words import country_name
from topco.server.workbench.addresses import entity_address

MOST_ROWS = 1_000
"""Rows that the page shows; a file holds all."""
MOST_NESTED = 20
MOST_LINES = 300
"""Lines that a picture has at most: among few nodes there may be thousands, which nobody can read."""
_STEPS_OF_AN_ID = 2
_LITERALS = 4  # of a node that a picture shows in it
_WORDS = Words("has", "subject", "object")
_LABELS = frozenset({f"{PREFIXES['rdfs']}label", f"{PREFIXES['skos']}prefLabel", "https://w3id.org/topco/name"})


@dataclass(frozen=True)
class Cell:
    """A term: how it is shown, where it leads, what it is in full."""

    text: str
    link: str = ""
    whole: str = ""
    is_code: bool = False


@dataclass(frozen=True)
class Shown:
    """What the page shows of an answer.

    Attributes:
        columns: of a table.
        rows: its cells, not more than the page shows.
        count: how many rows or triples there are.
        truth: the answer to an ASK.
        picture: a graph that is drawn.
        nodes: how many nodes a graph has, literals left aside.
    """

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    count: int = 0
    truth: bool | None = None
    is_graph: bool = False
    picture: Markup | None = None
    nodes: int = 0


def of_results(body: bytes) -> Shown:
    """The answer to a SELECT or an ASK, from SPARQL results in JSON."""
    found = _document(body)
    if "boolean" in found:
        return Shown(truth=bool(found["boolean"]))
    columns, bindings = tuple(found["head"]["vars"]), found["results"]["bindings"]
    rows = tuple(tuple(_cell(row.get(name)) for name in columns) for row in bindings[:MOST_ROWS])
    return Shown(columns, rows, len(bindings))


def of_triples(body: bytes) -> Shown:
    """The answer to a CONSTRUCT or a DESCRIBE, from N-Triples."""
    triples = [
        triple for triple in ox.parse(body, format=ox.RdfFormat.N_TRIPLES) if not isinstance(triple.subject, ox.Triple)
    ]
    rows = tuple((_term(one.subject), _term(one.predicate), _term(one.object)) for one in triples[:MOST_ROWS])
    names = dict.fromkeys(
        str(end) for one in triples for end in (one.subject, one.object) if not isinstance(end, ox.Literal)
    )
    lines = sum(not isinstance(one.object, ox.Literal) for one in triples)
    is_drawn = 0 < len(names) <= MOST_BOXES and lines <= MOST_LINES
    drawn = Markup(_picture(triples)) if is_drawn else None  # it escapes every text itself
    return Shown(("subject", "property", "object"), rows, len(triples), None, True, drawn, len(names))


def plain_rows(body: bytes) -> tuple[Sequence[str], Iterator[Mapping[str, str]]]:
    """The columns and rows of SPARQL results in JSON, as plain text."""
    found = _document(body)
    if "boolean" in found:
        return ("answer",), iter([{"answer": str(found["boolean"]).lower()}])
    columns = found["head"]["vars"]
    return columns, ({name: _cell(row.get(name)).text for name in columns} for row in found["results"]["bindings"])


def _document(body: bytes) -> Any:
    try:
        return json.loads(body)
    except RecursionError as error:
        raise _nested() from error


def _nested() -> BadInput:
    return BadInput(
        f"The answer has statements about statements, more than {MOST_NESTED} deep.",
        remedy="Ask for their parts: SUBJECT(), PREDICATE() and OBJECT() take a statement apart.",
    )


def _cell(term: Mapping[str, Any] | None, depth: int = 0) -> Cell:
    if depth > MOST_NESTED:
        raise _nested()
    if term is None:
        return Cell("")
    if term["type"] == "uri":
        return _iri(term["value"])
    if term["type"] == "triple":
        parts = term["value"]
        return Cell(
            " ".join(_cell(parts[name], depth + 1).text for name in ("subject", "predicate", "object")), is_code=True
        )
    text = str(term["value"])
    language = term.get("xml:lang")
    return Cell(text, whole=f"language {language}" if language else "")


def _term(term: Any) -> Cell:
    if isinstance(term, ox.NamedNode):
        return _iri(term.value)
    if isinstance(term, ox.Literal):
        return Cell(term.value, whole=f"language {term.language}" if term.language else "")
    return Cell(str(term), is_code=True)


def _iri(iri: str) -> Cell:
    """An IRI: an entity leads to its page, everything else to what the graph says of it."""
    short = compact_iri(iri)
    if iri.startswith(ENTITY_BASE) and iri.removeprefix(ENTITY_BASE).count("/") + 1 == _STEPS_OF_AN_ID:
        return Cell(short, entity_address(id_of_iri(iri)), iri, is_code=True)
    name = country_name(short) if iri.startswith(COUNTRY_BASE) else None
    link = f"/query?{urlencode({'query': f'DESCRIBE <{iri}>'}, quote_via=quote)}" if _is_writable(iri) else ""
    return Cell(f"{name} ({short})" if name else short, link, iri, is_code=not name)


def _is_writable(iri: str) -> bool:
    """Whether SPARQL can write it between angle brackets."""
    return not any(letter <= " " or letter in '<>"{}|^`\\' for letter in iri)


def _picture(triples: Sequence[Any]) -> str:
    """Nodes with their literals in them, properties on the lines."""
    said: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    cells: dict[str, Cell] = {}
    lines = []

    def node(end: Any) -> str:
        """The key of a node, in words as far as they name it alone; what stands under its name."""
        cell = _term(end)
        key = cell.text if cells.get(cell.text, cell) == cell else str(end)
        cells[key] = cell
        return key

    for one in triples:
        subject, verb = node(one.subject), _term(one.predicate).text
        if not isinstance(one.object, ox.Literal):
            lines.append(Line(subject, node(one.object), verb))
        elif one.predicate.value in _LABELS and subject not in names:
            names[subject] = one.object.value
        else:
            said.setdefault(subject, []).append(f"{verb}: {one.object.value}")
    boxes = [
        Box(key, names.get(key, ""), "", tuple(sorted(said.get(key, ()))[:_LITERALS]), link=cell.link)
        for key, cell in cells.items()
    ]
    return picture("The answer as a graph", boxes, lines, words=_WORDS, note="Subjects above their objects.")
