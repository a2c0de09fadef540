"""SPARQL in this process: library queries by name, or the text of a query; guarded, read only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from topco.compile.sparql_tokens import split
from topco.compile.sparql_values import inject
from topco.query import library
from topco.query.library import LibraryQuery
from topco.query.parameters import bind
from topco.query.run import Answer, evaluate

if TYPE_CHECKING:
    from topco.store.graph import GraphView
    from topco.store.store import Store


def ask(
    store: Store,
    query: str,
    parameters: Mapping[str, str] | None = None,
    limit: int | None = None,
    known_as_of: date | None = None,
) -> Answer:
    """Answer a query by its name in the library, or by its text.

    Raises:
        BadInput: there is no such query, a parameter is missing or wrong, or the text is refused.
        TopcoError: the engine failed.
    """
    asked, closed = found(query)
    bindings = bind(list((parameters or {}).items()), asked.parameters, closed=closed)
    return evaluate(view_of(store, known_as_of), asked.text, bindings, limit)


def prepared(query: str, parameters: Mapping[str, str] | None = None) -> str:
    """The text of a query, or of a query of the library, with the values of its parameters in it.

    Nothing of a user's own text is handed to the engine here: without parameters it comes back as it is.

    Raises:
        BadInput: there is no such query, or a parameter is missing, unknown or wrong.
    """
    asked, closed = found(query)
    bindings = bind(list((parameters or {}).items()), asked.parameters, closed=closed)
    return inject(asked.text, split(asked.text), bindings) if bindings else asked.text


def found(query: str) -> tuple[LibraryQuery, bool]:
    """The query, and whether it takes only the parameters that it declares.

    Raises:
        BadInput: the library has none of this name.
    """
    if "{" in query or len(query.split()) > 1:
        return library.parse(query), False
    return library.named(query), True


def view_of(store: Store, known_as_of: date | None = None, report: Callable[[str], None] | None = None) -> GraphView:
    """The graph of a store, built first if it is behind; of an empty one what every store knows: law, vocabulary."""
    from topco.ownership.derived import derivations
    from topco.store.graph import knowledge_view, open_graph

    if not store.loads():
        return knowledge_view()
    return open_graph(store, known_as_of, report=report, derived=derivations(store, known_as_of))
