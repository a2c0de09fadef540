"""`topco holdings`: the whole group below a party."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from topco.cli.options import format_option
from topco.cli.output import destination, write_csv, write_json, write_table
from topco.cli.ownership_options import cut_off_option, day_and_test, question_options
from topco.errors import ANSWERED


@click.command("holdings")
@click.argument("identifier", metavar="ID")
@cut_off_option
@question_options
@format_option("table", "json", "csv")
def command(
    identifier: str,
    cut_off: str,
    test: str,
    as_of: date | None,
    known_as_of: date | None,
    output_format: str,
    output: Path | None,
    store: Path,
) -> int:
    """The whole group below a party: what it must or may control, or has an integrated share in.

    The level is the fewest steps down to a company; the direct share is what the party holds there itself.
    """
    from topco.namespaces import normalise_id
    from topco.ownership.questions.described import between
    from topco.ownership.questions.described import cut_off as units_of
    from topco.ownership.questions.group import COLUMNS, holdings, rows_of_holdings
    from topco.store.store import Store

    least = units_of(cut_off)
    day, chosen = day_and_test(as_of, test)
    document = holdings(Store.open(store), normalise_id(identifier), day, known_as_of, chosen, least)
    rows = rows_of_holdings(document)
    with destination(output) as stream:
        if output_format == "json":
            write_json(stream, [document], lines=False)
        elif output_format == "csv":
            write_csv(stream, COLUMNS, rows)
        else:
            title = (
                f"Held by {document['entity']['name'] or 'a party without record'} ({document['entity']['id']}), "
                f"test {document['test']}, as of {document['as_of']}, cut-off {document['cut_off']} %"
            )
            shown = [
                {
                    **row,
                    "share_%": between(row["share_lower"], row["share_upper"]),
                    "direct_%": between(row["direct_lower"], row["direct_upper"]),
                }
                for row in rows
            ]
            columns = ("level", "company", "name", "kind", "controls", "share_%", "direct_%", "hq_country")
            write_table(stream, columns, shown, title)
    return ANSWERED
