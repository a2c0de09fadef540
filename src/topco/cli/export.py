"""`topco export`: the evidence in the formats of others."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from topco.cli.options import DATE, known_as_of_option, store_option
from topco.cli.output import note
from topco.cli.progress import ProgressLine
from topco.errors import ANSWERED, BadInput
from topco.store.today import today

if TYPE_CHECKING:
    from collections.abc import Callable

    from topco.exchange.selection import Selection

FORMATS = ("bods", "ftm", "trig", "jsonld", "parquet", "csv", "graphml")
_FOLDERS = ("parquet", "csv")
_GRAPHS = ("trig", "jsonld")


@click.command("export")
@click.argument("format_name", metavar="FORMAT", type=click.Choice(FORMATS))
@click.argument("identifiers", metavar="[ID]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Everything in force: the same as naming no party.")
@click.option("--lines", is_flag=True, help="BODS as JSON lines instead of one array.")
@click.option("--as-of", type=DATE, default=None, help="Only ties and holdings of this day. [default: of all days]")
@known_as_of_option
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    default=None,
    help="The file to write, for parquet and csv the folder. [default: stdout]",
)
@store_option
def command(
    format_name: str,
    identifiers: tuple[str, ...],
    everything: bool,
    lines: bool,
    as_of: date | None,
    known_as_of: date | None,
    output: Path | None,
    store: Path,
) -> int:
    """Write the evidence in force, or the group around some parties, in another format.

    FORMAT is bods (BODS 0.4), ftm (FollowTheMoney), trig, jsonld, parquet, csv or graphml. A group is a party, all that
    stands above it, and all that it holds or consolidates. What each format keeps and loses: docs/export.md.
    """
    from topco.exchange.licences import licence_remarks
    from topco.exchange.selection import selection
    from topco.namespaces import normalise_id
    from topco.store.store import Store

    if everything and identifiers:
        raise click.UsageError("Name parties, or say --all, not both.")
    if lines and format_name != "bods":
        raise click.UsageError("--lines is for bods; the other formats have one form.")
    if format_name in _FOLDERS and output is None:
        raise BadInput(f"{format_name} is several files.", remedy="Name a folder for them: --output FOLDER.")
    asked = [normalise_id(one) for one in identifiers]
    chosen = selection(Store.open(store), asked, as_of, known_as_of)
    remarks = licence_remarks(chosen.loads)
    with ProgressLine() as progress:
        if format_name in _FOLDERS:
            assert output is not None
            said = _columns(chosen, format_name, output, progress)
        else:
            said = _single(chosen, format_name, output, progress, remarks, lines=lines)
    for sentence in (said, *_lost(chosen, format_name), *remarks):
        note(sentence)
    return ANSWERED


def _columns(chosen: Selection, ending: str, folder: Path, progress: ProgressLine) -> str:
    from topco.exchange.columns import file_names, write_columns
    from topco.exchange.files import whole_folder

    with whole_folder(folder, file_names(ending)) as new:
        counts = write_columns(chosen, new, ending, progress.say)
    return "Rows: " + ", ".join(f"{table} {count:,}" for table, count in counts.items()) + "."


def _single(
    chosen: Selection,
    format_name: str,
    output: Path | None,
    progress: ProgressLine,
    remarks: tuple[str, ...],
    *,
    lines: bool,
) -> str:
    from topco.exchange.bods import write_bods
    from topco.exchange.ftm import write_ftm
    from topco.exchange.graphml import write_graphml
    from topco.exchange.rdf import write_rdf

    with _stream(output) as stream:
        if format_name in _GRAPHS:
            count = write_rdf(chosen, stream, format_name, _counter(progress, "quads"), remarks)
            return f"{count:,} quads."
        with _as_text(stream) as text:
            if format_name == "bods":
                count = write_bods(chosen, text, today(), _counter(progress, "statements"), lines=lines)
                return f"{count:,} statements."
            if format_name == "ftm":
                return f"{write_ftm(chosen, text, _counter(progress, 'entities')):,} entities."
            count, replaced = write_graphml(chosen, text, _counter(progress, "nodes and edges"), remarks)
            odd = f" {replaced:,} characters that XML cannot hold became U+FFFD." if replaced else ""
            return f"{count:,} nodes and edges.{odd}"


def _lost(chosen: Selection, format_name: str) -> list[str]:
    """A sentence about the tables that a format has no room for, if they have rows."""
    from topco.exchange import bods, ftm, graphml

    tables = {"bods": bods.LOST, "ftm": ftm.LOST, "graphml": graphml.LOST}.get(format_name, ())
    counts = {table: chosen.count(table) for table in tables}
    lost = [f"{table} {count:,}" for table, count in counts.items() if count]
    return [f"Not in this format: {', '.join(lost)}; parquet, csv, trig and jsonld keep them."] if lost else []


def _counter(progress: ProgressLine, unit: str) -> Callable[[int], None]:
    def told(count: int) -> None:
        # A line for every record would cost more than the record.
        if count % 1000 == 0:
            progress("exporting", count, None, unit)

    return told


@contextmanager
def _stream(output: Path | None) -> Iterator[IO[bytes]]:
    from topco.exchange.files import whole_file

    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if output.is_dir():
        raise BadInput("This is a folder, and the format is one file.", where=str(output), remedy="Name a file.")
    with whole_file(output) as path, path.open("wb") as stream:
        yield stream


@contextmanager
def _as_text(stream: IO[bytes]) -> Iterator[IO[str]]:
    import io

    text = io.TextIOWrapper(stream, encoding="utf-8", newline="\n", write_through=False)
    try:
        yield text
        text.flush()
    finally:
        # The stream is not ours to close.
        text.detach()
