"""`topco validate`: the shapes over the evidence in force, in words or as the W3C report."""

from __future__ import annotations

import time
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from topco.cli.options import known_as_of_option, output_option, store_option

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from pathlib import Path

    from topco.validation.findings import Finding
    from topco.validation.validate import Outcome

TABLE_COLUMNS = ("severity", "check", "entity", "value", "where", "message")
TABLE_ROWS = 200
SECONDS_BETWEEN_NOTES = 5.0


@click.command("validate", short_help="Check the store against the shapes.")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@store_option
@known_as_of_option
@click.option(
    "--severity",
    type=click.Choice(["violation", "warning", "info"]),
    default="info",
    show_default=True,
    help="Report findings of this severity and graver ones.",
)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["table", "json", "csv", "turtle"]),
    default="table",
    show_default=True,
    help="turtle is the W3C validation report.",
)
@click.option(
    "--reference",
    is_flag=True,
    help="Let the reference validator pyshacl do it: the same findings, about a minute for every 20,000 entities.",
)
@output_option
def command(
    ids: tuple[str, ...],
    store: Path,
    known_as_of: date | None,
    severity: str,
    output_format: str,
    output: Path | None,
    *,
    reference: bool,
) -> int:
    """Check the evidence against the shapes: what is wrong, where, and how to mend it.

    Without IDs every entity of the current loads is checked; a million of them take some ten seconds. The exit code is
    1 only if there is a violation; warnings and infos leave it at 0.
    """
    from topco.application.findings import summary
    from topco.cli.output import destination, note
    from topco.namespaces import normalise_id
    from topco.store.store import Store
    from topco.validation.findings import Severity
    from topco.validation.validate import Outcome, close_report, new_report, validate_store

    outcome = Outcome()
    report = new_report() if output_format == "turtle" else None
    found = validate_store(
        Store.open(store, notify=note),
        ids=[normalise_id(identifier) for identifier in ids],
        known_as_of=known_as_of,
        lowest=Severity[severity.upper()],
        outcome=outcome,
        report=report,
        progress=_progress_notes(note),
        reference=reference,
    )
    with destination(output) as stream:
        if report is not None:
            _exhaust(found)
            close_report(report, outcome)
            stream.write(report.serialize(format="turtle"))
        else:
            _WRITERS[output_format](stream, found, outcome)
    note(summary(outcome))
    return 0 if outcome.conforms else 1


def _write_table(stream: Any, found: Iterator[Finding], outcome: Outcome) -> None:
    from topco.cli.output import note, write_table

    shown = [_table_row(finding) for finding in islice(found, TABLE_ROWS)]
    more = _exhaust(found)
    if shown:
        write_table(stream, TABLE_COLUMNS, shown)
    else:
        stream.write("Nothing found.\n")
    if more:
        note(f"{more:,} more findings are not shown; --format csv lists them all.")


def _write_csv(stream: Any, found: Iterator[Finding], outcome: Outcome) -> None:
    from topco.application.findings import COLUMNS
    from topco.cli.output import write_csv

    write_csv(stream, COLUMNS, (finding.as_dict() for finding in found))


def _write_json(stream: Any, found: Iterator[Finding], outcome: Outcome) -> None:
    from topco.application.findings import outcome_document
    from topco.cli.output import write_json

    findings = [finding.as_dict() for finding in found]
    write_json(stream, [{**outcome_document(outcome), "findings": findings}], lines=False)


_WRITERS: dict[str, Callable[[Any, Iterator[Finding], Outcome], None]] = {
    "table": _write_table,
    "csv": _write_csv,
    "json": _write_json,
}


def _table_row(finding: Finding) -> dict[str, Any]:
    where = finding.load or ""
    if finding.file is not None:
        where = f"{finding.file}, row {finding.row}"
    return {**finding.as_dict(), "where": where}


def _progress_notes(note: Callable[[str], None]) -> Callable[[int, int], None]:
    from topco.application.findings import counted

    started = last = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if done < total and now - last >= SECONDS_BETWEEN_NOTES:
            minutes = (now - started) / done * (total - done) / 60
            left = f"about {counted(round(minutes), 'minute', 'minutes')}" if minutes >= 1 else "less than a minute"
            note(f"{done:,} of {total:,} entities checked, {left} left")
            last = now

    return tell


def _exhaust(found: Iterator[Finding]) -> int:
    return sum(1 for _ in found)
