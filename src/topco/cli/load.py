"""`topco load`: import registry files into the store."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from topco.cli.options import DATE, format_option, output_option, store_option
from topco.cli.output import destination, note, write_csv, write_json, write_table
from topco.errors import ANSWERED, BAD_INPUT, FINDINGS, BadInput, NotModelled

if TYPE_CHECKING:
    from topco.registries.interface import Registry
    from topco.registries.loading import Loaded, Outcome

COLUMNS = (
    *("load", "state", "vintage", "entities", "names", "relationships", "absences", "holdings"),
    *("warnings", "rejects"),
)
PLANNED = ("bods", "psc", "ftm", "opencorporates", "csl", "rdf")
_LOADS = "This version loads gleif and table: topco load gleif FILES."


@click.command("load")
@click.argument("registry", metavar="REGISTRY")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@click.option("--vintage", type=DATE, default=None, help="The day whose state the files describe. [default: they say]")
@click.option("--publisher", default=None, help="Whose tables they are (table only). [default: the names of the files]")
@click.option("--defer-graph", is_flag=True, help="Leave the graph to the first command that needs it.")
@format_option("table", "json", "csv")
@output_option
@store_option
def command(
    registry: str,
    paths: tuple[Path, ...],
    vintage: date | None,
    publisher: str | None,
    defer_graph: bool,
    output_format: str,
    output: Path | None,
    store: Path,
) -> int:
    """Import files, zips or folders of a registry.

    REGISTRY is gleif (Level 1, Level 2 and reporting exceptions; CSV, XML, JSON) or table (entities and holdings in
    named columns; CSV, shares in percent).

    Loading a file twice changes nothing; a newer file supersedes an older one of its kind. Exit code 1: warnings,
    2: rows rejected or files refused.
    """
    from topco.cli.progress import ProgressLine
    from topco.registries.loading import load
    from topco.store.store import Store

    source = _registry(registry, publisher)
    with ProgressLine() as progress:
        opened = Store.open(store, create=True)
        outcome = load(opened, source, list(paths), vintage, progress)
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
    _parents_without_record(opened, outcome)
    if outcome.refused or any(loaded.load.rejects for loaded in outcome.loaded):
        return BAD_INPUT
    return FINDINGS if any(loaded.load.warnings for loaded in outcome.loaded) else ANSWERED


def _registry(name: str, publisher: str | None) -> Registry:
    if name in PLANNED:
        raise NotModelled(f"Loading {name} is not modelled yet.", remedy=_LOADS)
    if name not in ("gleif", "table"):
        raise BadInput(f"There is no registry {name!r}.", remedy=_LOADS)
    if name == "table":
        from topco.registries.table import Tables

        if publisher is not None and not publisher.strip():
            raise BadInput("The publisher has no name.", remedy="Leave --publisher out, or give a name.")
        return Tables(publisher and publisher.strip())
    if publisher is not None:
        raise BadInput(
            f"The publisher of {name} is known.", remedy="--publisher is for tables: topco load table FILES."
        )
    from topco.registries.gleif import Gleif

    return Gleif()


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


def _parents_without_record(store: Any, outcome: Outcome) -> None:
    """Tell how many named parties the loaded entities do not describe; no warning, as the other file may come later."""
    from topco.store.coverage import parents_without_record, parties_without_record

    if outcome.loaded and (count := parents_without_record(store)):
        note(f"{count:,} parents or head offices that relationships name have no record in the store.")
    if outcome.loaded and (count := parties_without_record(store)):
        note(f"{count:,} owners or companies that holdings name have no record in the store.")
