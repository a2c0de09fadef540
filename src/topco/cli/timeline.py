"""`topco timeline`: the days on which parents, status or headquarters changed, with causes."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from topco.cli.options import DATE, format_option, known_as_of_option, output_option, store_option, test_option
from topco.cli.output import destination, write_csv, write_json, write_table
from topco.errors import BadInput
from topco.ownership.questions.timeline_rows import COLUMNS, place, rows_of_timeline

_SHOWN = ("date", "status", "direct_parents", "ultimate_parents", "hq", "because")
_LISTED = 5


@click.command("timeline")
@click.argument("identifier", metavar="ID")
@click.option("--from", "first", type=DATE, default=None, help="Only changes on or after this date.")
@click.option("--to", "last", type=DATE, default=None, help="Only changes on or before this date.")
@test_option
@known_as_of_option
@format_option("table", "json", "csv")
@output_option
@store_option
def command(
    identifier: str,
    first: date | None,
    last: date | None,
    test: str,
    known_as_of: date | None,
    output_format: str,
    output: Path | None,
    store: Path,
) -> None:
    """When the parents of an entity, its status, or its ultimate parents' headquarters changed, and by which rows.

    The first line is the state before the first change. Headquarters have no dates but those of their files.
    """
    from topco.namespaces import normalise_id
    from topco.ownership.parent_tests import parent_test
    from topco.ownership.questions.timeline import timeline
    from topco.store.store import Store

    if first and last and first > last:
        raise BadInput(f"--from {first} is later than --to {last}.", remedy="Exchange them.")
    document = timeline(Store.open(store), normalise_id(identifier), known_as_of, parent_test(test), first, last)
    with destination(output) as stream:
        if output_format == "json":
            write_json(stream, [document], lines=False)
        elif output_format == "csv":
            write_csv(stream, COLUMNS, rows_of_timeline(document))
        else:
            stream.write(f"{named(document['entity'])}, test {document['test']}\n\n")
            write_table(stream, _SHOWN, map(_line, document["timeline"]))
            stream.write("\n" + "".join(f"{line}\n" for line in _remarks(document)))


def named(company: dict[str, Any]) -> str:
    """A company as people read it.

    >>> named({"id": "X:a", "name": "A Ltd"}), named({"id": "X:a", "name": None})
    ('A Ltd (X:a)', 'X:a')
    """
    return f"{company['name']} ({company['id']})" if company["name"] else str(company["id"])


def _line(entry: dict[str, Any]) -> dict[str, Any]:
    return {
        "date": entry["date"] or "before",
        "status": entry["status"],
        "direct_parents": "\n".join(map(named, entry["direct_parents"])) or "none",
        "ultimate_parents": "\n".join(map(named, entry["ultimate_parents"])) or "not known",
        "hq": entry["hq_countries"],
        "because": "\n".join(map(_cause, entry["causes"])),
    }


def _cause(cause: dict[str, Any]) -> str:
    return f"{cause['change']}: {_link(cause)}"


def _link(link: dict[str, Any]) -> str:
    lower, upper = link["share"]["lower"], link["share"]["upper"]
    share = "" if lower is None else f" {lower}" if lower == upper else f" {lower} to {upper}"
    return f"{link['parent']} {link['kind']}{share} in {link['child']} ({place(link['source'])})"


def _remarks(document: dict[str, Any]) -> list[str]:
    """What the dates do not say."""
    undated = document["undated"]
    lines = []
    if undated:
        lines.append(f"Rows without a beginning, which count as if they had always been: {len(undated)}")
        lines += [f"  {_link(link)}" for link in undated[:_LISTED]]
        lines += [f"  and {len(undated) - _LISTED} more (--format json)"] if len(undated) > _LISTED else []
    for fact in document["not_dated"]:
        if fact["loads"]:
            loads = ", ".join(f"{one['load']} ({one['vintage']})" for one in fact["loads"])
            lines.append(f"Without dates, and read alike on every day: {fact['fact']}, from {loads}.")
    return lines
