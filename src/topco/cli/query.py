"""`topco query`: SPARQL over the store; library queries by name, files, or text."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from topco.cli import options
from topco.cli.output import destination, note, write_csv, write_json, write_table
from topco.errors import ANSWERED, BadInput

if TYPE_CHECKING:
    from datetime import date

    from topco.query.library import LibraryQuery
    from topco.query.run import Answer
    from topco.store.graph import GraphView

_SUFFIXES = (".rq", ".sparql", ".ru", ".txt")


@click.command("query")
@click.argument("query", required=False, metavar="[NAME|FILE|TEXT|-]")
@click.option(
    "--list", "listing", is_flag=True, help="List the library queries; with a NAME, what it answers and its parameters."
)
@click.option(
    "--param", "params", multiple=True, metavar="NAME=VALUE", help="A parameter; give it again for alternatives."
)
@click.option("--limit", type=click.IntRange(min=1), default=None, help="At most so many rows or triples.")
@click.option(
    "--proofs",
    multiple=True,
    metavar="FILE|-|RECORD",
    help="Ask these proofs instead of the store (answers in JSON, or rec:…, det:…), each a graph in PROV-O.",
)
@options.store_option
@options.known_as_of_option
@options.format_option("table", "csv", "json", "turtle")
@options.output_option
def command(
    query: str | None,
    listing: bool,
    params: tuple[str, ...],
    limit: int | None,
    proofs: tuple[str, ...],
    store: Path,
    known_as_of: date | None,
    output_format: str,
    output: Path | None,
) -> int:
    """Ask the graph of the store in SPARQL.

    QUERY is the name of a library query, a file, the text of a query, or - for stdin; without it the library is listed.
    The graph is built first if it is missing or behind. Queries only read, and see the loads in force; a superseded
    load answers if the query names its graph. With --proofs the library queries proof-… answer from proofs. Prefixes
    topco: country: group: load: parameter: rdf: rdfs: skos: xsd: are declared. CONSTRUCT and DESCRIBE give Turtle.
    """
    if listing or query is None:
        _write_list(query, output_format, output)
        return ANSWERED
    asked, closed = _find(query)
    from topco.query.parameters import bind
    from topco.query.run import evaluate

    bindings = bind([_pair(param) for param in params], asked.parameters, closed=closed)
    graph = _proofs(proofs, store) if proofs else _graph(store, known_as_of)
    answer = evaluate(graph, asked.text, bindings, limit)
    _write(answer, asked.title, output_format, output)
    if answer.cut:
        note(f"Cut after {limit}; there is more.")
    return ANSWERED


def _pair(param: str) -> tuple[str, str]:
    name, equals, value = param.partition("=")
    if not equals or not name:
        raise BadInput(f"{param!r} is no parameter.", remedy="Write --param NAME=VALUE.")
    return name.strip().lstrip("?$"), value


def _find(query: str) -> tuple[LibraryQuery, bool]:
    """The query, and whether it takes only the parameters that it declares."""
    from topco.application.queries import found
    from topco.query import library

    if query == "-":
        return library.parse(sys.stdin.read()), False
    path = Path(query)
    known = query in library.library() or "{" in query or len(query.split()) > 1
    if not known and (path.is_file() or path.suffix in _SUFFIXES):
        return library.read(path), False
    return found(query)


def _graph(store: Path, known_as_of: date | None) -> GraphView:
    from topco.application.queries import view_of
    from topco.store.store import Store

    opened = Store.open(store, missing_ok=True)
    if not opened.loads():
        note(f"Nothing is loaded in {store}: only the ontology, the reference data and the law answer.")
    return view_of(opened, known_as_of, note)


def _proofs(subjects: tuple[str, ...], store: Path) -> GraphView:
    """The proofs in files or records, with ontology, reference data and law."""
    from topco.cli.answer_files import answers_in, is_file
    from topco.records import find_document
    from topco.store.graph import knowledge_view
    from topco.store.proofs import add_proofs

    view, graphs = knowledge_view(), []
    for subject in subjects:
        found = answers_in(subject) if is_file(subject) else [find_document(store, subject)]
        graphs += add_proofs(view.database, found, subject)
    return view.beside(graphs)


def _write(answer: Answer, title: str, output_format: str, path: Path | None) -> None:
    graph = answer.form in ("CONSTRUCT", "DESCRIBE")
    if graph and output_format in ("csv", "json"):
        raise BadInput(f"A {answer.form} gives triples, not {output_format}.", remedy="Use --format turtle.")
    if output_format == "turtle" and not graph:
        raise BadInput(
            f"{'An ASK' if answer.form == 'ASK' else 'A SELECT'} gives no triples.",
            remedy="Use --format table, csv or json, or ask with CONSTRUCT.",
        )
    with destination(path) as stream:
        if graph:
            stream.write(answer.turtle())
        elif output_format == "json":
            write_json(stream, [answer.sparql_json()], lines=False)
        elif answer.truth is not None:
            _write_rows(stream, ("answer",), [{"answer": answer.truth}], output_format, title)
        else:
            _write_rows(stream, answer.columns, list(answer.plain_rows()), output_format, title)


def _write_rows(stream: Any, columns: tuple[str, ...], rows: list[Any], output_format: str, title: str = "") -> None:
    if output_format == "csv":
        write_csv(stream, columns, rows)
        return
    write_table(stream, columns, rows, title)
    if not rows:
        stream.write("No rows.\n")


def _write_list(name: str | None, output_format: str, path: Path | None) -> None:
    from topco.query.library import library, named

    queries = list(library().values()) if name is None else [named(name)]
    with destination(path) as stream:
        if output_format == "json":
            entries = [
                {
                    "name": query.name,
                    "title": query.title,
                    "description": query.description,
                    "parameters": [vars(parameter) for parameter in query.parameters],
                }
                for query in queries
            ]
            write_json(stream, entries, lines=True)
            return
        if name is not None and output_format == "table":
            parameters = [vars(parameter) for parameter in queries[0].parameters]
            stream.write(f"{queries[0].title}\n\n{textwrap.fill(queries[0].description, 100)}\n\n")
            if parameters:
                write_table(stream, ("name", "type", "default", "description"), parameters)
            return
        rows = [
            {"name": query.name, "title": query.title, "parameters": " ".join(map(str, query.parameters))}
            for query in queries
        ]
        _write_rows(stream, ("name", "title", "parameters"), rows, output_format)
