"""`topco owners`: everyone who controls an entity or has an integrated share in it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from topco.cli.options import format_option
from topco.cli.output import destination, write_csv, write_json, write_table
from topco.cli.ownership_options import cut_off_option, day_and_test, question_options
from topco.errors import ANSWERED


@click.command("owners")
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
    """Everyone who must or may control an entity, or whose integrated share may reach the cut-off.

    Persons, states and parties that no source names stand here like companies. A share is the sum over all paths of the
    products along them, between its bounds; whoever controls by a recorded step alone has none.
    """
    from topco.namespaces import normalise_id
    from topco.ownership.questions.described import between
    from topco.ownership.questions.described import cut_off as units_of
    from topco.ownership.questions.owners import COLUMNS, owners, rows_of_owners
    from topco.store.store import Store

    least = units_of(cut_off)
    day, chosen = day_and_test(as_of, test)
    document = owners(Store.open(store), normalise_id(identifier), day, known_as_of, chosen, least)
    rows = rows_of_owners(document)
    with destination(output) as stream:
        if output_format == "json":
            write_json(stream, [document], lines=False)
        elif output_format == "csv":
            write_csv(stream, COLUMNS, rows)
        else:
            title = (
                f"Owners of {document['entity']['name'] or 'an entity without record'} ({document['entity']['id']}), "
                f"test {document['test']}, as of {document['as_of']}, cut-off {document['cut_off']} %"
            )
            shown = [{**row, "share_%": between(row["share_lower"], row["share_upper"])} for row in rows]
            write_table(stream, ("owner", "name", "kind", "controls", "share_%", "hq_country", "path"), shown, title)
            stream.writelines(f"{line}\n" for line in _remarks(document))
    return ANSWERED


def _remarks(document: dict[str, Any]) -> list[str]:
    """What stands beside the list: interests that do not count, and more shares than there are."""
    uncounted = [
        f"Not counted: {one['interest']} of {one['id']} ({one['name'] or 'no record loaded'}) in {one['in']}."
        for one in document["other_interests"]
    ]
    over = [
        f"Over 100 percent: {one['declared']} % of the {one['family']} of {one['company']} are declared, "
        f"{one['outstanding']} % are outstanding."
        for one in document["declared_over_100"]
    ]
    return uncounted + over
