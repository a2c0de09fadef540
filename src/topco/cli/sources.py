"""`topco sources`: what is loaded, how old it is, and what is in force."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from topco.cli.options import format_option, known_as_of_option, output_option, store_option
from topco.cli.output import note, write_rows


@click.command("sources")
@known_as_of_option
@format_option("table", "json", "csv")
@output_option
@store_option
def command(known_as_of: date | None, output_format: str, output: Path | None, store: Path) -> None:
    """List the loads: publisher, vintage, age in days, counts, licence, whether they are current and how fresh.

    After how many days a publisher's load is called stale is said by rules/source-policy.ttl; it counts all the same.
    """
    from topco.application.application import Application
    from topco.application.sources import COLUMNS, MORE_TABLES

    rows = Application(store).sources.rows(known_as_of)
    if not rows:
        note(f"Nothing is loaded in {store}. Load registry files: topco load REGISTRY FILES.")
    write_rows(output, output_format, COLUMNS, rows, shown=COLUMNS[: -len(MORE_TABLES)])
