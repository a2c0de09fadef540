"""What a query may do: read the graphs of the store. Everything else is refused before anything runs.

1. The text is split into tokens, so that words inside comments, strings, IRIs and variables do not count.
2. It must be a SELECT, ASK, CONSTRUCT or DESCRIBE; an update is refused.
3. SERVICE is refused in every spelling that the engine accepts. The engine needs no space after a keyword: it takes
   `SERVICE:x {`, `SERVICESILENT<…>{` and `5SERVICE<…>{` for calls. So no bare word may contain it, and neither may the
   prefix of a name that a brace follows.
4. FROM and FROM NAMED may only name graphs of the store.
5. The engine's own parser judges the syntax, on an empty store, before the query meets the data.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from topco.compile.sparql_tokens import Token, place, split
from topco.errors import BadInput
from topco.namespaces import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_UPDATES = ("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH")
_POSITION = re.compile(r"(\d+):(\d+): (.*)", re.DOTALL)


@dataclass(frozen=True)
class CheckedQuery:
    """A query that only reads.

    Attributes:
        text: the query as given.
        form: `SELECT`, `ASK`, `CONSTRUCT` or `DESCRIBE`.
        graphs: graphs of the store that the query names anywhere.
        has_dataset: whether it chooses its own dataset by FROM.
    """

    text: str
    form: str
    graphs: frozenset[str]
    has_dataset: bool
    tokens: tuple[Token, ...]


def check(text: str, graphs: Collection[str] = (), base: str | None = None, *, parse: bool = True) -> CheckedQuery:
    """The query, if it may run.

    >>> check("SELECT * { ?s ?p ?o } # then SERVICE").form
    'SELECT'

    Args:
        text: a SPARQL 1.1 query; the prefixes of `topco.namespaces.PREFIXES` need no declaration.
        graphs: the IRIs of the graphs that exist.
        base: what relative IRIs are relative to; without it they are refused.
        parse: whether the engine's parser judges the syntax; else the caller puts the query to the engine and tells
            its SyntaxError by `syntax_error`.

    Raises:
        BadInput: it is an update, calls another service, names a graph that is not in the store, or is no SPARQL.
    """
    tokens = split(text)
    body = _after_prologue(tokens)
    form = _form(tokens, body, text)
    _refuse_service(tokens, text)
    prefixes = _prefixes(tokens[:body])
    has_dataset = _check_dataset(tokens, prefixes, graphs, text)
    if parse:
        check_syntax(text, base)
    named = {iri for token in tokens if (iri := _iri(token, prefixes)) is not None}
    return CheckedQuery(text, form, frozenset(named & set(graphs)), has_dataset, tuple(tokens))


def check_syntax(text: str, base: str | None = None) -> None:
    """Let the engine's parser judge a query that the guard has passed; it runs on nothing.

    Raises:
        BadInput: with line, column and what the parser expected.
    """
    import pyoxigraph

    try:
        pyoxigraph.Store().query(text, prefixes=PREFIXES, base_iri=base)
    except SyntaxError as error:
        raise syntax_error(str(error)) from error


def syntax_error(message: str) -> BadInput:
    """What the engine's parser says, in words, with line and column."""
    found = _POSITION.search(message)
    what, where = (found[3], f"line {found[1]}, column {found[2]}") if found else (message, None)
    if "Prefix not found" in what:
        return BadInput(
            "The query uses a prefix that it does not declare.",
            where=where,
            remedy=f"Add a PREFIX line. Known without one: {', '.join(f'{name}:' for name in PREFIXES)}.",
        )
    expected = [word for word in re.sub(r"\[.*?\](?=,|\Z)", "", what, flags=re.DOTALL).split(", ") if word.strip()]
    return BadInput(
        "The query is not valid SPARQL" + (f": {', '.join(expected[:8]).strip()}." if expected else "."),
        where=where,
        remedy="Check that place and what stands before it: a missing dot, brace or prefix, or a misspelt keyword.",
    )


def _after_prologue(tokens: Sequence[Token]) -> int:
    position = 0
    while position < len(tokens) and tokens[position].is_word("PREFIX", "BASE"):
        position += 3 if tokens[position].is_word("PREFIX") else 2
    return position


def _form(tokens: Sequence[Token], body: int, text: str) -> str:
    if body >= len(tokens):
        raise BadInput("The query is empty.", remedy="Start it with SELECT, ASK, CONSTRUCT or DESCRIBE.")
    first = tokens[body]
    if first.is_word(*_UPDATES):
        raise BadInput(
            f"{first.text.upper()} would change the store; a query only reads.",
            where=place(text, first.start),
            remedy="Evidence is changed by `topco load` alone.",
        )
    if not first.is_word(*FORMS):
        raise BadInput(
            f"A query cannot start with {first.text!r}.",
            where=place(text, first.start),
            remedy="Start it with SELECT, ASK, CONSTRUCT or DESCRIBE, after PREFIX lines if there are any.",
        )
    return first.text.upper()


def _refuse_service(tokens: Sequence[Token], text: str) -> None:
    for position, token in enumerate(tokens):
        brace_follows = position + 1 < len(tokens) and tokens[position + 1].text == "{"
        hidden = token.kind == "name" and brace_follows and "service" in token.text.partition(":")[0].casefold()
        if hidden or (token.kind == "word" and "service" in token.text.casefold()):
            raise BadInput(
                "SERVICE would ask another server; a query reads this store alone.",
                where=place(text, token.start),
                remedy="Load the data with `topco load`, then leave SERVICE out. A prefix called service: needs another"
                " name before a brace.",
            )


def _prefixes(prologue: Sequence[Token]) -> dict[str, str]:
    declared = dict(PREFIXES)
    for position, token in enumerate(prologue[:-2]):
        if token.is_word("PREFIX"):
            declared[prologue[position + 1].text.rstrip(":")] = prologue[position + 2].text[1:-1]
    return declared


def _iri(token: Token, prefixes: dict[str, str]) -> str | None:
    if token.kind == "iri":
        return token.text[1:-1]
    if token.kind != "name":
        return None
    prefix, _, local = token.text.partition(":")
    return None if prefix not in prefixes else prefixes[prefix] + re.sub(r"\\(.)", r"\1", local)


def _check_dataset(tokens: Sequence[Token], prefixes: dict[str, str], graphs: Collection[str], text: str) -> bool:
    found = False
    for position, token in enumerate(tokens):
        if not token.is_word("FROM"):
            continue
        found = True
        named = position + 1 < len(tokens) and tokens[position + 1].is_word("NAMED")
        operand = position + (2 if named else 1)
        iri = _iri(tokens[operand], prefixes) if operand < len(tokens) else None
        if iri is None or iri not in graphs:
            raise BadInput(
                f"FROM names {'no graph' if iri is None else f'<{iri}>, which is no graph of this store'}; nothing is"
                " fetched from elsewhere.",
                where=place(text, token.start),
                remedy="Name a load (see `topco sources`) as <https://w3id.org/topco/load/…>, or leave FROM out.",
            )
    return found
