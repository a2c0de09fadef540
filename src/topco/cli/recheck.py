"""`topco recheck`: which kept answers would be others under the data and the rules of now, and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, TextIO

import click

from topco.cli import output as answers
from topco.cli.options import DATE, format_option, known_as_of_option, output_option, store_option
from topco.cli.record_filters import filter_options
from topco.errors import ANSWERED, FINDINGS
from topco.store.today import today


class Day(click.ParamType[date]):
    """A date, or `today`."""

    name = "date|today"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        return today() if value == "today" else DATE.convert(value, param, ctx)


@click.command("recheck")
@filter_options
@click.option("--as-of", type=Day(), default=None, help="Facts as of this date. [default: the date of each record]")
@click.option("--rules-as-of", type=Day(), default=None, help="Law as of this date. [default: that of each record]")
@known_as_of_option
@store_option
@format_option()
@output_option
def command(
    store: Path,
    as_of: date | None,
    known_as_of: date | None,
    rules_as_of: date | None,
    output_format: str,
    output: Path | None,
    **selected: Any,
) -> int:
    """Determine kept cases again and list those whose answer flipped: old and new codes, and why.

    The facts of the same day as they are known now, the law of the same day as this program has it now. Exit code 1 if
    an answer flipped or a case could not be determined again, 0 if none.
    """
    from topco.application.rechecks import COLUMNS, Rechecked, row
    from topco.application.records import filters_of
    from topco.application.screening.steps import Steps
    from topco.cli.progress import ProgressLine
    from topco.records.recheck import Dates

    run = Rechecked(store, filters_of(**selected), Dates(as_of, known_as_of, rules_as_of))
    with ProgressLine() as progress, answers.destination(output) as stream:
        run.steps = Steps(progress)
        documents = (flip.document() for flip in run.flips())
        if output_format == "csv":
            answers.write_csv(stream, COLUMNS, map(row, documents))
        else:
            for one in documents:
                if output_format == "json":
                    answers.write_json(stream, [one], lines=True)
                else:
                    _write(stream, one)
    answers.note(f"{run.checked:,} records determined again, {run.found:,} with another answer.")
    return FINDINGS if run.found else ANSWERED


def _write(stream: TextIO, flip: Mapping[str, Any]) -> None:
    """A flipped record for people: what changed, then why."""
    from topco.application.rechecks import changed_codes, reasons

    stream.write(f"{flip['record']}  case {flip['case'] or '–'}  {flip['determination']}  kept {flip['moment']}\n")
    for name, old, new in changed_codes(flip):
        stream.write(f"  {name.replace('_', ' ')}: {old or '–'} -> {new or '–'}\n")
    if flip["reason"]:
        stream.write(f"  Note: {flip['reason']}\n")
    stream.writelines(f"  {name[:-1]} {one}\n" for name, one in reasons(flip))
    stream.write("\n")
