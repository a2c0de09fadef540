"""From a query text to an answer in plain or RDF terms: guard, parameters, engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from topco.compile.sparql_values import inject
from topco.errors import BadInput, TopcoError
from topco.namespaces import PREFIXES
from topco.query.compact import Value, plain
from topco.query.guard import CheckedQuery, check
from topco.query.parameters import Bindings, Term

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topco.store.graph import GraphView

Row = dict[str, "Term | ox.BlankNode | ox.Triple"]


@dataclass(frozen=True)
class Answer:
    """What a query gave.

    Attributes:
        form: `SELECT`, `ASK`, `CONSTRUCT` or `DESCRIBE`.
        columns: the variables of a SELECT, in order.
        rows: its solutions; an unbound variable is missing.
        truth: the answer to an ASK.
        triples: of a CONSTRUCT or DESCRIBE.
        cut: whether a limit left something out.
    """

    form: str
    columns: tuple[str, ...] = ()
    rows: list[Row] = field(default_factory=list)
    truth: bool | None = None
    triples: list[ox.Triple] = field(default_factory=list)
    cut: bool = False

    def plain_rows(self) -> Iterator[dict[str, Value]]:
        """The solutions as people read them, see `topco.query.compact`."""
        for row in self.rows:
            yield {column: plain(row.get(column)) for column in self.columns}

    def turtle(self) -> str:
        """The triples as Turtle."""
        document = ox.serialize(self.triples, format=ox.RdfFormat.TURTLE, prefixes=PREFIXES)
        return document.decode() if document else ""

    def sparql_json(self) -> dict[str, Any]:
        """The answer in the SPARQL 1.1 Query Results JSON Format."""
        if self.truth is not None:
            return {"head": {}, "boolean": self.truth}
        bindings = [{name: _json_term(term) for name, term in row.items()} for row in self.rows]
        return {"head": {"vars": list(self.columns)}, "results": {"bindings": bindings}}


def _json_term(term: Term | ox.BlankNode | ox.Triple) -> dict[str, Any]:
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, ox.Triple):
        parts = {"subject": term.subject, "predicate": term.predicate, "object": term.object}
        return {"type": "triple", "value": {name: _json_term(part) for name, part in parts.items()}}
    if term.language is not None:
        return {"type": "literal", "value": term.value, "xml:lang": term.language}
    if term.datatype.value == PREFIXES["xsd"] + "string":
        return {"type": "literal", "value": term.value}
    return {"type": "literal", "value": term.value, "datatype": term.datatype.value}


def evaluate(view: GraphView, text: str, bindings: Bindings | None = None, limit: int | None = None) -> Answer:
    """Answer a query that a user wrote.

    Args:
        view: the graph to ask.
        text: SPARQL 1.1; only reading, see `topco.query.guard`.
        bindings: values of parameters, by variable.
        limit: at most so many rows or triples.

    Raises:
        BadInput: the query is refused or is no SPARQL.
        TopcoError: the engine failed while answering.
    """
    bindings = bindings or {}
    checked = check(text, view.graphs)
    prepared = inject(text, checked.tokens, bindings)
    if bindings and prepared == text:
        raise BadInput(
            "Parameters cannot be put into this query.", remedy="Give it a WHERE { … } that mentions the parameters."
        )
    try:
        return _collect(checked, solve(view, checked, prepared, bindings), limit)
    except (OSError, RuntimeError) as error:
        raise TopcoError(f"The query could not be answered: {error}.") from error


def solve(
    view: GraphView, checked: CheckedQuery, text: str, bindings: Bindings | None = None, base: str | None = None
) -> Any:
    """What the engine finds, in the engine's own classes: the dataset is the one that FROM chooses, else the union.

    Args:
        view: the graph to ask.
        checked: the query as the guard has passed it.
        text: the same query, parameters put into it.
        bindings: values of parameters; a graph that one of them names may be asked with GRAPH.
        base: what relative IRIs are relative to.
    """
    if checked.has_dataset:
        return view.query(text, own_dataset=True, base=base)
    values = {term.value for terms in (bindings or {}).values() for term in terms}
    asked = {ox.NamedNode(iri) for iri in checked.graphs | (values & view.graphs)}
    return view.query(text, named_graphs=[*{*view.default_graph, *asked}], base=base)


def _collect(checked: CheckedQuery, found: Any, limit: int | None) -> Answer:
    if isinstance(found, ox.QueryBoolean):
        return Answer(checked.form, truth=bool(found))
    enough = None if limit is None else limit + 1
    if isinstance(found, ox.QueryTriples):
        triples = list(islice(found, enough))
        return Answer(checked.form, triples=triples[:limit], cut=len(triples) == enough)
    columns = columns_in_order(checked, {variable.value for variable in found.variables})
    rows = [
        {column: term for column in columns if (term := solution[column]) is not None}
        for solution in islice(found, enough)
    ]
    return Answer(checked.form, columns, rows[:limit], cut=len(rows) == enough)


def columns_in_order(checked: CheckedQuery, selected: set[str]) -> tuple[str, ...]:
    """The selected variables as they first stand in the query: the engine sorts those of `SELECT *` by name."""
    mentioned = dict.fromkeys(token.text[1:] for token in checked.tokens if token.kind == "variable")
    return tuple(name for name in mentioned if name in selected)
