"""`topco sensitivity`: whether another threshold, another test or another share would change the answer."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from topco.cli.options import (
    as_of_option,
    format_option,
    known_as_of_option,
    output_option,
    store_option,
    test_option,
)
from topco.cli.output import destination, write_csv, write_json, write_table
from topco.cli.timeline import named
from topco.ownership.questions.sensitivity_rows import COLUMNS, rows_of_sensitivity, share_written, threshold_written
from topco.store.today import today

if TYPE_CHECKING:
    from typing import TextIO

_VARIANTS = ("test", "threshold", "status", "ultimate_parents", "hq", "differs")
_CHANGES = ("change", "to", "of", "status", "ultimate_parents", "hq", "differs")
_RANGES = ("exact_share", "of", "status", "ultimate_parents", "hq")


@click.command("sensitivity")
@click.argument("identifier", metavar="ID")
@test_option
@as_of_option
@known_as_of_option
@format_option("table", "json", "csv")
@output_option
@store_option
def command(
    identifier: str,
    test: str,
    as_of: date | None,
    known_as_of: date | None,
    output_format: str,
    output: Path | None,
    store: Path,
) -> None:
    """Would another threshold or test give another ultimate parent, and how small a change of one share would.

    Compared with the answer of --test at its own threshold. Where a parent is only possible: which exact share would
    settle it, and how.
    """
    from topco.namespaces import normalise_id
    from topco.ownership.parent_tests import parent_test
    from topco.ownership.questions.sensitivity import sensitivity
    from topco.store.store import Store

    asked = (normalise_id(identifier), as_of or today(), known_as_of, parent_test(test))
    document = sensitivity(Store.open(store), *asked)
    with destination(output) as stream:
        if output_format == "json":
            write_json(stream, [document], lines=False)
        elif output_format == "csv":
            write_csv(stream, COLUMNS, rows_of_sensitivity(document))
        else:
            _write_page(stream, document)


def _write_page(stream: TextIO, document: dict[str, Any]) -> None:
    stream.write(f"{named(document['entity'])}, as of {document['as_of']}\n")
    stream.write(f"Test {document['test']}: {document['status']}, ultimate parent {_parents(document)}\n\n")
    write_table(stream, _VARIANTS, map(_variant_line, document["variants"]), "The same question at other thresholds")
    stream.write("\n")
    changes = document["smallest_changes"]
    if changes:
        title = "The smallest changes of one share that change the answer, in percentage points"
        write_table(stream, _CHANGES, map(_change_line, changes), title)
    else:
        stream.write("No change of one share alone changes the answer.\n")
    stream.write(_about_parents(document))
    if document["not_tried"]:
        stream.write(f"Not tried: {document['not_tried']} holdings farther from any threshold than those that were.\n")
    if document["status"] == "possible":
        _write_settling(stream, document["settling"])


def _about_parents(document: dict[str, Any]) -> str:
    """The smallest change of the ultimate parent, where the list above does not begin with it."""
    change = document["smallest_change_of_parents"]
    changes = document["smallest_changes"]
    if change is None:
        return "No change of one share alone gives another ultimate parent.\n" if changes else ""
    if change == changes[0]:
        return ""
    line = _change_line(change)
    parents = line["ultimate_parents"].replace("\n", "; ")
    return f"Another ultimate parent: {line['change']} to {line['to']} ({line['of']}): {change['status']}, {parents}.\n"


def _write_settling(stream: TextIO, holdings: list[dict[str, Any]]) -> None:
    stream.write("\n")
    lines = [
        {
            "exact_share": share_written(outcome["share"]),
            "of": _of(holding),
            "status": outcome["status"],
            "ultimate_parents": _parents(outcome),
            "hq": outcome["hq_countries"],
        }
        for holding in holdings
        for outcome in holding["outcomes"]
    ]
    if lines:
        write_table(stream, _RANGES, lines, "The exact share that would settle it")
    if not any(holding["settles"] == "always" for holding in holdings):
        stream.write("No exact share of one holding alone settles it in every case.\n")


def _variant_line(variant: dict[str, Any]) -> dict[str, Any]:
    same = "(reference)" if variant["reference"] else "no"
    return {
        "test": variant["test"],
        "threshold": threshold_written(variant["threshold"]),
        "status": variant["status"],
        "ultimate_parents": _parents(variant),
        "hq": variant["hq_countries"],
        "differs": ", ".join(map(_word, variant["differs"])) or same,
    }


def _change_line(change: dict[str, Any]) -> dict[str, Any]:
    by = change["change"]
    return {
        "change": by if by.startswith("-") else f"+{by}",
        "to": share_written(change["to"]),
        "of": _of(change),
        "status": change["status"],
        "ultimate_parents": _parents(change),
        "hq": change["hq_countries"],
        "differs": ", ".join(map(_word, change["differs"])),
    }


def _word(field: str) -> str:
    return field.replace("_", " ")


def _of(position: dict[str, Any]) -> str:
    share = share_written(position["share"])
    return f"{position['owner']['id']} in {position['company']['id']} ({position['family']} {share})"


def _parents(answer: dict[str, Any]) -> str:
    return "\n".join(map(named, answer["ultimate_parents"])) or "not known"
