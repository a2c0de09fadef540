"""RDF files into a temporary database: parsed as a stream, blank nodes named, graphs sorted by what they hold.

1. The syntax is told from the name's ending, else from the first characters.
2. Blank nodes become IRIs of the file's hash and their number in the order of the file, so that the same file gives the
   same names. Labels are held in memory while the file is read.
3. Graphs of loads that this program wrote are kept apart; what it derives or knows itself (`graph/…`) is left out.
4. The position of a subject is the number of the block of statements in which it first stands, counted from 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import ijson

from topco.errors import BadInput
from topco.namespaces import LOAD_BASE, NAMESPACE
from topco.registries.content import Content

if TYPE_CHECKING:
    import pyoxigraph as ox

    from topco.registries.interface import Progress

MOST_LIFTED = 400_000
"""Statements of other vocabularies that one file may hold: lifting them takes about 1 GB."""

BLANK_BASE = "https://w3id.org/.well-known/genid/"
DEFAULT_GRAPH = "urn:topco:rdf:default"
POSITIONS = "urn:topco:rdf:positions"
POSITION = "urn:topco:rdf:position"
OWN_GRAPHS = NAMESPACE + "graph/"
_BATCH = 100_000
_DEEPEST = 200
_CHUNK = 1 << 20
_OVERLAP = 64
_ENDINGS = {
    ".ttl": "TURTLE",
    ".nt": "N_TRIPLES",
    ".nq": "N_QUADS",
    ".trig": "TRIG",
    ".rdf": "RDF_XML",
    ".owl": "RDF_XML",
    ".jsonld": "JSON_LD",
}
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_RDF_XML = re.compile(rb"<(?:\w+:)?RDF\b")
_ROOT = re.compile(rb"<([A-Za-z_][\w.:-]*)")
_ASIDE = re.compile(rb"<!--.*?-->|<\?.*?\?>", re.DOTALL)
_LINE_OF_QUADS = re.compile(
    r'\s*(?:<[^>\s]*>|_:\S+)\s+<[^>\s]*>\s+(?:<[^>\s]*>|_:\S+|".*"\S*)\s+(<[^>\s]*>|_:\S+)?\s*\.'
)
_TURTLE = re.compile(r"\s*(?:#.*\n\s*)*(?:@(?:prefix|base)\b|(?:PREFIX|BASE)\s|<[^>\s]*>\s|GRAPH\b)", re.IGNORECASE)


@dataclass
class Parsed:
    """What was read: statements, graphs of loads of ours, other graphs; statements left out, and those to be lifted."""

    statements: int = 0
    subjects: int = 0
    loads: list[str] = field(default_factory=list)
    graphs: list[str] = field(default_factory=list)
    left_out: int = 0
    foreign: int = 0


def syntax_of(content: Content) -> str | None:
    """The name of the syntax of an RDF file, as pyoxigraph's `RdfFormat` has it; None if it is no RDF by its look."""
    endings = [ending.lower() for ending in PurePosixPath(content.name).suffixes]
    head = content.head
    for ending in reversed(endings):
        if ending in _ENDINGS:
            return _ENDINGS[ending]
    text = head.decode("utf-8-sig", errors="ignore").lstrip()
    if text.startswith("<?xml") or _RDF_XML.match(head.lstrip()):
        return "RDF_XML" if _RDF_XML.search(head) else None
    if text[:1] in ("{", "["):
        return "JSON_LD" if re.search(r'"@(context|id|graph|type)"', text) else None
    if match := _LINE_OF_QUADS.match(text):
        return "N_QUADS" if match[1] else "N_TRIPLES"
    return "TRIG" if _TURTLE.match(text) else None


def read(content: Content, syntax: str, database: ox.Store, progress: Progress) -> Parsed:
    """Load a file into a database.

    Raises:
        BadInput: it is malformed or cut off, declares XML entities, or refers to a JSON-LD context elsewhere.
    """
    if syntax == "RDF_XML":
        _check_xml(content)
    if syntax == "JSON_LD":
        _check_depth(content)
    parsed = Parsed()
    try:
        database.bulk_extend(_quads(content, syntax, parsed, progress))
    except MemoryError as error:
        raise BadInput(
            "A literal or an IRI in the file is longer than the parser can hold.",
            where=content.name,
            remedy="Texts of megabytes are no evidence: take them out of the file.",
        ) from error
    except SyntaxError as error:
        raise _malformed(content, error) from error
    return parsed


def _quads(content: Content, syntax: str, parsed: Parsed, progress: Progress) -> Iterator[ox.Quad]:
    import pyoxigraph as ox

    names = _BlankNames(content.sha256)
    positions, position = ox.NamedNode(POSITIONS), ox.NamedNode(POSITION)
    graphs: dict[str, bool] = {}
    last: object = None
    for quad in ox.parse(path=str(content.path), format=getattr(ox.RdfFormat, syntax)):
        parsed.statements += 1
        if parsed.statements % _BATCH == 0:
            progress(f"statements of {content.name}", parsed.statements, None, "statements")
        graph = names.graph(quad.graph_name)
        kept = graphs.get(graph.value)
        if kept is None:
            kept = graphs[graph.value] = not graph.value.startswith(OWN_GRAPHS)
            if kept:
                (parsed.loads if graph.value.startswith(LOAD_BASE) else parsed.graphs).append(graph.value)
        if not kept:
            parsed.left_out += 1
            continue
        if not graph.value.startswith(LOAD_BASE):
            parsed.foreign += 1
            if parsed.foreign > MOST_LIFTED:
                raise BadInput(
                    f"The file has more than {MOST_LIFTED:,} statements to be lifted, which happens in memory.",
                    where=content.name,
                    remedy="Split it, each record whole, or load the register's own format instead.",
                )
        subject = names.node(quad.subject)
        if subject != last:
            parsed.subjects += 1
            last = subject
            yield ox.Quad(subject, position, ox.Literal(parsed.subjects), positions)
        yield ox.Quad(subject, quad.predicate, names.term(quad.object), graph)


class _BlankNames:
    """IRIs of the blank nodes of one file."""

    def __init__(self, digest: str) -> None:
        self._base = f"{BLANK_BASE}{digest[:16]}/"
        self._numbers: dict[str, int] = {}

    def term(self, term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Any:
        import pyoxigraph as ox

        return self.node(term) if isinstance(term, ox.BlankNode) else term

    def node(self, node: ox.NamedNode | ox.BlankNode | ox.Triple) -> ox.NamedNode:
        import pyoxigraph as ox

        if isinstance(node, ox.NamedNode):
            return node
        label = node.value if isinstance(node, ox.BlankNode) else str(node)
        return ox.NamedNode(self._base + str(self._numbers.setdefault(label, len(self._numbers) + 1)))

    def graph(self, graph: ox.NamedNode | ox.BlankNode | ox.DefaultGraph) -> ox.NamedNode:
        import pyoxigraph as ox

        return ox.NamedNode(DEFAULT_GRAPH) if isinstance(graph, ox.DefaultGraph) else self.node(graph)


def _check_xml(content: Content) -> None:
    """Refuse declared entities, which can name files and unfold without bound, and a file without its root's end.

    The parser takes the end of the file for the end of every open element.
    """
    seen = b""
    with content.path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            seen = seen[-_OVERLAP:] + chunk
            if _ENTITY.search(seen):
                raise BadInput(
                    "The XML declares entities, which are not read.",
                    where=content.name,
                    remedy="Write the file without a document type, or as Turtle.",
                )
            if root := _ROOT.search(_ASIDE.sub(b"", seen)):
                break
        else:
            raise BadInput("The XML has no element.", where=content.name, remedy="Download it again.")
        stream.seek(max(content.size - _CHUNK, 0))
        tail = _ASIDE.sub(b"", stream.read()).rstrip()
    name = root[1]
    if not re.search(rb"(?:</" + re.escape(name) + rb"\s*>|<" + re.escape(name) + rb"\b[^<>]*/>)\Z", tail):
        raise BadInput(
            f"The XML ends within the element {name.decode()}: it is cut off.",
            where=content.name,
            remedy="Download it again.",
        )


def _check_depth(content: Content) -> None:
    """Refuse JSON that is nested more deeply than any record: the parser would run out of its stack.

    Raises:
        BadInput: it is.
    """
    depth = 0
    with content.path.open("rb") as stream:
        try:
            for event, _ in ijson.basic_parse(stream):
                if event in ("start_map", "start_array"):
                    depth += 1
                    if depth > _DEEPEST:
                        raise BadInput(
                            f"The JSON is nested more than {_DEEPEST} levels deep.",
                            where=content.name,
                            remedy="Check that this is the file you meant.",
                        )
                elif event in ("end_map", "end_array"):
                    depth -= 1
        except ijson.JSONError:
            return  # the parser of JSON-LD says where


def _malformed(content: Content, error: SyntaxError) -> BadInput:
    first = str(error).strip().splitlines()[0].rstrip(".")
    if "LoadDocumentCallback" in first:
        return BadInput(
            "The JSON-LD refers to a context elsewhere, which is not fetched.",
            where=content.name,
            remedy="Write the context into the file, or convert it to N-Quads.",
        )
    return BadInput(
        f"The RDF is malformed or cut off: {first[:300]}.",
        where=content.name,
        remedy="Check the file's ending against its syntax, or download it again.",
    )
