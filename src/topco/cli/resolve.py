"""`topco resolve`: headquarters, ultimate parent, chain and status of entities."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click
from click.core import ParameterSource

from topco.cli.options import (
    as_of_option,
    format_option,
    known_as_of_option,
    open_top_option,
    output_option,
    store_option,
    test_option,
)
from topco.cli.output import destination, note, write_csv, write_json, write_table
from topco.errors import ANSWERED, UNDETERMINED, BadInput
from topco.store.today import today

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

    from topco.ownership.parent_tests import ParentTest
    from topco.store.store import Store


@click.command("resolve")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--all", "everything", is_flag=True, help="Every entity that the current loads describe.")
@click.option(
    "--file",
    "customers",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A customer list (CSV) with a column id; the same rows come out, with the answer appended.",
)
@test_option
@as_of_option
@known_as_of_option
@open_top_option
@format_option("table", "json", "csv")
@output_option
@store_option
@click.pass_context
def command(
    context: click.Context,
    ids: tuple[str, ...],
    everything: bool,
    customers: Path | None,
    test: str,
    as_of: date | None,
    known_as_of: date | None,
    open_top: str,
    output_format: str,
    output: Path | None,
    store: Path,
) -> int:
    """Headquarters, ultimate parent, chain and status of entities, with the source of every fact.

    An ID is a LEI or SCHEME:VALUE. A single entity whose ultimate parent is not known ends with exit code 3; whether
    that holds of a chain that ends without a statement is up to --open-top.
    """
    from topco.ownership.parent_tests import parent_test
    from topco.store.store import Store as OpenStore

    _check(ids, everything, customers)
    chosen_test = parent_test(test)
    opened = OpenStore.open(store)
    day = as_of or today()
    if ids:
        asked = _Question(opened, day, known_as_of, chosen_test)
        return _few(asked, list(ids), output_format, output, strict=open_top == "strict")
    chosen = context.get_parameter_source("output_format") != ParameterSource.DEFAULT
    _batch(_Question(opened, day, known_as_of, chosen_test), customers, output_format if chosen else "csv", output)
    return ANSWERED


class _Question(NamedTuple):
    """What is asked of whichever entity: the store, the day, what counts as known, and the test."""

    store: Store
    as_of: date
    known_as_of: date | None
    test: ParentTest


def _check(ids: tuple[str, ...], everything: bool, customers: Path | None) -> None:
    if (bool(ids) + everything + (customers is not None)) != 1:
        raise BadInput("Say whom to resolve: one or more IDs, --all, or --file LIST.csv.", remedy="See --help.")


def _few(asked_of: _Question, ids: list[str], output_format: str, output: Path | None, *, strict: bool) -> int:
    from topco.cli.card import card
    from topco.namespaces import normalise_id
    from topco.ownership.bulk_table import COLUMNS
    from topco.ownership.resolution import resolve
    from topco.ownership.status import Status

    asked = [normalise_id(identifier) for identifier in ids]
    documents = resolve(asked_of.store, asked, asked_of.as_of, asked_of.known_as_of, asked_of.test)
    unknown = [identifier for identifier, document in zip(asked, documents, strict=True) if document is None]
    if unknown and len(asked) == 1:
        raise BadInput(f"No loaded record names {unknown[0]}.", remedy="Look it up by name: topco search TEXT.")
    if unknown:
        note(f"topco: not in the store: {', '.join(unknown)}. Look them up by name: topco search TEXT.")
    found = [document or not_in_store(one) for one, document in zip(asked, documents, strict=True)]
    single = len(asked) == 1
    with destination(output) as stream:
        if output_format == "json":
            write_json(stream, found, lines=not single)
        elif output_format == "csv":
            write_csv(stream, COLUMNS, map(_row, found))
        elif single:
            stream.write(card(found[0]))
        else:
            write_table(stream, COLUMNS[:9], map(_row, found))
    if single and Status[found[0]["status"].upper()].undetermined(strict=strict):
        return UNDETERMINED
    return ANSWERED


def _row(document: dict[str, Any]) -> dict[str, Any]:
    from topco.ownership.rows import row_of

    return row_of(document) if document["status"] else {**document, "entity": document["entity"]["id"]}


def not_in_store(identifier: str) -> dict[str, Any]:
    """What stands in a batch for an identifier that no loaded record names."""
    from topco.ownership.bulk_table import NOT_IN_STORE

    return {"entity": {"id": identifier, "name": None}, "status": "", "notes": [NOT_IN_STORE]}


def _batch(asked: _Question, customers: Path | None, output_format: str, output: Path | None) -> None:
    from topco.cli.named_list import with_ids
    from topco.ownership.bulk_table import resolve_all, resolve_listed

    listed = None if customers is None else with_ids(asked.store, read_list(customers), asked.known_as_of)
    if output_format == "json":
        with destination(output) as stream:
            for document in _documents(asked, listed):
                write_json(stream, [document], lines=True)
        return
    store, as_of, known_as_of, test = asked
    if listed is None:
        table = resolve_all(store, as_of, known_as_of, test)
    else:
        table = resolve_listed(store, listed, as_of, known_as_of, test)
    _say(table)
    with destination(output) as stream:
        if output_format == "csv":
            stream.flush()
            table.write_csv(stream.buffer)
        else:
            write_table(stream, table.columns, table.iter_rows(named=True))


def _documents(question: _Question, listed: pl.DataFrame | None) -> Iterable[dict[str, Any]]:
    from topco.cli.named_list import MATCH
    from topco.namespaces import normalise_id
    from topco.ownership.bulk_table import ids_of
    from topco.ownership.resolution import resolve_each, resolve_every

    store, as_of, known_as_of, test = question
    if listed is None:
        yield from resolve_every(store, as_of, known_as_of, test)
        return
    asked = [normalise_id(identifier or "") for identifier in ids_of(listed)]
    said = listed[MATCH].to_list() if MATCH in listed.columns else [None] * len(asked)
    documents = resolve_each(store, asked, as_of, known_as_of, test)
    for identifier, match, document in zip(asked, said, documents, strict=True):
        yield {**(document or not_in_store(identifier)), **({MATCH: match} if match else {})}


def read_list(path: Path) -> pl.DataFrame:
    """A customer list, every cell as text.

    Raises:
        BadInput: the file cannot be read as CSV in UTF-8.
    """
    import polars as pl

    try:
        return pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error).splitlines()[0]
        raise BadInput(
            f"The customer list cannot be read: {reason}.",
            where=str(path),
            remedy="Save it as CSV in UTF-8, with a header line and a column id.",
        ) from error


def _say(table: pl.DataFrame) -> None:
    """How the batch came out, for the person who waits for it."""
    counts = table["status"].drop_nulls().value_counts(sort=True).iter_rows()
    parts = [f"{count:,} {status}" for status, count in counts]
    missing = table["status"].null_count()
    if missing:
        parts.append(f"{missing:,} not in the store")
    note(f"{table.height:,} rows: {', '.join(parts)}." if parts else "0 rows.")
