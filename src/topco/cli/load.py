"""`topco load`: import registry files into the store."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from topco.cli.options import DATE, format_option, output_option, store_option
from topco.cli.output import destination, note, write_csv, write_json, write_table
from topco.errors import ANSWERED, BAD_INPUT, FINDINGS, BadInput

if TYPE_CHECKING:
    from topco.registries.loading import Loaded, Outcome

_MAPPING = "How the columns of a table are to be read (table only; --describe proposes one)."
COLUMNS = (
    *("load", "state", "vintage", "entities", "names", "relationships", "absences", "holdings", "identifiers"),
    *("headquarters", "listings", "warnings", "rejects"),
)


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
    from topco.cli.progress import ProgressLine
    from topco.registries.catalogue import EVERY, NAMES, registries
    from topco.registries.loading import load
    from topco.store.store import Store

    if described:
        return _describe(registry, paths, sheet, output)
    if registry not in NAMES and Path(registry).exists():
        registry, paths = EVERY, (Path(registry), *paths)
    if not paths:
        raise BadInput("No file is named.", remedy=f"topco load {registry} FILES")
    sources = registries(registry, publisher, mapping, sheet)
    with ProgressLine() as progress:
        opened = Store.open(store, create=True)
        outcome = load(opened, sources, list(paths), vintage, progress)
        if outcome.loaded and not defer_graph:
            from topco.ownership.derived import derivations
            from topco.store.graph import build_graph

            build_graph(opened, progress.say, derivations(opened))
    _notes(outcome)
    with destination(output) as stream:
        rows = [_row(outcome, position) for position in range(len(outcome.loaded) + len(outcome.unchanged))]
        if output_format == "json":
            write_json(stream, [_document(outcome)], lines=False)
        elif output_format == "csv":
            write_csv(stream, COLUMNS, rows)
        elif rows:
            write_table(stream, COLUMNS, rows)
            _counts(stream, outcome)
    _superseded(opened, outcome)
    _parents_without_record(opened, outcome)
    if outcome.refused or any(loaded.load.rejects for loaded in outcome.loaded):
        return BAD_INPUT
    return FINDINGS if any(loaded.load.warnings for loaded in outcome.loaded) else ANSWERED


def _describe(registry: str, paths: tuple[Path, ...], sheet: str | None, output: Path | None) -> int:
    """Write the mapping that a table's header suggests."""
    from topco.registries.table.describe import describe

    if registry != "table" or len(paths) != 1:
        raise BadInput("--describe is for one table.", remedy="topco load table --describe FILE > FILE.toml")
    with destination(output) as stream:
        stream.write(describe(paths[0], sheet))
    return ANSWERED


def _row(outcome: Outcome, position: int) -> dict[str, Any]:
    new = position < len(outcome.loaded)
    load = outcome.loaded[position].load if new else outcome.unchanged[position - len(outcome.loaded)]
    return {
        "load": load.id,
        "state": "loaded" if new else "already loaded",
        "vintage": load.vintage,
        **load.tables,
        "warnings": sum(load.warnings.values()),
        "rejects": load.rejects,
    }


def _counts(stream: Any, outcome: Outcome) -> None:
    for loaded in outcome.loaded:
        for title, counts in loaded.load.counts.items():
            stream.write(f"{title}: " + ", ".join(f"{name} {count:,}" for name, count in counts.items()) + "\n")


def _notes(outcome: Outcome) -> None:
    for refusal in outcome.refused:
        note(f"refused: {refusal}")
    for path in outcome.skipped:
        note(f"left out, no registry file by its name: {path}")
    for repeat in outcome.repeated:
        note(f"left out: {repeat}.")
    for load in outcome.unchanged:
        note(f"{load.id} is loaded already with the same content; nothing changed.")
    for loaded in outcome.loaded:
        for reason, count in loaded.load.warnings.items():
            note(f"warning: {reason}: {count:,} (first: {loaded.examples[reason]})")
        if loaded.rejects:
            note(f"{loaded.load.rejects:,} rejects of {loaded.load.id}, each with its reason: {loaded.rejects}")


def _document(outcome: Outcome) -> dict[str, Any]:
    return {
        "loaded": [_load_document(loaded) for loaded in outcome.loaded],
        "unchanged": [load.id for load in outcome.unchanged],
        "refused": [{"file": refusal.where, "reason": refusal.what} for refusal in outcome.refused],
    }


def _load_document(loaded: Loaded) -> dict[str, Any]:
    load = loaded.load
    return {
        "load": load.id,
        "publisher": load.publisher,
        "file_kind": load.file_kind,
        "vintage": load.vintage.isoformat(),
        "vintage_source": load.vintage_source,
        "licence": load.licence,
        "files": [{"name": file.name, "sha256": file.sha256, "records": file.records} for file in load.files],
        "tables": load.tables,
        "counts": load.counts,
        "warnings": [
            {"reason": reason, "count": count, "example": loaded.examples[reason]}
            for reason, count in load.warnings.items()
        ],
        "rejects": {"count": load.rejects, "path": str(loaded.rejects) if loaded.rejects else None},
    }


def _superseded(store: Any, outcome: Outcome) -> None:
    """Tell which loads are no longer in force: another data set of one publisher would be meant to stand beside."""
    current = {load.id for load in store.current_loads()}
    for loaded in outcome.loaded:
        new = loaded.load
        for old in store.loads():
            same = (old.publisher, old.file_kind) == (new.publisher, new.file_kind)
            if same and old.id != new.id and old.precedence < new.precedence and new.id in current:
                note(f"{new.id} takes the place of {old.id} ({sum(old.tables.values()):,} rows).")


def _parents_without_record(store: Any, outcome: Outcome) -> None:
    """Tell how many named parties the loaded entities do not describe; no warning, as the other file may come later."""
    from topco.store.coverage import parents_without_record, parties_without_record

    if outcome.loaded and (count := parents_without_record(store)):
        note(f"{count:,} parents or head offices that relationships name have no record in the store.")
    if outcome.loaded and (count := parties_without_record(store)):
        note(f"{count:,} owners or companies that holdings name have no record in the store.")
