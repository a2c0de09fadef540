"""`topco state`: a user states a headquarters, with a source and a date."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from topco.cli.options import DATE, author_option, format_option, output_option, store_option
from topco.cli.output import destination, note, write_csv, write_json, write_table
from topco.errors import ANSWERED, BadInput


@click.command("state")
@click.argument("identifier", metavar="ID", required=False)
@click.argument("fact", metavar="headquarters", required=False)
@click.argument("country", metavar="COUNTRY", required=False)
@click.option("--source", default="", help="What says so, and where: a filing, a page, a letter.")
@click.option("--date", "stated_on", type=DATE, default=None, help="The day on which the source says so.")
@click.option(
    "--basis", default="userStatement", show_default=True, help="filing, website, userStatement or otherSource."
)
@click.option("--city", default=None, help="The town, if the source names it.")
@click.option("--from", "valid_from", type=DATE, default=None, help="First day for which it holds. [default: open]")
@click.option(
    "--to", "valid_to", type=DATE, default=None, help="First day on which it no longer holds. [default: open]"
)
@click.option("--withdraw", "withdrawn", is_flag=True, help="Take back what you stated about this entity.")
@click.option("--list", "listed", is_flag=True, help="List the statements in force.")
@author_option
@format_option("table", "json", "csv")
@output_option
@store_option
def command(
    identifier: str | None,
    fact: str | None,
    country: str | None,
    source: str,
    stated_on: date | None,
    basis: str,
    city: str | None,
    valid_from: date | None,
    valid_to: date | None,
    withdrawn: bool,
    listed: bool,
    author: str,
    output_format: str,
    output: Path | None,
    store: Path,
) -> int:
    """State where an entity is headquartered: topco state ID headquarters CN --source "…" --date 2026-03-01.

    A statement is evidence beside the registers'. Where it differs from another source the headquarters are
    alternatives, and an answer that depends on them is undetermined. Where a company was formed, listed or registered
    is no headquarters: do not state it as one.
    """
    from topco.application.application import Application
    from topco.application.evidence import STATEMENT_COLUMNS, Stated
    from topco.namespaces import normalise_id
    from topco.store.store import Store

    Store.open(store, create=not listed)
    evidence = Application(store).evidence
    if not listed:
        if identifier is None or fact != "headquarters" or (country is None) == (not withdrawn):
            raise BadInput(
                "A statement needs an entity, the word headquarters and a country.",
                remedy='topco state ID headquarters CN --source "annual report 2025, page 2" --date 2026-03-01',
            )
        one = normalise_id(identifier)
        if withdrawn:
            evidence.withdraw(one, author)
            note(f"What {author} stated about {one} is taken back; answers with --known-as-of an earlier day keep it.")
        else:
            given = Stated(one, country or "", source, stated_on, author, basis, city, valid_from, valid_to)
            if not evidence.state(given):
                note(f"No loaded record names {one}: until one does, this says nothing about any other party.")
    shown = evidence.statements(None if listed else identifier)
    with destination(output) as stream:
        if output_format == "json":
            write_json(stream, shown, lines=True)
        elif output_format == "csv":
            write_csv(stream, STATEMENT_COLUMNS, shown)
        else:
            write_table(stream, STATEMENT_COLUMNS, shown)
    return ANSWERED
