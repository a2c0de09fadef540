"""One query answered, in the form that the client asked for, whole or not at all.

1. The guard judges the text (`topco.query.guard`): reading only, no SERVICE, no graph from elsewhere.
2. The form follows from `Accept` and from what is asked.
3. The dataset is the one of the protocol's parameters, else of FROM, else the loads in force and what is derived.
4. The engine's own writers make the answer. An answer beyond the limits is refused: a part of an answer is a wrong one.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import IO, TYPE_CHECKING, Any, cast

import pyoxigraph as ox

from topco.errors import TopcoError
from topco.namespaces import PREFIXES
from topco.query.guard import CheckedQuery, check, check_syntax, syntax_error
from topco.query.run import columns_in_order, solve
from topco.server.sparql.media import GRAPHS, RESULTS, Form, chosen, content_type
from topco.server.sparql.refusals import Declined

if TYPE_CHECKING:
    from topco.server.sparql.limits import Limits
    from topco.store.graph import GraphView

Request = Mapping[str, Any]

_REMEDIES = {"XML": RESULTS[0].media_types[0], "RDF_XML": GRAPHS[0].media_types[0]}
_KEPT_LENGTH = 4000  # of a query whose judgement is kept: it takes some hundred times the space of the text
_NO_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LOCAL_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*$")


def answer(view: GraphView, request: Request, limits: Limits) -> tuple[str, bytes]:
    """The media type and the bytes of the answer to a query.

    Args:
        view: the graph to ask.
        request: `text`, `base`, `accept`, and `default_graphs` and `named_graphs`, None where the protocol names none.
        limits: what it may cost.

    Raises:
        BadInput: the query is refused or is no SPARQL.
        Declined: there is no such form or graph, or the answer is too large.
        TopcoError: the engine failed.
    """
    text = request["text"]
    judge = _checked if len(text) <= _KEPT_LENGTH else _unparsed
    checked = judge(text, view.graphs, request["base"])
    forms = RESULTS if checked.form in ("SELECT", "ASK") else GRAPHS
    try:
        media_type, form = negotiated(request["accept"], forms, f"The answer to {checked.form}")
        find = _finder(view, checked, request)
    except Declined:
        check_syntax(text, request["base"])  # what is no query at all is told first
        raise
    buffer = Buffer(limits.answer_bytes)
    try:
        found = find(text)
        if checked.form == "SELECT" and (spelt := _star_spelt_out(checked, found)) is not None:
            found = find(spelt)
        if isinstance(found, ox.QueryTriples):
            write_graph(_at_most(found, limits.rows), form, buffer)
        else:
            found.serialize(buffer, format=getattr(ox.QueryResultsFormat, form.name))
    except SyntaxError as error:  # the engine parses all of a query before it looks at the data
        raise syntax_error(str(error)) from error
    except (OSError, RuntimeError, ValueError) as error:
        if buffer.is_full:
            raise _too_large(f"{limits.answer_bytes:,} bytes") from error
        raise TopcoError(f"The query could not be answered: {error}.") from error
    body = buffer.content()
    if checked.form == "SELECT" and _has_more_rows(body, form, limits.rows):
        raise _too_large(f"{limits.rows:,} rows")
    if form.is_xml and _NO_XML.search(body):
        raise Declined(
            406, "The answer holds a character that XML cannot say.", remedy=f"Accept {_REMEDIES[form.name]}."
        )
    return content_type(media_type, form), body


def negotiated(accept: str | None, forms: tuple[Form, ...], what: str) -> tuple[str, Form]:
    """The media type and the form that a client asks for.

    Raises:
        Declined: it takes none of them.
    """
    found = chosen(accept, forms)
    if found is None:
        offers = ", ".join(form.media_types[0] for form in forms)
        raise Declined(406, f"{what} comes in none of the forms that are accepted.", remedy=f"Accept one of {offers}.")
    return found


@lru_cache(maxsize=128)
def _checked(text: str, graphs: frozenset[str], base: str) -> CheckedQuery:
    return _unparsed(text, graphs, base)


def _unparsed(text: str, graphs: frozenset[str], base: str) -> CheckedQuery:
    return check(text, graphs, base, parse=False)


def _finder(view: GraphView, checked: CheckedQuery, request: Request) -> Callable[[str], Any]:
    """How to put the query, or another spelling of it, to the engine, with the dataset that counts."""
    base: str = request["base"]
    default, named = request["default_graphs"], request["named_graphs"]
    if default is None and named is None:
        return lambda text: solve(view, checked, text, base=base)
    chosen_default, chosen_named = _graphs(view, default or ()), _graphs(view, named or ())
    return lambda text: view.query(text, default_graph=chosen_default, named_graphs=chosen_named, base=base)


def _graphs(view: GraphView, names: list[str] | tuple[()]) -> list[ox.NamedNode]:
    for name in names:
        if name not in view.graphs:
            raise Declined(
                400,
                f"<{name}> is no graph of this store; nothing is fetched from elsewhere.",
                remedy="The description of this service, GET /sparql without a query, lists the graphs.",
            )
    return [ox.NamedNode(name) for name in names]


def _star_spelt_out(checked: CheckedQuery, found: ox.QuerySolutions) -> str | None:
    """The query with the variables of `SELECT *` in the order of the query: the engine would sort them by name."""
    tokens = checked.tokens
    first = next(number for number, token in enumerate(tokens) if token.is_word("SELECT"))
    first += 2 if tokens[first + 1].is_word("DISTINCT", "REDUCED") else 1
    star = tokens[first]
    if star.text != "*":
        return None
    columns = columns_in_order(checked, {variable.value for variable in found.variables})
    spelt = "".join(f" ?{name}" for name in columns)
    return f"{checked.text[: star.start]}{spelt} {checked.text[star.end :]}" if columns else None


def _at_most(triples: ox.QueryTriples, limit: int) -> Iterator[ox.Triple]:
    for number, triple in enumerate(triples, start=1):
        if number > limit:
            raise _too_large(f"{limit:,} triples")
        yield triple


def _too_large(limit: str) -> Declined:
    return Declined(
        422,
        f"The answer has more than {limit}; a part of it would be wrong, so there is none.",
        remedy="Ask for less: fewer columns, a FILTER, or LIMIT and OFFSET with ORDER BY.",
    )


def _has_more_rows(body: bytes, form: Form, limit: int) -> bool:
    """Whether an answer to a SELECT has more rows than this, counted in what was written."""
    if form.name == "XML":
        return body.count(b"<result>") > limit
    if form.name == "TSV":
        return body.count(b"\n") - 1 > limit
    if form.name == "CSV":
        return (
            body.count(b"\n") > limit and sum(1 for _ in csv.reader(io.StringIO(body.decode(), newline=""))) - 1 > limit
        )
    if body.count(b"{") <= limit:
        return False
    solutions = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
    assert isinstance(solutions, ox.QuerySolutions)
    return sum(1 for _ in solutions) > limit


class Buffer:
    """A file that holds so many bytes and refuses the next."""

    def __init__(self, limit: int) -> None:
        self._limit, self._length = limit, 0
        self._parts: list[bytes] = []
        self.is_full = False

    def write(self, part: bytes) -> int:
        """Take a part in.

        Raises:
            OSError: there is no room for it.
        """
        self._length += len(part)
        if self._length > self._limit:
            self.is_full = True
            raise OSError("the answer is too large")
        self._parts.append(bytes(part))
        return len(part)

    def flush(self) -> None:
        """Nothing is held back."""

    def content(self) -> bytes:
        """All that was written."""
        return b"".join(self._parts)


def write_graph(
    triples: Iterator[ox.Triple], form: Form, buffer: Buffer, prefixes: Mapping[str, str] = PREFIXES
) -> None:
    """Write triples in a form.

    Raises:
        Declined: RDF/XML cannot say one of them.
    """
    if form.name == "RDF_XML":
        triples = _sayable(triples)
    ox.serialize(triples, cast("IO[bytes]", buffer), getattr(ox.RdfFormat, form.name), prefixes=dict(prefixes))


def _sayable(triples: Iterator[ox.Triple]) -> Iterator[ox.Triple]:
    """RDF/XML writes a property as an element, so its IRI has to end with a name; the engine would write rubbish."""
    for triple in triples:
        if not _LOCAL_NAME.search(triple.predicate.value) or isinstance(triple.object, ox.Triple):
            raise Declined(
                406,
                f"RDF/XML cannot say <{triple.predicate.value}>, or what it says of another statement.",
                remedy="Accept text/turtle instead.",
            )
        yield triple
