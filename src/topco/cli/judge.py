"""`topco judge`: a person decides whether two identifiers are one party."""

from __future__ import annotations

from pathlib import Path

import click

from topco.cli.options import author_option, format_option, output_option, store_option
from topco.cli.output import destination, note, write_csv, write_json, write_table
from topco.errors import ANSWERED, BadInput


@click.command("judge")
@click.argument("first", metavar="A", required=False)
@click.argument("second", metavar="B", required=False)
@click.argument("verdict", metavar="same|different|unsure", required=False)
@click.option("--reason", default=None, help="Why, in words: it stands in the record.")
@click.option("--list", "listed", is_flag=True, help="List the judgements that were entered, the latest first.")
@author_option
@format_option("table", "json", "csv")
@output_option
@store_option
def command(
    first: str | None,
    second: str | None,
    verdict: str | None,
    reason: str | None,
    listed: bool,
    author: str,
    output_format: str,
    output: Path | None,
    store: Path,
) -> int:
    """Enter that two identifiers are the same party, different ones, or that it is open.

    Nothing is merged: the evidence stays as it was loaded, and a later judgement about the same pair goes before this
    one. A name of a customer list or an order is written NAME:COUNTRY/NAME, for example "NAME:DE/Beispiel GmbH".
    """
    from topco.application.application import Application
    from topco.application.evidence import JUDGEMENT_COLUMNS
    from topco.store.store import Store

    Store.open(store)
    evidence = Application(store).evidence
    if listed:
        rows = evidence.judgements()
        with destination(output) as stream:
            if output_format == "json":
                write_json(stream, rows, lines=True)
            elif output_format == "csv":
                write_csv(stream, JUDGEMENT_COLUMNS, rows)
            else:
                write_table(stream, JUDGEMENT_COLUMNS, rows)
        return ANSWERED
    if first is None or second is None or verdict is None:
        raise BadInput(
            "A judgement needs two identifiers and a verdict.", remedy="topco judge A B same|different|unsure"
        )
    judged = evidence.judge(first, second, verdict, author, reason)
    document = judged.document
    with destination(output) as stream:
        if output_format == "json":
            write_json(stream, [document], lines=False)
        elif output_format == "csv":
            write_csv(stream, tuple(document), [document])
        else:
            party = document["parties"]
            together = "one party" if len(party) == 1 else "two parties"
            named = f"{document['first']} and {document['second']}: {verdict}"
            stream.write(f"{named}, entered by {author}; now {together}: {', '.join(party)}\n")
    if judged.other_links_decide:
        note("Other links still decide: see which identifiers share a number with `topco query identity-links`.")
    return ANSWERED
