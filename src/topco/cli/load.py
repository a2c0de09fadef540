"""`topco load`: import registry files into the store."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from topco.cli import load_summary as summary
from topco.cli.options import DATE, format_option, output_option, store_option
from topco.cli.output import destination, note, write_csv, write_json, write_table
from topco.errors import ANSWERED, BadInput

if TYPE_CHECKING:
    from topco.registries.loading import Outcome

_MAPPING = "How the columns of a table are to be read (table only; --describe proposes one)."


@click.command("load")
@click.argument("registry", metavar="REGISTRY")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="PATH...")
@click.option("--vintage", type=DATE, default=None, help="The day whose state the files describe. [default: they say]")
@click.option("--publisher", default=None, help="Whose files they are (table, bods, ftm). [default: they say]")
@click.option("--mapping", type=click.Path(path_type=Path, exists=True, dir_okay=False), default=None, help=_MAPPING)
@click.option("--sheet", default=None, help="The sheet of a workbook (table only). [default: the first]")
@click.option("--describe", "described", is_flag=True, help="Propose a mapping for a table, and load nothing.")
@click.option("--defer-graph", is_flag=True, help="Leave the graph to the first command that needs it.")
@format_option("table", "json", "csv")
@output_option
@store_option
def command(
    registry: str,
    paths: tuple[Path, ...],
    vintage: date | None,
    publisher: str | None,
    mapping: Path | None,
    sheet: str | None,
    described: bool,
    defer_graph: bool,
    output_format: str,
    output: Path | None,
    store: Path,
) -> int:
    """Import files, zips or folders of a registry.

    REGISTRY is gleif (golden copy, deltas, answers of its interface), bods (Beneficial Ownership Data Standard), psc
    (Companies House: people with significant control, basic company data), ftm (FollowTheMoney), opencorporates, csl
    (US screening lists), rdf, table (entities, holdings, headquarters in columns; CSV, Parquet, Excel), or any: every
    file is told by its content, as it is where no registry is named (topco load FOLDER).

    Loading a file twice changes nothing; a newer file supersedes an older one of its kind. Exit code 1: warnings,
    2: rows rejected or files refused.
    """
    from topco.application import loading
    from topco.cli.progress import ProgressLine
    from topco.registries.catalogue import EVERY, NAMES

    if described:
        return _describe(registry, paths, sheet, output)
    if registry not in NAMES and Path(registry).exists():
        registry, paths = EVERY, (Path(registry), *paths)
    if not paths:
        raise BadInput("No file is named.", remedy=f"topco load {registry} FILES")
    files = loading.Files(registry, paths, vintage, publisher, mapping, sheet)
    with ProgressLine() as progress:
        opened, outcome = loading.load_files(store, files, progress, deferred=defer_graph)
    _notes(outcome)
    with destination(output) as stream:
        rows = loading.rows(outcome)
        if output_format == "json":
            write_json(stream, [loading.document(outcome)], lines=False)
        elif output_format == "csv":
            write_csv(stream, loading.COLUMNS, rows)
        elif rows:
            write_table(stream, loading.COLUMNS, rows)
            stream.write(summary.counts(outcome))
    summary.note_superseded(opened, outcome)
    summary.note_missing_records(opened, outcome)
    return summary.exit_code(outcome)


def _describe(registry: str, paths: tuple[Path, ...], sheet: str | None, output: Path | None) -> int:
    """Write the mapping that a table's header suggests."""
    from topco.registries.table.describe import describe

    if registry != "table" or len(paths) != 1:
        raise BadInput("--describe is for one table.", remedy="topco load table --describe FILE > FILE.toml")
    with destination(output) as stream:
        stream.write(describe(paths[0], sheet))
    return ANSWERED


def _notes(outcome: Outcome) -> None:
    for refusal in outcome.refused:
        note(f"refused: {refusal}")
    for path in outcome.skipped:
        note(f"left out, no registry file by its name: {path}")
    for repeat in outcome.repeated:
        note(f"left out: {repeat}.")
    for load in outcome.unchanged:
        note(f"{load.id} is loaded already with the same content; nothing changed.")
    summary.note_findings(outcome)
